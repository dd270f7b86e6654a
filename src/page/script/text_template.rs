//! Text assembled by code, as far as it is literal.
//!
//! `'<b onclick="flip(' + i + ')">'` is markup with a hole. The value of the hole is known only at
//! run time, but a parser can parse the rest with a name in its place, and a repair can rewrite the
//! literal parts.

use std::ops::Range;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    ArrayExpressionElement, BinaryOperator, CallExpression, Expression, TemplateLiteral,
};
use oxc_syntax::node::NodeId;

use super::{ScriptTree, offset};

/// The placeholder of a hole before its number: a valid name in code and markup.
const HOLE_NAME: &str = "__gap";

/// A text with holes.
#[derive(Debug, Default)]
pub struct TextTemplate<'a> {
    text: String,
    pieces: Vec<LiteralPiece>,
    holes: Vec<&'a Expression<'a>>,
}

/// A piece of literal text; holes are between them.
#[derive(Debug)]
struct LiteralPiece {
    start: usize,
    /// The source offset of each byte, and of the end.
    places: Vec<usize>,
}

impl<'a> TextTemplate<'a> {
    /// The text, with a placeholder in each hole.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The placeholder of each hole, in order, and its value.
    pub fn holes(&self) -> impl Iterator<Item = (String, &'a Expression<'a>)> + '_ {
        self.holes.iter().enumerate().map(|(number, filling)| (hole_name(number), *filling))
    }

    /// The range of a part of the text in the code. `None` if it is not in one piece.
    pub fn source_range(&self, part: Range<usize>) -> Option<Range<usize>> {
        let whole = |piece: &&LiteralPiece| {
            let len = piece.places.len().saturating_sub(1);
            piece.start <= part.start && part.end <= piece.start + len
        };
        let piece = self.pieces.iter().find(whole)?;
        let at = |place: usize| piece.places.get(place - piece.start).copied();
        Some(at(part.start)?..at(part.end)?)
    }

    fn add_hole(&mut self, filling: &'a Expression<'a>) {
        self.text.push_str(&hole_name(self.holes.len()));
        self.holes.push(filling);
    }

    /// Adds the raw text between two quotes at `start`. `None` if it does not mean `value`.
    fn add_piece(&mut self, raw: &str, start: usize, value: &str) -> Option<()> {
        let (text, places) = decode_literal(raw, start)?;
        if text != value || value.contains(HOLE_NAME) {
            return None;
        }
        self.pieces.push(LiteralPiece { start: self.text.len(), places });
        self.text.push_str(value);
        Some(())
    }
}

fn hole_name(hole: usize) -> String {
    format!("{HOLE_NAME}{hole}__")
}

impl<'a> ScriptTree<'a> {
    /// The template of a literal, a template literal, a sum or a joined list of them. `None` for
    /// other nodes, for a part of a larger text, and if the notation cannot be followed.
    pub fn text_template(&self, kind: AstKind<'a>) -> Option<TextTemplate<'a>> {
        let mut template = TextTemplate::default();
        let id = match kind {
            AstKind::StringLiteral(text) => text.node_id.get(),
            AstKind::TemplateLiteral(text) => text.node_id.get(),
            AstKind::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                sum.node_id.get()
            }
            AstKind::CallExpression(call) => call.node_id.get(),
            _ => return None,
        };
        if self.is_part(id) {
            return None;
        }
        match kind {
            AstKind::StringLiteral(text) => {
                self.add_literal(&mut template, text.span, &text.value)?;
            }
            AstKind::TemplateLiteral(text) => self.add_template(&mut template, text)?,
            AstKind::BinaryExpression(sum) => {
                for part in terms(&sum.left).into_iter().chain([&sum.right]) {
                    self.add_part(&mut template, part)?;
                }
            }
            AstKind::CallExpression(call) => self.add_parts(&mut template, joined_array(call)?)?,
            _ => return None,
        }
        Some(template)
    }

    /// The template of an expression, even if it is part of a larger text.
    pub fn expression_template(&self, text: &'a Expression<'a>) -> Option<TextTemplate<'a>> {
        let mut template = TextTemplate::default();
        match text.get_inner_expression() {
            Expression::BinaryExpression(_) => {
                for part in terms(text.get_inner_expression()) {
                    self.add_part(&mut template, part)?;
                }
            }
            Expression::CallExpression(call) => {
                self.add_parts(&mut template, joined_array(call)?)?;
            }
            part => self.add_part(&mut template, part)?,
        }
        Some(template)
    }

    /// Whether a text is concatenated or joined with others.
    fn is_part(&self, id: NodeId) -> bool {
        let nodes = self.semantic().nodes();
        match nodes.parent_kind(id) {
            AstKind::BinaryExpression(sum) => sum.operator == BinaryOperator::Addition,
            AstKind::ArrayExpression(list) => {
                self.ancestors(list.node_id.get()).nth(1).is_some_and(
                    |kind| matches!(kind, AstKind::CallExpression(c) if joined_array(c).is_some()),
                )
            }
            _ => false,
        }
    }

    fn add_parts(
        &self,
        template: &mut TextTemplate<'a>,
        parts: &'a [ArrayExpressionElement<'a>],
    ) -> Option<()> {
        parts.iter().try_for_each(|part| self.add_part(template, part.as_expression()?))
    }

    fn add_part(&self, template: &mut TextTemplate<'a>, part: &'a Expression<'a>) -> Option<()> {
        match part {
            Expression::StringLiteral(text) => self.add_literal(template, text.span, &text.value),
            Expression::TemplateLiteral(text) => self.add_template(template, text),
            _ => {
                template.add_hole(part);
                Some(())
            }
        }
    }

    fn add_literal(
        &self,
        template: &mut TextTemplate<'a>,
        span: oxc_span::Span,
        value: &str,
    ) -> Option<()> {
        let raw = self.text(span);
        template.add_piece(raw.get(1..raw.len().checked_sub(1)?)?, offset(span.start) + 1, value)
    }

    fn add_template(
        &self,
        template: &mut TextTemplate<'a>,
        text: &'a TemplateLiteral<'a>,
    ) -> Option<()> {
        for (number, quasi) in text.quasis.iter().enumerate() {
            if let Some(filling) = number.checked_sub(1).and_then(|hole| text.expressions.get(hole))
            {
                template.add_hole(filling);
            }
            let raw = quasi.value.raw.as_str();
            // In some versions of the parser the span of a template piece includes its terminator.
            let start = offset(quasi.span.start) + self.text(quasi.span).find(raw)?;
            template.add_piece(raw, start, quasi.value.cooked.as_deref()?)?;
        }
        Some(())
    }
}

