//! The status: stages with their times, a wait with its countdown, the end with its reason, and the
//! requests of the day.

use std::path::Path;
use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use super::attempts::{self, AttemptNote};
use super::quota::QuotaView;
use super::verdict;
use crate::app::progress::kilobytes;
use crate::app::{
    Engine, Job, JobError, JobPhase, JobProgress, LimitWait, Pane, QueueMode, Session,
};
use crate::config::Switch;
use crate::inference::{ErrorCause, InferenceError, Pause, PermanentCause, outcome};
use crate::library::DiskError;
use crate::rules::{Finding, FindingState as Found};
use crate::tui::keymap::UiCommand;
use crate::tui::pane_frame::pane_block;
use crate::tui::theme::Role;
use crate::tui::ui_state::UiState;
use crate::untrusted::Untrusted;

pub fn draw(ui: &UiState, frame: &mut Frame<'_>, at: Rect, state: &Session, now: Instant) {
    let block = pane_block(&ui.theme, Pane::Status, Pane::Status.title(), state.view.focus);
    let inner = block.inner(at);
    frame.render_widget(block, at);
    let lines = StatusView { ui, state, now, width: usize::from(inner.width) }.lines();
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), inner);
}

const CHECK: &str = "check";
const PLAY_TEST: &str = "play-test";

/// What the lines are made from.
struct StatusView<'d> {
    ui: &'d UiState,
    state: &'d Session,
    now: Instant,
    width: usize,
}

/// One stage of a job.
struct StageRow {
    name: &'static str,
    began: Option<Instant>,
    ended: Option<Instant>,
}

