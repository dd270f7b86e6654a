//! Places in a source: byte ranges inside, line and column at the edge.
//!
//! Everything in the house speaks of bytes; people and editors speak of lines.
//! The translation is done once, where a finding is shown.

/// A byte range into the source that the user sees: `start` included, `end` not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The nearest range that does not cut a character of the source.
    #[must_use]
    pub fn on_boundaries(&self, source: &str) -> Self {
        let start = source.floor_char_boundary(self.start);
        Self::new(start, source.ceil_char_boundary(self.end).max(start))
    }

    /// The text it covers, empty where it does not fit the source.
    pub fn of<'s>(&self, source: &'s str) -> &'s str {
        source.get(self.start..self.end).unwrap_or_default()
    }
}

/// A line and a column as editors count them: from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// Where each line of a source starts, so that many places cost one pass.
#[derive(Debug)]
pub struct Lines<'s> {
    source: &'s str,
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    pub fn new(source: &'s str) -> Self {
        let starts = std::iter::once(0)
            .chain(source.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1))
            .collect();
        Self { source, starts }
    }

    /// The place of a byte; past the end it is the end of the last line.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.source.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.source.as_bytes().get(start..offset).unwrap_or_default();
        // Bytes that continue a character do not count as columns.
        let column = before.iter().filter(|b| (**b & 0b1100_0000) != 0b1000_0000).count() + 1;
        Position { line, column }
    }

    /// The text of a line, counted from 1, without its line break.
    pub fn text(&self, line: usize) -> &'s str {
        let start = line.checked_sub(1).and_then(|i| self.starts.get(i));
        let Some(&start) = start else { return "" };
        let end = self.starts.get(line).copied().unwrap_or(self.source.len());
        self.source.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    pub fn count(&self) -> usize {
        self.starts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_and_lines_start_at_one() {
        let lines = Lines::new("ab\nçé👻x\r\n");
        assert_eq!(lines.position(0), Position { line: 1, column: 1 });
        assert_eq!(lines.position(11), Position { line: 2, column: 4 });
        assert_eq!(lines.text(2), "çé👻x");
        assert_eq!(lines.position(99).line, 3);
    }
}
