//! Handlers that come into the page later: in markup that a script writes or that the page keeps as
//! text, by `setAttribute`, and in a list of attributes.
//!
//! `` `<b onclick="flip(${i})">` `` is markup when it runs. What is written of it is read as the
//! browser would read it, with a name in each gap.

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

use oxc_ast::ast::{CallExpression, Expression, ObjectProperty};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use super::markup::{MarkupText, handler_names, names_handler, unclosed_handler};
use super::{
    PageCode, ParseGoal, PossibleValue, ScriptTree, TextTemplate, TextVariant, ValueAnalysis,
};
use crate::page::{AttributePlace, DecodedText, HtmlPage};

/// A handler that code makes.
pub struct GeneratedHandler<'a> {
    /// The attribute that holds it, in lower case.
    pub name: String,
    /// Where it is made.
    pub span: oxc_span::Span,
    /// Each text that it may be; nothing where one of them is not written in the code.
    pub texts: Option<Vec<GeneratedText<'a>>>,
}

/// One text of such a handler.
pub enum GeneratedText<'a> {
    Written(WrittenText<'a>),
    /// What a value that is no text becomes in markup.
    Word(&'static str),
}

/// A text as it is written, with gaps.
pub struct WrittenText<'a> {
    pub template: Rc<TextTemplate<'a>>,
    /// The code. Where it stands in the text of the template is `offset` less than where it says.
    pub code: DecodedText,
    pub offset: usize,
    pub holder: TextHolder<'a>,
    /// Whether other code may use the same text.
    pub is_shared: bool,
}

/// What holds the text.
pub enum TextHolder<'a> {
    /// An attribute in markup, at a place `offset` further than in the template.
    Attribute(AttributePlace),
    /// It fills the whole value of an attribute, in quotes of this kind.
    Value(u8),
    /// The second argument of `setAttribute`.
    Call(&'a CallExpression<'a>),
    /// A member of a list of attributes: `{onclick: 'go()'}`.
    Member,
}

/// What may be markup.
const TEXT_NODES: &[AstType] = &[
    AstType::StringLiteral,
    AstType::TemplateLiteral,
    AstType::BinaryExpression,
    AstType::CallExpression,
];

impl<'a> ScriptTree<'a> {
    /// All handlers that this code makes.
    pub fn generated_handlers(&self) -> &[GeneratedHandler<'a>] {
        self.generated.get_or_init(|| self.find_generated())
    }

