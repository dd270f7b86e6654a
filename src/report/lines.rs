//! Progress as lines of text.

use std::time::Duration;

use super::LineDetail;
use crate::app::JobProgress;
use crate::app::progress::graded;
use crate::app::pulse::StreamLull;
use crate::inference::outcome::format_duration;

/// A progress step in words; `None` if it has no line, or only with `--verbose`.
pub fn progress_line(progress: &JobProgress, detail: LineDetail) -> Option<String> {
    Some(match progress {
        JobProgress::Started { engine, model: Some(model) } => format!("{engine}: asking {model}"),
        JobProgress::Started { engine, model: None } => format!("{engine}: composing"),
        JobProgress::Requested { attempt: 1, .. } | JobProgress::Streaming => return None,
        JobProgress::Answering { .. } | JobProgress::Kept { .. } | JobProgress::Playing { .. }
            if detail == LineDetail::Brief =>
        {
            return None;
        }
        JobProgress::Requested { attempt, attempts } => format!(" ({attempt} of {attempts})"),
        JobProgress::Failed { status, words, said, .. } => failure_line(*status, words, said),
        JobProgress::Waiting { attempt, attempts, wait_ms } => {
            let wait = format_duration(Duration::from_millis(*wait_ms));
            format!("waiting {wait}, then attempt {attempt} of {attempts}")
        }
        JobProgress::Continued { why, part, parts } => {
            format!("{why}; asking for the rest, part {part} of {parts}")
        }
        JobProgress::Unmatched { words } => format!("the patch does not apply: {words}"),
        JobProgress::Idle { words } => format!("applied, although {words}"),
        JobProgress::AsksAgain { whole: false } => "asking for a patch that applies".to_owned(),
        JobProgress::AsksAgain { whole: true } => "asking for the whole game".to_owned(),
        JobProgress::Adjusted { how } => format!("retrying {how}, as the server requires"),
        JobProgress::Answering { provider, request_id } => {
            answering_line(provider.as_deref(), request_id.as_deref())
        }
        JobProgress::ModelFound { model } => found_line(model),
        JobProgress::Loading { model, estimate_ms } => loading_line(model, *estimate_ms),
        JobProgress::Bounded { tokens, context } => {
            format!("asking for at most {tokens} tokens: the model's context is {context}")
        }
        JobProgress::Alive => "connected, no output yet".to_owned(),
        JobProgress::Silent { silent_ms, gives_up_ms } => {
            let [silent, patience] = [silent_ms, gives_up_ms].map(|ms| Duration::from_millis(*ms));
            StreamLull::Silent(silent).describe(patience)
        }
        JobProgress::Thinking => "the model is thinking".to_owned(),
        JobProgress::Received { bytes } => format!("received {bytes} bytes"),
        JobProgress::Composed { understood } => format!("composed: {understood}"),
        JobProgress::Checked { valid, repaired, open } => {
            let outcome = if *valid { "valid" } else { "refused" };
            format!("checked: {outcome}{}", format_counts(*repaired, *open))
        }
        JobProgress::Saved { path } => format!("saved {path}"),
        JobProgress::Held { words, wait_ms, .. } => held_line(words, *wait_ms),
        JobProgress::Kept { version } => format!("saved to the library as version {version}"),
        JobProgress::Opened { version } => format!("version {version}"),
        JobProgress::Library { trouble } => trouble.clone(),
        JobProgress::Playing { what } => format!("play-test: {what}"),
        JobProgress::Played { words, .. } => format!("play-test: {words}"),
        JobProgress::Repeats { .. }
        | JobProgress::TryStarted { .. }
        | JobProgress::TryEnded { .. }
        | JobProgress::TriesStopped { .. }
        | JobProgress::Fixing { .. }
        | JobProgress::FixEnded { .. } => return try_line(progress),
        JobProgress::DraftKept { path } => format!("the partial reply is saved in {path}"),
    })
}

fn loading_line(model: &str, estimate_ms: u64) -> String {
    let estimate = format_duration(Duration::from_millis(estimate_ms));
    format!("loading {model} into memory, about {estimate}")
}

fn held_line(words: &str, wait_ms: u64) -> String {
    let wait = format_duration(Duration::from_millis(wait_ms));
    format!("waiting {wait}: {words} is reached")
}

fn found_line(model: &str) -> String {
    format!("no --model was given: asking {model}, which the server has")
}

/// Who answers; what the server does not name is unnamed.
fn answering_line(provider: Option<&str>, request_id: Option<&str>) -> String {
    let [provider, request] = [provider, request_id].map(|name| name.unwrap_or("unnamed"));
    format!("provider {provider}, request {request}")
}

/// What became of a try, and what the next one asks for. `None` for other steps.
fn try_line(progress: &JobProgress) -> Option<String> {
    Some(match progress {
        JobProgress::Repeats { tokens, most } => {
            format!("the reply repeats itself: stopped after {tokens} of at most {most} tokens")
        }
        JobProgress::TryStarted { number, kind: "wake-up" } => {
            format!("try {number}: asking the model to make the game respond")
        }
        JobProgress::TryStarted { number, kind: "fix" } => {
            format!("try {number}: asking the model to fix what the checks found")
        }
        JobProgress::TryStarted { number, .. } => {
            format!("try {number}: asking again from scratch")
        }
        JobProgress::TryEnded { number, of, grade, words } => {
            format!("try {number} of {of}: {}", graded(grade, words))
        }
        JobProgress::TriesStopped { reason: "tries", words } => {
            format!("no further try: {words} (--tries allows more)")
        }
        JobProgress::TriesStopped { words, .. } => format!("no further try: {words}"),
        JobProgress::Fixing { problems: 1 } => "asking the model to fix the error".to_owned(),
        JobProgress::Fixing { problems } => format!("asking the model to fix {problems} errors"),
        JobProgress::FixEnded { words, .. } => words.clone(),
        _ => return None,
    })
}

fn failure_line(status: Option<u16>, words: &str, said: &str) -> String {
    let status = status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    format!("{words}{status}{said}")
}

fn format_counts(repaired: usize, open: usize) -> String {
    let count = |number: usize, what: &str| match number {
        0 => String::new(),
        _ => format!(", {number} {what}"),
    };
    count(repaired, "repaired") + &count(open, "open")
}
