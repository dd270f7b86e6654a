//! Folds constant strings: `'ev' + 'al'`, `['e','val'].join('')`.
//!
//! Only what cannot be anything else at run time is constant. Depth and size are bounded: what
//! exceeds the bounds is unknown, and the page's policy stops at run time what a rule did not see.

mod decode;

use std::borrow::Cow;

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, BinaryOperator, CallExpression, Expression,
    IdentifierReference, TemplateLiteral,
};

use super::ScriptTree;
use super::constant_text::{ConstantList, ConstantText, MAX_STEPS};
use super::resolve::argument;
pub(super) use decode::decode_base64;
use decode::{chars_from_codes, decode_percent, is_char_code};

/// Longest folded string in bytes; longer ones are data, not names.
const MAX_LENGTH: usize = 1 << 16;
/// Longest string cached per name, in bytes.
const MAX_KEPT: usize = 256;
/// Bytes of text that a page may concatenate before it is rejected.
pub(super) const MAX_FOLDED_BYTES: usize = 1 << 28;
/// Cost of a list element, in these bytes.
const ELEMENT_COST: usize = 32;

impl<'a> ScriptTree<'a> {
    /// The constant value of an expression. `None` if it is not constant.
    pub fn constant(&self, expression: &'a Expression<'a>) -> Option<ConstantText<'a>> {
        self.fold(expression, MAX_STEPS)
    }

    /// The constant result of a call. `None` if it is not constant.
    pub(super) fn constant_call(&self, call: &'a CallExpression<'a>) -> Option<ConstantText<'a>> {
        self.fold_call(call, MAX_STEPS)
    }

    /// The constant start of a sum or template. `None` if there is none.
    pub fn constant_start(&self, expression: &'a Expression<'a>) -> Option<ConstantText<'a>> {
        if let Some(whole) = self.constant(expression) {
            return Some(whole);
        }
        match expression.get_inner_expression() {
            Expression::TemplateLiteral(template) => {
                Some(template.quasis.first()?.value.cooked?.as_str().into())
            }
            Expression::BinaryExpression(_) => {
                let mut left = expression;
                while let Expression::BinaryExpression(sum) = left.get_inner_expression() {
                    left = &sum.left;
                }
                self.constant_start_of(left)
            }
            _ => None,
        }
    }

    fn constant_start_of(&self, left: &'a Expression<'a>) -> Option<ConstantText<'a>> {
        match left.get_inner_expression() {
            Expression::TemplateLiteral(_) => self.constant_start(left),
            _ => self.constant(left),
        }
    }

    /// The one text that an expression always has, within so many steps. `None` if it is not known.
    pub(super) fn fold(&self, e: &'a Expression<'a>, steps: usize) -> Option<ConstantText<'a>> {
        let steps = steps.checked_sub(1)?;
        match e {
            Expression::StringLiteral(literal) => Some(literal.value.as_str().into()),
            Expression::NumericLiteral(number) => whole_number(number.value).map(Cow::Owned),
            Expression::TemplateLiteral(template) => self.fold_template(template, steps),
            Expression::ParenthesizedExpression(inner) => self.fold(&inner.expression, steps),
            Expression::SequenceExpression(all) => self.fold(all.expressions.last()?, steps),
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                self.fold_sum(e, steps)
            }
            Expression::Identifier(name) => self.fold_name(name, steps),
            Expression::CallExpression(call) => self.fold_call(call, steps),
            Expression::ComputedMemberExpression(member) => {
                let index = self.fold(&member.expression, steps)?.parse::<usize>().ok()?;
                self.fold_list(&member.object, steps)?.get(index).cloned()
            }
            _ => None,
        }
    }

    /// Folds a name once; longer strings are built again and charged to the budget.
    fn fold_name(&self, name: &IdentifierReference<'a>, steps: usize) -> Option<ConstantText<'a>> {
        let key = (self.symbol(name)?, steps);
        if let Some(known) = self.strings.borrow().get(&key) {
            return known.map(Cow::Borrowed);
        }
        let value = self.constant_definition(name).and_then(|value| self.fold(value, steps));
        let kept = match &value {
            Some(Cow::Owned(text)) if text.len() > MAX_KEPT => return value,
            Some(Cow::Owned(text)) => Some(self.allocator.alloc_str(text)),
            Some(Cow::Borrowed(text)) => Some(*text),
            None => None,
        };
        self.strings.borrow_mut().insert(key, kept);
        value
    }

    /// Charges this many bytes to the page's budget. `None` if it is exhausted.
    pub(super) fn spend_budget(&self, bytes: usize) -> Option<()> {
        let left = self.folding_budget.get().checked_sub(bytes);
        self.folding_budget.set(left.unwrap_or_default());
        left.map(|_| ())
    }

    /// Folds a sum; the left side of a long one is walked without recursion.
    fn fold_sum(&self, e: &'a Expression<'a>, steps: usize) -> Option<ConstantText<'a>> {
        let mut parts = Vec::new();
        let mut left = e;
        while let Expression::BinaryExpression(sum) = left
            && sum.operator == BinaryOperator::Addition
        {
            parts.push(&sum.right);
            left = &sum.left;
        }
        parts.push(left);
        let is_number = |e: &&Expression<'_>| matches!(e, Expression::NumericLiteral(_));
        if parts.iter().all(is_number) {
            return None;
        }
        let mut whole = String::new();
        for part in parts.into_iter().rev() {
            let part = self.fold(part, steps)?;
            self.spend_budget(part.len())?;
            whole.push_str(&part);
            if whole.len() > MAX_LENGTH {
                return None;
            }
        }
        Some(whole.into())
    }

    fn fold_template(&self, t: &'a TemplateLiteral<'a>, steps: usize) -> Option<ConstantText<'a>> {
        if let ([only], []) = (t.quasis.as_slice(), t.expressions.as_slice()) {
            return Some(only.value.cooked?.as_str().into());
        }
        let mut whole = String::new();
        for (i, quasi) in t.quasis.iter().enumerate() {
            whole.push_str(quasi.value.cooked?.as_str());
            if let Some(expression) = t.expressions.get(i) {
                let part = self.fold(expression, steps)?;
                self.spend_budget(part.len())?;
                whole.push_str(&part);
            }
            if whole.len() > MAX_LENGTH {
                return None;
            }
        }
        Some(whole.into())
    }

    fn fold_call(&self, call: &'a CallExpression<'a>, steps: usize) -> Option<ConstantText<'a>> {
        let folded = self.fold_called(call, steps)?;
        self.spend_budget(folded.len())?;
        Some(folded)
    }

    fn fold_called(&self, call: &'a CallExpression<'a>, steps: usize) -> Option<ConstantText<'a>> {
        let argument = |i: usize| {
            let first = call.arguments.get(i).and_then(Argument::as_expression)?;
            self.fold(first, steps)
        };
        if let Expression::Identifier(name) = call.callee.get_inner_expression() {
            let free = self.is_global(name);
            return match name.name.as_str() {
                "String" if free => argument(0),
                "decodeURIComponent" | "decodeURI" | "unescape" if free => {
                    decode_percent(&argument(0)?)
                }
                "atob" if free => decode_base64(&argument(0)?).map(Cow::Owned),
                _ => None,
            };
        }
        let member = call.callee.get_inner_expression().as_member_expression()?;
        let method = member.static_property_name()?;
        let object = member.object();
        match method {
            "join" => {
                let glue = if call.arguments.is_empty() { ",".into() } else { argument(0)? };
                Some(self.fold_list(object, steps)?.join(&*glue).into())
            }
            "fromCharCode" | "fromCodePoint" if object.is_specific_id("String") => {
                chars_from_codes(&self.fold_arguments(&call.arguments, steps)?)
            }
            "apply" if is_char_code(object) => {
                let list = call.arguments.get(1).and_then(Argument::as_expression)?;
                chars_from_codes(&self.fold_list(list, steps)?)
            }
            "concat" => {
                let mut whole = self.fold(object, steps)?.into_owned();
                for i in 0..call.arguments.len() {
                    whole.push_str(&argument(i)?);
                }
                Some(whole.into())
            }
            "toString" | "valueOf" | "trim" | "normalize" => self.fold(object, steps),
            "toLowerCase" => Some(self.fold(object, steps)?.to_lowercase().into()),
            "toUpperCase" => Some(self.fold(object, steps)?.to_uppercase().into()),
            "replace" => {
                Some(self.fold(object, steps)?.replacen(&*argument(0)?, &argument(1)?, 1).into())
            }
            "replaceAll" => {
                Some(self.fold(object, steps)?.replace(&*argument(0)?, &argument(1)?).into())
            }
            "slice" | "substring" => {
                let whole = self.fold(object, steps)?;
                let from = argument(0)?.parse::<usize>().ok()?;
                let to = argument(1).map_or(Some(whole.len()), |to| to.parse().ok())?;
                Some(whole.get(from..to)?.to_owned().into())
            }
            _ => None,
        }
    }

    /// Folds a list whose elements are all constant.
    fn fold_list(&self, e: &'a Expression<'a>, steps: usize) -> Option<ConstantList<'a>> {
        let steps = steps.checked_sub(1)?;
        match e {
            Expression::ArrayExpression(array) => {
                let element =
                    |e: &'a ArrayExpressionElement<'a>| self.fold(e.as_expression()?, steps);
                self.spend_budget(array.elements.len() * ELEMENT_COST)?;
                array.elements.iter().map(element).collect()
            }
            Expression::ParenthesizedExpression(inner) => self.fold_list(&inner.expression, steps),
            Expression::Identifier(name) => self.fold_list_name(name, steps),
            Expression::CallExpression(call) => Some(self.fold_list_call(call, steps)?.into()),
            _ => None,
        }
    }

    /// Folds arguments, with spread lists.
    fn fold_arguments(
        &self,
        arguments: &'a [Argument<'a>],
        steps: usize,
    ) -> Option<Vec<ConstantText<'a>>> {
        let mut all = Vec::new();
        for argument in arguments {
            match argument {
                Argument::SpreadElement(spread) => {
                    all.extend_from_slice(&self.fold_list(&spread.argument, steps)?);
                }
                argument => all.push(self.fold(argument.as_expression()?, steps)?),
            }
            self.spend_budget(ELEMENT_COST)?;
        }
        Some(all)
    }

    fn fold_list_name(
        &self,
        name: &IdentifierReference<'a>,
        steps: usize,
    ) -> Option<ConstantList<'a>> {
        let key = (self.symbol(name)?, steps);
        if let Some(known) = self.lists.borrow().get(&key) {
            return known.clone();
        }
        let list = self.constant_definition(name).and_then(|value| self.fold_list(value, steps));
        self.lists.borrow_mut().insert(key, list.clone());
        list
    }

    fn fold_list_call(
        &self,
        call: &'a CallExpression<'a>,
        steps: usize,
    ) -> Option<Vec<ConstantText<'a>>> {
        let member = call.callee.get_inner_expression().as_member_expression()?;
        match member.static_property_name()? {
            "map" => self.fold_codes(member.object(), argument(call, 0)?, steps),
            "reverse" => {
                let list = self.fold_list(member.object(), steps)?;
                self.spend_budget(list.len() * ELEMENT_COST)?;
                Some(list.iter().rev().cloned().collect())
            }
            "split" => {
                let whole = self.fold(member.object(), steps)?;
                let by = call.arguments.first().and_then(Argument::as_expression)?;
                let by = self.fold(by, steps)?;
                self.spend_budget(whole.len() * ELEMENT_COST)?;
                if by.is_empty() {
                    return Some(whole.chars().map(|c| c.to_string().into()).collect());
                }
                Some(whole.split(&*by).map(|part| part.to_owned().into()).collect())
            }
            _ => None,
        }
    }
}

/// Formats a whole number as JavaScript does. `None` for others.
fn whole_number(value: f64) -> Option<String> {
    let whole = value.fract() == 0.0 && (0.0..1e15).contains(&value);
    whole.then(|| format!("{value:.0}"))
}