/// The array joined with nothing in between: `['<b>', x].join('')`.
fn joined_array<'a>(call: &'a CallExpression<'a>) -> Option<&'a [ArrayExpressionElement<'a>]> {
    let Expression::StaticMemberExpression(member) = &call.callee else { return None };
    let Expression::ArrayExpression(list) = &member.object else { return None };
    let glue = call.arguments.first().and_then(|glue| glue.as_expression());
    let is_bare = matches!(glue, Some(Expression::StringLiteral(glue)) if glue.value.is_empty());
    (member.property.name == "join" && is_bare).then_some(&list.elements)
}

/// The operands of a sum, from left to right.
fn terms<'a>(sum: &'a Expression<'a>) -> Vec<&'a Expression<'a>> {
    let mut terms = Vec::new();
    let mut left = sum;
    while let Expression::BinaryExpression(sum) = left
        && sum.operator == BinaryOperator::Addition
    {
        terms.push(&sum.right);
        left = &sum.left;
    }
    terms.push(left);
    terms.reverse();
    terms
}

/// Decodes escapes, with the source offset of each byte. `None` for obsolete escapes.
fn decode_literal(raw: &str, start: usize) -> Option<(String, Vec<usize>)> {
    let mut text = String::with_capacity(raw.len());
    let mut places = Vec::with_capacity(raw.len() + 1);
    let mut rest = raw.char_indices();
    while let Some((at, c)) = rest.next() {
        let decoded = if c == '\\' { decode_escape(&mut rest)? } else { Some(c) };
        if let Some(decoded) = decoded {
            text.push(decoded);
            places.resize(text.len(), start + at);
        }
    }
    places.push(start + raw.len());
    Some((text, places))
}

/// The character of an escape, or `Some(None)` for a line continuation.
#[expect(clippy::option_option, reason = "an escape may mean nothing, or not be understood")]
fn decode_escape(rest: &mut std::str::CharIndices<'_>) -> Option<Option<char>> {
    let decoded = match rest.next()?.1 {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        '\n' => return Some(None),
        'x' => char_from_hex(rest.take(2).map(|(_, c)| c).collect::<String>().as_str())?,
        'u' if rest.as_str().starts_with('{') => {
            let digits = rest.skip(1).map(|(_, c)| c).take_while(|c| *c != '}');
            char_from_hex(&digits.collect::<String>())?
        }
        'u' => char_from_hex(rest.take(4).map(|(_, c)| c).collect::<String>().as_str())?,
        c if c.is_ascii_digit() => return None,
        c => c,
    };
    Some(Some(decoded))
}

fn char_from_hex(digits: &str) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use oxc_ast::AstType;

    use crate::page::{HtmlPage, script::analyse};

    /// The skeletons of a script, with what is written in one piece from the second byte to the last.
    fn skeletons(code: &str) -> Vec<(String, usize, Option<String>)> {
        let page = HtmlPage::parse(&format!("<script>{code}</script>"));
        analyse(page.codes(), |trees| {
            let tree = &trees[0];
            let kinds = &[
                AstType::StringLiteral,
                AstType::TemplateLiteral,
                AstType::BinaryExpression,
                AstType::CallExpression,
            ];
            let all = tree.nodes(kinds).filter_map(|kind| tree.text_template(kind));
            let all = all.filter(|template| !template.text().is_empty());
            all.map(|template| {
                let part = template.source_range(1..template.text().len());
                let written = part.map(|part| tree.code.text.text()[part].to_owned());
                (template.text().to_owned(), template.holes.len(), written)
            })
            .collect()
        })
    }

    #[test]
    fn text_is_put_together_with_names_in_its_gaps() {
        let cases = [
            (r#"x = 'a\x41\u{1F47B}"\"';"#, "aA👻\"\"", 0, Some(r#"\x41\u{1F47B}"\""#)),
            ("x = 'a' + i + 'b';", "a__gap0__b", 1, None),
            ("x = `a${i}${j}b`;", "a__gap0____gap1__b", 2, None),
            ("x = i + `<b ${j}>` + 1;", "__gap0__<b __gap1__>__gap2__", 3, None),
            ("x = ['<b ', i, '>'].join('');", "<b __gap0__>", 1, None),
        ];
        for (code, text, holes, written) in cases {
            let written = written.map(str::to_owned);
            assert_eq!(skeletons(code), [(text.to_owned(), holes, written)], "{code}");
        }
        assert_eq!(skeletons("x = a + b.c;")[0].0, "__gap0____gap1__");
        assert!(skeletons(r"x = '\101'; y = '__gap0__'; z = a * b").is_empty());
    }
}
