//! `key-name`: a key is compared with what the browser calls it.
//!
//! `e.key` of the space bar is `' '`, and `e.code` is `'Space'`; old browsers had more names. What
//! is meant is compared, too. A game that compares both, or makes such events by itself, knows what
//! it does.

use std::borrow::Cow;
use std::collections::HashSet;

use oxc_ast::ast::{BinaryExpression, Expression, SwitchStatement};
use oxc_ast::{AstKind, AstType};
use oxc_span::{GetSpan as _, Span};

use crate::page::script::{Bindings, ScriptTree};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

use super::key_values::KeyField;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "key-name",
    severity: Severity::Warn,
    title: "a key is compared with a name that no key has",
    help: "Compare `key` with `' '` and `'ArrowLeft'`, `code` with `'Space'` and `'KeyA'`.",
    why: "The comparison is never true, so the game does not hear the key.",
    fail: &[
        "<script>onkeydown = e => { if (e.key === 'Space') alert(1) }</script>",
        "<script>document.addEventListener('keydown', function (event) { if (event.key == 'Left') alert(1) })</script>",
        "<script>function onKey(e) { if (e.code !== ' ') return; alert(1) } onkeyup = onKey</script>",
        "<script>onkeydown = e => { switch (e.key) { case 'Spacebar': alert(1) } }</script>",
        "<script>onkeydown = e => { const key = e.key; if (key === 'arrowleft') alert(1) }</script>",
        "<script>onkeydown = e => { if (e.key.toLowerCase() === 'ArrowLeft') alert(1) }</script>",
        "<script>onkeydown = e => { if (e.code === 'a') alert(1) }</script>",
        "<script>onkeydown = e => { if (e.keyCode === 'ArrowLeft') alert(1) }</script>",
        "<script>onkeydown = e => { if (e.key === 37) alert(1) }</script>",
        "<script>const keys = {}; onkeydown = e => { keys[e.key] = true }; if (keys['Space']) alert(1)</script>",
        "<script>const keys = {}; onkeydown = e => { keys[e.code] = true }; if (keys.Left) alert(1)</script>",
        "<body onkeydown=\"if (event.key === 'Space') alert(1)\">",
    ],
    pass: &[
        "<script>onkeydown = e => { if (e.key === ' ' || e.key === 'ArrowLeft' || e.key === 'a') alert(1) }</script>",
        "<script>onkeydown = e => { if (e.code === 'Space' || e.key === 'Space') alert(1) }</script>",
        "<script>onkeydown = e => { if (e.key === ' ' || e.key === 'Spacebar') alert(1) }</script>",
        "<script>onkeydown = e => { switch (e.key) { case 'Left': case 'ArrowLeft': alert(1) } }</script>",
        "<script>onkeydown = e => { if (e.keyCode === 37 || e.keyCode == '38') alert(1) }</script>",
        "<script>onkeydown = e => { if (e.key.toLowerCase() === 'w') alert(1) }</script>",
        "<script>alert([{ key: 'Left' }].find(e => e.key === 'Left'))</script>",
        "<script>const node = { key: 'Space' }; if (node.key === 'Space') alert(1)</script>",
        "<script>function press(e) { if (e.key === 'Left') alert(1) } press({ key: 'Left' })</script>",
        "<script>function go(e) { if (e.key === 'Left') alert(1) } b.onclick = () => dispatchEvent(new KeyboardEvent('keydown', { key: b.title })); const b = document.body</script>",
        "<script>const keys = {}; onkeydown = e => { keys[e.key] = true }; document.body.onclick = () => { keys.Left = true }; if (keys.Left) alert(1)</script>",
        "<script>const keys = {}; onkeydown = e => { keys[e.code] = true }; if (keys.Space && keys['KeyA']) alert(1)</script>",
        "<script>onkeydown = e => { if (e.key >= '0' && e.key == 1) alert(1) }</script>",
        "<script>addEventListener('scan', e => { if (e.code === '7') alert(1) })</script>",
    ],
    find,
};

/// One comparison of a field of an event with a text.
struct KeyComparison {
    field: KeyField,
    text: String,
    /// What is told about: the comparison or the lookup, in the code.
    span: Span,
    /// The literal, in the code.
    literal: Span,
    form: ComparisonForm,
}

