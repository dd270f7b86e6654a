//! What goes on: the stages with their times, a wait with its countdown, the
//! end with its reason, and how much was asked today.

use std::path::Path;
use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use crate::app::{Engine, Failure, Job, Pane, Phase, Progress, State};
use crate::inference::{Pause, outcome};
use crate::library::DiskError;
use crate::tui::desk::Desk;
use crate::tui::draw::frame_of;
use crate::tui::keys::Command;
use crate::tui::theme::Role;
use crate::untrusted::Untrusted;

pub fn draw(desk: &Desk, frame: &mut Frame<'_>, at: Rect, state: &State, now: Instant) {
    let block = frame_of(&desk.theme, Pane::Status, Pane::Status.title(), state.view.focus);
    let inner = block.inner(at);
    frame.render_widget(block, at);
    let text = Paragraph::new(lines(desk, state, now, inner.width)).wrap(Wrap { trim: false });
    frame.render_widget(text, inner);
}

fn lines(desk: &Desk, state: &State, now: Instant, width: u16) -> Vec<Line<'static>> {
    let pen = Pen { desk };
    let mut lines = match &state.job {
        None => vec![pen.line(Role::Faint, "nothing is being made")],
        Some(job) => pen.job(job, state, now, width),
    };
    for prompt in &state.queue {
        let words = Untrusted::new(prompt.text()).headline(usize::from(width).saturating_sub(10));
        lines.push(pen.line(Role::Faint, format!("queued: {words}")));
    }
    if state.plan.engine != Engine::Offline {
        lines.push(pen.quota(state, now));
    }
    lines
}

/// What the lines are written with.
struct Pen<'d> {
    desk: &'d Desk,
}

