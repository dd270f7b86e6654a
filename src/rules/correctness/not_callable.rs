//! `not-callable`: what is called is a function, and what `new` gets makes objects.
//!
//! Told of names that always have a value of one kind, wherever they are assigned.

use std::collections::HashMap;

use oxc_ast::ast::{Expression, IdentifierReference};
use oxc_ast::{AstKind, AstType};
use oxc_span::{GetSpan as _, Span};
use oxc_syntax::node::NodeId;

use crate::page::script::{Bindings, NameUse, ScriptTree};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

use super::literal_kind::{LiteralKind, kind_of_name};
use super::name_table::{DeclaredName, NameTable};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "not-callable",
    severity: Severity::Warn,
    title: "something is called that is no function",
    help: "Call a function, or rename the variable that has the function's name.",
    why: "Calling what is no function throws a TypeError, and the game stops there.",
    fail: &[
        "<script>const score = 0; score()</script>",
        "<script>let lives = 3; lives -= 1; function hit() { lives() } hit()</script>",
        "<script>const player = { x: 1 }; player()</script>",
        "<script>let enemies = []; enemies = []; enemies(3)</script>",
        "<script>let draw; draw()</script>",
        "<script>const title = `Round ${1}`; title()</script>",
        "<script>const level = 1</script><button onclick='level()'>x</button>",
        "<script>function move() {} function step() { const move = 3; move() } step(); move()</script>",
        "<script>class Ghost {} const g = Ghost()</script>",
        "<script>const Ghost = (x) => ({ x }); const g = new Ghost(1)</script>",
        "<script>const Ghost = { x: 1 }; const g = new Ghost()</script>",
        "<script>async function load() {} new load()</script>",
    ],
    pass: &[
        "<script>let score = 0; score = () => 1; score()</script>",
        "<script>let score = 0; if (typeof score === 'function') score()</script>",
        "<script>let tick; function start() { tick = () => 1; tick() } start()</script>",
        "<script>let done = null; if (done) done(); done?.()</script>",
        "<script>let f = null; [f] = [() => 1]; f()</script>",
        "<script>for (const f of [() => 1]) f()</script>",
        "<script>const f = Math.max; f(1)</script>",
        "<script>var f = 0; function f() {} try { f() } catch {}</script>",
        "<script>let f = 0</script><script>f = () => 1; f()</script>",
        "<script>let f = 0; f()</script><button onclick='f = () => 1'>x</button>",
        "<script>let f = 0; window.f = 1; f()</script>",
        "<script>const A = function () {}; new A(); class B {} new B()</script>",
        "<script>function run(f) { f() } run(() => 1)</script>",
        "<script>const score = 0; { const score = () => 1; score() }</script>",
        "<script>let f; document.body.innerHTML = '<b onclick=\"f = alert\">x</b>'; f()</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let Some(table) = context.names() else { return };
    let mut known: HashMap<(DeclaredName, bool), Option<String>> = HashMap::new();
    for (number, tree) in context.trees.iter().enumerate() {
        for kind in tree.nodes(&[AstType::CallExpression, AstType::NewExpression]) {
            let Some(used) = UsedName::of(tree, kind) else { continue };
            let Some(name) = table.declared(number, used.name) else { continue };
            let fault = known
                .entry((name, used.is_new))
                .or_insert_with(|| used.fault(table, name).filter(|_| !is_tested(table, name)));
            let Some(why) = fault else { continue };
            if !Bindings::of(tree).is_in_try(used.node) {
                diagnostics.warn(tree.source_span(used.span), why.as_str());
            }
        }
    }
}

/// A name that is called, or that `new` gets.
struct UsedName<'a> {
    name: &'a IdentifierReference<'a>,
    is_new: bool,
    node: NodeId,
    span: Span,
}

impl<'a> UsedName<'a> {
    fn of(tree: &ScriptTree<'a>, kind: AstKind<'a>) -> Option<Self> {
        let (callee, is_new, node, span) = match kind {
            AstKind::CallExpression(call) if !call.optional => {
                (&call.callee, false, call.node_id.get(), call.span)
            }
            AstKind::NewExpression(new) => (&new.callee, true, new.node_id.get(), new.span),
            _ => return None,
        };
        match callee.get_inner_expression() {
            Expression::Identifier(name) if !tree.is_global(name) => {
                Some(Self { name, is_new, node, span })
            }
            _ => None,
        }
    }

    /// Why the name cannot be used so. `None` if it can, or if that cannot be told.
    fn fault(&self, table: &NameTable<'_, '_>, name: DeclaredName) -> Option<String> {
        let text = table.text(name);
        if let Some(kind) = kind_of_name(table, name) {
            let what = match (kind, self.is_new) {
                (LiteralKind::Nothing, _) => {
                    return Some(format!("`{text}` is never given a function, and is called here"));
                }
                (kind, _) => kind.describe(),
            };
            let verb = if self.is_new {
                "no class, and `new` gets it here"
            } else {
                "no function, and is called here"
            };
            return Some(format!("`{text}` is {what}, {verb}"));
        }
        let is_written = table.uses(name).iter().any(|place| place.usage != NameUse::Read);
        if is_written {
            return None;
        }
        match table.node(name.0, table.declaration(name)?)? {
            AstKind::Class(_) if !self.is_new => {
                Some(format!("`{text}` is a class, and is called here without `new`"))
            }
            AstKind::Function(function)
                if self.is_new && (function.r#async || function.generator) =>
            {
                Some(format!("`{text}` is no class and no plain function, and `new` gets it here"))
            }
            AstKind::VariableDeclarator(declarator) => match &declarator.init {
                Some(Expression::ArrowFunctionExpression(_)) if self.is_new => Some(format!(
                    "`{text}` is an arrow function, which `new` cannot make objects of"
                )),
                Some(Expression::ClassExpression(_)) if !self.is_new => {
                    Some(format!("`{text}` is a class, and is called here without `new`"))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether the code asks what the name is before it calls it.
fn is_tested(table: &NameTable<'_, '_>, name: DeclaredName) -> bool {
    table.uses(name).iter().any(|place| {
        let Some(tree) = table.tree(place.tree) else { return true };
        let used = Bindings::of(tree).node(place.node).span();
        match tree.parent(place.node) {
            AstKind::UnaryExpression(unary) => {
                unary.operator.is_typeof() || unary.operator.is_not()
            }
            AstKind::LogicalExpression(_) => true,
            AstKind::BinaryExpression(pair) => pair.operator.is_instance_of(),
            AstKind::IfStatement(either) => either.test.span() == used,
            AstKind::ConditionalExpression(either) => either.test.span() == used,
            _ => false,
        }
    })
}