enum ComparisonForm {
    /// `x === 'a'`: what is compared, the operator, and what joins two of them.
    Equality {
        subject: Span,
        operator: &'static str,
        join: &'static str,
    },
    Case,
    /// `keys['a']`, with the object.
    Lookup {
        object: Span,
    },
    /// What cannot be repaired.
    Number,
}

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let made = MadeKeys::new(context.trees);
    if made.is_unknown {
        return;
    }
    let all: Vec<_> = context
        .trees
        .iter()
        .flat_map(|tree| comparisons(tree).into_iter().map(move |one| (tree, one)))
        .collect();
    let compared: HashSet<_> = all.iter().map(|(_, one)| one.text.clone()).collect();
    for (tree, one) in &all {
        let meant = one.field.meant(&one.text);
        let is_number = matches!(one.form, ComparisonForm::Number);
        let is_covered = meant.as_deref().is_some_and(|meant| {
            compared.contains(meant)
                || meant == " " && compared.contains("Space") && one.text != "Space"
        });
        let by_code = || one.text == "Space" && all.iter().any(|(_, other)| is_space_code(other));
        if meant.is_none() && !is_number
            || is_covered
            || made.texts.contains(&one.text)
            || by_code()
        {
            continue;
        }
        let fix = meant.as_deref().and_then(|meant| fix(context, tree, one, meant));
        diagnostics.advise(tree.source_span(one.span), why(one, meant.as_deref()), fix);
    }
}

fn is_space_code(comparison: &KeyComparison) -> bool {
    comparison.field == KeyField::Code && comparison.text == "Space"
}

fn why(one: &KeyComparison, meant: Option<&str>) -> String {
    let field = one.field.name();
    match meant {
        Some(meant) => format!("`{field}` is never `'{}'`; it is `'{meant}'`", one.text),
        None if one.field == KeyField::Number => {
            format!("`{field}` is a number, and never `'{}'`", one.text)
        }
        None => format!("`{field}` is a text, and never the number {}", one.text),
    }
}

/// Keys that the page puts into events of its own.
struct MadeKeys {
    texts: HashSet<String>,
    /// Whether some of them are not spelt.
    is_unknown: bool,
}

impl MadeKeys {
    fn new(trees: &[ScriptTree<'_>]) -> Self {
        let mut made = Self { texts: HashSet::new(), is_unknown: false };
        for tree in trees {
            let values = tree.nodes(&[AstType::ObjectProperty]).filter_map(key_value);
            for value in values.map(|value| tree.constant(value)) {
                made.is_unknown |= value.is_none();
                made.texts.extend(value.map(Cow::into_owned));
            }
        }
        made
    }
}

/// The value of `{ key: … }` and `{ code: … }`.
fn key_value(kind: AstKind<'_>) -> Option<&Expression<'_>> {
    let AstKind::ObjectProperty(property) = kind else { return None };
    let is_key = matches!(property.key.static_name().as_deref(), Some("key" | "code"));
    is_key.then_some(&property.value)
}

fn comparisons(tree: &ScriptTree<'_>) -> Vec<KeyComparison> {
    const PLACES: &[AstType] = &[AstType::BinaryExpression, AstType::SwitchStatement];
    let mut found = Vec::new();
    for kind in tree.nodes(PLACES) {
        match kind {
            AstKind::BinaryExpression(pair) => found.extend(equality(tree, pair)),
            AstKind::SwitchStatement(switch) => found.extend(cases(tree, switch)),
            _ => {}
        }
    }
    found.extend(super::key_lookups::lookups(tree).into_iter().map(|lookup| KeyComparison {
        field: lookup.field,
        text: lookup.text,
        span: lookup.span,
        literal: lookup.key,
        form: ComparisonForm::Lookup { object: lookup.object },
    }));
    found
}

fn equality<'a>(tree: &ScriptTree<'a>, pair: &'a BinaryExpression<'a>) -> Option<KeyComparison> {
    if !pair.operator.is_equality() {
        return None;
    }
    let is_strict = matches!(pair.operator.as_str(), "===" | "!==");
    let sides = [(&pair.left, &pair.right), (&pair.right, &pair.left)];
    sides.into_iter().find_map(|(subject, value)| {
        let field = key_field(tree, subject, 1)?;
        let form = match (field, value.get_inner_expression()) {
            (KeyField::Number, Expression::StringLiteral(text)) => {
                let is_equal = !is_strict && text.value.trim().parse::<u32>().is_ok();
                (!is_equal).then_some(ComparisonForm::Number)?
            }
            (KeyField::Number, _) => return None,
            (_, Expression::NumericLiteral(number)) => {
                let is_digit = number.value.fract() == 0.0 && (0.0..10.0).contains(&number.value);
                (is_strict || !is_digit).then_some(ComparisonForm::Number)?
            }
            _ => ComparisonForm::Equality {
                subject: subject.span(),
                operator: pair.operator.as_str(),
                join: if pair.operator.as_str().starts_with('!') { "&&" } else { "||" },
            },
        };
        let text = tree.constant(value)?.into_owned();
        Some(KeyComparison { field, text, span: pair.span, literal: value.span(), form })
    })
}

fn cases<'a>(tree: &ScriptTree<'a>, switch: &'a SwitchStatement<'a>) -> Vec<KeyComparison> {
    let Some(field) = key_field(tree, &switch.discriminant, 1) else { return Vec::new() };
    let tests = switch.cases.iter().filter_map(|case| Some((case.span, case.test.as_ref()?)));
    let compared = tests.filter_map(|(span, test)| {
        let is_text = matches!(test, Expression::StringLiteral(_));
        let form = match field {
            KeyField::Number => ComparisonForm::Number,
            _ => ComparisonForm::Case,
        };
        let text = tree.constant(test).filter(|_| is_text)?.into_owned();
        let span = Span::new(span.start, test.span().end);
        Some(KeyComparison { field, text, span, literal: test.span(), form })
    });
    compared.collect()
}

