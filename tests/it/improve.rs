//! A short prompt is made full for review: by the composer, or by a model that is asked. Nothing is sent
//! for a game, nothing that was typed is lost, and one key takes it back.

use codeagent::app::{Action, Effect, Engine, Event, JobEvent, JobTask, SessionPlan, Task};
use codeagent::inference::client::StreamProgress;
use codeagent::inference::limits::{LimitKind, LimitReached, RequestCounters};
use codeagent::inference::{
    ErrorCause, FinishReason, InferenceError, Outcome, PermanentCause, Reply, TransientCause,
};
use codeagent::tui::UiState;
use crossterm::event::{KeyCode, KeyModifiers};
use std::time::Duration;

use crate::cli::User;
use crate::fake::{Answer, Hub};
use crate::replay::{GAME, Replay, passed, plan};
use crate::screens::{alt, draw, ui};
use crate::tabs::{key, letters, press, with};

const WIDE: (u16, u16) = (120, 30);
const WISH: &str = "snake with ghosts";
const LINES: &str = "Goal: eat lanterns\nControls: arrows\nLosing: a ghost\nLook: dark";

fn composer() -> SessionPlan {
    plan().with(|job| job.engine = Engine::Offline)
}

/// The wish is typed, and made full.
fn improved(plan: SessionPlan) -> (Replay, UiState) {
    let mut replay = Replay::new(plan);
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, &letters(WISH));
    alt(&mut ui, &mut replay, "i");
    (replay, ui)
}

/// News of the question that was asked last.
fn news(replay: &mut Replay, event: JobEvent) {
    let id = replay.ids("ask").pop().expect("a model is asked");
    replay.event(Event::Reported(id, event.into()));
}

fn writes(replay: &mut Replay, text: &str) {
    news(replay, JobEvent::StreamProgress(StreamProgress::Content(text.to_owned())));
}

fn ends(replay: &mut Replay, finish: FinishReason) {
    news(replay, JobEvent::Ended(Outcome::Replied(Reply { finish, ..Reply::default() })));
}

fn fails(replay: &mut Replay, cause: ErrorCause) {
    let error = InferenceError::local(cause, "said so");
    news(replay, JobEvent::Ended(Outcome::Failed(error)));
}

fn asks(replay: &Replay) -> usize {
    replay.ids("ask").len()
}

#[test]
fn the_composer_makes_a_prompt_full_and_one_key_takes_it_back() {
    let mut replay = Replay::new(composer());
    let mut empty = ui(&replay);
    alt(&mut empty, &mut replay, "i");
    assert!(draw(&mut empty, &replay, WIDE).contains("the prompt is empty"));
    let (mut replay, mut ui) = improved(composer());
    draw(&mut ui, &replay, WIDE);
    let full = ui.prompt_text();
    let labels: Vec<_> = full.lines().skip(1).filter_map(|line| line.split_once(": ")).collect();
    let labels: Vec<_> = labels.iter().map(|(label, _)| *label).collect();
    assert_eq!(labels, ["Goal", "Controls", "Losing", "Growing", "Look"], "{full}");
    assert!(full.starts_with("snake with ghosts\n"));
    alt(&mut ui, &mut replay, "i");
    draw(&mut ui, &replay, WIDE);
    assert_eq!(ui.prompt_text(), full);
    press(&mut ui, &mut replay, &[with(KeyModifiers::CONTROL, '_')]);
    draw(&mut ui, &replay, WIDE);
    assert_eq!((ui.prompt_text().as_str(), replay.state.draft.text.as_str()), (WISH, WISH));
    assert!(replay.done().is_empty(), "nothing is sent");
}

