//! Finds SEARCH/REPLACE blocks in an answer, in every way it can be parsed.
//!
//! A row of signs may be a marker or a line of the game. So no row is taken for a marker just
//! because it comes first: the game decides, and this file only lists the possible parses. The text
//! of a block contains no worded marker that the game does not contain too, and no marker remains
//! outside of blocks.

use std::collections::HashMap;
use std::ops::Range;

use super::block_markers::{BlockMarker, MarkerRole, MarkerStyle, parse_marker};

/// Most rows examined after the start of a block, and most parses of it: the work grows with the
/// square of the rows, and a level has some dozens.
const MAX_ROWS: usize = 256;

/// The lines to replace, and their replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EditBlock {
    pub search: String,
    pub replace: String,
}

/// The positions of a block's markers, as indices of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockPosition {
    pub open: usize,
    pub divider: usize,
    pub end: usize,
}

impl BlockPosition {
    /// A block of which only the start was found.
    pub fn unclosed(open: usize) -> Self {
        Self { open, divider: open, end: open }
    }
}

/// An answer as lines, some of which may be markers.
#[derive(Debug)]
pub(super) struct MarkedAnswer<'a> {
    lines: Vec<&'a str>,
    rows: Vec<MarkerRow>,
}

/// A line that may be a marker.
#[derive(Debug, Clone, Copy)]
struct MarkerRow {
    line: usize,
    mark: BlockMarker,
}

/// What follows outside of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextBlock {
    Open(usize),
    /// A marker that belongs to no block.
    Stray,
    Nothing,
}

/// The answer has more parses than are examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooManyReadings;

/// A row after the start of a block.
#[derive(Debug, Clone, Copy)]
struct MarkerCandidate {
    number: usize,
    mark: BlockMarker,
    /// Whether the game contains this line, so that it may be text.
    is_game_text: bool,
    /// Whether it opens a block, while the current block opened without words.
    opens_block: bool,
}

impl<'a> MarkedAnswer<'a> {
    /// `pages` are the byte ranges of documents in the answer: rows within those before the first
    /// block are text.
    pub fn new(answer: &'a str, pages: &[Range<usize>]) -> Self {
        let mut start = 0;
        let mut lines = Vec::new();
        let mut rows = Vec::<MarkerRow>::new();
        let mut has_begun = false;
        for (line, text) in answer.split_inclusive('\n').enumerate() {
            let is_text = !has_begun && pages.iter().any(|page| page.contains(&start));
            start += text.len();
            if let Some(mark) = parse_marker(text).filter(|_| !is_text) {
                has_begun |= mark.role == MarkerRole::Open && mark.style != MarkerStyle::Rule;
                rows.push(MarkerRow { line, mark });
            }
            let text = text.strip_suffix('\n').unwrap_or(text);
            lines.push(text.strip_suffix('\r').unwrap_or(text));
        }
        let has_signs = |row: &MarkerRow| {
            row.mark.role == MarkerRole::Open && row.mark.style != MarkerStyle::Rule
        };
        // A ruled line starts a block only if nothing else does.
        if rows.iter().any(has_signs) {
            rows.retain(|row| row.mark.style != MarkerStyle::Rule);
        }
        Self { lines, rows }
    }

    /// What follows outside of blocks, from this row on.
    pub fn next_block(&self, from: usize) -> NextBlock {
        let before = from.checked_sub(1);
        for (number, row) in self.rows.iter().enumerate().skip(from) {
            match row.mark.role {
                MarkerRole::Open | MarkerRole::OpenOrEnd => return NextBlock::Open(number),
                // A heading in prose is underlined with the same signs.
                MarkerRole::Divider => {}
                MarkerRole::End if row.mark.style == MarkerStyle::Rule => {}
                MarkerRole::End
                    if before.is_some_and(|before| self.repeats_end(number, before)) => {}
                MarkerRole::End => return NextBlock::Stray,
            }
        }
        NextBlock::Nothing
    }

    /// Whether a worded end only repeats the previous one.
    fn repeats_end(&self, row: usize, before: usize) -> bool {
        let (Some(this), Some(before)) = (self.rows.get(row), self.rows.get(before)) else {
            return false;
        };
        let between = self.lines.get(before.line + 1..this.line).unwrap_or_default();
        this.mark.style == MarkerStyle::Worded
            && this.mark == before.mark
            && between.iter().all(|line| line.trim().is_empty())
    }

