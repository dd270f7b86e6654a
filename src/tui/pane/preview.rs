//! The code as it arrives, and what the checks say of it.

use std::ops::Range;
use std::time::Instant;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::{diff, findings, play, sideways, tabs, variants};
use crate::app::{Engine, Failure, Job, Pane, Phase, State, Tab};
use crate::rules::{Finding, State as Found};
use crate::tui::desk::Desk;
use crate::tui::frame::frame_of;
use crate::tui::mouse::CodeSpot;
use crate::tui::preview::Line as CodeLine;
use crate::tui::search::Search;
use crate::tui::selection;
use crate::tui::theme::{Code, Role, Theme};
use crate::untrusted::Untrusted;

/// At most so many letters a column are drawn.
const LETTERS: usize = 8;

pub fn draw(desk: &mut Desk, frame: &mut Frame<'_>, at: Rect, state: &State, now: Instant) {
    let title = title(desk, state);
    let tabs = tabs::tabs(desk, state);
    desk.spots.note_tabs(&tabs, at.x + 1, at.bottom().saturating_sub(1));
    let block = frame_of(&desk.theme, Pane::Preview, &title, state.view.focus).title_bottom(tabs);
    let inner = block.inner(at);
    frame.render_widget(block, at);
    let inner = variants::draw(desk, frame, inner, state, now);
    match state.view.tab {
        Tab::Code => draw_page(desk, frame, inner, state),
        Tab::Findings => findings::draw(desk, frame, inner, state),
        Tab::Diff => diff::draw(desk, frame, inner, state),
        Tab::Play => play::draw(desk, frame, inner, state),
    }
}

/// The code, below it the verdict of the checks or what is searched for.
fn draw_page(desk: &mut Desk, frame: &mut Frame<'_>, inner: Rect, state: &State) {
    let Some(job) = state.shown() else { return empty(desk, frame, inner) };
    let verdict = match &desk.reading.search {
        Some(search) => vec![searched(desk, search)],
        None => verdict(desk, job, inner.width),
    };
    let rows = u16::try_from(verdict.len()).unwrap_or(u16::MAX).min(inner.height / 2);
    let [code, below] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(rows)]).areas(inner);
    let digits = desk.preview.count().max(1).ilog10() as usize + 1;
    desk.bring_in_sight(usize::from(code.width).saturating_sub(digits + 1));
    let spot = draw_code(desk, frame, code, (job, digits));
    desk.reading.column = spot.column;
    desk.spots.code = Some(spot);
    for (line, row) in verdict.into_iter().zip(below.rows()) {
        frame.render_widget(line, row);
    }
}

fn title(desk: &Desk, state: &State) -> String {
    let name = Pane::Preview.title();
    let Some(job) = state.shown() else { return name.to_owned() };
    let lines = desk.preview.count();
    let what = match &job.result {
        Some(Ok(game)) => game.title.clone(),
        Some(Err(_)) => "no game".to_owned(),
        None if job.engine == Engine::Offline => "composed".to_owned(),
        None => "reply".to_owned(),
    };
    let plural = if lines == 1 { "" } else { "s" };
    let follows =
        if desk.preview.left_at.is_some() && !job.is_done() { " · End follows" } else { "" };
    format!("{name} · {what} · {lines} line{plural}{follows}")
}

fn empty(desk: &Desk, frame: &mut Frame<'_>, at: Rect) {
    let hint = Line::styled("the game's code appears here", desk.theme.style(Role::Faint));
    frame.render_widget(hint, at);
}

fn draw_code(
    desk: &Desk,
    frame: &mut Frame<'_>,
    at: Rect,
    (job, digits): (&Job, usize),
) -> CodeSpot {
    let preview = &desk.preview;
    let first = preview.first_visible(usize::from(at.height));
    let tail = CodeLine { text: preview.tail.clone(), paint: Vec::new() };
    let visible = preview.lines.iter().chain(std::iter::once(&tail)).take(preview.count());
    let visible = || visible.clone().enumerate().skip(first).zip(at.rows());
    let longest = visible().map(|((_, line), _)| line.text.len()).max();
    let column = desk.reading.column.min(longest.unwrap_or_default().saturating_sub(1));
    for ((index, line), row) in visible() {
        let number = index + 1;
        let found = preview.places.iter().zip(job.findings());
        let mark = found.filter(|(at, _)| at.line == number).map(|(_, found)| found.state).next();
        let mut spans = vec![gutter(&desk.theme, number, digits, mark)];
        let width = usize::from(at.width).saturating_sub(digits + 1);
        let code = code(&desk.theme, line, column + width);
        let code = turned(desk, index, line).iter().fold(code, selection::mark);
        spans.extend(sideways::window(code, column, width, desk.theme.style(Role::Faint)));
        if desk.reading.landed == Some(number) {
            spans
                .iter_mut()
                .take(1)
                .for_each(|span| span.style = span.style.add_modifier(Modifier::REVERSED));
        }
        frame.render_widget(Line::from(spans), row);
    }
    CodeSpot { area: at, first, gutter: u16::try_from(digits + 1).unwrap_or_default(), column }
}

/// The characters of a line that are selected or searched for.
fn turned(desk: &Desk, index: usize, line: &CodeLine) -> Vec<Range<usize>> {
    let selected = desk.preview.selection.and_then(|selection| selection.in_line(index));
    let letters = |at: usize| line.text.get(..at).map_or(0, |before| before.chars().count());
    let found = desk.reading.search.iter().flat_map(|search| search.places(&line.text));
    found.map(|place| letters(place.start)..letters(place.end)).chain(selected).collect()
}

