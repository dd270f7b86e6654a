//! A list to choose from: the words on top, what fits below.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear};

use crate::app::picker::{Item, Picker, Stock};
use crate::tui::mouse::ListSpot;
use crate::tui::theme::{Role, Theme};
use crate::untrusted::Untrusted;

pub fn draw(theme: &Theme, frame: &mut Frame<'_>, area: Rect, picker: &Picker) -> ListSpot {
    let width = area.width.saturating_sub(4).min(90);
    let height = area.height.saturating_sub(2).min(24);
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
        .title(Line::styled(title(picker.stock), theme.style(Role::Title)));
    let inner = block.inner(at);
    frame.render_widget(Clear, at);
    frame.render_widget(block, at);
    let lines =
        Rect { y: inner.y.saturating_add(1), height: inner.height.saturating_sub(1), ..inner };
    let mut rows = inner.rows();
    if let Some(top) = rows.next() {
        frame.render_widget(words(theme, picker, usize::from(top.width)), top);
    }
    let seen = usize::from(lines.height).max(1);
    // The chosen line stays in sight.
    let first = picker.chosen.saturating_sub(seen - 1);
    let items = picker.items.iter().flatten().enumerate().skip(first);
    for ((number, item), row) in items.zip(rows) {
        let look = if number == picker.chosen { ("▸ ", Role::Focus) } else { ("  ", Role::Text) };
        frame.render_widget(entry(theme, item, look, usize::from(row.width)), row);
    }
    ListSpot { frame: at, lines, first }
}

fn title(stock: Stock) -> &'static str {
    match stock {
        Stock::Prompts => " Earlier prompts · Enter takes · Esc closes ",
        Stock::Games => " Library · Enter opens · Esc closes ",
        Stock::Themes => " Themes of the screen · Enter takes · Esc leaves it as it was ",
    }
}

fn words(theme: &Theme, picker: &Picker, width: usize) -> Line<'static> {
    let count = match &picker.items {
        None => "looking".to_owned(),
        Some(items) if items.is_empty() => "nothing fits".to_owned(),
        Some(items) => format!("{} of {}", picker.chosen + 1, items.len()),
    };
    let room = width.saturating_sub(count.len() + 4);
    let query = Untrusted::new(&picker.query).headline(room);
    let used = 2 + query.chars().count() + 1;
    let gap = " ".repeat(width.saturating_sub(used + count.len()));
    Line::from(vec![
        Span::styled("/ ", theme.style(Role::Focus)),
        Span::styled(query, theme.style(Role::Text)),
        Span::styled("▏", theme.style(Role::Focus)),
        Span::styled(format!("{gap}{count}"), theme.style(Role::Faint)),
    ])
}

fn entry(
    theme: &Theme,
    item: &Item,
    (mark, role): (&'static str, Role),
    width: usize,
) -> Line<'static> {
    let label = Untrusted::new(&item.label).headline(width.saturating_sub(2));
    let room = width.saturating_sub(4 + label.chars().count());
    let detail = Untrusted::new(&item.detail).headline(room);
    Line::from(vec![
        Span::styled(mark, theme.style(role)),
        Span::styled(label, theme.style(role)),
        Span::styled(format!("  {detail}"), theme.style(Role::Faint)),
    ])
}
