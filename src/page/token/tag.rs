//! Parses tags and their attributes.

use std::collections::HashSet;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token};
use html5ever::{Attribute, LocalName, QualName, ns};

use crate::page::{DecodedText, Span};

use super::reference::TextContext;
use super::{AttributePlace, SpannedToken, Tokenizer};

/// Up to this many attributes a linear search is cheaper than a set.
const MAX_LINEAR: usize = 16;

#[derive(Default)]
struct AttributeList {
    list: Vec<Attribute>,
    places: Vec<AttributePlace>,
    seen: HashSet<String>,
    duplicates: bool,
}

impl Tokenizer<'_> {
    /// Reads a start tag; the tokenizer is at its `<`. `None` if the tag does not end.
    pub(super) fn start_tag(&mut self) -> Option<SpannedToken> {
        let lexeme = self.tag(TagKind::StartTag)?;
        if let Token::TagToken(tag) = &lexeme.token {
            self.last_start = tag.name.to_string();
        }
        Some(lexeme)
    }

    /// Reads an end tag; the tokenizer is at its `<`. `None` if the tag does not end.
    pub(super) fn end_tag(&mut self) -> Option<SpannedToken> {
        self.tag(TagKind::EndTag)
    }

    /// Whether the last start tag had this name.
    pub(super) fn is_last_start(&self, name: &str) -> bool {
        !name.is_empty() && self.last_start.eq_ignore_ascii_case(name)
    }

    /// How many bytes the name of the last start tag has.
    pub(super) fn last_start_length(&self) -> usize {
        self.last_start.len()
    }

    /// Parses a tag. `None` if the document ends inside it, as browsers drop such a tag.
    fn tag(&mut self, kind: TagKind) -> Option<SpannedToken> {
        let start = self.at;
        let name_start = start + if kind == TagKind::StartTag { 1 } else { 2 };
        let name_end = self.scan(name_start, |byte| is_space(byte) || matches!(byte, b'/' | b'>'));
        let name = self.lowered(name_start, name_end);
        self.at = name_end;
        let mut attributes = AttributeList::default();
        let Some(self_closing) = self.attributes(&mut attributes) else {
            self.at = self.source.len();
            return None;
        };
        let tag = Tag {
            kind,
            name: LocalName::from(name),
            self_closing: self_closing && kind == TagKind::StartTag,
            attrs: attributes.list,
            had_duplicate_attributes: attributes.duplicates,
        };
        Some(SpannedToken {
            token: Token::TagToken(tag),
            span: Span::new(start, self.at),
            places: attributes.places,
            decoded: DecodedText::default(),
        })
    }

    /// Parses up to the end of the tag and returns whether it is self-closing. `None` if the
    /// document ends before.
    fn attributes(&mut self, attributes: &mut AttributeList) -> Option<bool> {
        loop {
            self.at = self.scan(self.at, |byte| !is_space(byte));
            match (self.peek(0), self.peek(1)) {
                (None, _) => return None,
                (Some(b'>'), _) => {
                    self.at += 1;
                    return Some(false);
                }
                (Some(b'/'), Some(b'>')) => {
                    self.at += 2;
                    return Some(true);
                }
                (Some(b'/'), _) => self.at += 1,
                (Some(_), _) => self.attribute(attributes)?,
            }
        }
    }

    fn attribute(&mut self, attributes: &mut AttributeList) -> Option<()> {
        let start = self.at;
        let ends_name = |byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'=');
        // A name may start with `=`.
        let name_end = self.scan(start + 1, ends_name);
        let name = Span::new(start, name_end);
        self.at = name_end;
        let equals = self.scan(name_end, |byte| !is_space(byte));
        let (value, quote) = if self.byte(equals) == Some(b'=') {
            self.at = equals + 1;
            self.value()?
        } else {
            let mut none = DecodedText::default();
            none.end_at(name_end);
            (none, None)
        };
        let place = AttributePlace { whole: Span::new(start, self.at), name, value, quote };
        attributes.add(self.lowered(start, name_end), place);
        Some(())
    }

    fn value(&mut self) -> Option<(DecodedText, Option<u8>)> {
        self.at = self.scan(self.at, |byte| !is_space(byte));
        let quote = self.peek(0)?;
        if !matches!(quote, b'"' | b'\'') {
            let start = self.at;
            self.at = self.scan(start, |byte| is_space(byte) || byte == b'>');
            return Some((self.decode(start, self.at, TextContext::Attribute), None));
        }
        let start = self.at + 1;
        let end = self.scan(start, |byte| byte == quote);
        self.byte(end)?;
        self.at = end + 1;
        Some((self.decode(start, end, TextContext::Attribute), Some(quote)))
    }

    /// The first offset from `at` on whose byte satisfies `stop`, or the end.
    fn scan(&self, at: usize, stop: impl Fn(u8) -> bool) -> usize {
        let rest = self.source.as_bytes().get(at..).unwrap_or_default();
        at.min(self.source.len()) + rest.iter().position(|byte| stop(*byte)).unwrap_or(rest.len())
    }

    fn lowered(&self, start: usize, end: usize) -> String {
        let name = self.source.get(start..end).unwrap_or_default();
        name.to_ascii_lowercase().replace('\0', "\u{fffd}")
    }
}

impl AttributeList {
    /// The first attribute with a name counts, as in browsers.
    fn add(&mut self, name: String, place: AttributePlace) {
        if self.has(&name) {
            self.duplicates = true;
            return;
        }
        self.list.push(Attribute {
            name: QualName::new(None, ns!(), LocalName::from(name.as_str())),
            value: StrTendril::from_slice(place.value.text()),
        });
        self.places.push(place);
        if self.list.len() == MAX_LINEAR {
            self.seen = self.list.iter().map(|a| a.name.local.to_string()).collect();
        } else if self.list.len() > MAX_LINEAR {
            self.seen.insert(name);
        }
    }

    fn has(&self, name: &str) -> bool {
        if self.list.len() < MAX_LINEAR {
            return self.list.iter().any(|attribute| &*attribute.name.local == name);
        }
        self.seen.contains(name)
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}
