//! The mouse and the themes, without a terminal: what lies under the pointer, what is
//! selected, and what the screen wears.

use codeagent::app::{Action, PickerItem, PickerKind, SessionEvent};
use codeagent::library::VersionId;
use codeagent::tui::theme::ColorDepth;
use codeagent::tui::{Pane, PreviewTab, TerminalCommand, UiState};
use crossterm::event::{
    Event as TermEvent, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use crate::replay::{GAME, Replay, passed, plan, saved};

/// A screen, and somebody in front of it.
struct Table {
    ui: UiState,
    replay: Replay,
    terminal: Terminal<TestBackend>,
}

const LEFT: MouseButton = MouseButton::Left;

impl Table {
    fn new(width: u16, height: u16) -> Self {
        let replay = Replay::new(plan());
        let ui = crate::screens::ui_in(&replay, ColorDepth::True);
        let terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut table = Self { ui, replay, terminal };
        table.draw();
        table
    }

    /// With a game of many lines.
    fn with_game(width: u16, height: u16) -> Self {
        let mut table = Self::new(width, height);
        let lines: Vec<_> = (0..60).map(|n| format!("<!-- {n} 幽 -->\n")).collect();
        let lines = lines.concat();
        let html = GAME.replace("<canvas>", &format!("\n{lines}\t<canvas>"));
        table.replay.generate("bats").replies(&html).news(passed(&html)).news(saved("bats.html"));
        table.draw();
        table
    }

    fn draw(&mut self) -> Buffer {
        self.ui.sync(&self.replay.state);
        let (state, now) = (&self.replay.state, self.replay.now);
        let frame = self.terminal.draw(|frame| self.ui.draw(frame, state, now)).unwrap();
        frame.buffer.clone()
    }

    fn feed(&mut self, event: TermEvent) {
        for action in self.ui.on_event(event, &self.replay.state) {
            self.replay.act(action);
        }
        self.draw();
    }

    fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.feed(TermEvent::Key(KeyEvent::new(code, modifiers)));
    }

    fn point(&mut self, kind: MouseEventKind, (column, row): (u16, u16)) {
        let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        self.feed(TermEvent::Mouse(event));
    }

    fn click(&mut self, at: (u16, u16)) {
        self.point(MouseEventKind::Down(LEFT), at);
        self.point(MouseEventKind::Up(LEFT), at);
    }

    /// Where text begins on the screen.
    fn find(&mut self, text: &str) -> (u16, u16) {
        let buffer = self.draw();
        let row = |y: u16| (0..buffer.area.width).map(move |x| (x, y));
        let starts = |(x, y): &(u16, u16)| {
            let rest = (*x..buffer.area.width).map(|x| buffer[(x, *y)].symbol());
            rest.collect::<String>().starts_with(text)
        };
        let found = (0..buffer.area.height).flat_map(row).find(starts);
        found.unwrap_or_else(|| panic!("{text} is not on the screen"))
    }

    fn focus(&self) -> Pane {
        self.ui.view().focus
    }

    fn copied(&mut self) -> String {
        match self.ui.take_terminal_commands().as_slice() {
            [TerminalCommand::Copy(text)] => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn notice(&self) -> &str {
        self.replay.state.dialogs.notice.as_ref().map_or("", |notice| &notice.text)
    }

    /// The colour behind the top left corner.
    fn ground(&mut self) -> Color {
        self.draw()[(0, 0)].bg
    }
}

#[test]
fn a_click_focuses_what_is_under_it() {
    let mut table = Table::with_game(120, 30);
    for (pane, text) in
        [(Pane::Preview, "<!-- 59 "), (Pane::Status, "● check"), (Pane::Prompt, "3 Prompt")]
    {
        let at = table.find(text);
        table.click(at);
        assert_eq!(table.focus(), pane);
    }
    let at = table.find("Play");
    table.click(at);
    assert_eq!((table.focus(), table.ui.view().tab), (Pane::Preview, PreviewTab::Play));
    let at = table.find("Code");
    table.click(at);
    assert_eq!(table.ui.view().tab, PreviewTab::Code);
}

#[test]
fn names_of_panes_that_share_a_place_can_be_clicked() {
    let mut table = Table::new(60, 14);
    for (pane, title) in
        [(Pane::Preview, "4 Preview"), (Pane::Status, "2 Status"), (Pane::Session, "1 Session")]
    {
        let at = table.find(title);
        table.click(at);
        assert_eq!(table.focus(), pane);
    }
}

#[test]
fn a_click_in_the_editor_moves_its_cursor() {
    let mut table = Table::new(120, 30);
    table.feed(TermEvent::Paste("bats 幽 owls\nsecond".to_owned()));
    let (x, y) = table.find("owls");
    table.click((x + 2, y));
    table.key(KeyCode::Char('!'), KeyModifiers::NONE);
    assert_eq!(table.ui.prompt_text(), "bats 幽 ow!ls\nsecond");
    table.click((x + 20, y + 1));
    table.key(KeyCode::Char('.'), KeyModifiers::NONE);
    assert_eq!(table.ui.prompt_text(), "bats 幽 ow!ls\nsecond.");
}

#[test]
fn the_wheel_scrolls_what_is_under_it_and_moves_no_focus() {
    let mut table = Table::with_game(120, 30);
    let at = table.find("<!-- 59 ");
    for _ in 0..40 {
        table.point(MouseEventKind::ScrollUp, at);
    }
    table.find("<!doctype html>");
    assert_eq!(table.focus(), Pane::Prompt);
    table.point(MouseEventKind::ScrollDown, at);
    assert!(!format!("{:?}", table.draw()).contains("<!doctype"));
    let over_status = table.find("● check");
    let before = table.draw();
    table.point(MouseEventKind::ScrollDown, over_status);
    assert_eq!(table.draw(), before);
}

#[test]
fn what_is_dragged_over_is_shown_reversed_and_copied() {
    let mut table = Table::with_game(120, 30);
    let (x, y) = table.find("<!-- 58 幽");
    table.point(MouseEventKind::Down(LEFT), (x + 5, y));
    // The right half of a wide letter, a line further down.
    table.point(MouseEventKind::Drag(LEFT), (x + 9, y + 1));
    let buffer = table.draw();
    let is_turned = |x: u16, y: u16| buffer[(x, y)].modifier.contains(Modifier::REVERSED);
    assert!(is_turned(x + 5, y) && is_turned(x, y + 1) && is_turned(x + 8, y + 1));
    assert!(!is_turned(x + 4, y) && !is_turned(x + 10, y + 1));
    table.point(MouseEventKind::Up(LEFT), (x + 9, y + 1));
    assert_eq!(table.copied(), "58 幽 -->\n<!-- 59 幽");
    assert_eq!(table.notice(), "copied 18 chars");
    // The next press forgets it.
    table.click((x, y));
    assert_eq!(table.ui.take_terminal_commands(), []);
    assert!(!table.draw()[(x + 5, y)].modifier.contains(Modifier::REVERSED));
}

/// One line holds all of the game, as in what bundlers make.
#[test]
fn a_line_that_is_longer_than_the_pane_is_read_sideways() {
    let mut table = Table::new(120, 30);
    let calls = (0..300).map(|n| format!("call({n});")).collect::<Vec<_>>().concat();
    let html = GAME.replace("requestAnimationFrame", &format!("\n{calls}\nrequestAnimationFrame"));
    table.replay.generate("bats").replies(&html).news(passed(&html)).news(saved("bats.html"));
    table.draw();
    table.key(KeyCode::Char('4'), KeyModifiers::ALT);
    let (x, y) = table.find("call(0);");
    assert_eq!(table.draw()[(118, y)].symbol(), "›");
    table.key(KeyCode::Right, KeyModifiers::NONE);
    table.key(KeyCode::Char('l'), KeyModifiers::NONE);
    table.point(MouseEventKind::ScrollRight, (x, y));
    let buffer = table.draw();
    let row: String = (x..119).map(|x| buffer[(x, y)].symbol()).collect();
    let shown: String = calls.chars().skip(44).take(66).collect();
    assert_eq!(row, format!("‹{shown}›"));
    // What is pointed at is what is copied.
    let (x, y) = table.find("call(10);");
    table.point(MouseEventKind::Down(LEFT), (x, y));
    table.point(MouseEventKind::Drag(LEFT), (x + 6, y));
    table.point(MouseEventKind::Up(LEFT), (x + 6, y));
    assert_eq!(table.copied(), "call(10");
    for letter in "/call(299".chars() {
        table.key(KeyCode::Char(letter), KeyModifiers::NONE);
    }
    table.find("call(299);");
    table.key(KeyCode::Esc, KeyModifiers::NONE);
    table.find("call(0);");
    for _ in 0..500 {
        table.key(KeyCode::Right, KeyModifiers::NONE);
    }
    table.key(KeyCode::Left, KeyModifiers::NONE);
    table.find("call(299);");
    table.key(KeyCode::Char('g'), KeyModifiers::NONE);
    table.find("call(0);");
}

#[test]
fn dragging_beyond_the_edge_scrolls() {
    let mut table = Table::with_game(120, 30);
    let (x, y) = table.find("<!-- 59 幽");
    table.point(MouseEventKind::Down(LEFT), (x, y));
    for _ in 0..50 {
        table.point(MouseEventKind::Drag(LEFT), (x, 0));
    }
    table.point(MouseEventKind::Up(LEFT), (x, 0));
    let copied = table.copied();
    assert!(
        copied.contains("<!-- 20 幽 -->\n") && copied.ends_with("<!-- 58 幽 -->\n<"),
        "{copied}"
    );
}

#[test]
fn y_copies_the_page_as_it_is() {
    let mut table = Table::with_game(120, 30);
    table.key(KeyCode::Char('4'), KeyModifiers::ALT);
    table.draw();
    table.key(KeyCode::Char('y'), KeyModifiers::NONE);
    let copied = table.copied();
    assert_eq!(Some(copied.as_str()), table.replay.job().source());
    assert!(copied.contains("\t<canvas>"), "a tab stays a tab");
    let mut huge = Table::new(120, 30);
    let html = GAME.replace("<canvas>", &format!("<p>{}</p><canvas>", "x".repeat(80_000)));
    huge.replay.generate("bats").replies(&html).news(passed(&html)).news(saved("bats.html"));
    huge.draw();
    huge.key(KeyCode::Char('4'), KeyModifiers::ALT);
    huge.key(KeyCode::Char('y'), KeyModifiers::NONE);
    assert_eq!(huge.ui.take_terminal_commands(), []);
    assert!(huge.notice().contains("too many for the terminal's clipboard"), "{}", huge.notice());
    let mut empty = Table::new(120, 30);
    empty.key(KeyCode::Char('4'), KeyModifiers::ALT);
    empty.key(KeyCode::Char('y'), KeyModifiers::NONE);
    assert_eq!(empty.notice(), "nothing to copy yet");
}

fn items() -> Vec<PickerItem> {
    let version = |number| VersionId { game: codeagent::library::GameId(number), number: 1 };
    let item = |number: i64| PickerItem {
        label: format!("game {number}"),
        detail: String::new(),
        value: codeagent::app::picker::PickerValue::Version(version(number)),
    };
    (1..40).map(item).collect()
}

fn with_list() -> Table {
    let mut table = Table::new(120, 30);
    table.replay.act(Action::Pick(PickerKind::Games)).done();
    let (kind, query) = (PickerKind::Games, String::new());
    table.replay.answers(SessionEvent::Found { kind, query, items: Ok(items()) });
    table.draw();
    table
}

#[test]
fn a_click_in_a_list_takes_the_line_and_one_outside_closes_it() {
    let mut table = with_list();
    let at = table.find("game 7 ");
    table.click(at);
    assert!(table.replay.state.dialogs.picker.is_none());
    assert_eq!(table.replay.done(), ["open"]);
    let mut table = with_list();
    table.click((0, 0));
    assert!(table.replay.state.dialogs.picker.is_none());
    assert_eq!(table.replay.done(), [""; 0]);
    let mut table = with_list();
    let at = table.find("game 7 ");
    table.point(MouseEventKind::ScrollDown, at);
    assert_eq!(table.replay.state.dialogs.picker.as_ref().unwrap().chosen, 1);
    let border = table.find("Library");
    table.click(border);
    assert!(table.replay.state.dialogs.picker.is_some(), "its frame is not outside");
}

#[test]
fn the_mouse_can_be_left_to_the_terminal() {
    let mut table = Table::new(120, 30);
    table.key(KeyCode::F(2), KeyModifiers::NONE);
    assert_eq!(
        table.ui.take_terminal_commands(),
        [TerminalCommand::Mouse(codeagent::config::Switch::Off)]
    );
    assert!(table.notice().starts_with("mouse capture off"), "{}", table.notice());
    table.key(KeyCode::F(2), KeyModifiers::NONE);
    assert_eq!(
        table.ui.take_terminal_commands(),
        [TerminalCommand::Mouse(codeagent::config::Switch::On)]
    );
}

#[test]
fn a_theme_is_seen_while_the_choice_is_on_it() {
    let mut table = Table::new(120, 30);
    let (spooky, neon) = (Color::Rgb(0x15, 0x11, 0x1d), Color::Rgb(0x0a, 0x00, 0x14));
    let paper = Color::Rgb(0xfa, 0xf6, 0xec);
    assert_eq!(table.ground(), spooky);
    table.key(KeyCode::Tab, KeyModifiers::NONE);
    table.key(KeyCode::Char('T'), KeyModifiers::SHIFT);
    for _ in 0..3 {
        table.key(KeyCode::Down, KeyModifiers::NONE);
    }
    assert_eq!(table.ground(), neon);
    table.key(KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(table.ground(), spooky, "Esc leaves it as it was");
    table.key(KeyCode::Char('T'), KeyModifiers::SHIFT);
    "ink".chars().for_each(|c| table.key(KeyCode::Char(c), KeyModifiers::NONE));
    assert_eq!(table.ground(), paper, "found by what it is about");
    table.key(KeyCode::Enter, KeyModifiers::NONE);
    assert_eq!(table.ground(), paper);
    assert!(table.notice().contains("paper"), "{}", table.notice());
}

#[test]
fn the_top_line_stays_when_the_window_changes() {
    let mut table = Table::with_game(120, 30);
    let at = table.find("<!-- 59 ");
    for _ in 0..8 {
        table.point(MouseEventKind::ScrollUp, at);
    }
    let top = |table: &mut Table| {
        let buffer = table.draw();
        let row = |y: u16| (45..120).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        let shown = (0..buffer.area.height).map(row).find(|row| row.contains("<!-- ")).unwrap();
        shown.split_whitespace().find(|word| word.parse::<u32>().is_ok()).unwrap().to_owned()
    };
    let before = top(&mut table);
    for size in [(120, 26), (140, 40), (120, 30)] {
        table.terminal.backend_mut().resize(size.0, size.1);
        assert_eq!(top(&mut table), before, "at {size:?}");
    }
}
