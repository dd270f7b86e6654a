//! `no-html-injection`: external input does not become markup. (CWE-79)
//!
//! Two of five real games build markup from their own numbers, which is harmless, so only player
//! input and URL data are reported. Code in such markup does not run: the policy prevents it.

use std::collections::HashSet;

use oxc_ast::ast::{Expression, MemberExpression};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan;

use crate::page::script::{Assignment, MethodCall, ScriptTree};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

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

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for tree in context.trees {
        let set = tree.assignments().iter().filter_map(set_markup);
        let sinks: Vec<_> = set.chain(tree.methods().iter().filter_map(added_markup)).collect();
        if sinks.is_empty() {
            continue;
        }
        let mut outside = from_outside(tree);
        outside.sort_unstable();
        for sink in sinks {
            let first = outside.partition_point(|span| span.start < sink.start);
            let mut inside = outside.iter().skip(first).take_while(|span| span.start < sink.end);
            if inside.any(|span| span.end <= sink.end) {
                diagnostics.warn(tree.source_span(sink), "text from outside becomes markup here");
            }
        }
    }
}

/// Markup set by an assignment.
fn set_markup(assignment: &Assignment<'_>) -> Option<oxc_span::Span> {
    let is_sink = matches!(assignment.key, Some("innerHTML" | "outerHTML"));
    is_sink.then(|| assignment.set.right.span())
}

/// Markup set by a call.
fn added_markup(method: &MethodCall<'_>) -> Option<oxc_span::Span> {
    let is_sink =
        matches!(method.name, "insertAdjacentHTML" | "setHTMLUnsafe" | "createContextualFragment");
    method.call.arguments.last().filter(|_| is_sink).map(GetSpan::span)
}

/// Sources of external text and the names that always stand for it; numbers are no markup.
fn from_outside(tree: &ScriptTree<'_>) -> Vec<oxc_span::Span> {
    let mut direct = HashSet::new();
    let mut made_numbers = HashSet::new();
    let sources = tree.nodes(&[AstType::StaticMemberExpression, AstType::CallExpression]);
    for kind in sources.filter(|kind| is_source(tree, *kind)) {
        let outer = tree.ancestors(kind.node_id()).find_map(|around| match around {
            AstKind::CallExpression(call) => Some(call),
            _ => None,
        });
        if outer.is_some_and(|call| makes_number(&call.callee)) {
            made_numbers.insert(kind.span());
        }
        direct.insert(kind.span());
    }
    direct.retain(|span| !made_numbers.contains(span));
    let names = tree.nodes(&[AstType::IdentifierReference]).filter_map(|kind| {
        let AstKind::IdentifierReference(name) = kind else { return None };
        let value = tree.constant_value(name)?.span();
        direct.contains(&value).then_some(name.span)
    });
    names.chain(direct.iter().copied()).collect()
}

fn is_source<'a>(tree: &ScriptTree<'a>, kind: AstKind<'a>) -> bool {
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
