//! Places in a source: byte ranges inside, line and column at the boundary.
//!
//! All code here uses bytes; people and editors use lines. The translation happens once, when a
//! finding is displayed.

/// A byte range of the source that the user sees: `start` inclusive, `end` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// A range of bytes; `end` is exclusive.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The smallest enclosing range on character boundaries of the source.
    #[must_use]
    pub fn on_boundaries(&self, source: &str) -> Self {
        let start = source.floor_char_boundary(self.start);
        Self::new(start, source.ceil_char_boundary(self.end).max(start))
    }

    /// The text it covers; empty if it is outside of the source.
    pub fn text_in<'s>(&self, source: &'s str) -> &'s str {
        source.get(self.start..self.end).unwrap_or_default()
    }
}

/// A line and a column as editors count them: from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// The line starts of a source, so that many lookups cost one pass, however long the lines are.
#[derive(Debug)]
pub struct LineIndex<'s> {
    source: &'s str,
    starts: Vec<usize>,
    /// The number of characters before each block of the source.
    chars_before_block: Vec<usize>,
}

/// Bytes per block of counted characters.
const BLOCK: usize = 1024;

impl<'s> LineIndex<'s> {
    /// Indexes the lines of a source.
    pub fn new(source: &'s str) -> Self {
        let starts = std::iter::once(0)
            .chain(source.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1))
            .collect();
        let mut counted = vec![0];
        for block in source.as_bytes().chunks(BLOCK) {
            counted.push(counted.last().unwrap_or(&0) + characters(block));
        }
        Self { source, starts, chars_before_block: counted }
    }

    /// The position of a byte; beyond the end, that of the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.source.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        Position { line, column: self.chars_before(offset) - self.chars_before(start) + 1 }
    }

    /// The offset of a line and column as browsers count them: both from 0, the column in UTF-16
    /// units. `None` if there is no such line; beyond its end, its end.
    pub fn offset_utf16(&self, line: usize, column: usize) -> Option<usize> {
        self.starts.get(line)?;
        let span = self.span(line + 1);
        let mut units = 0;
        let before = span.text_in(self.source).char_indices().find(|(_, c)| {
            let is_there = units >= column;
            units += c.len_utf16();
            is_there
        });
        Some(before.map_or(span.end, |(at, _)| span.start + at))
    }

    /// The number of characters before a byte.
    fn chars_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let rest = self.source.as_bytes().get(block * BLOCK..offset).unwrap_or_default();
        self.chars_before_block.get(block).unwrap_or(&0) + characters(rest)
    }

    /// The span of a line, counted from 1, without its line break.
    pub fn span(&self, line: usize) -> Span {
        let start = line.checked_sub(1).and_then(|i| self.starts.get(i));
        let Some(&start) = start else { return Span::new(0, 0) };
        let end = self.starts.get(line).copied().unwrap_or(self.source.len());
        let text = self.source.get(start..end).unwrap_or_default();
        Span::new(start, start + text.trim_end_matches(['\n', '\r']).len())
    }

    /// The text of a line, counted from 1, without its line break.
    pub fn text(&self, line: usize) -> &'s str {
        self.span(line).text_in(self.source)
    }

    /// The number of lines.
    pub fn count(&self) -> usize {
        self.starts.len()
    }
}

/// The number of characters that start in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0b1100_0000) != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_and_lines_start_at_one() {
        let lines = LineIndex::new("ab\nçé👻x\r\n");
        assert_eq!(lines.position(0), Position { line: 1, column: 1 });
        assert_eq!(lines.position(11), Position { line: 2, column: 4 });
        assert_eq!(lines.text(2), "çé👻x");
        assert_eq!(lines.position(99).line, 3);
        let units =
            [(0, 1), (1, 4), (1, 2), (1, 99), (9, 0)].map(|(l, c)| lines.offset_utf16(l, c));
        assert_eq!(units, [Some(1), Some(11), Some(7), Some(12), None]);
    }
}
