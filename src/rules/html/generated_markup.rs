//! Checks handlers that scripts generate: in markup, and by `setAttribute`.
//!
//! One game in twenty-five writes `<b onclick="flip(${i})">` into its markup. The policy knows a
//! handler by its text, so the text must be the same for each `i`: the value of a hole goes into an
//! attribute next to it, and the handler reads it there, as a value that is never run.

use std::ops::Range;

use oxc_ast::ast::{CallExpression, Expression};
use oxc_span::GetSpan as _;

use crate::page::script::{
    GeneratedHandler, GeneratedText, ParseGoal, ScriptTree, TextHolder, ValueAnalysis, WrittenText,
    parse_handler,
};
use crate::page::{AttributePlace, Span};
use crate::rules::{Diagnostics, FindingFix, RuleContext, TextEdit};

use super::template_holes::{TemplateHole, fill_from_attributes};

/// Prefix of the attributes that hold the values of holes, before their number.
const MARKER_PREFIX: &str = "data-made-";

/// Checks generated handlers, repairs those with holes, and returns the texts of those without,
/// each with its place.
pub(super) fn find_generated(
    context: &RuleContext<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Vec<(Span, String)> {
    let mut next = first_free_number(context.page.source(), MARKER_PREFIX);
    let mut whole = Vec::new();
    let choices = ValueAnalysis::new(context.trees);
    for (at, tree) in context.trees.iter().enumerate() {
        for handler in tree.generated_handlers() {
            let check = GeneratedHandlerCheck { tree, at, choices: &choices, handler };
            match check.judge(&mut next) {
                HandlerJudgement::Allowed(texts) => {
                    let place = tree.source_span(handler.span);
                    whole.extend(texts.into_iter().map(|text| (place, text)));
                }
                HandlerJudgement::Repaired(fix) => {
                    let why =
                        format!("the markup built here contains the code of `{}`", handler.name);
                    diagnostics.repair(tree.source_span(handler.span), why, fix);
                }
                HandlerJudgement::Denied(why) => {
                    diagnostics.deny(tree.source_span(handler.span), why);
                }
            }
        }
    }
    whole
}

/// The number after the highest one used with a marker.
pub(super) fn first_free_number(source: &str, mark: &str) -> usize {
    let taken = source.match_indices(mark).filter_map(|(at, _)| {
        let rest = source.get(at + mark.len()..)?;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..digits)?.parse::<usize>().ok()
    });
    taken.max().map_or(1, |last| last.saturating_add(1))
}

/// What to do about a handler.
enum HandlerJudgement {
    /// Allow each of these texts.
    Allowed(Vec<String>),
    Repaired(FindingFix),
    Denied(String),
}

/// The check of one generated handler.
struct GeneratedHandlerCheck<'t, 'a> {
    tree: &'t ScriptTree<'a>,
    /// The index of the tree.
    at: usize,
    choices: &'t ValueAnalysis<'t, 'a>,
    handler: &'t GeneratedHandler<'a>,
}

