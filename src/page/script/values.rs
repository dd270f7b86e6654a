//! What kind of value an expression can be, where that is decidable.

use oxc_ast::ast::{BinaryOperator, Expression, MemberExpression};

use super::Tree;
use super::fold::MAX_STEPS;

/// What an expression can be when it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    Function,
    /// Certainly text, though not the same each time.
    Text,
    /// This text.
    Constant(String),
    /// Not decidable here.
    Unknown,
}

impl<'a> Tree<'a> {
    /// What an expression is, as far as the code tells.
    pub fn shape(&self, expression: &'a Expression<'a>) -> Shape {
        self.shape_within(expression, MAX_STEPS)
    }

    fn shape_within(&self, e: &'a Expression<'a>, steps: usize) -> Shape {
        if let Some(text) = self.fold(e, steps)
            && !matches!(e, Expression::NumericLiteral(_))
        {
            return Shape::Constant(text.into_owned());
        }
        let Some(steps) = steps.checked_sub(1) else { return Shape::Unknown };
        match e {
            Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_) => {
                Shape::Function
            }
            Expression::TemplateLiteral(_) => Shape::Text,
            Expression::UnaryExpression(kind) if kind.operator.is_typeof() => Shape::Text,
            Expression::ParenthesizedExpression(inner) => {
                self.shape_within(&inner.expression, steps)
            }
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                let is_text =
                    |e| matches!(self.shape_within(e, steps), Shape::Text | Shape::Constant(_));
                if is_text(&sum.left) || is_text(&sum.right) { Shape::Text } else { Shape::Unknown }
            }
            Expression::Identifier(name) => match self.constant_definition(name) {
                Some(value) => self.shape_within(value, steps),
                None => Shape::Unknown,
            },
            Expression::ConditionalExpression(either) => {
                let first = self.shape_within(&either.consequent, steps);
                let second = self.shape_within(&either.alternate, steps);
                let is_text = |shape: &Shape| matches!(shape, Shape::Text | Shape::Constant(_));
                if is_text(&first) || is_text(&second) { Shape::Text } else { Shape::Unknown }
            }
            Expression::CallExpression(call) => {
                let callee = call.callee.get_inner_expression();
                if let Expression::Identifier(name) = callee
                    && self.is_global(name)
                    && name.name == "String"
                {
                    return Shape::Text;
                }
                let method =
                    callee.as_member_expression().and_then(MemberExpression::static_property_name);
                match method {
                    Some("join" | "toString" | "toLowerCase" | "toUpperCase" | "trim") => {
                        Shape::Text
                    }
                    _ => Shape::Unknown,
                }
            }
            _ => Shape::Unknown,
        }
    }
}
