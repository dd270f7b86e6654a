//! The object that `--json` prints. Fields may be added, never renamed.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;

use super::args::ReportArgs;
use super::clock;
use crate::app::{Engine, FinishedGame, FixResult, Job, JobError, TryReport};
use crate::driver;
use crate::game::to_json;
use crate::inference::TokenUsage;
use crate::inference::retry::FailedAttempt;
use crate::library::{DiskError, sha256};
use crate::page::LineIndex;
use crate::untrusted::Untrusted;

/// The report of an ended job: the last event of a stream, or a single object. `null` for a running
/// job.
pub fn job_report(job: &Job, form: ReportArgs, now: Instant) -> Value {
    let report = JobReport {
        event: form.jsonl.then_some("result"),
        ok: matches!(job.current.result, Some(Ok(_))),
        result: match job.current.result.as_ref() {
            Some(Ok(game)) => JobResult::Game(SuccessReport::from_game(job, game)),
            Some(Err(failure)) => JobResult::Failure(FailureReport::from_failure(job, failure)),
            None => return Value::Null,
        },
        run: RunReport::from_job(job, now),
    };
    serde_json::to_value(report).unwrap_or_default()
}

#[derive(Serialize)]
struct JobReport<'j> {
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'static str>,
    ok: bool,
    #[serde(flatten)]
    result: JobResult,
    #[serde(flatten)]
    run: RunReport<'j>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum JobResult {
    Game(SuccessReport),
    Failure(FailureReport),
}

#[derive(Serialize)]
struct SuccessReport {
    game: SavedGame,
    usage: Option<UsageReport>,
    /// The play-test's verdict; `None` if there was no play-test.
    verdict: Option<Value>,
    /// The outcome and cost of fixing what the play-test found.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixReport>,
}

#[derive(Serialize)]
struct SavedGame {
    title: String,
    path: Option<String>,
    /// Its number in the library; `None` if it is not there.
    id: Option<i64>,
    version: u32,
    bytes: usize,
    sha256: String,
}

#[derive(Serialize)]
struct UsageReport {
    prompt_tokens: u64,
    completion_tokens: u64,
    estimated_usd: Option<f64>,
}

#[derive(Serialize)]
struct FixReport {
    outcome: &'static str,
    message: String,
    /// The previous version; `None` if the library does not have it.
    before: Option<String>,
    usage: Option<UsageReport>,
}

#[derive(Serialize)]
struct FailureReport {
    error: ErrorReport,
    draft: Option<String>,
}

#[derive(Serialize)]
struct ErrorReport {
    kind: &'static str,
    message: String,
    advice: &'static str,
    status: Option<u16>,
    request_id: Option<String>,
    exit_code: u8,
    /// When a request that a local limit held back may start.
    #[serde(skip_serializing_if = "Option::is_none")]
    may_start: Option<String>,
}

/// The course of the job, common to success and failure.
#[derive(Serialize)]
struct RunReport<'j> {
    engine: &'static str,
    model: Option<&'j str>,
    provider: Option<String>,
    request_id: Option<String>,
    understood: Option<&'j str>,
    attempts: Vec<AttemptReport>,
    /// The tries at a game that plays, if there was more than one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tries: Vec<TryJson<'j>>,
    findings: Vec<Value>,
    elapsed_ms: u64,
}

#[derive(Serialize)]
struct TryJson<'j> {
    kind: &'static str,
    grade: &'static str,
    message: &'j str,
    /// Its version in the library, if it has one.
    version: Option<String>,
    usage: Option<UsageReport>,
}

impl<'j> TryJson<'j> {
    fn all(job: &'j Job) -> Vec<Self> {
        let ended = job.tries.ended();
        let is_series = ended.len() > 1;
        ended.iter().filter(|_| is_series).map(Self::from_report).collect()
    }

    fn from_report(report: &'j TryReport) -> Self {
        Self {
            kind: report.kind.code(),
            grade: report.grade.name(),
            message: &report.words,
            version: report.version.map(|version| version.to_string()),
            usage: report.usage.map(|usage| UsageReport::new(usage, report.usd)),
        }
    }
}

#[derive(Serialize)]
struct AttemptReport {
    status: Option<u16>,
    cause: &'static str,
    said: String,
    waited_ms: u64,
}

impl SuccessReport {
    fn from_game(job: &Job, game: &FinishedGame) -> Self {
        let html = game.product.html();
        let game = SavedGame {
            title: game.title.clone(),
            path: game.path.as_deref().map(DiskError::display_path),
            id: game.version.map(|version| version.game.0),
            version: game.version.map_or(1, |version| version.number),
            bytes: html.len(),
            sha256: sha256(&html),
        };
        let usage = job.usage().map(|usage| UsageReport::new(usage, job.usd()));
        let source = job.source().unwrap_or_default();
        let verdict = job.verdict().map(|verdict| verdict.to_json(source));
        Self {
            game,
            usage,
            verdict,
            fix: job.current.play_test.fixed.as_ref().map(FixReport::from_end),
        }
    }
}

impl UsageReport {
    fn new(usage: TokenUsage, estimated_usd: Option<f64>) -> Self {
        Self {
            prompt_tokens: usage.prompt_tokens,
            completion_tokens: usage.completion_tokens,
            estimated_usd,
        }
    }
}

impl FixReport {
    fn from_end(end: &FixResult) -> Self {
        Self {
            outcome: end.outcome.code(),
            message: end.describe(),
            before: end.before.map(|version| version.to_string()),
            usage: end.usage.map(|usage| UsageReport::new(usage, end.estimated_usd)),
        }
    }
}

impl FailureReport {
    fn from_failure(job: &Job, failure: &JobError) -> Self {
        let cause = failure.inference_error();
        let error = ErrorReport {
            kind: failure.kind(),
            message: failure.message(),
            advice: failure.advice(),
            status: cause.and_then(|cause| cause.status),
            request_id: cause.and_then(|cause| headline(cause.request_id.as_ref())),
            exit_code: failure.exit_code(),
            may_start: may_start(failure),
        };
        Self { error, draft: job.current.draft.as_deref().map(DiskError::display_path) }
    }
}

impl<'j> RunReport<'j> {
    fn from_job(job: &'j Job, now: Instant) -> Self {
        let lines = LineIndex::new(job.source().unwrap_or_default());
        Self {
            engine: job.options.engine.name(),
            model: (job.options.engine != Engine::Offline)
                .then_some(job.current.request.model.as_str()),
            provider: headline(job.current.answer.meta.provider.as_ref()),
            request_id: headline(job.current.answer.meta.request_id.as_ref()),
            understood: job.current.answer.understood.as_deref(),
            attempts: job.current.retry.failed().iter().map(AttemptReport::from_attempt).collect(),
            tries: TryJson::all(job),
            findings: job.findings().iter().map(|found| to_json(&lines, found)).collect(),
            elapsed_ms: millis(job.elapsed(now)),
        }
    }
}

impl AttemptReport {
    fn from_attempt(attempt: &FailedAttempt) -> Self {
        Self {
            status: attempt.error.status,
            cause: attempt.error.cause.code(),
            said: attempt.error.message.headline(240),
            waited_ms: millis(attempt.waited),
        }
    }
}

fn may_start(failure: &JobError) -> Option<String> {
    let JobError::OverLimit(held) = failure else { return None };
    Some(clock::format_iso(driver::wall_clock().after(held.wait)))
}

fn headline(text: Option<&Untrusted>) -> Option<String> {
    text.map(|text| text.headline(200))
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
