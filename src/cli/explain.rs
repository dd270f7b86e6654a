//! Documents the rules: `check --list` and `check --explain RULE`.

use crate::rules::{self, ALL, Rule, Severity};
use crate::untrusted::{Untrusted, sanitize};

/// How many names to suggest for an unknown one.
const MAX_SUGGESTIONS: usize = 3;

/// All rules, one per line.
pub(super) fn list_rules() -> String {
    let width = ALL.iter().map(|rule| rule.code.len()).max().unwrap_or_default();
    let line = |rule: &&Rule| {
        format!("{:width$}  {:6}  {}\n", rule.code, rule.severity.name(), rule.title)
    };
    ALL.iter().map(line).collect()
}

/// The documentation of a rule. The error suggests similar names.
pub(super) fn explain_rule(code: &str) -> Result<String, String> {
    let known = rules::find_rule(code.trim()).ok_or_else(|| {
        let code = Untrusted::new(code).headline(60);
        format!("no rule {code:?}; did you mean {}?", nearest_rules(&code).join(" or "))
    })?;
    let severity = match known.severity {
        Severity::Deny => "deny: the page is refused",
        Severity::Repair => {
            "repair: the code is rewritten; the page is refused if that is impossible"
        }
        Severity::Warn => "warn: the page is valid",
    };
    let Rule { code, title, why, help, fail, pass, .. } = known;
    let examples = format_samples("Found in", fail) + &format_samples("Not found in", pass);
    Ok(format!("{code}: {title}\n\n{severity}\n\n{why}\n\n{help}\n{examples}"))
}

fn format_samples(heading: &str, samples: &[&str]) -> String {
    if samples.is_empty() {
        return String::new();
    }
    let indented = |sample: &&str| format!("  {}", sanitize(sample).replace('\n', "\n  "));
    let lines = samples.iter().map(indented).collect::<Vec<_>>().join("\n");
    format!("\n{heading}:\n{lines}\n")
}

fn nearest_rules(code: &str) -> Vec<&'static str> {
    let mut names: Vec<_> = ALL.iter().map(|rule| rule.code).collect();
    names.sort_by_key(|name| {
        (!name.contains(code) && !code.contains(name), edit_distance(code, name))
    });
    names.truncate(MAX_SUGGESTIONS);
    names
}

/// The Levenshtein distance.
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(b.chars()) {
            let cost = (corner + usize::from(from != to)).min(left + 1).min(*cell + 1);
            corner = *cell;
            *cell = cost;
            left = cost;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_rule_finds_its_name() {
        assert_eq!(
            [
                edit_distance("kitten", "sitting"),
                edit_distance("", "ab"),
                edit_distance("ab", "ab")
            ],
            [3, 2, 0]
        );
        assert_eq!(nearest_rules("no-evil").first(), Some(&"no-eval"));
        assert_eq!(nearest_rules("eval").first(), Some(&"no-eval"));
    }
}