impl StatusView<'_> {
    fn lines(&self) -> Vec<Line<'static>> {
        let mut lines = match &self.state.job {
            None => self.idle_lines(),
            Some(job) => self.job_lines(job),
        };
        for prompt in &self.state.queue {
            let words = Untrusted::new(prompt.text()).headline(self.width.saturating_sub(10));
            let waits = match self.state.queue_mode {
                QueueMode::Runs => "queued",
                QueueMode::Held => "held",
            };
            lines.push(self.line(Role::Faint, format!("{waits}: {words}")));
        }
        if self.state.plan.engine != Engine::Offline {
            lines.extend(
                QuotaView { ui: self.ui, state: self.state, now: self.now }.lines(self.width),
            );
        }
        lines
    }

    fn idle_lines(&self) -> Vec<Line<'static>> {
        let notices = self.state.plan.notices.iter();
        let notices = notices.map(|notice| self.line(Role::Text, notice));
        notices.chain([self.line(Role::Faint, "idle")]).collect()
    }

    fn line(&self, role: Role, text: impl Into<String>) -> Line<'static> {
        Line::styled(text.into(), self.ui.theme.style(role))
    }

    fn job_lines(&self, job: &Job) -> Vec<Line<'static>> {
        // A fix keeps the log of the game it repairs.
        if let Some(JobProgress::Opened { version }) = job.log.first()
            && job.fix.is_none()
            && job.timeline.checking.is_none()
        {
            return self.opened_lines(job, version);
        }
        let stages = job_stages(job);
        let last = stages.iter().rposition(|stage| stage.began.is_some()).unwrap_or_default();
        let mut lines = Vec::new();
        for (index, stage) in stages.iter().enumerate() {
            let detail = match stage.name {
                CHECK if stage.ended.is_some() => repair_count(job),
                _ if index == last => stage_detail(job, self.now),
                _ => String::new(),
            };
            lines.push(self.stage_line(job, stage, &detail));
        }
        lines.extend(self.lull_line(job));
        lines.extend(self.failure_notes(job));
        lines.extend(self.wait_lines(job));
        lines.extend(job.answer.understood.as_ref().map(|words| self.line(Role::Text, words)));
        lines.extend(self.outcome_lines(job));
        lines
    }

    /// A version from the library, which this session did not make.
    fn opened_lines(&self, job: &Job, version: &str) -> Vec<Line<'static>> {
        let wish = Untrusted::new(job.prompt.text()).headline(self.width.saturating_sub(4));
        let mut lines = vec![
            self.line(Role::Good, format!("● version {version}, from the library")),
            self.line(Role::Faint, format!("  “{wish}”")),
        ];
        let playing = job_stages(job).into_iter().find(|stage| stage.name == PLAY_TEST);
        lines.extend(
            playing.map(|stage| self.stage_line(job, &stage, &stage_detail(job, self.now))),
        );
        lines.extend(verdict::verdict_lines(self.ui, self.state, job, self.width));
        lines
    }

    /// A sign, the name, the duration and a detail.
    fn stage_line(&self, job: &Job, stage: &StageRow, detail: &str) -> Line<'static> {
        let (sign, role) = match (stage.began, stage.ended) {
            _ if failing_stage(job) == Some(stage.name) => ("✗", Role::Bad),
            // Without a browser there was no play-test and no failure.
            (Some(_), Some(_)) if stage.name == PLAY_TEST && job.is_unplayed() => {
                ("○", Role::Faint)
            }
            (None, _) => ("○", Role::Faint),
            (Some(_), None) => ("◐", Role::Wait),
            (Some(_), Some(_)) => ("●", Role::Good),
        };
        let is_counted = stage.ended.is_some() || self.ui.animations == Switch::On;
        let time = stage.began.filter(|_| is_counted).map(|began| {
            format_tenths(stage.ended.unwrap_or(self.now).saturating_duration_since(began))
        });
        let style = |role| self.ui.theme.style(role);
        Line::from(vec![
            Span::styled(format!("{sign} {:<9}", stage.name), style(role)),
            Span::styled(format!("{:>7}", time.unwrap_or_default()), style(Role::Faint)),
            Span::styled(format!("  {detail}"), style(Role::Text)),
        ])
    }

    /// That the stream is silent, and how long it may be.
    fn lull_line(&self, job: &Job) -> Option<Line<'static>> {
        let words = job.lull(self.now)?.words(self.state.plan.idle_timeout);
        Some(self.line(Role::Wait, format!("  {words}")))
    }

    /// Failed attempts and how they were handled. Attempts that failed alike share one note; the
    /// failure that the end shows is left out.
    fn failure_notes(&self, job: &Job) -> Vec<Line<'static>> {
        let told = attempts::attempt_notes(job).into_iter().map(|step| match step {
            AttemptNote::FailedAttempts { first, last, trouble, said } if first == last => {
                vec![format!("  attempt {first}: {trouble}"), self.quote_server(&said)]
            }
            AttemptNote::FailedAttempts { first, last, trouble, said } => {
                vec![format!("  attempts {first} to {last}: {trouble}"), self.quote_server(&said)]
            }
            AttemptNote::Recovery(words) => vec![format!("  {words}")],
        });
        let told = told.flatten().filter(|text| !text.is_empty());
        told.map(|text| self.line(Role::Faint, text)).collect()
    }

    /// A server's message on a line of its own; empty without one.
    fn quote_server(&self, said: &str) -> String {
        if said.is_empty() {
            return String::new();
        }
        format!("    “{}”", Untrusted::new(said).headline(self.width.saturating_sub(6)))
    }

    /// Why the job waits, until when, and the key that ends the wait.
    fn wait_lines(&self, job: &Job) -> Vec<Line<'static>> {
        match job.phase {
            JobPhase::Waiting(Pause { cause, since, until }) => {
                let (attempt, attempts) = (job.retry.attempt(), job.retry.attempts());
                let part = format!(" ({attempt} of {attempts})");
                let mut lines =
                    self.countdown_lines(cause.describe(), ("retrying", &part), (since, until));
                // The server's message goes below the cause it belongs to.
                let said = attempts::last_server_message(job).map(|said| self.quote_server(said));
                let said = said.filter(|said| !said.is_empty());
                lines.splice(1..1, said.map(|said| self.line(Role::Faint, said)));
                lines
            }
            JobPhase::Throttled(LimitWait { held, since, until }) => {
                self.countdown_lines(&held.describe(), ("starting", ""), (since, until))
            }
            JobPhase::Requesting
            | JobPhase::Streaming
            | JobPhase::Composing
            | JobPhase::Checking
            | JobPhase::Saving
            | JobPhase::PlayTesting
            | JobPhase::Done => Vec::new(),
        }
    }

    fn countdown_lines(
        &self,
        why: &str,
        (next, part): (&str, &str),
        (since, until): (Instant, Instant),
    ) -> Vec<Line<'static>> {
        let total = until.saturating_duration_since(since);
        let left = until.saturating_duration_since(self.now);
        let gauge = match self.ui.animations {
            Switch::On => gauge(total, left, self.width.saturating_sub(24).clamp(4, 20)) + " ",
            Switch::Off => String::new(),
        };
        let (left, total) = (outcome::format_duration(left), outcome::format_duration(total));
        let focus = self.state.view.focus;
        let key = self.ui.keymap.key_name(UiCommand::RetryNow, focus).unwrap_or_default();
        let at = self.ui.clock.time_of_day(until);
        vec![
            self.line(Role::Wait, format!("◐ waiting: {why}")),
            self.line(Role::Wait, format!("  {gauge}{left} of {total}")),
            self.line(Role::Text, format!("  {next} at {at}{part} · {key} now")),
        ]
    }

    /// The result, once the job has ended.
    fn outcome_lines(&self, job: &Job) -> Vec<Line<'static>> {
        match job.result.as_ref().filter(|_| job.is_done()) {
            None => Vec::new(),
            Some(Ok(game)) => {
                let name = game.path.as_deref().and_then(Path::file_name).unwrap_or_default();
                let name = DiskError::display_path(Path::new(name));
                let saved = match game.kept {
                    Some(id) => format!("✓ saved to the library as {name}, version {id}"),
                    None => format!("✓ saved as {name}"),
                };
                let mut lines = vec![
                    self.line(Role::Good, saved),
                    self.line(Role::Text, "  ^S saves it to this folder"),
                ];
                lines.extend(verdict::verdict_lines(self.ui, self.state, job, self.width));
                lines
            }
            Some(Err(failure)) => self.failure_lines(job, failure),
        }
    }

    fn failure_lines(&self, job: &Job, failure: &JobError) -> Vec<Line<'static>> {
        let mut lines = vec![
            self.line(Role::Bad, format!("✗ {}", failure.message())),
            self.line(Role::Text, failure.advice()),
        ];
        let no_model = |trouble: &InferenceError| {
            trouble.cause == ErrorCause::Permanent(PermanentCause::NoModel)
        };
        if failure.trouble().is_some_and(no_model) {
            let key = self.ui.keymap.key_name(UiCommand::Models, self.state.view.focus);
            let words = format!("{} lists the models", key.unwrap_or_default());
            lines.push(self.line(Role::Text, words));
        }
        if let Some(id) = failure.trouble().and_then(|trouble| trouble.request_id.as_ref()) {
            lines.push(self.line(Role::Faint, format!("request {}", id.headline(60))));
        }
        if let Some(draft) = &job.draft {
            lines.push(self.line(Role::Text, format!("draft: {}", DiskError::display_path(draft))));
        }
        lines
    }
}

