//! Shows findings to people, with the source line and a caret, and to programs.

use crate::page::Lines;
use crate::rules::Finding;

/// The findings as a compiler would print them; safe for a terminal.
pub fn report(source: &str, findings: &[Finding]) -> String {
    let lines = Lines::new(source);
    let show = |finding: &Finding| {
        let place = lines.position(finding.span.start);
        format!("{}: {} at {}:{}\n", finding.rule, finding.why, place.line, place.column)
    };
    findings.iter().map(show).collect()
}

/// One finding as the machine-readable answers carry it.
pub fn to_json(source: &str, finding: &Finding) -> serde_json::Value {
    let lines = Lines::new(source);
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
        "excerpt": finding.excerpt.raw(),
        "why": finding.why,
        "help": finding.help,
    })
}