impl<'a> GeneratedHandlerCheck<'_, 'a> {
    fn judge(&self, next: &mut usize) -> HandlerJudgement {
        let name = &self.handler.name;
        let Some(texts) = &self.handler.texts else {
            return HandlerJudgement::Denied(format!(
                "the code of `{name}` is built in a way that cannot be read, so it would not run"
            ));
        };
        let mut whole = Vec::new();
        let mut edits = Vec::new();
        for text in texts {
            let written = match text {
                GeneratedText::Word(word) => {
                    whole.push((*word).to_owned());
                    continue;
                }
                GeneratedText::Written(written) => written,
            };
            if let Some(problem) = parse_problem(written.code.text()) {
                return HandlerJudgement::Denied(format!(
                    "the code in `{name}` does not parse: {problem}; the rest of it was not checked"
                ));
            }
            if written.holes().is_empty() {
                whole.push(written.code.text().to_owned());
            } else if let Some(replacements) = self.extract_holes(written, *next) {
                *next += 1;
                edits.extend(replacements);
            } else if let Some(texts) = written.filled_texts(self.choices, self.at) {
                whole.extend(texts);
            } else {
                return HandlerJudgement::Denied(format!(
                    "the markup built here has `{name}` with different code each time, so it \
                     would not run"
                ));
            }
        }
        if edits.is_empty() {
            HandlerJudgement::Allowed(whole)
        } else {
            HandlerJudgement::Repaired(FindingFix { edits, ..FindingFix::default() })
        }
    }

    /// The edits that make the text of a handler constant. `None` if a hole is more than a value.
    fn extract_holes(&self, written: &WrittenText<'a>, number: usize) -> Option<Vec<TextEdit>> {
        if written.is_shared || self.tree.code.goal == ParseGoal::Handler {
            return None;
        }
        let mark = format!("{MARKER_PREFIX}{number}");
        let holes = written.holes();
        let code = fill_from_attributes(written.code.text(), &holes, &mark)?;
        match &written.holder {
            TextHolder::Attribute(place) => {
                self.rewrite_attribute(written, place, (&code, &mark, &holes))
            }
            TextHolder::Value(quote) => self.rewrite_value(written, *quote, (&code, &mark, &holes)),
            TextHolder::Call(call) => self.rewrite_call(call, (&code, &mark, &holes)),
            TextHolder::Member => None,
        }
    }

    /// Rewrites the handler as one text with an attribute for each hole.
    fn rewrite_attribute(
        &self,
        written: &WrittenText<'a>,
        place: &AttributePlace,
        (code, mark, holes): (&str, &str, &[TemplateHole<'a>]),
    ) -> Option<Vec<TextEdit>> {
        let start = place.whole.start.checked_sub(written.offset)?;
        let end = place.whole.end.checked_sub(written.offset)?;
        // As written in the code: `\"` inside `"`.
        let quote = match place.quote {
            Some(_) => self.source_text(written, end - 1..end)?,
            None => String::new(),
        };
        let name = self.source_text(written, start..start + (place.name.end - place.name.start))?;
        let code = if quote.is_empty() { encode_unquoted(code) } else { encode_quoted(code) };
        let first = format!("{name}={quote}{code}{quote} {mark}-1={quote}");
        self.replace_around_holes(written, (start..end, holes), |number| match number {
            0 => first.clone(),
            n if n == holes.len() => quote.clone(),
            n => format!("{quote} {mark}-{}={quote}", n + 1),
        })
    }

    /// Does the same if the text fills an attribute value written elsewhere.
    fn rewrite_value(
        &self,
        written: &WrittenText<'a>,
        quote: u8,
        (code, mark, holes): (&str, &str, &[TemplateHole<'a>]),
    ) -> Option<Vec<TextEdit>> {
        if written.template.text().contains(char::from(quote)) {
            return None;
        }
        let quote = format!("\\x{quote:02x}");
        let first = format!("{}{quote} {mark}-1={quote}", encode_quoted(code));
        let whole = 0..written.template.text().len();
        self.replace_around_holes(written, (whole, holes), |number| match number {
            0 => first.clone(),
            n if n == holes.len() => String::new(),
            n => format!("{quote} {mark}-{}={quote}", n + 1),
        })
    }

    /// Replaces the text before, between and after the holes.
    fn replace_around_holes(
        &self,
        written: &WrittenText<'a>,
        (whole, holes): (Range<usize>, &[TemplateHole<'a>]),
        text: impl Fn(usize) -> String,
    ) -> Option<Vec<TextEdit>> {
        let mut edits = Vec::new();
        let mut start = whole.start;
        for (number, (_, hole, _)) in holes.iter().enumerate() {
            edits.push(TextEdit::new(self.source_span(written, start..hole.start)?, text(number)));
            start = hole.end;
        }
        edits.push(TextEdit::new(self.source_span(written, start..whole.end)?, text(holes.len())));
        Some(edits)
    }

    /// `el.setAttribute('onclick', `flip(${i})`)`: the value is set first, by the same name.
    fn rewrite_call(
        &self,
        call: &'a CallExpression<'a>,
        (code, mark, holes): (&str, &str, &[TemplateHole<'a>]),
    ) -> Option<Vec<TextEdit>> {
        let value = self.tree.argument(call, 1)?;
        let Expression::StaticMemberExpression(member) = &call.callee else { return None };
        let is_plain =
            matches!(&member.object, Expression::Identifier(_) | Expression::ThisExpression(_));
        if !is_plain || member.optional || !self.is_written_there(value) {
            return None;
        }
        let object = self.tree.text(member.object.span());
        let mut text = script_literal(code);
        text.extend(holes.iter().zip(1..).map(|((_, _, filling), number)| {
            let filling = self.tree.text(filling.span());
            format!(", {object}.setAttribute(\"{mark}-{number}\", {filling})")
        }));
        Some(vec![TextEdit::new(self.tree.source_span(value.span()), text)])
    }

    /// Whether a value is the text itself and not a name or a choice.
    fn is_written_there(&self, value: &'a Expression<'a>) -> bool {
        let is_text =
            matches!(value, Expression::TemplateLiteral(_) | Expression::BinaryExpression(_));
        is_text && self.tree.expression_template(value).is_some()
    }

    /// The source span of a range of the template.
    fn source_span(&self, written: &WrittenText<'a>, part: Range<usize>) -> Option<Span> {
        let code = written.template.source_range(part)?;
        Some(self.tree.code.text.span(code.start, code.end))
    }

    /// A range of the template as written in the code.
    fn source_text(&self, written: &WrittenText<'a>, part: Range<usize>) -> Option<String> {
        let code = written.template.source_range(part)?;
        self.tree.code.text.text().get(code).map(str::to_owned)
    }
}

/// The parse error of a handler. `None` if it parses.
fn parse_problem(code: &str) -> Option<String> {
    parse_handler(code, |tree| tree.problems.first().map(|problem| problem.message.clone()))
}

/// Encodes code for a quoted attribute value, in any literal of a script.
pub(in crate::rules) fn encode_quoted(code: &str) -> String {
    encode_chars(code, |c| "&\"'`\\$<\n\r\u{2028}\u{2029}".contains(c))
}

/// Encodes code for an unquoted attribute value.
fn encode_unquoted(code: &str) -> String {
    encode_chars(code, |c| !c.is_ascii_alphanumeric() && !"()[].,;:?!+-*/_".contains(c))
}

fn encode_chars(code: &str, is_encoded: impl Fn(char) -> bool) -> String {
    let one = |c| if is_encoded(c) { format!("&#{};", u32::from(c)) } else { String::from(c) };
    code.chars().map(one).collect()
}

/// Encodes text as a double-quoted literal inside a script element.
fn script_literal(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('<', "\\u003c")
}
