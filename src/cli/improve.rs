//! `codeagent new --improve`: prints the prompt with what it does not say, to be read and changed.
//! Nothing is made.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::args::ReportArgs;
use super::new::print_failure;
use super::{output, print_result, warn};
use crate::app::{Action, JobAction, JobError, JobRef, SaveTarget, Session};
use crate::config::Settings;
use crate::driver::signals::Signals;
use crate::driver::{self, Frontend};
use crate::play::Recording;

/// Prints the full prompt, and returns the exit code. A model that is asked is named on standard error,
/// unless that is to stay quiet.
pub(super) fn print_improved(prompt: &str, report: ReportArgs, settings: &Settings) -> ExitCode {
    let state = driver::state(driver::plan(settings, SaveTarget::Nowhere));
    let done = driver::block_on(async {
        let signals = Signals::new()?;
        let mut lines = ImprovementLines { report, live: String::new(), is_told: false, signals };
        let executor = driver::system_executor(settings, Recording::Off);
        let first = Some(Action::Improve(prompt.to_owned()));
        let state = driver::run(state, first, &executor, &mut lines).await?;
        lines.erase();
        Ok(state)
    });
    match done.map(|state| state.draft.improvement) {
        // A prompt that says everything is full as it is.
        Ok(done) if done.failure.is_none() => {
            let full = if done.count == 0 { prompt.trim() } else { done.text.as_str() };
            print_result(&format!("{full}\n"), 0)
        }
        Ok(done) => {
            let why = done.failure.unwrap_or(JobError::Cancelled);
            match why {
                // No reply of it is kept.
                JobError::Cancelled => warn("cancelled"),
                _ => print_failure(&why),
            }
            ExitCode::from(why.exit_code())
        }
        Err(error) => super::exit_with_error(&error, 9),
    }
}

/// What is told while a model is asked.
struct ImprovementLines {
    report: ReportArgs,
    /// The line that stands there now, on a terminal.
    live: String,
    /// Whom it was said to be asked, elsewhere.
    is_told: bool,
    signals: Signals,
}

impl ImprovementLines {
    fn erase(&mut self) {
        if !std::mem::take(&mut self.live).is_empty() {
            output::erase_line();
        }
    }
}

impl Frontend for ImprovementLines {
    async fn next(&mut self, _: &Session) -> Option<Vec<Action>> {
        self.signals.next().await;
        Some(vec![Action::Job(JobRef::Running, JobAction::Stop)])
    }

    fn render(&mut self, state: &Session, now: Instant) -> std::io::Result<()> {
        let Some(asked) = state.draft.improvement.running.as_ref().filter(|_| !self.report.quiet)
        else {
            return Ok(());
        };
        let line = asked.describe(now);
        if !output::is_stderr_terminal() {
            if !std::mem::replace(&mut self.is_told, true) {
                warn(&line);
            }
        } else if line != self.live {
            self.erase();
            output::write_stderr(&line);
            self.live = line;
        }
        Ok(())
    }

    fn redraw_at(&self, state: &Session, now: Instant) -> Option<Instant> {
        state.draft.improvement.poll_timeout().map(|_| now + Duration::from_millis(250))
    }

    fn is_over(&self, state: &Session) -> bool {
        state.draft.improvement.running.is_none()
    }
}
