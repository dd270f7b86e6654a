//! Every key, from the same table that handles them.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::window;
use crate::tui::desk::Desk;
use crate::tui::keys::{Bind, Where, shown};
use crate::tui::theme::Role;

/// The widest that a column is worth, and the narrowest that can be read.
const WIDEST: u16 = 60;
const NARROWEST: u16 = 48;

pub fn draw(desk: &mut Desk, frame: &mut Frame<'_>, area: Rect) {
    let lines = lines(desk);
    let columns = columns(lines.len(), area);
    let most = u16::try_from(columns).unwrap_or(1).saturating_mul(WIDEST);
    let tall = u16::try_from(lines.len().div_ceil(columns) + 2).unwrap_or(u16::MAX);
    let inner =
        window(&desk.theme, frame, area, (most, tall), " Keys · Esc closes · ° not in the prompt ");
    let rows = usize::from(inner.height).max(1);
    desk.help_row = desk.help_row.min(lines.len().saturating_sub(rows * columns));
    let first = desk.help_row;
    let left = lines.len().saturating_sub(first + rows * columns);
    let places = Layout::horizontal(vec![Constraint::Fill(1); columns]).split(inner);
    let mut lines = lines.into_iter().skip(first);
    for row in places.iter().flat_map(|place| place.rows()) {
        frame.render_widget(lines.next().unwrap_or_default(), row);
    }
    if left > 0 || first > 0 {
        let row = Rect { y: inner.bottom(), height: 1, ..inner };
        let hint = format!(" ↑ ↓ scroll · {left} more ");
        let hint = Line::styled(hint, desk.theme.style(Role::Faint)).right_aligned();
        frame.render_widget(hint, row.intersection(area));
    }
}

fn lines(desk: &Desk) -> Vec<Line<'static>> {
    let mut commands: Vec<Vec<&Bind>> = Vec::new();
    for bind in &desk.keys.binds {
        match commands.iter_mut().find(|known| known.iter().any(|it| it.run == bind.run)) {
            Some(known) => known.push(bind),
            None => commands.push(vec![bind]),
        }
    }
    commands.iter().map(|binds| entry(desk, binds)).collect()
}

/// How many columns there have to be, so that every key is in sight: as far as they can be read.
fn columns(lines: usize, area: Rect) -> usize {
    let rows = usize::from(area.height.saturating_sub(4)).max(1);
    lines.div_ceil(rows).clamp(1, usize::from(area.width / NARROWEST).max(1))
}

/// One line a command, with all its keys; those that are letters in the prompt are marked.
fn entry(desk: &Desk, binds: &[&Bind]) -> Line<'static> {
    let names = |bind: &&Bind| {
        let mark = if bind.place == Where::Reading { "°" } else { "" };
        bind.on.iter().map(|name| format!("{}{mark}", shown(name))).collect::<Vec<_>>()
    };
    let keys = binds.iter().flat_map(names).collect::<Vec<_>>().join(", ");
    let help = binds.first().map(|bind| bind.help.clone()).unwrap_or_default();
    Line::from(vec![
        Span::styled(format!(" {keys:<16}"), desk.theme.style(Role::Focus)),
        Span::styled(help, desk.theme.style(Role::Text)),
    ])
}
