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

use super::markup::{Markup, handler_names, names_handler, unclosed};
use super::{Choice, Choices, Code, Goal, Skeleton, Tree, Wording};
use crate::page::{Decoded, Page, Place};

/// A handler that code makes.
pub struct MadeHandler<'a> {
    /// The attribute that holds it, in lower case.
    pub name: String,
    /// Where it is made.
    pub span: oxc_span::Span,
    /// Each text that it may be; nothing where one of them is not written in the code.
    pub texts: Option<Vec<MadeText<'a>>>,
}

/// One text of such a handler.
pub enum MadeText<'a> {
    Written(Written<'a>),
    /// What a value that is no text becomes in markup.
    Word(&'static str),
}

/// A text as it is written, with gaps.
pub struct Written<'a> {
    pub skeleton: Rc<Skeleton<'a>>,
    /// The code. Where it stands in the text of the skeleton is `offset` less than where it says.
    pub code: Decoded,
    pub offset: usize,
    pub holder: Holder<'a>,
    /// Whether other code may use the same text.
    pub is_shared: bool,
}

/// What holds the text.
pub enum Holder<'a> {
    /// An attribute in markup, at a place `offset` further than in the skeleton.
    Attribute(Place),
    /// It fills the whole value of an attribute, in quotes of this kind.
    Value(u8),
    /// The second argument of `setAttribute`.
    Call(&'a CallExpression<'a>),
    /// A member of a list of attributes: `{onclick: 'go()'}`.
    Member,
}

/// What may be markup.
const TEXTS: &[AstType] = &[
    AstType::StringLiteral,
    AstType::TemplateLiteral,
    AstType::BinaryExpression,
    AstType::CallExpression,
];

impl<'a> Tree<'a> {
    /// All handlers that this code makes.
    pub fn made_handlers(&self) -> &[MadeHandler<'a>] {
        self.made.get_or_init(|| self.find_made())
    }

    fn find_made(&self) -> Vec<MadeHandler<'a>> {
        let mut made = Vec::new();
        for method in self.methods().iter().filter(|method| method.name == "setAttribute") {
            made.extend(self.set(method.call));
        }
        for kind in self.nodes(TEXTS).filter(|kind| self.may_hold_handler(*kind)) {
            if let Some(skeleton) = self.skeleton(kind) {
                self.in_markup(kind.span(), &Rc::new(skeleton), &mut made);
            }
        }
        for kind in self.nodes(&[AstType::ObjectProperty]) {
            if let AstKind::ObjectProperty(member) = kind {
                made.extend(self.listed(member));
            }
        }
        made
    }

    /// The code of those that are written whole or can be put together, as a browser would run it.
    pub fn made_codes(&self, choices: &Choices<'_, 'a>, number: usize) -> Vec<Code> {
        let made = self.made_handlers();
        let texts = made.iter().flat_map(|handler| handler.texts.as_deref().unwrap_or_default());
        let code = |text| Code {
            text,
            goal: Goal::Handler,
            element: self.code.element,
            attribute: None,
            is_markup: false,
        };
        let mut codes = Vec::new();
        for written in texts.filter_map(MadeText::written) {
            let located = written.located(self);
            if written.gaps().is_empty() {
                let is_markup = matches!(written.holder, Holder::Attribute(_) | Holder::Value(_));
                codes.push(Code { is_markup, ..code(located) });
                continue;
            }
            let whole = located.whole();
            let texts = written.put_together(choices, number).unwrap_or_default();
            let at_all = |text: &String| Decoded::plain(text, 0).traced(|_| Some(whole));
            codes.extend(texts.iter().map(at_all).map(code));
        }
        codes
    }

    /// `el.setAttribute('onclick', 'go()')`.
    fn set(&self, call: &'a CallExpression<'a>) -> Option<MadeHandler<'a>> {
        let name = self.constant(self.argument(call, 0)?)?.to_ascii_lowercase();
        if !names_handler(&name) {
            return None;
        }
        let texts = self.argument(call, 1).and_then(|value| {
            let read = |text: &str| Some((Decoded::plain(text, 0), 0, Holder::Call(call)));
            self.texts(value, read).or_else(|| {
                let skeleton = Rc::new(self.written_text(value)?);
                let code = Decoded::plain(skeleton.text(), 0);
                let holder = Holder::Call(call);
                Some(vec![MadeText::Written(Written {
                    skeleton,
                    code,
                    offset: 0,
                    holder,
                    is_shared: true,
                })])
            })
        });
        Some(MadeHandler { name, span: call.span, texts })
    }

    /// `{onclick: 'go()'}`, which somebody may set as an attribute.
    fn listed(&self, member: &'a ObjectProperty<'a>) -> Option<MadeHandler<'a>> {
        let name = member.key.static_name()?.to_ascii_lowercase();
        let is_text =
            matches!(member.value, Expression::StringLiteral(_) | Expression::TemplateLiteral(_));
        if !names_handler(&name) || !is_text {
            return None;
        }
        let texts =
            self.texts(&member.value, |text| Some((Decoded::plain(text, 0), 0, Holder::Member)))?;
        let is_whole = |text: &MadeText<'_>| match text {
            MadeText::Written(written) => written.gaps().is_empty(),
            MadeText::Word(_) => true,
        };
        let texts = texts.iter().all(is_whole).then_some(texts)?;
        Some(MadeHandler { name, span: member.span, texts: Some(texts) })
    }

    /// Each text that an expression may be, read by `read`: the code in it, how far on its places
    /// are, and what holds it.
    fn texts(
        &self,
        value: &'a Expression<'a>,
        read: impl Fn(&str) -> Option<(Decoded, usize, Holder<'a>)>,
    ) -> Option<Vec<MadeText<'a>>> {
        let text = |wording| {
            let (text, is_shared) = match wording {
                Wording::Word(word) => return Some(MadeText::Word(word)),
                Wording::Written { text, is_shared } => (text, is_shared),
            };
            let skeleton = Rc::new(self.written_text(text)?);
            let (code, offset, holder) = read(skeleton.text())?;
            Some(MadeText::Written(Written { skeleton, code, offset, holder, is_shared }))
        };
        self.wordings(value)?.into_iter().map(text).collect()
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

    fn in_markup(
        &self,
        span: oxc_span::Span,
        skeleton: &Rc<Skeleton<'a>>,
        made: &mut Vec<MadeHandler<'a>>,
    ) {
        let expected = handler_names(skeleton.text()).count();
        let markup = Markup::read(skeleton.text(), expected);
        for handler in markup.page.handlers() {
            let Some(place) = &handler.attribute.place else { continue };
            let name = handler.attribute.name().to_ascii_lowercase();
            let texts = Some(self.attribute(skeleton, place, markup.offset));
            made.push(MadeHandler { name, span, texts });
        }
        if let Some(name) = unclosed(skeleton.text()) {
            made.push(MadeHandler { name: name.to_ascii_lowercase(), span, texts: None });
        }
    }

    /// The texts of one attribute in markup.
    fn attribute(
        &self,
        skeleton: &Rc<Skeleton<'a>>,
        place: &Place,
        offset: usize,
    ) -> Vec<MadeText<'a>> {
        let code = place.value.text().trim();
        let filling = skeleton.gaps().find(|(gap, _)| gap == code);
        if let Some(quote) = place.quote
            && let Some((_, value)) = filling
            && let Some(texts) = self.texts(value, |text| as_value(text, quote))
        {
            return texts;
        }
        let (skeleton, code) = (Rc::clone(skeleton), place.value.clone());
        let holder = Holder::Attribute(place.clone());
        vec![MadeText::Written(Written { skeleton, code, offset, holder, is_shared: false })]
    }
}

