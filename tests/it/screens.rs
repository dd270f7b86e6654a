//! Does it look right? Every state at six sizes, drawn into memory.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use codeagent::app::{
    Action, Engine, Event, JobEvent, JobId, SessionEvent, SessionPlan, VettingOutcome,
};
use codeagent::compose::{self, GameTheme};
use codeagent::game::{HtmlSource, vet};
use codeagent::inference::client::StreamProgress as Heard;
use codeagent::inference::limits::{LimitKind, LimitReached, RequestCounters};
use codeagent::inference::{
    CachedCatalogue, Catalogue, ErrorCause, InferenceError, Outcome, PermanentCause, Reply,
    ResponseMeta, RetryHint, TokenUsage, TransientCause,
};
use codeagent::tui::keymap::Keymap;
use codeagent::tui::theme::ColorDepth;
use codeagent::tui::theme_registry::load;
use codeagent::tui::{Clock, Pane, UiState};
use codeagent::untrusted::Untrusted;
use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::replay::{GAME, Replay, passed, plan, saved};
use crate::steps::KEYS;

const SIZES: [(u16, u16); 6] = [(200, 60), (140, 40), (100, 30), (80, 24), (40, 12), (20, 5)];

pub fn ui(replay: &Replay) -> UiState {
    ui_in(replay, ColorDepth::None)
}

pub fn ui_in(replay: &Replay, depth: ColorDepth) -> UiState {
    UiState::new(load(GameTheme::Spooky, depth), Keymap::built_in(), Clock::midnight(replay.now))
}

pub fn ui_with(replay: &Replay, keymap: Keymap) -> UiState {
    UiState::new(load(GameTheme::Spooky, ColorDepth::None), keymap, Clock::midnight(replay.now))
}

pub fn draw(ui: &mut UiState, replay: &Replay, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    ui.sync(&replay.state);
    terminal.draw(|frame| ui.draw(frame, &replay.state, replay.now)).unwrap();
    terminal.backend().to_string()
}

/// Presses these with Alt, which move between panes (`1` to `3`) and tabs (`p`) wherever the keys go.
pub fn alt(ui: &mut UiState, replay: &mut Replay, letters: &str) {
    for letter in letters.chars() {
        feed(ui, replay, TermEvent::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::ALT)));
    }
}

/// The same state at each size, one below the other.
pub fn screens(ui: &mut UiState, replay: &Replay) -> String {
    let mut all = String::new();
    for (width, height) in SIZES {
        let screen = draw(ui, replay, (width, height));
        writeln!(all, "{width}×{height}\n{screen}").unwrap();
    }
    all
}

fn typed(replay: &mut Replay, text: &str) -> UiState {
    let mut ui = ui(replay);
    ui.paste_text(text);
    replay.act(Action::Edited(ui.prompt_text()));
    ui
}

fn generating(text: &str) -> (Replay, UiState) {
    let mut replay = Replay::new(plan());
    let ui = typed(&mut replay, text);
    replay.generate(text);
    (replay, ui)
}

#[test]
fn at_first() {
    let replay = Replay::new(plan());
    insta::assert_snapshot!(screens(&mut ui(&replay), &replay));
}

#[test]
fn at_first_without_a_token() {
    let notices = vec!["offline: no HuggingFace token was found (set HF_TOKEN)".to_owned()];
    let plan = SessionPlan { notices, ..plan() }.with(|job| {
        job.engine = Engine::Offline;
        job.has_token = false;
    });
    let replay = Replay::new(plan);
    insta::assert_snapshot!(draw(&mut ui(&replay), &replay, (80, 24)));
}

#[test]
fn waiting_for_a_model_that_loads() {
    let (mut replay, mut ui) = generating("A maze where ghosts wake up\nwhen you step on leaves.");
    let mut loading =
        InferenceError::local(ErrorCause::Transient(TransientCause::Loading), "Model is loading");
    loading.status = Some(503);
    loading.retry_hint = Some(RetryHint::Estimate(Duration::from_secs(20)));
    replay.later(1).news(JobEvent::Ended(Outcome::Failed(loading))).later(8).generate("next: owls");
    insta::assert_snapshot!(screens(&mut ui, &replay));
}

#[test]
fn nothing_moves_by_itself_where_that_is_not_wished() {
    let (mut replay, mut ui) = generating("bats");
    replay.later(1).fails(ErrorCause::Transient(TransientCause::Loading));
    let moving = draw(&mut ui, &replay, (120, 30));
    assert!(moving.contains('░') && moving.contains("  1.0 s"), "{moving}");
    ui.set_animations(codeagent::config::Switch::Off);
    let still = draw(&mut ui, &replay, (120, 30));
    assert!(!still.contains('░') && !still.contains("1.0 s"), "{still}");
    assert!(still.contains(" left"), "the wait is told all the same: {still}");
}

