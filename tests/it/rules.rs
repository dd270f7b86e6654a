//! Does each rule bite, and only then? Its own examples say.

use std::collections::BTreeSet;
use std::path::Path;

use codeagent::page::Page;
use codeagent::rules::{ALL, Rule, check};

fn bites(rule: &Rule, sample: &str) -> bool {
    let page = Page::read(sample);
    check(&page).iter().any(|objection| objection.finding.rule == rule.code)
}

#[test]
fn each_rule_finds_what_it_says_it_finds() {
    let missed: Vec<_> = ALL
        .iter()
        .flat_map(|rule| rule.fail.iter().map(move |sample| (rule, *sample)))
        .filter(|(rule, sample)| !bites(rule, sample))
        .map(|(rule, sample)| format!("{}: {sample}", rule.code))
        .collect();
    assert!(missed.is_empty(), "missed:\n{}", missed.join("\n"));
}

#[test]
fn no_rule_finds_what_only_looks_like_it() {
    let wrong: Vec<_> = ALL
        .iter()
        .flat_map(|rule| rule.pass.iter().map(move |sample| (rule, *sample)))
        .filter(|(rule, sample)| bites(rule, sample))
        .map(|(rule, sample)| format!("{}: {sample}", rule.code))
        .collect();
    assert!(wrong.is_empty(), "false alarms:\n{}", wrong.join("\n"));
}

#[test]
fn a_rule_has_the_name_of_its_file_and_no_file_is_forgotten() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let helpers = ["mod", "locate", "made", "scope"];
    let mut files = BTreeSet::new();
    for folder in ["html", "script", "style"] {
        for entry in std::fs::read_dir(src.join(folder)).expect("the rules are there") {
            let path = entry.expect("a file").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            if !helpers.contains(&name.as_str()) {
                files.insert(name.replace('_', "-"));
            }
        }
    }
    let codes: BTreeSet<_> = ALL.iter().map(|rule| rule.code.to_owned()).collect();
    assert_eq!(codes, files);
    assert_eq!(codes.len(), ALL.len(), "two rules have the same code");
}

#[test]
fn each_rule_explains_itself() {
    for rule in ALL {
        assert!(rule.help.ends_with('.') && rule.why.ends_with('.'), "{}", rule.code);
        assert!(!rule.title.is_empty() && !rule.pass.is_empty(), "{}", rule.code);
    }
}
