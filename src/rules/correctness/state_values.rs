//! All values that a variable or a member ever has, where each of them is written in the code.

use oxc_ast::AstKind;
use oxc_ast::ast::{AssignmentOperator, BinaryOperator, Expression, UnaryOperator};
use oxc_span::GetSpan as _;

use crate::page::script::{Bindings, NameUse};

use super::literal_kind::is_loop_head;
use super::member_table::MemberTable;
use super::name_table::{DeclaredName, NamePlace, NameTable};

/// What keeps a state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum StateCell {
    Name(DeclaredName),
    /// A member of any object.
    Member(String),
}

/// One value of a state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StateToken {
    Boolean(bool),
    Number(String),
    Text(String),
    Nothing,
    /// A member of a constant: `State.PLAYING`.
    Member(String),
}

impl StateToken {
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Boolean(value) => *value,
            Self::Number(number) => number != "0",
            Self::Text(text) => !text.is_empty(),
            Self::Nothing => false,
            Self::Member(_) => true,
        }
    }

    /// Whether two values may be equal, also by `==`.
    pub fn may_be(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Boolean(_), Self::Boolean(_))
            | (Self::Number(_), Self::Number(_))
            | (Self::Text(_), Self::Text(_))
            | (Self::Member(_), Self::Member(_))
            | (Self::Nothing, _)
            | (_, Self::Nothing) => self == other,
            // `1 == '1'`, and a member may be any value.
            _ => true,
        }
    }
}

/// Most names that are followed from one to the next.
const MAX_HOPS: usize = 4;

/// The states of a page.
pub(super) struct StateValues<'c, 't, 'a> {
    table: &'c NameTable<'t, 'a>,
    members: &'c MemberTable<'a>,
}

impl<'c, 't, 'a> StateValues<'c, 't, 'a> {
    pub fn new(table: &'c NameTable<'t, 'a>, members: &'c MemberTable<'a>) -> Self {
        Self { table, members }
    }

    /// What an expression reads. `None` if that is no state of the page.
    pub fn cell(&self, number: usize, e: &Expression<'_>) -> Option<StateCell> {
        match e.get_inner_expression() {
            Expression::Identifier(name) => self.table.declared(number, name).map(StateCell::Name),
            Expression::StaticMemberExpression(member) => {
                Some(StateCell::Member(member.property.name.to_string()))
            }
            _ => None,
        }
    }

    pub fn name<'n>(&'n self, cell: &'n StateCell) -> &'n str {
        match cell {
            StateCell::Name(name) => self.table.text(*name),
            StateCell::Member(name) => name,
        }
    }

    /// Every value that a state ever has, each once. `None` if one of them is not known.
    pub fn all(&self, cell: &StateCell) -> Option<Vec<StateToken>> {
        let mut all: Vec<StateToken> = match cell {
            StateCell::Name(name) => self.all_of_name(*name)?,
            StateCell::Member(name) => {
                let values = self.members.values(name).filter(|_| !self.members.is_merged())?;
                let all = values.iter().map(|value| self.tokens(value.tree, value.value?));
                all.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect()
            }
        };
        all.sort_unstable();
        all.dedup();
        Some(all)
    }

    fn all_of_name(&self, name: DeclaredName) -> Option<Vec<StateToken>> {
        let at = self.table.declaration(name)?;
        let AstKind::VariableDeclarator(declarator) = self.table.node(name.0, at)? else {
            return None;
        };
        declarator.id.get_binding_identifier()?;
        let mut all = match &declarator.init {
            Some(value) => self.tokens(name.0, value)?,
            None if is_loop_head(self.table, name) => return None,
            None => vec![StateToken::Nothing],
        };
        for place in self.table.uses(name) {
            if place.usage != NameUse::Read {
                all.extend(self.written(&place)?);
            }
        }
        Some(all)
    }

