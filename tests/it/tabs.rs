//! The tabs of the preview, and what lies over the panes: how they look, and what keys do there.

use codeagent::app::picker::{PickerItem, PickerValue};
use codeagent::app::{
    Action, BaseVersion, DiffError, DiffView, Effect, Event, ExportError, PickerKind, SaveTarget,
    SessionEvent, SessionTask, StartupSummary, Task,
};
use codeagent::inference::limits::RequestCounters;
use codeagent::library::{GameId, LibraryError, VersionId, compare_pages};
use codeagent::tui::{PaneZoom, PreviewTab, UiState, WelcomeState};
use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyModifiers};
use insta::assert_snapshot;

use crate::replay::{GAME, Replay, passed, plan, saved};
use crate::screens::{alt, draw, screens, ui};

const WIDE: (u16, u16) = (120, 30);
const SMALL: (u16, u16) = (80, 24);

/// Presses keys as the screen would: what it drew last decides what they mean.
pub fn press(ui: &mut UiState, replay: &mut Replay, keys: &[KeyEvent]) {
    for key in keys {
        draw(ui, replay, WIDE);
        for action in ui.on_event(TermEvent::Key(*key), &replay.state) {
            replay.act(action);
        }
    }
}

pub fn key(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

pub fn letters(text: &str) -> Vec<KeyEvent> {
    text.chars().map(|c| key(KeyCode::Char(c))).collect()
}

pub fn with(modifier: KeyModifiers, c: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(c), modifier)
}

/// A game of some lines, with something repaired and something to know.
fn made() -> (Replay, String) {
    let lines: Vec<_> = (0..80).map(|n| format!("let bat{n} = {n};")).collect();
    let lines = lines.join("\n");
    let page = GAME
        .replace("requestAnimationFrame", &format!("\n{lines}\nrequestAnimationFrame"))
        .replace("</body>", "\n<button onclick=\"print()\">Go</button></body>");
    let mut replay = Replay::new(plan());
    replay.generate("bats").replies(&page).news(passed(&page)).news(saved("bats.html"));
    (replay, page)
}

#[test]
fn findings_are_listed_and_lead_to_their_lines() {
    let (mut replay, page) = made();
    let mut ui = ui(&replay);
    alt(&mut ui, &mut replay, "pp4");
    assert_snapshot!(screens(&mut ui, &replay));
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    assert_eq!(ui.view().tab, PreviewTab::Code);
    let line = page.lines().position(|line| line.contains("onclick")).unwrap() + 1;
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains(&format!("{line}▌<button onclick=")), "{screen}");
}

/// The last one of the list comes first in the page, far to the right.
#[test]
fn a_finding_far_right_in_its_line_is_brought_into_sight() {
    let button = "<button onclick=\"print()\">Go</button>";
    let page = GAME
        .replace("<canvas>", &format!("<p>{}</p>{button}<canvas>", "boo ".repeat(100)))
        .replace("requestAnimationFrame", "setInterval(draw, 1); requestAnimationFrame");
    let mut replay = Replay::new(plan());
    replay.generate("bats").replies(&page).news(passed(&page)).news(saved("bats.html"));
    let mut ui = ui(&replay);
    alt(&mut ui, &mut replay, "pp4");
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(!screen.contains("onclick="), "{screen}");
    press(&mut ui, &mut replay, &[key(KeyCode::End), key(KeyCode::Enter)]);
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains("‹") && screen.contains("<button onclick="), "{screen}");
    press(&mut ui, &mut replay, &[key(KeyCode::Home)]);
    assert!(!draw(&mut ui, &replay, WIDE).contains("onclick="));
}

#[test]
fn before_there_is_anything_the_tabs_say_what_comes() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    let mut all = String::new();
    alt(&mut ui, &mut replay, "4");
    for tab in PreviewTab::ALL {
        assert_eq!(ui.view().tab, tab);
        all.push_str(&draw(&mut ui, &replay, SMALL));
        alt(&mut ui, &mut replay, "p");
    }
    assert_snapshot!(all);
}

/// The job's game came from another one.
pub fn changed() -> (Replay, SessionEvent) {
    let (old, new) = (
        "<!doctype html>\n<h1>Bats</h1>\n<script>\nlet lives = 3;\nlet speed = 1;\nrun();\n</script>\n",
        "<!doctype html>\n<h1>Bats</h1>\n<script>\nlet lives = 5;\nlet speed = 1;\nlet night\u{202e} = true;\nrun();\n</script>\n",
    );
    let version = VersionId { game: GameId(4), number: 1 };
    let mut replay = Replay::new(plan());
    replay.state.current = Some(std::sync::Arc::new(BaseVersion {
        version: Some(version),
        title: "Bats".into(),
        source: GAME.into(),
        ..BaseVersion::default()
    }));
    replay.generate("more lives").replies(GAME).news(passed(GAME)).news(saved("bats.html"));
    (
        replay,
        SessionEvent::Compared(Ok(Box::new(compare_pages(
            ("version 4.1", old),
            ("version 4.2", new),
        )))),
    )
}

