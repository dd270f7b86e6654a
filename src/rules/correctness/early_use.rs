//! `early-use`: what `let`, `const` and `class` declare is used after its declaration.
//!
//! Told where it is certain: the use comes before the declaration in the same run of the code, or a
//! function is called there that must come to the use.

use std::collections::HashMap;

use oxc_ast::AstKind;
use oxc_ast::ast::{Expression, Statement};
use oxc_span::{GetSpan as _, Span};
use oxc_syntax::node::NodeId;
use oxc_syntax::symbol::SymbolId;

use crate::page::script::{Bindings, LateName, ScriptTree};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "early-use",
    severity: Severity::Warn,
    title: "a name is used before its declaration",
    help: "Move the declaration up, or start the game at the end of the script.",
    why: "Before its declaration is reached, a `let`, `const` or `class` throws a ReferenceError.",
    fail: &[
        "<script>alert(score); let score = 1</script>",
        "<script>const x = x + 1</script>",
        "<script>new Ghost(); class Ghost {}</script>",
        "<script>function f() { alert(a); const a = 1 } f()</script>",
        "<script>if (ready) start = 1; let ready = true; var start</script>",
        "<script>draw(); const size = 3; function draw() { alert(size) }</script>",
        "<script>function step() { const turn = turn + 1; alert(turn) } step()</script>",
    ],
    pass: &[
        "<script>let score = 1; alert(score)</script>",
        "<script>function draw() { alert(size) } const size = 3; draw()</script>",
        "<script>const f = () => f(); f()</script>",
        "<script>alert(a); var a = 1; g(); function g() {}</script>",
        "<script>class A { static make() { return new A() } } A.make()</script>",
        "<script>onload = () => alert(late); const late = 1</script>",
        "<script>draw(); let size = 3; function draw() { if (draw.on) alert(size) }</script>",
        "<script>draw(); let size = 3; function draw() { if (!draw.on) return; alert(size) }</script>",
        "<script>{ let a = 1; alert(a) } let a = 2; alert(a)</script>",
        "<script>try { alert(a) } catch {} let a = 1</script>",
        "<script>const { a, b = a } = { a: 1 }; alert(b); const C = class D { static x = D.name }; alert(C)</script>",
        "<script>for (let i = 0; i < 2; i++) { const n = i; alert(n) } let i = 2; alert(i)</script>",
        "<script type=module>export { a }; const a = 1</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for tree in context.trees.iter().filter(|tree| tree.problems.is_empty()) {
        let mut first: HashMap<SymbolId, Span> = HashMap::new();
        let calls = early_calls(tree);
        for late in Bindings::of(tree).late_names() {
            let early = early_use(tree, &late, &calls);
            let Some(span) = early.filter(|_| !Bindings::of(tree).is_in_try(late.node)) else {
                continue;
            };
            let known = first.entry(late.symbol).or_insert(span);
            *known = if span.start < known.start { span } else { *known };
        }
        for (symbol, span) in first {
            let name = Bindings::of(tree).declared_name(symbol);
            let why = format!("`{name}` is used before its declaration is reached");
            diagnostics.warn(tree.source_span(span), why);
        }
    }
}

/// A function that the script's own statements call.
struct CalledFunction {
    /// The first call.
    call: Span,
    /// Where the function may be left, or may go another way, before its end.
    leaves: u32,
}

/// Where a name is used too early for sure: its own place, or the call that leads there.
fn early_use(
    tree: &ScriptTree<'_>,
    late: &LateName,
    calls: &HashMap<NodeId, CalledFunction>,
) -> Option<Span> {
    let used = Bindings::of(tree).node(late.node).span();
    let mut is_certain = true;
    for (id, around) in Bindings::of(tree).ancestors_with_ids(late.node) {
        match around {
            AstKind::Class(_) => return None,
            _ if id == late.scope_node => return late.is_before(used).then_some(used),
            AstKind::Function(_) => {
                let called = calls.get(&id).filter(|_| late.is_top && is_certain)?;
                let is_early = late.is_before(called.call) && used.start < called.leaves;
                return is_early.then_some(called.call);
            }
            AstKind::ArrowFunctionExpression(_) | AstKind::ExportSpecifier(_) => return None,
            around => is_certain &= !is_choice(around),
        }
    }
    None
}

/// Whether a part of this node may not run.
fn is_choice(around: AstKind<'_>) -> bool {
    matches!(
        around,
        AstKind::IfStatement(_)
            | AstKind::ConditionalExpression(_)
            | AstKind::LogicalExpression(_)
            | AstKind::ForStatement(_)
            | AstKind::ForInStatement(_)
            | AstKind::ForOfStatement(_)
            | AstKind::WhileStatement(_)
            | AstKind::DoWhileStatement(_)
            | AstKind::SwitchStatement(_)
            | AstKind::TryStatement(_)
            | AstKind::ChainExpression(_)
            | AstKind::AssignmentPattern(_)
            | AstKind::FormalParameter(_)
    )
}

/// The functions that the script's own statements call plainly.
fn early_calls(tree: &ScriptTree<'_>) -> HashMap<NodeId, CalledFunction> {
    let calls = tree.program().body.iter().filter_map(|statement| {
        let Statement::ExpressionStatement(statement) = statement else { return None };
        let Expression::CallExpression(call) = &statement.expression else { return None };
        let Expression::Identifier(name) = &call.callee else { return None };
        let function =
            Bindings::of(tree).declared_function(Bindings::of(tree).declaration(name)?)?;
        Some((function, call.span))
    });
    let mut called = HashMap::new();
    for (function, call) in calls {
        let AstKind::Function(body) = Bindings::of(tree).node(function) else { continue };
        let is_plain = !body.r#async && !body.generator;
        let Some(body) = body.body.as_ref().filter(|_| is_plain) else { continue };
        let leaves = body.statements.iter().find(|statement| may_leave(statement));
        let leaves = leaves.map_or(body.span.end, |statement| statement.span().start);
        called.entry(function).or_insert(CalledFunction { call, leaves });
    }
    called
}

/// Whether code behind a statement may not be reached.
fn may_leave(statement: &Statement<'_>) -> bool {
    !matches!(
        statement,
        Statement::ExpressionStatement(_)
            | Statement::VariableDeclaration(_)
            | Statement::FunctionDeclaration(_)
            | Statement::ClassDeclaration(_)
            | Statement::EmptyStatement(_)
    )
}