    fn written(&self, place: &NamePlace) -> Option<Vec<StateToken>> {
        let tree = self.table.tree(place.tree)?;
        let span = Bindings::of(tree).node(place.node).span();
        match tree.parent(place.node) {
            AstKind::AssignmentExpression(set)
                if set.operator == AssignmentOperator::Assign && set.left.span() == span =>
            {
                self.tokens(place.tree, &set.right)
            }
            _ => None,
        }
    }

    /// The values that an expression may have. `None` if one of them is not known.
    pub fn tokens(&self, number: usize, e: &'a Expression<'a>) -> Option<Vec<StateToken>> {
        self.tokens_within(number, e, MAX_HOPS)
    }

    fn tokens_within(
        &self,
        number: usize,
        e: &'a Expression<'a>,
        hops: usize,
    ) -> Option<Vec<StateToken>> {
        let hops = hops.checked_sub(1)?;
        let either = || Some(vec![StateToken::Boolean(false), StateToken::Boolean(true)]);
        match e.get_inner_expression() {
            Expression::BooleanLiteral(value) => Some(vec![StateToken::Boolean(value.value)]),
            Expression::NumericLiteral(value) => {
                Some(vec![StateToken::Number(value.value.to_string())])
            }
            Expression::StringLiteral(text) => Some(vec![StateToken::Text(text.value.to_string())]),
            Expression::NullLiteral(_) => Some(vec![StateToken::Nothing]),
            Expression::UnaryExpression(not) if not.operator == UnaryOperator::LogicalNot => {
                either()
            }
            Expression::BinaryExpression(pair) if is_comparison(pair.operator) => either(),
            Expression::ConditionalExpression(choice) => {
                let mut all = self.tokens_within(number, &choice.consequent, hops)?;
                all.extend(self.tokens_within(number, &choice.alternate, hops)?);
                Some(all)
            }
            // `a = b = true`.
            Expression::AssignmentExpression(set) if set.operator == AssignmentOperator::Assign => {
                self.tokens_within(number, &set.right, hops)
            }
            Expression::Identifier(name) if name.name == "undefined" => {
                Some(vec![StateToken::Nothing])
            }
            Expression::Identifier(name) => {
                let (tree, value) = self.table.value(self.table.declared(number, name)?)?;
                self.tokens_within(tree, value, hops)
            }
            Expression::StaticMemberExpression(member) => {
                let Expression::Identifier(object) = member.object.get_inner_expression() else {
                    return None;
                };
                let object = self.table.declared(number, object)?;
                let (_, value) = self.table.value(object)?;
                let is_constant = matches!(
                    value.get_inner_expression(),
                    Expression::ObjectExpression(_) | Expression::CallExpression(_)
                ) && self.is_constant_member(member.property.name.as_str());
                let text = format!("{}.{}", self.table.text(object), member.property.name);
                is_constant.then(|| vec![StateToken::Member(text)])
            }
            _ => None,
        }
    }

    /// Whether a member has one value, as in a table of states.
    fn is_constant_member(&self, name: &str) -> bool {
        let is_upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let is_table_like =
            name.chars().next().is_some_and(char::is_uppercase) || name.chars().all(is_upper);
        is_table_like && self.members.values(name).is_some_and(|values| values.len() == 1)
    }

    /// What a value is called where it is written.
    pub fn label(&self, number: usize, e: &Expression<'_>) -> String {
        match e.get_inner_expression() {
            Expression::StringLiteral(text) => text.value.to_string(),
            Expression::Identifier(name) => name.name.to_string(),
            Expression::StaticMemberExpression(member) => member.property.name.to_string(),
            e => {
                let tree = self.table.tree(number);
                tree.map_or("", |tree| tree.text(e.span())).chars().take(40).collect()
            }
        }
    }
}

fn is_comparison(operator: BinaryOperator) -> bool {
    operator.is_equality() || operator.is_compare() || operator.is_in() || operator.is_instance_of()
}
