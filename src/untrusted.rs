//! Text from outside: model replies, server errors, names, paths.
//!
//! Terminals execute escape sequences, and bidirectional controls can disguise text, so foreign
//! text has its own type. It has no `Display`: [`Untrusted::display_safe`] and
//! [`Untrusted::headline`] replace such characters with visible ones.

use std::borrow::Cow;

/// Foreign text, exactly as it arrived.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Untrusted(String);

impl Untrusted {
    /// Wraps text from outside.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text with control characters made visible, safe for a terminal.
    pub fn display_safe(&self) -> Cow<'_, str> {
        sanitize(&self.0)
    }

    /// One line of at most `width` characters, safe for a terminal.
    pub fn headline(&self, width: usize) -> String {
        let line = self.0.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown = sanitize(&line);
        if shown.chars().count() <= width {
            return shown.into_owned();
        }
        shown.chars().take(width.saturating_sub(1)).chain(['…']).collect()
    }

    /// The original text, for parsing and files, never for a terminal.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// Appends text from the same source.
    pub fn push(&mut self, more: &str) {
        self.0.push_str(more);
    }

    /// Whether the text has no bytes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Untrusted({:?})", self.display_safe())
    }
}

/// Makes control and direction-changing characters visible; keeps newline and tab.
///
/// C0 controls become their control pictures (ESC is `␛`), C1 controls and the
/// Unicode direction marks become `<U+XXXX>`. Text without any of these is
/// returned as it is, without a copy.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_control) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_control(c) { push_visible(&mut shown, c) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

/// Whether a terminal would execute this character rather than display it.
///
/// The direction marks are those of Unicode Standard Annex 9; the line and paragraph separators and
/// the tag block are invisible in most terminals.
fn is_control(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{0}'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{206f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

fn push_visible(shown: &mut String, c: char) {
    use std::fmt::Write as _;
    let picture = match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('\u{2421}'),
        _ => None,
    };
    match picture {
        Some(picture) => shown.push(picture),
        // Writing to a String cannot fail.
        None => drop(write!(shown, "<U+{:04X}>", u32::from(c))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_terminal_obeys_is_left() {
        let hostile = "a\x1b[31mb\u{9b}2Jc\u{202e}d\r\x07e\x7f";
        assert_eq!(sanitize(hostile), "a␛[31mb<U+009B>2Jc<U+202E>d␍␇e␡");
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(sanitize("ghosts 👻\n\tand bats"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_headline_is_one_short_line() {
        assert_eq!(Untrusted::new("one\n\ntwo  three").headline(9), "one two …");
    }
}