    fn find_generated(&self) -> Vec<GeneratedHandler<'a>> {
        let mut made = Vec::new();
        for method in self.methods().iter().filter(|method| method.name == "setAttribute") {
            made.extend(self.handler_from_set_attribute(method.call));
        }
        for kind in self.nodes(TEXT_NODES).filter(|kind| self.may_hold_handler(*kind)) {
            if let Some(template) = self.text_template(kind) {
                self.add_markup_handlers(kind.span(), &Rc::new(template), &mut made);
            }
        }
        for kind in self.nodes(&[AstType::ObjectProperty]) {
            if let AstKind::ObjectProperty(member) = kind {
                made.extend(self.handler_from_property(member));
            }
        }
        made
    }

    /// The code of those that are written whole or can be put together, as a browser would run it.
    pub fn generated_codes(&self, choices: &ValueAnalysis<'_, 'a>, number: usize) -> Vec<PageCode> {
        let made = self.generated_handlers();
        let texts = made.iter().flat_map(|handler| handler.texts.as_deref().unwrap_or_default());
        let code = |text| PageCode {
            text,
            goal: ParseGoal::Handler,
            element: self.code.element,
            attribute: None,
            is_markup: false,
        };
        let mut codes = Vec::new();
        for written in texts.filter_map(GeneratedText::written) {
            let located = written.in_document(self);
            if written.holes().is_empty() {
                let is_markup =
                    matches!(written.holder, TextHolder::Attribute(_) | TextHolder::Value(_));
                codes.push(PageCode { is_markup, ..code(located) });
                continue;
            }
            let whole = located.source_span();
            let texts = written.filled_texts(choices, number).unwrap_or_default();
            let at_all = |text: &String| DecodedText::verbatim(text, 0).map_spans(|_| Some(whole));
            codes.extend(texts.iter().map(at_all).map(code));
        }
        codes
    }

    /// `el.setAttribute('onclick', 'go()')`.
    fn handler_from_set_attribute(
        &self,
        call: &'a CallExpression<'a>,
    ) -> Option<GeneratedHandler<'a>> {
        let name = self.constant(self.argument(call, 0)?)?.to_ascii_lowercase();
        if !names_handler(&name) {
            return None;
        }
        let texts = self.argument(call, 1).and_then(|value| {
            let read =
                |text: &str| Some((DecodedText::verbatim(text, 0), 0, TextHolder::Call(call)));
            self.read_texts(value, read).or_else(|| {
                let template = Rc::new(self.expression_template(value)?);
                let code = DecodedText::verbatim(template.text(), 0);
                let holder = TextHolder::Call(call);
                Some(vec![GeneratedText::Written(WrittenText {
                    template,
                    code,
                    offset: 0,
                    holder,
                    is_shared: true,
                })])
            })
        });
        Some(GeneratedHandler { name, span: call.span, texts })
    }

    /// `{onclick: 'go()'}`, which somebody may set as an attribute.
    fn handler_from_property(
        &self,
        member: &'a ObjectProperty<'a>,
    ) -> Option<GeneratedHandler<'a>> {
        let name = member.key.static_name()?.to_ascii_lowercase();
        let is_text =
            matches!(member.value, Expression::StringLiteral(_) | Expression::TemplateLiteral(_));
        if !names_handler(&name) || !is_text {
            return None;
        }
        let texts = self.read_texts(&member.value, |text| {
            Some((DecodedText::verbatim(text, 0), 0, TextHolder::Member))
        })?;
        let is_whole = |text: &GeneratedText<'_>| match text {
            GeneratedText::Written(written) => written.holes().is_empty(),
            GeneratedText::Word(_) => true,
        };
        let texts = texts.iter().all(is_whole).then_some(texts)?;
        Some(GeneratedHandler { name, span: member.span, texts: Some(texts) })
    }

    /// Each text that an expression may be, read by `read`: the code in it, how far on its places
    /// are, and what holds it.
    fn read_texts(
        &self,
        value: &'a Expression<'a>,
        read: impl Fn(&str) -> Option<(DecodedText, usize, TextHolder<'a>)>,
    ) -> Option<Vec<GeneratedText<'a>>> {
        let text = |wording| {
            let (text, is_shared) = match wording {
                TextVariant::Word(word) => return Some(GeneratedText::Word(word)),
                TextVariant::Written { text, is_shared } => (text, is_shared),
            };
            let template = Rc::new(self.expression_template(text)?);
            let (code, offset, holder) = read(template.text())?;
            Some(GeneratedText::Written(WrittenText { template, code, offset, holder, is_shared }))
        };
        self.text_variants(value)?.into_iter().map(text).collect()
    }

    /// Whether a text is worth a closer look.
    fn may_hold_handler(&self, kind: AstKind<'a>) -> bool {
        let raw = match kind {
            AstKind::StringLiteral(text) => self.text(text.span),
            AstKind::TemplateLiteral(text) => self.text(text.span),
            AstKind::BinaryExpression(sum) => self.text(sum.span),
            AstKind::CallExpression(call) => match &call.callee {
                Expression::StaticMemberExpression(member) if member.property.name == "join" => {
                    self.text(call.span)
                }
                _ => return false,
            },
            _ => return false,
        };
        handler_names(raw).next().is_some()
    }

    fn add_markup_handlers(
        &self,
        span: oxc_span::Span,
        template: &Rc<TextTemplate<'a>>,
        made: &mut Vec<GeneratedHandler<'a>>,
    ) {
        let expected = handler_names(template.text()).count();
        let markup = MarkupText::read(template.text(), expected);
        for handler in markup.page.handlers() {
            let Some(place) = &handler.attribute.place else { continue };
            let name = handler.attribute.name().to_ascii_lowercase();
            let texts = Some(self.attribute_texts(template, place, markup.offset));
            made.push(GeneratedHandler { name, span, texts });
        }
        if let Some(name) = unclosed_handler(template.text()) {
            made.push(GeneratedHandler { name: name.to_ascii_lowercase(), span, texts: None });
        }
    }

    /// The texts of one attribute in markup.
    fn attribute_texts(
        &self,
        template: &Rc<TextTemplate<'a>>,
        place: &AttributePlace,
        offset: usize,
    ) -> Vec<GeneratedText<'a>> {
        let code = place.value.text().trim();
        let filling = template.holes().find(|(gap, _)| gap == code);
        if let Some(quote) = place.quote
            && let Some((_, value)) = filling
            && let Some(texts) = self.read_texts(value, |text| parse_as_value(text, quote))
        {
            return texts;
        }
        let (template, code) = (Rc::clone(template), place.value.clone());
        let holder = TextHolder::Attribute(place.clone());
        vec![GeneratedText::Written(WrittenText {
            template,
            code,
            offset,
            holder,
            is_shared: false,
        })]
    }
}

