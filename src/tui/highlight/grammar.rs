//! Reads the page grammar from `assets/highlight/page.toml`.
//!
//! The file has a format of its own because syntect's reader needs an unmaintained YAML crate.
//! Syntect's structures are built through serde, the only way it leaves open.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use syntect::parsing::{Scope, SyntaxSet, SyntaxSetBuilder};

use crate::tui::theme::TokenKind;

/// The contexts of the grammar, by name.
type GrammarFile = BTreeMap<String, GrammarContext>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrammarContext {
    #[serde(rename = "as")]
    kind: Option<TokenKind>,
    rules: Vec<GrammarRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrammarRule {
    r#match: Option<String>,
    include: Option<String>,
    is: Option<TokenKind>,
    #[serde(default)]
    parts: Vec<TokenKind>,
    push: Option<String>,
    set: Option<String>,
    #[serde(default)]
    pop: bool,
}

/// The token kind of each scope.
const SCOPES: [(&str, TokenKind); 8] = [
    ("plain", TokenKind::Plain),
    ("comment", TokenKind::Comment),
    ("string", TokenKind::String),
    ("number", TokenKind::Number),
    ("keyword", TokenKind::Keyword),
    ("function", TokenKind::Function),
    ("tag", TokenKind::Tag),
    ("name", TokenKind::Name),
];

fn scope_name(code: TokenKind) -> Option<&'static str> {
    SCOPES.iter().find(|(_, known)| *known == code).map(|(scope, _)| *scope)
}

/// The syntax of pages and the token kinds of its scopes.
pub(super) fn page_syntax() -> (SyntaxSet, Vec<(Scope, TokenKind)>) {
    let grammar = toml::from_str(include_str!("../../../assets/highlight/page.toml"))
        .expect("the file is a part of the program, and a test reads it");
    let mut builder = SyntaxSetBuilder::new();
    let syntax = serde_json::from_value(syntax_json(&grammar));
    builder.add(syntax.expect("these are the fields that syntect has"));
    let codes = SCOPES.iter().filter_map(|(name, code)| Some((Scope::new(name).ok()?, *code)));
    (builder.build(), codes.collect())
}

/// The grammar in syntect's JSON form.
fn syntax_json(grammar: &GrammarFile) -> Value {
    let mut contexts: BTreeMap<_, _> =
        grammar.iter().map(|(name, context)| (name.as_str(), self::rules_json(context))).collect();
    // Syntect starts with these two names.
    contexts.insert(
        "__start",
        context_json(None, &[pattern_json("", None, &[], &stack_json("Push", "__main"))]),
    );
    contexts.insert("__main", context_json(None, &[include_json("html")]));
    json!({
        "name": "page", "file_extensions": ["html"], "scope": "plain", "first_line_match": null,
        "hidden": false, "variables": {}, "contexts": contexts,
    })
}

fn rules_json(context: &GrammarContext) -> Value {
    let rules = context.rules.iter().map(|rule| match (&rule.include, &rule.r#match) {
        (Some(name), _) => include_json(name),
        (None, regex) => pattern_json(
            regex.as_deref().unwrap_or_default(),
            rule.is,
            &rule.parts,
            &operation_json(rule),
        ),
    });
    context_json(context.kind, &rules.collect::<Vec<_>>())
}

fn context_json(kind: Option<TokenKind>, patterns: &[Value]) -> Value {
    let scope: Vec<_> = kind.and_then(self::scope_name).into_iter().collect();
    json!({
        "meta_scope": scope, "meta_content_scope": [], "meta_include_prototype": false,
        "clear_scopes": null, "prototype": null, "uses_backrefs": false, "patterns": patterns,
    })
}

fn include_json(name: &str) -> Value {
    json!({"Include": {"Named": name}})
}

fn pattern_json(
    regex: &str,
    is: Option<TokenKind>,
    parts: &[TokenKind],
    operation: &Value,
) -> Value {
    let named: Vec<_> = is.and_then(scope_name).into_iter().collect();
    let groups = parts.iter().enumerate();
    let groups: Vec<_> = groups.map(|(at, kind)| json!([at + 1, [scope_name(*kind)]])).collect();
    let captures = (!groups.is_empty()).then_some(groups);
    json!({"Match": {
        "has_captures": false, "regex": regex, "scope": named, "captures": captures,
        "operation": operation, "with_prototype": null,
    }})
}

fn operation_json(rule: &GrammarRule) -> Value {
    match (&rule.push, &rule.set) {
        (Some(name), _) => stack_json("Push", name),
        (None, Some(name)) => stack_json("Set", name),
        (None, None) if rule.pop => json!("Pop"),
        (None, None) => json!("None"),
    }
}

fn stack_json(how: &str, name: &str) -> Value {
    json!({how: [{"Named": name}]})
}
