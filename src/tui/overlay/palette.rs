//! The command palette: what each command does, and its keys.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{draw_window, query_line};
use crate::app::Session;
use crate::tui::command_palette::CommandPalette;
use crate::tui::draw::is_available;
use crate::tui::keymap::{Keymap, UiCommand, display_key};
use crate::tui::theme::{Role, ScreenTheme};
use crate::tui::ui_state::UiState;

/// Draws the command palette over the screen.
pub fn draw(
    ui: &UiState,
    frame: &mut Frame<'_>,
    area: Rect,
    palette: &CommandPalette,
    state: &Session,
) {
    let theme = &ui.theme;
    let inner = draw_window(theme, frame, area, (66, 24), " Actions · Enter runs · Esc closes ");
    let mut rows = inner.rows();
    let Some(top) = rows.next() else { return };
    let count = match palette.matches.len() {
        0 => "no matches".to_owned(),
        found => format!("{} of {found}", palette.chosen + 1),
    };
    frame.render_widget(query_line(theme, &palette.query, &count, top.width), top);
    let visible = usize::from(inner.height).saturating_sub(1).max(1);
    let first = palette.chosen.saturating_sub(visible - 1);
    let found = palette.matches.iter().enumerate().skip(first);
    for ((number, command), row) in found.zip(rows) {
        let is_chosen = number == palette.chosen;
        let role = match (is_chosen, is_available(*command, ui.view, state)) {
            (true, _) => Role::Focus,
            (false, true) => Role::Text,
            (false, false) => Role::Faint,
        };
        let mark = if is_chosen { "▸ " } else { "  " };
        frame
            .render_widget(command_line(theme, &ui.keymap, *command, (mark, role), row.width), row);
    }
}

fn command_line(
    theme: &ScreenTheme,
    keys: &Keymap,
    command: UiCommand,
    (mark, role): (&'static str, Role),
    width: u16,
) -> Line<'static> {
    let binds = keys.bindings.iter().filter(|bind| bind.run == command);
    let names = binds.flat_map(|bind| bind.on.iter().map(|name| display_key(name)));
    let names = names.collect::<Vec<_>>().join("  ");
    let help = keys.commands().find(|(known, _)| *known == command).map_or("", |(_, help)| help);
    let used = mark.chars().count() + help.chars().count() + names.chars().count() + 1;
    let gap = " ".repeat(usize::from(width).saturating_sub(used).max(1));
    Line::from(vec![
        Span::styled(mark, theme.style(role)),
        Span::styled(help.to_owned(), theme.style(role)),
        Span::styled(format!("{gap}{names}"), theme.style(Role::Faint)),
    ])
}
