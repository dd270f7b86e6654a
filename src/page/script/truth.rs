//! Evaluates tests if a browser API is missing: `'share' in navigator` is false.
//!
//! A missing API is `undefined`, and code that tests for it takes its other branch. Only certain
//! results count.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, ArrowFunctionBody, BinaryExpression, BinaryOperator, CallExpression, Expression,
    FunctionBody, IdentifierReference, LogicalOperator, MemberExpression, Statement, UnaryOperator,
};

use super::ScriptTree;

/// Cost of a step, in bytes of the page's text budget.
pub(super) const STEP_COST: usize = 64;

/// The APIs that are missing at run time.
#[derive(Clone, Copy)]
pub struct MissingApi {
    /// Whether a path leads to or through something missing.
    pub path: fn(&[&str]) -> bool,
    /// Whether a method with this name is missing on any object.
    pub member: fn(&str) -> bool,
}

impl<'a> ScriptTree<'a> {
    /// The value of a test. `None` if it is uncertain.
    pub(super) fn truth_value(
        &self,
        e: &'a Expression<'a>,
        m: MissingApi,
        steps: usize,
    ) -> Option<bool> {
        let steps = steps.checked_sub(1)?;
        self.spend_budget(STEP_COST)?;
        match e {
            Expression::ParenthesizedExpression(inner) => {
                self.truth_value(&inner.expression, m, steps)
            }
            Expression::BooleanLiteral(literal) => Some(literal.value),
            Expression::UnaryExpression(not) if not.operator.is_not() => {
                self.truth_value(&not.argument, m, steps).map(|value| !value)
            }
            Expression::LogicalExpression(both) => {
                let sides = [&both.left, &both.right].map(|side| self.truth_value(side, m, steps));
                combine_truth(both.operator, sides)
            }
            Expression::BinaryExpression(pair) => self.compare_truth(pair, m, steps),
            Expression::CallExpression(call) => self.call_truth(call, m, steps),
            Expression::Identifier(name) if self.symbol(name).is_some() => {
                let missing = self.is_missing(e, m, steps).then_some(false);
                missing.or_else(|| self.truth_value(self.constant_value(name)?, m, steps))
            }
            _ => self.is_missing(e, m, steps).then_some(false),
        }
    }

    /// Whether an expression is certainly `undefined`.
    pub(super) fn is_missing(&self, e: &'a Expression<'a>, m: MissingApi, steps: usize) -> bool {
        let Some(steps) = steps.checked_sub(1) else { return false };
        if self.spend_budget(STEP_COST).is_none() {
            return false;
        }
        let e = e.get_inner_expression();
        let by_name = || {
            let member = e.as_member_expression().and_then(MemberExpression::static_property_name);
            member.is_some_and(m.member)
        };
        match e {
            // Either side may exist.
            Expression::ConditionalExpression(either) => [&either.consequent, &either.alternate]
                .iter()
                .all(|side| self.is_missing(side, m, steps)),
            Expression::LogicalExpression(either) => {
                [&either.left, &either.right].iter().all(|side| self.is_missing(side, m, steps))
            }
            Expression::Identifier(name) => match self.constant_value(name) {
                Some(value) if !matches!(value, Expression::Identifier(_)) => {
                    self.is_missing(value, m, steps)
                }
                _ => self.path(e).is_some_and(|path| (m.path)(&path)),
            },
            _ => self.path(e).is_some_and(|path| (m.path)(&path)) || by_name(),
        }
    }

    /// `typeof x === 'undefined'`, `x != null`, `'x' in navigator`.
    fn compare_truth(
        &self,
        pair: &'a BinaryExpression<'a>,
        m: MissingApi,
        steps: usize,
    ) -> Option<bool> {
        if pair.operator == BinaryOperator::In {
            return self.is_key_missing(&pair.right, &pair.left, m).then_some(false);
        }
        let equal = match pair.operator {
            BinaryOperator::Equality | BinaryOperator::StrictEquality => true,
            BinaryOperator::Inequality | BinaryOperator::StrictInequality => false,
            _ => return None,
        };
        let sides = [(&pair.left, &pair.right), (&pair.right, &pair.left)];
        let same = sides.into_iter().find_map(|(it, with)| {
            if let Some(kind) = self.typeof_missing(it, m, steps) {
                return Some(self.constant(with)? == kind);
            }
            self.is_missing(it, m, steps).then(|| is_nothing(with, pair.operator))
        })?;
        Some(same == equal)
    }

