//! Finds the variants of a text: the texts an expression may be, if all are literal.
//!
//! `` ok ? `use('${id}')` : '' `` is one of two texts. A handler inserted into markup that way is
//! known in each form.

use oxc_ast::AstKind;
use oxc_ast::ast::{Expression, IdentifierReference};
use oxc_semantic::SymbolId;
use oxc_span::GetSpan as _;

use super::ScriptTree;

/// Most definitions followed in a row.
const MAX_STEPS: usize = 8;
/// Most variants; with more it may be anything.
const MAX_WORDINGS: usize = 32;

/// One text that an expression may be.
#[derive(Clone, Copy)]
pub enum TextVariant<'a> {
    /// As written: a literal, a template, a sum or a joined list.
    Written {
        text: &'a Expression<'a>,
        /// Whether other code may use the same text.
        is_shared: bool,
    },
    /// The text form of a non-text value.
    Word(&'static str),
}

/// Texts that an unmet condition may leave.
const FALSY_WORDS: &[&str] = &["false", "undefined", "null", "0", "NaN", ""];

impl<'a> ScriptTree<'a> {
    /// Each text that an expression may be. `None` if one of them is not literal.
    pub fn text_variants(&self, expression: &'a Expression<'a>) -> Option<Vec<TextVariant<'a>>> {
        let mut found = Vec::new();
        self.add_variants(expression, (MAX_STEPS, false), &mut found)?;
        (found.len() <= MAX_WORDINGS).then_some(found)
    }

    fn add_variants(
        &self,
        expression: &'a Expression<'a>,
        (steps, is_shared): (usize, bool),
        found: &mut Vec<TextVariant<'a>>,
    ) -> Option<()> {
        let steps = steps.checked_sub(1)?;
        let on = (steps, is_shared);
        match expression {
            Expression::ParenthesizedExpression(inner) => {
                self.add_variants(&inner.expression, on, found)
            }
            Expression::ConditionalExpression(either) => {
                self.add_variants(&either.consequent, on, found)?;
                self.add_variants(&either.alternate, on, found)
            }
            Expression::LogicalExpression(either) if either.operator.is_and() => {
                found.extend(FALSY_WORDS.iter().map(|word| TextVariant::Word(word)));
                self.add_variants(&either.right, on, found)
            }
            Expression::LogicalExpression(either) => {
                self.add_variants(&either.left, on, found)?;
                self.add_variants(&either.right, on, found)
            }
            Expression::Identifier(name) if name.name == "undefined" && self.is_global(name) => {
                found.push(TextVariant::Word("undefined"));
                Some(())
            }
            Expression::Identifier(name) => self.add_name_variants(name, on, found),
            Expression::CallExpression(call) if self.expression_template(expression).is_none() => {
                self.add_return_variants(&call.callee, on, found)
            }
            Expression::NullLiteral(_) => {
                found.push(TextVariant::Word("null"));
                Some(())
            }
            Expression::StringLiteral(_)
            | Expression::TemplateLiteral(_)
            | Expression::BinaryExpression(_)
            | Expression::CallExpression(_) => {
                found.push(TextVariant::Written { text: expression, is_shared });
                Some(())
            }
            _ => None,
        }
    }

    /// Adds the values of a name: of its declaration and of all assignments.
    fn add_name_variants(
        &self,
        name: &IdentifierReference<'a>,
        (steps, is_shared): (usize, bool),
        found: &mut Vec<TextVariant<'a>>,
    ) -> Option<()> {
        let symbol = self.symbol(name)?;
        let on = (steps, is_shared || self.is_read_again(symbol));
        let scoping = self.semantic().scoping();
        let AstKind::VariableDeclarator(declared) =
            self.semantic().nodes().kind(scoping.symbol_declaration(symbol))
        else {
            return None;
        };
        if !declared.id.is_binding_identifier() {
            return None;
        }
        match &declared.init {
            Some(value) => self.add_variants(value, on, found)?,
            None => found.push(TextVariant::Word("undefined")),
        }
        let writes = scoping.get_resolved_references(symbol).filter(|r| r.is_write());
        for write in writes {
            let kind = self.semantic().nodes().parent_kind(write.node_id());
            let AstKind::AssignmentExpression(set) = kind else { return None };
            if !set.operator.is_assign() || set.left.span() != self.semantic().reference_span(write)
            {
                return None;
            }
            self.add_variants(&set.right, on, found)?;
        }
        Some(())
    }

    fn is_read_again(&self, symbol: SymbolId) -> bool {
        let references = self.semantic().scoping().get_resolved_references(symbol);
        references.filter(|reference| reference.is_read()).count() > 1
    }

    /// Adds the results of a function of the page, `undefined` among them.
    fn add_return_variants(
        &self,
        callee: &'a Expression<'a>,
        (steps, is_shared): (usize, bool),
        found: &mut Vec<TextVariant<'a>>,
    ) -> Option<()> {
        let Expression::Identifier(name) = callee else { return None };
        let symbol = self.symbol(name)?;
        if self.semantic().scoping().symbol_is_mutated(symbol) {
            return None;
        }
        let function = self.function_of(callee)?;
        let on = (steps, is_shared || self.is_read_again(symbol));
        found.push(TextVariant::Word("undefined"));
        self.returns(function)?.iter().try_for_each(|value| self.add_variants(value, on, found))
    }
}