    /// Every position that a block opening here can have; `has` tells whether the game contains a
    /// line.
    ///
    /// The markers of a block have the same length, as those of `git`. Markers of other lengths are
    /// considered only if such markers form no block.
    ///
    /// # Errors
    /// If there are more than are examined.
    pub fn block_positions(
        &self,
        open: usize,
        has: impl Fn(&str) -> bool,
    ) -> Result<Vec<BlockPosition>, TooManyReadings> {
        let candidates = self.candidates(open, has);
        let all = divider_end_pairs(&candidates);
        let signs = self.rows.get(open).map_or(0, |row| row.mark.length);
        let is_alike = |row: &MarkerCandidate| {
            row.mark.style == MarkerStyle::Worded || row.mark.length == signs
        };
        let alike = all.iter().filter(|(divider, end)| is_alike(divider) && is_alike(end));
        let alike: Vec<_> = alike.copied().collect();
        let pairs = if alike.is_empty() { all } else { alike };
        let place = |(divider, end): (MarkerCandidate, MarkerCandidate)| BlockPosition {
            open,
            divider: divider.number,
            end: end.number,
        };
        let is_bounded = candidates.len() <= MAX_ROWS && pairs.len() <= MAX_ROWS;
        is_bounded.then(|| pairs.into_iter().map(place).collect()).ok_or(TooManyReadings)
    }

    /// The rows after a start, one more than are examined.
    fn candidates(&self, open: usize, has: impl Fn(&str) -> bool) -> Vec<MarkerCandidate> {
        let Some(own) = self.rows.get(open).map(|row| row.mark) else { return Vec::new() };
        let mut known = HashMap::new();
        let rows = self.rows.iter().enumerate().skip(open + 1).take(MAX_ROWS + 1);
        let candidate = |(number, row): (usize, &MarkerRow)| {
            let text = self.row_text(row);
            let is_text = *known.entry(text).or_insert_with(|| has(text));
            let mark = row.mark;
            // After `<<<<<<< SEARCH` the next block says SEARCH too.
            let opens = mark.role == MarkerRole::Open && own.style != MarkerStyle::Worded;
            MarkerCandidate { number, mark, is_game_text: is_text, opens_block: opens && !is_text }
        };
        let mut candidates: Vec<_> = rows.map(candidate).collect();
        // No part of a block extends past a worded marker that is no text of the game, nor into the
        // text of the next block.
        let is_last =
            |row: &MarkerCandidate| row.mark.style == MarkerStyle::Worded && !row.is_game_text;
        let last = candidates.iter().position(|row| is_last(row) && !is_divider(row));
        let next = candidates.iter().position(|row| row.opens_block);
        let divider = candidates.iter().skip(next.unwrap_or(candidates.len())).position(is_divider);
        let next = next.zip(divider).map(|(next, divider)| next + divider);
        if let Some(last) = last.into_iter().chain(next).min() {
            candidates.truncate(last + 1);
        }
        candidates
    }

    fn row_text(&self, row: &MarkerRow) -> &'a str {
        self.lines.get(row.line).map_or("", |line| line.trim())
    }

    /// The block at a position.
    pub fn block_at(&self, place: BlockPosition) -> EditBlock {
        EditBlock {
            search: self.join_lines(place.open, place.divider),
            replace: self.join_lines(place.divider, place.end),
        }
    }

    fn join_lines(&self, first: usize, last: usize) -> String {
        let line = |row: usize| self.rows.get(row).map_or(self.lines.len(), |row| row.line);
        self.lines.get(line(first) + 1..line(last)).unwrap_or_default().join("\n")
    }

    /// The number of dividers between the first and the last marker of a block.
    pub fn divider_count(&self, place: BlockPosition) -> usize {
        let rows = self.rows.get(place.open..place.end).unwrap_or_default();
        rows.iter().filter(|row| row.mark.role == MarkerRole::Divider).count()
    }
}

fn is_divider(row: &MarkerCandidate) -> bool {
    row.mark.role == MarkerRole::Divider
}

/// Each divider with each possible end, as long as there are few.
fn divider_end_pairs(rows: &[MarkerCandidate]) -> Vec<(MarkerCandidate, MarkerCandidate)> {
    let mut pairs = Vec::new();
    for (at, divider) in rows.iter().enumerate() {
        if is_divider(divider) {
            let ends = possible_ends(rows.get(at + 1..).unwrap_or_default());
            pairs.extend(ends.into_iter().map(|end| (*divider, end)));
        }
        // The SEARCH text must be in the game.
        if !divider.is_game_text || pairs.len() > MAX_ROWS * MAX_ROWS {
            break;
        }
    }
    pairs
}

/// Each possible end among the rows after a divider.
fn possible_ends(rows: &[MarkerCandidate]) -> Vec<MarkerCandidate> {
    let mut ends = Vec::new();
    let mut opened = false;
    for row in rows {
        if matches!(row.mark.role, MarkerRole::End | MarkerRole::OpenOrEnd) {
            ends.push(*row);
        }
        opened |= row.opens_block;
        // An opening row followed by a divider is the next block.
        if opened && is_divider(row) || row.mark.style == MarkerStyle::Worded && !row.is_game_text {
            break;
        }
    }
    ends
}
