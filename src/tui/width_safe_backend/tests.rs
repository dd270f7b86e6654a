//! Frames, as terminals show them that give an emoji one column, or two, or some for each part.

use std::cell::RefCell;
use std::rc::Rc;

use proptest::prelude::*;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::*;

/// How wide a terminal makes what is made of several characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// As wide as its first character.
    Narrow,
    /// Two columns, as Unicode has it.
    Wide,
    /// Each part by itself.
    Apart,
}

/// A cell that is the right half of the one before it.
const HALF: &str = "";

/// A terminal that knows where its cursor is, and characters.
struct Screen {
    habit: Habit,
    rows: Vec<Vec<String>>,
    at: (usize, usize),
}

impl Screen {
    fn new(habit: Habit, area: Rect) -> Self {
        let row = vec![" ".to_owned(); usize::from(area.width)];
        Self { habit, rows: vec![row; usize::from(area.height)], at: (0, 0) }
    }

    fn obey(&mut self, bytes: &str) {
        let mut rest = bytes;
        while let Some(letter) = rest.chars().next() {
            rest = &rest[letter.len_utf8()..];
            let Some(sequence) = rest.strip_prefix('[').filter(|_| letter == '\x1b') else {
                self.print(letter);
                continue;
            };
            let end = sequence.find(|c: char| ('@'..='~').contains(&c)).unwrap();
            if sequence[end..].starts_with('H') {
                let (row, column) = sequence[..end].split_once(';').unwrap();
                let number = |word: &str| word.parse::<usize>().unwrap() - 1;
                self.at = (number(column), number(row));
            }
            rest = &sequence[end + 1..];
        }
    }

    fn print(&mut self, letter: char) {
        let (x, y) = self.at;
        let width = letter.width().unwrap_or(0);
        let joins = self.habit != Habit::Apart && x > 0 && self.before(x, y).ends_with('\u{200d}');
        if width > 0 && !joins {
            self.put(&letter.to_string(), width);
            return;
        }
        let Some(last) = (0..x).rev().find(|x| self.rows[y][*x] != HALF) else { return };
        self.rows[y][last].push(letter);
        // The selector asks for an emoji, which is wide.
        if letter == '\u{fe0f}' && self.habit == Habit::Wide && x - last == 1 {
            let whole = self.rows[y][last].clone();
            self.at = (last, y);
            self.put(&whole, 2);
        }
    }

    fn before(&self, x: usize, y: usize) -> &str {
        self.rows[y][..x].iter().rev().find(|cell| *cell != HALF).map_or("", String::as_str)
    }

    /// Writes a character, and blanks the other half of what it halves.
    fn put(&mut self, text: &str, width: usize) {
        let (x, y) = self.at;
        let row = &mut self.rows[y];
        let end = (x + width).min(row.len());
        if row.get(x).is_some_and(|cell| cell == HALF) && x > 0 {
            row[x - 1] = " ".to_owned();
        }
        if row.get(end).is_some_and(|cell| cell == HALF) {
            row[end] = " ".to_owned();
        }
        row[x..end].fill(HALF.to_owned());
        if x < end {
            row[x] = text.to_owned();
        }
        self.at = (end, y);
    }

    /// What is shown, with a blank for all that is an emoji, or its other half.
    fn letters(&self) -> Vec<String> {
        let is_letter = |cell: &str| cell.is_ascii() && cell != HALF;
        let letter = |cell| if is_letter(cell) { cell } else { " " };
        self.rows.iter().map(|row| row.iter().map(|cell| letter(cell)).collect()).collect()
    }
}

/// Where frames go, so that they can be read.
#[derive(Clone, Default)]
struct Wire(Rc<RefCell<Vec<u8>>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const AREA: Rect = Rect { x: 0, y: 0, width: 24, height: 2 };

/// Draws frames, each of lines, and answers with the screen of each kind of terminal.
fn shown(frames: &[Vec<&str>], habit: Habit) -> Screen {
    let wire = Wire::default();
    let options = TerminalOptions { viewport: Viewport::Fixed(AREA) };
    let mut terminal =
        Terminal::with_options(WidthSafeBackend::new(wire.clone()), options).unwrap();
    let mut screen = Screen::new(habit, AREA);
    for lines in frames {
        let draw = |frame: &mut ratatui::Frame<'_>| {
            for (y, line) in (0..).zip(lines) {
                frame.buffer_mut().set_string(0, y, line, Style::new());
            }
            prepare_buffer(frame.buffer_mut());
        };
        terminal.draw(draw).unwrap();
        let bytes = std::mem::take(&mut *wire.0.borrow_mut());
        screen.obey(&String::from_utf8(bytes).unwrap());
    }
    screen
}

