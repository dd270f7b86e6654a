//! `no-prototype-tampering`: built-in objects stay unchanged.
//!
//! Some games add `shuffle` to arrays, which works; it is a warning because every loop over an
//! object sees the addition, and because a changed method can make checked code do something else.

use oxc_ast::ast::MemberExpression;
use oxc_span::GetSpan as _;

use crate::page::script::{AccessKind, Assignment, GlobalCall, ScriptTree};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-prototype-tampering",
    severity: Severity::Warn,
    title: "a built-in object is changed",
    help: "Write a function of the game's own instead.",
    why: "What is added to a built-in object shows up everywhere, even where no code expects it.",
    fail: &[
        "<script>Array.prototype.shuffle = function () {}</script>",
        "<script>window.String.prototype['trim'] = f</script>",
        "<script>Object.defineProperty(Object.prototype, 'x', {})</script>",
        "<script>Object.assign(Array.prototype, { last() {} })</script>",
        "<script>Reflect.set(Event.prototype, 'preventDefault', f)</script>",
        "<script>ghost.__proto__ = monster</script>",
        "<script>ghost['__proto__'].x = 1</script>",
    ],
    pass: &[
        "<script>function Ghost() {} Ghost.prototype.move = function () {}</script>",
        "<script>class A {} A.prototype.x = 1; Object.assign(A.prototype, {})</script>",
        "<script>Array.prototype.slice.call(list)</script>",
        "<script>if (!Array.prototype.at) {}</script>",
        "<script>const o = { __proto__: null }</script>",
        "<script>Object.setPrototypeOf(a, b); Object.create(Ghost.prototype)</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for tree in context.trees {
        for reach in
            tree.global_accesses().iter().filter(|reach| reach.usage == AccessKind::Written)
        {
            if matches!(*reach.path, [_, "prototype", _, ..]) {
                let name = reach.path.join(".");
                diagnostics.warn(reach.span, format!("`{name}` is changed"));
            }
        }
        for call in tree.global_calls().iter().filter(|call| changes(tree, call)) {
            diagnostics.warn(call.span, "a built-in object is changed");
        }
        for span in tree.assignments().iter().filter_map(prototype_of) {
            diagnostics.warn(tree.source_span(span), "`__proto__` changes what an object is");
        }
    }
}

fn changes<'a>(tree: &ScriptTree<'a>, call: &GlobalCall<'a>) -> bool {
    let changes = matches!(
        *call.path,
        ["Object", "assign" | "defineProperty" | "defineProperties" | "setPrototypeOf"]
            | ["Reflect", "set" | "defineProperty" | "setPrototypeOf"]
    );
    let of = call.arguments.first().filter(|_| changes).and_then(|of| tree.path(of));
    of.is_some_and(|of| matches!(*of, [_, "prototype"]))
}

fn prototype_of(assignment: &Assignment<'_>) -> Option<oxc_span::Span> {
    let member = assignment.set.left.as_member_expression()?;
    let object = member.object().get_inner_expression().as_member_expression();
    let keys = [assignment.key, object.and_then(MemberExpression::static_property_name)];
    keys.contains(&Some("__proto__")).then(|| member.span())
}
