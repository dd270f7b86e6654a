//! What the game changed: both pages beside each other where there is room, else below.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::app::{Compared, State};
use crate::library::{Comparison, Half, Row};
use crate::tui::desk::Desk;
use crate::tui::keys::Command;
use crate::tui::preview::drawable;
use crate::tui::theme::{Role, Theme};
use crate::untrusted::Untrusted;

/// From this width on both pages fit beside each other.
const WIDE: u16 = 90;

pub fn draw(desk: &mut Desk, frame: &mut Frame<'_>, at: Rect, state: &State) {
    let compared =
        state.compared.as_ref().filter(|it| state.shown().is_some_and(|job| job.id == it.job));
    let Some(found) = compared.and_then(|it| it.result.as_ref()?.as_ref().ok()) else {
        let words = missing(state, compared);
        return frame.render_widget(Line::styled(words, desk.theme.style(Role::Faint)), at);
    };
    let [top, below] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(at);
    frame.render_widget(headline(desk, state, found), top);
    let is_wide = below.width >= WIDE;
    let rows = if is_wide { found.rows.len() } else { unified(&found.rows).len() };
    desk.page = usize::from(below.height).max(1);
    desk.reading.rows = rows;
    desk.reading.changes = if is_wide { found.changes() } else { changes(&found.rows) };
    desk.reading.row = desk.reading.row.min(rows.saturating_sub(desk.page));
    let first = desk.reading.row;
    if is_wide {
        beside(&desk.theme, frame, below, &found.rows, first);
    } else {
        for (line, row) in unified(&found.rows).into_iter().skip(first).zip(below.rows()) {
            frame.render_widget(one(&desk.theme, &line), row);
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
fn headline(desk: &Desk, state: &State, found: &Comparison) -> Line<'static> {
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

fn beside(theme: &Theme, frame: &mut Frame<'_>, at: Rect, rows: &[Row], first: usize) {
    let [left, rule, right] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(1), Constraint::Fill(1)])
            .areas(at);
    let areas = left.rows().zip(rule.rows()).zip(right.rows());
    for (row, ((left, rule), right)) in rows.iter().skip(first).zip(areas) {
        frame.render_widget(Span::styled("│", theme.style(Role::Border)), rule);
        match row {
            Row::Same { old, new, text } => {
                frame.render_widget(plain(theme, *old, text, left.width), left);
                frame.render_widget(plain(theme, *new, text, right.width), right);
            }
            Row::Changed { old, new } => {
                let half = |half: &Option<Half>, sign, role| {
                    half.as_ref().map(|half| changed(theme, half, sign, role)).unwrap_or_default()
                };
                frame.render_widget(half(old, "-", Role::Bad), left);
                frame.render_widget(half(new, "+", Role::Good), right);
            }
            Row::Gap(lines) => {
                frame.render_widget(gap(theme, *lines), left);
                frame.render_widget(gap(theme, *lines), right);
            }
        }
    }
}

/// A row of both pages as rows of one.
enum Single<'r> {
    Same(usize, &'r str),
    Old(&'r Half),
    New(&'r Half),
    Gap(usize),
}

/// All that was removed of a change, then all that was added.
fn unified(rows: &[Row]) -> Vec<Single<'_>> {
    let mut single = Vec::new();
    let mut added = Vec::new();
    for row in rows {
        if let Row::Changed { old, new } = row {
            single.extend(old.as_ref().map(Single::Old));
            added.extend(new.as_ref().map(Single::New));
            continue;
        }
        single.append(&mut added);
        single.push(match row {
            Row::Same { new, text, .. } => Single::Same(*new, text),
            Row::Gap(lines) => Single::Gap(*lines),
            Row::Changed { .. } => continue,
        });
    }
    single.append(&mut added);
    single
}

/// Where the changes begin among single rows.
fn changes(rows: &[Row]) -> Vec<usize> {
    let is_changed = |it: &Single<'_>| matches!(it, Single::Old(_) | Single::New(_));
    let rows: Vec<_> = unified(rows).iter().map(is_changed).collect();
    let before = std::iter::once(&false).chain(&rows);
    let pairs = before.zip(&rows).enumerate();
    pairs.filter(|(_, (before, now))| !**before && **now).map(|(at, _)| at).collect()
}

fn one(theme: &Theme, row: &Single<'_>) -> Line<'static> {
    match row {
        Single::Same(number, text) => plain(theme, *number, text, u16::MAX),
        Single::Old(half) => changed(theme, half, "-", Role::Bad),
        Single::New(half) => changed(theme, half, "+", Role::Good),
        Single::Gap(lines) => gap(theme, *lines),
    }
}

fn gap(theme: &Theme, lines: usize) -> Line<'static> {
    let plural = if lines == 1 { "" } else { "s" };
    Line::styled(format!("     ⋯ {lines} line{plural} the same"), theme.style(Role::Faint))
}

fn plain(theme: &Theme, number: usize, text: &str, width: u16) -> Line<'static> {
    let text: String = drawable(text).chars().take(usize::from(width)).collect();
    Line::from(vec![
        Span::styled(format!("{number:>5}   "), theme.style(Role::Faint)),
        Span::styled(text, theme.style(Role::Text)),
    ])
}

/// A changed line; the words that changed in it are underlined, for colour alone says too little.
fn changed(theme: &Theme, half: &Half, sign: &str, role: Role) -> Line<'static> {
    let style = theme.style(role);
    let mut spans = vec![Span::styled(format!("{:>5} {sign} ", half.number), style)];
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
    Line::from(spans)
}
