//! The session pane: prompts and what came of them, versions to walk and take, prompts that wait; and
//! the prompt below it, which sends, breaks lines and brings earlier prompts back.

use std::sync::Arc;

use codeagent::app::{
    Action, AutoPlayTest, BaseVersion, Effect, GamePage, HandEdit, JobAction, JobEvent, JobTask,
    OpenPurpose, OpenedVersion, SaveReport, SessionEvent, SessionTask, StartupMode, StartupSummary,
    StoredVerdict, Task, TranscriptEntry, TranscriptKind, TryGrade, TryKind, TryReport,
    VettingOutcome,
};
use codeagent::config::EnterKey;
use codeagent::game::{HtmlSource, vet};
use codeagent::inference::limits::RequestCounters;
use codeagent::inference::{ErrorCause, PermanentCause};
use codeagent::library::{GameId, VersionId, VersionParent};
use codeagent::tui::keymap::Keymap;
use codeagent::tui::{EditTarget, Pane, PreviewTab, TerminalCommand, UiState};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::replay::{GAME, Replay, passed, plan};
use crate::screens::{alt, draw, ui, ui_with};
use crate::tabs::{key, letters, press, with};

const WIDE: (u16, u16) = (120, 30);

fn version(number: u32) -> VersionId {
    VersionId { game: GameId(4), number }
}

/// A prompt becomes this version.
fn makes(replay: &mut Replay, prompt: &str, number: u32) {
    replay.generate(prompt).replies(GAME).news(passed(GAME));
    let path = Some("bats.html".into());
    let saved = SaveReport { path, version: Some(Ok(version(number))) };
    replay.news(JobEvent::Saved(Ok(saved))).later(1);
}

/// A game of two versions, and the session pane has the focus.
fn two_versions() -> (Replay, UiState) {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    makes(&mut replay, "bats", 1);
    makes(&mut replay, "more bats", 2);
    replay.done();
    alt(&mut ui, &mut replay, "1");
    (replay, ui)
}

fn opened(number: u32, purpose: OpenPurpose) -> OpenedVersion {
    let base = BaseVersion {
        version: Some(version(number)),
        title: "Bats".to_owned(),
        prompts: vec!["bats".to_owned()],
        ..BaseVersion::default()
    };
    let product = GamePage::Vetted(Arc::new(vet(HtmlSource::new(GAME)).unwrap()));
    let played = StoredVerdict { headline: "responds to Space".to_owned(), picture: None };
    let report = |version| TryReport {
        kind: TryKind::First,
        grade: TryGrade::Responds,
        fault: None,
        findings: 0,
        words: "responds to Space".to_owned(),
        usage: None,
        usd: None,
        elapsed: None,
        version: Some(version),
    };
    let entry = |prompt: &str, kind, number| TranscriptEntry {
        job: None,
        prompt: prompt.to_owned(),
        kind,
        tries: vec![report(version(number))],
    };
    OpenedVersion {
        base: Arc::new(base),
        product,
        played: Some(played),
        purpose,
        transcript: vec![
            entry("bats at night", TranscriptKind::NewGame, 1),
            entry("more bats", TranscriptKind::Change, 2),
        ],
    }
}

#[test]
fn enter_sends_and_the_prompt_stands_in_the_session() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, &letters("bats"));
    press(&mut ui, &mut replay, &[with(KeyModifiers::CONTROL, 'j')]);
    assert_eq!(ui.prompt_text(), "bats\n", "a new line");
    press(&mut ui, &mut replay, &letters("at night"));
    assert!(replay.done().is_empty());
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    assert_eq!(replay.done(), ["ask"]);
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains("▸ bats at night") && ui.prompt_text().is_empty(), "{screen}");
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    assert!(!replay.done().contains(&"ask"), "an empty prompt is not sent");
}

