//! Findings as workflow commands of GitHub Actions, which displays them beside the code.

use super::check_file::{CheckedFile, FileError, FileVerdict};
use crate::page::{LineIndex, Position};
use crate::rules::{Finding, FindingState, Severity, find_rule};
use crate::untrusted::sanitize;

/// One command per line.
pub(super) fn workflow_commands(checked: &[CheckedFile]) -> String {
    let text = checked.iter().map(|file| {
        let verdict = file.verdict.as_ref().map(|verdict| page_commands(&file.name, verdict));
        let error = file.error.as_ref().map(|error| error_command(&file.name, error));
        verdict.unwrap_or_default() + &error.unwrap_or_default()
    });
    text.collect()
}

fn page_commands(name: &str, verdict: &FileVerdict) -> String {
    let lines = LineIndex::new(&verdict.source);
    verdict.findings.iter().map(|finding| finding_command(name, &lines, finding)).collect()
}

fn finding_command(name: &str, lines: &LineIndex<'_>, finding: &Finding) -> String {
    let (from, to) = (lines.position(finding.span.start), lines.position(finding.span.end));
    let Position { line, column } = from;
    // GitHub accepts an end column only within one line.
    let end = if to.line == line { format!(",endColumn={}", to.column) } else { String::new() };
    let location = format!("line={line},endLine={},col={column}{end}", to.line);
    let title = find_rule(finding.rule).map_or("", |rule| rule.title);
    let title = escape_property(&format!("{}: {title}", finding.rule));
    let message =
        escape_message(&format!("{}. {}", finding.why.trim_end_matches('.'), finding.help));
    format!(
        "::{} file={},{location},title={title}::{message}\n",
        annotation_level(finding),
        escape_property(name)
    )
}

fn error_command(name: &str, error: &FileError) -> String {
    format!("::error file={}::{}\n", escape_property(name), escape_message(&error.with_name(name)))
}

fn annotation_level(finding: &Finding) -> &'static str {
    match (finding.state, finding.severity) {
        (FindingState::Repaired, _) => "notice",
        (FindingState::Open, Severity::Deny) => "error",
        (FindingState::Open, Severity::Repair | Severity::Warn) => "warning",
    }
}

/// Escapes the text after `::`: a line break would start another command.
fn escape_message(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    sanitize(&text).into_owned()
}

fn escape_property(text: &str) -> String {
    escape_message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_begins_a_command_or_a_property() {
        let hostile = "a,b::c%0A\r\n::add-mask::x\u{1b}[2J";
        assert_eq!(escape_message(hostile), "a,b::c%250A%0D%0A::add-mask::x␛[2J");
        assert_eq!(escape_property("a,line=1:%"), "a%2Cline=1%3A%25");
    }
}
