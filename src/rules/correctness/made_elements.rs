//! The elements that a page has or may make: ids, classes and tag names in markup and scripts.

use std::collections::HashSet;

use oxc_ast::ast::{Argument, Expression};
use oxc_ast::{AstKind, AstType};
use oxc_span::Span;

use crate::page::script::{MethodCall, ScriptKind, ScriptTree};
use crate::rules::RuleContext;

use super::page_names::{string_texts, words};

/// What ids, classes and tags the elements of a page may have.
#[derive(Default)]
pub(super) struct MadeElements {
    /// Ids and classes: which of both a text is, is not told.
    names: HashSet<String>,
    tags: HashSet<String>,
    /// Starts of names that end with a value.
    starts: HashSet<String>,
    /// All words of the scripts' texts but those that are looked up, if one of them may become a
    /// name.
    any: Option<HashSet<String>>,
}

/// Methods that take a selector, an id, a class or a tag.
const LOOKUPS: &[&str] = &[
    "getElementById",
    "querySelector",
    "querySelectorAll",
    "getElementsByClassName",
    "getElementsByTagName",
    "getElementsByName",
    "closest",
    "matches",
];

impl MadeElements {
    /// The elements of a page. `looked_up` has the literals that are given to a function which only
    /// looks up, each with the number of its tree.
    pub fn new(context: &RuleContext<'_, '_>, looked_up: &HashSet<(usize, Span)>) -> Self {
        let mut made = Self::default();
        for (_, element) in context.page.elements() {
            made.tags.insert(element.name().to_owned());
            let of = |key| element.value(key).unwrap_or_default();
            made.names.insert(of("id").to_owned());
            made.names.extend(of("class").split_ascii_whitespace().map(str::to_owned));
        }
        for script in context.page.scripts().iter().filter(|s| s.kind == ScriptKind::Data) {
            made.add_markup(script.text.text());
        }
        let mut is_unknown = false;
        for tree in context.trees {
            is_unknown |= made.add_code(tree);
        }
        if is_unknown {
            let any: HashSet<_> = context
                .trees
                .iter()
                .enumerate()
                .flat_map(|(number, tree)| other_words(tree, number, looked_up))
                .collect();
            let is_start = |word: &&String| word.len() > 1 && word.ends_with(['-', '_']);
            made.starts.extend(any.iter().filter(is_start).cloned());
            made.any = Some(any);
        }
        made
    }

    /// Whether some element may have this id or class.
    pub fn has_name(&self, name: &str) -> bool {
        let mut starts = name.char_indices().filter_map(|(at, _)| name.get(..at));
        self.names.contains(name)
            || starts.any(|start| self.starts.contains(start))
            || self.any.as_ref().is_some_and(|any| any.contains(name))
    }

    pub fn has_tag(&self, tag: &str) -> bool {
        self.tags.contains(tag) || self.any.as_ref().is_some_and(|any| any.contains(tag))
    }

    /// Adds what the code makes. Returns whether it makes names that are not spelt.
    fn add_code(&mut self, tree: &ScriptTree<'_>) -> bool {
        let mut is_unknown = false;
        for text in string_texts(tree) {
            is_unknown |= self.add_markup(text);
        }
        for set in tree.assignments() {
            if matches!(set.key, Some("id" | "className" | "htmlFor" | "name")) {
                is_unknown |= self.add_value(tree, &set.set.right);
            }
        }
        for method in tree.methods() {
            is_unknown |= self.add_method(tree, method);
        }
        for kind in tree.nodes(&[AstType::ObjectProperty]) {
            let AstKind::ObjectProperty(property) = kind else { continue };
            if matches!(
                property.key.static_name().as_deref(),
                Some("id" | "class" | "className" | "classes")
            ) {
                is_unknown |= self.add_value(tree, &property.value);
            }
        }
        is_unknown
    }

