//! What the game changed: both pages beside each other where there is room, else below.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::sideways;
use crate::app::{Compared, State};
use crate::library::{ComparedLine, ComparisonRow, PageComparison};
use crate::tui::desk::Desk;
use crate::tui::keys::Command;
use crate::tui::preview::drawable;
use crate::tui::theme::{Role, Theme};
use crate::untrusted::Untrusted;

/// From this width on both pages fit beside each other.
const WIDE: u16 = 90;

pub fn draw(desk: &mut Desk, frame: &mut Frame<'_>, at: Rect, state: &State) {
    let compared = state
        .compared
        .as_ref()
        .filter(|it| state.shown().is_some_and(|job| job.revision() == it.job));
    let Some(found) = compared.and_then(|it| it.result.as_ref()?.as_ref().ok()) else {
        let words = missing(state, compared);
        return frame.render_widget(Line::styled(words, desk.theme.style(Role::Faint)), at);
    };
    let [top, below] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(at);
    frame.render_widget(headline(desk, state, found), top);
    let is_wide = below.width >= WIDE;
    let single = if is_wide { Vec::new() } else { unified(&found.rows) };
    let rows = if is_wide { found.rows.len() } else { single.len() };
    desk.page = usize::from(below.height).max(1);
    desk.reading.rows = rows;
    desk.reading.changes = if is_wide { found.change_starts() } else { changes(&single) };
    desk.reading.row = desk.reading.row.min(rows.saturating_sub(desk.page));
    let first = desk.reading.row;
    let longest = found.rows.iter().skip(first).take(desk.page).map(length).max();
    desk.reading.column = desk.reading.column.min(longest.unwrap_or_default().saturating_sub(1));
    let sheet = Sheet { theme: &desk.theme, column: desk.reading.column };
    if is_wide {
        sheet.beside(frame, below, &found.rows, first);
    } else {
        for (line, row) in single.iter().skip(first).zip(below.rows()) {
            frame.render_widget(sheet.one(line, row.width), row);
        }
    }
}

fn missing(state: &State, compared: Option<&Compared>) -> String {
    match compared.and_then(|it| it.result.as_ref()) {
        Some(Err(why)) => why.to_string(),
        _ if compared.is_some() => "comparing".to_owned(),
        _ if state.is_busy() => "what changes appears here when the game is there".to_owned(),
        _ => "there is no game to compare".to_owned(),
    }
}

/// Which two pages these are, and how much is different.
fn headline(desk: &Desk, state: &State, found: &PageComparison) -> Line<'static> {
    let style = |role| desk.theme.style(role);
    let name = |name: &str| Untrusted::new(name).headline(40);
    let names = format!("{} → {}  ", name(&found.old), name(&found.new));
    let mut spans = vec![Span::styled(names, style(Role::Title))];
    if found.rows.is_empty() {
        spans.push(Span::styled("the same", style(Role::Faint)));
    } else {
        spans.push(Span::styled(format!("+{} ", found.added), style(Role::Good)));
        spans.push(Span::styled(format!("-{}", found.removed), style(Role::Bad)));
    }
    let key = |command| desk.keys.name_of(command, state.view.focus);
    if let (Some(next), Some(other)) = (key(Command::FindNext), key(Command::Against)) {
        let hint = format!("   {next} next change · {other} another version");
        spans.push(Span::styled(hint, style(Role::Faint)));
    }
    Line::from(spans)
}

