//! Text as the browser sees it, with the source offset of each piece.
//!
//! A browser does not run the bytes of a file: it decodes `&quot;` in an attribute, and turns CRLF
//! into LF and NUL into U+FFFD. The parsers here get that text; their findings point into the
//! user's bytes.

use super::Span;

/// Decoded text that maps back to the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecodedText {
    text: String,
    /// Offsets of the text, each with the source offset from which it continues.
    marks: Vec<OffsetMark>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OffsetMark {
    text: usize,
    source: usize,
}

impl DecodedText {
    /// Text equal to the source from offset `start` on.
    pub fn verbatim(text: &str, start: usize) -> Self {
        Self { text: text.to_owned(), marks: vec![OffsetMark { text: 0, source: start }] }
    }

    /// The decoded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the decoded text is empty.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Appends the text decoded from the source at `source`.
    pub(super) fn push(&mut self, text: &str, source: usize) {
        if text.is_empty() {
            return;
        }
        if self.source_offset(self.text.len()) != Some(source) {
            self.marks.push(OffsetMark { text: self.text.len(), source });
        }
        self.text.push_str(text);
    }

    /// Sets the source offset at which the text ends.
    pub(super) fn end_at(&mut self, source: usize) {
        if self.source_offset(self.text.len()) != Some(source) {
            self.marks.push(OffsetMark { text: self.text.len(), source });
        }
    }

    /// Appends another decoded text.
    pub(super) fn append(&mut self, more: &Self) {
        for (i, mark) in more.marks.iter().enumerate() {
            let end = more.marks.get(i + 1).map_or(more.text.len(), |next| next.text);
            self.push(more.text.get(mark.text..end).unwrap_or_default(), mark.source);
        }
        if let Some(end) = more.source_offset(more.text.len()) {
            self.end_at(end);
        }
    }

    /// The same text with spans in another source, given by `place` for spans of this one.
    pub(super) fn map_spans(&self, place: impl Fn(Span) -> Option<Span>) -> Self {
        let mut traced = Self::default();
        let mut end = None;
        let mut bytes = [0; 4];
        for (at, c) in self.text.char_indices() {
            let found = place(self.span(at, at + c.len_utf8()));
            let start = found.map(|span| span.start).or(end).unwrap_or_default();
            end = found.map(|span| span.end).or(end);
            traced.push(c.encode_utf8(&mut bytes), start);
        }
        if let Some(end) = end {
            traced.end_at(end);
        }
        traced
    }

    /// The part of the text in this byte range.
    pub(super) fn slice(&self, start: usize, end: usize) -> Self {
        let mut part = Self::default();
        let mut from = start;
        let first = self.marks.partition_point(|mark| mark.text <= start);
        for mark in self.marks.get(first..).unwrap_or_default() {
            if mark.text >= end {
                break;
            }
            part.push_from(self, from, mark.text);
            from = mark.text;
        }
        part.push_from(self, from, end);
        if let Some(source) = self.source_offset(end) {
            part.end_at(source);
        }
        part
    }

    fn push_from(&mut self, whole: &Self, start: usize, end: usize) {
        let source = whole.source_offset(start).unwrap_or_default();
        self.push(whole.text.get(start..end).unwrap_or_default(), source);
    }

    /// The source span of a byte range of the text.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let first = self.source_offset(start).unwrap_or_default();
        Span::new(first, self.source_offset(end).unwrap_or(first))
    }

    /// The source span of the whole text.
    pub fn source_span(&self) -> Span {
        self.span(0, self.text.len())
    }

    /// Whether the text equals the source.
    pub fn is_verbatim(&self) -> bool {
        self.marks.len() <= 1
    }

    fn source_offset(&self, text: usize) -> Option<usize> {
        let after = self.marks.partition_point(|mark| mark.text <= text);
        let mark = self.marks.get(after.checked_sub(1)?)?;
        let source = mark.source + (text - mark.text);
        // A decoded piece can be longer than its source: stay before the next one.
        let limit = self.marks.get(after).map_or(usize::MAX, |next| next.source);
        Some(source.min(limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_in_decoded_text_is_pointed_at_in_the_source() {
        // a&lt;b\r\nc
        let mut text = DecodedText::default();
        text.push("a", 0);
        text.push("<", 1);
        text.push("b", 5);
        text.push("\n", 6);
        text.push("c", 8);
        text.end_at(9);
        assert_eq!(text.text(), "a<b\nc");
        assert_eq!(text.span(1, 2), Span::new(1, 5));
        assert_eq!(text.span(4, 5), Span::new(8, 9));
        assert_eq!(text.source_span(), Span::new(0, 9));
        assert_eq!(text.slice(1, 3).span(0, 1), Span::new(1, 5));
    }
}