/// More texts than this are not listed.
const MAX_TEXTS: usize = 64;

impl<'a> GeneratedText<'a> {
    fn written(&self) -> Option<&WrittenText<'a>> {
        match self {
            Self::Written(written) => Some(written),
            Self::Word(_) => None,
        }
    }
}

impl<'a> WrittenText<'a> {
    /// The code with all that can fill its gaps, in the tree of that number; nothing where that
    /// cannot be told.
    pub fn filled_texts(
        &self,
        choices: &ValueAnalysis<'_, 'a>,
        tree: usize,
    ) -> Option<Vec<String>> {
        let mut texts = vec![self.code.text().to_owned()];
        for (gap, _, filling) in self.holes() {
            let fillings = self.fillings(choices.possible_values(tree, filling))?;
            let with = |text: &String| fillings.iter().map(|f| text.replace(&gap, f)).collect();
            texts = texts.iter().flat_map::<Vec<_>, _>(with).collect();
            if texts.is_empty() || texts.len() > MAX_TEXTS {
                return None;
            }
        }
        Some(texts)
    }

    /// The texts that fill a gap, where all of them are read as they are written: a reference would
    /// be decoded, and a quote would end the attribute.
    fn fillings(&self, choices: Vec<PossibleValue<'a>>) -> Option<Vec<Cow<'a, str>>> {
        let text = |choice| match choice {
            PossibleValue::Text(text) if !text.contains(['&', self.quote()]) => Some(text),
            _ => None,
        };
        choices.into_iter().map(text).collect()
    }

    /// What ends it where it stands in markup.
    fn quote(&self) -> char {
        match &self.holder {
            TextHolder::Attribute(place) => char::from(place.quote.unwrap_or(b' ')),
            TextHolder::Value(quote) => char::from(*quote),
            TextHolder::Call(_) | TextHolder::Member => '&',
        }
    }

    /// The gaps in the code: the name of each, its place in the template, and what fills it.
    pub fn holes(&self) -> Vec<(String, Range<usize>, &'a Expression<'a>)> {
        let text = self.template.text();
        let in_code = self.template.holes().filter(|(gap, _)| self.code.text().contains(gap));
        let placed = in_code.filter_map(|(gap, filling)| {
            let at = text.find(&gap)?;
            let end = at + gap.len();
            Some((gap, at..end, filling))
        });
        placed.collect()
    }

    /// The code with the way back into the document.
    fn in_document(&self, tree: &ScriptTree<'a>) -> DecodedText {
        self.code.map_spans(|span| {
            let part = span.start.checked_sub(self.offset)?..span.end.checked_sub(self.offset)?;
            let code = self.template.source_range(part)?;
            Some(tree.code.text.span(code.start, code.end))
        })
    }
}

/// What fills the whole value of an attribute, as the browser then reads it.
fn parse_as_value<'a>(text: &str, quote: u8) -> Option<(DecodedText, usize, TextHolder<'a>)> {
    let quote_text = char::from(quote);
    let start = format!("<b onclick={quote_text}");
    let page = HtmlPage::parse(&format!("{start}{text}{quote_text}>"));
    let handler = page.handlers().next()?;
    let code = handler.attribute.place.as_ref()?.value.clone();
    Some((code, start.len(), TextHolder::Value(quote)))
}
