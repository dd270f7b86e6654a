//! Findings as SARIF 2.1.0, the form that code scanning services read.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde_json::{Value, json};

use super::checked::{Checked, Trouble, Verdict};
use crate::page::LineIndex;
use crate::rules::{ALL, Finding, FindingState, Rule, Severity};
use crate::untrusted::sanitize;

/// The whole log, as text.
pub(super) fn log(checked: &[Checked]) -> String {
    let told =
        |file: &Checked| file.verdict.as_ref().map(|verdict| about_page(&file.name, verdict));
    let results: Vec<Value> = checked.iter().filter_map(told).flatten().collect();
    let broke = |file: &Checked| file.trouble.as_ref().map(|trouble| notice(&file.name, trouble));
    let notices: Vec<Value> = checked.iter().filter_map(broke).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": ALL.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": notices.is_empty(),
                "toolExecutionNotifications": notices,
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.help},
        "defaultConfiguration": {"level": level(rule.severity)},
    })
}

fn about_page(name: &str, verdict: &Verdict) -> Vec<Value> {
    let lines = LineIndex::new(&verdict.source);
    verdict.findings.iter().map(|finding| result(name, &lines, finding)).collect()
}

fn result(name: &str, lines: &LineIndex<'_>, finding: &Finding) -> Value {
    let (from, to) = (lines.position(finding.span.start), lines.position(finding.span.end));
    let message = format!("{}. {}", finding.why.trim_end_matches('.'), finding.help);
    let level = match finding.state {
        FindingState::Open => level(finding.severity),
        FindingState::Repaired => "note",
    };
    json!({
        "ruleId": finding.rule,
        "ruleIndex": ALL.iter().position(|rule| rule.code == finding.rule),
        "level": level,
        "message": {"text": sanitize(&message)},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(name)},
            "region": {
                "startLine": from.line,
                "startColumn": from.column,
                "endLine": to.line,
                "endColumn": to.column,
                "snippet": {"text": finding.excerpt.shown()},
            },
        }}],
    })
}

/// A file that could not be read or written.
fn notice(name: &str, trouble: &Trouble) -> Value {
    json!({
        "level": "error",
        "message": {"text": trouble.about(name)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(name)}}}],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Deny => "error",
        Severity::Repair | Severity::Warn => "warning",
    }
}

/// A path as a relative reference, or as a `file:` address where it is absolute.
fn uri(name: &str) -> String {
    let scheme = if name.starts_with('/') { "file://" } else { "" };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let escaped: String = name
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    format!("{scheme}{escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_an_address() {
        assert_eq!(uri("a b/é#?.html"), "a%20b/%C3%A9%23%3F.html");
        assert_eq!(uri("/tmp/x.html"), "file:///tmp/x.html");
    }
}
