//! Another model, and what is left of the credits: lists, a question, a change.

use std::sync::Arc;
use std::time::Duration;

use codeagent::app::{
    Action, Engine, JobEvent, JobPhase, PickerKind, ReportedCredits, SessionEvent,
};
use codeagent::inference::account::{AccountError, Credits};
use codeagent::inference::limits::RequestCounters;
use codeagent::inference::{
    CachedCatalogue, Catalogue, ErrorCause, InferenceError, Outcome, PermanentCause, Reply,
    TokenUsage, TransientCause,
};
use codeagent::tui::UiState;
use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::replay::{GAME, Replay, passed, plan, saved};
use crate::screens::ui;

const LIST: &str = r#"[
  {"id":"acme/coder","providers":[
    {"provider":"north","status":"live","context_length":262144,"pricing":{"input":0.2,"output":1.5},"throughput":80},
    {"provider":"south","status":"live","context_length":131072,"pricing":{"input":0.07,"output":0.26},"throughput":25.4}]},
  {"id":"acme/large","providers":[{"provider":"north","status":"live","pricing":{"input":3,"output":15}},
    {"provider":"west","status":"error"}]},
  {"id":"acme/asleep","providers":[{"provider":"west","status":"error"}]}]"#;

fn listed(list: &str) -> SessionEvent {
    let catalogue = Catalogue::parse(list).unwrap();
    SessionEvent::ModelsListed(Ok(Arc::new(CachedCatalogue {
        catalogue,
        age: Duration::ZERO,
        refresh_error: None,
    })))
}

fn draw(ui: &mut UiState, replay: &Replay, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    ui.sync(&replay.state);
    terminal.draw(|frame| ui.draw(frame, &replay.state, replay.now)).unwrap();
    terminal.backend().to_string()
}

/// Presses keys, each so many milliseconds after the one before.
pub fn press(ui: &mut UiState, replay: &mut Replay, wait: u64, keys: &[KeyCode]) {
    for key in keys {
        replay.now += Duration::from_millis(wait);
        ui.sync(&replay.state);
        let key = KeyEvent::new(*key, KeyModifiers::NONE);
        for action in ui.on_event(TermEvent::Key(key), &replay.state) {
            replay.act(action);
        }
    }
    ui.sync(&replay.state);
}

fn letters(text: &str) -> Vec<KeyCode> {
    text.chars().map(KeyCode::Char).collect()
}

/// The list is open, and the question about `acme/large` as the server chooses it too.
fn asked() -> (Replay, UiState) {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, 0, &[KeyCode::F(4)]);
    assert_eq!(replay.done(), ["catalogue", "find local servers", "list local models"]);
    replay.answers(listed(LIST));
    press(&mut ui, &mut replay, 500, &letters("large"));
    press(&mut ui, &mut replay, 500, &[KeyCode::Enter, KeyCode::Enter]);
    assert!(replay.state.dialogs.confirm.is_some(), "{:?}", replay.state.dialogs);
    (replay, ui)
}

pub fn notice(replay: &Replay) -> String {
    replay.state.dialogs.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default()
}

#[test]
fn a_list_of_models_and_a_list_of_the_ways_to_one() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, 0, &[KeyCode::F(4)]);
    assert!(draw(&mut ui, &replay, (80, 24)).contains("searching"));
    replay.answers(listed(LIST));
    let models = draw(&mut ui, &replay, (90, 16));
    press(&mut ui, &mut replay, 0, &[KeyCode::Enter]);
    let routes = draw(&mut ui, &replay, (90, 16));
    insta::assert_snapshot!(format!("{models}\n{routes}"));
    press(&mut ui, &mut replay, 0, &letters("sou"));
    assert_eq!(replay.state.dialogs.picker.as_ref().unwrap().items.as_ref().unwrap().len(), 1);
    press(&mut ui, &mut replay, 0, &[KeyCode::Esc]);
    assert_eq!(
        replay.state.dialogs.picker.as_ref().unwrap().kind,
        PickerKind::Models,
        "back to the list"
    );
    press(&mut ui, &mut replay, 0, &[KeyCode::Esc]);
    assert!(replay.state.dialogs.picker.is_none());
}

#[test]
fn models_their_ways_and_the_question_at_every_size() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, 0, &[KeyCode::F(4)]);
    replay.answers(listed(LIST));
    let models = crate::screens::screens(&mut ui, &replay);
    press(&mut ui, &mut replay, 0, &[KeyCode::Enter]);
    let ways = crate::screens::screens(&mut ui, &replay);
    let (replay, mut ui) = asked();
    let question = crate::screens::screens(&mut ui, &replay);
    insta::assert_snapshot!([models, ways, question].join("\n"));
}

