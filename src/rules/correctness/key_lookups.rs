//! Tables of pressed keys: `keys[e.key] = true`, and what is looked up in them.

use std::collections::{HashMap, HashSet};

use oxc_ast::ast::Expression;
use oxc_ast::{AstKind, AstType};
use oxc_span::{GetSpan as _, Span};
use oxc_syntax::symbol::SymbolId;

use crate::page::script::{Bindings, ScriptTree};

use super::key_name::key_field;
use super::key_values::KeyField;

/// A look at a key in such a table.
pub(super) struct KeyLookup {
    pub field: KeyField,
    pub text: String,
    /// The lookup, its object and its key, in the code.
    pub span: Span,
    pub object: Span,
    pub key: Span,
}

/// Every look at a key in a table that only events fill.
pub(super) fn lookups(tree: &ScriptTree<'_>) -> Vec<KeyLookup> {
    let tables = tables(tree);
    if tables.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut written = HashSet::new();
    for kind in tree.nodes(&[AstType::StaticMemberExpression, AstType::ComputedMemberExpression]) {
        let Some((id, object, text, span, key)) = member(tree, kind) else { continue };
        let symbol = table_name(tree, object);
        let Some((symbol, field)) = symbol.and_then(|s| Some((s, *tables.get(&s)?))) else {
            continue;
        };
        if is_read(tree, id, span) {
            found.push((symbol, KeyLookup { field, text, span, object: object.span(), key }));
        } else {
            written.insert((symbol, text));
        }
    }
    let is_of_events = |(symbol, lookup): &(SymbolId, KeyLookup)| {
        !written.contains(&(*symbol, lookup.text.clone()))
    };
    found.into_iter().filter(is_of_events).map(|(_, lookup)| lookup).collect()
}

/// The tables that are filled by one field of events, and by no other computed key.
fn tables(tree: &ScriptTree<'_>) -> HashMap<SymbolId, KeyField> {
    let mut fields: HashMap<SymbolId, Option<KeyField>> = HashMap::new();
    for set in tree.assignments().iter().filter(|set| set.key.is_none()) {
        let Some(oxc_ast::ast::MemberExpression::ComputedMemberExpression(member)) =
            set.set.left.as_member_expression()
        else {
            continue;
        };
        if tree.constant(&member.expression).is_some() {
            continue;
        }
        let Some(symbol) = table_name(tree, &member.object) else { continue };
        let field = key_field(tree, &member.expression, 1);
        let known = fields.entry(symbol).or_insert(field);
        *known = known.filter(|known| Some(*known) == field);
    }
    fields.into_iter().filter_map(|(symbol, field)| Some((symbol, field?))).collect()
}

fn table_name(tree: &ScriptTree<'_>, object: &Expression<'_>) -> Option<SymbolId> {
    match object.get_inner_expression() {
        Expression::Identifier(name) => Bindings::of(tree).declaration(name),
        _ => None,
    }
}

type Member<'a> = (oxc_syntax::node::NodeId, &'a Expression<'a>, String, Span, Span);

/// A member with a constant key: its node, object, key, and the spans of it all and of the key.
fn member<'a>(tree: &ScriptTree<'a>, kind: AstKind<'a>) -> Option<Member<'a>> {
    match kind {
        AstKind::StaticMemberExpression(member) => {
            let text = member.property.name.to_string();
            let (id, span) = (member.node_id.get(), member.span);
            Some((id, &member.object, text, span, member.property.span))
        }
        AstKind::ComputedMemberExpression(member) => {
            let text = tree.constant(&member.expression)?.into_owned();
            let (id, span) = (member.node_id.get(), member.span);
            Some((id, &member.object, text, span, member.expression.span()))
        }
        _ => None,
    }
}

/// Whether a member is read where another expression may stand.
fn is_read(tree: &ScriptTree<'_>, id: oxc_syntax::node::NodeId, span: Span) -> bool {
    match tree.parent(id) {
        AstKind::AssignmentExpression(set) => set.right.span() == span,
        AstKind::CallExpression(call) => call.callee.span() != span,
        AstKind::UnaryExpression(unary) => unary.operator.as_str() != "delete",
        AstKind::IfStatement(_)
        | AstKind::LogicalExpression(_)
        | AstKind::ConditionalExpression(_)
        | AstKind::BinaryExpression(_)
        | AstKind::ParenthesizedExpression(_)
        | AstKind::VariableDeclarator(_)
        | AstKind::ReturnStatement(_)
        | AstKind::WhileStatement(_) => true,
        _ => false,
    }
}
