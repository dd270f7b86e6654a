//! Do we read servers right? Every recorded shape, through the real client.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use codeagent::app::{CutOffReason, JobError};
use codeagent::inference::client::StreamProgress;
use codeagent::inference::retry::GiveUpReason;
use codeagent::inference::{
    ChatTurn, CompletionRequest, Endpoint, ErrorCause, FinishReason, InferenceClient,
    InferenceError, Outcome, PermanentCause, Protocol, RequestAdjustment, RetryHint, Sampling,
    Timeouts, TransientCause,
};
use codeagent::secret::Secret;
use serde_json::Value;

use crate::fake::answer::Event;
use crate::fake::{Answer, Hub, body};

pub const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(5),
    first_byte: Duration::from_secs(20),
    idle: Duration::from_secs(20),
};

pub fn request() -> CompletionRequest {
    CompletionRequest {
        prices: None,
        model: "acme/coder".into(),
        system: "Write a game.".into(),
        turns: vec![ChatTurn::User("a snake".into())],
        user_prompt: "a snake".into(),
        is_for_game: true,
        max_tokens: 16_000,
        sampling: Sampling::default(),
        omitted_parameters: Vec::new(),
        is_settled: false,
        ask_above_usd: None,
        trace: 1,
    }
}

/// What one request brings: the text piece by piece, and how it ended.
pub fn ask_with(hub: &Hub, protocol: Protocol, timeouts: Timeouts) -> (String, Outcome) {
    let endpoint = Endpoint::new(&hub.root(), protocol).unwrap();
    let token = Secret::new("hf_testtesttesttest");
    let client = InferenceClient::new(endpoint, timeouts, Some(&token), None).unwrap();
    let text = Mutex::new(String::new());
    let hear = |progress| {
        if let StreamProgress::Content(piece) = progress {
            text.lock().unwrap().push_str(&piece);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(client.ask(request(), hear));
    (text.into_inner().unwrap(), outcome)
}

pub fn ask(hub: &Hub) -> (String, Outcome) {
    ask_with(hub, Protocol::Chat, TIMEOUTS)
}

fn folder(name: &str) -> Vec<(String, Value)> {
    let at = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let Ok(entries) = std::fs::read_dir(at) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap())
    };
    paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(read)
        .collect()
}

fn protocol_of(fixture: &Value) -> Protocol {
    let body = fixture["response"]["body"].as_str().unwrap_or_default();
    let speaks_tokens = body.contains("generated_text") || body.contains("error_type");
    if speaks_tokens { Protocol::TextGeneration } else { Protocol::Chat }
}

/// What a user would read, had this been the last attempt.
pub fn told(outcome: &Outcome) -> String {
    let failure = match outcome {
        Outcome::Replied(reply) => return format!("a reply, {:?}", reply.finish),
        Outcome::Interrupted(trouble) => JobError::CutOff(CutOffReason::Broke(trouble.clone())),
        Outcome::Failed(trouble) => {
            let why = match trouble.cause {
                ErrorCause::Transient(_) => GiveUpReason::NoAttemptsLeft,
                ErrorCause::Permanent(_) => GiveUpReason::Permanent,
            };
            JobError::GaveUp { last: trouble.clone(), why, attempts: 5 }
        }
    };
    format!("exit {}: {}\n    {}", failure.exit_code(), failure.message(), failure.advice())
}

#[test]
fn every_shape_is_told_to_the_user_in_words() {
    let mut all = String::new();
    for (name, fixture) in folder("tests/fixtures/hf") {
        if !expects_generation(&fixture) {
            continue;
        }
        let hub = Hub::start(vec![Answer::fixture(&fixture)]);
        let (_, outcome) = ask_with(&hub, protocol_of(&fixture), TIMEOUTS);
        writeln!(all, "{name}\n    {}", told(&outcome)).unwrap();
    }
    insta::assert_snapshot!(all);
}

/// Answers of the Hub and of the model list are no generations.
fn expects_generation(fixture: &Value) -> bool {
    let outcome = fixture["expect"]["outcome"].as_str().unwrap();
    !matches!(outcome, "hub" | "billing" | "whoami" | "models")
}

