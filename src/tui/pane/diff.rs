//! The changes of the game: side by side if there is room, or else unified.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::horizontal_scroll;
use crate::app::{DiffView, Session};
use crate::library::{ComparedLine, ComparisonRow, PageComparison};
use crate::tui::keymap::UiCommand;
use crate::tui::preview::display_line;
use crate::tui::theme::{Role, ScreenTheme};
use crate::tui::ui_state::UiState;
use crate::untrusted::Untrusted;

/// From this width on both pages fit side by side.
const SIDE_BY_SIDE_WIDTH: u16 = 90;

/// Draws the comparison of the game with another version.
pub fn draw(ui: &mut UiState, frame: &mut Frame<'_>, at: Rect, state: &Session) {
    let compared = state
        .diff
        .view
        .as_ref()
        .filter(|view| state.shown().is_some_and(|shown| shown.revision() == view.revision));
    let Some(found) = compared.and_then(|view| view.result.as_ref()?.as_ref().ok()) else {
        let text = empty_message(state, compared);
        return frame.render_widget(Line::styled(text, ui.theme.style(Role::Faint)), at);
    };
    let [top, below] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(at);
    frame.render_widget(headline(ui, found), top);
    let is_wide = below.width >= SIDE_BY_SIDE_WIDTH;
    let single = if is_wide { Vec::new() } else { unified_rows(&found.rows) };
    let rows = if is_wide { found.rows.len() } else { single.len() };
    ui.preview.page_rows = usize::from(below.height).max(1);
    ui.preview.cursor.rows = rows;
    ui.preview.cursor.change_rows =
        if is_wide { found.change_starts() } else { change_starts(&single) };
    ui.preview.cursor.row = ui.preview.cursor.row.min(rows.saturating_sub(ui.preview.page_rows));
    let first = ui.preview.cursor.row;
    let longest = found.rows.iter().skip(first).take(ui.preview.page_rows).map(row_bytes).max();
    ui.preview.cursor.column =
        ui.preview.cursor.column.min(longest.unwrap_or_default().saturating_sub(1));
    let renderer = DiffRenderer { theme: &ui.theme, column: ui.preview.cursor.column };
    if is_wide {
        renderer.draw_side_by_side(frame, below, &found.rows, first);
    } else {
        for (line, row) in single.iter().skip(first).zip(below.rows()) {
            frame.render_widget(renderer.unified_line(line, row.width), row);
        }
    }
}

fn empty_message(state: &Session, compared: Option<&DiffView>) -> String {
    match compared.and_then(|view| view.result.as_ref()) {
        Some(Err(why)) => why.to_string(),
        _ if compared.is_some() => "comparing".to_owned(),
        _ if state.is_busy() => "changes appear here when the game is ready".to_owned(),
        _ => "no game to compare".to_owned(),
    }
}

/// Names the two pages and counts the changed lines.
fn headline(ui: &UiState, found: &PageComparison) -> Line<'static> {
    let style = |role| ui.theme.style(role);
    let name = |name: &str| Untrusted::new(name).headline(40);
    let names = format!("{} → {}  ", name(&found.old), name(&found.new));
    let mut spans = vec![Span::styled(names, style(Role::Title))];
    if found.rows.is_empty() {
        spans.push(Span::styled("no differences", style(Role::Faint)));
    } else {
        spans.push(Span::styled(format!("+{} ", found.added), style(Role::Good)));
        spans.push(Span::styled(format!("-{}", found.removed), style(Role::Bad)));
    }
    let key = |command| ui.keymap.key_name(command, ui.view.focus);
    if let (Some(next), Some(other)) = (key(UiCommand::FindNext), key(UiCommand::Against)) {
        let hint = format!("   {next} next change · {other} another version");
        spans.push(Span::styled(hint, style(Role::Faint)));
    }
    Line::from(spans)
}

