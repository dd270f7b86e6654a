//! Findings as workflow commands of GitHub Actions, which shows them beside the code.

use super::checked::{Checked, Trouble, Verdict};
use crate::page::{LineIndex, Position};
use crate::rules::{Finding, FindingState, Severity, find_rule};
use crate::untrusted::sanitize;

/// One command a line.
pub(super) fn commands(checked: &[Checked]) -> String {
    let told = checked.iter().map(|file| {
        let verdict = file.verdict.as_ref().map(|verdict| about_page(&file.name, verdict));
        let trouble = file.trouble.as_ref().map(|trouble| about_file(&file.name, trouble));
        verdict.unwrap_or_default() + &trouble.unwrap_or_default()
    });
    told.collect()
}

fn about_page(name: &str, verdict: &Verdict) -> String {
    let lines = LineIndex::new(&verdict.source);
    verdict.findings.iter().map(|finding| about_finding(name, &lines, finding)).collect()
}

fn about_finding(name: &str, lines: &LineIndex<'_>, finding: &Finding) -> String {
    let (from, to) = (lines.position(finding.span.start), lines.position(finding.span.end));
    let Position { line, column } = from;
    // GitHub takes the end column only within one line.
    let end = if to.line == line { format!(",endColumn={}", to.column) } else { String::new() };
    let place = format!("line={line},endLine={},col={column}{end}", to.line);
    let title = find_rule(finding.rule).map_or("", |rule| rule.title);
    let title = property(&format!("{}: {title}", finding.rule));
    let message = message(&format!("{}. {}", finding.why.trim_end_matches('.'), finding.help));
    format!("::{} file={},{place},title={title}::{message}\n", level(finding), property(name))
}

fn about_file(name: &str, trouble: &Trouble) -> String {
    format!("::error file={}::{}\n", property(name), message(&trouble.about(name)))
}

fn level(finding: &Finding) -> &'static str {
    match (finding.state, finding.severity) {
        (FindingState::Repaired, _) => "notice",
        (FindingState::Open, Severity::Deny) => "error",
        (FindingState::Open, Severity::Repair | Severity::Warn) => "warning",
    }
}

/// Text after the `::`: a line break would begin another command.
fn message(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    sanitize(&text).into_owned()
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_begins_a_command_or_a_property() {
        let hostile = "a,b::c%0A\r\n::add-mask::x\u{1b}[2J";
        assert_eq!(message(hostile), "a,b::c%250A%0D%0A::add-mask::x␛[2J");
        assert_eq!(property("a,line=1:%"), "a%2Cline=1%3A%25");
    }
}
