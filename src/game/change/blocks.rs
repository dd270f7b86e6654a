//! Finds SEARCH/REPLACE blocks in an answer, in each way that it can be read.
//!
//! A row of signs may be a mark or a line of the game. So no row is taken for a
//! mark because it comes first: what a row is shows in the game, and this file
//! only says which ways there are. The text of a block holds no mark with words
//! that the game does not hold as well, and no mark stays behind outside.

use std::collections::HashMap;
use std::ops::Range;

use super::marks::{Dress, Mark, Role, mark};

/// The most rows behind the beginning of a block that are looked at, and the most ways to read it: the
/// work grows with the square of the rows, and a level has some dozens.
const MOST_ROWS: usize = 256;

/// Lines that go and lines that come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub search: String,
    pub replace: String,
}

/// Where the marks of a block stand, as numbers of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub open: usize,
    pub divider: usize,
    pub end: usize,
}

impl Place {
    /// A block that has a beginning only.
    pub fn none(open: usize) -> Self {
        Self { open, divider: open, end: open }
    }
}

/// An answer as lines, of which some may be marks.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    lines: Vec<&'a str>,
    rows: Vec<Row>,
}

/// A line that may be a mark.
#[derive(Debug, Clone, Copy)]
struct Row {
    line: usize,
    mark: Mark,
}

/// What comes next outside of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Open(usize),
    /// A mark that belongs to no block.
    Stray,
    Nothing,
}

/// A block that can be read in more ways than are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany;

/// A row behind the beginning of a block.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    number: usize,
    mark: Mark,
    /// Whether the game holds this line: it may be text.
    is_text: bool,
    /// Whether it opens a block, without words as the block before it did.
    opens_next: bool,
}

impl<'a> Sheet<'a> {
    /// `pages` are the byte ranges of documents in the answer: the rows of those that stand before
    /// the first block are text, and no marks.
    pub fn new(answer: &'a str, pages: &[Range<usize>]) -> Self {
        let mut start = 0;
        let mut lines = Vec::new();
        let mut rows = Vec::<Row>::new();
        let mut has_begun = false;
        for (line, text) in answer.split_inclusive('\n').enumerate() {
            let is_text = !has_begun && pages.iter().any(|page| page.contains(&start));
            start += text.len();
            if let Some(mark) = mark(text).filter(|_| !is_text) {
                has_begun |= mark.role == Role::Open && mark.dress != Dress::Ruled;
                rows.push(Row { line, mark });
            }
            let text = text.strip_suffix('\n').unwrap_or(text);
            lines.push(text.strip_suffix('\r').unwrap_or(text));
        }
        let has_signs = |row: &Row| row.mark.role == Role::Open && row.mark.dress != Dress::Ruled;
        // A ruled line begins a block only where nothing else does.
        if rows.iter().any(has_signs) {
            rows.retain(|row| row.mark.dress != Dress::Ruled);
        }
        Self { lines, rows }
    }

    /// What comes next outside of blocks, from this row on.
    pub fn next(&self, from: usize) -> Next {
        let before = from.checked_sub(1);
        for (number, row) in self.rows.iter().enumerate().skip(from) {
            match row.mark.role {
                Role::Open | Role::OpenOrEnd => return Next::Open(number),
                // A heading in prose is underlined with the same signs.
                Role::Divider => {}
                Role::End if row.mark.dress == Dress::Ruled => {}
                Role::End if before.is_some_and(|before| self.repeats(number, before)) => {}
                Role::End => return Next::Stray,
            }
        }
        Next::Nothing
    }

    /// Whether an end with words only says again what the one before said.
    fn repeats(&self, row: usize, before: usize) -> bool {
        let (Some(this), Some(before)) = (self.rows.get(row), self.rows.get(before)) else {
            return false;
        };
        let between = self.lines.get(before.line + 1..this.line).unwrap_or_default();
        this.mark.dress == Dress::Worded
            && this.mark == before.mark
            && between.iter().all(|line| line.trim().is_empty())
    }