#[test]
fn every_shape_means_what_its_fixture_says() {
    let fixtures = folder("tests/fixtures/hf");
    assert!(fixtures.len() >= 36, "{} fixtures", fixtures.len());
    for (name, fixture) in fixtures.iter().filter(|(_, fixture)| expects_generation(fixture)) {
        let hub = Hub::start(vec![Answer::fixture(fixture)]);
        let (text, outcome) = ask_with(&hub, protocol_of(fixture), TIMEOUTS);
        let expect = &fixture["expect"];
        match expect["outcome"].as_str().unwrap() {
            "reply" => check_reply(name, expect, text, &outcome),
            "stream_error" => check_stream_error(name, expect, &text, &outcome),
            kind => check_trouble(name, kind, expect, &outcome),
        }
    }
}

fn check_reply(name: &str, expect: &Value, text: String, outcome: &Outcome) {
    let Outcome::Replied(reply) = outcome else { panic!("{name}: {outcome:?}") };
    let whole = reply.text.clone().unwrap_or(text);
    let prompt = expect["prompt"].as_str().unwrap_or_default();
    let whole = whole.strip_prefix(prompt).unwrap_or(&whole);
    assert_eq!(whole, expect["text"].as_str().unwrap(), "{name}");
    let finish =
        if expect["finish"] == "length" { FinishReason::Length } else { FinishReason::Complete };
    assert_eq!(reply.finish, finish, "{name}");
    if let Some(usage) = expect.get("usage") {
        let counted = reply.usage.unwrap();
        assert_eq!(counted.prompt_tokens, usage["prompt_tokens"].as_u64().unwrap(), "{name}");
        let completion = usage["completion_tokens"].as_u64().unwrap();
        assert_eq!(counted.completion_tokens, completion, "{name}");
    }
}

fn check_stream_error(name: &str, expect: &Value, text: &str, outcome: &Outcome) {
    let after = expect["after"].as_str().unwrap_or_default();
    assert_eq!(text, after, "{name}");
    match outcome {
        Outcome::Interrupted(_) => assert!(!after.is_empty(), "{name}"),
        Outcome::Failed(_) => assert!(after.is_empty(), "{name}"),
        Outcome::Replied(_) => panic!("{name}: an error was taken for a reply"),
    }
}

fn check_trouble(name: &str, kind: &str, expect: &Value, outcome: &Outcome) {
    let Outcome::Failed(trouble) = outcome else { panic!("{name}: {outcome:?}") };
    let causes = match (kind, expect["kind"].as_str()) {
        ("loading", _) => vec![ErrorCause::Transient(TransientCause::Loading)],
        ("limited", _) => vec![ErrorCause::Transient(TransientCause::Limited)],
        ("transient", _) => vec![ErrorCause::Transient(TransientCause::Busy)],
        (_, Some("unauthorized")) => vec![ErrorCause::Permanent(PermanentCause::BadToken)],
        (_, Some("credits")) => vec![ErrorCause::Permanent(PermanentCause::NoCredits)],
        (_, Some("forbidden")) => vec![ErrorCause::Permanent(PermanentCause::NoPermission)],
        (_, Some("model")) => vec![ErrorCause::Permanent(PermanentCause::NoModel)],
        (_, Some("gone")) => vec![ErrorCause::Permanent(PermanentCause::Gone)],
        (_, Some("server")) => vec![ErrorCause::Permanent(PermanentCause::Broken)],
        (_, Some("invalid")) => vec![ErrorCause::Permanent(PermanentCause::Rejected)],
        other => panic!("{name}: the fixture expects {other:?}"),
    };
    assert!(causes.contains(&trouble.cause), "{name}: {trouble:?}");
    assert!(!trouble.message.is_empty() || name.contains("html"), "{name} says nothing");
    if let Some(wait) = expect["wait_s"].as_f64() {
        let Some(RetryHint::RetryAfter(asked) | RetryHint::Estimate(asked)) = trouble.retry_hint
        else {
            panic!("{name}: no wait was understood")
        };
        // A limit that lifts in t seconds is asked again one second later.
        assert!((asked.as_secs_f64() - wait).abs() <= 1.0, "{name}: {asked:?}");
    }
    if let Some(limit) = expect["max_tokens"].as_u64() {
        let fewer = RequestAdjustment::MaxTokens(u32::try_from(limit).unwrap());
        assert_eq!(trouble.adjustment, Some(fewer), "{name}");
    }
    if let Some(names) = expect["drop"].as_array() {
        let names = names.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        assert_eq!(trouble.adjustment, Some(RequestAdjustment::OmitParameters(names)), "{name}");
    }
}

