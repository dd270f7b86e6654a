//! Determines the kind of value of an expression, as far as possible.

use oxc_ast::ast::{BinaryOperator, Expression, MemberExpression};

use super::ScriptTree;
use super::constant_text::MAX_STEPS;

/// The kind of value of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueShape {
    Function,
    /// Certainly text, but not constant.
    Text,
    /// This text.
    Constant(String),
    /// Undecidable here.
    Unknown,
}

impl ValueShape {
    fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Constant(_))
    }
}

impl<'a> ScriptTree<'a> {
    /// The kind of value of an expression, as far as the code tells.
    pub fn shape(&self, expression: &'a Expression<'a>) -> ValueShape {
        self.shape_within(expression, MAX_STEPS)
    }

    fn shape_within(&self, e: &'a Expression<'a>, steps: usize) -> ValueShape {
        if let Some(text) = self.fold(e, steps)
            && !matches!(e, Expression::NumericLiteral(_))
        {
            return ValueShape::Constant(text.into_owned());
        }
        let Some(steps) = steps.checked_sub(1) else { return ValueShape::Unknown };
        match e {
            Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_) => {
                ValueShape::Function
            }
            Expression::TemplateLiteral(_) => ValueShape::Text,
            Expression::UnaryExpression(kind) if kind.operator.is_typeof() => ValueShape::Text,
            Expression::ParenthesizedExpression(inner) => {
                self.shape_within(&inner.expression, steps)
            }
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                let is_text = |e| self.shape_within(e, steps).is_text();
                if is_text(&sum.left) || is_text(&sum.right) {
                    ValueShape::Text
                } else {
                    ValueShape::Unknown
                }
            }
            Expression::Identifier(name) => match self.constant_definition(name) {
                Some(value) => self.shape_within(value, steps),
                None => ValueShape::Unknown,
            },
            Expression::ConditionalExpression(either) => {
                let first = self.shape_within(&either.consequent, steps);
                let second = self.shape_within(&either.alternate, steps);
                if first.is_text() || second.is_text() {
                    ValueShape::Text
                } else {
                    ValueShape::Unknown
                }
            }
            Expression::CallExpression(call) => {
                let callee = call.callee.get_inner_expression();
                if let Expression::Identifier(name) = callee
                    && self.is_global(name)
                    && name.name == "String"
                {
                    return ValueShape::Text;
                }
                let method =
                    callee.as_member_expression().and_then(MemberExpression::static_property_name);
                match method {
                    Some("join" | "toString" | "toLowerCase" | "toUpperCase" | "trim") => {
                        ValueShape::Text
                    }
                    _ => ValueShape::Unknown,
                }
            }
            _ => ValueShape::Unknown,
        }
    }
}
