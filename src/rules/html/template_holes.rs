//! Makes a handler with holes read their values from attributes.

use std::ops::Range;

use oxc_ast::ast::{Expression, IdentifierReference, StringLiteral};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use crate::page::Span;
use crate::page::script::{ScriptTree, parse_handler};
use crate::rules::TextEdit;
use crate::rules::edit::EditSet;

/// A hole: its name, its range in the template, and the expression that fills it.
pub(super) type TemplateHole<'a> = (String, Range<usize>, &'a Expression<'a>);

/// Rewrites the code of a handler so that it reads the values of its holes. `None` if that is not
/// possible.
pub(super) fn fill_from_attributes(
    code: &str,
    holes: &[TemplateHole<'_>],
    mark: &str,
) -> Option<String> {
    parse_handler(code, |handler| {
        let mut edits = EditSet::default();
        let mut start = String::new();
        for (number, (hole, _, filling)) in holes.iter().enumerate() {
            let name = format!("made{}", number + 1);
            if code.contains(&name) {
                return None;
            }
            let attribute = format!("this.getAttribute('{mark}-{}')", number + 1);
            let (found, is_text) = replace_hole(handler, (hole, is_json(filling)), &name)?;
            if !edits.add_all(&found) {
                return None;
            }
            let read =
                if is_text { text_expression(&attribute) } else { values_expression(&attribute) };
            start.extend(["const ", &name, " = ", &read, "; "]);
        }
        Some(start + &edits.apply(code))
    })
}

/// The expression for a hole in a string, where `\'` is a quote.
fn text_expression(attribute: &str) -> String {
    format!("{attribute}.replace(/\\\\(.)/gs, '$1')")
}

/// The expression for the values of a hole: numbers, quoted words, and what `JSON.stringify`
/// writes.
fn values_expression(attribute: &str) -> String {
    format!(
        "(text => /^'[^']*'$/.test(text) ? [text.slice(1, -1)] : text === 'undefined' ? [undefined] : \
         /^-?[IN]/.test(text) ? [+text] : JSON.parse('[' + text + ']'))({attribute}.trim())"
    )
}

/// The edits that replace a hole, and whether it is part of a string. `None` if it is more than a
/// value, or both.
fn replace_hole(
    handler: &ScriptTree<'_>,
    (hole, is_json): (&str, bool),
    name: &str,
) -> Option<(Vec<TextEdit>, bool)> {
    let mut edits = Vec::new();
    let (mut places, mut texts) = (0, 0);
    for kind in handler.nodes(&[AstType::IdentifierReference, AstType::StringLiteral]) {
        match kind {
            AstKind::IdentifierReference(id) if id.name == hole => {
                edits.push(replace_value(handler, (id, is_json), name)?);
            }
            AstKind::StringLiteral(text) if text.value.contains(hole) => {
                edits.extend(replace_in_string(handler, text, hole, name)?);
                texts += 1;
            }
            _ => continue,
        }
        places += 1;
    }
    let is_all = places == handler.code.text.text().matches(hole).count();
    (is_all && (texts == 0 || texts == places)).then_some((edits, texts > 0))
}

/// Whether an expression is certainly a value and not a name.
fn is_json(filling: &Expression<'_>) -> bool {
    let Expression::CallExpression(call) = filling else { return false };
    let callee = call.callee.as_member_expression();
    callee.is_some_and(|callee| {
        callee.object().is_specific_id("JSON") && callee.static_property_name() == Some("stringify")
    })
}

/// Replaces a hole that is a value of its own: an argument or an operand. Not if it is called, and
/// with members only if it is no name.
fn replace_value(
    handler: &ScriptTree<'_>,
    (id, is_json): (&IdentifierReference<'_>, bool),
    name: &str,
) -> Option<TextEdit> {
    let one = format!("{name}[0]");
    let text = match handler.parent(id.node_id.get()) {
        // There may be several values, or none.
        AstKind::CallExpression(call) if call.callee.span() != id.span => format!("...{name}"),
        AstKind::BinaryExpression(_)
        | AstKind::ArrayExpression(_)
        | AstKind::ConditionalExpression(_)
        | AstKind::LogicalExpression(_)
        | AstKind::UnaryExpression(_)
        | AstKind::ReturnStatement(_)
        | AstKind::VariableDeclarator(_) => one,
        AstKind::ObjectProperty(property) if !property.shorthand => one,
        AstKind::StaticMemberExpression(_) if is_json => one,
        AstKind::ComputedMemberExpression(member) if member.object.span() != id.span => one,
        AstKind::AssignmentExpression(set) if set.right.span() == id.span => one,
        _ => return None,
    };
    Some(TextEdit::new(span(id.span), text))
}

/// Replaces a hole inside a string by a concatenation.
fn replace_in_string(
    handler: &ScriptTree<'_>,
    text: &StringLiteral<'_>,
    hole: &str,
    name: &str,
) -> Option<Vec<TextEdit>> {
    let raw = handler.text(text.span);
    let quote = raw.get(..1)?;
    let whole = span(text.span);
    let inner = raw.get(1..raw.len().checked_sub(1)?)?;
    if inner == hole {
        return Some(vec![TextEdit::new(whole, name)]);
    }
    let at = whole.start + 1 + inner.find(hole)?;
    Some(vec![
        TextEdit::insert(whole.start, "("),
        TextEdit::new(Span::new(at, at + hole.len()), format!("{quote} + {name} + {quote}")),
        TextEdit::insert(whole.end, ")"),
    ])
}

fn span(span: oxc_span::Span) -> Span {
    let at = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
    Span::new(at(span.start), at(span.end))
}
