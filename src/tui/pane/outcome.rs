//! The end of a job in the status: its game, or why there is none and what helps.

use std::path::Path;

use ratatui::text::Line;

use super::advice::screen_advice;
use super::status::StatusView;
use super::verdict;
use crate::app::{Job, JobError, Shown};
use crate::inference::{ErrorCause, PermanentCause};
use crate::library::DiskError;
use crate::tui::keymap::UiCommand;
use crate::tui::theme::Role;

impl StatusView<'_> {
    /// The result, once the job has ended.
    pub(super) fn outcome_lines(&self, job: &Job) -> Vec<Line<'static>> {
        match job.current.result.as_ref().filter(|_| job.is_done()) {
            None => Vec::new(),
            Some(Ok(game)) => {
                let name = game.path.as_deref().and_then(Path::file_name).unwrap_or_default();
                let name = DiskError::display_path(Path::new(name));
                let saved = match game.version {
                    Some(id) => format!("✓ saved to the library as {name}, version {id}"),
                    None => format!("✓ saved as {name}"),
                };
                let mut lines = vec![
                    self.line(Role::Good, saved),
                    self.line(Role::Text, "  ^S saves it to this folder"),
                ];
                lines.extend(verdict::verdict_lines(
                    self.ui,
                    self.state,
                    Shown::Job(job),
                    self.width,
                ));
                lines
            }
            Some(Err(failure)) => self.failure_lines(job, failure),
        }
    }

    /// The key of the list that has another model, or one that is free. `None` where neither would help.
    fn other_engines(&self, failure: &JobError) -> Option<Line<'static>> {
        let cause = failure.inference_error().map(|error| error.cause);
        let what = match (failure, cause) {
            (_, Some(ErrorCause::Permanent(PermanentCause::NoModel))) => "lists the models",
            (JobError::NoToken, _)
            | (
                _,
                Some(ErrorCause::Permanent(
                    PermanentCause::NoCredits
                    | PermanentCause::BadToken
                    | PermanentCause::NoPermission,
                )),
            ) => "lists what is free: the composer, and models on this machine",
            _ => return None,
        };
        let key = self.ui.keymap.key_name(UiCommand::Models, self.ui.view.focus)?;
        Some(self.line(Role::Text, format!("{key} {what}")))
    }

    fn failure_lines(&self, job: &Job, failure: &JobError) -> Vec<Line<'static>> {
        let models_key = self.ui.keymap.key_name(UiCommand::Models, self.ui.view.focus);
        let models_key = models_key.unwrap_or_default();
        let mut lines = vec![match failure {
            // Nothing went wrong, and nothing came of it.
            JobError::NoChange(_) => self.line(Role::Wait, format!("○ {}", failure.message())),
            _ => self.line(Role::Bad, format!("✗ {}", failure.message())),
        }];
        // What is free comes first: in a small terminal the rest may be below the pane.
        lines.extend(self.other_engines(failure));
        lines.push(self.line(Role::Text, screen_advice(failure, &models_key)));
        if let Some(id) = failure.inference_error().and_then(|error| error.request_id.as_ref()) {
            lines.push(self.line(Role::Faint, format!("request {}", id.headline(60))));
        }
        if let Some(draft) = &job.current.draft {
            lines.push(self.line(Role::Text, format!("draft: {}", DiskError::display_path(draft))));
        }
        lines.extend(verdict::next_try_line(self.ui, self.state));
        lines
    }
}
