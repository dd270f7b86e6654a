//! The one object that `--json` prints. Fields may be added, never renamed.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;

use super::args::Form;
use super::clock;
use crate::app::{Engine, Failure, FixEnd, Game, Job};
use crate::driver;
use crate::game::to_json;
use crate::inference::Usage;
use crate::inference::retry::Attempt;
use crate::library::{DiskError, sha256};
use crate::page::LineIndex;
use crate::untrusted::Untrusted;

/// The result of a job that has ended, told as the last event of a stream or alone.
pub fn result(job: &Job, form: Form, now: Instant) -> Value {
    let told = Told {
        event: form.jsonl.then_some("result"),
        ok: matches!(job.result, Some(Ok(_))),
        end: match job.result.as_ref() {
            Some(Ok(game)) => End::Game(Success::of(job, game)),
            Some(Err(failure)) => End::Failure(Failed::of(job, failure)),
            None => return Value::Null,
        },
        way: Way::of(job, now),
    };
    serde_json::to_value(told).unwrap_or_default()
}

#[derive(Serialize)]
struct Told<'j> {
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'static str>,
    ok: bool,
    #[serde(flatten)]
    end: End,
    #[serde(flatten)]
    way: Way<'j>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum End {
    Game(Success),
    Failure(Failed),
}

#[derive(Serialize)]
struct Success {
    game: Saved,
    usage: Option<Cost>,
    /// The play-test's; nothing where the game was not played.
    verdict: Option<Value>,
    /// What became of mending what the play-test found, and what that cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Fix>,
}

#[derive(Serialize)]
struct Saved {
    title: String,
    path: Option<String>,
    /// Its number in the library, if it is there.
    id: Option<i64>,
    version: u32,
    bytes: usize,
    sha256: String,
}

#[derive(Serialize)]
struct Cost {
    prompt_tokens: u64,
    completion_tokens: u64,
    estimated_usd: Option<f64>,
}

#[derive(Serialize)]
struct Fix {
    outcome: &'static str,
    message: String,
    /// The version before, if the library has it.
    before: Option<String>,
    usage: Option<Cost>,
}

#[derive(Serialize)]
struct Failed {
    error: Cause,
    draft: Option<String>,
}

#[derive(Serialize)]
struct Cause {
    kind: &'static str,
    message: String,
    advice: &'static str,
    status: Option<u16>,
    request_id: Option<String>,
    exit_code: u8,
    /// When a request that a local limit held may start.
    #[serde(skip_serializing_if = "Option::is_none")]
    may_start: Option<String>,
}

/// How it went, whatever came of it.
#[derive(Serialize)]
struct Way<'j> {
    engine: &'static str,
    model: Option<&'j str>,
    provider: Option<String>,
    request_id: Option<String>,
    understood: Option<&'j str>,
    attempts: Vec<Tried>,
    findings: Vec<Value>,
    elapsed_ms: u64,
}

#[derive(Serialize)]
struct Tried {
    status: Option<u16>,
    cause: &'static str,
    said: String,
    waited_ms: u64,
}

impl Success {
    fn of(job: &Job, game: &Game) -> Self {
        let html = game.product.html();
        let game = Saved {
            title: game.title.clone(),
            path: game.path.as_deref().map(DiskError::shown),
            id: game.kept.map(|version| version.game.0),
            version: game.kept.map_or(1, |version| version.number),
            bytes: html.len(),
            sha256: sha256(&html),
        };
        let usage = job.answer.usage.map(|usage| Cost::of(usage, job.request.estimated_usd(usage)));
        let source = job.source().unwrap_or_default();
        let verdict = job.verdict().map(|verdict| verdict.to_json(source));
        Self { game, usage, verdict, fix: job.trial.fixed.as_ref().map(|end| Fix::of(job, end)) }
    }
}

impl Cost {
    fn of(usage: Usage, estimated_usd: Option<f64>) -> Self {
        Self {
            prompt_tokens: usage.prompt_tokens,
            completion_tokens: usage.completion_tokens,
            estimated_usd,
        }
    }
}

impl Fix {
    fn of(job: &Job, end: &FixEnd) -> Self {
        let before = job.fix.as_ref().and_then(|fix| fix.back.result.as_ref()?.as_ref().ok()?.kept);
        Self {
            outcome: end.outcome.code(),
            message: end.words(),
            before: before.map(|version| version.to_string()),
            usage: end.usage.map(|usage| Cost::of(usage, end.estimated_usd)),
        }
    }
}

impl Failed {
    fn of(job: &Job, failure: &Failure) -> Self {
        let trouble = failure.trouble();
        let error = Cause {
            kind: failure.kind(),
            message: failure.message(),
            advice: failure.advice(),
            status: trouble.and_then(|trouble| trouble.status),
            request_id: trouble.and_then(|trouble| shown(trouble.request_id.as_ref())),
            exit_code: failure.exit_code(),
            may_start: may_start(failure),
        };
        Self { error, draft: job.draft.as_deref().map(DiskError::shown) }
    }
}

impl<'j> Way<'j> {
    fn of(job: &'j Job, now: Instant) -> Self {
        let lines = LineIndex::new(job.source().unwrap_or_default());
        Self {
            engine: job.engine.name(),
            model: (job.engine != Engine::Offline).then_some(job.request.model.as_str()),
            provider: shown(job.answer.meta.provider.as_ref()),
            request_id: shown(job.answer.meta.request_id.as_ref()),
            understood: job.answer.understood.as_deref(),
            attempts: job.retry.failed().iter().map(Tried::of).collect(),
            findings: job.findings().iter().map(|found| to_json(&lines, found)).collect(),
            elapsed_ms: millis(job.elapsed(now)),
        }
    }
}

impl Tried {
    fn of(attempt: &Attempt) -> Self {
        Self {
            status: attempt.trouble.status,
            cause: attempt.trouble.cause.code(),
            said: attempt.trouble.said.headline(240),
            waited_ms: millis(attempt.waited),
        }
    }
}

fn may_start(failure: &Failure) -> Option<String> {
    let Failure::OverLimit(held) = failure else { return None };
    Some(clock::iso(driver::wall().after(held.wait)))
}

fn shown(text: Option<&Untrusted>) -> Option<String> {
    text.map(|text| text.headline(200))
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
