//! The status: stages with their times, a wait with its countdown, the end with its reason, and the
//! requests of the day.

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::attempts::{self, AttemptNote};
use super::quota::QuotaView;
use super::stages::{
    CHECK, PLAY_TEST, STREAM, StageRow, failing_stage, job_stages, repair_count, stage_detail,
    token_detail,
};
use super::verdict;
use crate::app::{
    Document, Engine, Job, JobPhase, JobProgress, LimitWait, Session, Shown, can_stop,
};
use crate::config::Switch;
use crate::inference::{Pause, outcome};
use crate::tui::focus::Pane;
use crate::tui::keymap::UiCommand;
use crate::tui::pane_frame::pane_block;
use crate::tui::theme::Role;
use crate::tui::ui_state::UiState;
use crate::untrusted::Untrusted;

/// Draws the status pane with its [`lines`].
pub fn draw(ui: &UiState, frame: &mut Frame<'_>, at: Rect, lines: Vec<Line<'static>>) {
    let block = pane_block(&ui.theme, Pane::Status, Pane::Status.title(), ui.view.focus);
    frame.render_widget(Paragraph::new(lines).block(block), at);
}

/// What the status says at this width, which the pane's height follows.
pub fn lines(ui: &UiState, state: &Session, now: Instant, width: u16) -> Vec<Line<'static>> {
    StatusView { ui, state, now, width: usize::from(width) }.lines()
}

/// What happens, in one line, where the pane is not in sight.
pub fn brief_line(ui: &UiState, state: &Session, now: Instant, width: u16) -> Line<'static> {
    let view = StatusView { ui, state, now, width: usize::from(width) };
    let mut line = view.brief();
    line.spans.insert(0, Span::raw(" "));
    line
}

/// What the lines are made from.
pub(super) struct StatusView<'d> {
    pub(super) ui: &'d UiState,
    pub(super) state: &'d Session,
    now: Instant,
    pub(super) width: usize,
}

