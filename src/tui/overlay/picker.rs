//! A list to choose from: the query on top, the matches below.

use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use super::{WindowPlace, draw_window_at, query_line};
use crate::app::picker::{Picker, PickerItem, PickerKind};
use crate::tui::mouse::ListArea;
use crate::tui::theme::{Role, ScreenTheme};
use crate::untrusted::Untrusted;

/// Draws a list over the screen, and returns where its lines are.
pub fn draw(theme: &ScreenTheme, frame: &mut Frame<'_>, area: Rect, picker: &Picker) -> ListArea {
    let title = picker_title(picker);
    let place = match picker.kind {
        PickerKind::Themes => WindowPlace::Left,
        _ => WindowPlace::Centre,
    };
    let size = list_size(picker, &title);
    let inner = draw_window_at(theme, frame, area, (size, place), &title);
    let lines =
        Rect { y: inner.y.saturating_add(1), height: inner.height.saturating_sub(1), ..inner };
    let mut rows = inner.rows();
    if let Some(top) = rows.next() {
        frame.render_widget(query_line(theme, &picker.query, &match_count(picker), top.width), top);
    }
    // Keeps the chosen line visible.
    let first = picker.chosen.saturating_sub(usize::from(lines.height).max(1) - 1);
    if let (Some(text), Some(row)) = (empty_text(picker), lines.rows().next()) {
        frame.render_widget(Line::styled(text, theme.style(Role::Faint)), row);
    }
    let items = picker.items.iter().flatten().enumerate().skip(first);
    for ((number, item), row) in items.zip(rows) {
        let marker =
            if number == picker.chosen { ("▸ ", Role::Focus) } else { ("  ", Role::Text) };
        frame.render_widget(item_line(theme, item, marker, usize::from(row.width)), row);
    }
    draw_note(theme, frame, lines, picker);
    ListArea { frame: inner.outer(Margin::new(1, 1)), lines, first }
}

/// Draws the words below the items, a row apart, as far as there is room.
fn draw_note(theme: &ScreenTheme, frame: &mut Frame<'_>, lines: Rect, picker: &Picker) {
    let Some(note) = &picker.note else { return };
    let used = u16::try_from(picker.items.iter().flatten().count() + 1).unwrap_or(u16::MAX);
    let height = lines.height.saturating_sub(used);
    let below = Rect { y: lines.y.saturating_add(used), height, ..lines };
    let note = Paragraph::new(note.as_str()).wrap(Wrap { trim: true });
    frame.render_widget(note.style(theme.style(Role::Faint)), below.inner(Margin::new(2, 0)));
}

/// Columns and rows of the window: as large as the list where that is known, so that it does not change
/// while words are typed.
fn list_size(picker: &Picker, title: &str) -> (u16, u16) {
    const MOST: (u16, u16) = (90, 24);
    const LEAST_COLUMNS: usize = 44;
    const LEAST_ROWS: u16 = 8;
    let Some(items) = picker.known_items() else {
        let items = picker.items.as_ref().map_or(0, Vec::len).max(picker.most_items);
        let rows = rows_for(items).saturating_add(note_rows(picker, MOST.0));
        return (MOST.0, rows.clamp(LEAST_ROWS, MOST.1));
    };
    let columns = |item: &PickerItem| {
        Line::from(item.label.as_str()).width() + Line::from(item.detail.as_str()).width() + 8
    };
    let longest = items.iter().map(columns).max().unwrap_or_default();
    let columns = longest.max(Line::from(title).width() + 4).max(LEAST_COLUMNS);
    let columns = u16::try_from(columns).unwrap_or(u16::MAX);
    (columns.min(MOST.0), rows_for(items.len()).min(MOST.1))
}

/// Rows of the words below the items and of the one above them, in a window of so many columns.
fn note_rows(picker: &Picker, columns: u16) -> u16 {
    let Some(note) = &picker.note else { return 0 };
    // The frame and both margins are eight columns; wrapping at words needs at most a quarter more.
    let rows = (Line::from(note.as_str()).width() * 5 / 4).div_ceil(usize::from(columns) - 8);
    u16::try_from(rows + 1).unwrap_or(u16::MAX)
}

/// The rows of a window with so many items: the frame and the query are three.
fn rows_for(items: usize) -> u16 {
    u16::try_from(items + 3).unwrap_or(u16::MAX)
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

/// What would fill a list that is empty. `None` if it is not, or if words were typed.
fn empty_text(picker: &Picker) -> Option<&'static str> {
    let is_empty = picker.query.is_empty() && picker.items.as_ref().is_some_and(Vec::is_empty);
    is_empty.then_some(match picker.kind {
        PickerKind::Prompts => "  No prompts yet: what you send stands here.",
        PickerKind::Games | PickerKind::DiffBase => {
            "  No games yet: each one that is made stands here, with its versions."
        }
        PickerKind::Models | PickerKind::Routes => "  No models: the server lists none.",
        PickerKind::Paths | PickerKind::Variants | PickerKind::Themes => "  Nothing to choose.",
    })
}

fn match_count(picker: &Picker) -> String {
    match &picker.items {
        None => "searching".to_owned(),
        Some(items) if items.is_empty() && picker.query.is_empty() => String::new(),
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