#[test]
fn one_setting_turns_enter_round() {
    let mut replay = Replay::new(plan());
    let mut ui = ui_with(&replay, Keymap::built_in().with_enter(EnterKey::Newline));
    press(&mut ui, &mut replay, &letters("bats"));
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    assert!(replay.done().is_empty() && ui.prompt_text() == "bats\n");
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains("^J send") && screen.contains("Enter newline"), "{screen}");
    press(&mut ui, &mut replay, &[with(KeyModifiers::CONTROL, 'j')]);
    assert_eq!(replay.done(), ["ask"]);
}

#[test]
fn earlier_prompts_come_back_one_by_one() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    let summary = StartupSummary {
        is_first: false,
        counters: RequestCounters::default(),
        unfinished: Vec::new(),
        prompts: vec!["owls".to_owned(), "moths\nand lamps".to_owned()],
        last_game: None,
    };
    replay.answers(SessionEvent::StartupLoaded(Ok(summary)));
    makes(&mut replay, "bats", 1);
    replay.done();
    let up = [key(KeyCode::Up)];
    for expected in ["bats", "owls", "moths\nand lamps"] {
        press(&mut ui, &mut replay, &up);
        assert_eq!(ui.prompt_text(), expected);
    }
    // Within its lines the cursor moves; below the last one the newer ones come back.
    press(&mut ui, &mut replay, &[key(KeyCode::Up), key(KeyCode::Down)]);
    assert_eq!(ui.prompt_text(), "moths\nand lamps");
    for expected in ["owls", "bats", ""] {
        press(&mut ui, &mut replay, &[key(KeyCode::Down)]);
        assert_eq!(ui.prompt_text(), expected);
    }
    press(&mut ui, &mut replay, &up);
    press(&mut ui, &mut replay, &letters("!"));
    press(&mut ui, &mut replay, &up);
    assert_eq!(ui.prompt_text(), "bats!", "what is written is no longer an earlier prompt");
    assert!(!replay.done().contains(&"ask"));
}

#[test]
fn versions_are_walked_seen_and_taken() {
    let (mut replay, mut ui) = two_versions();
    press(&mut ui, &mut replay, &[key(KeyCode::Char('k'))]);
    assert!(replay.done().is_empty(), "the last one is shown already");
    press(&mut ui, &mut replay, &[key(KeyCode::Char('k'))]);
    assert_eq!(replay.done(), ["look at"]);
    replay.answers(SessionEvent::Opened(Ok(Box::new(opened(1, OpenPurpose::Look)))));
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains("Bats v1") && screen.contains("Enter takes it"), "{screen}");
    let current = |replay: &Replay| replay.state.current.as_ref().unwrap().version;
    assert_eq!(current(&replay), Some(version(2)), "nothing has changed");
    // Esc shows the game again, Enter takes the version.
    press(&mut ui, &mut replay, &[key(KeyCode::Esc)]);
    assert!(replay.state.jobs.looked_at.is_none() && replay.state.dialogs.armed.is_none());
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    assert_eq!(replay.done(), ["open", "make current"]);
    replay.answers(SessionEvent::Opened(Ok(Box::new(opened(1, OpenPurpose::Change)))));
    assert_eq!(current(&replay), Some(version(1)));
    assert_eq!(replay.state.transcript.entries().len(), 2, "the conversation is the same");
    // A prompt that is sent ends a look.
    press(&mut ui, &mut replay, &[key(KeyCode::Char('j'))]);
    replay.answers(SessionEvent::Opened(Ok(Box::new(opened(2, OpenPurpose::Look)))));
    assert!(replay.state.jobs.looked_at.is_some());
    replay.generate("louder bats");
    assert!(replay.state.jobs.looked_at.is_none());
}

