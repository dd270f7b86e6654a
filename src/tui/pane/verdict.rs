//! What a play-test found, in lines that two panes show.

use ratatui::text::{Line, Span};

use crate::app::{Engine, FixOutcome, Job, Phase, State};
use crate::page::Lines;
use crate::play::{Grade, Unplayed};
use crate::tui::keymap::UiCommand;
use crate::tui::theme::Role;
use crate::tui::ui_state::UiState;
use crate::untrusted::Untrusted;

/// More of a console is for programs.
const MAX_CONSOLE_LINES: usize = 10;

/// Whether there is something to mend, and somebody who can.
pub fn can_fix(state: &State) -> bool {
    state.plan.engine != Engine::Offline && state.job.as_ref().is_some_and(Job::is_broken)
}

/// How the game plays and what came of mending it; nothing where it was not played.
pub fn verdict_lines(ui: &UiState, state: &State, job: &Job, width: usize) -> Vec<Line<'static>> {
    if job.phase == Phase::Trying {
        return Vec::new();
    }
    let mut told = headline(job);
    if let Some(end) = &job.trial.fixed {
        let (sign, role) = match end.outcome {
            FixOutcome::Fixed => ("✓", Role::Good),
            FixOutcome::Unknown => ("◐", Role::Wait),
            FixOutcome::Same | FixOutcome::Other | FixOutcome::Failed(_) => ("✗", Role::Bad),
        };
        told.push((role, format!("{sign} {}", end.words())));
    }
    if can_fix(state) && !state.is_busy() {
        let key = ui.keymap.key_name(UiCommand::Fix, state.view.focus).unwrap_or_default();
        told.push((Role::Text, format!("  {key} asks the model to mend it")));
    }
    let lines = told.into_iter().flat_map(|(role, text)| {
        let style = ui.theme.style(role);
        wrap_words(&text, width).into_iter().map(move |line| Line::styled(line, style))
    });
    lines.collect()
}

/// One line on how it plays, and what helps where nobody knows.
fn headline(job: &Job) -> Vec<(Role, String)> {
    let Some(words) = job.played() else { return Vec::new() };
    let words = Untrusted::new(words).headline(300);
    match &job.trial.verdict {
        // A machine without a browser lacks nothing that was promised.
        Some(Err(why @ Unplayed::NoBrowser(no))) => vec![
            (Role::Faint, format!("static checks only: {no}")),
            (Role::Faint, format!("  {}", why.advice())),
        ],
        Some(Err(why)) => {
            vec![(Role::Wait, format!("◐ {words}")), (Role::Faint, format!("  {}", why.advice()))]
        }
        Some(Ok(_)) | None => {
            let (sign, role) = match recorded_grade(job, &words) {
                Grade::Responds => ("✓", Role::Good),
                Grade::Loads => ("◐", Role::Wait),
                Grade::Broken => ("✗", Role::Bad),
            };
            vec![(role, format!("{sign} {words}"))]
        }
    }
}

/// Of a remembered play-test only the words are left.
fn recorded_grade(job: &Job, words: &str) -> Grade {
    if let Some(verdict) = job.verdict() {
        return verdict.grade();
    }
    let grades = [Grade::Responds, Grade::Broken];
    let known = grades.into_iter().find(|grade| words.starts_with(grade.name()));
    known.unwrap_or(Grade::Loads)
}

/// How far the game came, each level with its sign, in as many lines as it takes.
pub fn level_lines(ui: &UiState, job: &Job, width: usize) -> Vec<Line<'static>> {
    let Some(verdict) = job.verdict() else { return Vec::new() };
    let mut lines: Vec<Line<'static>> = Vec::new();
    for (name, level) in verdict.levels.all() {
        let (sign, role) = match level {
            Some(true) => ("✓", Role::Good),
            Some(false) if verdict.levels.refuses(name) => ("✗", Role::Bad),
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

/// What else went wrong, with its lines in the code: the first is in the headline.
pub fn problem_lines(ui: &UiState, job: &Job, width: usize) -> Vec<Line<'static>> {
    let (Some(verdict), Some(source)) = (job.verdict(), job.source()) else { return Vec::new() };
    let page = Lines::new(source);
    let style = ui.theme.style(Role::Bad);
    let told_already = usize::from(verdict.grade() == Grade::Broken);
    let problems = verdict.problems.iter().skip(told_already);
    let told = problems.map(|problem| format!("✗ {}", problem.words(&page)));
    let lines = told.flat_map(|text| wrap_words(&text, width));
    lines.map(|line| Line::styled(line, style)).collect()
}

/// What the game wrote into its console; the first lines of it.
pub fn console_lines(ui: &UiState, job: &Job, width: usize) -> Vec<Line<'static>> {
    let Some(verdict) = job.verdict() else { return Vec::new() };
    let style = ui.theme.style(Role::Faint);
    let said = verdict.console.iter().take(MAX_CONSOLE_LINES);
    let lines = said.flat_map(|line| wrap_words(&format!("console {}", line.words()), width));
    lines.map(|line| Line::styled(line, style)).collect()
}

/// Lines of words, the later ones indented; a word that is too long is cut by the edge.
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
