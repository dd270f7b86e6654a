//! The code as it arrives, with the results of the checks.

use std::ops::Range;
use std::time::Instant;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::{diff, findings, horizontal_scroll, play, tabs, variants};
use crate::app::{Engine, JobError, JobPhase, Session, Shown};
use crate::rules::{Finding, FindingState as Found};
use crate::tui::focus::Pane;
use crate::tui::mouse::CodeArea;
use crate::tui::pane_frame::pane_block;
use crate::tui::preview::CodeLine;
use crate::tui::search::CodeSearch;
use crate::tui::selection;
use crate::tui::theme::{Role, ScreenTheme, TokenKind};
use crate::tui::ui_state::UiState;
use crate::tui::view_state::PreviewTab;
use crate::untrusted::Untrusted;

/// Most characters drawn per column.
const MAX_CHARS_PER_COLUMN: usize = 8;

/// Draws the preview pane with its tabs.
pub fn draw(ui: &mut UiState, frame: &mut Frame<'_>, at: Rect, state: &Session, now: Instant) {
    let title = pane_title(ui, state);
    let tabs = tabs::tab_line(ui, state);
    let block = pane_block(&ui.theme, Pane::Preview, &title, ui.view.focus);
    let [top, inner] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(block.inner(at));
    ui.hit_map.record_tabs(&tabs, top.x, top.y);
    frame.render_widget(block, at);
    frame.render_widget(tabs, top);
    let inner = variants::draw(ui, frame, inner, state, now);
    match ui.view.tab {
        PreviewTab::Code => draw_page(ui, frame, inner, state),
        PreviewTab::Findings => findings::draw(ui, frame, inner, state),
        PreviewTab::Diff => diff::draw(ui, frame, inner, state),
        PreviewTab::Play => play::draw(ui, frame, inner, state, now),
    }
}

/// Draws the code, and below it the checks' verdict or the search.
fn draw_page(ui: &mut UiState, frame: &mut Frame<'_>, inner: Rect, state: &Session) {
    let Some(shown) = state.shown() else { return draw_empty(ui, frame, inner) };
    let verdict = match &ui.preview.cursor.search {
        Some(search) => vec![search_line(ui, search)],
        None => verdict_lines(ui, shown, inner.width),
    };
    let rows = u16::try_from(verdict.len()).unwrap_or(u16::MAX).min(inner.height / 2);
    let [code, below] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(rows)]).areas(inner);
    let digits = ui.preview.code.line_count().max(1).ilog10() as usize + 1;
    ui.preview.reveal_jump_column(usize::from(code.width).saturating_sub(digits + 1));
    let code_area = draw_code(ui, frame, code, (shown, digits));
    ui.preview.cursor.column = code_area.column;
    ui.hit_map.code = Some(code_area);
    for (line, row) in verdict.into_iter().zip(below.rows()) {
        frame.render_widget(line, row);
    }
}

fn pane_title(ui: &UiState, state: &Session) -> String {
    let name = Pane::Preview.title();
    let Some(shown) = state.shown() else { return name.to_owned() };
    let lines = ui.preview.code.line_count();
    let is_composed = || shown.job().is_some_and(|job| job.options.engine == Engine::Offline);
    let what = match shown.game() {
        Some(game) => game.title.clone(),
        None if shown.failure().is_some() => "no game".to_owned(),
        None if is_composed() => "composed".to_owned(),
        None => "reply".to_owned(),
    };
    let plural = if lines == 1 { "" } else { "s" };
    let follows = if ui.preview.code.pinned_line.is_some() && !shown.is_done() {
        " · End follows"
    } else {
        ""
    };
    let version = shown.game().and_then(|game| game.version);
    let version = version.map(|version| format!(" v{}", version.number)).unwrap_or_default();
    let looked_at = match state.jobs.looked_at {
        Some(_) => " · Enter takes it",
        None => "",
    };
    format!("{name} · {what}{version} · {lines} line{plural}{follows}{looked_at}")
}

