//! What a terminal says when it is asked what it can show, told apart from what
//! the user typed meanwhile: not one key may be lost.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// What the terminal can do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answers {
    pub kitty: bool,
    /// Told by the last answer: whether there is sixel graphics.
    pub sixel: Option<bool>,
    /// Pixels of a cell, across and down.
    pub cell: Option<(u16, u16)>,
    /// Whether Kitty's way of telling keys is known.
    pub keys: bool,
    /// The colour of the ground.
    pub ground: Option<(u8, u8, u8)>,
}

impl Answers {
    pub fn are_whole(self) -> bool {
        self.sixel.is_some()
    }
}

/// Listens to bytes until the answers are whole.
#[derive(Debug, Default)]
pub struct Ear {
    rest: Vec<u8>,
    pub answers: Answers,
    /// What was no answer.
    pub typed: Vec<Event>,
}

/// How much of the bytes something is, and what.
type Taken = (usize, Option<KeyEvent>);

impl Ear {
    /// Takes bytes as they come, in pieces of any size.
    pub fn hear(&mut self, bytes: &[u8]) {
        self.rest.extend(bytes);
        while let Some(length) = self.take() {
            self.rest.drain(..length);
        }
    }

    /// Whether something has begun that is not complete.
    pub fn is_amid(&self) -> bool {
        !self.rest.is_empty()
    }

    /// How much there is of the answer that others would read as typed.
    pub fn late(&self) -> Progress {
        match self.rest.as_slice() {
            [0x1b, b'_', ..] => Progress::Amid(Topic::Picture),
            [0x1b, b']'] => Progress::Begun(Topic::Ground),
            [0x1b, b']', ..] => Progress::Amid(Topic::Ground),
            _ => Progress::Nothing,
        }
    }

    /// Nothing more comes: what is left means what it means alone.
    pub fn end(&mut self) {
        if self.rest == b"\x1b" {
            self.typed.push(Event::Key(KeyCode::Esc.into()));
        }
        if let Some(text) = self.rest.strip_prefix(PASTED) {
            self.typed.push(Event::Paste(String::from_utf8_lossy(text).into_owned()));
        }
        self.rest.clear();
    }

    /// The length of what stands first, after it is taken note of.
    fn take(&mut self) -> Option<usize> {
        let bytes = self.rest.as_slice();
        let (length, key) = match bytes {
            [] | [0x1b] | [0x1b, b']'] => return None,
            [0x1b, b'_', ..] => {
                let end = find(bytes, b"\x1b\\")?;
                self.answers.kitty |= is_kitty(bytes.get(2..end)?);
                (end + 2, None)
            }
            [0x1b, b']', b'1', ..] => {
                let (end, length) = ends(bytes)?;
                self.answers.ground = ground(bytes.get(2..end)?).or(self.answers.ground);
                (length, None)
            }
            [0x1b, b'[', ..] => return self.take_sequence(),
            [0x1b, b'O', ..] => (3, function(*bytes.get(2)?)),
            // Esc was pressed, and then something else.
            [0x1b, 0x1b, ..] => (1, Some(KeyCode::Esc.into())),
            [0x1b, rest @ ..] => {
                let (length, key) = plain(rest)?;
                (length + 1, key.map(|key| with(key, KeyModifiers::ALT)))
            }
            _ => plain(bytes)?,
        };
        self.typed.extend(key.map(Event::Key));
        Some(length)
    }

    fn take_sequence(&mut self) -> Option<usize> {
        let bytes = self.rest.as_slice();
        if let Some(text) = bytes.strip_prefix(PASTED) {
            let end = find(text, b"\x1b[201~")?;
            let text = String::from_utf8_lossy(text.get(..end)?).into_owned();
            self.typed.push(Event::Paste(text));
            return Some(PASTED.len() + end + 6);
        }
        let end = 2 + bytes.get(2..)?.iter().position(|byte| (0x40..=0x7e).contains(byte))?;
        let words = String::from_utf8_lossy(bytes.get(2..end)?).into_owned();
        match bytes.get(end)? {
            b'c' if words.starts_with('?') => {
                self.answers.sixel = Some(words.split(';').skip(1).any(|word| word == "4"));
            }
            b'u' if words.starts_with('?') => self.answers.keys = true,
            b'I' if words.is_empty() => self.typed.push(Event::FocusGained),
            b'O' if words.is_empty() => self.typed.push(Event::FocusLost),
            b't' => self.answers.cell = cell(&words).or(self.answers.cell),
            last => self.typed.extend(key(&words, *last).map(Event::Key)),
        }
        Some(end + 1)
    }
}

