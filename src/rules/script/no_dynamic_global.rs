//! `no-dynamic-global`: what is taken off the global object is named.
//!
//! `window[name]` can be any power there is, and no rule can say which. A key
//! that begins like no power, as in `window['level' + n]`, is fine; so is
//! storing something under a computed name, which is only told.

use oxc_ast::ast::Expression;
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use crate::page::script::{Call, Tree};
use crate::rules::{Look, Notes, Rule, Severity};

use super::powers;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-dynamic-global",
    severity: Severity::Deny,
    title: "something is taken off the page by a name that is made up at run time",
    help: "Keep what is looked up by name in an object of the game's own.",
    why: "A name made up at run time can be that of any power, so nothing can be said about it.",
    fail: &[
        "<script>window[name]()</script>",
        "<script>const w = self; w[a + b]('1')</script>",
        "<script>globalThis[atob(x)]('1')</script>",
        "<script>this[key]('1')</script>",
        "<script>document[key]('<p>')</script>",
        "<script>window['e' + x]('1')</script>",
        "<script>window['Lang' + x].create()</script>",
        "<script>navigator['geo' + x].watchPosition(f)</script>",
        "<script>document[`model${x}`]</script>",
        "<script>navigator.clipboard['read' + x]()</script>",
        "<script>window[`${a}al`]('1')</script>",
        "<script>location[key] = url</script>",
        "<script>navigator[key]('/x', 1)</script>",
        "<script>Reflect.get(window, key)('1')</script>",
        "<script>Object.values(window)</script>",
        "<script>Object.entries(globalThis).find(f)</script>",
        "<script>const { [key]: f } = window</script>",
        "<script>with (document) { write('x') }</script>",
        "<script>(function (w) { w[key]('1') })(window)</script>",
    ],
    pass: &[
        "<script>keys[e.key] = true; grid[x][y]</script>",
        "<script>window['score'] = 1; window['ev' + 'ent']</script>",
        "<script>window['level' + n]()</script>",
        "<script>const api = {}; api[name]()</script>",
        "<script>class A { get(k) { return this[k] } }</script>",
        "<script>function f() { return this[k] }</script>",
        "<script>Object.values(scores); Reflect.get(ghost, key)</script>",
        "<script>document.body.style[key] = 1; document.forms[0]; localStorage[key]</script>",
        "<script>for (const k in window) {} if (k in window) {}</script>",
    ],
    find,
};

/// The names of powers beside those that no game gets: a key that begins otherwise is none.
const POWERS: &[&str] = &[
    "eval",
    "Function",
    "setTimeout",
    "setInterval",
    "fetch",
    "XMLHttpRequest",
    "WebSocket",
    "EventSource",
    "importScripts",
    "Worker",
    "WebAssembly",
    "open",
    "location",
    "history",
    "navigation",
    "navigator",
    "document",
    "window",
    "self",
    "globalThis",
    "frames",
    "top",
    "parent",
    "opener",
    "write",
    "writeln",
    "defaultView",
    "sendBeacon",
    "constructor",
    "Reflect",
    "Object",
    "postMessage",
    "href",
    "assign",
    "replace",
    "createElement",
    "clipboard",
    "read",
    "readText",
    "createPolicy",
    "__proto__",
];

fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    for tree in look.trees {
        for kind in tree.nodes(&[
            AstType::WithStatement,
            AstType::ComputedMemberExpression,
            AstType::VariableDeclarator,
        ]) {
            judge(tree, kind, notes);
        }
        for call in tree.calls().iter().filter(|call| lists_or_gets(tree, call)) {
            notes.deny(call.span, ANY);
        }
    }
}

const ANY: &str = "this may be any power of the page";

fn judge<'a>(tree: &Tree<'a>, kind: AstKind<'a>, notes: &mut Notes) {
    match kind {
        AstKind::WithStatement(with) => {
            notes.deny(tree.place(with.span), "`with` makes every name uncertain");
        }
        AstKind::ComputedMemberExpression(member)
            if is_dynamic(tree, &member.object, &member.expression) =>
        {
            let place = tree.place(member.span);
            let of_window = tree.path(&member.object).is_some_and(|path| path.is_empty());
            if of_window && is_stored(tree.parent(member.node_id.get()), member.span) {
                notes.warn(place, "something is stored under a name made up at run time");
            } else {
                notes.deny(place, ANY);
            }
        }
        AstKind::VariableDeclarator(declarator)
            if computes_key(declarator)
                && declarator.init.as_ref().is_some_and(|from| is_power(tree, from)) =>
        {
            notes.deny(tree.place(declarator.span), ANY);
        }
        _ => {}
    }
}

/// Whether a member is what an assignment sets, and is not read.
fn is_stored(around: AstKind<'_>, member: oxc_span::Span) -> bool {
    matches!(around, AstKind::AssignmentExpression(set) if set.left.span() == member)
}

fn is_dynamic<'a>(tree: &Tree<'a>, object: &'a Expression<'a>, key: &'a Expression<'a>) -> bool {
    is_power(tree, object) && may_be_power(tree, key)
}

/// The objects that powers hang on.
fn is_power<'a>(tree: &Tree<'a>, object: &'a Expression<'a>) -> bool {
    let Some(path) = tree.path(object) else { return false };
    matches!(
        *path,
        [] | ["document" | "location" | "navigator" | "history" | "trustedTypes"]
            | ["navigator", "clipboard"]
    )
}

fn may_be_power<'a>(tree: &Tree<'a>, key: &'a Expression<'a>) -> bool {
    if tree.constant(key).is_some() || key.is_number_literal() {
        return false;
    }
    let start = tree.constant_start(key).unwrap_or_default();
    POWERS.iter().copied().chain(powers::names()).any(|power| power.starts_with(&*start))
}

fn computes_key(declarator: &oxc_ast::ast::VariableDeclarator<'_>) -> bool {
    let oxc_ast::ast::BindingPattern::ObjectPattern(object) = &declarator.id else { return false };
    object.properties.iter().any(|property| property.key.static_name().is_none())
}

fn lists_or_gets<'a>(tree: &Tree<'a>, call: &Call<'a>) -> bool {
    let Some(first) = call.arguments.first().copied() else { return false };
    match *call.path {
        ["Object", "values" | "entries" | "getOwnPropertyDescriptors"] => is_power(tree, first),
        ["Reflect", "get"] | ["Object", "getOwnPropertyDescriptor"] => {
            is_power(tree, first)
                && call.arguments.get(1).is_some_and(|key| may_be_power(tree, key))
        }
        _ => false,
    }
}