    /// Each place that a block which opens here can have; `has` says whether the game holds a line.
    ///
    /// The marks of a block have the same number of signs, as those of `git` have, which chooses
    /// it by the text. Only where such marks do not make a block, others may.
    pub fn places(&self, open: usize, has: impl Fn(&str) -> bool) -> Result<Vec<Place>, TooMany> {
        let candidates = self.candidates(open, has);
        let all = pairs(&candidates);
        let signs = self.rows.get(open).map_or(0, |row| row.mark.signs);
        let is_alike = |row: &Candidate| row.mark.dress == Dress::Worded || row.mark.signs == signs;
        let alike = all.iter().filter(|(divider, end)| is_alike(divider) && is_alike(end));
        let alike: Vec<_> = alike.copied().collect();
        let pairs = if alike.is_empty() { all } else { alike };
        let place = |(divider, end): (Candidate, Candidate)| Place {
            open,
            divider: divider.number,
            end: end.number,
        };
        let is_bounded = candidates.len() <= MOST_ROWS && pairs.len() <= MOST_ROWS;
        is_bounded.then(|| pairs.into_iter().map(place).collect()).ok_or(TooMany)
    }

    /// The rows behind a beginning, one more than are looked at.
    fn candidates(&self, open: usize, has: impl Fn(&str) -> bool) -> Vec<Candidate> {
        let Some(own) = self.rows.get(open).map(|row| row.mark) else { return Vec::new() };
        let mut known = HashMap::new();
        let rows = self.rows.iter().enumerate().skip(open + 1).take(MOST_ROWS + 1);
        let candidate = |(number, row): (usize, &Row)| {
            let text = self.text(row);
            let is_text = *known.entry(text).or_insert_with(|| has(text));
            let mark = row.mark;
            // Behind `<<<<<<< SEARCH` the next block says SEARCH as well.
            let opens = mark.role == Role::Open && own.dress != Dress::Worded;
            Candidate { number, mark, is_text, opens_next: opens && !is_text }
        };
        let mut candidates: Vec<_> = rows.map(candidate).collect();
        // No part of a block goes on behind a mark with words that is no text of the game, nor into
        // the text of the next block.
        let is_last = |row: &Candidate| row.mark.dress == Dress::Worded && !row.is_text;
        let last = candidates.iter().position(|row| is_last(row) && !divides(row));
        let next = candidates.iter().position(|row| row.opens_next);
        let behind = candidates.iter().skip(next.unwrap_or(candidates.len())).position(divides);
        let next = next.zip(behind).map(|(next, behind)| next + behind);
        if let Some(last) = last.into_iter().chain(next).min() {
            candidates.truncate(last + 1);
        }
        candidates
    }

    fn text(&self, row: &Row) -> &'a str {
        self.lines.get(row.line).map_or("", |line| line.trim())
    }

    /// The block at a place.
    pub fn block(&self, place: Place) -> Block {
        Block {
            search: self.between(place.open, place.divider),
            replace: self.between(place.divider, place.end),
        }
    }

    fn between(&self, first: usize, last: usize) -> String {
        let line = |row: usize| self.rows.get(row).map_or(self.lines.len(), |row| row.line);
        self.lines.get(line(first) + 1..line(last)).unwrap_or_default().join("\n")
    }

    /// How many dividers stand between the first mark of a block and its last.
    pub fn dividers(&self, place: Place) -> usize {
        let rows = self.rows.get(place.open..place.end).unwrap_or_default();
        rows.iter().filter(|row| row.mark.role == Role::Divider).count()
    }
}

fn divides(row: &Candidate) -> bool {
    row.mark.role == Role::Divider
}

/// Each divider with each end that it can have, as far as there are few.
fn pairs(rows: &[Candidate]) -> Vec<(Candidate, Candidate)> {
    let mut pairs = Vec::new();
    for (at, divider) in rows.iter().enumerate() {
        if divides(divider) {
            let ends = ends(rows.get(at + 1..).unwrap_or_default());
            pairs.extend(ends.into_iter().map(|end| (*divider, end)));
        }
        // What stands in SEARCH stands in the game.
        if !divider.is_text || pairs.len() > MOST_ROWS * MOST_ROWS {
            break;
        }
    }
    pairs
}

/// Each end among the rows behind a divider.
fn ends(rows: &[Candidate]) -> Vec<Candidate> {
    let mut ends = Vec::new();
    let mut opened = false;
    for row in rows {
        if matches!(row.mark.role, Role::End | Role::OpenOrEnd) {
            ends.push(*row);
        }
        opened |= row.opens_next;
        // A row that opens, and a divider behind it: that is the next block.
        if opened && divides(row) || row.mark.dress == Dress::Worded && !row.is_text {
            break;
        }
    }
    ends
}
