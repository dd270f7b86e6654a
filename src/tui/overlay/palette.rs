//! The list of all actions: what each does, and its key.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{query, window};
use crate::app::State;
use crate::tui::desk::Desk;
use crate::tui::draw::counts;
use crate::tui::keys::{Command, Keymap, shown};
use crate::tui::palette::Palette;
use crate::tui::theme::{Role, Theme};

pub fn draw(desk: &Desk, frame: &mut Frame<'_>, area: Rect, palette: &Palette, state: &State) {
    let theme = &desk.theme;
    let inner = window(theme, frame, area, (66, 24), " Actions · Enter does it · Esc closes ");
    let mut rows = inner.rows();
    let Some(top) = rows.next() else { return };
    let count = match palette.found.len() {
        0 => "nothing fits".to_owned(),
        found => format!("{} of {found}", palette.chosen + 1),
    };
    frame.render_widget(query(theme, &palette.query, &count, top.width), top);
    let seen = usize::from(inner.height).saturating_sub(1).max(1);
    let first = palette.chosen.saturating_sub(seen - 1);
    let found = palette.found.iter().enumerate().skip(first);
    for ((number, command), row) in found.zip(rows) {
        let is_chosen = number == palette.chosen;
        let role = match (is_chosen, counts(*command, state)) {
            (true, _) => Role::Focus,
            (false, true) => Role::Text,
            (false, false) => Role::Faint,
        };
        let mark = if is_chosen { "▸ " } else { "  " };
        frame.render_widget(entry(theme, &desk.keys, *command, (mark, role), row.width), row);
    }
}

fn entry(
    theme: &Theme,
    keys: &Keymap,
    command: Command,
    (mark, role): (&'static str, Role),
    width: u16,
) -> Line<'static> {
    let binds = keys.binds.iter().filter(|bind| bind.run == command);
    let names = binds.flat_map(|bind| bind.on.iter().map(|name| shown(name)));
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
