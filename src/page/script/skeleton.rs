//! Text that code puts together, as far as it is written out.
//!
//! `'<b onclick="flip(' + i + ')">'` is markup with a gap. What stands in the
//! gap is known only when it runs, but a parser can read the rest if a name
//! holds its place, and a repair can rewrite the parts that are written.

use std::ops::Range;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    ArrayExpressionElement, BinaryOperator, CallExpression, Expression, TemplateLiteral,
};
use oxc_syntax::node::NodeId;

use super::{Tree, offset};

/// What holds the place of a gap, before its number: a name in code and in markup.
const GAP: &str = "__gap";

/// A text with gaps.
#[derive(Debug, Default)]
pub struct Skeleton<'a> {
    text: String,
    pieces: Vec<Piece>,
    gaps: Vec<&'a Expression<'a>>,
}

/// A piece of literal text; gaps are what is between them.
#[derive(Debug)]
struct Piece {
    start: usize,
    /// For each byte, and for the end, where it stands in the code.
    places: Vec<usize>,
}

impl<'a> Skeleton<'a> {
    /// The text, with a name in each gap.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name in each gap, in order, and what fills it.
    pub fn gaps(&self) -> impl Iterator<Item = (String, &'a Expression<'a>)> + '_ {
        self.gaps.iter().enumerate().map(|(number, filling)| (name_of(number), *filling))
    }

    /// Where a part of the text stands in the code, if it is written in one piece.
    pub fn written(&self, part: Range<usize>) -> Option<Range<usize>> {
        let whole = |piece: &&Piece| {
            let len = piece.places.len().saturating_sub(1);
            piece.start <= part.start && part.end <= piece.start + len
        };
        let piece = self.pieces.iter().find(whole)?;
        let at = |place: usize| piece.places.get(place - piece.start).copied();
        Some(at(part.start)?..at(part.end)?)
    }

    fn gap(&mut self, filling: &'a Expression<'a>) {
        self.text.push_str(&name_of(self.gaps.len()));
        self.gaps.push(filling);
    }

    /// Takes what stands between two quotes at `start`, or nothing if it means something else than `value`.
    fn piece(&mut self, raw: &str, start: usize, value: &str) -> Option<()> {
        let (text, places) = decode(raw, start)?;
        if text != value || value.contains(GAP) {
            return None;
        }
        self.pieces.push(Piece { start: self.text.len(), places });
        self.text.push_str(value);
        Some(())
    }
}

fn name_of(gap: usize) -> String {
    format!("{GAP}{gap}__")
}

impl<'a> Tree<'a> {
    /// The text that a literal, a template, a sum or a joined list of them stands for. Nothing for
    /// other nodes, for a part of a larger text, and where the writing cannot be followed.
    pub fn skeleton(&self, kind: AstKind<'a>) -> Option<Skeleton<'a>> {
        let mut skeleton = Skeleton::default();
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
                self.take_literal(&mut skeleton, text.span, &text.value)?;
            }
            AstKind::TemplateLiteral(text) => self.take_template(&mut skeleton, text)?,
            AstKind::BinaryExpression(sum) => {
                for part in terms(&sum.left).into_iter().chain([&sum.right]) {
                    self.take(&mut skeleton, part)?;
                }
            }
            AstKind::CallExpression(call) => self.take_all(&mut skeleton, joined(call)?)?,
            _ => return None,
        }
        Some(skeleton)
    }

    /// The same for an expression, whatever it is a part of.
    pub fn written_text(&self, text: &'a Expression<'a>) -> Option<Skeleton<'a>> {
        let mut skeleton = Skeleton::default();
        match text.get_inner_expression() {
            Expression::BinaryExpression(_) => {
                for part in terms(text.get_inner_expression()) {
                    self.take(&mut skeleton, part)?;
                }
            }
            Expression::CallExpression(call) => self.take_all(&mut skeleton, joined(call)?)?,
            part => self.take(&mut skeleton, part)?,
        }
        Some(skeleton)
    }

    /// Whether a text is added to others, or joined with them.
    fn is_part(&self, id: NodeId) -> bool {
        let nodes = self.semantic().nodes();
        match nodes.parent_kind(id) {
            AstKind::BinaryExpression(sum) => sum.operator == BinaryOperator::Addition,
            AstKind::ArrayExpression(list) => self.around(list.node_id.get()).nth(1).is_some_and(
                |kind| matches!(kind, AstKind::CallExpression(c) if joined(c).is_some()),
            ),
            _ => false,
        }
    }

    fn take_all(
        &self,
        skeleton: &mut Skeleton<'a>,
        parts: &'a [ArrayExpressionElement<'a>],
    ) -> Option<()> {
        parts.iter().try_for_each(|part| self.take(skeleton, part.as_expression()?))
    }

    fn take(&self, skeleton: &mut Skeleton<'a>, part: &'a Expression<'a>) -> Option<()> {
        match part {
            Expression::StringLiteral(text) => self.take_literal(skeleton, text.span, &text.value),
            Expression::TemplateLiteral(text) => self.take_template(skeleton, text),
            _ => {
                skeleton.gap(part);
                Some(())
            }
        }
    }

    fn take_literal(
        &self,
        skeleton: &mut Skeleton<'a>,
        span: oxc_span::Span,
        value: &str,
    ) -> Option<()> {
        let raw = self.text(span);
        skeleton.piece(raw.get(1..raw.len().checked_sub(1)?)?, offset(span.start) + 1, value)
    }

    fn take_template(
        &self,
        skeleton: &mut Skeleton<'a>,
        text: &'a TemplateLiteral<'a>,
    ) -> Option<()> {
        for (number, quasi) in text.quasis.iter().enumerate() {
            if let Some(filling) = number.checked_sub(1).and_then(|gap| text.expressions.get(gap)) {
                skeleton.gap(filling);
            }
            let raw = quasi.value.raw.as_str();
            // The span of a piece of a template takes in what ends it in some versions of the parser.
            let start = offset(quasi.span.start) + self.text(quasi.span).find(raw)?;
            skeleton.piece(raw, start, quasi.value.cooked.as_deref()?)?;
        }
        Some(())
    }
}

