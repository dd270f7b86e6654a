//! The code as lines that can be drawn, each prepared once.
//!
//! Text arrives in pieces of any size; only whole lines are kept, sanitised and with tabs expanded.
//! Styles arrive later from the highlight worker and stay with their line. Drawing takes a slice.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::highlight::StyledRanges;
use super::highlight_worker::{HighlightBatch, LineRange, PendingLines};
use super::selection::Selection;
use crate::app::{Revision, Shown};
use crate::page::{LineIndex, Position};
use crate::untrusted::sanitize;

/// Bytes of an unfinished line that are shown.
const MAX_TAIL_BYTES: usize = 4_096;

/// One line, ready to draw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeLine {
    pub text: String,
    pub styles: StyledRanges,
}

/// The lines of one job's page, how much of the reply they hold, and the view on them.
#[derive(Debug, Default)]
pub struct Preview {
    /// Whose reply it is, and of which round.
    revision: Option<Revision>,
    /// Bytes of the reply that are in `lines`.
    reply_bytes: usize,
    pub lines: Vec<CodeLine>,
    /// The unfinished last line.
    pub tail: String,
    /// Lines dropped from the front: the text before the page.
    dropped_lines: usize,
    /// Incremented whenever `lines` is rebuilt, so that late styles are dropped.
    pub generation: u64,
    /// Whether `lines` is the page itself and not the reply around it.
    is_page: bool,
    /// The position of each finding, in their order.
    pub positions: Vec<Position>,
    /// The first visible line if the user scrolled away from the end. `None` if the view follows
    /// the end.
    pub pinned_line: Option<usize>,
    pub selection: Option<Selection>,
    /// The range last requested from the highlight worker.
    last_requested: Option<LineRange>,
    /// The page itself with its tabs, for copying.
    page: Option<String>,
}

impl Preview {
    /// The indices of the lines for which `fits` holds.
    pub fn matching_lines(
        &self,
        fits: impl Fn(&str) -> bool,
    ) -> impl DoubleEndedIterator<Item = usize> {
        let lines = self.lines.iter().enumerate();
        lines.filter(move |(_, line)| fits(&line.text)).map(|(at, _)| at)
    }

    /// Updates from what is shown. Returns the new lines to highlight; `None` if there are none.
    pub fn sync(&mut self, shown: Shown) -> Option<PendingLines> {
        if self.revision != Some(shown.revision()) {
            let generation = self.generation + 1;
            *self = Self { revision: Some(shown.revision()), generation, ..Self::default() };
        }
        if self.is_page {
            return None;
        }
        let first = self.lines.len();
        let reply = shown.job().map_or("", |job| job.current.reply.raw());
        // An ended reply has no unfinished line.
        let complete_bytes =
            if shown.is_done() { reply.len() } else { reply.rfind('\n').map_or(0, |at| at + 1) };
        self.append_reply(reply, complete_bytes);
        if let Some(source) = shown.source() {
            let lines = LineIndex::new(source);
            let findings = shown.findings().iter();
            self.positions = findings.map(|found| lines.position(found.span.start)).collect();
            return self.switch_to_page(source, reply, first);
        }
        self.pending_lines(first)
    }

    fn pending_lines(&self, first: usize) -> Option<PendingLines> {
        let lines: Vec<_> = self.lines.iter().skip(first).map(|line| line.text.clone()).collect();
        let first = first + self.dropped_lines;
        (!lines.is_empty()).then_some(PendingLines { generation: self.generation, first, lines })
    }

    /// Appends the lines up to the byte `whole`; the text after it may still grow.
    fn append_reply(&mut self, reply: &str, complete_bytes: usize) {
        let lines = reply.get(self.reply_bytes..complete_bytes).unwrap_or_default();
        self.lines.extend(
            lines.lines().map(|line| CodeLine { text: display_line(line), styles: vec![] }),
        );
        self.reply_bytes = self.reply_bytes.max(complete_bytes);
        let tail = reply.get(self.reply_bytes..).unwrap_or_default();
        // No terminal is wider; a reply that is one long line must not cost its length each time.
        let visible = tail.get(..tail.floor_char_boundary(MAX_TAIL_BYTES)).unwrap_or(tail);
        self.tail = display_line(visible);
    }

    /// Keeps only the page once it is known. Usually it is a run of the reply's own lines, which
    /// keep their styles.
    fn switch_to_page(&mut self, source: &str, reply: &str, first: usize) -> Option<PendingLines> {
        self.is_page = true;
        self.page = Some(source.to_owned());
        // Line numbers may change.
        self.selection = None;
        self.tail.clear();
        let before = reply.find(source).and_then(|at| reply.get(..at));
        if let Some(before) = before.filter(|head| head.is_empty() || head.ends_with('\n')) {
            let pending = self.pending_lines(first);
            let lines_before = before.matches('\n').count();
            self.lines.drain(..lines_before.min(self.lines.len()));
            self.lines.truncate(source.lines().count());
            self.dropped_lines += lines_before;
            self.pinned_line = self.pinned_line.map(|line| line.saturating_sub(lines_before));
            return pending;
        }
        // The page was assembled from parts of the reply: rebuild the lines.
        self.generation += 1;
        self.dropped_lines = 0;
        self.lines = source
            .lines()
            .map(|line| CodeLine { text: display_line(line), styles: vec![] })
            .collect();
        self.pending_lines(0)
    }

