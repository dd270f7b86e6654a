//! The stages of a job: their times, and the detail of the current one.

use std::time::{Duration, Instant};

use crate::app::progress::kilobytes;
use crate::app::{Engine, GameAuthor, Job, JobError, JobPhase};
use crate::rules::{Finding, FindingState as Found};

/// The stage in which the reply comes.
pub const STREAM: &str = "stream";
/// The stage of the checks.
pub const CHECK: &str = "check";
/// The stage in a browser.
pub const PLAY_TEST: &str = "play-test";

/// One stage of a job.
pub struct StageRow {
    pub name: &'static str,
    pub began: Option<Instant>,
    pub ended: Option<Instant>,
}

/// The stages of this job; each ends when the next begins.
pub fn job_stages(job: &Job) -> Vec<StageRow> {
    let times = &job.current.timeline;
    let is_offline = job.options.engine == Engine::Offline;
    let streamed = times.checking.or(times.saving).or(times.ended);
    let stage = |name, began, ended: Option<Instant>| StageRow { name, began, ended };
    let first = if is_offline { "compose" } else { "request" };
    let mut stages = Vec::new();
    if job.options.author == GameAuthor::Engine {
        stages.push(stage(first, Some(times.started), times.first_content.or(streamed)));
    }
    if !is_offline {
        stages.push(stage(STREAM, times.first_content, streamed));
    }
    stages.push(stage(CHECK, times.checking, times.saving.or(times.ended)));
    stages.push(stage("save", times.saving, times.saved.or(times.ended)));
    if times.playing.is_some() {
        stages.push(stage(PLAY_TEST, times.playing, times.ended));
    }
    stages
}

/// The tokens of the reply and their rate, once the server has told them.
pub fn token_detail(job: &Job) -> String {
    let tokens = job.current.answer.usage.map(|usage| usage.completion_tokens);
    tokens.map(|count| format!("{count} tokens{}", token_rate(job, count))).unwrap_or_default()
}

/// The detail of the stage that runs, or ran last.
pub fn stage_detail(job: &Job, now: Instant) -> String {
    match job.current.phase {
        JobPhase::Requesting if job.current.answer.thought => "the model is thinking".to_owned(),
        JobPhase::Requesting => {
            format!("attempt {} of {}", job.current.retry.attempt(), job.current.retry.attempts())
        }
        JobPhase::Streaming => stream_detail(job, now),
        JobPhase::PlayTesting => {
            job.current.play_test.stage.map(|stage| stage.describe().to_owned()).unwrap_or_default()
        }
        JobPhase::Done
        | JobPhase::Waiting(_)
        | JobPhase::Throttled(_)
        | JobPhase::Composing
        | JobPhase::Checking
        | JobPhase::Saving => String::new(),
    }
}

/// The bytes received, and the recent rate unless the stream is silent.
fn stream_detail(job: &Job, now: Instant) -> String {
    let size = kilobytes(job.current.reply.raw().len());
    match job.current.answer.pulse.rate(now).filter(|_| job.lull(now).is_none()) {
        Some(tokens) => format!("{size}, about {tokens} tokens/s"),
        None => size,
    }
}

/// Tokens a second, from the server's count.
fn token_rate(job: &Job, tokens: u64) -> String {
    let ended = job
        .current
        .timeline
        .checking
        .or(job.current.timeline.saving)
        .or(job.current.timeline.ended);
    let began = job.current.timeline.first_content;
    let time = ended.zip(began).map(|(end, began)| end.saturating_duration_since(began));
    let time = time.filter(|time| *time >= Duration::from_millis(100));
    time.map(|time| format!(", {}/s", u128::from(tokens) * 1_000 / time.as_millis()))
        .unwrap_or_default()
}

/// How many findings were repaired automatically.
pub fn repair_count(job: &Job) -> String {
    let is_repaired = |found: &&Finding| found.state == Found::Repaired;
    match job.findings().iter().filter(is_repaired).count() {
        0 => String::new(),
        count => format!("{count} repaired"),
    }
}

/// The stage in which a failed job ended.
pub fn failing_stage(job: &Job) -> Option<&'static str> {
    let Some(Err(failure)) = &job.current.result else { return None };
    Some(match failure {
        JobError::Disk(_) => "save",
        _ if job.current.timeline.checking.is_some() => CHECK,
        _ if job.current.timeline.first_content.is_some() => "stream",
        _ => "request",
    })
}
