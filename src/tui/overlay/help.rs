//! Every key, from the same table that handles them.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::window;
use crate::tui::desk::Desk;
use crate::tui::keys::{Bind, Where, shown};
use crate::tui::theme::Role;

pub fn draw(desk: &mut Desk, frame: &mut Frame<'_>, area: Rect) {
    let keys = desk.keys.clone();
    let mut commands: Vec<Vec<&Bind>> = Vec::new();
    for bind in &keys.binds {
        match commands.iter_mut().find(|known| known.iter().any(|it| it.run == bind.run)) {
            Some(known) => known.push(bind),
            None => commands.push(vec![bind]),
        }
    }
    let lines: Vec<_> = commands.iter().map(|binds| entry(desk, binds)).collect();
    let tall = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let inner = window(&desk.theme, frame, area, (72, tall), " Keys · Esc closes ");
    let seen = usize::from(inner.height);
    desk.help_row = desk.help_row.min(lines.len().saturating_sub(seen));
    let first = desk.help_row;
    let left = lines.len().saturating_sub(first + seen);
    for (line, row) in lines.into_iter().skip(first).zip(inner.rows()) {
        frame.render_widget(line, row);
    }
    if left > 0 || first > 0 {
        let hint = format!(" ↑ ↓ scroll · {left} more ");
        let row = Rect { y: inner.bottom(), height: 1, ..inner };
        let hint = Line::styled(hint, desk.theme.style(Role::Faint)).right_aligned();
        frame.render_widget(hint, row.intersection(area));
    }
}

/// One line a command, with all its keys.
fn entry(desk: &Desk, binds: &[&Bind]) -> Line<'static> {
    let names = |bind: &&Bind| bind.on.iter().map(|name| shown(name)).collect::<Vec<_>>();
    let keys = binds.iter().flat_map(names).collect::<Vec<_>>().join(", ");
    let is_apart = |bind: &&&Bind| bind.place == Where::Reading;
    let apart: Vec<_> = binds.iter().filter(is_apart).flat_map(names).collect();
    let place = match apart.as_slice() {
        [] => String::new(),
        _ if apart.join(", ") == keys => " (status, preview)".to_owned(),
        apart => format!(" ({}: status, preview)", apart.join(", ")),
    };
    let help = binds.first().map(|bind| bind.help.clone()).unwrap_or_default();
    Line::from(vec![
        Span::styled(format!(" {keys:<16}"), desk.theme.style(Role::Focus)),
        Span::styled(help, desk.theme.style(Role::Text)),
        Span::styled(place, desk.theme.style(Role::Faint)),
    ])
}