impl StatusView<'_> {
    /// The stage that runs, or how the job ended.
    fn brief(&self) -> Line<'static> {
        let job = match self.state.jobs.in_front() {
            None => return self.line(Role::Faint, "idle"),
            Some(Shown::Document(document)) => {
                return self.document_lines(document).into_iter().next().unwrap_or_default();
            }
            Some(Shown::Job(job)) => job,
        };
        let stages = job_stages(job);
        let running = stages.iter().rfind(|stage| stage.began.is_some());
        match running.filter(|_| !job.is_done()) {
            Some(stage) => match self.wait_lines(job).into_iter().nth(1) {
                Some(wait) => wait,
                None => self.stage_line(job, stage, &stage_detail(job, self.now)),
            },
            None => self.outcome_lines(job).into_iter().next().unwrap_or_default(),
        }
    }

    /// All lines, none longer than the pane is wide.
    fn lines(&self) -> Vec<Line<'static>> {
        self.unwrapped_lines().into_iter().flat_map(|line| self.wrapped(line)).collect()
    }

    /// Breaks a line of one style where it is too long.
    fn wrapped(&self, line: Line<'static>) -> Vec<Line<'static>> {
        match line.spans.as_slice() {
            [span] if line.width() > self.width => {
                let style = line.style.patch(span.style);
                self.hang(&span.content).into_iter().map(|row| Line::styled(row, style)).collect()
            }
            _ => vec![line],
        }
    }

    fn unwrapped_lines(&self) -> Vec<Line<'static>> {
        let mut lines = match self.state.jobs.in_front() {
            None => self.idle_lines(),
            Some(Shown::Job(job)) => self.job_lines(job),
            Some(Shown::Document(document)) => self.document_lines(document),
        };
        lines.extend(self.download_lines());
        lines.extend(self.improvement_lines());
        if self.state.plan.job.engine != Engine::Offline {
            lines.extend(
                QuotaView { ui: self.ui, state: self.state, now: self.now }.lines(self.width),
            );
        }
        lines
    }

    /// A model on its way, how far it is, and how to stop it.
    fn download_lines(&self) -> Vec<Line<'static>> {
        let Some(download) = &self.state.served.download else { return Vec::new() };
        let name = Untrusted::new(download.model.as_str());
        let name = name.headline(self.width.saturating_sub(16));
        let mut lines = vec![self.line(Role::Wait, format!("◐ downloading {name}"))];
        let Some(progress) = &download.progress else { return lines };
        if self.ui.animations == Switch::On {
            let cells = self.width.saturating_sub(4).clamp(4, 40);
            let thousandth = |part: f64| Duration::from_secs_f64(part * 1_000.0);
            let bar = gauge(thousandth(1.0), thousandth(1.0 - progress.part()), cells);
            lines.push(self.line(Role::Wait, format!("  {bar}")));
        }
        lines.extend(
            self.hang(&format!("  {}", progress.describe()))
                .into_iter()
                .map(|text| self.line(Role::Text, text)),
        );
        lines
    }

    /// A model that is asked what the prompt leaves open, and how far it is.
    fn improvement_lines(&self) -> Vec<Line<'static>> {
        let Some(asked) = &self.state.draft.improvement.running else { return Vec::new() };
        let text = format!("◐ {}", asked.describe(self.now));
        self.hang(&text).into_iter().map(|text| self.line(Role::Wait, text)).collect()
    }

    fn idle_lines(&self) -> Vec<Line<'static>> {
        let notices = self.state.plan.notices.iter();
        let notices = notices.map(|notice| self.line(Role::Text, notice));
        let is_idle = !can_stop(self.state);
        notices.chain(is_idle.then(|| self.line(Role::Faint, "idle"))).collect()
    }

    pub(super) fn line(&self, role: Role, text: impl Into<String>) -> Line<'static> {
        Line::styled(text.into(), self.ui.theme.style(role))
    }

    fn job_lines(&self, job: &Job) -> Vec<Line<'static>> {
        // A fix keeps the log of the game it repairs.
        if let Some(JobProgress::Opened { version }) = job.log.first()
            && job.tries.ended().is_empty()
            && job.current.timeline.checking.is_none()
        {
            return self.opened_job_lines(job, version);
        }
        let stages = job_stages(job);
        let last = stages.iter().rposition(|stage| stage.began.is_some()).unwrap_or_default();
        let mut lines = Vec::new();
        for (index, stage) in stages.iter().enumerate() {
            let detail = match stage.name {
                CHECK if stage.ended.is_some() => repair_count(job),
                STREAM if stage.ended.is_some() => token_detail(job),
                _ if index == last => stage_detail(job, self.now),
                _ => String::new(),
            };
            lines.push(self.stage_line(job, stage, &detail));
        }
        lines.extend(job.tries_line().map(|text| self.line(Role::Text, text)));
        lines.extend(self.lull_line(job));
        lines.extend(self.failure_notes(job));
        lines.extend(self.wait_lines(job));
        lines
            .extend(job.current.answer.understood.as_ref().map(|text| self.line(Role::Text, text)));
        lines.extend(self.outcome_lines(job));
        lines
    }

    /// A version from the library, which this session did not make.
    fn opened_lines(&self, version: &str, prompt: &str) -> Vec<Line<'static>> {
        let prompt = Untrusted::new(prompt).headline(self.width.saturating_sub(4));
        vec![
            self.line(Role::Good, format!("● version {version}, from the library")),
            self.line(Role::Faint, format!("  “{prompt}”")),
        ]
    }

    fn document_lines(&self, document: &Document) -> Vec<Line<'static>> {
        let version = document.game.version.map(|id| id.to_string()).unwrap_or_default();
        let prompt = document.base.prompts.last().unwrap_or(&document.base.title);
        let mut lines = self.opened_lines(&version, prompt);
        let shown = Shown::Document(document);
        lines.extend(verdict::verdict_lines(self.ui, self.state, shown, self.width));
        lines
    }

    /// The play-test of such a version.
    fn opened_job_lines(&self, job: &Job, version: &str) -> Vec<Line<'static>> {
        let mut lines = self.opened_lines(version, job.prompt.text());
        let playing = job_stages(job).into_iter().find(|stage| stage.name == PLAY_TEST);
        lines.extend(
            playing.map(|stage| self.stage_line(job, &stage, &stage_detail(job, self.now))),
        );
        lines.extend(verdict::verdict_lines(self.ui, self.state, Shown::Job(job), self.width));
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
        let text = job.lull(self.now)?.describe(self.state.plan.job.idle_timeout);
        Some(self.line(Role::Wait, format!("  {text}")))
    }

    /// Failed attempts and how they were handled. Attempts that failed alike share one note; the
    /// failure that the end shows is left out.
    fn failure_notes(&self, job: &Job) -> Vec<Line<'static>> {
        let notes = attempts::attempt_notes(job).into_iter().map(|step| match step {
            AttemptNote::FailedAttempts { first, last, error, message } if first == last => {
                vec![format!("  attempt {first}: {error}"), self.quote_server(&message)]
            }
            AttemptNote::FailedAttempts { first, last, error, message } => {
                vec![format!("  attempts {first} to {last}: {error}"), self.quote_server(&message)]
            }
            AttemptNote::Recovery(words) => vec![format!("  {words}")],
            AttemptNote::Tries { first, last, words } if first == last => {
                vec![format!("  try {first}: {words}")]
            }
            AttemptNote::Tries { first, last, words } => {
                vec![format!("  tries {first} to {last}: {words}")]
            }
        });
        let notes = notes.flatten().filter(|text| !text.is_empty());
        let lines = notes.flat_map(|text| self.hang(&text));
        lines.map(|text| self.line(Role::Faint, text)).collect()
    }

    /// Breaks a note into lines that stand below its words.
    fn hang(&self, text: &str) -> Vec<String> {
        let words = text.trim_start();
        let indent = text.len() - words.len();
        let rows = verdict::wrap_words(words, self.width.saturating_sub(indent));
        rows.iter().map(|row| " ".repeat(indent) + row).collect()
    }

    /// A server's message on a line of its own; empty without one.
    fn quote_server(&self, message: &str) -> String {
        if message.is_empty() {
            return String::new();
        }
        format!("    “{}”", Untrusted::new(message).headline(self.width.saturating_sub(6)))
    }

    /// Why the job waits, until when, and the key that ends the wait.
    fn wait_lines(&self, job: &Job) -> Vec<Line<'static>> {
        match job.current.phase {
            JobPhase::Waiting(Pause { cause, since, until }) => {
                let (attempt, attempts) =
                    (job.current.retry.attempt(), job.current.retry.attempts());
                let part = format!(" ({attempt} of {attempts})");
                let mut lines =
                    self.countdown_lines(cause.describe(), ("retrying", &part), (since, until));
                // The server's message goes below the cause it belongs to.
                let message =
                    attempts::last_server_message(job).map(|message| self.quote_server(message));
                let message = message.filter(|message| !message.is_empty());
                lines.splice(1..1, message.map(|message| self.line(Role::Faint, message)));
                lines
            }
            JobPhase::Throttled(LimitWait { limit, since, until }) => {
                self.countdown_lines(&limit.describe(), ("starting", ""), (since, until))
            }
            JobPhase::Requesting => self.loading_lines(job),
            JobPhase::Streaming
            | JobPhase::Composing
            | JobPhase::Checking
            | JobPhase::Saving
            | JobPhase::PlayTesting
            | JobPhase::Done => Vec::new(),
        }
    }

    /// That the model is being loaded, and about how long that still takes.
    fn loading_lines(&self, job: &Job) -> Vec<Line<'static>> {
        let Some(loading) = &job.current.answer.loading else { return Vec::new() };
        let name = Untrusted::new(loading.model.as_str());
        let name = name.headline(self.width.saturating_sub(10));
        vec![
            self.line(Role::Wait, format!("◐ loading {name}")),
            self.line(Role::Wait, format!("  {}", self.gauge_text(loading.since, loading.until))),
        ]
    }

    /// A bar of the elapsed part, and what is left of it in words.
    fn gauge_text(&self, since: Instant, until: Instant) -> String {
        let total = until.saturating_duration_since(since);
        let left = until.saturating_duration_since(self.now);
        let gauge = match self.ui.animations {
            Switch::On => gauge(total, left, self.width.saturating_sub(24).clamp(4, 20)) + " ",
            Switch::Off => String::new(),
        };
        if left.is_zero() {
            let so_far = outcome::format_duration(self.now.saturating_duration_since(since));
            return format!("{gauge}{so_far} so far, longer than expected");
        }
        format!("{gauge}{} left", outcome::format_duration(left))
    }

    fn countdown_lines(
        &self,
        reason: &str,
        (next, part): (&str, &str),
        (since, until): (Instant, Instant),
    ) -> Vec<Line<'static>> {
        let focus = self.ui.view.focus;
        let key = self.ui.keymap.key_name(UiCommand::RetryNow, focus).unwrap_or_default();
        let at = self.ui.clock.time_of_day(until);
        vec![
            self.line(Role::Wait, format!("◐ waiting: {reason}")),
            self.line(Role::Wait, format!("  {}", self.gauge_text(since, until))),
            self.line(Role::Text, format!("  {next} at {at}{part} · {key} now")),
        ]
    }
}

/// A bar of the elapsed part of a wait.
fn gauge(total: Duration, left: Duration, cells: usize) -> String {
    let gone = total.saturating_sub(left).as_millis() * cells as u128;
    let full = usize::try_from(gone / total.as_millis().max(1)).unwrap_or(cells).min(cells);
    format!("{}{}", "▓".repeat(full), "░".repeat(cells - full))
}

fn format_tenths(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
