//! `no-function-constructor`: functions must not be made from text. (CWE-95)
//!
//! Every function leads to the function constructor, so all paths to it are forbidden and not only
//! its name, also if the name comes from a table.

use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, ComputedMemberExpression, Expression,
    MemberExpression,
};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use crate::page::script::{PossibleValue, ScriptTree, ValueAnalysis, ValueShape};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

use super::gives_away;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-function-constructor",
    severity: Severity::Deny,
    title: "a function is built from a string",
    help: "Write the function out.",
    why: "A function built from a string was never checked, and the page's policy blocks it.",
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
        "<script>function n(i) { return ['constructor', 'return ', '1'][i] } (function () {})[n(0)](n(1) + n(2))()</script>",
        "<script>({})['constr' + 'uctor']['constructor']('return 1')()</script>",
        "<script>x['constr' + 'uctor']['con' + 'structor']('return 1')()</script>",
        "<script>const t = ['uctor', 'return 1', 'constr']; f[t[2] + t[0]](t[1])()</script>",
        "<script>var t = ['a', 'constructor']; (function (a, n) { while (--n) a.push(a.shift()) })(t, 9); var g = function (i, k) { i = i - 0; var v = t[i]; return v }; (function () {})[g('0x0')](g('0x1'))()</script>",
        "<script>const k = ['rotcurtsnoc'].map(s => s.split('').reverse().join('')); f[k[0]]('return 1')()</script>",
        "<script>function n(i) { return atob(['Y29uc3RydWN0b3I=', 'eA=='][i]) } f[n(0)](n(1))()</script>",
        "<script>const k = { c: 'constructor' }; [][k.c][k.c]('return 1')()</script>",
        "<script>const k = [99, 111, 110, 115, 116, 114, 117, 99, 116, 111, 114].map(c => String.fromCharCode(c)).join(''); f[k]('return 1')()</script>",
        "<script>const k = String.fromCharCode(...[99, 111, 110, 115, 116, 114, 117, 99, 116, 111, 114]); f[k]('return 1')()</script>",
        "<script>const k = decodeURIComponent('%63onstructor'); f[k]('return 1')()</script>",
        "<script>(function () {})[k]('return 1')()</script>",
        "<script>const C = (() => {})[t[i]]; C('return 1')()</script>",
        "<script>const C = f.constructor; C('return 1')()</script>",
        "<script>const k = ['constructor']; const C = f[k[0]]; new C('return 1')()</script>",
        "<script>const { constructor: C } = () => {}; C('return 1')()</script>",
        "<script>const { constructor: { constructor: C } } = {}; C('return 1')()</script>",
        "<script>Reflect.get(f, 'constructor')('return 1')()</script>",
        "<script>for (const k of ['constructor']) f[k]('return 1')()</script>",
        "<script>f.constructor.call(null, 'return 1')()</script>",
        "<script>f.constructor.apply(null, ['return 1'])()</script>",
        "<script>Reflect.construct(f.constructor, ['return 1'])()</script>",
        "<script>f.constructor`return 1`()</script>",
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
        "<script>const handlers = { a() {} }; handlers[kind]('x'); this[state]('enter'); player[keys[e.key]]('down')</script>",
        "<script>const words = ['constructor', 'window']; let w = words[i]; show(w[0], hints[w])</script>",
        "<script>const Kinds = { bat: class {} }; new Kinds[kind]('Bob'); const K = Kinds[kind]; new K('Bob')</script>",
        "<script>const C = Object.getPrototypeOf(ghost).constructor; new C(1); const D = ghost.constructor; new D(2, 3)</script>",
        "<script>const { constructor } = ghost; show(constructor.name); if (f.constructor.name === 'AsyncFunction') {}</script>",
        "<script>class A {} A[method]('x'); console[level]('x'); ctx['fill' + shape]('x'); Math[op](1)</script>",
        "<script>C.prototype.constructor = C; P.prototype.constructor.call(this, 1)</script>",
        "<script>for (const k of ['log', 'warn']) console[k]('x'); ['a', 'b'].forEach(m => o[m]('x'))</script>",
    ],
    find,
};

