//! The findings of the checks and of the play-test, each with its line.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::verdict::wrap_words;
use crate::app::{Session, Shown};
use crate::page::LineIndex;
use crate::rules::FindingState as Found;
use crate::tui::keymap::UiCommand;
use crate::tui::theme::{Role, ScreenTheme};
use crate::tui::ui_state::UiState;
use crate::untrusted::Untrusted;

/// One line of the list.
struct FindingEntry {
    sign: &'static str,
    role: Role,
    /// Line and column in the code, from 1. `None` without a place.
    at: Option<(usize, usize)>,
    summary: String,
    /// Details, shown for the chosen one.
    detail: String,
}

/// Draws the findings, and records which line of code each one is about.
pub fn draw(ui: &mut UiState, frame: &mut Frame<'_>, at: Rect, state: &Session) {
    let Some(shown) = state.shown() else {
        return draw_message(&ui.theme, frame, at, "findings appear here");
    };
    let entries = finding_entries(ui, shown);
    ui.preview.cursor.targets = entries.iter().map(|entry| entry.at).collect();
    if entries.is_empty() {
        return draw_message(&ui.theme, frame, at, empty_message(shown));
    }
    let chosen = ui.preview.cursor.finding.min(entries.len() - 1);
    ui.preview.cursor.finding = chosen;
    let more = entries.get(chosen).map(|entry| detail_lines(ui, entry, usize::from(at.width)));
    let more = more.unwrap_or_default();
    let rows = u16::try_from(more.len()).unwrap_or(u16::MAX).min(at.height / 2);
    let [list, below] = Layout::vertical([Constraint::Fill(1), Constraint::Length(rows)]).areas(at);
    let first = (chosen + 1).saturating_sub(usize::from(list.height));
    for ((number, entry), row) in entries.iter().enumerate().skip(first).zip(list.rows()) {
        let mark = if number == chosen { "▸" } else { " " };
        frame.render_widget(entry.line(&ui.theme, mark), row);
    }
    for (line, row) in more.into_iter().zip(below.rows()) {
        frame.render_widget(line, row);
    }
}

fn draw_message(theme: &ScreenTheme, frame: &mut Frame<'_>, at: Rect, text: &str) {
    frame.render_widget(Line::styled(text.to_owned(), theme.style(Role::Faint)), at);
}

fn empty_message(shown: Shown) -> &'static str {
    match shown.source() {
        Some(_) => "✓ no problems",
        None if shown.is_done() => "no page to check",
        None => "the checks run when the page is complete",
    }
}

/// Errors first, then warnings, then repaired findings.
fn finding_entries(ui: &UiState, shown: Shown) -> Vec<FindingEntry> {
    let positions = ui.preview.code.positions.iter().zip(shown.findings());
    let mut found: Vec<_> = positions
        .map(|(at, found)| {
            let (sign, role) = match found.state {
                Found::Open if found.denies() => ("✗", Role::Bad),
                Found::Open => ("!", Role::Wait),
                Found::Repaired => ("✓", Role::Faint),
            };
            let what =
                format!("{} {}", found.rule, Untrusted::new(found.why.as_str()).headline(300));
            FindingEntry {
                sign,
                role,
                at: Some((at.line, at.column)),
                summary: what,
                detail: found.help.to_owned(),
            }
        })
        .collect();
    found.extend(problem_entries(shown));
    let rank = |entry: &FindingEntry| match entry.sign {
        "✗" => 0,
        "!" => 1,
        _ => 2,
    };
    found.sort_by_key(rank);
    found
}

fn problem_entries(shown: Shown) -> Vec<FindingEntry> {
    let (Some(verdict), Some(source)) = (shown.verdict(), shown.source()) else {
        return Vec::new();
    };
    let page = LineIndex::new(source);
    let entry = |problem: &crate::play::PlayProblem| {
        let at = problem.stack.first().map(|at| page.position(at.original));
        FindingEntry {
            sign: "✗",
            role: Role::Bad,
            at: at.map(|at| (at.line, at.column)),
            summary: format!("play-test: {}", problem.describe(&page)),
            detail: "seen during the play-test".to_owned(),
        }
    };
    verdict.problems.iter().map(entry).collect()
}

/// The chosen entry in full.
fn detail_lines(ui: &UiState, entry: &FindingEntry, width: usize) -> Vec<Line<'static>> {
    let style = |role| ui.theme.style(role);
    let mut lines = vec![Line::styled("─".repeat(width), style(Role::Border))];
    let wrapped = |text: &str, role| {
        wrap_words(text, width).into_iter().map(move |line| Line::styled(line, style(role)))
    };
    lines.extend(wrapped(&entry.summary, entry.role));
    lines.extend(wrapped(&entry.detail, Role::Text));
    let key = ui.keymap.key_name(UiCommand::Open, ui.view.focus);
    lines.extend(
        key.filter(|_| entry.at.is_some())
            .map(|key| Line::styled(format!("{key} goes to its line"), style(Role::Faint))),
    );
    lines
}

impl FindingEntry {
    fn line(&self, theme: &ScreenTheme, mark: &'static str) -> Line<'static> {
        let at = self.at.map_or_else(String::new, |(line, column)| format!("{line}:{column}"));
        Line::from(vec![
            Span::styled(mark, theme.style(Role::Focus)),
            Span::styled(format!("{} {at:>7} ", self.sign), theme.style(self.role)),
            Span::styled(
                self.summary.clone(),
                theme.style(if mark == "▸" { Role::Focus } else { Role::Text }),
            ),
        ])
    }
}
