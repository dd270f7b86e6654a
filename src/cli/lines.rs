//! Progress as lines of text.

use std::time::Duration;

use super::args::ReportArgs;
use crate::app::Progress;
use crate::app::pulse::Lull;
use crate::inference::outcome::format_duration;

/// A progress step in words; `None` if it has no line, or only with `--verbose`.
pub fn progress_line(progress: &Progress, form: ReportArgs) -> Option<String> {
    Some(match progress {
        Progress::Started { engine, model: Some(model) } => format!("{engine}: asking {model}"),
        Progress::Started { engine, model: None } => format!("{engine}: composing"),
        Progress::Requested { attempt: 1, .. } | Progress::Streaming => return None,
        Progress::Answering { .. } | Progress::Kept { .. } | Progress::Playing { .. }
            if !form.verbose =>
        {
            return None;
        }
        Progress::Requested { attempt, attempts } => format!("attempt {attempt} of {attempts}"),
        Progress::Failed { status, words, said, .. } => failure_line(*status, words, said),
        Progress::Waiting { attempt, attempts, wait_ms } => {
            let wait = format_duration(Duration::from_millis(*wait_ms));
            format!("waiting {wait}, then attempt {attempt} of {attempts}")
        }
        Progress::GoesOn { why, part, parts } => {
            format!("{why}; asking for the rest, {part} of {parts}")
        }
        Progress::Unmatched { words } => format!("the change does not fit: {words}"),
        Progress::Idle { words } => format!("changed all the same: {words}"),
        Progress::AsksAgain { whole: false } => "asking for blocks that fit".to_owned(),
        Progress::AsksAgain { whole: true } => "asking for the whole game".to_owned(),
        Progress::Adjusted { how } => format!("asking again {how}, as the server wants it"),
        Progress::Answering { provider, request_id } => {
            let unnamed = || "unnamed".to_owned();
            let provider = provider.clone().unwrap_or_else(unnamed);
            format!("provider {provider}, request {}", request_id.clone().unwrap_or_else(unnamed))
        }
        Progress::Bounded { tokens, context } => {
            format!("asking for at most {tokens} tokens: the model's context has {context}")
        }
        Progress::Alive => "the server is alive, nothing yet".to_owned(),
        Progress::Silent { silent_ms, gives_up_ms } => {
            let [silent, patience] = [silent_ms, gives_up_ms].map(|ms| Duration::from_millis(*ms));
            Lull::Silent(silent).words(patience)
        }
        Progress::Thinking => "the model thinks".to_owned(),
        Progress::Received { bytes } => format!("received {bytes} bytes"),
        Progress::Composed { understood } => format!("composed: {understood}"),
        Progress::Checked { valid: true, repaired, open } => {
            format!("checked: valid{}", format_counts(*repaired, *open))
        }
        Progress::Checked { valid: false, repaired, open } => {
            format!("checked: refused{}", format_counts(*repaired, *open))
        }
        Progress::Saved { path } => format!("saved {path}"),
        Progress::Held { words, wait_ms, .. } => {
            let wait = format_duration(Duration::from_millis(*wait_ms));
            format!("waiting {wait}: {words} is reached")
        }
        Progress::Kept { version } => format!("kept as {version} in the library"),
        Progress::Opened { version } => format!("version {version}"),
        Progress::Library { trouble } => trouble.clone(),
        Progress::Playing { what } => format!("play-test: {what}"),
        Progress::Played { words, .. } => format!("play-test: {words}"),
        Progress::Fixing { problems: 1 } => "asking to mend the error".to_owned(),
        Progress::Fixing { problems } => format!("asking to mend {problems} errors"),
        Progress::FixEnded { words, .. } => words.clone(),
        Progress::DraftKept { path } => format!("what had arrived is kept in {path}"),
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
