//! `no-function-constructor`: functions must not be made from text.  (CWE-95)
//!
//! Every function leads to the constructor of functions, so the ways there are
//! forbidden and not only its name.

use oxc_ast::ast::{Argument, Expression};
use oxc_ast::{AstKind, AstType};

use crate::page::script::{MethodCall, Shape, Tree};
use crate::rules::{Look, Notes, Rule, Severity};

use super::escapes;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-function-constructor",
    severity: Severity::Deny,
    title: "a function is made from text",
    help: "Write the function out.",
    why: "A function made from text was never checked, and the page's policy stops it.",
    fail: &[
        "<script>new Function('return 1')()</script>",
        "<script>Function('return 1')()</script>",
        "<script>const F = Function; F('return 1')()</script>",
        "<script>window['Func' + 'tion']('return 1')()</script>",
        "<script>Reflect.construct(Function, ['return 1'])</script>",
        "<script>Function.apply(null, ['return 1'])</script>",
        "<script>[].constructor.constructor('return 1')()</script>",
        "<script>({})['constructor']['constructor']('return 1')()</script>",
        "<script>(() => {}).constructor('return 1')()</script>",
        "<script>(async function () {}).constructor('return 1')()</script>",
        "<script>Object.getPrototypeOf(function* () {}).constructor('return 1')</script>",
        "<script>[].map.constructor('return 1')()</script>",
        "<script>alert.constructor('return 1')()</script>",
        "<script>class F extends Function {}</script>",
        "<script>const { Function: F } = window</script>",
        "<script>Function.prototype.constructor('return 1')()</script>",
    ],
    pass: &[
        "<script>function f() {} f()</script>",
        "<script>if (x instanceof Function) {}</script>",
        "<script>Function.prototype.call.call(f)</script>",
        "<script>if (this.constructor === Ghost) {}</script>",
        "<script>class A { clone() { return new this.constructor(this.x, this.y) } }</script>",
        "<script>console.log(ghost.constructor.name)</script>",
        "<script>const o = { Function: 1 }</script>",
        "<script>typeof x === 'function'</script>",
    ],
    find,
};

const WHY: &str = "this makes a function from text";

fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    for tree in look.trees {
        for reach in tree.reaches() {
            let is_it = match *reach.path {
                ["Function"] => escapes(reach),
                ["Function", "prototype", "constructor"] => true,
                _ => false,
            };
            if is_it {
                notes.deny(reach.span, WHY);
            }
        }
        let members =
            tree.nodes(&[AstType::StaticMemberExpression, AstType::ComputedMemberExpression]);
        let members = members.filter_map(|kind| by_constructor(tree, kind));
        let calls = tree.methods().iter().filter(|method| calls_with_text(tree, method));
        for span in members.chain(calls.map(|method| method.call.span)) {
            notes.deny(tree.place(span), WHY);
        }
    }
}

/// A `.constructor` that is the constructor of functions.
fn by_constructor<'a>(tree: &Tree<'a>, kind: AstKind<'a>) -> Option<oxc_span::Span> {
    match kind {
        AstKind::StaticMemberExpression(member) => {
            let leads = member.property.name == "constructor" && is_function(tree, &member.object);
            leads.then_some(member.span)
        }
        AstKind::ComputedMemberExpression(member) => {
            // The object first: a key is only worth working out where it could matter.
            let leads = is_function(tree, &member.object)
                && tree.constant(&member.expression).as_deref() == Some("constructor");
            leads.then_some(member.span)
        }
        _ => None,
    }
}

/// Whether an expression is surely a function.
fn is_function<'a>(tree: &Tree<'a>, object: &'a Expression<'a>) -> bool {
    match object.get_inner_expression() {
        Expression::FunctionExpression(_)
        | Expression::ArrowFunctionExpression(_)
        | Expression::ClassExpression(_) => true,
        Expression::Identifier(name) if tree.is_global(name) => {
            matches!(name.name.as_str(), "alert" | "Object" | "Array" | "String" | "Number")
        }
        Expression::CallExpression(call) => {
            // `Object.getPrototypeOf(async function () {})`.
            let first = call.arguments.first().and_then(Argument::as_expression);
            tree.path(&call.callee).is_some_and(|path| path == ["Object", "getPrototypeOf"])
                && first.is_some_and(|first| is_function(tree, first))
        }
        other => {
            let Some(member) = other.as_member_expression() else { return false };
            let key = member.static_property_name();
            key.is_some_and(|key| key == "constructor") || is_literal(member.object())
        }
    }
}

/// A literal, whose members are methods of the language.
fn is_literal(object: &Expression<'_>) -> bool {
    let object = object.get_inner_expression();
    object.is_string_literal()
        || object.is_number_literal()
        || matches!(object, Expression::ArrayExpression(list) if list.elements.is_empty())
}

/// `x.constructor('text')`: an object is not made from code.
fn calls_with_text<'a>(tree: &Tree<'a>, method: &MethodCall<'a>) -> bool {
    if method.name != "constructor" {
        return false;
    }
    let last = method.call.arguments.last().and_then(Argument::as_expression);
    let text = last.map(|last| tree.shape(last));
    matches!(text, Some(Shape::Text | Shape::Constant(_)))
}