#[test]
fn a_model_is_changed_with_a_yes_alone_and_for_what_comes_next() {
    let (mut replay, mut ui) = asked();
    insta::assert_snapshot!(draw(&mut ui, &replay, (70, 14)));
    press(&mut ui, &mut replay, 500, &letters("y"));
    assert_eq!(replay.state.plan.job.terms.model, "acme/coder", "a letter decides nothing");
    press(&mut ui, &mut replay, 1, &[KeyCode::Enter]);
    assert_eq!(replay.state.plan.job.terms.model, "acme/large");
    let words = notice(&replay);
    assert!(words.contains("model = \"acme/large\" in config.toml"), "{words}");
    assert!(replay.state.dialogs.confirm.is_none() && replay.done().is_empty());
    replay.generate("bats");
    assert_eq!(replay.job().current.request.model, "acme/large");
    let usage = TokenUsage { prompt_tokens: 1_000_000, completion_tokens: 0 };
    assert_eq!(
        replay.job().current.request.estimated_usd(usage),
        Some(3.0),
        "the list told its price"
    );
}

#[test]
fn who_types_on_changes_nothing() {
    let (mut replay, mut ui) = asked();
    press(&mut ui, &mut replay, 150, &letters("yes why not yyy"));
    press(&mut ui, &mut replay, 150, &[KeyCode::Enter, KeyCode::Enter, KeyCode::Enter]);
    assert!(replay.state.dialogs.confirm.is_some());
    ui.on_event(TermEvent::Paste("y\n\n".to_owned()), &replay.state).into_iter().for_each(
        |action| {
            replay.act(action);
        },
    );
    // The first Enter after a rest takes what is marked: no.
    press(&mut ui, &mut replay, 500, &[KeyCode::Enter]);
    assert_eq!(
        (replay.state.plan.job.terms.model.as_str(), notice(&replay)),
        ("acme/coder", "nothing changed".to_owned())
    );
    assert_eq!(ui.prompt_text(), "", "what was typed at the question is no prompt");
    let (mut replay, mut ui) = asked();
    press(&mut ui, &mut replay, 1, &[KeyCode::Esc]);
    assert!(replay.state.dialogs.confirm.is_none(), "leaving needs no rest");
    assert_eq!(replay.state.plan.job.terms.model, "acme/coder");
}

#[test]
fn a_running_job_keeps_its_model() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    replay.generate("bats").done();
    press(&mut ui, &mut replay, 0, &[KeyCode::F(4)]);
    replay.answers(listed(LIST));
    press(&mut ui, &mut replay, 500, &letters("large"));
    press(&mut ui, &mut replay, 500, &[KeyCode::Enter, KeyCode::Enter]);
    press(&mut ui, &mut replay, 500, &[KeyCode::Char('y'), KeyCode::Enter]);
    assert_eq!(replay.state.plan.job.terms.model, "acme/large");
    assert_eq!(replay.job().current.request.model, "acme/coder");
    replay.fails(ErrorCause::Transient(TransientCause::Busy)).later(30);
    assert!(matches!(replay.job().current.phase, JobPhase::Requesting | JobPhase::Waiting(_)));
    assert_eq!(replay.job().current.request.model, "acme/coder", "also when it is asked again");
}

#[test]
fn servers_without_providers_are_asked_by_name() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, 0, &[KeyCode::F(4)]);
    replay.answers(listed(r#"{"data":[{"id":"llama3:8b"}]}"#));
    press(&mut ui, &mut replay, 500, &[KeyCode::Enter]);
    let question = &replay.state.dialogs.confirm.as_ref().unwrap().question;
    assert_eq!(question, "Make games with llama3:8b from now on? Price unknown.");
}

#[test]
fn what_nobody_serves_now_is_told_before_a_yes() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    replay.act(Action::Pick(PickerKind::Models)).answers(listed(LIST));
    press(&mut ui, &mut replay, 0, &letters("large"));
    press(&mut ui, &mut replay, 0, &[KeyCode::Enter]);
    press(&mut ui, &mut replay, 0, &letters("west"));
    press(&mut ui, &mut replay, 0, &[KeyCode::Enter]);
    let question = &replay.state.dialogs.confirm.as_ref().unwrap().question;
    assert!(
        question.contains("acme/large:west") && question.ends_with("No provider serves it now."),
        "{question}"
    );
}

