//! A list to choose from: the query on top, the matches below.

use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};

use super::{draw_window, query_line};
use crate::app::picker::{Picker, PickerItem, PickerKind};
use crate::tui::mouse::ListArea;
use crate::tui::theme::{Role, ScreenTheme};
use crate::untrusted::Untrusted;

/// Draws a list over the screen, and returns where its lines are.
pub fn draw(theme: &ScreenTheme, frame: &mut Frame<'_>, area: Rect, picker: &Picker) -> ListArea {
    let inner = draw_window(theme, frame, area, (90, 24), &picker_title(picker));
    let lines =
        Rect { y: inner.y.saturating_add(1), height: inner.height.saturating_sub(1), ..inner };
    let mut rows = inner.rows();
    if let Some(top) = rows.next() {
        frame.render_widget(query_line(theme, &picker.query, &match_count(picker), top.width), top);
    }
    // Keeps the chosen line visible.
    let first = picker.chosen.saturating_sub(usize::from(lines.height).max(1) - 1);
    let items = picker.items.iter().flatten().enumerate().skip(first);
    for ((number, item), row) in items.zip(rows) {
        let marker =
            if number == picker.chosen { ("▸ ", Role::Focus) } else { ("  ", Role::Text) };
        frame.render_widget(item_line(theme, item, marker, usize::from(row.width)), row);
    }
    ListArea { frame: inner.outer(Margin::new(1, 1)), lines, first }
}

fn picker_title(picker: &Picker) -> String {
    match picker.kind {
        PickerKind::Prompts => " Earlier prompts · Enter selects · Esc closes ".to_owned(),
        PickerKind::Games => {
            " Library · Enter opens · Alt+U undo · Alt+X export · Esc closes ".to_owned()
        }
        PickerKind::Themes => " Screen themes · Enter applies · Esc cancels ".to_owned(),
        PickerKind::DiffBase => " Compare with · Enter selects · Esc closes ".to_owned(),
        PickerKind::Variants => " Variants of this prompt · Enter starts · Esc closes ".to_owned(),
        PickerKind::Paths => " Save as · Tab completes · Enter saves · Esc closes ".to_owned(),
        PickerKind::Models => " Models · Enter chooses · Esc closes ".to_owned(),
        PickerKind::Routes => {
            let model = Untrusted::new(picker.model.as_deref().unwrap_or_default()).headline(50);
            format!(" {model} · Enter selects · Esc goes back ")
        }
    }
}

fn match_count(picker: &Picker) -> String {
    match &picker.items {
        None => "searching".to_owned(),
        Some(items) if items.is_empty() => "no matches".to_owned(),
        Some(items) => format!("{} of {}", picker.chosen + 1, items.len()),
    }
}

fn item_line(
    theme: &ScreenTheme,
    item: &PickerItem,
    (mark, role): (&'static str, Role),
    width: usize,
) -> Line<'static> {
    let label = Untrusted::new(&item.label).headline(width.saturating_sub(2));
    let detail_width = width.saturating_sub(4 + label.chars().count());
    let detail = Untrusted::new(&item.detail).headline(detail_width);
    Line::from(vec![
        Span::styled(mark, theme.style(role)),
        Span::styled(label, theme.style(role)),
        Span::styled(format!("  {detail}"), theme.style(Role::Faint)),
    ])
}