/// More texts than this are not listed.
const MAX_TEXTS: usize = 64;

impl<'a> MadeText<'a> {
    fn written(&self) -> Option<&Written<'a>> {
        match self {
            Self::Written(written) => Some(written),
            Self::Word(_) => None,
        }
    }
}

impl<'a> Written<'a> {
    /// The code with all that can fill its gaps, in the tree of that number; nothing where that
    /// cannot be told.
    pub fn put_together(&self, choices: &Choices<'_, 'a>, tree: usize) -> Option<Vec<String>> {
        let mut texts = vec![self.code.text().to_owned()];
        for (gap, _, filling) in self.gaps() {
            let fillings = self.fillings(choices.of(tree, filling))?;
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
    fn fillings(&self, choices: Vec<Choice<'a>>) -> Option<Vec<Cow<'a, str>>> {
        let text = |choice| match choice {
            Choice::Text(text) if !text.contains(['&', self.quote()]) => Some(text),
            _ => None,
        };
        choices.into_iter().map(text).collect()
    }

    /// What ends it where it stands in markup.
    fn quote(&self) -> char {
        match &self.holder {
            Holder::Attribute(place) => char::from(place.quote.unwrap_or(b' ')),
            Holder::Value(quote) => char::from(*quote),
            Holder::Call(_) | Holder::Member => '&',
        }
    }

    /// The gaps in the code: the name of each, its place in the skeleton, and what fills it.
    pub fn gaps(&self) -> Vec<(String, Range<usize>, &'a Expression<'a>)> {
        let text = self.skeleton.text();
        let in_code = self.skeleton.gaps().filter(|(gap, _)| self.code.text().contains(gap));
        let placed = in_code.filter_map(|(gap, filling)| {
            let at = text.find(&gap)?;
            let end = at + gap.len();
            Some((gap, at..end, filling))
        });
        placed.collect()
    }

    /// The code with the way back into the document.
    fn located(&self, tree: &Tree<'a>) -> Decoded {
        self.code.traced(|span| {
            let part = span.start.checked_sub(self.offset)?..span.end.checked_sub(self.offset)?;
            let code = self.skeleton.written(part)?;
            Some(tree.code.text.span(code.start, code.end))
        })
    }
}

/// What fills the whole value of an attribute, as the browser then reads it.
fn as_value<'a>(text: &str, quote: u8) -> Option<(Decoded, usize, Holder<'a>)> {
    let quote_text = char::from(quote);
    let start = format!("<b onclick={quote_text}");
    let page = Page::read(&format!("{start}{text}{quote_text}>"));
    let handler = page.handlers().next()?;
    let code = handler.attribute.place.as_ref()?.value.clone();
    Some((code, start.len(), Holder::Value(quote)))
}
