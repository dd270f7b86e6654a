//! Reports changes of the state as lines: each once, and progress every ten seconds.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::app::progress::kilobytes;
use crate::app::{Job, JobId, JobPhase, JobProgress, LimitWait, Picker, Session, Shown};
use crate::inference::Pause;
use crate::inference::outcome::format_duration;
use crate::page::LineIndex;
use crate::report::{LineDetail, lines};
use crate::rules::FindingState as Found;
use crate::untrusted::Untrusted;

/// Interval between reports of ongoing work.
const REPEAT_INTERVAL: Duration = Duration::from_secs(10);

/// Most items printed of a list.
const MAX_LISTED: usize = 20;

/// What was reported already.
#[derive(Debug, Default)]
pub struct LineReporter {
    jobs: BTreeMap<JobId, ReportedJob>,
    notice: Option<String>,
    list: Option<Picker>,
    /// The version out of the library that was reported last.
    document: Option<JobId>,
    /// When a job was last reported on.
    last_line_at: Option<Instant>,
}

/// What was reported of a job.
#[derive(Debug, Default)]
struct ReportedJob {
    /// Reported entries of its log.
    log_entries: usize,
    has_ended: bool,
}

impl LineReporter {
    /// The lines to print for this state.
    pub fn new_lines(&mut self, state: &Session, now: Instant) -> Vec<String> {
        let mut output = Vec::new();
        self.jobs.retain(|id, _| state.jobs.contains(*id));
        for job in state.jobs.iter() {
            let mut lines = Vec::new();
            self.push_job_lines(job, now, &mut lines);
            if state.jobs.front_id() == Some(job.id) {
                output.append(&mut lines);
                continue;
            }
            let prompt = Untrusted::new(job.prompt.text()).headline(30);
            output.extend(lines.into_iter().map(|line| format!("“{prompt}”: {line}")));
        }
        output.extend(self.document_line(state));
        let notice = state.dialogs.notice.as_ref().map(|notice| &notice.text);
        if let Some(text) = notice.filter(|text| self.notice.as_ref() != Some(*text)) {
            output.push(Untrusted::new(text).headline(400));
        }
        self.notice = notice.cloned();
        if let Some(list) =
            state.dialogs.picker.as_ref().filter(|open| self.list.as_ref() != Some(open))
        {
            output.extend(picker_lines(list));
        }
        self.list.clone_from(&state.dialogs.picker);
        output
    }

    /// A version out of the library that has come into the foreground.
    fn document_line(&mut self, state: &Session) -> Option<String> {
        let Some(Shown::Document(document)) = state.jobs.in_front() else {
            self.document = None;
            return None;
        };
        if self.document.replace(document.id) == Some(document.id) {
            return None;
        }
        let title = Untrusted::new(&document.game.title).headline(80);
        let version = document.game.version.map(|id| format!(", version {id}"));
        let played = document.stored.as_ref().map(|stored| format!(": {}", stored.headline));
        let played = Untrusted::new(played.unwrap_or_default()).headline(200);
        Some(format!(
            "{title}{}{played}; the next prompt changes it, :new-game begins another, :pane-session \
             lists its prompts",
            version.unwrap_or_default()
        ))
    }

    /// When the next progress report is due. `None` without a running job.
    pub fn next_report(&self, state: &Session) -> Option<Instant> {
        self.last_line_at.filter(|_| state.jobs.are_running()).map(|last| last + REPEAT_INTERVAL)
    }

    fn push_job_lines(&mut self, job: &Job, now: Instant, output: &mut Vec<String>) {
        let report = self.jobs.entry(job.id).or_insert_with(|| {
            self.last_line_at = Some(now);
            ReportedJob::default()
        });
        output.extend(job.log.iter().skip(report.log_entries).filter_map(progress_line));
        report.log_entries = job.log.len();
        if job.is_done() && !report.has_ended {
            output.extend(outcome_lines(job));
        }
        // A fix starts again under the same id.
        report.has_ended = job.is_done();
        if !output.is_empty() {
            self.last_line_at = Some(now);
        } else if self.last_line_at.is_some_and(|last| now >= last + REPEAT_INTERVAL)
            && !job.is_done()
        {
            self.last_line_at = Some(now);
            output.push(waiting_line(job, now));
        }
    }
}

fn progress_line(progress: &JobProgress) -> Option<String> {
    match progress {
        JobProgress::Streaming => Some("receiving the reply".to_owned()),
        _ => lines::progress_line(progress, LineDetail::Full),
    }
}

/// What the job is doing, and for how long.
fn waiting_line(job: &Job, now: Instant) -> String {
    match job.current.phase {
        JobPhase::Waiting(Pause { until, .. }) | JobPhase::Throttled(LimitWait { until, .. }) => {
            format!("still waiting, {} left", format_duration(until.saturating_duration_since(now)))
        }
        JobPhase::Streaming => format!("{} received", kilobytes(job.current.reply.raw().len())),
        JobPhase::PlayTesting => {
            let what = job.current.play_test.stage.map_or("play-test", |stage| stage.describe());
            format!("still playing: {what}")
        }
        JobPhase::Requesting
        | JobPhase::Composing
        | JobPhase::Checking
        | JobPhase::Saving
        | JobPhase::Done => {
            format!("still working, {} s", job.elapsed(now).as_secs())
        }
    }
}

/// The result: the findings, and the game or why there is none.
fn outcome_lines(job: &Job) -> Vec<String> {
    let mut output: Vec<_> =
        job.source().map(|source| finding_lines(job, source)).unwrap_or_default();
    output.push(match &job.current.result {
        Some(Ok(game)) => format!("done: {}", Untrusted::new(&game.title).headline(80)),
        Some(Err(failure)) => format!("no game: {}. {}", failure.message(), failure.advice()),
        None => return output,
    });
    output
}

fn finding_lines(job: &Job, source: &str) -> Vec<String> {
    let lines = LineIndex::new(source);
    let describe = |finding: &crate::rules::Finding| {
        let at = lines.position(finding.span.start);
        let state = match finding.state {
            Found::Open => "",
            Found::Repaired => "repaired: ",
        };
        format!("{state}line {}, column {}: {}: {}", at.line, at.column, finding.rule, finding.why)
    };
    job.findings().iter().map(describe).collect()
}

fn picker_lines(list: &Picker) -> Vec<String> {
    let Some(items) = &list.items else { return Vec::new() };
    if items.is_empty() {
        return vec!["no matches; an empty line closes the list".to_owned()];
    }
    let shown = |text: &str| Untrusted::new(text).headline(100);
    let mut output: Vec<_> = items
        .iter()
        .take(MAX_LISTED)
        .enumerate()
        .map(|(index, item)| match item.detail.as_str() {
            "" => format!("{}. {}", index + 1, shown(&item.label)),
            detail => format!("{}. {}, {}", index + 1, shown(&item.label), shown(detail)),
        })
        .collect();
    let more = items.len().saturating_sub(MAX_LISTED);
    if more > 0 {
        output.push(format!("and {more} more"));
    }
    output.extend(list.note.clone());
    output.push("type a number to select, words to filter, nothing to close the list".to_owned());
    output
}