/// A row of the unified view.
enum UnifiedRow<'r> {
    Same(usize, &'r str),
    Old(&'r ComparedLine),
    New(&'r ComparedLine),
    Gap(usize),
}

/// The removed lines of each change, then its added ones.
fn unified_rows(rows: &[ComparisonRow]) -> Vec<UnifiedRow<'_>> {
    let mut single = Vec::new();
    let mut added = Vec::new();
    for row in rows {
        if let ComparisonRow::Changed { old, new } = row {
            single.extend(old.as_ref().map(UnifiedRow::Old));
            added.extend(new.as_ref().map(UnifiedRow::New));
            continue;
        }
        single.append(&mut added);
        single.push(match row {
            ComparisonRow::Same { new, text, .. } => UnifiedRow::Same(*new, text),
            ComparisonRow::Gap(lines) => UnifiedRow::Gap(*lines),
            ComparisonRow::Changed { .. } => continue,
        });
    }
    single.append(&mut added);
    single
}

/// The indices at which changes start.
fn change_starts(rows: &[UnifiedRow<'_>]) -> Vec<usize> {
    let is_changed = |row: &UnifiedRow<'_>| matches!(row, UnifiedRow::Old(_) | UnifiedRow::New(_));
    let rows: Vec<_> = rows.iter().map(is_changed).collect();
    let before = std::iter::once(&false).chain(&rows);
    let pairs = before.zip(&rows).enumerate();
    pairs.filter(|(_, (before, now))| !**before && **now).map(|(at, _)| at).collect()
}

/// The longest text of a row, in bytes.
fn row_bytes(row: &ComparisonRow) -> usize {
    match row {
        ComparisonRow::Same { text, .. } => text.len(),
        ComparisonRow::Changed { old, new } => {
            [old, new].into_iter().flatten().map(|half| half.text.len()).max().unwrap_or_default()
        }
        ComparisonRow::Gap(_) => 0,
    }
}

/// Columns before the text: a number and a sign.
const GUTTER: u16 = 8;

/// Draws rows from a column of their text on.
struct DiffRenderer<'t> {
    theme: &'t ScreenTheme,
    column: usize,
}

impl DiffRenderer<'_> {
    fn draw_side_by_side(
        &self,
        frame: &mut Frame<'_>,
        at: Rect,
        rows: &[ComparisonRow],
        first: usize,
    ) {
        let [left, rule, right] =
            Layout::horizontal([Constraint::Fill(1), Constraint::Length(1), Constraint::Fill(1)])
                .areas(at);
        let areas = left.rows().zip(rule.rows()).zip(right.rows());
        for (row, ((left, rule), right)) in rows.iter().skip(first).zip(areas) {
            frame.render_widget(Span::styled("│", self.theme.style(Role::Border)), rule);
            match row {
                ComparisonRow::Same { old, new, text } => {
                    frame.render_widget(self.plain_line(*old, text, left.width), left);
                    frame.render_widget(self.plain_line(*new, text, right.width), right);
                }
                ComparisonRow::Changed { old, new } => {
                    frame.render_widget(
                        self.half_line(old.as_ref(), left.width, ("-", Role::Bad)),
                        left,
                    );
                    frame.render_widget(
                        self.half_line(new.as_ref(), right.width, ("+", Role::Good)),
                        right,
                    );
                }
                ComparisonRow::Gap(lines) => {
                    frame.render_widget(self.gap_line(*lines), left);
                    frame.render_widget(self.gap_line(*lines), right);
                }
            }
        }
    }

    fn half_line(
        &self,
        half: Option<&ComparedLine>,
        width: u16,
        how: (&str, Role),
    ) -> Line<'static> {
        half.map(|half| self.changed_line(half, width, how)).unwrap_or_default()
    }

    fn unified_line(&self, row: &UnifiedRow<'_>, width: u16) -> Line<'static> {
        match row {
            UnifiedRow::Same(number, text) => self.plain_line(*number, text, width),
            UnifiedRow::Old(half) => self.changed_line(half, width, ("-", Role::Bad)),
            UnifiedRow::New(half) => self.changed_line(half, width, ("+", Role::Good)),
            UnifiedRow::Gap(lines) => self.gap_line(*lines),
        }
    }

    fn gap_line(&self, lines: usize) -> Line<'static> {
        let plural = if lines == 1 { "" } else { "s" };
        let text = format!("     ⋯ {lines} unchanged line{plural}");
        Line::styled(text, self.theme.style(Role::Faint))
    }

    fn plain_line(&self, number: usize, text: &str, width: u16) -> Line<'static> {
        let end = self.column + usize::from(width);
        let text: String = display_line(text).chars().take(end).collect();
        let number = Span::styled(format!("{number:>5}   "), self.theme.style(Role::Faint));
        self.numbered_line(number, vec![Span::styled(text, self.theme.style(Role::Text))], width)
    }

    /// A changed line; its changed words are underlined, because colour alone is not enough.
    fn changed_line(
        &self,
        half: &ComparedLine,
        width: u16,
        (sign, role): (&str, Role),
    ) -> Line<'static> {
        let style = self.theme.style(role);
        let number = Span::styled(format!("{:>5} {sign} ", half.number), style);
        let mut spans = Vec::new();
        let mut at = 0;
        let mut push = |range: Range<usize>, style| {
            let text = half.text.get(range).unwrap_or_default();
            spans.push(Span::styled(display_line(text), style));
        };
        for mark in &half.marks {
            push(at..mark.start, style);
            push(mark.clone(), style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED));
            at = mark.end;
        }
        push(at..half.text.len(), style);
        self.numbered_line(number, spans, width)
    }

    fn numbered_line(
        &self,
        number: Span<'static>,
        text: Vec<Span<'static>>,
        width: u16,
    ) -> Line<'static> {
        let width = usize::from(width.saturating_sub(GUTTER));
        let sign = self.theme.style(Role::Faint);
        let text = horizontal_scroll::visible_spans(text, self.column, width, sign);
        std::iter::once(number).chain(text).collect()
    }
}