#[test]
fn waiting_for_a_local_limit() {
    let (mut replay, mut ui) = generating("bats");
    let held = LimitReached { limit: LimitKind::Minute, max: 50, wait: Duration::from_secs(40) };
    let counters = RequestCounters::from_ages(&[Duration::from_secs(20); 50], 3, replay.now);
    replay.later(1).news(JobEvent::LimitReached(held, counters)).later(10);
    insta::assert_snapshot!(draw(&mut ui, &replay, (80, 24)));
}

#[test]
fn streaming() {
    let (mut replay, mut ui) = generating("bats");
    let meta = ResponseMeta { provider: Some(Untrusted::new("north")), request_id: None };
    replay.later(2).news(JobEvent::StreamProgress(Heard::Answering(meta)));
    replay.hears("```html\n<!doctype html>\n<html lang=\"en\">\n\t<title>Bats</title>\n<scr");
    insta::assert_snapshot!(screens(&mut ui, &replay));
}

#[test]
fn a_finished_game() {
    let (mut replay, mut ui) = generating("bats");
    let usage = Some(TokenUsage { prompt_tokens: 40, completion_tokens: 312 });
    let html = GAME.replace("<canvas>", "<button onclick=\"print()\">Go</button>\n<canvas>");
    replay.later(2).hears(&format!("```html\n{html}\n```\n"));
    replay.later(4).news(JobEvent::Ended(Outcome::Replied(Reply { usage, ..Reply::default() })));
    replay.news(passed(&html)).news(saved("/home/x/games/bats.html"));
    insta::assert_snapshot!(screens(&mut ui, &replay));
}

#[test]
fn what_a_model_says_around_the_page_leaves_with_it() {
    let (mut replay, mut ui) = generating("bats");
    replay.hears("Sure, a game:\n```html\n").hears(GAME).hears("\n```\nHave fun!");
    draw(&mut ui, &replay, (120, 30));
    replay.news(JobEvent::Ended(Outcome::Replied(Reply::default()))).news(passed(GAME));
    draw(&mut ui, &replay, (120, 30));
    replay.news(saved("bats.html"));
    let screen = draw(&mut ui, &replay, (120, 30));
    assert!(screen.contains("│1 <!doctype html>") && screen.contains("1 line "), "{screen}");
    assert!(!screen.contains("Sure") && !screen.contains("Have fun"), "{screen}");
}

#[test]
fn a_refused_game() {
    let (mut replay, mut ui) = generating("bats");
    let html = GAME.replace("1)", "eval('1'))");
    let rejection = vet(HtmlSource::new(&*html)).unwrap_err();
    replay.replies(&html).news(JobEvent::Vetted(VettingOutcome::Refused(Arc::new(rejection))));
    replay.news(JobEvent::DraftKept(Ok("/home/x/drafts/bats.txt".into())));
    insta::assert_snapshot!(screens(&mut ui, &replay));
}

#[test]
fn a_refused_token() {
    let (mut replay, mut ui) = generating("bats");
    let mut trouble =
        InferenceError::local(ErrorCause::Permanent(PermanentCause::BadToken), "no such token");
    trouble.status = Some(401);
    trouble.request_id = Some(Untrusted::new("Root=1-2-3"));
    replay.news(JobEvent::Ended(Outcome::Failed(trouble)));
    insta::assert_snapshot!(screens(&mut ui, &replay));
}

#[test]
fn the_composer() {
    let mut replay = Replay::new(plan().with(|job| {
        job.engine = Engine::Offline;
        job.has_token = false;
    }));
    let mut ui = typed(&mut replay, "a snake game where ghosts steal your tail");
    replay.generate("a snake game where ghosts steal your tail");
    let composition = compose::compose(replay.job().prompt.text(), 0, GameTheme::Spooky);
    replay.news(JobEvent::Composed(Box::new(composition)));
    let screen = draw(&mut ui, &replay, (120, 30));
    for seen in ["offline composer", "● compose", "snake · spooky", "◐ checking", "</html>"] {
        assert!(screen.contains(seen), "{seen} is missing: {screen}");
    }
}

#[test]
fn the_help() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    feed(&mut ui, &mut replay, TermEvent::Key(KeyCode::F(1).into()));
    insta::assert_snapshot!(screens(&mut ui, &replay));
}

