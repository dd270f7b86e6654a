//! Findings as SARIF 2.1.0, the format of code scanning services.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde_json::{Value, json};

use super::check_file::{CheckedFile, FileError, FileVerdict};
use crate::page::LineIndex;
use crate::rules::{ALL, Finding, FindingState, Rule, Severity};
use crate::untrusted::sanitize;

/// The whole log, as text.
pub(super) fn sarif_log(checked: &[CheckedFile]) -> String {
    let page_of =
        |file: &CheckedFile| file.verdict.as_ref().map(|verdict| page_results(&file.name, verdict));
    let results: Vec<Value> = checked.iter().filter_map(page_of).flatten().collect();
    let broke =
        |file: &CheckedFile| file.error.as_ref().map(|error| error_notification(&file.name, error));
    let notices: Vec<Value> = checked.iter().filter_map(broke).collect();
    let log = json!({ "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{ "tool": {"driver": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION"), "rules": ALL.iter().map(|rule| rule_descriptor(rule)).collect::<Vec<_>>(), }}, "invocations": [{ "executionSuccessful": notices.is_empty(), "toolExecutionNotifications": notices, }], "columnKind": "unicodeCodePoints", "results": results, }], });
    format!("{log:#}\n")
}

fn rule_descriptor(rule: &Rule) -> Value {
    json!({ "id": rule.code, "shortDescription": {"text": rule.title}, "fullDescription": {"text": rule.why}, "help": {"text": rule.help}, "defaultConfiguration": {"level": sarif_level(rule.severity)}, })
}

fn page_results(name: &str, verdict: &FileVerdict) -> Vec<Value> {
    let lines = LineIndex::new(&verdict.source);
    verdict.findings.iter().map(|finding| finding_result(name, &lines, finding)).collect()
}

fn finding_result(name: &str, lines: &LineIndex<'_>, finding: &Finding) -> Value {
    let (from, to) = (lines.position(finding.span.start), lines.position(finding.span.end));
    let message = format!("{}. {}", finding.why.trim_end_matches('.'), finding.help);
    let level = match finding.state {
        FindingState::Open => sarif_level(finding.severity),
        FindingState::Repaired => "note",
    };
    json!({ "ruleId": finding.rule, "ruleIndex": ALL.iter().position(|rule| rule.code == finding.rule), "level": level, "message": {"text": sanitize(&message)}, "locations": [{"physicalLocation": { "artifactLocation": {"uri": artifact_uri(name)}, "region": { "startLine": from.line, "startColumn": from.column, "endLine": to.line, "endColumn": to.column, "snippet": {"text": finding.excerpt.display_safe()}, }, }}], })
}

/// The notification of a file that could not be read or written.
fn error_notification(name: &str, error: &FileError) -> Value {
    json!({ "level": "error", "message": {"text": error.with_name(name)}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": artifact_uri(name)}}}], })
}

fn sarif_level(severity: Severity) -> &'static str {
    match severity {
        Severity::Deny => "error",
        Severity::Repair | Severity::Warn => "warning",
    }
}

/// A path as a relative reference, or as a `file:` URI if it is absolute.
fn artifact_uri(name: &str) -> String {
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
        assert_eq!(artifact_uri("a b/é#?.html"), "a%20b/%C3%A9%23%3F.html");
        assert_eq!(artifact_uri("/tmp/x.html"), "file:///tmp/x.html");
    }
}