fn draw_empty(ui: &UiState, frame: &mut Frame<'_>, at: Rect) {
    let hint = Line::styled("the game's code appears here", ui.theme.style(Role::Faint));
    frame.render_widget(hint, at);
}

fn draw_code(
    ui: &UiState,
    frame: &mut Frame<'_>,
    at: Rect,
    (shown, digits): (Shown, usize),
) -> CodeArea {
    let preview = &ui.preview.code;
    let first = preview.first_visible(usize::from(at.height));
    let tail = CodeLine { text: preview.tail.clone(), styles: Vec::new() };
    let visible = preview.lines.iter().chain(std::iter::once(&tail)).take(preview.line_count());
    let visible = || visible.clone().enumerate().skip(first).zip(at.rows());
    let longest = visible().map(|((_, line), _)| line.text.len()).max();
    let column = ui.preview.cursor.column.min(longest.unwrap_or_default().saturating_sub(1));
    for ((index, line), row) in visible() {
        let number = index + 1;
        let found = preview.positions.iter().zip(shown.findings());
        let mark = found.filter(|(at, _)| at.line == number).map(|(_, found)| found.state).next();
        let mut spans = vec![gutter(&ui.theme, number, digits, mark)];
        let width = usize::from(at.width).saturating_sub(digits + 1);
        let code = code_spans(&ui.theme, line, column + width);
        let code = marked_ranges(ui, index, line).iter().fold(code, selection::reverse_range);
        spans.extend(horizontal_scroll::visible_spans(
            code,
            column,
            width,
            ui.theme.style(Role::Faint),
        ));
        if ui.preview.cursor.jump_line == Some(number) {
            spans
                .iter_mut()
                .take(1)
                .for_each(|span| span.style = span.style.add_modifier(Modifier::REVERSED));
        }
        frame.render_widget(Line::from(spans), row);
    }
    CodeArea { area: at, first, gutter: u16::try_from(digits + 1).unwrap_or_default(), column }
}

/// The characters of a line that are selected or match the search.
fn marked_ranges(ui: &UiState, index: usize, line: &CodeLine) -> Vec<Range<usize>> {
    let selected = ui.preview.code.selection.and_then(|selection| selection.in_line(index));
    let letters = |at: usize| line.text.get(..at).map_or(0, |before| before.chars().count());
    let found = ui.preview.cursor.search.iter().flat_map(|search| search.matches(&line.text));
    found.map(|place| letters(place.start)..letters(place.end)).chain(selected).collect()
}

fn gutter(theme: &ScreenTheme, number: usize, digits: usize, mark: Option<Found>) -> Span<'static> {
    let (sign, role) = match mark {
        Some(Found::Open) => ("▌", Role::Bad),
        Some(Found::Repaired) => ("▌", Role::Wait),
        None => (" ", Role::Faint),
    };
    Span::styled(format!("{number:>digits$}{sign}"), theme.style(role))
}

/// The highlighted line, no longer than can fit.
fn code_spans<'l>(theme: &ScreenTheme, line: &'l CodeLine, width: usize) -> Vec<Span<'l>> {
    // Combining characters take less than a column each.
    let letters = width.saturating_mul(MAX_CHARS_PER_COLUMN);
    let end = line.text.char_indices().nth(letters).map_or(line.text.len(), |(at, _)| at);
    let highlighted = line.styles.last().map_or(0, |(_, range)| range.end);
    let rest = (TokenKind::Plain, highlighted..line.text.len());
    let runs = line.styles.iter().chain(std::iter::once(&rest)).filter_map(|(code, range)| {
        let text = line.text.get(range.start..range.end.min(end))?;
        (!text.is_empty()).then(|| Span::styled(text, theme.style(Role::Code(*code))))
    });
    runs.collect()
}