#[test]
fn each_pane_in_a_narrow_terminal() {
    let (mut replay, mut ui) = generating("bats");
    replay.hears("<!doctype html>\n");
    let mut all = String::new();
    for (pane, key) in Pane::ALL.into_iter().zip(["1", "2", "3"]) {
        alt(&mut ui, &mut replay, key);
        assert_eq!(ui.view().focus, pane);
        writeln!(all, "{}", draw(&mut ui, &replay, (60, 14))).unwrap();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn nothing_foreign_is_obeyed() {
    let (mut replay, mut ui) = generating("bats");
    let hostile = "\x1b[2J\x1b]0;owned\x07\u{9b}31m\u{202e}";
    let meta = ResponseMeta { provider: Some(Untrusted::new(hostile)), request_id: None };
    replay
        .news(JobEvent::StreamProgress(Heard::Answering(meta)))
        .hears(&format!("{hostile}\n{hostile}"));
    replay.fails(ErrorCause::Transient(TransientCause::Busy));
    replay.act(Action::Note(hostile.to_owned()));
    for size in SIZES {
        let screen = draw(&mut ui, &replay, size);
        let obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!screen.contains(obeyed), "{screen}");
    }
}

fn any_input() -> impl Strategy<Value = Input> {
    let key = prop_oneof![
        any::<char>().prop_map(KeyCode::Char),
        "[a-z0-9?]".prop_map(|c| KeyCode::Char(c.chars().next().unwrap_or('a'))),
        prop::sample::select(KEYS.to_vec()),
    ];
    let modifiers = prop::sample::select(vec![
        KeyModifiers::NONE,
        KeyModifiers::NONE,
        KeyModifiers::CONTROL,
        KeyModifiers::ALT,
        KeyModifiers::SHIFT,
    ]);
    prop_oneof![ 8 => (key, modifiers).prop_map(|(key, with)| Input::Key(KeyEvent::new(key, with))), 2 => "\\PC{0,60}(\n\\PC{0,20}){0,3}".prop_map(Input::Paste), 2 => (0_u16..180, 0_u16..60).prop_map(|(width, height)| Input::Size(width, height)), 2 => "\\PC{0,200}\n?".prop_map(Input::Heard), 1 => (0_u64..30).prop_map(Input::Later), 1 => Just(Input::Fails), 1 => Just(Input::Lists), 1 => Just(Input::Replies), ]
}

#[derive(Debug, Clone)]
enum Input {
    Key(KeyEvent),
    Paste(String),
    Size(u16, u16),
    Heard(String),
    Later(u64),
    Fails,
    Replies,
    Lists,
}

pub fn feed(ui: &mut UiState, replay: &mut Replay, event: TermEvent) {
    for action in ui.on_event(event, &replay.state) {
        replay.act(action);
    }
}

/// One thing happens, wherever that leads.
fn happen(ui: &mut UiState, replay: &mut Replay, input: Input, size: &mut (u16, u16)) {
    let is_busy = replay.state.is_busy();
    match input {
        Input::Key(key) => feed(ui, replay, TermEvent::Key(key)),
        Input::Paste(text) => feed(ui, replay, TermEvent::Paste(text)),
        Input::Size(width, height) => *size = (width.max(1), height.max(1)),
        Input::Lists => {
            let list = r#"[{"id":"a/b"},{"id":"c/d","providers":[{"provider":"e"}]}]"#;
            let catalogue = Catalogue::parse(list).unwrap_or_default();
            let listed = CachedCatalogue { catalogue, age: Duration::ZERO, refresh_error: None };
            let news = SessionEvent::ModelsListed(Ok(Arc::new(listed)));
            if replay.is_asked(&news) {
                replay.answers(news);
            }
        }
        Input::Later(seconds) => drop(replay.later(seconds)),
        Input::Heard(text) if is_busy => drop(replay.hears(&text)),
        Input::Fails if is_busy => drop(replay.fails(ErrorCause::Transient(TransientCause::Busy))),
        Input::Replies if is_busy => drop(replay.replies(GAME).news(passed(GAME))),
        Input::Heard(_) | Input::Fails | Input::Replies => {
            let id = replay.state.job().map_or(JobId(1), |job| job.id);
            replay.event(Event::Reported(id, JobEvent::StreamProgress(Heard::Thinking).into()));
        }
    }
}

proptest! { #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

#[test] fn no_history_breaks_the_screen_or_loses_the_draft( inputs in prop::collection::vec(any_input(), 1..80), ) { let mut replay = Replay::new(plan()); let mut ui = ui(&replay); let mut size = (100, 30); for input in inputs { happen(&mut ui, &mut replay, input, &mut size); draw(&mut ui, &replay, size); prop_assert_eq!(ui.prompt_text(), replay.state.draft.text.clone()); } } }
