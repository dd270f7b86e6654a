//! Finds SEARCH/REPLACE blocks in an answer, in each way that it can be read.
//!
//! A row of signs may be a mark or a line of the game. So no row is taken for a
//! mark because it comes first: what a row is shows in the game, and this file
//! only says which ways there are. The text of a block holds no mark with words
//! that the game does not hold as well, and no mark stays behind outside.

use std::collections::HashMap;
use std::ops::Range;

use super::block_markers::{BlockMarker, MarkerRole, MarkerStyle, parse_marker};

/// The most rows behind the beginning of a block that are looked at, and the most ways to read it: the
/// work grows with the square of the rows, and a level has some dozens.
const MAX_ROWS: usize = 256;

/// Lines that go and lines that come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EditBlock {
    pub search: String,
    pub replace: String,
}

/// Where the marks of a block stand, as numbers of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockPosition {
    pub open: usize,
    pub divider: usize,
    pub end: usize,
}

impl BlockPosition {
    /// A block that has a beginning only.
    pub fn unclosed(open: usize) -> Self {
        Self { open, divider: open, end: open }
    }
}

/// An answer as lines, of which some may be marks.
#[derive(Debug)]
pub(super) struct MarkedAnswer<'a> {
    lines: Vec<&'a str>,
    rows: Vec<MarkerRow>,
}

/// A line that may be a mark.
#[derive(Debug, Clone, Copy)]
struct MarkerRow {
    line: usize,
    mark: BlockMarker,
}

/// What comes next outside of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextBlock {
    Open(usize),
    /// A mark that belongs to no block.
    Stray,
    Nothing,
}

/// A block that can be read in more ways than are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooManyReadings;

/// A row behind the beginning of a block.
#[derive(Debug, Clone, Copy)]
struct MarkerCandidate {
    number: usize,
    mark: BlockMarker,
    /// Whether the game holds this line: it may be text.
    is_game_text: bool,
    /// Whether it opens a block, without words as the block before it did.
    opens_block: bool,
}

impl<'a> MarkedAnswer<'a> {
    /// `pages` are the byte ranges of documents in the answer: the rows of those that stand before
    /// the first block are text, and no marks.
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
        // A ruled line begins a block only where nothing else does.
        if rows.iter().any(has_signs) {
            rows.retain(|row| row.mark.style != MarkerStyle::Rule);
        }
        Self { lines, rows }
    }

    /// What comes next outside of blocks, from this row on.
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

    /// Whether an end with words only says again what the one before said.
    fn repeats_end(&self, row: usize, before: usize) -> bool {
        let (Some(this), Some(before)) = (self.rows.get(row), self.rows.get(before)) else {
            return false;
        };
        let between = self.lines.get(before.line + 1..this.line).unwrap_or_default();
        this.mark.style == MarkerStyle::Worded
            && this.mark == before.mark
            && between.iter().all(|line| line.trim().is_empty())
    }

    /// Each place that a block which opens here can have; `has` says whether the game holds a line.
    ///
    /// The marks of a block have the same number of signs, as those of `git` have, which chooses
    /// it by the text. Only where such marks do not make a block, others may.
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

    /// The rows behind a beginning, one more than are looked at.
    fn candidates(&self, open: usize, has: impl Fn(&str) -> bool) -> Vec<MarkerCandidate> {
        let Some(own) = self.rows.get(open).map(|row| row.mark) else { return Vec::new() };
        let mut known = HashMap::new();
        let rows = self.rows.iter().enumerate().skip(open + 1).take(MAX_ROWS + 1);
        let candidate = |(number, row): (usize, &MarkerRow)| {
            let text = self.row_text(row);
            let is_text = *known.entry(text).or_insert_with(|| has(text));
            let mark = row.mark;
            // Behind `<<<<<<< SEARCH` the next block says SEARCH as well.
            let opens = mark.role == MarkerRole::Open && own.style != MarkerStyle::Worded;
            MarkerCandidate { number, mark, is_game_text: is_text, opens_block: opens && !is_text }
        };
        let mut candidates: Vec<_> = rows.map(candidate).collect();
        // No part of a block goes on behind a mark with words that is no text of the game, nor into
        // the text of the next block.
        let is_last =
            |row: &MarkerCandidate| row.mark.style == MarkerStyle::Worded && !row.is_game_text;
        let last = candidates.iter().position(|row| is_last(row) && !is_divider(row));
        let next = candidates.iter().position(|row| row.opens_block);
        let behind = candidates.iter().skip(next.unwrap_or(candidates.len())).position(is_divider);
        let next = next.zip(behind).map(|(next, behind)| next + behind);
        if let Some(last) = last.into_iter().chain(next).min() {
            candidates.truncate(last + 1);
        }
        candidates
    }

    fn row_text(&self, row: &MarkerRow) -> &'a str {
        self.lines.get(row.line).map_or("", |line| line.trim())
    }

    /// The block at a place.
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

    /// How many dividers stand between the first mark of a block and its last.
    pub fn divider_count(&self, place: BlockPosition) -> usize {
        let rows = self.rows.get(place.open..place.end).unwrap_or_default();
        rows.iter().filter(|row| row.mark.role == MarkerRole::Divider).count()
    }
}

fn is_divider(row: &MarkerCandidate) -> bool {
    row.mark.role == MarkerRole::Divider
}

/// Each divider with each end that it can have, as far as there are few.
fn divider_end_pairs(rows: &[MarkerCandidate]) -> Vec<(MarkerCandidate, MarkerCandidate)> {
    let mut pairs = Vec::new();
    for (at, divider) in rows.iter().enumerate() {
        if is_divider(divider) {
            let ends = possible_ends(rows.get(at + 1..).unwrap_or_default());
            pairs.extend(ends.into_iter().map(|end| (*divider, end)));
        }
        // What stands in SEARCH stands in the game.
        if !divider.is_game_text || pairs.len() > MAX_ROWS * MAX_ROWS {
            break;
        }
    }
    pairs
}

/// Each end among the rows behind a divider.
fn possible_ends(rows: &[MarkerCandidate]) -> Vec<MarkerCandidate> {
    let mut ends = Vec::new();
    let mut opened = false;
    for row in rows {
        if matches!(row.mark.role, MarkerRole::End | MarkerRole::OpenOrEnd) {
            ends.push(*row);
        }
        opened |= row.opens_block;
        // A row that opens, and a divider behind it: that is the next block.
        if opened && is_divider(row) || row.mark.style == MarkerStyle::Worded && !row.is_game_text {
            break;
        }
    }
    ends
}