#[test]
fn what_changed_stands_side_by_side() {
    let (mut replay, compared) = changed();
    assert!(!replay.done().contains(&"compare"), "nobody looks");
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, &[key(KeyCode::F(7)), with(KeyModifiers::ALT, '4')]);
    assert!(replay.state.diff.view.is_some());
    assert_eq!(replay.done(), ["compare"]);
    replay.later(1);
    assert!(replay.done().is_empty(), "it is asked for once");
    replay.answers(compared);
    assert_snapshot!(screens(&mut ui, &replay));
    alt(&mut ui, &mut replay, "z");
    assert_snapshot!(draw(&mut ui, &replay, WIDE));
}

#[test]
fn another_version_can_be_compared_with() {
    let (mut replay, compared) = changed();
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, &[with(KeyModifiers::ALT, '4'), key(KeyCode::F(7))]);
    replay.answers(compared);
    press(&mut ui, &mut replay, &letters("v"));
    let version = VersionId { game: GameId(4), number: 7 };
    replay.finds(PickerKind::DiffBase, version).done();
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    assert_eq!(replay.done(), ["compare"], "it is not opened");
    let asked = replay.state.diff.view.as_ref().unwrap();
    assert!(matches!(asked, DiffView { against: Some(id), .. } if *id == version));
    replay.answers(SessionEvent::Compared(Err(DiffError::First)));
    assert!(draw(&mut ui, &replay, WIDE).contains("nothing to compare"));
}

#[test]
fn every_action_can_be_found_by_its_words() {
    let (mut replay, _) = made();
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, &[key(KeyCode::F(9))]);
    assert_snapshot!(screens(&mut ui, &replay));
    press(&mut ui, &mut replay, &letters("zoom"));
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    assert_eq!(ui.view().zoom, PaneZoom::On);
    assert_eq!(
        (ui.prompt_text().as_str(), replay.state.draft.text.as_str()),
        ("", ""),
        "no letter leaks"
    );
    press(&mut ui, &mut replay, &[with(KeyModifiers::CONTROL, 'p'), key(KeyCode::Esc)]);
    assert!(!draw(&mut ui, &replay, WIDE).contains("Actions ·"));
}

#[test]
fn a_game_is_saved_under_a_name_that_is_completed() {
    let (mut replay, _) = made();
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, &[with(KeyModifiers::ALT, 's')]);
    let picker = replay.state.dialogs.picker.as_ref().unwrap();
    assert_eq!((picker.kind, picker.query.as_str()), (PickerKind::Paths, "bats.html"));
    for _ in 0.."bats.html".len() {
        press(&mut ui, &mut replay, &[key(KeyCode::Backspace)]);
    }
    press(&mut ui, &mut replay, &letters("ga"));
    let path = |path: &str| PickerItem {
        label: path.into(),
        detail: String::new(),
        value: PickerValue::Words(path.into()),
    };
    let items = Ok(vec![path("games/"), path("gas.html")]);
    replay.answers(SessionEvent::Found { kind: PickerKind::Paths, query: "ga".into(), items });
    assert_snapshot!(draw(&mut ui, &replay, SMALL));
    press(&mut ui, &mut replay, &[key(KeyCode::Tab)]);
    press(&mut ui, &mut replay, &letters("owl"));
    replay.done();
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    let Some(Effect::Start(_, Task::Session(SessionTask::SaveCopy { to, .. }))) =
        replay.effects().last()
    else {
        panic!("{:?}", replay.effects().last())
    };
    assert_eq!(*to, SaveTarget::File("games/owl".into()));
    assert!(replay.state.dialogs.picker.is_none());
}

#[test]
fn every_list_at_every_size() {
    let (mut replay, _) = made();
    let mut ui = ui(&replay);
    let version = VersionId { game: GameId(4), number: 2 };
    let line =
        |label: &str, value| PickerItem { label: label.into(), detail: "2 versions".into(), value };
    let lists = [
        (PickerKind::Prompts, line("a maze of bats", PickerValue::Prompt("a maze of bats".into()))),
        (PickerKind::Games, line("Bats", PickerValue::Version(version))),
        (PickerKind::DiffBase, line("  └ 4.2 faster", PickerValue::Version(version))),
        (PickerKind::Paths, line("games/", PickerValue::Words("games/".into()))),
    ];
    let mut all = Vec::new();
    for (kind, item) in lists {
        replay.act(Action::Pick(kind));
        let query = replay.state.dialogs.picker.as_ref().unwrap().query.clone();
        replay.answers(SessionEvent::Found { kind, query, items: Ok(vec![item; 3]) });
        all.push(screens(&mut ui, &replay));
        replay.act(Action::Stop);
    }
    for c in ['v', 't'] {
        press(&mut ui, &mut replay, &[with(KeyModifiers::ALT, c)]);
        all.push(screens(&mut ui, &replay));
        press(&mut ui, &mut replay, &[key(KeyCode::Esc)]);
        assert!(replay.state.dialogs.picker.is_none());
    }
    assert_snapshot!(all.join("\n"));
}

