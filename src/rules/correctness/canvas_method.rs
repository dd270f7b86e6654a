//! `canvas-method`: the context of a canvas has the methods that draw.
//!
//! Told of values that certainly come from `getContext('2d')`. An attribute that is called with the
//! value that it is to have gets that value.

use oxc_ast::AstKind;
use std::cell::RefCell;
use std::collections::HashMap;

use oxc_ast::ast::{Argument, CallExpression, Expression, MemberExpression};
use oxc_span::GetSpan as _;

use crate::page::script::{Bindings, MethodCall, NameUse, ScriptTree};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

use super::known_members::{CanvasMember, canvas_member, nearest_canvas_method};
use super::literal_kind::is_loop_head;
use super::member_table::MemberTable;
use super::name_table::{DeclaredName, NameTable};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "canvas-method",
    severity: Severity::Warn,
    title: "the canvas is drawn on with a method that it does not have",
    help: "Draw with what a context has: circles are `beginPath`, `arc` and `fill`.",
    why: "Calling a method that is not there throws a TypeError, and nothing more is drawn.",
    fail: &[
        "<canvas id=c></canvas><script>const ctx = c.getContext('2d'); ctx.fillCircle(1, 2, 3)</script>",
        "<canvas id=c></canvas><script>let ctx; function init() { ctx = c.getContext('2d') } init(); ctx.drawRect(1, 2, 3, 4)</script>",
        "<canvas id=c></canvas><script>c.getContext('2d').fillrect(0, 0, 1, 1)</script>",
        "<canvas id=c></canvas><script>class Game { constructor() { this.ctx = c.getContext('2d') } draw() { this.ctx.circle(1, 2, 3) } } new Game().draw()</script>",
        "<canvas id=c></canvas><script>const ctx = c.getContext('2d'); ctx.fillStyle('red')</script>",
        "<canvas id=c></canvas><script>const ctx = c.getContext('2d')</script><button onclick='ctx.clear()'>x</button>",
    ],
    pass: &[
        "<canvas id=c></canvas><script>const ctx = c.getContext('2d'); ctx.fillRect(0, 0, 1, 1); ctx.roundRect(0, 0, 1, 1, 1)</script>",
        "<canvas id=c></canvas><script>const ctx = c.getContext('2d'); ctx.fillCircle = () => 1; ctx.fillCircle()</script>",
        "<canvas id=c></canvas><script>CanvasRenderingContext2D.prototype.circle = () => 1; const ctx = c.getContext('2d'); ctx.circle()</script>",
        "<canvas id=c></canvas><script>const gl = c.getContext('webgl'); gl.clearColor(0, 0, 0, 1)</script>",
        "<canvas id=c></canvas><script>const kind = Math.random() > 0.5 ? '2d' : 'webgl'; const g = c.getContext(kind); g.clearColor(0, 0, 0, 1)</script>",
        "<script>const ctx = { fillCircle() {} }; ctx.fillCircle()</script>",
        "<canvas id=c></canvas><script>let ctx = c.getContext('2d'); ctx = wrap(ctx); ctx.fillCircle(); function wrap() { return { fillCircle() {} } }</script>",
        "<canvas id=c></canvas><script>const ctx = c.getContext('2d'); ctx.dot?.(1); if (ctx.setLineWidth) ctx.setLineWidth(1); try { ctx.wide() } catch {}</script>",
        "<canvas id=c></canvas><script>const pen = { getContext: () => ({ dot() {} }) }; const ctx = pen.getContext('2d'); ctx.dot()</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let mut calls = context.trees.iter().flat_map(ScriptTree::methods);
    if !calls.any(|method| method.name == "getContext") {
        return;
    }
    let Some(table) = context.names() else { return };
    let members = context.members();
    if members.has("getContext") {
        return;
    }
    let contexts = CanvasContexts::new(table, members);
    for (number, tree) in context.trees.iter().enumerate() {
        for method in tree.methods() {
            let callee = method.call.callee.get_inner_expression().as_member_expression();
            let Some(member) = callee.filter(|m| !method.call.optional && !m.optional()) else {
                continue;
            };
            let found = canvas_member(method.name);
            let is_given = found.is_none() && members.has(method.name);
            if found == Some(CanvasMember::Method)
                || is_given
                || !contexts.has(number, member.object())
            {
                continue;
            }
            report(tree, (method, member), members, diagnostics);
        }
    }
}

/// Which expressions are contexts of a canvas.
struct CanvasContexts<'c, 't, 'a> {
    table: &'c NameTable<'t, 'a>,
    members: &'c MemberTable<'a>,
    names: RefCell<HashMap<DeclaredName, bool>>,
    by_member: RefCell<HashMap<&'a str, bool>>,
}

impl<'c, 't, 'a> CanvasContexts<'c, 't, 'a> {
    fn new(table: &'c NameTable<'t, 'a>, members: &'c MemberTable<'a>) -> Self {
        Self { table, members, names: RefCell::default(), by_member: RefCell::default() }
    }