    /// The `typeof` of something missing. `None` for other expressions.
    fn typeof_missing(
        &self,
        e: &'a Expression<'a>,
        m: MissingApi,
        steps: usize,
    ) -> Option<&'static str> {
        let Expression::UnaryExpression(kind) = e.get_inner_expression() else { return None };
        let missing = || self.is_missing(&kind.argument, m, steps);
        (kind.operator == UnaryOperator::Typeof && missing()).then_some("undefined")
    }

    fn is_key_missing(
        &self,
        object: &'a Expression<'a>,
        key: &'a Expression<'a>,
        m: MissingApi,
    ) -> bool {
        let Some(key) = self.constant(key) else { return false };
        let path = self.path(object).and_then(|path| path.join(self.step(key.clone())));
        path.is_some_and(|path| (m.path)(&path)) || (m.member)(&key)
    }

    /// `Boolean(x)`, `navigator.hasOwnProperty('x')`, and functions of the page that only test.
    fn call_truth(
        &self,
        call: &'a CallExpression<'a>,
        m: MissingApi,
        steps: usize,
    ) -> Option<bool> {
        let argument = |i: usize| call.arguments.get(i).and_then(Argument::as_expression);
        let callee = call.callee.get_inner_expression();
        if let Expression::Identifier(name) = callee {
            if self.is_global(name) && name.name == "Boolean" {
                return self.truth_value(argument(0)?, m, steps);
            }
            return self.truth_value(self.only_result(name)?, m, steps);
        }
        let member = callee.as_member_expression()?;
        let (object, key) = match member.static_property_name()? {
            "hasOwnProperty" => (member.object(), argument(0)?),
            "hasOwn" | "has" => (argument(0)?, argument(1)?),
            _ => return self.is_missing(callee, m, steps).then_some(false),
        };
        self.is_key_missing(object, key, m).then_some(false)
    }

    /// The result of a function that only returns one.
    fn only_result(&self, name: &IdentifierReference<'a>) -> Option<&'a Expression<'a>> {
        let declaration = self.semantic().scoping().symbol_declaration(self.symbol(name)?);
        if let AstKind::Function(function) = self.semantic().nodes().kind(declaration) {
            return returned(function.body.as_ref()?);
        }
        match self.constant_value(name)? {
            Expression::FunctionExpression(function) => returned(function.body.as_ref()?),
            Expression::ArrowFunctionExpression(arrow) => match &arrow.body {
                ArrowFunctionBody::FunctionBody(body) => returned(body),
                body => body.as_expression(),
            },
            _ => None,
        }
    }
}

fn combine_truth(operator: LogicalOperator, sides: [Option<bool>; 2]) -> Option<bool> {
    match operator {
        LogicalOperator::And if sides.contains(&Some(false)) => Some(false),
        LogicalOperator::Or if sides.contains(&Some(true)) => Some(true),
        LogicalOperator::And | LogicalOperator::Or if sides[0] == sides[1] => sides[0],
        LogicalOperator::Coalesce if sides == [Some(false); 2] => Some(false),
        LogicalOperator::And | LogicalOperator::Or | LogicalOperator::Coalesce => None,
    }
}

/// Whether `undefined` equals this; no other literal does.
fn is_nothing(with: &Expression<'_>, operator: BinaryOperator) -> bool {
    match with.get_inner_expression() {
        Expression::NullLiteral(_) => {
            matches!(operator, BinaryOperator::Equality | BinaryOperator::Inequality)
        }
        Expression::UnaryExpression(void) => void.operator.is_void(),
        with => with.is_specific_id("undefined"),
    }
}

fn returned<'a>(body: &'a FunctionBody<'a>) -> Option<&'a Expression<'a>> {
    match body.statements.as_slice() {
        [Statement::ReturnStatement(only)] => only.argument.as_ref(),
        _ => None,
    }
}
