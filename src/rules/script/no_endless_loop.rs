//! `no-endless-loop`: a loop has an exit.
//!
//! A loop without one freezes the tab, and the player loses everything in it. Whether an exit is
//! ever taken cannot be known, so only loops without one are reported. A dialog in each frame is
//! such a loop too: the player can only close the tab.

use std::collections::HashSet;

use oxc_ast::ast::Expression;
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use crate::page::script::{GlobalCall, ScriptTree};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-endless-loop",
    severity: Severity::Warn,
    title: "a loop never ends",
    help: "Let requestAnimationFrame call the next step.",
    why: "A loop without a way out freezes the tab.",
    fail: &[
        "<script>while (true) { step() }</script>",
        "<script>for (;;) step()</script>",
        "<script>do { step() } while (1)</script>",
        "<script>while (!0) { [1].map(() => { return 1 }) }</script>",
        "<script>while (true) { for (const x of y) { break } }</script>",
        "<script>while (true) { switch (x) { case 1: break } }</script>",
        "<script>for (; true;) { function f() { throw 1 } }</script>",
        "<script>function loop() { if (dead) alert('over'); requestAnimationFrame(loop) }</script>",
        "<script>const tick = () => { if (won) { alert('won') } }; setInterval(tick, 20)</script>",
    ],
    pass: &[
        "<script>while (true) { if (done) break }</script>",
        "<script>function f() { for (;;) { if (x) return 1 } }</script>",
        "<script>while (true) { throw 1 }</script>",
        "<script>async function f() { while (true) { await frame() } }</script>",
        "<script>function* f() { while (true) yield 1 }</script>",
        "<script>out: for (;;) { for (;;) { break out } }</script>",
        "<script>while (lives > 0) step()</script>",
        "<script>for (let i = 0; i < 9; i++) step()</script>",
        "<script>do { step() } while (x)</script>",
        "<script>function loop() { if (dead) { alert('over'); return } requestAnimationFrame(loop) }</script>",
        "<script>function loop() { if (dead) alert('over'); else requestAnimationFrame(loop) }</script>",
        "<script>function end() { if (won) alert('won') } requestAnimationFrame(() => draw())</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for tree in context.trees {
        for span in endless(tree) {
            diagnostics.warn(tree.source_span(span), "nothing in this loop ends it");
        }
        for message in messages(tree) {
            diagnostics.warn(tree.source_span(message), "this dialog comes back in every frame");
        }
    }
}

fn endless(tree: &ScriptTree<'_>) -> Vec<oxc_span::Span> {
    let mut forever: Vec<_> =
        tree.nodes(LOOPS).filter(is_forever).map(|kind| kind.span()).collect();
    if !forever.is_empty() {
        let left = ways_out(tree);
        forever.retain(|span| !left.contains(span));
    }
    forever
}

/// Dialogs in functions called for each frame, if nothing else happens with them.
fn messages(tree: &ScriptTree<'_>) -> Vec<oxc_span::Span> {
    let called = |call: &&GlobalCall<'_>, name: &str| *call.path == [name];
    let alerts: HashSet<_> = tree
        .global_calls()
        .iter()
        .filter(|call| called(call, "alert"))
        .map(|call| call.span)
        .collect();
    if alerts.is_empty() {
        return Vec::new();
    }
    let frames = tree
        .global_calls()
        .iter()
        .filter(|call| called(call, "requestAnimationFrame") || called(call, "setInterval"));
    let names = frames.filter_map(|call| call.arguments.first()?.get_identifier_reference());
    let names: HashSet<_> = names.map(|name| name.name.as_str()).collect();
    let found = tree.nodes(&[AstType::CallExpression]).filter(|kind| {
        let is_alert = alerts.contains(&tree.source_span(kind.span()));
        is_alert && is_alone(tree.ancestors(kind.node_id()), &names)
    });
    found.map(|kind| kind.span()).collect()
}

/// Whether a call is all that an `if` does, directly in a function with one of the names.
fn is_alone<'a>(mut around: impl Iterator<Item = AstKind<'a>>, names: &HashSet<&str>) -> bool {
    let Some(AstKind::ExpressionStatement(_)) = around.next() else { return false };
    let mut next = around.next();
    if matches!(&next, Some(AstKind::BlockStatement(block)) if block.body.len() == 1) {
        next = around.next();
    }
    let is_if = matches!(&next, Some(AstKind::IfStatement(either)) if either.alternate.is_none());
    is_if && is_named(around, names)
}

/// Whether the nearest function has one of the names.
fn is_named<'a>(mut around: impl Iterator<Item = AstKind<'a>>, names: &HashSet<&str>) -> bool {
    let name = match around
        .find(|kind| matches!(kind, AstKind::Function(_) | AstKind::ArrowFunctionExpression(_)))
    {
        Some(AstKind::Function(function)) => function.id.as_ref().map(|id| id.name.as_str()),
        _ => None,
    };
    let own = || match around.next()? {
        AstKind::VariableDeclarator(declared) => Some(declared.id.get_identifier_name()?.as_str()),
        _ => None,
    };
    name.or_else(own).is_some_and(|name| names.contains(name))
}

/// Nodes that may be endless loops.
const LOOPS: &[AstType] =
    &[AstType::WhileStatement, AstType::DoWhileStatement, AstType::ForStatement];

/// Nodes that leave a loop, or yield.
const EXITS: &[AstType] = &[
    AstType::BreakStatement,
    AstType::ContinueStatement,
    AstType::ReturnStatement,
    AstType::ThrowStatement,
    AstType::AwaitExpression,
    AstType::YieldExpression,
];

/// The loops that a node inside leaves or yields from.
fn ways_out(tree: &ScriptTree<'_>) -> HashSet<oxc_span::Span> {
    let mut left = HashSet::new();
    // All ancestors of these have exits already.
    let mut passed = HashSet::new();
    for kind in tree.nodes(EXITS) {
        let only_nearest = match kind {
            AstKind::BreakStatement(out) => out.label.is_none(),
            AstKind::ContinueStatement(out) if out.label.is_none() => continue,
            _ => false,
        };
        for around in tree.ancestors(kind.node_id()) {
            let stops = matches!(around, AstKind::SwitchStatement(_)) || is_loop(&around);
            if matches!(around, AstKind::Function(_) | AstKind::ArrowFunctionExpression(_)) {
                break;
            }
            left.insert(around.span());
            if only_nearest && stops || !only_nearest && !passed.insert(around.node_id()) {
                break;
            }
        }
    }
    left
}

fn is_loop(kind: &AstKind<'_>) -> bool {
    matches!(
        kind,
        AstKind::WhileStatement(_)
            | AstKind::DoWhileStatement(_)
            | AstKind::ForStatement(_)
            | AstKind::ForInStatement(_)
            | AstKind::ForOfStatement(_)
    )
}

fn is_forever(kind: &AstKind<'_>) -> bool {
    match kind {
        AstKind::WhileStatement(each) => is_true(&each.test),
        AstKind::DoWhileStatement(each) => is_true(&each.test),
        AstKind::ForStatement(each) => each.test.as_ref().is_none_or(is_true),
        _ => false,
    }
}

fn is_true(test: &Expression<'_>) -> bool {
    match test.get_inner_expression() {
        Expression::BooleanLiteral(known) => known.value,
        Expression::NumericLiteral(number) => number.value != 0.0,
        Expression::UnaryExpression(not) if not.operator.is_not() => {
            matches!(&not.argument, Expression::NumericLiteral(number) if number.value == 0.0)
        }
        _ => false,
    }
}
