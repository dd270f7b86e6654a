//! Folds text made from numbers or encoded: `String.fromCharCode`, `atob`, `%41`.

use std::borrow::Cow;

use oxc_ast::AstKind;
use oxc_ast::ast::{BinaryOperator, Expression};
use oxc_semantic::SymbolId;

use super::ELEMENT_COST;
use crate::page::script::ScriptTree;
use crate::page::script::constant_text::ConstantText;
use crate::page::script::resolve::argument;

impl<'a> ScriptTree<'a> {
    /// Folds `codes.map(code => String.fromCharCode(code ^ 7))`: the characters of a list of
    /// numbers.
    pub(super) fn fold_codes(
        &self,
        list: &'a Expression<'a>,
        callback: &'a Expression<'a>,
        steps: usize,
    ) -> Option<Vec<ConstantText<'a>>> {
        let list = self.fold_list(list, steps)?;
        self.spend_budget(list.len() * ELEMENT_COST)?;
        let number = |text: &ConstantText<'a>| text.parse::<i64>().ok();
        let mut numbers = list.iter().map(number);
        if is_char_code(callback) {
            return numbers.map(|code| char_from_code(code?)).collect();
        }
        let (parameter, value) = self.only_parameter(callback)?;
        let Expression::CallExpression(call) = value.get_inner_expression() else { return None };
        let code = argument(call, 0).filter(|_| is_char_code(&call.callee))?;
        numbers.try_fold(Vec::new(), |mut all, number| {
            all.push(char_from_code(self.fold_number(code, (parameter, number?), steps)?)?);
            Some(all)
        })
    }

    /// The only parameter of a function and the expression it returns. `None` for other functions.
    fn only_parameter(
        &self,
        callback: &'a Expression<'a>,
    ) -> Option<(SymbolId, &'a Expression<'a>)> {
        let function = self.function_of(callback)?;
        let parameters = match self.semantic().nodes().kind(function) {
            AstKind::Function(function) => &function.params,
            AstKind::ArrowFunctionExpression(arrow) => &arrow.params,
            _ => return None,
        };
        let [parameter] = parameters.items.as_slice() else { return None };
        let name = parameter.pattern.get_binding_identifier()?.symbol_id.get()?;
        let [value] = self.returns(function)? else { return None };
        Some((name, value))
    }

    /// Evaluates whole-number arithmetic on a parameter's value.
    fn fold_number(
        &self,
        e: &'a Expression<'a>,
        parameter: (SymbolId, i64),
        steps: usize,
    ) -> Option<i64> {
        let steps = steps.checked_sub(1)?;
        match e.get_inner_expression() {
            Expression::Identifier(name) if self.symbol(name) == Some(parameter.0) => {
                Some(parameter.1)
            }
            Expression::BinaryExpression(pair) => {
                let left = self.fold_number(&pair.left, parameter, steps)?;
                let right = self.fold_number(&pair.right, parameter, steps)?;
                match pair.operator {
                    BinaryOperator::Addition => left.checked_add(right),
                    BinaryOperator::Subtraction => left.checked_sub(right),
                    BinaryOperator::Multiplication => left.checked_mul(right),
                    BinaryOperator::BitwiseXOR => Some(left ^ right),
                    _ => None,
                }
            }
            other => self.fold(other, steps)?.parse().ok(),
        }
    }
}

/// Whether an expression is the function that makes characters from numbers.
pub(super) fn is_char_code(e: &Expression<'_>) -> bool {
    let member = e.get_inner_expression().as_member_expression();
    member.is_some_and(|member| {
        member.object().is_specific_id("String")
            && matches!(member.static_property_name(), Some("fromCharCode" | "fromCodePoint"))
    })
}

fn char_from_code<'a>(code: i64) -> Option<ConstantText<'a>> {
    let c = u32::try_from(code).ok().and_then(char::from_u32)?;
    Some(c.to_string().into())
}

/// The text that `String.fromCharCode` makes of these codes. `None` if one is no character code.
pub(super) fn chars_from_codes<'a>(codes: &[ConstantText<'_>]) -> Option<ConstantText<'a>> {
    let all = codes.iter().map(|code| char_from_code(code.parse().ok()?));
    all.collect::<Option<String>>().map(Cow::Owned)
}

/// Decodes percent-encoding: `%41` is `A`. `None` if the result is no text.
pub(super) fn decode_percent<'a>(text: &str) -> Option<ConstantText<'a>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        let code = behind.get(..2).filter(|_| *byte == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        rest = if code.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
        out.push(code.unwrap_or(*byte));
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

/// What `atob` returns. `None` where it throws.
pub(in crate::page::script) fn decode_base64(text: &str) -> Option<String> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()?;
    // `atob` turns each byte into a character.
    Some(bytes.into_iter().map(char::from).collect())
}
