//! Lists to choose from: what is typed narrows them, Enter takes, nothing is lost.

use codeagent::app::picker::{PickerItem, PickerValue};
use codeagent::app::{Action, PickerKind, SessionEvent, StartupMode, StartupSummary};
use codeagent::inference::limits::RequestCounters;
use codeagent::library::{GameId, LibraryError, VersionId};
use codeagent::tui::UiState;
use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::replay::{Replay, plan};
use crate::screens::ui;

fn item(label: &str, value: PickerValue) -> PickerItem {
    PickerItem { label: label.into(), detail: "3 versions".into(), value }
}

fn prompts(words: &[&str]) -> Vec<PickerItem> {
    words.iter().map(|words| item(words, PickerValue::Prompt((*words).to_owned()))).collect()
}

fn found(kind: PickerKind, query: &str, items: Vec<PickerItem>) -> SessionEvent {
    SessionEvent::Found { kind, query: query.to_owned(), items: Ok(items) }
}

/// Presses keys as the screen would: what it drew last decides what they mean.
fn press(ui: &mut UiState, replay: &mut Replay, keys: &[KeyCode]) {
    for key in keys {
        ui.sync(&replay.state);
        let key = KeyEvent::new(*key, KeyModifiers::NONE);
        for action in ui.on_event(TermEvent::Key(key), &replay.state) {
            replay.act(action);
        }
    }
    ui.sync(&replay.state);
}

#[test]
fn an_earlier_prompt_comes_back_into_the_editor() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    ui.paste_text("half a thought");
    replay.act(Action::Edited(ui.prompt_text())).act(Action::Pick(PickerKind::Prompts));
    assert_eq!(replay.done(), ["look"]);
    press(&mut ui, &mut replay, &[KeyCode::Char('b'), KeyCode::Char('a')]);
    replay.answers(found(PickerKind::Prompts, "b", prompts(&["old answer"])));
    assert_eq!(replay.state.dialogs.picker.as_ref().unwrap().items, None, "it is for other words");
    replay.answers(found(PickerKind::Prompts, "ba", prompts(&["bats", "bananas"])));
    press(&mut ui, &mut replay, &[KeyCode::Down, KeyCode::Down, KeyCode::Enter]);
    assert_eq!(
        (ui.prompt_text().as_str(), replay.state.draft.text.as_str()),
        ("bananas", "bananas")
    );
    assert!(replay.state.dialogs.picker.is_none());
    press(&mut ui, &mut replay, &[KeyCode::Char('!')]);
    assert_eq!(ui.prompt_text(), "bananas!", "letters are letters again");
}

#[test]
fn a_game_of_the_library_is_opened() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    replay.act(Action::Pick(PickerKind::Games));
    let version = VersionId { game: GameId(3), number: 2 };
    replay.answers(found(PickerKind::Games, "", vec![item("Bats", PickerValue::Version(version))]));
    let mut terminal = Terminal::new(TestBackend::new(60, 14)).unwrap();
    ui.sync(&replay.state);
    terminal.draw(|frame| ui.draw(frame, &replay.state, replay.now)).unwrap();
    insta::assert_snapshot!(terminal.backend());
    press(&mut ui, &mut replay, &[KeyCode::Enter]);
    assert_eq!(replay.done(), ["look", "open"]);
}

#[test]
fn escape_closes_a_list_and_stops_nothing() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    replay.generate("bats").act(Action::Pick(PickerKind::Games));
    press(&mut ui, &mut replay, &[KeyCode::Esc]);
    assert!(replay.state.dialogs.picker.is_none() && replay.state.dialogs.armed.is_none());
    assert_eq!(replay.done(), ["ask", "look"]);
}

#[test]
fn a_library_that_cannot_be_read_is_told() {
    let mut replay = Replay::new(plan());
    replay.act(Action::Pick(PickerKind::Games));
    let items = Err(LibraryError::Damaged("library.db".into()));
    replay.answers(SessionEvent::Found { kind: PickerKind::Games, query: String::new(), items });
    let notice = &replay.state.dialogs.notice.as_ref().unwrap().text;
    assert!(notice.starts_with("the library library.db is damaged. Move the file"), "{notice}");
}

#[test]
fn what_a_killed_run_left_is_offered() {
    let mut replay = Replay::new(plan());
    assert_eq!(replay.act(Action::LoadStartup(StartupMode::Fresh)).done(), ["greet"]);
    let greeting = StartupSummary {
        is_first: false,
        counters: RequestCounters::default(),
        unfinished: vec!["a maze of\x1b[31m bats".into()],
        prompts: Vec::new(),
        last_game: None,
    };
    replay.answers(SessionEvent::StartupLoaded(Ok(greeting)));
    let notice = &replay.state.dialogs.notice.as_ref().unwrap().text;
    assert!(notice.contains("codeagent library recover") && !notice.contains('\x1b'), "{notice}");
}

#[test]
fn the_library_goes_back_and_writes_files_from_its_list() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    let version = VersionId { game: GameId(4), number: 2 };
    let open = |replay: &mut Replay| {
        replay.act(Action::Pick(PickerKind::Games));
        let items = vec![item("Bats", PickerValue::Version(version))];
        replay.answers(found(PickerKind::Games, "", items)).done();
    };
    let with_alt = |ui: &mut UiState, replay: &mut Replay, c| {
        ui.sync(&replay.state);
        let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT);
        for action in ui.on_event(TermEvent::Key(key), &replay.state) {
            replay.act(action);
        }
    };
    open(&mut replay);
    with_alt(&mut ui, &mut replay, 'x');
    assert_eq!(replay.done(), ["export"]);
    assert!(replay.state.dialogs.picker.is_some(), "more may be wanted");
    with_alt(&mut ui, &mut replay, 'u');
    assert_eq!(replay.done(), ["open"]);
    assert!(replay.state.dialogs.picker.is_none());
    replay.act(Action::ExportChosen).act(Action::UndoChosen);
    assert!(replay.done().is_empty(), "without a list nothing is chosen");
}
