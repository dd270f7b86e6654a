//! Every key, from the same table that handles them.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

use crate::tui::desk::Desk;
use crate::tui::keys::{Bind, Where, shown};
use crate::tui::theme::Role;

/// The widest that a column is worth, and the narrowest that can be read.
const WIDEST: u16 = 60;
const NARROWEST: u16 = 38;

pub fn draw(desk: &Desk, frame: &mut Frame<'_>, area: Rect) {
    let theme = &desk.theme;
    let mut commands: Vec<Vec<&Bind>> = Vec::new();
    for bind in &desk.keys.binds {
        match commands.iter_mut().find(|known| known.iter().any(|it| it.run == bind.run)) {
            Some(known) => known.push(bind),
            None => commands.push(vec![bind]),
        }
    }
    let lines: Vec<_> = commands.iter().map(|binds| entry(desk, binds)).collect();
    let columns = columns(lines.len(), area);
    let rows = lines.len().div_ceil(columns);
    let height = u16::try_from(rows + 2).unwrap_or(u16::MAX).min(area.height);
    let most = u16::try_from(columns).unwrap_or(1).saturating_mul(WIDEST);
    let width = most.min(area.width);
    let at = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    let block = Block::bordered()
        .border_type(BorderType::Thick)
        .border_style(theme.style(Role::Focus))
        .style(theme.style(Role::Text))
        .title(Line::styled(" Keys · Esc closes ", theme.style(Role::Title)));
    let inner = block.inner(at);
    frame.render_widget(Clear, at);
    frame.render_widget(block, at);
    let places = Layout::horizontal(vec![Constraint::Fill(1); columns]).split(inner);
    for (lines, place) in lines.chunks(rows.max(1)).zip(places.iter()) {
        frame.render_widget(Paragraph::new(lines.to_vec()), *place);
    }
}

/// How many columns there have to be, so that every key is in sight: as far as they can be read.
fn columns(lines: usize, area: Rect) -> usize {
    let rows = usize::from(area.height.saturating_sub(2)).max(1);
    lines.div_ceil(rows).clamp(1, usize::from(area.width / NARROWEST).max(1))
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