/// The search query, and the number of the current match.
fn search_line(ui: &UiState, search: &CodeSearch) -> Line<'static> {
    let line = ui.preview.cursor.jump_line.map(|line| line - 1);
    let (at, all) = search.match_number(&ui.preview.code, line);
    let count = match (all, line) {
        _ if search.query.is_empty() => "type to search · Esc closes".to_owned(),
        (0, _) => "no matches".to_owned(),
        (all, Some(_)) => format!("{} of {all} lines", at + 1),
        (all, None) => format!("{all} lines"),
    };
    let cursor = if search.is_complete { "" } else { "▏" };
    let query = Untrusted::new(&search.query).headline(60);
    Line::from(vec![
        Span::styled(format!("/{query}{cursor}"), ui.theme.style(Role::Focus)),
        Span::styled(format!("  {count}"), ui.theme.style(Role::Faint)),
    ])
}

/// The verdict in one line, then the findings, open ones first.
fn verdict_lines(ui: &UiState, shown: Shown, width: u16) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let is_checking = shown.job().is_some_and(|job| job.current.phase == JobPhase::Checking);
    let (text, role) = match shown.failure().filter(|_| shown.is_done()) {
        _ if is_checking => ("◐ checking".to_owned(), Role::Wait),
        _ if shown.game().is_some() => (passed_text(shown.findings()), Role::Good),
        Some(JobError::Refused(_)) => (refused_text(shown.findings()), Role::Bad),
        // The status says what else went wrong.
        Some(_) | None => return Vec::new(),
    };
    let mut lines = vec![rule(theme, width), Line::styled(text, theme.style(role))];
    let mut findings: Vec<_> = ui.preview.code.positions.iter().zip(shown.findings()).collect();
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

fn passed_text(findings: &[Finding]) -> String {
    let repaired = findings.iter().filter(|found| found.state == Found::Repaired).count();
    let warned = findings.len() - repaired;
    let count = |number: usize, what: &str| match number {
        0 => String::new(),
        _ => format!("  {number} {what}"),
    };
    let warnings = if warned == 1 { "warning" } else { "warnings" };
    format!("✓ complete  ✓ safe{}{}", count(repaired, "repaired"), count(warned, warnings))
}

fn refused_text(findings: &[Finding]) -> String {
    let open = findings.iter().filter(|found| found.state == Found::Open).count();
    let broken = findings.iter().filter(|found| found.denies()).count();
    let plural = if open == 1 { "" } else { "s" };
    // The same count as in the name of the tab.
    let part = if broken == open { String::new() } else { format!(", {broken} against the rules") };
    format!("✗ refused: {open} finding{plural}{part}")
}

fn rule(theme: &ScreenTheme, width: u16) -> Line<'static> {
    Line::styled("─".repeat(usize::from(width)), theme.style(Role::Border))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::ColorDepth;
    use crate::tui::theme_registry::load;

    fn draw(line: &CodeLine, width: usize) -> String {
        let theme = load(crate::compose::GameTheme::Spooky, ColorDepth::None);
        code_spans(&theme, line, width).iter().map(|span| &*span.content).collect()
    }

    #[test]
    fn a_line_is_shown_whole_whatever_of_it_is_coloured() {
        let text = "let boo = '👩\u{200d}👩\u{200d}👧 שלום';".repeat(20);
        for styles in [vec![], vec![(TokenKind::Keyword, 0..3), (TokenKind::Plain, 3..10)]] {
            let line = CodeLine { text: text.clone(), styles };
            assert_eq!(draw(&line, text.chars().count()), text);
        }
    }

    #[test]
    fn no_more_of_a_line_is_drawn_than_can_fit() {
        let text = "x".repeat(4_000_000);
        for styles in
            [vec![], vec![(TokenKind::String, 0..500)], vec![(TokenKind::String, 0..4_000_000)]]
        {
            let length = draw(&CodeLine { text: text.clone(), styles }, 100).len();
            assert!((100..=100 * MAX_CHARS_PER_COLUMN).contains(&length), "{length}");
        }
    }
}