/// The list that is joined with nothing in between: `['<b>', x].join('')`.
fn joined<'a>(call: &'a CallExpression<'a>) -> Option<&'a [ArrayExpressionElement<'a>]> {
    let Expression::StaticMemberExpression(member) = &call.callee else { return None };
    let Expression::ArrayExpression(list) = &member.object else { return None };
    let glue = call.arguments.first().and_then(|glue| glue.as_expression());
    let is_bare = matches!(glue, Some(Expression::StringLiteral(glue)) if glue.value.is_empty());
    (member.property.name == "join" && is_bare).then_some(&list.elements)
}

/// What a sum adds, from left to right.
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

/// What escapes mean, with the place of each byte. Nothing for escapes that are too old to be sure of.
fn decode(raw: &str, start: usize) -> Option<(String, Vec<usize>)> {
    let mut text = String::with_capacity(raw.len());
    let mut places = Vec::with_capacity(raw.len() + 1);
    let mut rest = raw.char_indices();
    while let Some((at, c)) = rest.next() {
        let meant = if c == '\\' { escape(&mut rest)? } else { Some(c) };
        if let Some(meant) = meant {
            text.push(meant);
            places.resize(text.len(), start + at);
        }
    }
    places.push(start + raw.len());
    Some((text, places))
}

/// The character that an escape means, or none for a line that goes on.
#[expect(clippy::option_option, reason = "an escape may mean nothing, or not be understood")]
fn escape(rest: &mut std::str::CharIndices<'_>) -> Option<Option<char>> {
    let meant = match rest.next()?.1 {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        '\n' => return Some(None),
        'x' => hex(rest.take(2).map(|(_, c)| c).collect::<String>().as_str())?,
        'u' if rest.as_str().starts_with('{') => {
            let digits = rest.skip(1).map(|(_, c)| c).take_while(|c| *c != '}');
            hex(&digits.collect::<String>())?
        }
        'u' => hex(rest.take(4).map(|(_, c)| c).collect::<String>().as_str())?,
        c if c.is_ascii_digit() => return None,
        c => c,
    };
    Some(Some(meant))
}

fn hex(digits: &str) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use oxc_ast::AstType;

    use crate::page::{Page, script::analyse};

    /// The skeletons of a script, with what is written in one piece from the second byte to the last.
    fn skeletons(code: &str) -> Vec<(String, usize, Option<String>)> {
        let page = Page::read(&format!("<script>{code}</script>"));
        analyse(page.codes(), |trees| {
            let tree = &trees[0];
            let kinds = &[
                AstType::StringLiteral,
                AstType::TemplateLiteral,
                AstType::BinaryExpression,
                AstType::CallExpression,
            ];
            let all = tree.nodes(kinds).filter_map(|kind| tree.skeleton(kind));
            let all = all.filter(|skeleton| !skeleton.text().is_empty());
            all.map(|skeleton| {
                let part = skeleton.written(1..skeleton.text().len());
                let written = part.map(|part| tree.code.text.text()[part].to_owned());
                (skeleton.text().to_owned(), skeleton.gaps.len(), written)
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
        for (code, text, gaps, written) in cases {
            let written = written.map(str::to_owned);
            assert_eq!(skeletons(code), [(text.to_owned(), gaps, written)], "{code}");
        }
        assert_eq!(skeletons("x = a + b.c;")[0].0, "__gap0____gap1__");
        assert!(skeletons(r"x = '\101'; y = '__gap0__'; z = a * b").is_empty());
    }
}
