//! Every key binding, from the table that handles them.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::draw_window;
use crate::tui::keymap::{KeyBinding, KeyContext, display_key};
use crate::tui::theme::Role;
use crate::tui::ui_state::UiState;

/// Widest and narrowest column, in cells.
const MAX_COLUMN_WIDTH: u16 = 60;
const MIN_COLUMN_WIDTH: u16 = 48;

/// Draws the table of all keys over the screen.
pub fn draw(ui: &mut UiState, frame: &mut Frame<'_>, area: Rect) {
    let lines = help_lines(ui);
    let columns = column_count(lines.len(), area);
    let max_width = u16::try_from(columns).unwrap_or(1).saturating_mul(MAX_COLUMN_WIDTH);
    let height = u16::try_from(lines.len().div_ceil(columns) + 2).unwrap_or(u16::MAX);
    let inner = draw_window(
        &ui.theme,
        frame,
        area,
        (max_width, height),
        " Keys · Esc closes · ° not in the prompt ",
    );
    let rows = usize::from(inner.height).max(1);
    ui.overlays.help_row = ui.overlays.help_row.min(lines.len().saturating_sub(rows * columns));
    let first = ui.overlays.help_row;
    let left = lines.len().saturating_sub(first + rows * columns);
    let columns_at = Layout::horizontal(vec![Constraint::Fill(1); columns]).split(inner);
    let mut lines = lines.into_iter().skip(first);
    for row in columns_at.iter().flat_map(|place| place.rows()) {
        frame.render_widget(lines.next().unwrap_or_default(), row);
    }
    if left > 0 || first > 0 {
        let row = Rect { y: inner.bottom(), height: 1, ..inner };
        let hint = format!(" ↑ ↓ scroll · {left} more ");
        let hint = Line::styled(hint, ui.theme.style(Role::Faint)).right_aligned();
        frame.render_widget(hint, row.intersection(area));
    }
}

fn help_lines(ui: &UiState) -> Vec<Line<'static>> {
    let mut commands: Vec<Vec<&KeyBinding>> = Vec::new();
    for bind in &ui.keymap.bindings {
        match commands.iter_mut().find(|known| known.iter().any(|bound| bound.run == bind.run)) {
            Some(known) => known.push(bind),
            None => commands.push(vec![bind]),
        }
    }
    commands.iter().map(|binds| command_line(ui, binds)).collect()
}

/// Columns needed to show every key, as far as they stay readable.
fn column_count(lines: usize, area: Rect) -> usize {
    let rows = usize::from(area.height.saturating_sub(4)).max(1);
    lines.div_ceil(rows).clamp(1, usize::from(area.width / MIN_COLUMN_WIDTH).max(1))
}

/// One line per command with all its keys; keys that type letters in the prompt are marked.
fn command_line(ui: &UiState, binds: &[&KeyBinding]) -> Line<'static> {
    let names = |bind: &&KeyBinding| {
        let mark = if bind.context == KeyContext::Reading { "°" } else { "" };
        bind.on.iter().map(|name| format!("{}{mark}", display_key(name))).collect::<Vec<_>>()
    };
    let keys = binds.iter().flat_map(names).collect::<Vec<_>>().join(", ");
    let help = binds.first().map(|bind| bind.help.clone()).unwrap_or_default();
    Line::from(vec![
        Span::styled(format!(" {keys:<15} "), ui.theme.style(Role::Focus)),
        Span::styled(help, ui.theme.style(Role::Text)),
    ])
}
