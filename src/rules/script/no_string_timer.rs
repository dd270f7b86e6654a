//! `no-string-timer`: a timer gets a function, not text. (CWE-95)
//!
//! `setTimeout('tick()', 50)` is `eval` with a delay. Constant text is rewritten as a function; a
//! name that may hold anything is accepted, because in real games it holds a function, and the
//! policy stops it otherwise. A name that is seen to hold text is not accepted.

use oxc_ast::AstKind;
use oxc_ast::ast::{BinaryOperator, Expression, IdentifierReference};
use oxc_span::GetSpan as _;

use crate::page::Span;
use crate::page::script::{
    GlobalCall, ParseGoal, PossibleValue, ScriptTree, ValueAnalysis, ValueShape,
    parses_as_statements,
};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-string-timer",
    severity: Severity::Repair,
    title: "a timer runs a string as code",
    help: "Pass a function: `setTimeout(() => tick(), 50)`.",
    why: "A string in a timer is run like `eval`, and the page's policy blocks it.",
    fail: &[
        "<script>setTimeout('tick()', 50)</script>",
        "<script>window.setInterval(`tick()`, 50)</script>",
        "<script>setTimeout('tick(' + i + ')', 50)</script>",
        "<script>const code = 'tick()'; setInterval(code, 50)</script>",
        "<script>const later = setTimeout; later('tick()', 1)</script>",
        "<script>setTimeout.call(window, 'tick()', 1)</script>",
        "<script>setTimeout.apply(null, ['tick()', 1])</script>",
        "<script>Reflect.apply(setTimeout, null, ['tick()'])</script>",
        "<script>self['setTime' + 'out'](`f(${x})`, 1)</script>",
        "<script>setTimeout(String(x), 1)</script>",
        "<button onclick=\"setTimeout('go()', 9)\">x</button>",
        "<script>let s = 'go()'; s = 'x()'; setTimeout(s, 9)</script>",
        "<script>let s; s = 'x()'; setTimeout(s, 9)</script>",
        "<script>let s = f; if (on) s = 'go(' + n + ')'; setTimeout(s, 9)</script>",
        "<script>let s = 'go'; s += '()'; setTimeout(s, 9)</script>",
        "<script>let t = setTimeout; t('go()', 1)</script>",
        "<script>let t; t = window.setTimeout; t('go()', 1)</script>",
        "<script>var t = setTimeout; t = setInterval; t(`go(${n})`, 1)</script>",
        "<script>setTimeout(typeof x === 'string' ? x : 'y()', 9)</script>",
        "<script>setTimeout(typeof x === 'string' ? x : f, 9)</script>",
        "<script>if (typeof code == 'string') setTimeout(code, 9)</script>",
        "<script>typeof code === 'string' && setInterval(code, 9)</script>",
        "<script>setTimeout(typeof x, 9)</script>",
        "<script>function later(code) { setTimeout(code, 9) } later(f); later('go()')</script>",
        "<script>const all = ['a()', 'b()']; all.forEach(code => setTimeout(code, 9))</script>",
        "<script>const t = { a: 'go()' }; setTimeout(t[k], 9)</script>",
        "<script>function code() { return on ? 'a()' : 'b()' } setTimeout(code(), 9)</script>",
        "<script>const s = on && 'go()'; setTimeout(s, 9)</script>",
    ],
    pass: &[
        "<script>setTimeout(tick, 10)</script>",
        "<script>setTimeout(() => tick('a'), 10)</script>",
        "<script>setInterval(function () { tick() }, 10)</script>",
        "<script>setTimeout(this.tick.bind(this), 10)</script>",
        "<script>function later(f) { setTimeout(f, 10) }</script>",
        "<script>function setTimeout(text) {} setTimeout('a')</script>",
        "<script>game.setTimeout('a', 10)</script>",
        "<script>new Promise(r => setTimeout(r, 9))</script>",
        "<script>setTimeout(next ? a : b, 10)</script>",
        "<script>let f = null; f = () => tick(); setTimeout(f, 10); let g = ''; g = f; setTimeout(g, 1)</script>",
        "<script>function later(f, text) { setTimeout(f, 10, text) } later(tick, 'a'); later(() => tick('b'), 'c')</script>",
        "<script>if (typeof f === 'function') setTimeout(f, 9); if (typeof f !== 'string') setTimeout(f, 9)</script>",
        "<script>class A { run(f) { setTimeout(f, 9) } } class B { run(way) {} } b.run('left'); a.run(tick)</script>",
        "<script>const steps = [() => a(), tick]; setTimeout(steps[i], 9); for (const f of steps) setTimeout(f, 9)</script>",
        "<script>const make = n => () => tick(n); setTimeout(make('a'), 9); setTimeout(typeof f === 'string' ? tick : f, 9)</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let choices = ValueAnalysis::new(context.trees);
    for (number, tree) in context.trees.iter().enumerate() {
        let is_timer =
            |call: &&GlobalCall<'_>| matches!(*call.path, ["setTimeout" | "setInterval"]);
        for call in tree.global_calls().iter().filter(is_timer) {
            let Some(first) = call.arguments.first() else { continue };
            let may_be_text = || {
                is_told_to_be_text(tree, first)
                    || choices.possible_values(number, first).iter().any(PossibleValue::is_text)
            };
            judge(tree, first, may_be_text, diagnostics);
        }
    }
}