fn gutter(theme: &Theme, number: usize, digits: usize, mark: Option<Found>) -> Span<'static> {
    let (sign, role) = match mark {
        Some(Found::Open) => ("▌", Role::Bad),
        Some(Found::Repaired) => ("▌", Role::Wait),
        None => (" ", Role::Faint),
    };
    Span::styled(format!("{number:>digits$}{sign}"), theme.style(role))
}

/// The line in its colours; no more of it than can fit, however long it is.
fn code<'l>(theme: &Theme, line: &'l CodeLine, width: usize) -> Vec<Span<'l>> {
    // Signs that are put together of several letters take less than a column each.
    let letters = width.saturating_mul(LETTERS);
    let end = line.text.char_indices().nth(letters).map_or(line.text.len(), |(at, _)| at);
    let painted = line.paint.last().map_or(0, |(_, range)| range.end);
    let rest = (Code::Plain, painted..line.text.len());
    let runs = line.paint.iter().chain(std::iter::once(&rest)).filter_map(|(code, range)| {
        let text = line.text.get(range.start..range.end.min(end))?;
        (!text.is_empty()).then(|| Span::styled(text, theme.style(Role::Code(*code))))
    });
    runs.collect()
}

/// The words that are searched for, and which of how many lines this is.
fn searched(desk: &Desk, search: &Search) -> Line<'static> {
    let line = desk.reading.landed.map(|line| line - 1);
    let (at, all) = search.count(&desk.preview, line);
    let count = match (all, line) {
        _ if search.query.is_empty() => "type what to search for · Esc closes".to_owned(),
        (0, _) => "nothing fits".to_owned(),
        (all, Some(_)) => format!("{} of {all} lines", at + 1),
        (all, None) => format!("{all} lines"),
    };
    let cursor = if search.is_typed { "" } else { "▏" };
    let words = Untrusted::new(&search.query).headline(60);
    Line::from(vec![
        Span::styled(format!("/{words}{cursor}"), desk.theme.style(Role::Focus)),
        Span::styled(format!("  {count}"), desk.theme.style(Role::Faint)),
    ])
}

/// One line of verdict, then the findings, open ones first.
fn verdict(desk: &Desk, job: &Job, width: u16) -> Vec<Line<'static>> {
    let theme = &desk.theme;
    let (text, role) = match (&job.phase, &job.result) {
        (Phase::Checking, _) => ("◐ checking".to_owned(), Role::Wait),
        (_, Some(Ok(_))) => (passed(job.findings()), Role::Good),
        (Phase::Done, Some(Err(Failure::Refused(_)))) => (refused(job.findings()), Role::Bad),
        (Phase::Done, Some(Err(failure))) => (format!("✗ {}", failure.message()), Role::Bad),
        _ => return Vec::new(),
    };
    let mut lines = vec![rule(theme, width), Line::styled(text, theme.style(role))];
    let mut findings: Vec<_> = desk.preview.places.iter().zip(job.findings()).collect();
    findings.sort_by_key(|(_, found)| found.state == Found::Repaired);
    for (at, found) in findings {
        let (mark, role) = match found.state {
            Found::Open => ("✗", Role::Bad),
            Found::Repaired => ("✓", Role::Faint),
        };
        let text = format!("{mark} {}:{} {} {}", at.line, at.column, found.rule, found.why);
        lines.push(Line::styled(text, theme.style(role)));
    }
    lines
}

fn passed(findings: &[Finding]) -> String {
    let repaired = findings.iter().filter(|found| found.state == Found::Repaired).count();
    let warned = findings.len() - repaired;
    let count = |number: usize, what: &str| match number {
        0 => String::new(),
        _ => format!("  {number} {what}"),
    };
    format!("✓ complete  ✓ safe{}{}", count(repaired, "repaired"), count(warned, "to know"))
}

fn refused(findings: &[Finding]) -> String {
    let broken = findings.iter().filter(|found| found.denies()).count();
    let plural = if broken == 1 { "" } else { "s" };
    format!("✗ refused: {broken} finding{plural}")
}

fn rule(theme: &Theme, width: u16) -> Line<'static> {
    Line::styled("─".repeat(usize::from(width)), theme.style(Role::Border))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::{Depth, load};

    fn drawn(line: &CodeLine, width: usize) -> String {
        let theme = load(crate::compose::GameTheme::Spooky, Depth::None);
        code(&theme, line, width).iter().map(|span| &*span.content).collect()
    }

    #[test]
    fn a_line_is_shown_whole_whatever_of_it_is_coloured() {
        let text = "let boo = '👩\u{200d}👩\u{200d}👧 שלום';".repeat(20);
        for paint in [vec![], vec![(Code::Keyword, 0..3), (Code::Plain, 3..10)]] {
            let line = CodeLine { text: text.clone(), paint };
            assert_eq!(drawn(&line, text.chars().count()), text);
        }
    }

    #[test]
    fn no_more_of_a_line_is_drawn_than_can_fit() {
        let text = "x".repeat(4_000_000);
        for paint in [vec![], vec![(Code::String, 0..500)], vec![(Code::String, 0..4_000_000)]] {
            let length = drawn(&CodeLine { text: text.clone(), paint }, 100).len();
            assert!((100..=100 * LETTERS).contains(&length), "{length}");
        }
    }
}