impl Pen<'_> {
    fn line(&self, role: Role, text: impl Into<String>) -> Line<'static> {
        Line::styled(text.into(), self.desk.theme.style(role))
    }

    fn job(&self, job: &Job, state: &State, now: Instant, width: u16) -> Vec<Line<'static>> {
        let mut lines = self.stages(job, now);
        lines.extend(self.failures(job));
        if let Phase::Waiting(pause) = job.phase {
            lines.extend(self.wait(job, pause, state, now, width));
        }
        lines.extend(job.answer.understood.as_ref().map(|words| self.line(Role::Text, words)));
        if let Some(result) = job.result.as_ref().filter(|_| job.is_done()) {
            match result {
                Ok(game) => {
                    let name = game.path.as_deref().and_then(Path::file_name).unwrap_or_default();
                    let name = DiskError::shown(Path::new(name));
                    lines.push(self.line(Role::Good, format!("✓ kept as {name}")));
                    lines.push(self.line(Role::Text, "  ^S saves it into this folder"));
                }
                Err(failure) => lines.extend(self.failure(job, failure)),
            }
        }
        lines
    }

    /// Each stage with a sign and the time it took.
    fn stages(&self, job: &Job, now: Instant) -> Vec<Line<'static>> {
        let times = &job.times;
        let offline = job.engine == Engine::Offline;
        let first = if offline { "compose" } else { "request" };
        let stream_end = times.checking.or(times.saving);
        let mut stages = vec![(first, Some(times.started), times.first_content.or(stream_end))];
        if !offline {
            stages.push(("stream", times.first_content, stream_end));
        }
        stages.push(("check", times.checking, times.saving));
        stages.push(("save", times.saving, None));
        let last = stages.iter().rposition(|(_, began, _)| began.is_some()).unwrap_or_default();
        let stages = stages.into_iter().enumerate();
        stages
            .map(|(index, (name, began, ended))| {
                let detail = if index == last { self.detail(job) } else { String::new() };
                self.stage(name, began, ended.or(times.ended), (job, now), detail)
            })
            .collect()
    }

    fn stage(
        &self,
        name: &str,
        began: Option<Instant>,
        ended: Option<Instant>,
        (job, now): (&Job, Instant),
        detail: String,
    ) -> Line<'static> {
        let (sign, role) = match (began, ended) {
            _ if failing_stage(job) == Some(name) => ("✗", Role::Bad),
            (None, _) => ("○", Role::Faint),
            (Some(_), None) => ("◐", Role::Wait),
            (Some(_), Some(_)) => ("●", Role::Good),
        };
        let time = began.map(|began| tenths(ended.unwrap_or(now).saturating_duration_since(began)));
        let style = |role| self.desk.theme.style(role);
        Line::from(vec![
            Span::styled(format!("{sign} {name:<8}"), style(role)),
            Span::styled(format!("{:>7}", time.unwrap_or_default()), style(Role::Faint)),
            Span::styled(format!("  {detail}"), style(Role::Text)),
        ])
    }

    fn detail(&self, job: &Job) -> String {
        let tokens = job.answer.usage.map(|usage| usage.completion_tokens);
        match job.phase {
            Phase::Requesting if job.answer.thought => "the model thinks".to_owned(),
            Phase::Requesting => {
                format!("attempt {} of {}", job.retry.attempt(), job.retry.attempts())
            }
            Phase::Streaming => format!("{} kB", job.reply.raw().len() / 1_000),
            Phase::Done => tokens.map(|count| format!("{count} tokens")).unwrap_or_default(),
            Phase::Waiting(_) | Phase::Composing | Phase::Checking | Phase::Saving => String::new(),
        }
    }

    /// Attempts that failed, one line each.
    fn failures(&self, job: &Job) -> Vec<Line<'static>> {
        let failed = job.log.iter().filter_map(|progress| match progress {
            Progress::Failed { attempt, status, words, .. } => {
                let status = status.map(|status| format!("{status} · ")).unwrap_or_default();
                Some(self.line(Role::Faint, format!("  attempt {attempt}: {status}{words}")))
            }
            Progress::Adjusted { how } => {
                Some(self.line(Role::Faint, format!("  asked again {how}")))
            }
            _ => None,
        });
        failed.collect()
    }

    /// Why nothing happens, until when, and which key ends it.
    fn wait(
        &self,
        job: &Job,
        pause: Pause,
        state: &State,
        now: Instant,
        width: u16,
    ) -> Vec<Line<'static>> {
        let total = pause.until.saturating_duration_since(pause.since);
        let left = pause.until.saturating_duration_since(now);
        let cells = usize::from(width).saturating_sub(24).clamp(4, 20);
        let gone = 1.0 - left.as_secs_f64() / total.as_secs_f64().max(0.001);
        let full = (0..cells).filter(|cell| (*cell as f64) < gone * cells as f64).count();
        let gauge = format!("{}{}", "▓".repeat(full), "░".repeat(cells - full));
        let key = self.desk.keys.name_of(Command::RetryNow, state.view.focus).unwrap_or_default();
        let (attempt, attempts) = (job.retry.attempt(), job.retry.attempts());
        vec![
            self.line(Role::Wait, format!("◐ waiting: {}", pause.cause.words())),
            self.line(
                Role::Wait,
                format!("  {gauge} {} of {}", outcome::seconds(left), outcome::seconds(total)),
            ),
            self.line(
                Role::Text,
                format!(
                    "  attempt {attempt} of {attempts} at {} · {key} now",
                    self.desk.clock.time(pause.until)
                ),
            ),
        ]
    }

    fn failure(&self, job: &Job, failure: &Failure) -> Vec<Line<'static>> {
        let mut lines = vec![
            self.line(Role::Bad, format!("✗ {}", failure.message())),
            self.line(Role::Text, failure.advice()),
        ];
        if let Some(id) = failure.trouble().and_then(|trouble| trouble.request_id.as_ref()) {
            lines.push(self.line(Role::Faint, format!("request {}", id.headline(60))));
        }
        if let Some(draft) = &job.draft {
            let path = DiskError::shown(draft);
            lines.push(self.line(Role::Text, format!("draft: {path}")));
        }
        lines
    }

    /// The limits are this program's own; HuggingFace documents none.
    fn quota(&self, state: &State, now: Instant) -> Line<'static> {
        let (counters, limits) = (&state.counters, &state.limits);
        let within = |window| counters.within(window, now);
        let text = format!(
            "local limits {}/{} min {}/{} h {}/{} d {}/{} now",
            within(Duration::from_mins(1)),
            short(limits.minute),
            within(Duration::from_hours(1)),
            short(limits.hour),
            within(Duration::from_hours(24)),
            short(limits.day),
            counters.running(),
            limits.running,
        );
        self.line(Role::Faint, text)
    }
}

/// The stage that a failed job ended in.
fn failing_stage(job: &Job) -> Option<&'static str> {
    let Some(Err(failure)) = &job.result else { return None };
    Some(match failure {
        Failure::Disk(_) => "save",
        _ if job.times.checking.is_some() => "check",
        _ if job.times.first_content.is_some() => "stream",
        _ => "request",
    })
}

fn tenths(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn short(number: usize) -> String {
    if number >= 1_000 { format!("{}k", number / 1_000) } else { number.to_string() }
}
