//! Decodes text: character references, line breaks, NUL.

use std::borrow::Cow;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

use crate::page::DecodedText;

use super::Tokenizer;

/// The context of the text, which determines what is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextContext {
    Text,
    Attribute,
    /// Scripts, styles, comments: no references.
    Verbatim,
}

/// A character reference: its text and its length in bytes.
struct CharReference {
    text: Cow<'static, str>,
    length: usize,
}

impl Tokenizer<'_> {
    /// Decodes a piece of the source as the browser does.
    pub(super) fn decode(&self, start: usize, end: usize, place: TextContext) -> DecodedText {
        let piece = self.source.get(start..end).unwrap_or_default();
        let mut decoded = DecodedText::default();
        let mut from = 0;
        let mut at = 0;
        while let Some(step) = next_special(piece, at, place) {
            at += step;
            let (text, length) = special(piece.get(at..).unwrap_or_default(), place);
            if let Some(text) = text {
                decoded.push(piece.get(from..at).unwrap_or_default(), start + from);
                decoded.push(&text, start + at);
                from = at + length;
            }
            at += length;
        }
        decoded.push(piece.get(from..).unwrap_or_default(), start + from);
        decoded.end_at(end);
        decoded
    }
}

/// The distance to the next byte that may need decoding. `None` if there is none.
fn next_special(piece: &str, at: usize, place: TextContext) -> Option<usize> {
    let references = matches!(place, TextContext::Text | TextContext::Attribute);
    piece.as_bytes().get(at..)?.iter().position(|byte| match byte {
        b'&' => references,
        0 | b'\r' => true,
        _ => false,
    })
}

/// The decoding of a special byte and its followers (`None`: unchanged), and their length.
fn special(rest: &str, place: TextContext) -> (Option<Cow<'static, str>>, usize) {
    match rest.as_bytes() {
        [b'\r', b'\n', ..] => (Some("\n".into()), 2),
        [b'\r', ..] => (Some("\n".into()), 1),
        [0, ..] => (Some("\u{fffd}".into()), 1),
        _ => match reference(rest, place) {
            Some(reference) => (Some(reference.text), reference.length),
            None => (None, 1),
        },
    }
}

/// The reference at the start of `rest`, which starts with `&`.
fn reference(rest: &str, place: TextContext) -> Option<CharReference> {
    match rest.as_bytes().get(1)? {
        b'#' => numeric(rest),
        next if next.is_ascii_alphanumeric() => named(rest, place),
        _ => None,
    }
}

fn numeric(rest: &str) -> Option<CharReference> {
    let hex = matches!(rest.as_bytes().get(2), Some(b'x' | b'X'));
    let (digits, radix) = if hex { (3, 16) } else { (2, 10) };
    let number = rest.get(digits..)?;
    let length = number.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
    if length == 0 {
        return None;
    }
    let value = u32::from_str_radix(number.get(..length)?, radix).unwrap_or(u32::MAX);
    let end = digits + length;
    let length = if rest.as_bytes().get(end) == Some(&b';') { end + 1 } else { end };
    Some(CharReference { text: character(value).to_string().into(), length })
}

/// The character with a number; invalid numbers are mapped as browsers do.
fn character(value: u32) -> char {
    let windows = value.checked_sub(0x80).and_then(|c1| usize::try_from(c1).ok());
    let replaced = windows.and_then(|c1| C1_REPLACEMENTS.get(c1).copied().flatten());
    match (replaced, value) {
        (Some(c), _) => c,
        (None, 0) => '\u{fffd}',
        (None, value) => char::from_u32(value).unwrap_or('\u{fffd}'),
    }
}

/// The longest matching name; the table also contains every prefix of a name.
fn named(rest: &str, place: TextContext) -> Option<CharReference> {
    let mut found = None;
    for (i, byte) in rest.bytes().enumerate().skip(1) {
        let entry = rest.get(1..=i).and_then(|name| NAMED_ENTITIES.get(name));
        let Some(&(first, second)) = entry else { break };
        if first != 0 {
            found = Some((i + 1, first, second));
        }
        if byte == b';' {
            break;
        }
    }
    let (length, first, second) = found?;
    let closed = rest.as_bytes().get(length - 1) == Some(&b';');
    let next = rest.as_bytes().get(length);
    let runs_on = next.is_some_and(|byte| *byte == b'=' || byte.is_ascii_alphanumeric());
    // `?a=1&copy=2` in an attribute is a query, not a reference.
    if place == TextContext::Attribute && !closed && runs_on {
        return None;
    }
    let chars = [first, second].into_iter().filter(|c| *c != 0).filter_map(char::from_u32);
    Some(CharReference { text: chars.collect::<String>().into(), length })
}
