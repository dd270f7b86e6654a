//! Code that changes nothing that anybody can see.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, ArrowFunctionBody, AssignmentTarget, CallExpression, Expression, IdentifierReference,
    SimpleAssignmentTarget, Statement,
};

use crate::page::script::NameUse;

use super::name_table::{DeclaredName, NamePlace, NameTable};
use super::page_names::is_of_browser;

/// What idle code does all the same: it sets these names, which nothing reads.
pub(super) type IdleEffects = BTreeSet<String>;

fn join(mut all: IdleEffects, more: IdleEffects) -> IdleEffects {
    all.extend(more);
    all
}

/// The idle code of a page: each of its questions is answered with what such code does, and with
/// `None` for code that may change something.
pub(super) struct IdleCode<'c, 't, 'a> {
    table: &'c NameTable<'t, 'a>,
    functions: RefCell<HashMap<DeclaredName, Option<IdleEffects>>>,
    unread: RefCell<HashMap<DeclaredName, bool>>,
}

impl<'c, 't, 'a> IdleCode<'c, 't, 'a> {
    pub fn new(table: &'c NameTable<'t, 'a>) -> Self {
        Self { table, functions: RefCell::default(), unread: RefCell::default() }
    }

    /// What a function does that is given as a value.
    pub fn function(&self, number: usize, e: &'a Expression<'a>) -> Option<IdleEffects> {
        match e.get_inner_expression() {
            Expression::FunctionExpression(function) if !function.generator => {
                self.statements(number, &function.body.as_ref()?.statements)
            }
            Expression::ArrowFunctionExpression(arrow) => match &arrow.body {
                ArrowFunctionBody::FunctionBody(body) => self.statements(number, &body.statements),
                body => match body.as_expression()?.get_inner_expression() {
                    // `() => false` keeps the browser from what it does.
                    Expression::BooleanLiteral(_) => None,
                    own => self.expression(number, own),
                },
            },
            Expression::Identifier(name) => self.named(number, name),
            _ => None,
        }
    }

    fn named(&self, number: usize, name: &IdentifierReference<'_>) -> Option<IdleEffects> {
        let name = self.table.declared(number, name)?;
        if let Some(known) = self.functions.borrow().get(&name) {
            return known.clone();
        }
        // While it is looked at it may do anything, which ends cycles.
        self.functions.borrow_mut().insert(name, None);
        let found = self.named_once(name);
        self.functions.borrow_mut().insert(name, found.clone());
        found
    }

    fn named_once(&self, name: DeclaredName) -> Option<IdleEffects> {
        match self.table.node(name.0, self.table.declaration(name)?)? {
            AstKind::Function(function) if !function.generator => {
                let is_written =
                    self.table.uses(name).iter().any(|place| place.usage != NameUse::Read);
                let body = function.body.as_ref().filter(|_| !is_written)?;
                self.statements(name.0, &body.statements)
            }
            AstKind::VariableDeclarator(_) => {
                let (tree, value) = self.table.value(name)?;
                self.function(tree, value)
            }
            _ => None,
        }
    }

