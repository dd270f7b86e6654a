//! Notifies outside of the frames: the window's title, and the end of a job while the window has no
//! focus. Only changes are written.

use std::collections::BTreeMap;

use super::terminal::{Multiplexer, NotificationSupport};
use crate::app::{Job, JobError, JobId, Session};
use crate::config::NotifyMode;
use crate::untrusted::Untrusted;

/// Whether the window has the focus. Terminals without focus reports count as focused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WindowFocus {
    #[default]
    Focused,
    Unfocused,
}

/// Writes the window's title and notifications.
#[derive(Debug)]
pub struct Notifier {
    mode: NotifyMode,
    support: NotificationSupport,
    multiplexer: Multiplexer,
    pub focus: WindowFocus,
    title: String,
    /// The jobs and their status when they were last looked at.
    known: BTreeMap<JobId, JobStatus>,
}

/// Whether a job has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JobStatus {
    Running,
    Ended,
}

impl Notifier {
    /// A notifier for a focused window. `toasts` says what the terminal can show.
    pub fn new(mode: NotifyMode, toasts: NotificationSupport, inside: Multiplexer) -> Self {
        let (focus, title) = (WindowFocus::Focused, String::new());
        Self { mode, support: toasts, multiplexer: inside, focus, title, known: BTreeMap::new() }
    }

    /// Another program had the terminal and may have set another title.
    pub fn forget_title(&mut self) {
        self.title.clear();
    }

    /// The escape sequences to write after a change of the state; empty if there are none.
    pub fn update(&mut self, state: &Session) -> String {
        let mut sequence = String::new();
        let title = window_title(state);
        if title != self.title {
            sequence = format!("\x1b]2;{title}\x1b\\");
            self.title = title;
        }
        let has_news = |job: &&Job| self.known.get(&job.id) != Some(&job_status(job));
        for job in state.jobs.iter().filter(has_news) {
            sequence.push_str(&self.job_notification(job));
        }
        let is_changed = state
            .jobs
            .iter()
            .map(|job| (&job.id, job_status(job)))
            .ne(self.known.iter().map(|(id, status)| (id, *status)));
        if is_changed {
            self.known = state.jobs.iter().map(|job| (job.id, job_status(job))).collect();
        }
        sequence
    }

    /// The notification that a job has ended; empty if the window has the focus.
    fn job_notification(&self, job: &Job) -> String {
        let is_outcome = job.is_done() && !was_stopped(job);
        if !is_outcome || self.focus == WindowFocus::Focused {
            return String::new();
        }
        let text = match &job.current.result {
            Some(Ok(game)) => format!("{} is done", game.title),
            Some(Err(failure)) => format!("no game: {}", failure.message()),
            None => return String::new(),
        };
        let text = Untrusted::new(text).headline(100);
        let toast = || self.multiplexer.wrap(&format!("\x1b]9;codeagent: {text}\x1b\\"));
        match (self.mode, self.support) {
            (NotifyMode::Off, _) => String::new(),
            (NotifyMode::Osc9, _) | (NotifyMode::Auto, NotificationSupport::Osc9) => toast(),
            (NotifyMode::Bell, _) | (NotifyMode::Auto, NotificationSupport::Unknown) => {
                "\x07".to_owned()
            }
        }
    }
}

/// A user who stopped the job needs no notification.
fn was_stopped(job: &Job) -> bool {
    matches!(job.current.result, Some(Err(JobError::Cancelled)))
}

fn job_status(job: &Job) -> JobStatus {
    if job.is_done() { JobStatus::Ended } else { JobStatus::Running }
}

/// The program and its game, marked if the job has ended.
fn window_title(state: &Session) -> String {
    let Some(shown) = state.jobs.in_front() else { return "codeagent".to_owned() };
    let prompt = shown.job().map_or("", |job| job.prompt.text());
    let (mark, name) = match shown.game() {
        Some(game) if shown.is_done() => ("✓ ", game.title.as_str()),
        Some(game) => ("", game.title.as_str()),
        None if shown.failure().is_some() => ("✗ ", prompt),
        None => ("", prompt),
    };
    format!("{mark}codeagent · {}", Untrusted::new(name).headline(40))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Action, Engine, Event, JobIds, SessionPlan, update};

    fn offline() -> Session {
        Session::new(SessionPlan::bare(Engine::HuggingFace), 1, JobIds::default())
    }

    /// A job that has ended at once, for no token.
    fn failed(state: &mut Session) {
        let prompt = "bats \x1b]0;owned\x07".to_owned();
        update(state, Event::Acted(Action::Generate(prompt)), crate::driver::now());
    }

    #[test]
    fn what_is_told_is_told_once_and_nothing_in_it_is_obeyed() {
        let mut notifier =
            Notifier::new(NotifyMode::Auto, NotificationSupport::Osc9, Multiplexer::None);
        let mut state = offline();
        assert_eq!(notifier.update(&state), "\x1b]2;codeagent\x1b\\");
        assert_eq!(notifier.update(&state), "");
        notifier.focus = WindowFocus::Unfocused;
        failed(&mut state);
        let sequence = notifier.update(&state);
        assert!(sequence.starts_with("\x1b]2;✗ codeagent · bats ␛]0;owned␇\x1b\\"), "{sequence:?}");
        assert!(sequence.contains("\x1b]9;codeagent: no game: "), "{sequence:?}");
        assert_eq!(notifier.update(&state), "");
        notifier.forget_title();
        assert!(notifier.update(&state).starts_with("\x1b]2;"));
    }

    #[test]
    fn it_is_told_as_it_is_wished() {
        let table = [
            (NotifyMode::Auto, NotificationSupport::Unknown, WindowFocus::Unfocused, "\x07"),
            (NotifyMode::Bell, NotificationSupport::Osc9, WindowFocus::Unfocused, "\x07"),
            (NotifyMode::Osc9, NotificationSupport::Unknown, WindowFocus::Unfocused, "\x1b]9;"),
            (NotifyMode::Off, NotificationSupport::Osc9, WindowFocus::Unfocused, ""),
            (NotifyMode::Auto, NotificationSupport::Osc9, WindowFocus::Focused, ""),
        ];
        for (mode, toasts, focus, expected) in table {
            let mut notifier = Notifier::new(mode, toasts, Multiplexer::None);
            let mut state = offline();
            notifier.focus = focus;
            failed(&mut state);
            let sequence = notifier.update(&state);
            let (_, sequence) = sequence.split_once("\x1b\\").unwrap();
            assert!(sequence.starts_with(expected), "{mode:?}: {sequence:?}");
            assert_eq!(sequence.is_empty(), expected.is_empty(), "{mode:?}: {sequence:?}");
        }
    }
}