#[test]
fn words_are_searched_for_in_the_code() {
    let (mut replay, _) = made();
    let mut ui = ui(&replay);
    alt(&mut ui, &mut replay, "4");
    press(&mut ui, &mut replay, &letters("g/bat4"));
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(
        screen.contains("/bat4▏  1 of 11 lines") && screen.contains("let bat4 = 4;"),
        "{screen}"
    );
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    press(&mut ui, &mut replay, &letters("nn"));
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(
        screen.contains("/bat4  3 of 11 lines") && screen.contains("let bat41 = 41;"),
        "{screen}"
    );
    press(&mut ui, &mut replay, &letters("N/zz"));
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains("/zz▏  no matches"), "{screen}");
    press(&mut ui, &mut replay, &[key(KeyCode::Esc)]);
    assert!(draw(&mut ui, &replay, WIDE).contains("✓ complete"), "the verdict is back");
}

#[test]
fn a_queued_prompt_comes_back_into_the_editor() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    replay.generate("bats").generate("owls");
    press(&mut ui, &mut replay, &letters("and"));
    press(&mut ui, &mut replay, &[with(KeyModifiers::ALT, 'x')]);
    assert_eq!(ui.prompt_text(), "and\n\nowls");
    assert!(replay.state.queue.is_empty() && replay.state.draft.text == ui.prompt_text());
}

#[test]
fn what_is_queued_is_kept_when_the_program_ends() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").generate("owls").act(Action::Edited("mice".into()));
    replay.act(Action::Quit).act(Action::Quit);
    let kept = replay.effects().iter().find_map(|effect| match effect {
        Effect::Start(_, Task::Session(SessionTask::KeepPrompt(text))) => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(kept, Some("owls\n\nmice"));
}

fn welcomed() -> Replay {
    let mut replay = Replay::new(plan());
    let greeting = StartupSummary {
        is_first: true,
        counters: RequestCounters::default(),
        unfinished: Vec::new(),
        prompts: Vec::new(),
        last_game: None,
    };
    replay.answers(SessionEvent::StartupLoaded(Ok(greeting)));
    replay
}

#[test]
fn the_first_run_is_told_what_this_is() {
    let mut replay = welcomed();
    let mut ui = ui(&replay);
    assert_snapshot!(screens(&mut ui, &replay));
    press(&mut ui, &mut replay, &letters("a maze"));
    assert_eq!(ui.view().welcome, WelcomeState::Over);
    assert_eq!(ui.prompt_text(), "a maze", "no letter is lost");
    let mut replay = welcomed();
    let mut ui = crate::screens::ui(&replay);
    press(&mut ui, &mut replay, &[key(KeyCode::Esc)]);
    assert_eq!(ui.view().welcome, WelcomeState::Over);
}

#[test]
fn an_answer_belongs_to_who_asked_for_it() {
    let (mut replay, compared) = changed();
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, &[with(KeyModifiers::ALT, '4'), key(KeyCode::F(7))]);
    press(&mut ui, &mut replay, &letters("v"));
    let version = VersionId { game: GameId(4), number: 7 };
    replay.finds(PickerKind::DiffBase, version);
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    let [first, second] = replay.ids("compare")[..] else { panic!("not compared twice") };
    let is_ended = |it: &&Effect| matches!(it, Effect::Abort(id) if *id == first);
    assert_eq!(replay.effects().iter().filter(is_ended).count(), 1);
    // The older one had been made already: it is not shown under the title of the newer one.
    replay.event(Event::Reported(first, compared.into()));
    assert!(replay.state.diff.view.as_ref().unwrap().result.is_none());
    replay.event(Event::Reported(second, SessionEvent::Compared(Err(DiffError::First)).into()));
    assert!(replay.state.diff.view.as_ref().unwrap().result.is_some());
}

#[test]
fn an_export_that_fails_is_told_as_that() {
    let mut replay = Replay::new(plan());
    let version = VersionId { game: GameId(4), number: 1 };
    replay
        .act(Action::Pick(PickerKind::Games))
        .finds(PickerKind::Games, version)
        .act(Action::ExportChosen);
    let gone = ExportError::Library(LibraryError::NoVersion(version));
    replay.answers(SessionEvent::Exported(Err(gone)));
    let notice = &replay.state.dialogs.notice.as_ref().unwrap().text;
    assert!(notice.starts_with("cannot save the version: "), "{notice}");
    assert!(replay.state.dialogs.picker.is_some(), "the list is still there");
}

#[test]
fn a_pane_can_have_the_whole_screen() {
    let (mut replay, _) = made();
    let mut ui = ui(&replay);
    alt(&mut ui, &mut replay, "4z");
    assert_snapshot!(draw(&mut ui, &replay, SMALL));
    press(&mut ui, &mut replay, &[key(KeyCode::Esc)]);
    assert_eq!(ui.view().zoom, PaneZoom::Off);
}
