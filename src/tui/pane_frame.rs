//! The frame around a pane, which shows the focus.

use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType};

use super::focus::Pane;
use super::theme::{Role, ScreenTheme};

/// The frame of a pane: border, title and a marker show the focus.
pub(super) fn pane_block<'a>(
    theme: &ScreenTheme,
    pane: Pane,
    title: &str,
    focus: Pane,
) -> Block<'a> {
    let focused = pane == focus;
    let (mark, border, role) = if focused {
        ("▸", BorderType::Thick, Role::Focus)
    } else {
        (" ", BorderType::Plain, Role::Border)
    };
    let title_role = if focused { Role::Title } else { Role::Faint };
    Block::bordered()
        .border_type(border)
        .border_style(theme.style(role))
        .style(theme.style(Role::Text))
        .title(Line::styled(format!("{mark}{title} "), theme.style(title_role)))
}
