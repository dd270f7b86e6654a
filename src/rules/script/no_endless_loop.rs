//! `no-endless-loop`: a loop has a way out.
//!
//! A loop without one freezes the tab, and the player loses whatever else is
//! in it. Whether the way out is ever taken cannot be said, so only loops
//! that have none are told.

use std::collections::HashSet;

use oxc_ast::ast::Expression;
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use crate::page::script::Tree;
use crate::rules::{Look, Notes, Rule, Severity};

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
    ],
    find,
};

fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    for tree in look.trees {
        let forever: Vec<_> =
            tree.nodes(LOOPS).filter(is_forever).map(|kind| kind.span()).collect();
        if forever.is_empty() {
            continue;
        }
        let left = ways_out(tree);
        for span in forever.into_iter().filter(|span| !left.contains(span)) {
            notes.warn(tree.place(span), "nothing in this loop ends it");
        }
    }
}

/// The loops that may have no end.
const LOOPS: &[AstType] =
    &[AstType::WhileStatement, AstType::DoWhileStatement, AstType::ForStatement];

/// What leaves a loop, or lets others run.
const EXITS: &[AstType] = &[
    AstType::BreakStatement,
    AstType::ContinueStatement,
    AstType::ReturnStatement,
    AstType::ThrowStatement,
    AstType::AwaitExpression,
    AstType::YieldExpression,
];

/// The loops that something inside leaves, or lets others run.
fn ways_out(tree: &Tree<'_>) -> HashSet<oxc_span::Span> {
    let mut left = HashSet::new();
    // All around these is left already.
    let mut passed = HashSet::new();
    for kind in tree.nodes(EXITS) {
        let only_nearest = match kind {
            AstKind::BreakStatement(out) => out.label.is_none(),
            AstKind::ContinueStatement(out) if out.label.is_none() => continue,
            _ => false,
        };
        for around in tree.around(kind.node_id()) {
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