const WHY: &str = "this builds a function from a string";

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let choices = ValueAnalysis::with_members_by_name(context.trees);
    for (number, tree) in context.trees.iter().enumerate() {
        for access in tree.global_accesses() {
            let is_constructor = match *access.path {
                ["Function"] => gives_away(access),
                ["Function", "prototype", "constructor"] => true,
                _ => false,
            };
            if is_constructor {
                diagnostics.deny(access.span, WHY);
            }
        }
        let members =
            tree.nodes(&[AstType::StaticMemberExpression, AstType::ComputedMemberExpression]);
        let members = members.filter_map(|kind| by_constructor(tree, kind));
        let patterns = tree.nodes(&[AstType::VariableDeclarator]);
        let patterns = patterns.filter_map(|kind| by_pattern(tree, kind));
        let of = ConstructorCheck { tree, number, choices: &choices };
        let calls = tree.nodes(CALLS).filter(|kind| of.calls_with_text(*kind));
        for span in members.chain(patterns).chain(calls.map(|kind| kind.span())) {
            diagnostics.deny(tree.source_span(span), WHY);
        }
        for call in tree.global_calls().iter().filter(|call| call.path == ["Reflect", "get"]) {
            let key = call.arguments.get(1).and_then(|key| tree.constant(key));
            if key.is_some_and(|key| key == CONSTRUCTOR) {
                diagnostics.deny(call.span, WHY);
            }
        }
    }
}

const CONSTRUCTOR: &str = "constructor";

/// All kinds of calls.
const CALLS: &[AstType] =
    &[AstType::CallExpression, AstType::NewExpression, AstType::TaggedTemplateExpression];

/// How certainly a member is a constructor.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ConstructorKey {
    /// It has that name.
    Named,
    /// It may have that name, from a table.
    Chosen,
    /// It may have any name.
    Unknown,
    Other,
}

/// A piece of code, and the possible values of its expressions.
struct ConstructorCheck<'t, 'a> {
    tree: &'t ScriptTree<'a>,
    number: usize,
    choices: &'t ValueAnalysis<'t, 'a>,
}

impl<'a> ConstructorCheck<'_, 'a> {
    /// `x.constructor('text')`, however the name is obtained: an object is not made from code.
    fn calls_with_text(&self, kind: AstKind<'a>) -> bool {
        let (callee, arguments) = match kind {
            AstKind::CallExpression(call) if self.reflects(call) => (
                call.arguments.first().and_then(Argument::as_expression),
                call.arguments.as_slice(),
            ),
            AstKind::CallExpression(call) => (Some(&call.callee), call.arguments.as_slice()),
            AstKind::NewExpression(new) => (Some(&new.callee), new.arguments.as_slice()),
            AstKind::TaggedTemplateExpression(tagged) => {
                return self
                    .constructor(&tagged.tag)
                    .is_some_and(|(key, _)| key == ConstructorKey::Named);
            }
            _ => return false,
        };
        let found = callee.and_then(|callee| self.constructor(callee));
        let Some((key, object)) = found.filter(|_| !arguments.is_empty()) else { return false };
        let is_made = matches!(kind, AstKind::NewExpression(_));
        match key {
            // `new this.constructor('name')` makes another object of the same class.
            ConstructorKey::Named => !is_made && self.get_text(arguments, PossibleValue::is_text),
            ConstructorKey::Chosen => {
                self.get_text(arguments, |choice| !matches!(choice, PossibleValue::NonText))
            }
            ConstructorKey::Unknown => {
                is_written_out(object) && self.get_text(arguments, PossibleValue::is_text)
            }
            ConstructorKey::Other => false,
        }
    }

    /// `Reflect.construct(f, …)`, which calls its first argument.
    fn reflects(&self, call: &'a CallExpression<'a>) -> bool {
        let member = call.callee.get_inner_expression().as_member_expression();
        let name = member.and_then(MemberExpression::static_property_name);
        matches!(name, Some("construct" | "apply"))
            && self.tree.path(&call.callee).is_some_and(|path| path.first() == Some(&"Reflect"))
    }

    /// The called member: directly, by an alias, or through `call` and `apply`.
    fn constructor(
        &self,
        callee: &'a Expression<'a>,
    ) -> Option<(ConstructorKey, &'a Expression<'a>)> {
        let mut callee = callee.get_inner_expression();
        if let Expression::Identifier(name) = callee {
            callee = self.tree.constant_value(name)?.get_inner_expression();
        }
        let mut member = callee.as_member_expression()?;
        if matches!(member.static_property_name(), Some("call" | "apply" | "bind")) {
            member = member.object().get_inner_expression().as_member_expression()?;
        }
        let object = member.object();
        let of = object.get_inner_expression().as_member_expression();
        // The constructor of a prototype is its class.
        if of.and_then(MemberExpression::static_property_name) == Some("prototype") {
            return None;
        }
        let key = match member {
            MemberExpression::StaticMemberExpression(member) => {
                if member.property.name == CONSTRUCTOR {
                    ConstructorKey::Named
                } else {
                    ConstructorKey::Other
                }
            }
            MemberExpression::ComputedMemberExpression(member) => self.key(member),
            MemberExpression::PrivateFieldExpression(_) => ConstructorKey::Other,
        };
        Some((key, object))
    }

    fn key(&self, member: &'a ComputedMemberExpression<'a>) -> ConstructorKey {
        if let Some(key) = self.tree.constant(&member.expression) {
            return match &member.expression {
                _ if key != CONSTRUCTOR => ConstructorKey::Other,
                Expression::StringLiteral(_) => ConstructorKey::Named,
                // Splitting the name has no harmless purpose.
                _ => ConstructorKey::Chosen,
            };
        }
        let keys = self.choices.possible_values(self.number, &member.expression);
        if keys.iter().any(|key| key.is_text() && key.can_be(CONSTRUCTOR)) {
            return ConstructorKey::Chosen;
        }
        if keys.iter().any(|key| key.can_be(CONSTRUCTOR)) {
            ConstructorKey::Unknown
        } else {
            ConstructorKey::Other
        }
    }

    /// Whether an argument can be such, also as an element of a list.
    fn get_text(
        &self,
        arguments: &'a [Argument<'a>],
        is_such: impl Fn(&PossibleValue<'a>) -> bool + Copy,
    ) -> bool {
        arguments.iter().any(|argument| {
            let Some(argument) = argument.as_expression() else { return true };
            matches!(self.tree.shape(argument), ValueShape::Text | ValueShape::Constant(_))
                || self.choices.possible_values(self.number, argument).iter().any(|choice| {
                    match choice {
                        PossibleValue::List(elements) => elements.iter().flatten().any(is_such),
                        choice => is_such(choice),
                    }
                })
        })
    }
}