#[test]
fn prompts_that_wait_are_edited_moved_and_removed() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    for prompt in ["bats", "owls", "moths", "lamps"] {
        replay.generate(prompt);
    }
    let waiting = |replay: &Replay| {
        let prompts = replay.state.queue.iter().map(|queued| queued.prompt.text().to_owned());
        prompts.collect::<Vec<_>>()
    };
    assert_eq!(waiting(&replay), ["owls", "moths", "lamps"]);
    alt(&mut ui, &mut replay, "1");
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains("▹ moths") && screen.contains("    queued"), "{screen}");
    press(&mut ui, &mut replay, &letters("x"));
    assert_eq!(waiting(&replay).len(), 3, "none is chosen");
    press(&mut ui, &mut replay, &letters("k[["));
    assert_eq!(waiting(&replay), ["lamps", "owls", "moths"]);
    press(&mut ui, &mut replay, &letters("]"));
    assert_eq!(waiting(&replay), ["owls", "lamps", "moths"]);
    press(&mut ui, &mut replay, &letters("x"));
    assert_eq!(waiting(&replay), ["owls", "moths"]);
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    assert_eq!((waiting(&replay), ui.prompt_text().as_str()), (vec!["owls".into()], "moths"));
    assert_eq!(ui.view().focus, Pane::Prompt);
    // What was removed is not lost.
    press(&mut ui, &mut replay, &[with(KeyModifiers::CONTROL, 'u'), key(KeyCode::Up)]);
    press(&mut ui, &mut replay, &[key(KeyCode::Up)]);
    assert_eq!(ui.prompt_text(), "lamps");
}

#[test]
fn a_stop_holds_the_queue_and_one_key_goes_on() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    replay.generate("bats").generate("owls").done();
    press(&mut ui, &mut replay, &[key(KeyCode::Esc), key(KeyCode::Esc)]);
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains("held · ^G goes on") && !screen.contains("Esc again"), "{screen}");
    // The stopped prompt is in the editor again: it is cleared first.
    press(&mut ui, &mut replay, &[with(KeyModifiers::CONTROL, 'u'), key(KeyCode::Enter)]);
    assert!(!replay.done().contains(&"ask"));
    press(&mut ui, &mut replay, &[with(KeyModifiers::CONTROL, 'g')]);
    assert!(replay.done().contains(&"ask") && replay.job().prompt.text() == "owls");
}

#[test]
fn the_last_session_is_there_again_unless_a_game_was_begun() {
    let summary = || StartupSummary {
        is_first: false,
        counters: RequestCounters::default(),
        unfinished: Vec::new(),
        prompts: Vec::new(),
        last_game: Some(GameId(4)),
    };
    let mut replay = Replay::new(plan());
    let mut ui = crate::screens::ui(&replay);
    replay.act(Action::LoadStartup(StartupMode::Resume)).done();
    replay.report_newest(SessionEvent::StartupLoaded(Ok(summary())));
    assert_eq!(replay.done(), ["open"]);
    replay.answers(SessionEvent::Opened(Ok(Box::new(opened(2, OpenPurpose::Change)))));
    let screen = draw(&mut ui, &replay, WIDE);
    for text in ["▸ bats at night", "●v2 ✓ responds to Space", "changes Bats 4.2", "▸Play"]
    {
        assert!(screen.contains(text), "{text}: {screen}");
    }
    assert!(replay.state.dialogs.notice.is_none(), "nobody asked for it");
    // A prompt on the command line asks for a new game.
    let mut replay = Replay::new(plan());
    replay.act(Action::LoadStartup(StartupMode::Fresh)).done();
    replay.report_newest(SessionEvent::StartupLoaded(Ok(summary())));
    assert!(replay.done().is_empty() && replay.state.current.is_none());
    // Who sends a prompt before the library has answered keeps the screen.
    let mut replay = Replay::new(plan());
    replay.act(Action::LoadStartup(StartupMode::Resume)).done();
    replay.report_newest(SessionEvent::StartupLoaded(Ok(summary())));
    replay.generate("owls");
    assert!(replay.done().contains(&"abort"), "the old game is no longer loaded");
}