    /// What a list of statements does.
    pub fn statements(
        &self,
        number: usize,
        statements: &'a [Statement<'a>],
    ) -> Option<IdleEffects> {
        let each = statements.iter().map(|statement| self.statement(number, statement));
        each.into_iter().try_fold(IdleEffects::default(), |all, one| Some(join(all, one?)))
    }

    fn statement(&self, number: usize, statement: &'a Statement<'a>) -> Option<IdleEffects> {
        let nothing = |is_pure: bool| is_pure.then(IdleEffects::default);
        match statement {
            Statement::EmptyStatement(_)
            | Statement::BreakStatement(_)
            | Statement::FunctionDeclaration(_) => nothing(true),
            Statement::BlockStatement(block) => self.statements(number, &block.body),
            Statement::ExpressionStatement(own) => self.expression(number, &own.expression),
            Statement::ReturnStatement(returned) => match &returned.argument {
                None => nothing(true),
                Some(Expression::BooleanLiteral(_)) => None,
                Some(value) => nothing(is_pure(value)),
            },
            Statement::VariableDeclaration(declaration) => nothing(
                declaration.declarations.iter().all(|one| one.init.as_ref().is_none_or(is_pure)),
            ),
            Statement::IfStatement(either) if is_pure(&either.test) => {
                let first = self.statement(number, &either.consequent)?;
                match &either.alternate {
                    Some(other) => Some(join(first, self.statement(number, other)?)),
                    None => Some(first),
                }
            }
            Statement::SwitchStatement(switch) if is_pure(&switch.discriminant) => {
                let each =
                    switch.cases.iter().map(|case| self.statements(number, &case.consequent));
                each.into_iter().try_fold(IdleEffects::default(), |all, one| Some(join(all, one?)))
            }
            _ => None,
        }
    }

    fn expression(&self, number: usize, e: &'a Expression<'a>) -> Option<IdleEffects> {
        match e.get_inner_expression() {
            Expression::AssignmentExpression(set) if is_pure(&set.right) => match &set.left {
                AssignmentTarget::AssignmentTargetIdentifier(name) => self.setting(number, name),
                _ => None,
            },
            Expression::UpdateExpression(update) => match &update.argument {
                SimpleAssignmentTarget::AssignmentTargetIdentifier(name) => {
                    self.setting(number, name)
                }
                _ => None,
            },
            Expression::CallExpression(call) => self.call(number, call),
            Expression::LogicalExpression(pair) if is_pure(&pair.left) => {
                self.expression(number, &pair.right)
            }
            e => is_pure(e).then(IdleEffects::default),
        }
    }

    fn call(&self, number: usize, call: &'a CallExpression<'a>) -> Option<IdleEffects> {
        let are_pure =
            call.arguments.iter().all(|one| Argument::as_expression(one).is_some_and(is_pure));
        match call.callee.get_inner_expression() {
            Expression::Identifier(name) if are_pure => self.named(number, name),
            _ => is_pure_call(call).then(IdleEffects::default),
        }
    }

    /// Setting a variable that nothing reads.
    fn setting(&self, number: usize, name: &IdentifierReference<'_>) -> Option<IdleEffects> {
        let declared = self.table.declared(number, name)?;
        let mut known = self.unread.borrow_mut();
        let is_unread = known.entry(declared).or_insert_with(|| self.is_unread(declared));
        is_unread.then(|| IdleEffects::from([name.name.to_string()]))
    }

    fn is_unread(&self, name: DeclaredName) -> bool {
        let is_variable = self.table.declaration(name).is_some_and(|at| {
            matches!(self.table.node(name.0, at), Some(AstKind::VariableDeclarator(_)))
        });
        is_variable
            && !is_of_browser(self.table.text(name))
            && self.table.uses(name).iter().all(|place| self.only_sets(place))
    }

    /// Whether a use of a name takes nothing out of it.
    fn only_sets(&self, place: &NamePlace) -> bool {
        let Some(tree) = self.table.tree(place.tree) else { return false };
        let mut around = tree.ancestors(place.node);
        let is_set = matches!(
            around.next(),
            Some(AstKind::AssignmentExpression(_) | AstKind::UpdateExpression(_))
        );
        let is_statement = matches!(around.next(), Some(AstKind::ExpressionStatement(_)));
        place.usage != NameUse::Read && is_set && is_statement
    }
}

/// Methods of texts that only give a value.
const PURE_METHODS: &[&str] =
    &["toLowerCase", "toUpperCase", "includes", "startsWith", "trim", "indexOf", "toString"];

/// Whether an expression changes nothing.
fn is_pure(e: &Expression<'_>) -> bool {
    match e.get_inner_expression() {
        Expression::BooleanLiteral(_)
        | Expression::NullLiteral(_)
        | Expression::NumericLiteral(_)
        | Expression::StringLiteral(_)
        | Expression::Identifier(_)
        | Expression::ThisExpression(_)
        | Expression::FunctionExpression(_)
        | Expression::ArrowFunctionExpression(_) => true,
        Expression::TemplateLiteral(template) => template.expressions.iter().all(is_pure),
        Expression::BinaryExpression(pair) => is_pure(&pair.left) && is_pure(&pair.right),
        Expression::LogicalExpression(pair) => is_pure(&pair.left) && is_pure(&pair.right),
        Expression::UnaryExpression(unary) => {
            unary.operator != oxc_ast::ast::UnaryOperator::Delete && is_pure(&unary.argument)
        }
        Expression::ConditionalExpression(either) => {
            is_pure(&either.test) && is_pure(&either.consequent) && is_pure(&either.alternate)
        }
        Expression::StaticMemberExpression(member) => is_pure(&member.object),
        Expression::ComputedMemberExpression(member) => {
            is_pure(&member.object) && is_pure(&member.expression)
        }
        Expression::CallExpression(call) => is_pure_call(call),
        _ => false,
    }
}

fn is_pure_call(call: &CallExpression<'_>) -> bool {
    let Expression::StaticMemberExpression(member) = call.callee.get_inner_expression() else {
        return false;
    };
    PURE_METHODS.contains(&member.property.name.as_str())
        && is_pure(&member.object)
        && call.arguments.iter().all(|one| one.as_expression().is_some_and(is_pure))
}
