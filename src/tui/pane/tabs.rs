//! The tabs of the preview; the open one has a marker besides its colour.

use ratatui::text::{Line, Span};

use crate::app::Session;
use crate::rules::FindingState as Found;
use crate::tui::keymap::UiCommand;
use crate::tui::theme::Role;
use crate::tui::ui_state::UiState;
use crate::tui::view_state::PreviewTab;

/// The names of the tabs, with marks of what each one shows.
pub fn tab_line(ui: &UiState, state: &Session) -> Line<'static> {
    let style = |role| ui.theme.style(role);
    let mut spans = Vec::new();
    for tab in PreviewTab::ALL {
        if tab != PreviewTab::Play {
            spans.push(Span::styled("│", style(Role::Border)));
        }
        let (mark, role) =
            if ui.view.tab == tab { ("▸", Role::Focus) } else { (" ", Role::Faint) };
        let count =
            if tab == PreviewTab::Findings { open_finding_count(state) } else { String::new() };
        spans.push(Span::styled(format!("{mark}{}{count} ", tab.title()), style(role)));
    }
    let key = ui.keymap.key_name(UiCommand::NextTab, ui.view.focus).unwrap_or_default();
    spans.push(Span::styled(format!(" {key} "), style(Role::Faint)));
    Line::from(spans)
}

/// The number of open findings and problems; empty until the checks have run.
fn open_finding_count(state: &Session) -> String {
    let Some(shown) = state.shown() else { return String::new() };
    let findings = shown.findings().iter().filter(|found| found.state == Found::Open).count();
    let problems = shown.verdict().map_or(0, |verdict| verdict.problems.len());
    let is_known = shown.is_done() && shown.source().is_some();
    match findings + problems {
        0 if !is_known => String::new(),
        count => format!(" {count}"),
    }
}
