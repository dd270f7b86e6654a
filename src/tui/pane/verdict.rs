//! The results of a play-test, as lines shared by two panes.

use ratatui::text::{Line, Span};

use crate::app::{Engine, FixOutcome, Job, Session, Shown};
use crate::page::LineIndex;
use crate::play::{Grade, PlayTestError};
use crate::tui::keymap::UiCommand;
use crate::tui::theme::Role;
use crate::tui::ui_state::UiState;
use crate::untrusted::Untrusted;

/// Most console lines shown; all are in the machine-readable output.
const MAX_CONSOLE_LINES: usize = 10;

/// Whether a model can be asked for a better game.
pub fn can_fix(state: &Session) -> bool {
    state.plan.job.engine != Engine::Offline && in_sight(state).is_some_and(Job::can_be_better)
}

fn in_sight(state: &Session) -> Option<&Job> {
    state.jobs.in_sight().and_then(Shown::job)
}

/// What another try would ask for, and what it may cost.
fn next_try(ui: &UiState, state: &Session) -> String {
    let key = ui.keymap.key_name(UiCommand::Fix, ui.view.focus).unwrap_or_default();
    let job = in_sight(state);
    let text = match job.and_then(Job::verdict).map(|verdict| verdict.grade()) {
        Some(Grade::Broken) => "asks the model to fix it",
        Some(Grade::Loads) => "asks the model to make it respond",
        Some(Grade::Responds) | None => "asks the model again",
    };
    let cost = job.and_then(Job::cost_of_a_try).filter(|usd| *usd > 0.0);
    let cost = cost.map(|usd| format!(" (about ${usd:.4})")).unwrap_or_default();
    let stopped = job.filter(|job| job.tries.budget.tries > 1);
    let stopped = stopped.and_then(|job| Some(job.stop_reason?.describe(job.tries.budget)));
    let stopped = stopped.map(|reason| format!("no further try: {reason} · ")).unwrap_or_default();
    format!("{stopped}{key} {text}{cost}")
}

/// The key that begins another try, as a line.
pub fn next_try_line(ui: &UiState, state: &Session) -> Option<Line<'static>> {
    let text = next_try(ui, state);
    can_fix(state).then(|| Line::styled(text, ui.theme.style(Role::Text)))
}

/// The verdict and the result of a fix; empty if the game was not play-tested.
pub fn verdict_lines(
    ui: &UiState,
    state: &Session,
    shown: Shown,
    width: usize,
) -> Vec<Line<'static>> {
    if shown.is_playing() {
        return Vec::new();
    }
    let mut entries = headline(shown);
    if let Some(end) = shown.job().and_then(|job| job.current.play_test.fixed.as_ref()) {
        let (sign, role) = match end.outcome {
            FixOutcome::Fixed => ("✓", Role::Good),
            FixOutcome::Unknown => ("◐", Role::Wait),
            FixOutcome::Same | FixOutcome::Other | FixOutcome::Failed(_) => ("✗", Role::Bad),
        };
        entries.push((role, format!("{sign} {}", end.describe())));
    }
    if can_fix(state) && !state.is_busy() {
        entries.push((Role::Text, format!("  {}", next_try(ui, state))));
    }
    let lines = entries.into_iter().flat_map(|(role, text)| {
        let style = ui.theme.style(role);
        wrap_words(&text, width).into_iter().map(move |line| Line::styled(line, style))
    });
    lines.collect()
}

