//! The selection in the preview, also where it is scrolled out.

use std::ops::Range;

use ratatui::style::Modifier;
use ratatui::text::Span;
use unicode_width::UnicodeWidthChar;

/// A character: the index of its line, and its index in it. A line's end counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextPosition {
    pub line: usize,
    pub character: usize,
}

/// Everything between the press and the pointer, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    anchor: TextPosition,
    head: TextPosition,
    /// A press without a move selects nothing.
    has_moved: bool,
}

impl Selection {
    /// An empty selection at this position.
    pub fn new(at: TextPosition) -> Self {
        Self { anchor: at, head: at, has_moved: false }
    }

    /// Moves the selection's end to this position.
    pub fn extend_to(&mut self, to: TextPosition) {
        self.has_moved |= to != self.anchor;
        self.head = to;
    }

    /// Whether the pointer has not moved since the selection began.
    pub fn is_empty(&self) -> bool {
        !self.has_moved
    }

    fn ends(&self) -> (TextPosition, TextPosition) {
        if self.anchor <= self.head { (self.anchor, self.head) } else { (self.head, self.anchor) }
    }

    /// The selected characters of a line. `None` if there are none.
    pub fn in_line(&self, line: usize) -> Option<Range<usize>> {
        let (first, last) = self.ends();
        if self.is_empty() || !(first.line..=last.line).contains(&line) {
            return None;
        }
        let begin = if line == first.line { first.character } else { 0 };
        let end = if line == last.line { last.character + 1 } else { usize::MAX };
        Some(begin..end)
    }

    /// The selected text of the displayed lines.
    pub fn text<'l>(&self, line: impl Fn(usize) -> Option<&'l str>) -> String {
        let (first, last) = self.ends();
        let mut text = String::new();
        for number in first.line..=last.line {
            let (Some(range), Some(shown)) = (self.in_line(number), line(number)) else { break };
            let length = range.end.saturating_sub(range.start);
            text.extend(shown.chars().skip(range.start).take(length));
            // The end of a line is a character of its own.
            if range.end > shown.chars().count() {
                text.push('\n');
            }
        }
        text
    }
}

/// The index of the character drawn in this column; after the last one, the line's end.
pub fn character_at(line: &str, column: usize) -> usize {
    let mut right = 0;
    let is_left = |letter: &char| {
        right += letter.width().unwrap_or(0);
        right <= column
    };
    line.chars().take_while(is_left).count()
}

/// The spans of a line with the selected characters reversed.
pub fn reverse_range<'s>(spans: Vec<Span<'s>>, selected: &Range<usize>) -> Vec<Span<'s>> {
    let mut marked = Vec::new();
    let mut first = 0;
    for span in spans {
        let length = span.content.chars().count();
        let within = |at: usize| at.saturating_sub(first).min(length);
        let (begin, end) = (within(selected.start), within(selected.end));
        for (range, is_selected) in [(0..begin, false), (begin..end, true), (end..length, false)] {
            let text: String = span.content.chars().skip(range.start).take(range.len()).collect();
            if text.is_empty() {
                continue;
            }
            let style = span.style;
            let turned = style.add_modifier(Modifier::REVERSED);
            marked.push(Span::styled(text, if is_selected { turned } else { style }));
        }
        first += length;
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 3] = ["let 幽 = 1;", "", "draw()"];

    fn position(line: usize, letter: usize) -> TextPosition {
        TextPosition { line, character: letter }
    }

    fn text(from: TextPosition, to: TextPosition) -> String {
        let mut selection = Selection::new(from);
        selection.extend_to(to);
        selection.text(|line| LINES.get(line).copied())
    }

    #[test]
    fn text_is_selected_to_the_character_in_both_directions() {
        assert_eq!(text(position(0, 4), position(0, 6)), "幽 =");
        assert_eq!(text(position(0, 6), position(0, 4)), "幽 =");
        assert_eq!(text(position(0, 8), position(2, 1)), "1;\n\ndr");
        assert_eq!(text(position(2, 0), position(2, 6)), "draw()\n");
        assert_eq!(text(position(2, 0), position(9, 6)), "draw()\n");
        assert!(Selection::new(position(0, 4)).is_empty());
        let mut back = Selection::new(position(0, 4));
        back.extend_to(position(0, 5));
        back.extend_to(position(0, 4));
        assert_eq!(back.text(|_| Some(LINES[0])), "幽", "one character can be selected");
    }

    #[test]
    fn a_column_is_a_character_also_where_they_are_wide() {
        let at = |column| character_at(LINES[0], column);
        assert_eq!([at(0), at(3), at(4), at(5), at(6), at(99)], [0, 3, 4, 4, 5, 10]);
    }

    #[test]
    fn only_what_is_selected_is_turned_round() {
        let marked = reverse_range(vec![Span::raw("let "), Span::raw("幽 = 1")], &(2..6));
        let reversed: Vec<_> = marked
            .iter()
            .map(|span| (span.content.as_ref(), span.style.add_modifier == Modifier::REVERSED))
            .collect();
        assert_eq!(reversed, [("le", false), ("t ", true), ("幽 ", true), ("= 1", false)]);
    }
}