    /// Applies a batch of styles unless its generation is outdated. Returns whether a line in
    /// `seen` changed.
    pub fn apply_highlights(&mut self, batch: HighlightBatch, visible: &Range<usize>) -> bool {
        if batch.generation != self.generation {
            return false;
        }
        let mut shows = false;
        for (offset, ranges) in batch.lines.into_iter().enumerate() {
            let index = (batch.first + offset).checked_sub(self.dropped_lines);
            if let Some((index, line)) = index.and_then(|at| Some((at, self.lines.get_mut(at)?))) {
                shows |= visible.contains(&index) && line.styles != ranges;
                line.styles = ranges;
            }
        }
        shows
    }

    /// Returns the visible range from its first unhighlighted line; each distinct range is returned
    /// once.
    pub fn requested_range(&mut self, first: usize, height: usize) -> Option<LineRange> {
        let visible = self.lines.iter().enumerate().skip(first).take(height);
        let mut plain = visible.filter(|(_, line)| line.styles.is_empty() && !line.text.is_empty());
        let (plain, _) = plain.next()?;
        let (first, count) = (plain + self.dropped_lines, (first + height).saturating_sub(plain));
        let range = Some(LineRange { generation: self.generation, first, count });
        if self.last_requested == range {
            return None;
        }
        self.last_requested = range;
        range
    }

    /// A line as displayed; the unfinished one is the last.
    pub fn line_text(&self, line: usize) -> Option<&str> {
        let tail = (line == self.lines.len()).then_some(self.tail.as_str());
        self.lines.get(line).map(|line| line.text.as_str()).or(tail)
    }

    /// The selection, or else the page, or else the lines received so far.
    pub fn copy_text(&self) -> String {
        if let Some(selection) = self.selection.filter(|selection| !selection.is_empty()) {
            return selection.text(|line| self.line_text(line));
        }
        let come = || {
            let lines = (0..self.line_count()).filter_map(|line| self.line_text(line));
            lines.collect::<Vec<_>>().join("\n")
        };
        self.page.clone().unwrap_or_else(come)
    }

    /// How many lines there are, with the unfinished last one.
    pub fn line_count(&self) -> usize {
        self.lines.len() + usize::from(!self.tail.is_empty())
    }

    /// The first visible line of a window of `height` lines: at the end unless the user scrolled
    /// away.
    pub fn first_visible(&self, height: usize) -> usize {
        let last = self.line_count().saturating_sub(height);
        self.pinned_line.unwrap_or(last).min(last)
    }

    /// Scrolls; reaching the end follows the stream again.
    pub fn scroll(&mut self, by: isize, height: usize) {
        let last = self.line_count().saturating_sub(height);
        let to = self.first_visible(height).saturating_add_signed(by);
        self.pinned_line = (to < last).then_some(to);
    }

    /// Shows the first line.
    pub fn scroll_to_top(&mut self) {
        self.pinned_line = Some(0);
    }

    /// Shows the last line, also as more arrive.
    pub fn scroll_to_end(&mut self) {
        self.pinned_line = None;
    }
}

/// The line as displayed: control characters are made visible, and tabs become spaces.
pub fn display_line(line: &str) -> String {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let safe = sanitize(line);
    if !safe.contains('\t') {
        return safe.into_owned();
    }
    let mut wide = String::with_capacity(safe.len() + 8);
    let mut column = 0;
    for c in safe.chars() {
        if c == '\t' {
            let spaces = 4 - column % 4;
            wide.extend(std::iter::repeat_n(' ', spaces));
            column += spaces;
        } else {
            wide.push(c);
            column += c.width().unwrap_or(0);
        }
    }
    wide
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::TokenKind;

    #[test]
    fn a_line_can_be_drawn_whatever_it_holds() {
        assert_eq!(display_line("a\tb\x1b[2J\r"), "a   b␛[2J");
        assert_eq!(display_line("\t幽\tx"), "    幽  x");
    }

    #[test]
    fn the_view_follows_the_end_until_it_is_moved() {
        let lines = vec![CodeLine::default(); 100];
        let mut preview = Preview { lines, ..Preview::default() };
        assert_eq!(preview.first_visible(10), 90);
        preview.scroll(-5, 10);
        assert_eq!(preview.first_visible(10), 85);
        preview.lines.push(CodeLine::default());
        assert_eq!(preview.first_visible(10), 85);
        preview.scroll(100, 10);
        preview.lines.push(CodeLine::default());
        assert_eq!(preview.first_visible(10), 92);
    }

    #[test]
    fn lines_without_colours_are_wished_for_once() {
        let line =
            |text: &str, batch: StyledRanges| CodeLine { text: text.to_owned(), styles: batch };
        let lines = (0..100).map(|at| match at {
            0..40 => line("let a;", vec![(TokenKind::Keyword, 0..3)]),
            40..45 => line("", Vec::new()),
            _ => line("let b;", Vec::new()),
        });
        let mut preview =
            Preview { lines: lines.collect(), dropped_lines: 7, ..Preview::default() };
        assert_eq!(
            preview.requested_range(0, 45),
            None,
            "there is nothing to colour in empty lines"
        );
        let range = LineRange { generation: 0, first: 45 + 7, count: 5 };
        assert_eq!(preview.requested_range(30, 20), Some(range));
        assert_eq!(preview.requested_range(30, 20), None);
        assert_eq!(preview.requested_range(90, 20).map(|range| range.first), Some(97));
        let ranges = vec![vec![(TokenKind::Keyword, 0..3)]; 10];
        let batch = HighlightBatch { generation: 0, first: 97, lines: ranges };
        assert!(!preview.apply_highlights(batch.clone(), &(40..90)), "nobody looks at those");
        assert!(
            !preview.apply_highlights(batch.clone(), &(90..110)),
            "they are the same as before"
        );
        assert_eq!(preview.requested_range(90, 20), None);
        let batch = HighlightBatch { lines: vec![Vec::new(); 10], ..batch };
        assert!(preview.apply_highlights(batch, &(99..110)));
    }
}
