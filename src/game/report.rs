//! Formats findings for users, with the source line and a caret, and for programs.
//!
//! A column is a terminal cell here: tabs have four, wide characters two, and control characters
//! are made visible. Of a long line only the part around the finding is shown.

use std::fmt::Write as _;
use std::ops::Range;

use unicode_width::UnicodeWidthChar as _;

use crate::page::LineIndex;
use crate::rules::{Finding, FindingState, Severity, find_rule};
use crate::untrusted::{Untrusted, sanitize};

/// Columns of a line that are shown; they fit most terminals.
const MAX_COLUMNS: usize = 88;
/// Columns shown before the finding if a line is cut.
const LEAD_COLUMNS: usize = 30;

/// Formats the findings like a compiler, with the file name if given; safe for a terminal if the
/// name is.
pub fn report(file: Option<&str>, source: &str, findings: &[Finding]) -> String {
    let lines = LineIndex::new(source);
    let file = file.map(|name| format!("{name}:")).unwrap_or_default();
    let shown: Vec<_> =
        findings.iter().map(|finding| finding_report(&file, &lines, finding)).collect();
    shown.join("\n")
}

fn finding_report(file: &str, lines: &LineIndex<'_>, finding: &Finding) -> String {
    let from = lines.position(finding.span.start);
    let line = lines.span(from.line);
    let within = |at: usize| at.clamp(line.start, line.end) - line.start;
    // A finding over several lines is marked to the end of the first one.
    let marked = within(finding.span.start)..within(finding.span.end);
    let excerpt = LineExcerpt::new(lines.text(from.line), marked);
    let title = find_rule(finding.rule).map_or("", |rule| rule.title);
    let number = from.line.to_string();
    let gutter = " ".repeat(number.len());
    let why = Untrusted::new(finding.why.as_str()).headline(200);
    let mut shown = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(shown, "{}[{}]: {title}", severity_label(finding), finding.rule);
    let _ = writeln!(shown, "{gutter}--> {file}{}:{}", from.line, from.column);
    let _ = writeln!(shown, "{gutter} |");
    let _ = writeln!(shown, "{number} | {}", excerpt.text);
    let _ = writeln!(
        shown,
        "{gutter} | {}{} {why}",
        " ".repeat(excerpt.before),
        "^".repeat(excerpt.under)
    );
    let _ = writeln!(shown, "{gutter} = help: {}", finding.help);
    shown
}

fn severity_label(finding: &Finding) -> &'static str {
    match (finding.state, finding.severity) {
        (FindingState::Repaired, _) => "repaired",
        (FindingState::Open, Severity::Deny) => "error",
        (FindingState::Open, Severity::Repair) => "repairable",
        (FindingState::Open, Severity::Warn) => "warning",
    }
}

/// A part of a line, with the cells before and under the finding.
struct LineExcerpt {
    text: String,
    before: usize,
    under: usize,
}

impl LineExcerpt {
    /// Builds the excerpt, examining only what is shown; `marked` is a byte range.
    fn new(line: &str, marked: Range<usize>) -> Self {
        let before = line.get(..marked.start).unwrap_or_default();
        let lead = before.char_indices().rev().nth(LEAD_COLUMNS - 1).map_or(0, |(at, _)| at);
        let cut = lead > 0 && line.chars().nth(MAX_COLUMNS).is_some();
        let mut excerpt = Self { text: String::new(), before: 0, under: 0 };
        if cut {
            excerpt.text.push('…');
            excerpt.before = 1;
        }
        let first = if cut { lead } else { 0 };
        let mut cells = excerpt.before;
        for (at, c) in line.get(first..).unwrap_or_default().char_indices() {
            let shown = display_char(c);
            let width = shown.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
            if cells + width > MAX_COLUMNS {
                excerpt.text.push('…');
                break;
            }
            cells += width;
            if first + at < marked.start {
                excerpt.before += width;
            } else if first + at < marked.end {
                excerpt.under += width;
            }
            excerpt.text.push_str(&shown);
        }
        excerpt.under = excerpt.under.max(1);
        excerpt
    }
}

fn display_char(c: char) -> String {
    match c {
        '\t' => "    ".to_owned(),
        c => sanitize(c.encode_utf8(&mut [0; 4])).into_owned(),
    }
}

/// A finding as in the machine-readable output.
///
/// `lines` index the source that the finding points into.
pub fn to_json(lines: &LineIndex<'_>, finding: &Finding) -> serde_json::Value {
    let (from, to) = (lines.position(finding.span.start), lines.position(finding.span.end));
    serde_json::json!({
        "rule": finding.rule,
        "severity": finding.severity.name(),
        "state": finding.state.name(),
        "line": from.line,
        "column": from.column,
        "end_line": to.line,
        "end_column": to.column,
        "start": finding.span.start,
        "end": finding.span.end,
        "excerpt": finding.excerpt.display_safe(),
        "why": sanitize(&finding.why),
        "help": finding.help,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(line: &str, start: usize, end: usize) -> String {
        let excerpt = LineExcerpt::new(line, start..end);
        format!("{}\n{}{}", excerpt.text, " ".repeat(excerpt.before), "^".repeat(excerpt.under))
    }

    #[test]
    fn the_caret_stands_under_wide_characters_and_after_tabs() {
        assert_eq!(marked("\t👻 = eval", 8, 12), "    👻 = eval\n         ^^^^");
        assert_eq!(marked("a\u{1b}[2Jb", 1, 2), "a␛[2Jb\n ^");
        assert_eq!(marked("", 0, 0), "\n^");
    }

    #[test]
    fn of_a_long_line_only_the_surroundings_are_shown() {
        let line = format!("{}eval{}", "a".repeat(5_000), "b".repeat(5_000));
        let shown = marked(&line, 5_000, 5_004);
        let (text, caret) = shown.split_once('\n').expect("two lines");
        assert!(text.chars().count() <= MAX_COLUMNS + 1, "{text}");
        assert_eq!(text.find("eval").map(|at| text[..at].chars().count()), caret.find('^'));
    }
}
