//! The session as plain lines, for line mode.

use crate::app::{QueueMode, Session, TranscriptEntry, TryReport};
use crate::inference::models::format_tokens;
use crate::inference::outcome::format_duration;
use crate::inference::price::format_usd;
use crate::untrusted::Untrusted;

/// Each prompt and what came of it, and the prompts that wait.
pub(super) fn session_lines(state: &Session) -> Vec<String> {
    let entries = state.transcript.entries().iter();
    let mut lines: Vec<_> = entries.flat_map(|entry| entry_lines(entry, state)).collect();
    lines.extend(state.queue.iter().map(|queued| {
        let waits = match queued.mode {
            QueueMode::Runs => "queued",
            QueueMode::Held => "held",
        };
        format!("{waits}: {}", Untrusted::new(queued.prompt.text()).headline(200))
    }));
    if lines.is_empty() {
        lines.push("no prompts yet: each line that you type is one".to_owned());
    }
    lines
}

fn entry_lines(entry: &TranscriptEntry, state: &Session) -> Vec<String> {
    let current = state.current.as_ref().and_then(|base| base.version);
    let mut lines = vec![format!("prompt: {}", Untrusted::new(&entry.prompt).headline(200))];
    lines.extend(entry.tries.iter().map(|report| {
        let is_current = report.version.is_some() && report.version == current;
        let mark = if is_current { ", which the next prompt changes" } else { "" };
        format!("  {}{mark}", describe_try(report))
    }));
    lines
}

/// `version 4.2: responds to Space; 38 s, 1k tokens, $0.002`.
fn describe_try(report: &TryReport) -> String {
    let name = report.version.map_or("no version".to_owned(), |id| format!("version {id}"));
    let parts = cost_parts(report).join(", ");
    let cost = if parts.is_empty() { String::new() } else { format!("; {parts}") };
    format!("{name}: {}{cost}", Untrusted::new(report.describe()).headline(200))
}

/// Time, tokens and price of a try, as far as they are known.
pub(super) fn cost_parts(report: &TryReport) -> Vec<String> {
    let time = report.elapsed.filter(|time| time.as_secs() > 0).map(format_duration);
    let tokens = report.usage.map(|usage| format!("{} tokens", format_tokens(usage.total())));
    let usd = report.usd.filter(|usd| *usd > 0.0).map(format_usd);
    [time, tokens, usd].into_iter().flatten().collect()
}
