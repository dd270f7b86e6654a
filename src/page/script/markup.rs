//! Markup in texts: what a script inserts into a page, or a page stores for a script.

use super::{PageCode, ParseGoal, ScriptKind, parse_handler};
use crate::page::{Attribute, DecodedText, HtmlPage, NodeId};

/// A text parsed as markup. Table cells and rows are parsed within a table, and a part of a tag
/// within a tag.
pub(super) struct MarkupText {
    pub page: HtmlPage,
    /// Bytes written before it for that.
    pub offset: usize,
}

impl MarkupText {
    /// Parses a text in which this many handlers are expected.
    pub fn read(text: &str, expected: usize) -> Self {
        const TABLE: &str = "<table><tr>";
        const TAG: &str = "<b ";
        let first = text.split('<').nth(1).unwrap_or_default().to_ascii_lowercase();
        let is_of_table = ["td", "th", "tr", "tbody", "thead"].iter().any(|n| first.starts_with(n));
        let read = |around: &str, end: &str| Self {
            page: HtmlPage::parse(&format!("{around}{text}{end}")),
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

/// Whether a text continues inside a tag: with an attribute, or with the quote that ends one.
fn begins_in_tag(text: &str) -> bool {
    let text = text.trim_ascii_start();
    let rest = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_:".contains(c));
    let is_attribute = rest.len() < text.len() && rest.trim_ascii_start().starts_with('=');
    is_attribute || text.starts_with(['"', '\''])
}

impl HtmlPage {
    /// The handlers in markup that the page stores as text: in scripts of other types, in fields
    /// and in attributes. Those that do not parse are left out.
    pub fn stored_codes(&self) -> Vec<PageCode> {
        let in_attribute = |id, attribute: &Attribute| {
            let text = &attribute.place.as_ref()?.value;
            let is_markup = !attribute.is_handler() && text.text().contains('<');
            is_markup.then(|| codes_in(text, id))
        };
        let mut kept = Vec::new();
        for (id, element) in self.elements() {
            kept.extend(element.attributes.iter().filter_map(|a| in_attribute(id, a)).flatten());
            if element.is("textarea") {
                kept.extend(codes_in(&self.child_text(id), id));
            }
        }
        for script in self.scripts() {
            if script.kind == ScriptKind::Data && !script.external {
                let codes = codes_in(&script.text, script.element);
                kept.extend(codes.into_iter().map(|code| PageCode { is_markup: true, ..code }));
            }
        }
        kept
    }
}

/// The handlers in a text that is markup.
fn codes_in(text: &DecodedText, element: NodeId) -> Vec<PageCode> {
    if handler_names(text.text()).next().is_none() {
        return Vec::new();
    }
    let page = HtmlPage::parse(text.text());
    let codes = page.handlers().filter_map(|handler| {
        let code = &handler.attribute.place.as_ref()?.value;
        let text = code.map_spans(|span| Some(text.span(span.start, span.end)));
        let goal = ParseGoal::Handler;
        Some(PageCode { text, goal, element, attribute: None, is_markup: false })
    });
    codes.filter(|code| parse_handler(code.text.text(), |tree| tree.problems.is_empty())).collect()
}

/// Whether an attribute with this lower-case name is a handler.
pub(super) fn names_handler(name: &str) -> bool {
    let is_word = name.len() > 4 && name.bytes().all(|b| b.is_ascii_lowercase());
    name.starts_with("on") && is_word && !matches!(name, "online" | "only" | "onto" | "ones")
}

/// The handler names before each `=` in a text.
pub(super) fn handler_names(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('=').filter_map(|(at, _)| {
        let before = text.get(..at)?.trim_ascii_end();
        let letters = before.bytes().rev().take_while(u8::is_ascii_alphabetic).count();
        let (rest, name) = before.split_at(before.len() - letters);
        let goes_on = rest.ends_with(|c: char| c.is_ascii_digit() || "-._$".contains(c));
        (!goes_on && names_handler(&name.to_ascii_lowercase())).then_some(name)
    })
}

/// The handler within whose value a text ends. `None` if it ends elsewhere.
pub(super) fn unclosed_handler(text: &str) -> Option<&str> {
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
