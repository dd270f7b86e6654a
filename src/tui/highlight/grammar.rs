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
    kind: Option<Kind>,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    r#match: Option<String>,
    include: Option<String>,
    is: Option<Kind>,
    #[serde(default)]
    parts: Vec<Kind>,
    push: Option<String>,
    set: Option<String>,
    #[serde(default)]
    pop: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Plain,
    Comment,
    String,
    Number,
    Keyword,
    Function,
    Tag,
    Name,
}

impl Kind {
    const ALL: [(Self, &str, Code); 8] = [
        (Self::Plain, "plain", Code::Plain),
        (Self::Comment, "comment", Code::Comment),
        (Self::String, "string", Code::String),
        (Self::Number, "number", Code::Number),
        (Self::Keyword, "keyword", Code::Keyword),
        (Self::Function, "function", Code::Function),
        (Self::Tag, "tag", Code::Tag),
        (Self::Name, "name", Code::Name),
    ];

    fn scope(self) -> Option<&'static str> {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map(|(_, scope, _)| *scope)
    }
}

/// The syntax of pages, and what its scopes mean.
pub(super) fn page() -> (SyntaxSet, Vec<(Scope, Code)>) {
    let grammar = toml::from_str(include_str!("../../../assets/highlight/page.toml"))
        .expect("the file is a part of the program, and a test reads it");
    let mut builder = SyntaxSetBuilder::new();
    let syntax = serde_json::from_value(syntax(&grammar));
    builder.add(syntax.expect("these are the fields that syntect has"));
    let codes =
        Kind::ALL.iter().filter_map(|(_, name, code)| Some((Scope::new(name).ok()?, *code)));
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

fn context_of(kind: Option<Kind>, patterns: &[Value]) -> Value {
    let scope: Vec<_> = kind.and_then(Kind::scope).into_iter().collect();
    json!({
        "meta_scope": scope, "meta_content_scope": [], "meta_include_prototype": false,
        "clear_scopes": null, "prototype": null, "uses_backrefs": false, "patterns": patterns,
    })
}

fn include(name: &str) -> Value {
    json!({"Include": {"Named": name}})
}

fn pattern(regex: &str, is: Option<Kind>, parts: &[Kind], operation: &Value) -> Value {
    let scope: Vec<_> = is.and_then(Kind::scope).into_iter().collect();
    let groups = parts.iter().enumerate();
    let groups: Vec<_> = groups.map(|(at, kind)| json!([at + 1, [kind.scope()]])).collect();
    let captures = (!groups.is_empty()).then_some(groups);
    json!({"Match": {
        "has_captures": false, "regex": regex, "scope": scope, "captures": captures,
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
