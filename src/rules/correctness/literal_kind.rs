//! What kind of value a name always has, where its declaration and its assignments tell.

use oxc_ast::AstKind;
use oxc_ast::ast::{AssignmentOperator, BinaryOperator, Expression, UnaryOperator};
use oxc_span::GetSpan as _;

use crate::page::script::{Bindings, NameUse};

use super::name_table::{DeclaredName, NamePlace, NameTable};

/// A kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LiteralKind {
    Number,
    Text,
    Boolean,
    List,
    Object,
    Pattern,
    /// `null` or `undefined`.
    Nothing,
}

impl LiteralKind {
    /// What a reader calls it.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Boolean => "true or false",
            Self::List => "a list",
            Self::Object => "an object",
            Self::Pattern => "a regular expression",
            Self::Nothing => "nothing",
        }
    }

    /// The kind of an expression. `None` if it cannot be told.
    pub fn of(e: &Expression<'_>) -> Option<Self> {
        match e.get_inner_expression() {
            Expression::NumericLiteral(_) => Some(Self::Number),
            Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => Some(Self::Text),
            Expression::BooleanLiteral(_) => Some(Self::Boolean),
            Expression::ArrayExpression(_) => Some(Self::List),
            Expression::ObjectExpression(_) => Some(Self::Object),
            Expression::RegExpLiteral(_) => Some(Self::Pattern),
            Expression::NullLiteral(_) => Some(Self::Nothing),
            Expression::Identifier(name) if name.name == "undefined" => Some(Self::Nothing),
            Expression::UnaryExpression(unary) => match unary.operator {
                UnaryOperator::LogicalNot | UnaryOperator::Delete => Some(Self::Boolean),
                UnaryOperator::Typeof => Some(Self::Text),
                UnaryOperator::Void => Some(Self::Nothing),
                _ => Some(Self::Number),
            },
            Expression::BinaryExpression(pair) => match pair.operator {
                BinaryOperator::Addition => Self::of_sum(&pair.left, &pair.right),
                operator if operator.is_arithmetic() || operator.is_bitwise() => Some(Self::Number),
                _ => Some(Self::Boolean),
            },
            _ => None,
        }
    }

    fn of_sum(left: &Expression<'_>, right: &Expression<'_>) -> Option<Self> {
        // The left side of a long sum is not followed: its kind is told by the right end.
        match (Self::of_end(left), Self::of_end(right)) {
            (Some(Self::Text), _) | (_, Some(Self::Text)) => Some(Self::Text),
            (Some(Self::Number), Some(Self::Number)) => Some(Self::Number),
            _ => None,
        }
    }

    fn of_end(e: &Expression<'_>) -> Option<Self> {
        match e.get_inner_expression() {
            Expression::NumericLiteral(_) => Some(Self::Number),
            Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => Some(Self::Text),
            _ => None,
        }
    }
}

/// The kind that a name always has. `None` if that cannot be told.
pub(super) fn kind_of_name(table: &NameTable<'_, '_>, name: DeclaredName) -> Option<LiteralKind> {
    let AstKind::VariableDeclarator(declarator) = table.node(name.0, table.declaration(name)?)?
    else {
        return None;
    };
    declarator.id.get_binding_identifier()?;
    let mut kind = match &declarator.init {
        Some(value) => LiteralKind::of(value)?,
        None if is_loop_head(table, name) => return None,
        None => LiteralKind::Nothing,
    };
    for place in table.uses(name).iter().filter(|place| place.usage != NameUse::Read) {
        let written = written_kind(table, name, place)?;
        match (kind, written) {
            (LiteralKind::Nothing, other) => kind = other,
            (_, LiteralKind::Nothing) => {}
            (one, other) if one == other => {}
            _ => return None,
        }
    }
    Some(kind)
}

/// Whether a loop gives a name its values: `for (const x of all)`.
pub(super) fn is_loop_head(table: &NameTable<'_, '_>, name: DeclaredName) -> bool {
    let (Some(tree), Some(at)) = (table.tree(name.0), table.declaration(name)) else { return true };
    let around = tree.ancestors(at).nth(1);
    matches!(around, Some(AstKind::ForInStatement(_) | AstKind::ForOfStatement(_)))
}

/// The kind of what an assignment gives a name.
fn written_kind(
    table: &NameTable<'_, '_>,
    name: DeclaredName,
    place: &NamePlace,
) -> Option<LiteralKind> {
    let tree = table.tree(place.tree)?;
    let written = Bindings::of(tree).node(place.node).span();
    match tree.parent(place.node) {
        AstKind::UpdateExpression(_) => Some(LiteralKind::Number),
        AstKind::AssignmentExpression(set) if set.left.span() == written => match set.operator {
            AssignmentOperator::Assign => LiteralKind::of(&set.right).or_else(|| {
                is_part_of(table, name, place.tree, &set.right).then_some(LiteralKind::List)
            }),
            AssignmentOperator::Addition => {
                LiteralKind::of(&set.right).filter(|kind| *kind == LiteralKind::Text)
            }
            operator if operator.is_arithmetic() => Some(LiteralKind::Number),
            _ => None,
        },
        _ => None,
    }
}

/// `list = list.filter(…)`, which makes a list of a list.
fn is_part_of(
    table: &NameTable<'_, '_>,
    name: DeclaredName,
    tree: usize,
    e: &Expression<'_>,
) -> bool {
    let Expression::CallExpression(call) = e.get_inner_expression() else { return false };
    let Some(member) = call.callee.as_member_expression() else { return false };
    let is_kept = matches!(
        member.static_property_name(),
        Some("filter" | "slice" | "map" | "concat" | "sort" | "reverse" | "splice")
    );
    let Expression::Identifier(of) = member.object() else { return false };
    is_kept && table.declared(tree, of) == Some(name)
}