/// The letters of the last frame in their places, with blanks for the rest.
fn meant(lines: &[&str]) -> Vec<String> {
    let mut buffer = Buffer::empty(AREA);
    for (y, line) in (0..).zip(lines) {
        buffer.set_string(0, y, line, Style::new());
    }
    let letter = |x, y| buffer.cell((x, y)).map(Cell::symbol).filter(|it| it.is_ascii());
    let row = |y| (0..AREA.width).map(|x| letter(x, y).unwrap_or(" ")).collect();
    (0..AREA.height).map(row).collect()
}

const EMOJI: [&str; 9] = [
    "\u{2764}\u{fe0f}",
    "\u{26a0}\u{fe0f}",
    "1\u{fe0f}\u{20e3}",
    "\u{1f441}\u{fe0f}\u{200d}\u{1f5e8}\u{fe0f}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{1f1eb}\u{1f1ee}",
    "\u{1f44d}\u{1f3fd}",
    "\u{26a1}",
    "\u{270c}\u{fe0e}",
];

#[test]
fn letters_stand_in_their_columns_whatever_width_an_emoji_has() {
    for emoji in EMOJI {
        let with = format!("lamp {emoji}{emoji} owl {emoji}x");
        let first = vec!["bats bats bats bats bats", "moon"];
        let second = vec![with.as_str(), "moon"];
        let third = vec!["an owl and a lamp", with.as_str()];
        for habit in [Habit::Narrow, Habit::Wide, Habit::Apart] {
            let frames = [first.clone(), second.clone(), third.clone(), second.clone()];
            for count in 1..=frames.len() {
                let frames = &frames[..count];
                let letters = shown(frames, habit).letters();
                assert_eq!(letters, meant(&frames[count - 1]), "{emoji:?} {habit:?} {count}");
            }
        }
    }
}

#[test]
fn an_emoji_over_letters_is_whole_in_terminals_of_both_kinds() {
    for habit in [Habit::Narrow, Habit::Wide] {
        let screen = shown(&[vec!["owls"], vec!["\u{2764}\u{fe0f}ls"]], habit);
        assert_eq!(screen.rows[0][0], "\u{2764}\u{fe0f}", "{habit:?}");
        assert_eq!(screen.rows[0][2..4].concat(), "ls", "{habit:?}");
    }
}

#[test]
fn half_an_emoji_under_something_else_is_a_blank() {
    for text in ["\u{2764}\u{fe0f}", "蝙"] {
        let mut buffer = Buffer::empty(AREA);
        buffer.set_string(0, 0, text, Style::new());
        buffer.set_string(1, 0, "|", Style::new());
        prepare_buffer(&mut buffer);
        assert_eq!(buffer[(0, 0)].symbol(), " ");
        assert_eq!(buffer[(1, 0)].symbol(), "|");
    }
}

proptest! {
    #[test]
    fn frames_leave_no_wrong_letters(
        frames in prop::collection::vec(
            prop::collection::vec((0..EMOJI.len() * 3, "[a-z ]{1,3}"), 1..6),
            1..5,
        ),
    ) {
        let line = |pieces: &Vec<(usize, String)>| -> String {
            let piece = |(emoji, text): &(usize, String)| {
                format!("{}{text}", EMOJI.get(*emoji).copied().unwrap_or_default())
            };
            pieces.iter().map(piece).collect()
        };
        let lines: Vec<String> = frames.iter().map(line).collect();
        let frames: Vec<Vec<&str>> = lines.iter().map(|line| vec![line.as_str()]).collect();
        for habit in [Habit::Narrow, Habit::Wide] {
            let letters = shown(&frames, habit).letters();
            prop_assert_eq!(letters, meant(frames.last().unwrap()), "{:?}", habit);
        }
    }
}