#[test]
fn a_list_that_does_not_come_is_told() {
    let mut replay = Replay::new(plan());
    replay.act(Action::Pick(PickerKind::Models));
    let trouble = InferenceError::local(
        ErrorCause::Transient(TransientCause::Unreachable),
        "connection refused",
    );
    replay.answers(SessionEvent::ModelsListed(Err(trouble.clone())));
    let open = replay.state.dialogs.picker.take().unwrap();
    assert_eq!(open.items.unwrap()[0].label, "the built-in composer");
    assert!(
        notice(&replay).contains("cannot be reached: connection refused. Check"),
        "{}",
        notice(&replay)
    );
    // A list that is there stays.
    replay.act(Action::Pick(PickerKind::Models)).answers(listed(LIST));
    replay.act(Action::Pick(PickerKind::Models)).act(Action::Pick(PickerKind::Models));
    replay.answers(SessionEvent::ModelsListed(Err(trouble)));
    assert!(replay.state.dialogs.picker.as_ref().is_some_and(|open| open.items.is_some()));
}

#[test]
fn the_composer_says_what_a_token_would_bring() {
    let mut replay = Replay::new(plan().with(|job| {
        job.engine = Engine::Offline;
        job.has_token = false;
    }));
    replay.act(Action::Pick(PickerKind::Models));
    assert_eq!(replay.done(), ["find local servers", "list local models"]);
    let items = replay.state.dialogs.picker.as_ref().unwrap().items.as_ref().unwrap();
    assert_eq!(items.len(), 1, "the composer");
    let note = &replay.state.dialogs.picker.as_ref().unwrap().note;
    assert!(note.as_ref().is_some_and(|note| note.contains("HF_TOKEN")), "{note:?}");
}

#[test]
fn a_model_that_is_not_served_names_the_key_of_the_list() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    replay.generate("bats").fails(ErrorCause::Permanent(PermanentCause::NoModel));
    let screen = draw(&mut ui, &replay, (120, 30));
    assert!(screen.contains("F4 lists the models"), "{screen}");
    replay.generate("bats").fails(ErrorCause::Permanent(PermanentCause::NoCredits));
    let screen = draw(&mut ui, &replay, (120, 30));
    assert!(screen.contains("F4 lists what is free"), "{screen}");
    replay.generate("bats").fails(ErrorCause::Permanent(PermanentCause::Gone));
    let screen = draw(&mut ui, &replay, (120, 30));
    assert!(!screen.contains("F4 lists"), "{screen}");
}

#[test]
fn a_hostile_list_is_drawn_and_not_obeyed() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    let list = serde_json::json!([{ "id": "\u{1b}[2J" }, { "id": "acme/x", "providers": [ { "provider": "north", "status": "\u{1b}]0;x\u{7}\u{202e}" }] }]);
    replay.act(Action::Pick(PickerKind::Models)).answers(listed(&list.to_string()));
    ui.sync(&replay.state);
    press(&mut ui, &mut replay, 0, &[KeyCode::Enter]);
    let screen = draw(&mut ui, &replay, (100, 30));
    let obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!screen.contains(obeyed) && screen.contains(":north"), "{screen}");
}

#[test]
fn the_month_is_estimated_until_huggingface_is_asked() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    assert!(!draw(&mut ui, &replay, (120, 30)).contains("spent"), "nothing is known yet");
    let counters = RequestCounters::from_ages(&[], 1, replay.now).with_spent(0.0096);
    replay.generate("bats").news(JobEvent::Admitted(counters));
    let usage = Some(TokenUsage { prompt_tokens: 2_000, completion_tokens: 8_000 });
    let model = "Qwen/Qwen3-Coder-30B-A3B-Instruct".to_owned();
    let id = replay.job().id;
    replay.state.jobs.get_mut(id).unwrap().current.request.model = model;
    replay.hears(GAME).news(JobEvent::Ended(Outcome::Replied(Reply { usage, ..Reply::default() })));
    replay.news(passed(GAME)).news(saved("bats.html")).done();
    let screen = draw(&mut ui, &replay, (120, 30));
    assert!(screen.contains("spent ~$0.012 this month"), "{screen}");
    assert_eq!(replay.act(Action::Credits).done(), ["credits"]);
    let credits = Credits { used_usd: 0.0123, included_usd: Some(0.1), requests: Some(6) };
    replay.answers(SessionEvent::CreditsLoaded(Ok(credits)));
    assert_eq!(
        replay.state.shared.reported_credits,
        Some(ReportedCredits { credits, at: replay.now })
    );
    let screen = draw(&mut ui, &replay, (120, 30));
    assert!(screen.contains("spent $0.012 of $0.10 (HuggingFace, 00:00:00)"), "{screen}");
    let refused = AccountError::NotAsked("no HuggingFace token".to_owned());
    replay.act(Action::Credits).answers(SessionEvent::CreditsLoaded(Err(refused)));
    assert!(notice(&replay).contains("only the estimate is known"), "{}", notice(&replay));
}
