//! Text that code puts together, as far as it is written out.
//!
//! `'<b onclick="flip(' + i + ')">'` is markup with a gap. What stands in the
//! gap is known only when it runs, but a parser can read the rest if a name
//! holds its place, and a repair can rewrite the parts that are written.

use std::ops::Range;

use oxc_ast::AstKind;
use oxc_ast::ast::{BinaryOperator, Expression, TemplateLiteral};

use super::{Tree, offset};

/// What holds the place of a gap, before its number: a name in code and in markup.
const GAP: &str = "__gap";

/// A text with gaps.
#[derive(Debug, Default)]
pub struct Skeleton {
    text: String,
    pieces: Vec<Piece>,
    gaps: usize,
}

/// A piece of literal text; gaps are what is between them.
#[derive(Debug)]
struct Piece {
    start: usize,
    /// For each byte, and for the end, where it stands in the code.
    places: Vec<usize>,
}

impl Skeleton {
    /// The text, with a name in each gap.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name in each gap, in order.
    pub fn gaps(&self) -> impl Iterator<Item = String> + use<> {
        (0..self.gaps).map(name_of)
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

    fn gap(&mut self) {
        self.text.push_str(&name_of(self.gaps));
        self.gaps += 1;
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
    /// The text that a literal, a template or a sum of them stands for. Nothing for other
    /// nodes, for a part of a larger sum, and where the writing cannot be followed.
    pub fn skeleton(&self, kind: AstKind<'a>) -> Option<Skeleton> {
        let id = match kind {
            AstKind::StringLiteral(text) => text.node_id.get(),
            AstKind::TemplateLiteral(text) => text.node_id.get(),
            AstKind::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                sum.node_id.get()
            }
            _ => return None,
        };
        let is_sum = |kind| matches!(kind, AstKind::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition);
        if is_sum(self.parent(id)) {
            return None;
        }
        let mut skeleton = Skeleton::default();
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
            _ => return None,
        }
        Some(skeleton)
    }

    fn take(&self, skeleton: &mut Skeleton, part: &'a Expression<'a>) -> Option<()> {
        match part {
            Expression::StringLiteral(text) => self.take_literal(skeleton, text.span, &text.value),
            Expression::TemplateLiteral(text) => self.take_template(skeleton, text),
            _ => {
                skeleton.gap();
                Some(())
            }
        }
    }

    fn take_literal(
        &self,
        skeleton: &mut Skeleton,
        span: oxc_span::Span,
        value: &str,
    ) -> Option<()> {
        let raw = self.text(span);
        skeleton.piece(raw.get(1..raw.len().checked_sub(1)?)?, offset(span.start) + 1, value)
    }

    fn take_template(&self, skeleton: &mut Skeleton, text: &'a TemplateLiteral<'a>) -> Option<()> {
        for (number, quasi) in text.quasis.iter().enumerate() {
            if number > 0 {
                skeleton.gap();
            }
            let raw = quasi.value.raw.as_str();
            // The span of a piece of a template takes in what ends it in some versions of the parser.
            let start = offset(quasi.span.start) + self.text(quasi.span).find(raw)?;
            skeleton.piece(raw, start, quasi.value.cooked.as_deref()?)?;
        }
        Some(())
    }
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
            let kinds =
                &[AstType::StringLiteral, AstType::TemplateLiteral, AstType::BinaryExpression];
            let all = tree.nodes(kinds).filter_map(|kind| tree.skeleton(kind));
            all.map(|skeleton| {
                let part = skeleton.written(1..skeleton.text().len());
                let written = part.map(|part| tree.code.text.text()[part].to_owned());
                (skeleton.text().to_owned(), skeleton.gaps, written)
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
        ];
        for (code, text, gaps, written) in cases {
            let written = written.map(str::to_owned);
            assert_eq!(skeletons(code), [(text.to_owned(), gaps, written)], "{code}");
        }
        assert_eq!(skeletons("x = a + b.c;")[0].0, "__gap0____gap1__");
        assert!(skeletons(r"x = '\101'; y = '__gap0__'; z = a * b").is_empty());
    }
}
