//! The jobs beside the foreground, a line each: what they make, and how they stand.

use std::time::Instant;

use ratatui::text::{Line, Span};

use super::variants::describe_job;
use crate::app::{Job, Session};
use crate::tui::focus::Pane;
use crate::tui::keymap::UiCommand;
use crate::tui::theme::Role;
use crate::tui::ui_state::UiState;
use crate::untrusted::Untrusted;

/// The least and the most columns of a prompt.
const PROMPT_COLUMNS: (usize, usize) = (8, 40);

/// One line for each job that is not in the foreground.
pub fn background_lines(
    ui: &UiState,
    state: &Session,
    now: Instant,
    width: usize,
) -> Vec<Line<'static>> {
    state.background().map(|job| background_line(ui, job, now, width)).collect()
}

fn background_line(ui: &UiState, job: &Job, now: Instant, width: usize) -> Line<'static> {
    let (sign, role, text) = describe_job(Some(job), now);
    let key = ui.keymap.key_name(UiCommand::NextVariant, Pane::Preview).unwrap_or_default();
    let text = format!(" · {text} · {key} shows it");
    let columns = width.saturating_sub(text.chars().count() + 2);
    let prompt = Untrusted::new(job.prompt.text())
        .headline(columns.clamp(PROMPT_COLUMNS.0, PROMPT_COLUMNS.1));
    Line::from(vec![
        Span::styled(format!("{sign} {prompt}"), ui.theme.style(role)),
        Span::styled(text, ui.theme.style(Role::Faint)),
    ])
}