#[test]
fn a_change_of_a_game_is_not_made_full() {
    for plan in [plan(), composer()] {
        let mut replay = Replay::new(plan);
        let mut ui = ui(&replay);
        replay.state.current = Some(std::sync::Arc::default());
        press(&mut ui, &mut replay, &letters("faster"));
        alt(&mut ui, &mut replay, "i");
        assert!(draw(&mut ui, &replay, WIDE).contains("changes a game"));
        assert_eq!((ui.prompt_text().as_str(), asks(&replay)), ("faster", 0));
    }
}

#[test]
fn a_model_adds_what_the_prompt_leaves_open() {
    let (mut replay, mut ui) = improved(plan());
    let Some(Effect::Start(_, Task::Job(JobTask::Ask(request)))) = replay.effects().last() else {
        panic!("a model is asked")
    };
    assert!(request.system.contains("Goal:") && !request.system.contains("html"));
    assert!(!request.is_for_game && request.max_tokens <= 2_000);
    assert_eq!(request.user_prompt, WISH);
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains("◐ asking acme/coder to fill in the prompt"), "{screen}");
    alt(&mut ui, &mut replay, "i");
    assert_eq!(asks(&replay), 1, "it is asked once");
    writes(&mut replay, "Sure:\n");
    writes(&mut replay, LINES);
    assert!(draw(&mut ui, &replay, WIDE).contains("letters"), "how far it is");
    assert_eq!(ui.prompt_text(), WISH, "half an answer is none");
    ends(&mut replay, FinishReason::Complete);
    let screen = draw(&mut ui, &replay, WIDE);
    let full = format!("{WISH}\n{LINES}");
    assert_eq!((ui.prompt_text(), &replay.state.draft.text), (full.clone(), &full));
    assert!(screen.contains("nothing is sent") && !screen.contains('◐'), "{screen}");
    assert_eq!((asks(&replay), replay.state.jobs.iter().count()), (1, 0));
    press(&mut ui, &mut replay, &[with(KeyModifiers::CONTROL, '_')]);
    assert_eq!(ui.prompt_text(), WISH);
}

/// What was typed meanwhile stays; a prompt that was cleared comes back with what was paid for.
#[test]
fn nothing_that_was_typed_meanwhile_is_lost() {
    let (mut replay, mut ui) = improved(plan());
    press(&mut ui, &mut replay, &letters(" and bats"));
    writes(&mut replay, LINES);
    ends(&mut replay, FinishReason::Complete);
    draw(&mut ui, &replay, WIDE);
    assert_eq!(ui.prompt_text(), format!("{WISH} and bats\n{LINES}"));

    let (mut replay, mut ui) = improved(plan());
    press(&mut ui, &mut replay, &[with(KeyModifiers::CONTROL, 'u')]);
    writes(&mut replay, LINES);
    ends(&mut replay, FinishReason::Complete);
    draw(&mut ui, &replay, WIDE);
    assert_eq!(ui.prompt_text(), format!("{WISH}\n{LINES}"));

    // Sent as it is: nobody waits for more of it.
    let (mut replay, mut ui) = improved(plan());
    let asked = replay.ids("ask");
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    assert!(replay.effects().iter().any(|it| matches!(it, Effect::Abort(id) if *id == asked[0])));
    replay.event(Event::Reported(
        asked[0],
        JobEvent::StreamProgress(StreamProgress::Content(LINES.to_owned())).into(),
    ));
    draw(&mut ui, &replay, WIDE);
    assert_eq!((ui.prompt_text().as_str(), asks(&replay)), ("", 2));
    replay.replies(GAME).news(passed(GAME));
    draw(&mut ui, &replay, WIDE);
    assert_eq!(ui.prompt_text(), "");
}

