//! Every key, from the same table that handles them.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

use crate::tui::desk::Desk;
use crate::tui::keys::{Where, shown};
use crate::tui::theme::Role;

pub fn draw(desk: &Desk, frame: &mut Frame<'_>, area: Rect) {
    let theme = &desk.theme;
    let lines: Vec<_> = desk.keys.binds.iter().map(|bind| entry(desk, bind)).collect();
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(area.height);
    let width = 60.min(area.width);
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
    frame.render_widget(Clear, at);
    frame.render_widget(Paragraph::new(lines).block(block), at);
}

fn entry(desk: &Desk, bind: &crate::tui::keys::Bind) -> Line<'static> {
    let keys = bind.on.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ");
    let place = match bind.place {
        Where::Any => "",
        Where::Prompt => " (prompt)",
        Where::Reading => " (status, preview)",
    };
    Line::from(vec![
        Span::styled(format!(" {keys:<16}"), desk.theme.style(Role::Focus)),
        Span::styled(bind.help.clone(), desk.theme.style(Role::Text)),
        Span::styled(place, desk.theme.style(Role::Faint)),
    ])
}
