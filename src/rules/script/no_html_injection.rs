//! `no-html-injection`: what came from outside is not made markup.  (CWE-79)
//!
//! Two of five real games build markup from their own numbers, which harms
//! nobody, so only what a player typed or an address carries is told. Code in
//! such markup does not run: the policy sees to it.

use std::collections::HashSet;

use oxc_ast::AstKind;
use oxc_ast::ast::{Expression, MemberExpression};
use oxc_span::GetSpan as _;

use crate::page::script::Tree;
use crate::rules::{Look, Notes, Rule, Severity};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-html-injection",
    severity: Severity::Warn,
    title: "text from outside becomes markup",
    help: "Set `textContent`, or escape the text.",
    why: "A name with a `<` in it breaks the page, and a crafted one changes it.",
    fail: &[
        "<script>el.innerHTML = '<b>' + nick.value + '</b>'</script>",
        "<script>el.innerHTML = `<b>${prompt('Name?')}</b>`</script>",
        "<script>const who = prompt('Name?'); el.innerHTML = who</script>",
        "<script>el.outerHTML = location.hash.slice(1)</script>",
        "<script>el.insertAdjacentHTML('beforeend', localStorage.getItem('name'))</script>",
        "<script>el.innerHTML += decodeURIComponent(location.search)</script>",
        "<script>el.setHTMLUnsafe(nick.value)</script>",
    ],
    pass: &[
        "<script>el.innerHTML = ''</script>",
        "<script>el.innerHTML = `<b>Score ${score}</b>`</script>",
        "<script>el.innerHTML = cards.map(c => `<i>${c}</i>`).join('')</script>",
        "<script>el.textContent = nick.value</script>",
        "<script>el.insertAdjacentHTML('beforeend', row(1))</script>",
        "<script>el.innerHTML = 'Best: ' + Number(localStorage.getItem('best'))</script>",
    ],
    find,
};

fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    for tree in look.trees {
        let sinks: Vec<_> = tree.nodes().filter_map(|kind| markup(kind)).collect();
        if sinks.is_empty() {
            continue;
        }
        let outside = from_outside(tree);
        for sink in sinks {
            let comes = |span: &oxc_span::Span| sink.start <= span.start && span.end <= sink.end;
            if outside.iter().any(comes) {
                notes.warn(tree.place(sink), "text from outside becomes markup here");
            }
        }
    }
}

/// What becomes markup.
fn markup(kind: AstKind<'_>) -> Option<oxc_span::Span> {
    match kind {
        AstKind::AssignmentExpression(set) => {
            let key = set.left.as_member_expression()?.static_property_name()?;
            matches!(key, "innerHTML" | "outerHTML").then(|| set.right.span())
        }
        AstKind::CallExpression(call) => {
            let method = call.callee.get_inner_expression().as_member_expression()?;
            let name = method.static_property_name()?;
            let is_it =
                matches!(name, "insertAdjacentHTML" | "setHTMLUnsafe" | "createContextualFragment");
            let last = call.arguments.last().filter(|_| is_it)?;
            Some(last.span())
        }
        _ => None,
    }
}

/// Where text comes in, and the names that always stand for it; numbers are no markup.
fn from_outside(tree: &Tree<'_>) -> Vec<oxc_span::Span> {
    let mut direct = Vec::new();
    let mut made_numbers = HashSet::new();
    for (kind, mut around) in tree.nested_nodes() {
        if !is_source(tree, kind) {
            continue;
        }
        let outer = around.find_map(|around| match around {
            AstKind::CallExpression(call) => Some(call),
            _ => None,
        });
        if outer.is_some_and(|call| makes_number(&call.callee)) {
            made_numbers.insert(kind.span());
        }
        direct.push(kind.span());
    }
    direct.retain(|span| !made_numbers.contains(span));
    let names = tree.nodes().filter_map(|kind| {
        let AstKind::IdentifierReference(name) = kind else { return None };
        let value = tree.value_of(name)?.span();
        direct.contains(&value).then_some(name.span)
    });
    let names: Vec<_> = names.collect();
    direct.extend(names);
    direct
}

fn is_source<'a>(tree: &Tree<'a>, kind: AstKind<'a>) -> bool {
    match kind {
        AstKind::StaticMemberExpression(member) => match member.property.name.as_str() {
            "value" => true,
            "hash" | "search" | "href" => {
                tree.path(&member.object).is_some_and(|path| path == ["location"])
            }
            _ => false,
        },
        AstKind::CallExpression(call) => tree
            .path(&call.callee)
            .is_some_and(|path| path == ["prompt"] || path == ["localStorage", "getItem"]),
        _ => false,
    }
}

fn makes_number(callee: &Expression<'_>) -> bool {
    let callee = callee.get_inner_expression();
    let method = callee.as_member_expression().and_then(MemberExpression::static_property_name);
    ["Number", "parseInt", "parseFloat"].iter().any(|name| callee.is_specific_id(name))
        || matches!(method, Some("parse" | "toFixed" | "parseInt" | "parseFloat"))
}