fn judge<'a>(
    tree: &ScriptTree<'a>,
    first: &'a Expression<'a>,
    may_be_text: impl Fn() -> bool,
    diagnostics: &mut Diagnostics,
) {
    let span = tree.source_span(first.span());
    match tree.shape(first) {
        ValueShape::Unknown if may_be_text() => {
            diagnostics.deny(span, "the timer sometimes gets a string");
        }
        ValueShape::Function | ValueShape::Unknown => {}
        ValueShape::Text => {
            diagnostics.deny(span, "the timer gets a string built at run time");
        }
        ValueShape::Constant(code) => match fix(tree, span, &code) {
            Some(fix) => {
                diagnostics.repair(span, "the timer gets a string instead of a function", fix);
            }
            None => diagnostics.deny(span, "the timer gets a string that cannot become a function"),
        },
    }
}

/// Whether code is reached only with text: `typeof x === 'string' ? x : …`.
fn is_told_to_be_text<'a>(tree: &ScriptTree<'a>, first: &'a Expression<'a>) -> bool {
    let chosen = match first.get_inner_expression() {
        Expression::ConditionalExpression(either) => {
            let Expression::Identifier(name) = either.consequent.get_inner_expression() else {
                return false;
            };
            return asks_for_text(tree, &either.test, name);
        }
        Expression::Identifier(name) => name,
        _ => return false,
    };
    tree.ancestors(chosen.node_id.get()).any(|around| {
        let (test, then) = match around {
            AstKind::IfStatement(either) => (&either.test, either.consequent.span()),
            AstKind::ConditionalExpression(either) => (&either.test, either.consequent.span()),
            AstKind::LogicalExpression(both) if both.operator.is_and() => {
                (&both.left, both.right.span())
            }
            _ => return false,
        };
        then.contains_inclusive(chosen.span) && asks_for_text(tree, test, chosen)
    })
}

/// Whether a test is true if a name holds text.
fn asks_for_text<'a>(
    tree: &ScriptTree<'a>,
    test: &'a Expression<'a>,
    name: &IdentifierReference<'a>,
) -> bool {
    let Expression::BinaryExpression(pair) = test.get_inner_expression() else { return false };
    let sides = [(&pair.left, &pair.right), (&pair.right, &pair.left)];
    let is_equality =
        matches!(pair.operator, BinaryOperator::Equality | BinaryOperator::StrictEquality);
    is_equality
        && sides.into_iter().any(|(kind, with)| {
            let Expression::UnaryExpression(kind) = kind.get_inner_expression() else {
                return false;
            };
            kind.operator.is_typeof()
                && kind.argument.get_inner_expression().is_specific_id(&name.name)
                && tree.constant(with).is_some_and(|with| with == "string")
        })
}

/// Rewrites the text as a function. In an attribute the code is moved into a script first.
fn fix(tree: &ScriptTree<'_>, span: Span, code: &str) -> Option<FindingFix> {
    let breaks_out = code.to_ascii_lowercase().contains("</script") || code.contains("<!--");
    if breaks_out || !parses_as_statements(code) {
        return None;
    }
    if tree.code.goal == ParseGoal::Handler {
        return Some(FindingFix::default());
    }
    if !tree.code.text.is_verbatim() {
        return None;
    }
    let end = if code.contains("//") { "\n" } else { "" };
    Some(FindingFix::from_edit(TextEdit::new(span, format!("function () {{ {code}{end} }}"))))
}