#[test]
fn a_game_of_the_library_brings_its_session() {
    let mut replay = Replay::new(plan());
    replay.generate("owls").fails(ErrorCause::Permanent(PermanentCause::BadToken));
    replay.opens(opened(2, OpenPurpose::Change));
    let prompts: Vec<_> =
        replay.state.transcript.entries().iter().map(|entry| entry.prompt.as_str()).collect();
    assert_eq!(prompts, ["bats at night", "more bats"]);
}

#[test]
fn the_picture_comes_by_itself_unless_another_tab_was_chosen() {
    let made = |tab: Option<char>| {
        let mut replay = Replay::new(plan().with(|job| job.play_test = AutoPlayTest::On));
        let mut ui = crate::screens::ui(&replay);
        press(&mut ui, &mut replay, &letters("bats"));
        press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
        draw(&mut ui, &replay, (80, 24));
        assert_eq!(ui.view().tab, PreviewTab::Code, "while it comes");
        if let Some(tab) = tab {
            press(&mut ui, &mut replay, &[with(KeyModifiers::ALT, tab)]);
        }
        replay.replies(GAME).news(passed(GAME)).news(crate::replay::saved("bats.html"));
        replay.news(crate::shown::verdict(Vec::new()));
        let small = draw(&mut ui, &replay, (80, 24));
        let tiny = draw(&mut ui, &replay, (40, 12));
        (ui.view().tab, small, tiny)
    };
    let (tab, small, tiny) = made(None);
    assert_eq!(tab, PreviewTab::Play);
    assert!(small.contains("✓ responds to") && tiny.contains("✓ responds to"), "{small}{tiny}");
    assert!(tiny.contains("^O play"), "{tiny}");
    let (tab, ..) = made(Some('p'));
    assert_eq!(tab, PreviewTab::Findings, "the user's choice stays");
}

#[test]
fn q_asks_before_it_quits() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, &letters("q"));
    assert_eq!((ui.prompt_text().as_str(), replay.state.dialogs.confirm.is_none()), ("q", true));
    alt(&mut ui, &mut replay, "1");
    press(&mut ui, &mut replay, &letters("q"));
    assert!(replay.state.dialogs.confirm.is_some() && !replay.state.quitting);
    press(&mut ui, &mut replay, &[key(KeyCode::Esc)]);
    assert!(replay.state.dialogs.confirm.is_none() && !replay.state.quitting);
    press(&mut ui, &mut replay, &letters("q"));
    replay.later(1);
    press(&mut ui, &mut replay, &[key(KeyCode::Char('y')), key(KeyCode::Enter)]);
    assert!(replay.state.quitting);
}

/// A key that makes a new line makes none outside the prompt, and sends nothing.
#[test]
fn keys_of_the_prompt_mean_nothing_in_other_panes() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, &letters("bats"));
    alt(&mut ui, &mut replay, "2");
    let shifted = KeyEvent::new(KeyCode::Enter, KeyModifiers::SHIFT);
    press(&mut ui, &mut replay, &[key(KeyCode::Enter), shifted]);
    assert!(replay.done().is_empty() && ui.prompt_text() == "bats");
    replay.act(Action::job(JobAction::Stop));
}