const PASTED: &[u8] = b"\x1b[200~";

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Where the words of an OSC end, and where it ends itself: by ST or by BEL.
fn ends(bytes: &[u8]) -> Option<(usize, usize)> {
    let by_bell = find(bytes, b"\x07").map(|at| (at, at + 1));
    let by_st = find(bytes, b"\x1b\\").map(|at| (at, at + 2));
    [by_bell, by_st].into_iter().flatten().min()
}

/// `11;rgb:fafa/f6f6/ecec`, of which the first two digits of each count.
fn ground(answer: &[u8]) -> Option<(u8, u8, u8)> {
    let words = std::str::from_utf8(answer).ok()?.strip_prefix("11;rgb")?;
    let (_, colours) = words.split_once(':')?;
    let part = |digits: &str| match digits.len() {
        1 => u8::from_str_radix(digits, 16).ok().map(|digit| digit * 17),
        _ => u8::from_str_radix(digits.get(..2)?, 16).ok(),
    };
    let mut colours = colours.split('/').map(part);
    Some((colours.next()??, colours.next()??, colours.next()??))
}

/// `Gi=31;OK`, and no error in its place.
fn is_kitty(answer: &[u8]) -> bool {
    answer.starts_with(b"Gi=31") && answer.ends_with(b";OK")
}

/// `6;20;10`: a cell is 20 high and 10 wide.
fn cell(words: &str) -> Option<(u16, u16)> {
    let mut words = words.strip_prefix("6;")?.split(';').map(str::parse::<u16>);
    let (height, width) = (words.next()?.ok()?, words.next()?.ok()?);
    (width > 0 && height > 0).then_some((width, height))
}

/// A character, or a control key.
fn plain(bytes: &[u8]) -> Option<Taken> {
    let first = *bytes.first()?;
    let control =
        |letter: u8| with(KeyCode::Char(char::from(letter)).into(), KeyModifiers::CONTROL);
    Some(match first {
        b'\r' | b'\n' => (1, Some(KeyCode::Enter.into())),
        b'\t' => (1, Some(KeyCode::Tab.into())),
        0x7f => (1, Some(KeyCode::Backspace.into())),
        0 => (1, Some(control(b' '))),
        1..=0x1a => (1, Some(control(first - 1 + b'a'))),
        0x1b..=0x1f => (1, None),
        _ => {
            let length = match first {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => 1,
            };
            let text = std::str::from_utf8(bytes.get(..length)?).ok();
            let letter = text.and_then(|text| text.chars().next());
            (if letter.is_some() { length } else { 1 }, letter.map(|it| KeyCode::Char(it).into()))
        }
    })
}

/// The last byte of a sequence, where it names a key alone.
fn function(last: u8) -> Option<KeyEvent> {
    let code = match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'P' => KeyCode::F(1),
        b'Q' => KeyCode::F(2),
        b'R' => KeyCode::F(3),
        b'S' => KeyCode::F(4),
        b'Z' => return Some(with(KeyCode::BackTab.into(), KeyModifiers::SHIFT)),
        _ => return None,
    };
    Some(code.into())
}

