//! Everything that the checks and the play-test found, each with its line to jump to.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::verdict::wrapped;
use crate::app::{Job, State};
use crate::page::Lines;
use crate::rules::State as Found;
use crate::tui::desk::Desk;
use crate::tui::keys::Command;
use crate::tui::theme::{Role, Theme};
use crate::untrusted::Untrusted;

/// One thing that was found.
struct Entry {
    sign: &'static str,
    role: Role,
    /// Line and column in the code, from 1.
    at: Option<(usize, usize)>,
    what: String,
    /// More of it, for the chosen one.
    more: String,
}

pub fn draw(desk: &mut Desk, frame: &mut Frame<'_>, at: Rect, state: &State) {
    let Some(job) = state.shown() else {
        return say(&desk.theme, frame, at, "what the checks find appears here");
    };
    let entries = entries(desk, job);
    desk.reading.targets = entries.iter().map(|entry| entry.at).collect();
    if entries.is_empty() {
        return say(&desk.theme, frame, at, nothing(job));
    }
    let chosen = desk.reading.finding.min(entries.len() - 1);
    desk.reading.finding = chosen;
    let more = entries.get(chosen).map(|entry| more(desk, state, entry, usize::from(at.width)));
    let more = more.unwrap_or_default();
    let rows = u16::try_from(more.len()).unwrap_or(u16::MAX).min(at.height / 2);
    let [list, below] = Layout::vertical([Constraint::Fill(1), Constraint::Length(rows)]).areas(at);
    let first = (chosen + 1).saturating_sub(usize::from(list.height));
    for ((number, entry), row) in entries.iter().enumerate().skip(first).zip(list.rows()) {
        let mark = if number == chosen { "▸" } else { " " };
        frame.render_widget(entry.line(&desk.theme, mark), row);
    }
    for (line, row) in more.into_iter().zip(below.rows()) {
        frame.render_widget(line, row);
    }
}

fn say(theme: &Theme, frame: &mut Frame<'_>, at: Rect, words: &str) {
    frame.render_widget(Line::styled(words.to_owned(), theme.style(Role::Faint)), at);
}

fn nothing(job: &Job) -> &'static str {
    match job.source() {
        Some(_) => "✓ nothing was found",
        None if job.is_done() => "there is no page to check",
        None => "the checks run when the page is complete",
    }
}

/// What is open first, what the play-test saw next, what was repaired last.
fn entries(desk: &Desk, job: &Job) -> Vec<Entry> {
    let places = desk.preview.places.iter().zip(job.findings());
    let mut found: Vec<_> = places
        .map(|(at, found)| {
            let (sign, role) = match found.state {
                Found::Open if found.denies() => ("✗", Role::Bad),
                Found::Open => ("!", Role::Wait),
                Found::Repaired => ("✓", Role::Faint),
            };
            let what =
                format!("{} {}", found.rule, Untrusted::new(found.why.as_str()).headline(300));
            Entry { sign, role, at: Some((at.line, at.column)), what, more: found.help.to_owned() }
        })
        .collect();
    found.extend(problems(job));
    let rank = |entry: &Entry| match entry.sign {
        "✗" => 0,
        "!" => 1,
        _ => 2,
    };
    found.sort_by_key(rank);
    found
}

fn problems(job: &Job) -> Vec<Entry> {
    let (Some(verdict), Some(source)) = (job.verdict(), job.source()) else { return Vec::new() };
    let page = Lines::new(source);
    let entry = |problem: &crate::play::Problem| {
        let at = problem.stack.first().map(|at| page.position(at.original));
        Entry {
            sign: "✗",
            role: Role::Bad,
            at: at.map(|at| (at.line, at.column)),
            what: format!("play-test: {}", problem.words(&page)),
            more: "seen while the game was played".to_owned(),
        }
    };
    verdict.problems.iter().map(entry).collect()
}

/// The chosen one in full.
fn more(desk: &Desk, state: &State, entry: &Entry, width: usize) -> Vec<Line<'static>> {
    let style = |role| desk.theme.style(role);
    let mut lines = vec![Line::styled("─".repeat(width), style(Role::Border))];
    let told = |text: &str, role| {
        wrapped(text, width).into_iter().map(move |line| Line::styled(line, style(role)))
    };
    lines.extend(told(&entry.what, entry.role));
    lines.extend(told(&entry.more, Role::Text));
    let key = desk.keys.name_of(Command::Open, state.view.focus);
    lines.extend(
        key.filter(|_| entry.at.is_some())
            .map(|key| Line::styled(format!("{key} goes to its line"), style(Role::Faint))),
    );
    lines
}

impl Entry {
    fn line(&self, theme: &Theme, mark: &'static str) -> Line<'static> {
        let at = self.at.map_or_else(String::new, |(line, column)| format!("{line}:{column}"));
        Line::from(vec![
            Span::styled(mark, theme.style(Role::Focus)),
            Span::styled(format!("{} {at:>7} ", self.sign), theme.style(self.role)),
            Span::styled(
                self.what.clone(),
                theme.style(if mark == "▸" { Role::Focus } else { Role::Text }),
            ),
        ])
    }
}