/// Real answers, where somebody has them beside the project; they are not part of it.
#[test]
fn recorded_answers_are_read_without_a_surprise() {
    for (name, sample) in folder("../shared/hf-samples") {
        let is_generation = sample["request"]["method"] == "POST";
        if !is_generation {
            continue;
        }
        let hub = Hub::start(vec![Answer::fixture(&sample)]);
        let (text, outcome) = ask_with(&hub, protocol_of(&sample), TIMEOUTS);
        let status = sample["response"]["status"].as_u64().unwrap();
        match &outcome {
            Outcome::Replied(reply) => {
                let whole = reply.text.as_ref().unwrap_or(&text);
                assert_eq!(status, 200, "{name}");
                assert!(
                    !whole.is_empty() || reply.finish == FinishReason::Length,
                    "{name} is empty"
                );
            }
            Outcome::Interrupted(trouble) | Outcome::Failed(trouble) => {
                let in_stream = sample["response"]["body"].as_str().unwrap().contains("\"error\"");
                assert!(status >= 400 || in_stream, "{name}: {trouble:?}");
                assert!(told(&outcome).len() > 40, "{name}: {trouble:?}");
            }
        }
    }
}

#[test]
fn a_game_arrives_whole_however_its_bytes_are_cut() {
    for size in [1, 2, 3, 7, 64] {
        let hub = Hub::start(vec![Answer::chat_stream(body::GAME).split_every(size)]);
        let (text, outcome) = ask(&hub);
        assert_eq!(text, body::GAME, "in pieces of {size} bytes");
        assert!(matches!(outcome, Outcome::Replied(_)));
    }
}

#[test]
fn every_way_to_write_a_stream_is_read() {
    let stream = || Answer::chat_stream(body::GAME);
    let ways = [
        ("CRLF", stream().crlf()),
        ("no space", stream().tight()),
        ("a byte order mark", stream().bom()),
        ("no [DONE]", stream().without_done()),
        ("keep-alives", stream().keep_alives()),
        ("a long comment", stream().with_long_line(3, 1_000_000)),
        ("not streamed", Answer::chat(body::GAME)),
    ];
    for (way, answer) in ways {
        let (text, outcome) = ask(&Hub::start(vec![answer]));
        assert!(matches!(outcome, Outcome::Replied(_)), "{way}: {outcome:?}");
        assert!(text.starts_with(body::GAME), "{way}");
    }
    for answer in [Answer::text_generation_stream(body::GAME), Answer::text_generation(body::GAME)]
    {
        let hub = Hub::start(vec![answer]);
        let (_, outcome) = ask_with(&hub, Protocol::TextGeneration, TIMEOUTS);
        let Outcome::Replied(reply) = outcome else { panic!("{outcome:?}") };
        assert_eq!(reply.text.as_deref(), Some(body::GAME));
    }
}

fn interrupted(outcome: Outcome) -> InferenceError {
    let Outcome::Interrupted(trouble) = outcome else { panic!("{outcome:?}") };
    trouble
}

#[test]
fn a_stream_that_stops_is_never_a_reply() {
    let stream = || Answer::chat_stream(body::GAME);
    let (text, outcome) = ask(&Hub::start(vec![stream().cut_after(2_000)]));
    assert!(!text.is_empty() && body::GAME.starts_with(&text));
    assert_eq!(interrupted(outcome).cause, ErrorCause::Transient(TransientCause::Dropped));
    let error = r#"{"error":{"message":"out of memory","http_status_code":500}}"#;
    let (_, outcome) = ask(&Hub::start(vec![stream().with_error(5, error)]));
    assert_eq!(interrupted(outcome).message.raw(), "out of memory");
    let garbage = Event::Data("{\"choices\":[{\"del".to_owned());
    let (_, outcome) = ask(&Hub::start(vec![stream().with_event(5, garbage)]));
    interrupted(outcome);
}