/// The field of a keyboard event that an expression reads, also through so many names.
pub(super) fn key_field<'a>(
    tree: &ScriptTree<'a>,
    e: &'a Expression<'a>,
    names: usize,
) -> Option<KeyField> {
    match e.get_inner_expression() {
        Expression::StaticMemberExpression(member) => {
            let field = match member.property.name.as_str() {
                "key" => KeyField::Key,
                "code" => KeyField::Code,
                "keyCode" | "which" => KeyField::Number,
                _ => return None,
            };
            is_key_event(tree, &member.object).then_some(field)
        }
        Expression::CallExpression(call) => {
            let member = call.callee.get_inner_expression().as_member_expression()?;
            let is_lower = member.static_property_name() == Some("toLowerCase");
            let field = key_field(tree, member.object(), names).filter(|_| is_lower)?;
            (field == KeyField::Key).then_some(KeyField::LowerKey)
        }
        Expression::Identifier(name) => {
            key_field(tree, tree.constant_value(name)?, names.checked_sub(1)?)
        }
        _ => None,
    }
}

/// Names that events have.
const EVENTS: &[&str] = &["e", "ev", "evt", "event", "keyEvent", "keyboardEvent"];

/// Whether a value is an event of the keyboard: the first parameter of a function that listens to
/// one, or that is called like an event and belongs to no other call.
fn is_key_event<'a>(tree: &ScriptTree<'a>, value: &'a Expression<'a>) -> bool {
    let Expression::Identifier(name) = value.get_inner_expression() else { return false };
    if tree.is_global(name) {
        return name.name == "event";
    }
    let function = Bindings::of(tree)
        .declaration(name)
        .and_then(|s| Bindings::of(tree).function_of_first_parameter(s));
    let Some(function) = function else { return false };
    match tree.parent(function) {
        AstKind::CallExpression(call) => {
            let callee = call.callee.get_inner_expression();
            let member = callee
                .as_member_expression()
                .and_then(oxc_ast::ast::MemberExpression::static_property_name);
            let listens =
                member == Some("addEventListener") || callee.is_specific_id("addEventListener");
            let event = tree.argument(call, 0).and_then(|event| tree.constant(event));
            listens && event.is_some_and(|event| event.starts_with("key"))
        }
        AstKind::NewExpression(_) => false,
        _ => EVENTS.contains(&name.name.as_str()),
    }
}

/// Compares with what is meant, too.
fn fix(
    context: &RuleContext<'_, '_>,
    tree: &ScriptTree<'_>,
    one: &KeyComparison,
    meant: &str,
) -> Option<FindingFix> {
    if !tree.code.text.is_verbatim() {
        return None;
    }
    let source = context.page.source();
    let written = |span: Span| tree.source_span(span).text_in(source);
    let quote = written(one.literal).chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
    let quote = quote.unwrap_or('\'');
    let meant = format!("{quote}{meant}{quote}");
    let whole = tree.source_span(one.span);
    let edit = match &one.form {
        ComparisonForm::Equality { subject, operator, join } => {
            let (own, subject) = (written(one.span), written(*subject));
            TextEdit::new(whole, format!("({own} {join} {subject} {operator} {meant})"))
        }
        ComparisonForm::Case => TextEdit::insert(whole.start, format!("case {meant}: ")),
        ComparisonForm::Lookup { object } => {
            let (own, object) = (written(one.span), written(*object));
            TextEdit::new(whole, format!("({own} || {object}[{meant}])"))
        }
        ComparisonForm::Number => return None,
    };
    Some(FindingFix::from_edit(edit))
}