/// Nobody is asked for anything: what the user has written is checked and becomes a version.
#[test]
fn a_page_that_is_edited_by_hand_is_a_version_and_asks_nobody() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    makes(&mut replay, "bats", 1);
    replay.done();
    alt(&mut ui, &mut replay, "4");
    press(&mut ui, &mut replay, &letters("e"));
    let commands = ui.take_terminal_commands();
    let [TerminalCommand::Edit(target @ EditTarget::Page(page))] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    assert_eq!(page, GAME);
    // The same page is no version.
    for action in ui.apply_editor_result(target.clone(), Ok(format!("{GAME}\n"))) {
        replay.act(action);
    }
    assert!(replay.done().is_empty());
    let edited = GAME.replace("() => 1", "() => 2");
    for action in ui.apply_editor_result(target.clone(), Ok(edited.clone())) {
        replay.act(action);
    }
    assert_eq!(replay.done(), ["vet source"]);
    replay.news(passed(&edited));
    let Effect::Start(_, Task::Job(JobTask::Save { keep, .. })) = replay.effects().last().unwrap()
    else {
        panic!("it is not saved")
    };
    let (engine, seed) = (keep.provenance.engine.as_str(), keep.provenance.seed);
    assert_eq!((engine, seed, keep.place), ("hand", None, VersionParent::After(version(1))));
    let path = Some("bats.html".into());
    replay.news(JobEvent::Saved(Ok(SaveReport { path, version: Some(Ok(version(2))) })));
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains("▸ edited by hand") && screen.contains("●v2"), "{screen}");
    assert!(!screen.contains("request") && !replay.done().contains(&"ask"), "{screen}");
}

/// A game that was begun while the editor was open goes on, and what was written is not lost.
#[test]
fn an_edited_page_is_taken_while_a_game_is_made() {
    let mut replay = Replay::new(plan());
    makes(&mut replay, "bats", 1);
    replay.generate("owls").done();
    let owls = replay.job().id;
    replay.act(Action::EditPage(GAME.replace("() => 1", "() => 2"), HandEdit::Editor));
    assert_eq!(replay.done(), ["vet source"]);
    assert!(replay.job().id != owls && replay.state.jobs.is_running(owls));
}

/// What breaks a rule is no version, and no word of it is lost.
#[test]
fn a_page_that_is_edited_into_harm_is_kept_as_a_draft() {
    let mut replay = Replay::new(plan());
    makes(&mut replay, "bats", 1);
    let harm = GAME.replace("<canvas>", "<script src=https://x.example/x.js></script><canvas>");
    replay.act(Action::EditPage(harm.clone(), HandEdit::Editor)).done();
    let refused = vet(HtmlSource::new(harm.as_str())).unwrap_err();
    replay.news(JobEvent::Vetted(VettingOutcome::Refused(Arc::new(refused))));
    assert_eq!(replay.done(), ["keep draft"]);
    replay.news(JobEvent::DraftKept(Ok("draft.txt".into())));
    assert_eq!(replay.state.current.as_ref().unwrap().version, Some(version(1)));
}

/// What is seen is what is saved and played, and Esc shows the game again.
#[test]
fn commands_are_about_the_version_that_is_seen() {
    let (mut replay, mut ui) = two_versions();
    press(&mut ui, &mut replay, &letters("kk"));
    replay.answers(SessionEvent::Opened(Ok(Box::new(opened(1, OpenPurpose::Look))))).done();
    press(&mut ui, &mut replay, &[with(KeyModifiers::CONTROL, 's')]);
    let saved = replay.effects().last().unwrap();
    let Effect::Start(_, Task::Session(SessionTask::SaveCopy { product, .. })) = saved else {
        panic!("{saved:?}")
    };
    let looked_at = replay.state.jobs.looked_at.as_ref().unwrap();
    let (saved, seen) = (product.vetted().unwrap(), looked_at.game.product.vetted().unwrap());
    assert!(Arc::ptr_eq(saved, seen));
    press(&mut ui, &mut replay, &[with(KeyModifiers::CONTROL, 'o')]);
    let played = replay.effects().last().unwrap();
    let Effect::Start(_, Task::Session(SessionTask::Play(playable))) = played else {
        panic!("{played:?}")
    };
    assert_eq!(playable.name, "version 4.1");
    // Where something runs, Esc is for that, too.
    replay.generate("louder bats");
    press(&mut ui, &mut replay, &letters("k"));
    replay.answers(SessionEvent::Opened(Ok(Box::new(opened(1, OpenPurpose::Look)))));
    press(&mut ui, &mut replay, &[key(KeyCode::Esc)]);
    assert!(replay.state.jobs.looked_at.is_none() && replay.state.dialogs.armed.is_some());
}
