//! Reads how a page is coloured from `assets/highlight/page.toml`.
//!
//! The file has a shape of its own, for syntect's own reader needs a YAML crate
//! that nobody keeps any more. Syntect's structures are made from it through
//! serde, which is the one way that they leave open.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use syntect::parsing::{Scope, SyntaxSet, SyntaxSetBuilder};

use crate::tui::theme::Code;

/// What the file says, by the names of its contexts.
type Grammar = BTreeMap<String, Context>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Context {
    #[serde(rename = "as")]
    kind: Option<Code>,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    r#match: Option<String>,
    include: Option<String>,
    is: Option<Code>,
    #[serde(default)]
    parts: Vec<Code>,
    push: Option<String>,
    set: Option<String>,
    #[serde(default)]
    pop: bool,
}

/// What the scopes mean.
const SCOPES: [(&str, Code); 8] = [
    ("plain", Code::Plain),
    ("comment", Code::Comment),
    ("string", Code::String),
    ("number", Code::Number),
    ("keyword", Code::Keyword),
    ("function", Code::Function),
    ("tag", Code::Tag),
    ("name", Code::Name),
];

fn scope(code: Code) -> Option<&'static str> {
    SCOPES.iter().find(|(_, known)| *known == code).map(|(scope, _)| *scope)
}

/// The syntax of pages, and what its scopes mean.
pub(super) fn page() -> (SyntaxSet, Vec<(Scope, Code)>) {
    let grammar = toml::from_str(include_str!("../../../assets/highlight/page.toml"))
        .expect("the file is a part of the program, and a test reads it");
    let mut builder = SyntaxSetBuilder::new();
    let syntax = serde_json::from_value(syntax(&grammar));
    builder.add(syntax.expect("these are the fields that syntect has"));
    let codes = SCOPES.iter().filter_map(|(name, code)| Some((Scope::new(name).ok()?, *code)));
    (builder.build(), codes.collect())
}

/// The grammar as syntect keeps it.
fn syntax(grammar: &Grammar) -> Value {
    let mut contexts: BTreeMap<_, _> =
        grammar.iter().map(|(name, context)| (name.as_str(), self::context(context))).collect();
    // By these two names syntect begins.
    contexts
        .insert("__start", context_of(None, &[pattern("", None, &[], &push("Push", "__main"))]));
    contexts.insert("__main", context_of(None, &[include("html")]));
    json!({
        "name": "page", "file_extensions": ["html"], "scope": "plain", "first_line_match": null,
        "hidden": false, "variables": {}, "contexts": contexts,
    })
}

fn context(context: &Context) -> Value {
    let rules = context.rules.iter().map(|rule| match (&rule.include, &rule.r#match) {
        (Some(name), _) => include(name),
        (None, regex) => {
            pattern(regex.as_deref().unwrap_or_default(), rule.is, &rule.parts, &operation(rule))
        }
    });
    context_of(context.kind, &rules.collect::<Vec<_>>())
}

fn context_of(kind: Option<Code>, patterns: &[Value]) -> Value {
    let scope: Vec<_> = kind.and_then(self::scope).into_iter().collect();
    json!({
        "meta_scope": scope, "meta_content_scope": [], "meta_include_prototype": false,
        "clear_scopes": null, "prototype": null, "uses_backrefs": false, "patterns": patterns,
    })
}

fn include(name: &str) -> Value {
    json!({"Include": {"Named": name}})
}

fn pattern(regex: &str, is: Option<Code>, parts: &[Code], operation: &Value) -> Value {
    let named: Vec<_> = is.and_then(scope).into_iter().collect();
    let groups = parts.iter().enumerate();
    let groups: Vec<_> = groups.map(|(at, kind)| json!([at + 1, [scope(*kind)]])).collect();
    let captures = (!groups.is_empty()).then_some(groups);
    json!({"Match": {
        "has_captures": false, "regex": regex, "scope": named, "captures": captures,
        "operation": operation, "with_prototype": null,
    }})
}

fn operation(rule: &Rule) -> Value {
    match (&rule.push, &rule.set) {
        (Some(name), _) => push("Push", name),
        (None, Some(name)) => push("Set", name),
        (None, None) if rule.pop => json!("Pop"),
        (None, None) => json!("None"),
    }
}

fn push(how: &str, name: &str) -> Value {
    json!({how: [{"Named": name}]})
}