    fn has(&self, number: usize, e: &'a Expression<'a>) -> bool {
        let Some(tree) = self.table.tree(number) else { return false };
        match e.get_inner_expression() {
            Expression::CallExpression(call) => is_context(tree, call),
            Expression::Identifier(name) => {
                let Some(name) = self.table.declared(number, name) else { return false };
                *self.names.borrow_mut().entry(name).or_insert_with(|| self.is_name_of_one(name))
            }
            Expression::StaticMemberExpression(member) => {
                let name = member.property.name.as_str();
                let mut known = self.by_member.borrow_mut();
                *known.entry(name).or_insert_with(|| self.is_member_of_one(name))
            }
            _ => false,
        }
    }

    /// Whether a name never is anything else.
    fn is_name_of_one(&self, name: DeclaredName) -> bool {
        let declaration = self.table.declaration(name);
        let node = declaration.and_then(|at| self.table.node(name.0, at));
        let Some(AstKind::VariableDeclarator(declarator)) = node else { return false };
        let is_plain = declarator.id.is_binding_identifier() && !is_loop_head(self.table, name);
        let first = declarator.init.as_ref().map(|value| self.is_made(name.0, value));
        let writes = self.table.uses(name).into_iter().filter(|use_| use_.usage != NameUse::Read);
        let mut written = writes.map(|place| {
            let tree = self.table.tree(place.tree)?;
            match tree.parent(place.node) {
                AstKind::AssignmentExpression(set) => self.is_made(place.tree, &set.right),
                _ => None,
            }
        });
        let all: Option<Vec<bool>> = first.into_iter().chain(&mut written).collect();
        is_plain && all.is_some_and(|all| all.contains(&true))
    }

    fn is_member_of_one(&self, name: &str) -> bool {
        let Some(values) = self.members.values(name) else { return false };
        let made = values.iter().map(|value| self.is_made(value.tree, value.value?));
        made.collect::<Option<Vec<_>>>().is_some_and(|all| all.contains(&true))
    }

    /// Whether a value is a context, or nothing. `None` if it is, or may be, something else.
    fn is_made(&self, number: usize, e: &'a Expression<'a>) -> Option<bool> {
        let tree = self.table.tree(number)?;
        match e.get_inner_expression() {
            Expression::CallExpression(call) => is_context(tree, call).then_some(true),
            Expression::NullLiteral(_) => Some(false),
            Expression::Identifier(name) if name.name == "undefined" => Some(false),
            _ => None,
        }
    }
}

/// `canvas.getContext('2d')`.
fn is_context<'a>(tree: &ScriptTree<'a>, call: &'a CallExpression<'a>) -> bool {
    let member = call.callee.get_inner_expression().as_member_expression();
    let name = member.and_then(MemberExpression::static_property_name);
    let kind = tree.argument(call, 0).filter(|_| name == Some("getContext"));
    kind.is_some_and(|kind| tree.constant(kind).is_some_and(|kind| kind == "2d"))
}

fn report<'a>(
    tree: &ScriptTree<'a>,
    (method, member): (&MethodCall<'a>, &'a MemberExpression<'a>),
    members: &MemberTable<'a>,
    diagnostics: &mut Diagnostics,
) {
    let (name, call) = (method.name, method.call);
    let span = tree.source_span(call.span);
    if canvas_member(name) == Some(CanvasMember::Attribute) {
        let why = format!("`{name}` is an attribute of the context, not a method: it is assigned");
        return diagnostics.advise(span, why, assignment(tree, call, member));
    }
    if members.is_taken(name) || Bindings::of(tree).is_in_try(call.node_id.get()) {
        return;
    }
    let like = nearest_canvas_method(name);
    let like = like.map(|like| format!("; it has `{like}`")).unwrap_or_default();
    diagnostics.warn(span, format!("a canvas's context has no method `{name}`{like}"));
}

/// `ctx.fillStyle('red')` as the assignment that it means. `None` if it may mean something else.
fn assignment<'a>(
    tree: &ScriptTree<'a>,
    call: &'a CallExpression<'a>,
    member: &'a MemberExpression<'a>,
) -> Option<FindingFix> {
    let is_statement = matches!(tree.parent(call.node_id.get()), AstKind::ExpressionStatement(_));
    let [argument] = call.arguments.as_slice() else { return None };
    let value =
        argument.as_expression().filter(|_| is_statement && tree.code.text.is_verbatim())?;
    let is_settable = member.static_property_name() != Some("canvas");
    // A sequence or an arrow function would need brackets; no attribute takes one.
    let is_plain = !matches!(
        value,
        Expression::SequenceExpression(_) | Expression::ArrowFunctionExpression(_)
    );
    let text = format!(" = {}", tree.text(Argument::span(argument)));
    let rest = oxc_span::Span::new(call.callee.span().end, call.span.end);
    let edit = TextEdit::new(tree.source_span(rest), text);
    (is_settable && is_plain).then(|| FindingFix::from_edit(edit))
}
