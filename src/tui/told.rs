//! What is new in the state, in lines: each said once, and what lasts every ten seconds.

use std::time::{Duration, Instant};

use crate::app::progress::kilobytes;
use crate::app::{Hold, Job, JobId, Phase, Picker, Progress, State};
use crate::cli::args::ReportArgs;
use crate::cli::lines;
use crate::inference::Pause;
use crate::inference::outcome::format_duration;
use crate::page::Lines;
use crate::rules::State as Found;
use crate::untrusted::Untrusted;

/// How often it is said that something still goes on.
const SELDOM: Duration = Duration::from_secs(10);

/// Lines of a list that are read out.
const MOST: usize = 20;

/// What was said already.
#[derive(Debug, Default)]
pub struct Told {
    job: Option<JobId>,
    /// Entries of the job's log.
    entries: usize,
    has_ended: bool,
    notice: Option<String>,
    list: Option<Picker>,
    /// When something was last said of the job.
    last: Option<Instant>,
}

/// Everything but JSON.
const FORM: ReportArgs = ReportArgs { json: false, jsonl: false, quiet: false, verbose: true };

impl Told {
    /// What there is to say, now that this is the state.
    pub fn news(&mut self, state: &State, now: Instant) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(job) = &state.job {
            self.of_job(job, now, &mut said);
        }
        let notice = state.view.notice.as_ref().map(|notice| &notice.text);
        if let Some(text) = notice.filter(|text| self.notice.as_ref() != Some(*text)) {
            said.push(Untrusted::new(text).headline(400));
        }
        self.notice = notice.cloned();
        if let Some(list) = state.view.picker.as_ref().filter(|it| self.list.as_ref() != Some(it)) {
            said.extend(listed(list));
        }
        self.list.clone_from(&state.view.picker);
        said
    }

    /// When something has to be said again, if nothing happens before.
    pub fn next(&self, state: &State) -> Option<Instant> {
        self.last.filter(|_| state.is_busy()).map(|last| last + SELDOM)
    }

    fn of_job(&mut self, job: &Job, now: Instant, said: &mut Vec<String>) {
        if self.job != Some(job.id) {
            (self.job, self.entries, self.has_ended) = (Some(job.id), 0, false);
            self.last = Some(now);
        }
        let before = said.len();
        said.extend(job.log.iter().skip(self.entries).filter_map(line));
        self.entries = job.log.len();
        if job.is_done() && !self.has_ended {
            self.has_ended = true;
            said.extend(ended(job));
        }
        if said.len() > before {
            self.last = Some(now);
        } else if self.last.is_some_and(|last| now >= last + SELDOM) && !job.is_done() {
            self.last = Some(now);
            said.push(lasting(job, now));
        }
    }
}

fn line(progress: &Progress) -> Option<String> {
    match progress {
        Progress::Streaming => Some("the answer begins".to_owned()),
        _ => lines::progress_line(progress, FORM),
    }
}

/// What goes on, and for how long.
fn lasting(job: &Job, now: Instant) -> String {
    match job.phase {
        Phase::Waiting(Pause { until, .. }) | Phase::Held(Hold { until, .. }) => {
            format!("still waiting, {} left", format_duration(until.saturating_duration_since(now)))
        }
        Phase::Streaming => format!("{} have come", kilobytes(job.reply.raw().len())),
        Phase::Trying => {
            let what = job.trial.stage.map_or("play-test", |stage| stage.words());
            format!("still playing: {what}")
        }
        Phase::Requesting | Phase::Composing | Phase::Checking | Phase::Saving | Phase::Done => {
            format!("still at it, {} s", job.elapsed(now).as_secs())
        }
    }
}

/// How it ended: the findings, and the game or why there is none.
fn ended(job: &Job) -> Vec<String> {
    let mut said: Vec<_> = job.source().map(|source| found(job, source)).unwrap_or_default();
    said.push(match &job.result {
        Some(Ok(game)) => format!("done: {}", Untrusted::new(&game.title).headline(80)),
        Some(Err(failure)) => format!("no game: {}. {}", failure.message(), failure.advice()),
        None => return said,
    });
    said
}

fn found(job: &Job, source: &str) -> Vec<String> {
    let lines = Lines::new(source);
    let tell = |finding: &crate::rules::Finding| {
        let at = lines.position(finding.span.start);
        let state = match finding.state {
            Found::Open => "",
            Found::Repaired => "repaired: ",
        };
        format!("{state}line {}, column {}: {}: {}", at.line, at.column, finding.rule, finding.why)
    };
    job.findings().iter().map(tell).collect()
}

fn listed(list: &Picker) -> Vec<String> {
    let Some(items) = &list.items else { return Vec::new() };
    if items.is_empty() {
        return vec!["nothing fits; an empty line closes the list".to_owned()];
    }
    let shown = |text: &str| Untrusted::new(text).headline(100);
    let mut said: Vec<_> = items
        .iter()
        .take(MOST)
        .enumerate()
        .map(|(index, item)| match item.detail.as_str() {
            "" => format!("{}. {}", index + 1, shown(&item.label)),
            detail => format!("{}. {}, {}", index + 1, shown(&item.label), shown(detail)),
        })
        .collect();
    let more = items.len().saturating_sub(MOST);
    if more > 0 {
        said.push(format!("and {more} more"));
    }
    said.push("a number takes one, words narrow the list, an empty line closes it".to_owned());
    said
}
