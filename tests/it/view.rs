//! What the screen alone knows: which pane has the keys and what is seen; and what the session is
//! told of it.

use codeagent::app::{Action, PickerKind, SessionEvent, StartupMode, StartupSummary};
use codeagent::inference::limits::RequestCounters;
use codeagent::library::{GameId, VersionId};
use codeagent::tui::{PaneZoom, PreviewTab, WelcomeState};
use crossterm::event::{Event as TermEvent, KeyCode, KeyModifiers};

use crate::replay::{GAME, Replay, passed, plan, saved};
use crate::screens::{alt, draw, ui};
use crate::tabs::{changed, key, letters, press, with};

const WIDE: (u16, u16) = (120, 30);
const SMALL: (u16, u16) = (80, 24);

/// The one it came from is not compared with on the way.
#[test]
fn a_version_chosen_outside_the_tab_is_compared_with_at_once() {
    let (mut replay, _) = changed();
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, &[with(KeyModifiers::ALT, '4'), key(KeyCode::Char('v'))]);
    replay.finds(PickerKind::DiffBase, VersionId { game: GameId(4), number: 7 }).done();
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    assert_eq!((ui.view().tab, replay.done()), (PreviewTab::Diff, vec!["compare"]));
}

#[test]
fn a_game_is_compared_while_the_tab_is_seen_and_no_longer() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    let game = |replay: &mut Replay| {
        replay.generate("bats").replies(GAME).news(passed(GAME)).news(saved("bats.html"));
        replay.done().contains(&"compare")
    };
    press(&mut ui, &mut replay, &[key(KeyCode::F(7))]);
    assert!(game(&mut replay), "it is seen when it is ready");
    alt(&mut ui, &mut replay, "p");
    assert!(!game(&mut replay));
}

#[test]
fn a_play_test_is_shown_where_it_can_begin() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    replay.generate("bats");
    press(&mut ui, &mut replay, &[key(KeyCode::F(7)), key(KeyCode::F(5))]);
    assert_eq!(ui.view().tab, PreviewTab::Diff, "still making a game");
    replay.replies(GAME).news(passed(GAME)).news(saved("bats.html")).done();
    press(&mut ui, &mut replay, &[key(KeyCode::F(5))]);
    assert_eq!((ui.view().tab, replay.done()), (PreviewTab::Play, vec!["try out"]));
    // The same out of the list of actions, with nothing to play yet.
    let mut replay = Replay::new(plan());
    let mut ui = crate::screens::ui(&replay);
    press(&mut ui, &mut replay, &[key(KeyCode::F(9))]);
    press(&mut ui, &mut replay, &letters("play-test"));
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    assert_eq!(ui.view().tab, PreviewTab::Play);
}

#[test]
fn who_has_begun_already_is_not_welcomed() {
    let greeting = || StartupSummary {
        is_first: true,
        counters: RequestCounters::default(),
        unfinished: Vec::new(),
        prompts: Vec::new(),
        last_game: None,
    };
    for begun in [KeyCode::Tab, KeyCode::F(4), KeyCode::F(1), KeyCode::Char('a')] {
        let mut replay = Replay::new(plan());
        let mut ui = ui(&replay);
        press(&mut ui, &mut replay, &[key(begun)]);
        replay.answers(SessionEvent::StartupLoaded(Ok(greeting())));
        draw(&mut ui, &replay, WIDE);
        assert_eq!(ui.view().welcome, WelcomeState::Over, "{begun:?}");
    }
    // A prompt of the command line, or one that was left in the editor.
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    replay.act(Action::LoadStartup(StartupMode::Fresh)).act(Action::Edited("bats".to_owned()));
    replay.answers(SessionEvent::StartupLoaded(Ok(greeting())));
    draw(&mut ui, &replay, WIDE);
    assert_eq!(ui.view().welcome, WelcomeState::Over);
    // What is said at the start is no doing of the user's.
    let mut replay = Replay::new(plan());
    replay
        .act(Action::LoadStartup(StartupMode::Fresh))
        .act(Action::Note("no theme moon".to_owned()));
    replay.answers(SessionEvent::StartupLoaded(Ok(greeting())));
    let mut ui = crate::screens::ui(&replay);
    draw(&mut ui, &replay, WIDE);
    assert_eq!(ui.view().welcome, WelcomeState::Shown);
}

/// Help first, then the list, then the job; the zoom goes when there is none of these.
#[test]
fn escape_takes_back_one_thing_at_a_time() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    replay.generate("bats");
    alt(&mut ui, &mut replay, "4z");
    press(&mut ui, &mut replay, &[key(KeyCode::F(1))]);
    replay.act(Action::Pick(PickerKind::Games));
    let escape = [key(KeyCode::Esc)];
    press(&mut ui, &mut replay, &escape);
    assert!(!ui.view().help && replay.state.dialogs.picker.is_some());
    press(&mut ui, &mut replay, &escape);
    assert!(replay.state.dialogs.picker.is_none() && replay.state.dialogs.armed.is_none());
    press(&mut ui, &mut replay, &escape);
    assert!(replay.state.dialogs.armed.is_some() && replay.state.is_busy());
    press(&mut ui, &mut replay, &escape);
    assert!(!replay.state.is_busy() && ui.view().zoom == PaneZoom::On);
    press(&mut ui, &mut replay, &escape);
    assert_eq!(ui.view().zoom, PaneZoom::Off);
}

#[test]
fn the_help_scrolls_where_it_does_not_fit() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, &[key(KeyCode::F(1))]);
    let first = draw(&mut ui, &replay, SMALL);
    assert!(first.contains("more ") && first.contains("newline"), "{first}");
    for _ in 0..10 {
        draw(&mut ui, &replay, SMALL);
        ui.on_event(TermEvent::Key(key(KeyCode::PageDown)), &replay.state);
    }
    let last = draw(&mut ui, &replay, SMALL);
    assert!(last.contains(" 0 more ") && last.contains("suspend"), "{last}");
}