/// A key as xterm sends it: `1;5A` is Ctrl and ↑.
fn key(words: &str, last: u8) -> Option<KeyEvent> {
    let mut words = words.split(';').map(|word| word.parse::<u8>().unwrap_or(1));
    let number = words.next().unwrap_or(1);
    let pressed = words.next().unwrap_or(1).saturating_sub(1);
    let key = match (last, number) {
        (b'~', 1 | 7) => KeyCode::Home.into(),
        (b'~', 2) => KeyCode::Insert.into(),
        (b'~', 3) => KeyCode::Delete.into(),
        (b'~', 4 | 8) => KeyCode::End.into(),
        (b'~', 5) => KeyCode::PageUp.into(),
        (b'~', 6) => KeyCode::PageDown.into(),
        (b'~', 11..=15) => KeyCode::F(number - 10).into(),
        (b'~', 17..=21) => KeyCode::F(number - 11).into(),
        (b'~', 23 | 24) => KeyCode::F(number - 12).into(),
        _ => function(last)?,
    };
    let modifiers = [KeyModifiers::SHIFT, KeyModifiers::ALT, KeyModifiers::CONTROL];
    let held = modifiers.into_iter().enumerate().filter(|(bit, _)| pressed >> bit & 1 == 1);
    Some(held.fold(key, |key, (_, modifier)| with(key, modifier)))
}

fn with(key: KeyEvent, modifier: KeyModifiers) -> KeyEvent {
    KeyEvent { modifiers: key.modifiers | modifier, ..key }
}

/// Keeps an answer that comes too late out of the editor.
///
/// The reader of keys knows all answers but two, and takes those for typed.
#[derive(Debug)]
pub struct Late {
    progress: Progress,
    /// No answer is longer.
    left: usize,
}

/// How much of a late answer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Nothing,
    Begun(Topic),
    Amid(Topic),
}

/// What a late answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    Picture,
    Ground,
}

impl Late {
    pub fn new(progress: Progress) -> Self {
        Self { progress, left: 80 }
    }