/// The verdict in one line, and advice if there is none.
fn headline(shown: Shown) -> Vec<(Role, String)> {
    let Some(text) = shown.played() else { return Vec::new() };
    let text = Untrusted::new(text).headline(300);
    match shown.job().and_then(|job| job.current.play_test.verdict.as_ref()) {
        // A missing browser is no failure.
        Some(Err(error @ PlayTestError::BrowserNotFound(no))) => vec![
            (Role::Faint, format!("static checks only: {no}")),
            (Role::Faint, format!("  {}", error.advice())),
        ],
        Some(Err(error)) => {
            vec![(Role::Wait, format!("◐ {text}")), (Role::Faint, format!("  {}", error.advice()))]
        }
        Some(Ok(_)) | None => {
            let (sign, role) = match recorded_grade(shown, &text) {
                Grade::Responds => ("✓", Role::Good),
                Grade::Loads => ("◐", Role::Wait),
                Grade::Broken => ("✗", Role::Bad),
            };
            vec![(role, format!("{sign} {text}"))]
        }
    }
}

/// The grade; of a play-test from the library only the headline is stored.
fn recorded_grade(shown: Shown, text: &str) -> Grade {
    if let Some(verdict) = shown.verdict() {
        return verdict.grade();
    }
    let grades = [Grade::Responds, Grade::Broken];
    let known = grades.into_iter().find(|grade| text.starts_with(grade.name()));
    known.unwrap_or(Grade::Loads)
}

/// The checks with their signs, wrapped to the width.
pub fn level_lines(ui: &UiState, shown: Shown, width: usize) -> Vec<Line<'static>> {
    let Some(verdict) = shown.verdict() else { return Vec::new() };
    let mut lines: Vec<Line<'static>> = Vec::new();
    for (name, level) in verdict.checks.all() {
        let (sign, role) = match level {
            Some(true) => ("✓", Role::Good),
            Some(false) if verdict.checks.is_required(name) => ("✗", Role::Bad),
            Some(false) => ("✗", Role::Wait),
            None => ("·", Role::Faint),
        };
        let span = Span::styled(format!("{sign} {name}  "), ui.theme.style(role));
        match lines.last_mut() {
            Some(line) if line.width() + span.width() <= width + 2 => line.push_span(span),
            _ => lines.push(Line::from(span)),
        }
    }
    lines
}

/// The problems with their lines in the code, without the one in the headline.
pub fn problem_lines(ui: &UiState, shown: Shown, width: usize) -> Vec<Line<'static>> {
    let (Some(verdict), Some(source)) = (shown.verdict(), shown.source()) else {
        return Vec::new();
    };
    let page = LineIndex::new(source);
    let style = ui.theme.style(Role::Bad);
    let skipped = usize::from(verdict.grade() == Grade::Broken);
    let problems = verdict.problems.iter().skip(skipped);
    let entries = problems.map(|problem| format!("✗ {}", problem.describe(&page)));
    let lines = entries.flat_map(|text| wrap_words(&text, width));
    lines.map(|line| Line::styled(line, style)).collect()
}

/// The first lines of the game's console.
pub fn console_lines(ui: &UiState, shown: Shown, width: usize) -> Vec<Line<'static>> {
    let Some(verdict) = shown.verdict() else { return Vec::new() };
    let style = ui.theme.style(Role::Faint);
    let printed = verdict.console.iter().take(MAX_CONSOLE_LINES);
    let lines = printed.flat_map(|line| wrap_words(&format!("console {}", line.describe()), width));
    lines.map(|line| Line::styled(line, style)).collect()
}

/// Wraps words; continuation lines are indented, and too long words are cut by the edge.
pub(super) fn wrap_words(text: &str, width: usize) -> Vec<String> {
    let indent = text.len() - text.trim_start().len();
    let mut lines = vec![" ".repeat(indent)];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        let is_empty = line.trim().is_empty();
        let length = Span::raw(line.as_str()).width() + Span::raw(word).width();
        if is_empty {
            line.push_str(word);
        } else if length < width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(format!("  {word}"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wrapped_and_the_later_lines_indented() {
        assert_eq!(wrap_words("✗ one two three", 9), ["✗ one two", "  three"]);
        assert_eq!(wrap_words("  advice in words", 10), ["  advice", "  in words"]);
        assert_eq!(wrap_words("unbreakable words", 4), ["unbreakable", "  words"]);
        assert_eq!(wrap_words("", 4), [""]);
    }
}