/// A row of both pages as rows of one.
enum Single<'r> {
    Same(usize, &'r str),
    Old(&'r ComparedLine),
    New(&'r ComparedLine),
    Gap(usize),
}

/// All that was removed of a change, then all that was added.
fn unified(rows: &[ComparisonRow]) -> Vec<Single<'_>> {
    let mut single = Vec::new();
    let mut added = Vec::new();
    for row in rows {
        if let ComparisonRow::Changed { old, new } = row {
            single.extend(old.as_ref().map(Single::Old));
            added.extend(new.as_ref().map(Single::New));
            continue;
        }
        single.append(&mut added);
        single.push(match row {
            ComparisonRow::Same { new, text, .. } => Single::Same(*new, text),
            ComparisonRow::Gap(lines) => Single::Gap(*lines),
            ComparisonRow::Changed { .. } => continue,
        });
    }
    single.append(&mut added);
    single
}

/// Where the changes begin among single rows.
fn changes(rows: &[Single<'_>]) -> Vec<usize> {
    let is_changed = |it: &Single<'_>| matches!(it, Single::Old(_) | Single::New(_));
    let rows: Vec<_> = rows.iter().map(is_changed).collect();
    let before = std::iter::once(&false).chain(&rows);
    let pairs = before.zip(&rows).enumerate();
    pairs.filter(|(_, (before, now))| !**before && **now).map(|(at, _)| at).collect()
}

/// The longest text of a row, in bytes.
fn length(row: &ComparisonRow) -> usize {
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

/// How rows are drawn, and from which column of their text on.
struct Sheet<'t> {
    theme: &'t Theme,
    column: usize,
}

impl Sheet<'_> {
    fn beside(&self, frame: &mut Frame<'_>, at: Rect, rows: &[ComparisonRow], first: usize) {
        let [left, rule, right] =
            Layout::horizontal([Constraint::Fill(1), Constraint::Length(1), Constraint::Fill(1)])
                .areas(at);
        let areas = left.rows().zip(rule.rows()).zip(right.rows());
        for (row, ((left, rule), right)) in rows.iter().skip(first).zip(areas) {
            frame.render_widget(Span::styled("│", self.theme.style(Role::Border)), rule);
            match row {
                ComparisonRow::Same { old, new, text } => {
                    frame.render_widget(self.plain(*old, text, left.width), left);
                    frame.render_widget(self.plain(*new, text, right.width), right);
                }
                ComparisonRow::Changed { old, new } => {
                    frame
                        .render_widget(self.half(old.as_ref(), left.width, ("-", Role::Bad)), left);
                    frame.render_widget(
                        self.half(new.as_ref(), right.width, ("+", Role::Good)),
                        right,
                    );
                }
                ComparisonRow::Gap(lines) => {
                    frame.render_widget(self.gap(*lines), left);
                    frame.render_widget(self.gap(*lines), right);
                }
            }
        }
    }

    fn half(&self, half: Option<&ComparedLine>, width: u16, how: (&str, Role)) -> Line<'static> {
        half.map(|half| self.changed(half, width, how)).unwrap_or_default()
    }

    fn one(&self, row: &Single<'_>, width: u16) -> Line<'static> {
        match row {
            Single::Same(number, text) => self.plain(*number, text, width),
            Single::Old(half) => self.changed(half, width, ("-", Role::Bad)),
            Single::New(half) => self.changed(half, width, ("+", Role::Good)),
            Single::Gap(lines) => self.gap(*lines),
        }
    }

    fn gap(&self, lines: usize) -> Line<'static> {
        let plural = if lines == 1 { "" } else { "s" };
        let text = format!("     ⋯ {lines} line{plural} the same");
        Line::styled(text, self.theme.style(Role::Faint))
    }

    fn plain(&self, number: usize, text: &str, width: u16) -> Line<'static> {
        let most = self.column + usize::from(width);
        let text: String = drawable(text).chars().take(most).collect();
        let number = Span::styled(format!("{number:>5}   "), self.theme.style(Role::Faint));
        self.line(number, vec![Span::styled(text, self.theme.style(Role::Text))], width)
    }

    /// A changed line; the words that changed in it are underlined, for colour alone says too
    /// little.
    fn changed(
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
            spans.push(Span::styled(drawable(text), style));
        };
        for mark in &half.marks {
            push(at..mark.start, style);
            push(mark.clone(), style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED));
            at = mark.end;
        }
        push(at..half.text.len(), style);
        self.line(number, spans, width)
    }

    fn line(&self, number: Span<'static>, text: Vec<Span<'static>>, width: u16) -> Line<'static> {
        let width = usize::from(width.saturating_sub(GUTTER));
        let sign = self.theme.style(Role::Faint);
        let text = sideways::window(text, self.column, width, sign);
        std::iter::once(number).chain(text).collect()
    }
}