    /// Whether the event is a piece of the answer.
    pub fn swallows(&mut self, event: &Event) -> bool {
        let Event::Key(key) = event else { return false };
        let is_alt = key.modifiers.contains(KeyModifiers::ALT);
        let is_bell = *key == with(KeyCode::Char('g').into(), KeyModifiers::CONTROL);
        let is_amid = matches!(self.progress, Progress::Amid(_));
        self.left = self.left.saturating_sub(usize::from(is_amid));
        let (progress, is_piece) = match (self.progress, key.code) {
            (Progress::Amid(_), KeyCode::Char('\\')) if is_alt => (Progress::Nothing, true),
            (Progress::Amid(Topic::Ground), _) if is_bell => (Progress::Nothing, true),
            (Progress::Amid(topic), _) if self.left > 0 => (Progress::Amid(topic), true),
            (Progress::Nothing, KeyCode::Char('_')) if is_alt => {
                (Progress::Begun(Topic::Picture), true)
            }
            (Progress::Nothing, KeyCode::Char(']')) if is_alt => {
                (Progress::Begun(Topic::Ground), true)
            }
            (Progress::Begun(Topic::Picture), KeyCode::Char('G')) => {
                (Progress::Amid(Topic::Picture), true)
            }
            (Progress::Begun(Topic::Ground), KeyCode::Char('1')) => {
                (Progress::Amid(Topic::Ground), true)
            }
            _ => (Progress::Nothing, false),
        };
        self.progress = progress;
        is_piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KITTY: &str = "\x1b_Gi=31;OK\x1b\\";
    const CELL: &str = "\x1b[6;20;10t";
    const SIXEL: &str = "\x1b[?62;4;22c";

    /// What was typed, in short: letters as they are, other keys in brackets.
    fn words(typed: &[Event]) -> String {
        let word = |event: &Event| match event {
            Event::Key(KeyEvent { code: KeyCode::Char(c), modifiers, .. })
                if modifiers.is_empty() =>
            {
                c.to_string()
            }
            Event::Key(key) => match (key.modifiers, key.code) {
                (KeyModifiers::NONE, code) => format!("<{code}>"),
                (modifiers, code) => format!("<{modifiers}+{code}>"),
            },
            other => format!("<{other:?}>"),
        };
        typed.iter().map(word).collect()
    }

    #[test]
    fn answers_and_keys_are_told_apart_however_they_are_mixed_and_split() {
        let all =
            Answers { kitty: true, sixel: Some(true), cell: Some((10, 20)), ..Answers::default() };
        let paper = Answers {
            keys: true,
            ground: Some((0xfa, 0xf6, 0xec)),
            sixel: Some(false),
            ..Answers::default()
        };
        let plain = Answers { sixel: Some(false), ..Answers::default() };
        let none = Answers::default();
        let table = [
            (format!("{KITTY}{CELL}{SIXEL}"), all, ""),
            (format!("a{KITTY}幽{CELL}\r{SIXEL}b"), all, "a幽<Enter>b"),
            ("\x1b[?62;22;24c".to_owned(), plain, ""),
            ("\x1b_Gi=31;ENOTSUP:no\x1b\\\x1b[?6c".to_owned(), plain, ""),
            ("\x1b[6;0;0t\x1b[?1;2c".to_owned(), plain, ""),
            ("\x1b]11;rgb:fafa/f6f6/ecec\x1b\\\x1b[?0u\x1b[?6c".to_owned(), paper, ""),
            ("a\x1b]11;rgb:fa/f6/ec\x07b\x1b[?1u\x1b[?6cc".to_owned(), paper, "abc"),
            ("\x1b]11;no\x07\x1b[?6c".to_owned(), plain, ""),
            ("\x1b]x\x1b[?6c".to_owned(), plain, "<Alt+]>x"),
            ("a snake".to_owned(), none, "a snake"),
            ("bats\x07".to_owned(), none, "bats<Control+g>"),
            ("\x11".to_owned(), none, "<Control+q>"),
            ("\x1br\x1b[A\x1b[1;5C\x1bOP".to_owned(), none, "<Alt+r><Up><Control+Right><F1>"),
            ("\x1b[O\x1b[Ia".to_owned(), none, "<FocusLost><FocusGained>a"),
            ("\x1b[3~\x7f\x1b[Z\t".to_owned(), none, "<Del><Backspace><Shift+Back Tab><Tab>"),
            ("\x1b\x1b".to_owned(), none, "<Esc><Esc>"),
            ("\x1b[200~two\nlines\x1b[201~x".to_owned(), none, "<Paste(\"two\\nlines\")>x"),
        ];
        for (bytes, answers, typed) in table {
            for piece in 1..=bytes.len() {
                let mut ear = Ear::default();
                bytes.as_bytes().chunks(piece).for_each(|piece| ear.hear(piece));
                ear.end();
                assert_eq!(ear.answers, answers, "{bytes:?} in pieces of {piece}");
                assert_eq!(words(&ear.typed), typed, "{bytes:?} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn bytes_without_a_meaning_are_dropped_and_stop_nothing() {
        let mut ear = Ear::default();
        ear.hear(b"\xff\xfea\x1c\x1b[99;99xb\xe5c");
        ear.hear(b"de");
        ear.end();
        assert_eq!(words(&ear.typed), "abcde");
    }

    #[test]
    fn a_late_answer_is_swallowed_and_what_is_typed_is_not() {
        let key = |c| Event::Key(KeyCode::Char(c).into());
        let alt = |c| Event::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT));
        let answer = [alt('_'), key('G'), key('i'), key(';'), key('O'), alt('\\')];
        let mut late = Late::new(Progress::Nothing);
        assert!(!late.swallows(&key('G')));
        assert!(answer.iter().all(|event| late.swallows(event)));
        assert!(!late.swallows(&key('x')));
        assert!(late.swallows(&alt('_')) && !late.swallows(&key('x')) && !late.swallows(&key('G')));
        let ground = [alt(']'), key('1'), key('1'), key(';'), key('r')];
        let bell = Event::Key(KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL));
        for end in [bell.clone(), alt('\\')] {
            assert!(ground.iter().chain([&end]).all(|event| late.swallows(event)), "{end:?}");
            assert!(!late.swallows(&bell), "the key itself still generates");
        }
        let mut amid = Late::new(Progress::Amid(Topic::Picture));
        assert!(answer[3..].iter().all(|event| amid.swallows(event)));
        assert!(!amid.swallows(&key('O')));
        let mut endless = Late::new(Progress::Amid(Topic::Ground));
        assert!((0..81).any(|_| !endless.swallows(&key('x'))));
    }
}
