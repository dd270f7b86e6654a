//! Handlers that come into the page later: in markup that a script writes or that the page keeps as
//! text, by `setAttribute`, and in a list of attributes.
//!
//! `` `<b onclick="flip(${i})">` `` is markup when it runs. What is written of it is read as the
//! browser would read it, with a name in each gap.

use std::ops::Range;
use std::rc::Rc;

use oxc_ast::ast::{CallExpression, Expression, ObjectProperty};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use super::{Code, Goal, ScriptKind, Skeleton, Tree, Wording};
use crate::page::{Attribute, Decoded, NodeId, Page, Place};

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
    pub fn made_handlers(&self) -> Vec<MadeHandler<'a>> {
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

    /// The code of those that are written whole, as a browser would run it.
    pub fn made_codes(&self) -> Vec<Code> {
        let made = self.made_handlers();
        let texts = made.iter().flat_map(|handler| handler.texts.as_deref().unwrap_or_default());
        let whole = texts.filter_map(|text| match text {
            MadeText::Written(written) if written.gaps().is_empty() => Some(Code {
                text: written.located(self),
                goal: Goal::Handler,
                element: self.code.element,
                attribute: None,
                is_markup: matches!(written.holder, Holder::Attribute(_) | Holder::Value(_)),
            }),
            _ => None,
        });
        whole.collect()
    }

    /// `el.setAttribute('onclick', 'go()')`.
    fn set(&self, call: &'a CallExpression<'a>) -> Option<MadeHandler<'a>> {
        let name = self.constant(self.argument(call, 0)?)?.to_ascii_lowercase();
        if !names_handler(&name) {
            return None;
        }
        let texts = self.argument(call, 1).and_then(|value| {
            self.texts(value, |text| Some((Decoded::plain(text, 0), 0, Holder::Call(call))))
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
            let texts = self.attribute(skeleton, place, markup.offset);
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
    ) -> Option<Vec<MadeText<'a>>> {
        let code = place.value.text().trim();
        let filling = skeleton.gaps().find(|(gap, _)| gap == code);
        if let Some((_, value)) = filling {
            let quote = place.quote?;
            return self.texts(value, |text| as_value(text, quote));
        }
        let (skeleton, code) = (Rc::clone(skeleton), place.value.clone());
        let holder = Holder::Attribute(place.clone());
        Some(vec![MadeText::Written(Written { skeleton, code, offset, holder, is_shared: false })])
    }
}

impl<'a> Written<'a> {
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

/// Text as markup. Cells and rows are read where they may stand, and what is only a part of a tag
/// as a part of one.
struct Markup {
    page: Page,
    /// How much was written before it so that it may.
    offset: usize,
}

impl Markup {
    fn read(text: &str, expected: usize) -> Self {
        const TABLE: &str = "<table><tr>";
        const TAG: &str = "<b ";
        let first = text.split('<').nth(1).unwrap_or_default().to_ascii_lowercase();
        let is_of_table = ["td", "th", "tr", "tbody", "thead"].iter().any(|n| first.starts_with(n));
        let read = |around: &str, end: &str| Self {
            page: Page::read(&format!("{around}{text}{end}")),
            offset: around.len(),
        };
        let whole = read(if is_of_table { TABLE } else { "" }, ">");
        let found = |markup: &Self| markup.page.handlers().count();
        if found(&whole) == expected || !begins_in_tag(text) {
            return whole;
        }
        let part = read(TAG, ">");
        if found(&part) > found(&whole) { part } else { whole }
    }
}

/// Whether a text goes on inside a tag: with an attribute, or with the quote that ends one.
fn begins_in_tag(text: &str) -> bool {
    let text = text.trim_ascii_start();
    let rest = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_:".contains(c));
    let is_attribute = rest.len() < text.len() && rest.trim_ascii_start().starts_with('=');
    is_attribute || text.starts_with(['"', '\''])
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

impl Page {
    /// The code of handlers in markup that the page keeps as text, for a script to put in: in
    /// scripts of another kind, in fields and in attributes. Without what does not parse.
    pub fn kept_codes(&self) -> Vec<Code> {
        let in_attribute = |id, attribute: &Attribute| {
            let text = &attribute.place.as_ref()?.value;
            let is_markup = !attribute.is_handler() && text.text().contains('<');
            is_markup.then(|| codes_in(text, id))
        };
        let mut kept = Vec::new();
        for (id, element) in self.elements() {
            kept.extend(element.attributes.iter().filter_map(|a| in_attribute(id, a)).flatten());
            if element.is("textarea") {
                kept.extend(codes_in(&self.text_of(id), id));
            }
        }
        for script in self.scripts() {
            if script.kind == ScriptKind::Data && !script.external {
                let codes = codes_in(&script.text, script.element);
                kept.extend(codes.into_iter().map(|code| Code { is_markup: true, ..code }));
            }
        }
        kept
    }
}

/// The code of handlers in a text that is markup.
fn codes_in(text: &Decoded, element: NodeId) -> Vec<Code> {
    if handler_names(text.text()).next().is_none() {
        return Vec::new();
    }
    let page = Page::read(text.text());
    let codes = page.handlers().filter_map(|handler| {
        let code = &handler.attribute.place.as_ref()?.value;
        let text = code.traced(|span| Some(text.span(span.start, span.end)));
        let goal = Goal::Handler;
        Some(Code { text, goal, element, attribute: None, is_markup: false })
    });
    codes.filter(|code| super::handler(code.text.text(), |tree| tree.problems.is_empty())).collect()
}

/// Whether an attribute of that name, in lower case, holds code.
fn names_handler(name: &str) -> bool {
    let is_word = name.len() > 4 && name.bytes().all(|b| b.is_ascii_lowercase());
    name.starts_with("on") && is_word && !matches!(name, "online" | "only" | "onto" | "ones")
}

/// The names before each `=` in a text that are those of handlers.
fn handler_names(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('=').filter_map(|(at, _)| {
        let before = text.get(..at)?.trim_ascii_end();
        let letters = before.bytes().rev().take_while(u8::is_ascii_alphabetic).count();
        let (rest, name) = before.split_at(before.len() - letters);
        let goes_on = rest.ends_with(|c: char| c.is_ascii_digit() || "-._$".contains(c));
        (!goes_on && names_handler(&name.to_ascii_lowercase())).then_some(name)
    })
}

/// The handler in whose value a text ends.
fn unclosed(text: &str) -> Option<&str> {
    let name = handler_names(text).last()?;
    let at = text.rfind(name)?;
    let value =
        text.get(at + name.len()..)?.trim_ascii_start().strip_prefix('=')?.trim_ascii_start();
    let is_open = match value.as_bytes().first() {
        None => true,
        Some(quote @ (b'"' | b'\'')) => !value.get(1..)?.contains(char::from(*quote)),
        Some(_) => false,
    };
    let before = text.get(..at)?;
    let in_tag = match before.rfind('<') {
        Some(tag) => before.rfind('>').is_none_or(|end| end < tag),
        None => before.trim_ascii().is_empty(),
    };
    (is_open && in_tag).then_some(name)
}