    fn add_method<'a>(&mut self, tree: &ScriptTree<'a>, method: &MethodCall<'a>) -> bool {
        let first = tree.argument(method.call, 0);
        match method.name {
            "setAttribute" => {
                let key = first.and_then(|key| tree.constant(key));
                let is_name = key.is_none_or(|key| matches!(&*key, "id" | "class"));
                let value = tree.argument(method.call, 1).filter(|_| is_name);
                value.is_some_and(|value| self.add_value(tree, value))
            }
            "createElement" | "createElementNS" => {
                let last = method.call.arguments.last().and_then(Argument::as_expression);
                let tag = last.and_then(|tag| tree.constant(tag));
                let is_unknown = tag.is_none();
                self.tags.extend(tag.map(|tag| tag.to_ascii_lowercase()));
                is_unknown
            }
            "add" | "toggle" | "replace" => {
                let all = method.call.arguments.iter();
                let mut is_unknown = false;
                for value in all.filter_map(|argument| argument.as_expression()) {
                    is_unknown |= is_of_class_list(method) && self.add_value(tree, value);
                }
                is_unknown
            }
            _ => false,
        }
    }

    /// Adds the words of a value. Returns whether it is not spelt.
    fn add_value<'a>(&mut self, tree: &ScriptTree<'a>, value: &'a Expression<'a>) -> bool {
        if matches!(
            value.get_inner_expression(),
            Expression::NumericLiteral(_)
                | Expression::BooleanLiteral(_)
                | Expression::NullLiteral(_)
        ) {
            return false;
        }
        if let Some(whole) = tree.constant(value) {
            self.names.extend(words(&whole).map(str::to_owned));
            return false;
        }
        match tree.constant_start(value).filter(|start| !start.is_empty()) {
            Some(start) => {
                self.names.extend(words(&start).map(str::to_owned));
                self.starts.extend(words(&start).last().map(str::to_owned));
                start.ends_with(char::is_whitespace)
            }
            None => true,
        }
    }

    /// Adds the words of a text that may be markup. Returns whether a name in it continues with a
    /// value.
    fn add_markup(&mut self, text: &str) -> bool {
        if !["<", "id=", "class="].iter().any(|mark| text.contains(mark)) {
            return false;
        }
        self.names.extend(words(text).map(str::to_owned));
        self.tags.extend(words(text).map(str::to_ascii_lowercase));
        let Some((before, value)) = text.rsplit_once('=') else { return false };
        let is_name = before.ends_with("id") || before.ends_with("class");
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let rest = value.get(quote.map_or(0, char::len_utf8)..).unwrap_or_default();
        let is_open = quote.is_none_or(|quote| !rest.contains(quote)) && !rest.contains('>');
        if !is_name || !is_open {
            return false;
        }
        let last = words(rest).last().filter(|word| rest.ends_with(word));
        self.starts.extend(last.map(str::to_owned));
        last.is_none()
    }
}

fn is_of_class_list(method: &MethodCall<'_>) -> bool {
    let list = method.call.callee.get_inner_expression().as_member_expression();
    let list =
        list.and_then(|member| member.object().get_inner_expression().as_member_expression());
    list.is_some_and(|list| list.static_property_name() == Some("classList"))
}

/// The words of all texts that are not only looked up.
fn other_words(
    tree: &ScriptTree<'_>,
    number: usize,
    by_helper: &HashSet<(usize, Span)>,
) -> Vec<String> {
    let looked_up: HashSet<_> = tree
        .methods()
        .iter()
        .filter(|method| LOOKUPS.contains(&method.name))
        .filter_map(|method| match tree.argument(method.call, 0) {
            Some(Expression::StringLiteral(text)) => Some(text.node_id.get()),
            _ => None,
        })
        .collect();
    let texts = tree.nodes(&[AstType::StringLiteral, AstType::TemplateElement]);
    let texts = texts.filter_map(|kind| match kind {
        AstKind::StringLiteral(text)
            if !looked_up.contains(&text.node_id.get())
                && !by_helper.contains(&(number, text.span)) =>
        {
            Some(text.value.as_str())
        }
        AstKind::TemplateElement(part) => part.value.cooked.map(|text| text.as_str()),
        _ => None,
    });
    texts.flat_map(words).map(str::to_owned).collect()
}