#[test]
fn an_answer_that_describes_nothing_leaves_the_prompt_and_says_why() {
    let held = LimitReached { limit: LimitKind::Day, max: 3, wait: Duration::from_mins(1) };
    let counters = RequestCounters::default;
    let code = format!("```html\n{GAME}\n```");
    for (text, finish, said) in [
        (code.as_str(), FinishReason::Complete, "the model described no game"),
        (WISH, FinishReason::Complete, "the model described no game"),
        ("", FinishReason::Length, "thinking"),
        (LINES, FinishReason::Filtered, "filter"),
        (LINES, FinishReason::Repetition { start: 3 }, "repeat"),
    ] {
        let (mut replay, mut ui) = improved(plan());
        writes(&mut replay, text);
        ends(&mut replay, finish);
        let screen = draw(&mut ui, &replay, (200, 40));
        assert!(screen.contains(said), "{text}: {screen}");
        assert_eq!((ui.prompt_text().as_str(), asks(&replay)), (WISH, 1), "{text}");
    }
    let (mut replay, mut ui) = improved(plan());
    news(&mut replay, JobEvent::LimitReached(held, counters()));
    assert!(draw(&mut ui, &replay, (200, 40)).contains("is reached"));
    let (mut replay, mut ui) = improved(plan());
    fails(&mut replay, ErrorCause::Permanent(PermanentCause::NoCredits));
    let screen = draw(&mut ui, &replay, (200, 40));
    assert!(screen.contains("credits") && !screen.contains('◐'), "{screen}");
    assert_eq!((ui.prompt_text().as_str(), replay.later(900).ids("ask").len()), (WISH, 1));
    let (mut replay, mut ui) = improved(plan().with(|job| job.has_token = false));
    assert!(draw(&mut ui, &replay, (200, 40)).contains("no HuggingFace token"));
    assert!(replay.done().is_empty());
}

#[test]
fn a_server_that_is_not_ready_is_asked_again_until_it_is_stopped() {
    let (mut replay, mut ui) = improved(plan());
    fails(&mut replay, ErrorCause::Transient(TransientCause::Loading));
    let screen = draw(&mut ui, &replay, (160, 40));
    assert!(screen.contains("acme/coder is asked again in"), "{screen}");
    replay.later(60);
    assert_eq!(asks(&replay), 2);
    writes(&mut replay, LINES);
    // Twice, as for a game.
    press(&mut ui, &mut replay, &[key(KeyCode::Esc), key(KeyCode::Esc)]);
    let screen = draw(&mut ui, &replay, (160, 40));
    assert!(screen.contains("the prompt is as it was") && !screen.contains('◐'), "{screen}");
    assert_eq!(ui.prompt_text(), WISH);
    ends(&mut replay, FinishReason::Complete);
    draw(&mut ui, &replay, WIDE);
    assert_eq!(ui.prompt_text(), WISH, "what comes late is dropped");
    assert_eq!(replay.act(Action::Quit).later(5).ids("ask").len(), 2);
}

/// A command asks the model that the settings name, in the real protocol, and prints what comes.
#[test]
fn a_command_prints_the_full_prompt_of_a_model() {
    let hub = Hub::start(vec![Answer::chat_stream(&format!("**{LINES}"))]);
    let user = User::new();
    let run = user.ask(&hub, &["new", "--improve", WISH]);
    assert_eq!((run.code, run.out), (0, format!("{WISH}\n{LINES}\n")), "{}", run.err);
    assert!(run.err.contains("to fill in the prompt"), "{}", run.err);
    assert_eq!(hub.posts().len(), 1);
    let quiet = user.ask(&hub, &["new", "--quiet", "--improve", WISH]);
    assert_eq!((quiet.code, quiet.err.as_str()), (0, ""));
    // It is in the ledger, and leaves no prompt that looks unfinished.
    let usage = user.run(&["usage"]);
    assert!(usage.out.contains('2'), "{}", usage.out);
    let hub = Hub::start(vec![Answer::chat_stream(&format!("```html\n{GAME}\n```"))]);
    let code = user.ask(&hub, &["new", "--improve", WISH]);
    assert_eq!((code.code, code.out.as_str()), (7, ""));
    assert!(
        code.err.contains("described no game") && code.err.contains("--offline"),
        "{}",
        code.err
    );
}