/// The stages of this job; each ends when the next begins.
fn job_stages(job: &Job) -> Vec<StageRow> {
    let times = &job.timeline;
    let is_offline = job.options.engine == Engine::Offline;
    let streamed = times.checking.or(times.saving).or(times.ended);
    let stage = |name, began, ended: Option<Instant>| StageRow { name, began, ended };
    let first = if is_offline { "compose" } else { "request" };
    let mut stages = vec![stage(first, Some(times.started), times.first_content.or(streamed))];
    if !is_offline {
        stages.push(stage("stream", times.first_content, streamed));
    }
    stages.push(stage(CHECK, times.checking, times.saving.or(times.ended)));
    stages.push(stage("save", times.saving, times.saved.or(times.ended)));
    if times.playing.is_some() {
        stages.push(stage(PLAY_TEST, times.playing, times.ended));
    }
    stages
}

/// The detail of the stage that runs, or ran last.
fn stage_detail(job: &Job, now: Instant) -> String {
    match job.phase {
        JobPhase::Requesting if job.answer.thought => "the model is thinking".to_owned(),
        JobPhase::Requesting => {
            format!("attempt {} of {}", job.retry.attempt(), job.retry.attempts())
        }
        JobPhase::Streaming => stream_detail(job, now),
        JobPhase::Done => {
            let tokens = job.answer.usage.map(|usage| usage.completion_tokens);
            tokens
                .map(|count| format!("{count} tokens{}", token_rate(job, count)))
                .unwrap_or_default()
        }
        JobPhase::PlayTesting => {
            job.play_test.stage.map(|stage| stage.describe().to_owned()).unwrap_or_default()
        }
        JobPhase::Waiting(_)
        | JobPhase::Throttled(_)
        | JobPhase::Composing
        | JobPhase::Checking
        | JobPhase::Saving => String::new(),
    }
}

/// The bytes received, and the recent rate unless the stream is silent.
fn stream_detail(job: &Job, now: Instant) -> String {
    let size = kilobytes(job.reply.raw().len());
    match job.answer.pulse.rate(now).filter(|_| job.lull(now).is_none()) {
        Some(tokens) => format!("{size}, about {tokens} tokens/s"),
        None => size,
    }
}

/// Tokens a second, from the server's count.
fn token_rate(job: &Job, tokens: u64) -> String {
    let ended = job.timeline.checking.or(job.timeline.saving).or(job.timeline.ended);
    let began = job.timeline.first_content;
    let time = ended.zip(began).map(|(end, began)| end.saturating_duration_since(began));
    let time = time.filter(|time| *time >= Duration::from_millis(100));
    time.map(|time| format!(", {}/s", u128::from(tokens) * 1_000 / time.as_millis()))
        .unwrap_or_default()
}

/// How many findings were repaired automatically.
fn repair_count(job: &Job) -> String {
    let is_repaired = |found: &&Finding| found.state == Found::Repaired;
    match job.findings().iter().filter(is_repaired).count() {
        0 => String::new(),
        count => format!("{count} repaired"),
    }
}

/// A bar of the elapsed part of a wait.
fn gauge(total: Duration, left: Duration, cells: usize) -> String {
    let gone = total.saturating_sub(left).as_millis() * cells as u128;
    let full = usize::try_from(gone / total.as_millis().max(1)).unwrap_or(cells).min(cells);
    format!("{}{}", "▓".repeat(full), "░".repeat(cells - full))
}

/// The stage in which a failed job ended.
fn failing_stage(job: &Job) -> Option<&'static str> {
    let Some(Err(failure)) = &job.result else { return None };
    Some(match failure {
        JobError::Disk(_) => "save",
        _ if job.timeline.checking.is_some() => CHECK,
        _ if job.timeline.first_content.is_some() => "stream",
        _ => "request",
    })
}

fn format_tenths(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