/// Whether an expression is a function literal.
fn is_written_out(object: &Expression<'_>) -> bool {
    matches!(
        object.get_inner_expression(),
        Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_)
    )
}

/// `const { constructor: F } = () => {}`.
fn by_pattern<'a>(tree: &ScriptTree<'a>, kind: AstKind<'a>) -> Option<oxc_span::Span> {
    let AstKind::VariableDeclarator(declarator) = kind else { return None };
    let mut of_function = is_function(tree, declarator.init.as_ref()?);
    let mut pattern = &declarator.id;
    while let BindingPattern::ObjectPattern(object) = pattern {
        let is_constructor = |key: &oxc_ast::ast::PropertyKey<'_>| {
            key.static_name().is_some_and(|name| name == CONSTRUCTOR)
        };
        let property = object.properties.iter().find(|property| is_constructor(&property.key))?;
        if of_function {
            return Some(property.span);
        }
        of_function = true;
        pattern = &property.value;
    }
    None
}

/// A `.constructor` that is the function constructor.
fn by_constructor<'a>(tree: &ScriptTree<'a>, kind: AstKind<'a>) -> Option<oxc_span::Span> {
    match kind {
        AstKind::StaticMemberExpression(member) => {
            let leads = member.property.name == "constructor" && is_function(tree, &member.object);
            leads.then_some(member.span)
        }
        AstKind::ComputedMemberExpression(member) => {
            // The object first: a key is only evaluated if it could matter.
            let leads = is_function(tree, &member.object)
                && tree.constant(&member.expression).as_deref() == Some("constructor");
            leads.then_some(member.span)
        }
        _ => None,
    }
}

/// Whether an expression is certainly a function.
fn is_function<'a>(tree: &ScriptTree<'a>, object: &'a Expression<'a>) -> bool {
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

/// Whether it is a literal, whose members are built-in methods.
fn is_literal(object: &Expression<'_>) -> bool {
    let object = object.get_inner_expression();
    object.is_string_literal()
        || object.is_number_literal()
        || matches!(object, Expression::ArrayExpression(list) if list.elements.is_empty())
}