#[test]
fn silence_ends_after_the_patience_that_was_set() {
    let short = Timeouts { idle: Duration::from_millis(300), ..TIMEOUTS };
    let hub = Hub::start(vec![Answer::chat_stream(body::GAME).stall_after(2_000)]);
    let (_, outcome) = ask_with(&hub, Protocol::Chat, short);
    assert_eq!(interrupted(outcome).cause, ErrorCause::Transient(TransientCause::TimedOut));
    assert!(hub.wait_for_hang_up(0, Duration::from_secs(5)), "the connection stayed open");
    let short = Timeouts { first_byte: Duration::from_millis(300), ..TIMEOUTS };
    let late = Hub::start(vec![Answer::chat_stream("x").after(Duration::from_mins(1))]);
    let (_, outcome) = ask_with(&late, Protocol::Chat, short);
    let Outcome::Failed(trouble) = outcome else { panic!("{outcome:?}") };
    assert_eq!(trouble.cause, ErrorCause::Transient(TransientCause::TimedOut));
}

#[test]
fn an_event_beyond_measure_ends_the_stream() {
    let huge = Event::Data(format!("{{\"x\":\"{}\"}}", "y".repeat(1 << 20)));
    let (_, outcome) = ask(&Hub::start(vec![Answer::chat_stream("x").with_event(1, huge)]));
    let (Outcome::Failed(trouble) | Outcome::Interrupted(trouble)) = outcome else { panic!() };
    assert_eq!(trouble.cause, ErrorCause::Permanent(PermanentCause::AnswerTooLarge));
}

#[test]
fn what_answers_with_a_page_is_no_model_server() {
    let page = Answer::status(200).header("content-type", "text/html").body("<html>welcome");
    let (_, outcome) = ask(&Hub::start(vec![page]));
    let Outcome::Failed(trouble) = outcome else { panic!("{outcome:?}") };
    assert_eq!(trouble.cause, ErrorCause::Permanent(PermanentCause::NotAnAnswer));
}

#[test]
fn nobody_listening_is_told_as_that() {
    let endpoint = Endpoint::new("http://127.0.0.1:9", Protocol::Chat).unwrap();
    let client = InferenceClient::new(endpoint, TIMEOUTS, None, None).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(client.ask(request(), |_| ()));
    let Outcome::Failed(trouble) = outcome else { panic!("{outcome:?}") };
    assert_eq!(trouble.cause, ErrorCause::Transient(TransientCause::NotRunning));
}

#[test]
fn a_redirect_is_not_followed_with_the_prompt() {
    let elsewhere = Hub::start(vec![Answer::chat_stream("x")]);
    let to = format!("{}/chat/completions", elsewhere.url());
    let hub = Hub::start(vec![Answer::status(307).header("location", &to)]);
    let (_, outcome) = ask(&hub);
    assert!(matches!(outcome, Outcome::Failed(_)));
    assert!(elsewhere.posts().is_empty());
}

#[test]
fn a_token_that_a_server_repeats_is_blotted_out() {
    let echo = r#"{"error":"bad token hf_testtesttesttest in the request"}"#;
    let (_, outcome) = ask(&Hub::start(vec![Answer::status(401).json(echo)]));
    let Outcome::Failed(trouble) = outcome else { panic!("{outcome:?}") };
    assert_eq!(trouble.message.raw(), "bad token *** in the request");
}

#[test]
fn requests_are_as_the_protocol_wants_them() {
    let hub = Hub::start(vec![Answer::chat_stream("x")]);
    ask(&hub);
    let sent = &hub.posts()[0];
    assert_eq!(sent.keys()[0], "model");
    assert_eq!(sent.header("authorization"), Some("Bearer hf_testtesttesttest"));
    assert!(sent.header("user-agent").unwrap().starts_with("codeagent/"));
    assert!(sent.header("accept").unwrap().contains("text/event-stream"));
}
