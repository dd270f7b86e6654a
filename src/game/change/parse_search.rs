//! Tries every parse of an answer's blocks against the game.
//!
//! A parse is valid if every block applies or changes nothing. If all valid parses produce the same
//! game, that is the change; if they differ, or none is valid, nothing is applied and the blocks
//! are reported.

use super::blocks::{BlockPosition, EditBlock, MarkedAnswer, NextBlock, TooManyReadings};
use super::{BlockMismatch, UnmatchedBlock, example_block, try_block};

/// Most attempts with another parse than the first, over the whole answer. Each costs about a
/// millisecond for a game of a megabyte.
const MAX_TRIES: usize = 1_000;
/// Most blocks with several parses: each holds a copy of the game.
const MAX_DEPTH: usize = 24;

/// Most mismatches reported, and most positions tried for each: each takes a search through the
/// game.
const MAX_REPORTED: usize = 32;

/// The result of parsing and applying the blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ParseOutcome {
    /// The changed game, the number of applied blocks, and the blocks without a change.
    Applied(String, usize, Vec<UnmatchedBlock>),
    /// Blocks that do not apply.
    Unmatched(Vec<UnmatchedBlock>),
    /// The answer has no block.
    None,
}

/// Parses the blocks and applies them, if there is exactly one way.
pub(super) fn parse_and_apply(rows: &MarkedAnswer<'_>, game: &str) -> ParseOutcome {
    let mut search = ParseSearch { sheet: rows, game, tries: 0, complete: Vec::new() };
    let gone = search.explore(PartialParse::new(game), 0, 0);
    match (gone, search.complete.as_slice()) {
        (Ok(()), [parse]) => parse.clone().into_outcome(),
        (Ok(()), [first, other, ..]) => ParseOutcome::Unmatched(first.differing_blocks(other)),
        (Ok(()), []) => search.first_parse().into_mismatches(),
        (Err(TooManyReadings), _) => ParseOutcome::Unmatched(search.first_parse().all_ambiguous()),
    }
}

/// A parse of an answer up to some row.
#[derive(Debug, Clone)]
struct PartialParse {
    text: String,
    places: Vec<BlockPosition>,
    /// Blocks that change nothing or do not apply.
    unmatched: Vec<UnmatchedBlock>,
}

impl PartialParse {
    fn new(game: &str) -> Self {
        Self { text: game.to_owned(), places: Vec::new(), unmatched: Vec::new() }
    }

    /// Adds a block that does not apply.
    fn with_mismatch(mut self, place: BlockPosition, why: BlockMismatch) -> Self {
        self.places.push(place);
        self.record_mismatch(why);
        self
    }

    fn record_mismatch(&mut self, why: BlockMismatch) {
        self.unmatched.push(UnmatchedBlock { number: self.places.len(), why });
    }

    /// The outcome if every block applies or changes nothing.
    fn into_outcome(self) -> ParseOutcome {
        match self.places.len() - self.unmatched.len() {
            0 if self.places.is_empty() => ParseOutcome::None,
            0 => ParseOutcome::Unmatched(self.unmatched),
            applied => ParseOutcome::Applied(self.text, applied, self.unmatched),
        }
    }

    /// The blocks in which two valid parses differ.
    fn differing_blocks(&self, other: &Self) -> Vec<UnmatchedBlock> {
        let differs = |(at, place): (usize, &BlockPosition)| {
            (other.places.get(at) != Some(place))
                .then(|| UnmatchedBlock { number: at + 1, why: BlockMismatch::AmbiguousMarkers })
        };
        let differing: Vec<_> = self.places.iter().enumerate().filter_map(differs).collect();
        if differing.is_empty() { self.clone().all_ambiguous() } else { differing }
    }

    /// Reports every block as ambiguous.
    fn all_ambiguous(self) -> Vec<UnmatchedBlock> {
        let numbers = 1..=self.places.len().max(1);
        numbers
            .map(|number| UnmatchedBlock { number, why: BlockMismatch::AmbiguousMarkers })
            .collect()
    }

    /// The outcome if no parse is valid: the mismatches of this one.
    fn into_mismatches(mut self) -> ParseOutcome {
        if self.places.is_empty() {
            return ParseOutcome::None;
        }
        let is_wrong = |block: &UnmatchedBlock| block.why != BlockMismatch::NoChange;
        if self.unmatched.iter().any(is_wrong) {
            self.unmatched.retain(is_wrong);
        } else {
            // Each block applies by itself, but a marker remains.
            self.record_mismatch(BlockMismatch::AmbiguousMarkers);
        }
        ParseOutcome::Unmatched(self.unmatched)
    }
}

/// The search through all parses of an answer.
struct ParseSearch<'s, 'a> {
    sheet: &'s MarkedAnswer<'a>,
    game: &'s str,
    tries: usize,
    /// Valid parses with different games; two are enough.
    complete: Vec<PartialParse>,
}

impl ParseSearch<'_, '_> {
    /// Continues a parse from a row.
    fn explore(
        &mut self,
        mut parse: PartialParse,
        mut row: usize,
        depth: usize,
    ) -> Result<(), TooManyReadings> {
        while let NextBlock::Open(open) = self.sheet.next_block(row) {
            let last = self.branch(&parse, open, depth)?;
            let Some((next, end)) = last.filter(|_| self.complete.len() < 2) else { return Ok(()) };
            (parse, row) = (next, end + 1);
        }
        let is_new = self.complete.iter().all(|found| found.text != parse.text);
        if self.sheet.next_block(row) == NextBlock::Nothing && is_new {
            self.complete.push(parse);
        }
        Ok(())
    }

    /// Continues with each possible next block except the last, which is returned: so a long answer
    /// with a single parse needs no recursion.
    fn branch(
        &mut self,
        parse: &PartialParse,
        open: usize,
        depth: usize,
    ) -> Result<Option<(PartialParse, usize)>, TooManyReadings> {
        let mut last = None;
        for place in self.block_positions(parse, open)? {
            let Some(next) = self.with_block(parse, place) else { continue };
            let Some((before, end)) = last.replace((next, place.end)) else { continue };
            if depth == MAX_DEPTH {
                return Err(TooManyReadings);
            }
            self.explore(before, end + 1, depth + 1)?;
        }
        Ok(last)
    }

    /// The positions of a block that opens here.
    fn block_positions(
        &mut self,
        parse: &PartialParse,
        open: usize,
    ) -> Result<Vec<BlockPosition>, TooManyReadings> {
        let has = |line: &str| parse.text.contains(line) || self.game.contains(line);
        let places = self.sheet.block_positions(open, has)?;
        self.tries += places.len().saturating_sub(1);
        if self.tries <= MAX_TRIES { Ok(places) } else { Err(TooManyReadings) }
    }

    /// The parse with one more block, if that applies or changes nothing.
    fn with_block(&self, parse: &PartialParse, place: BlockPosition) -> Option<PartialParse> {
        let block = self.sheet.block_at(place);
        if example_block::is_example(&block, &parse.text) {
            return Some(parse.clone());
        }
        let changed = try_block(self.game, &parse.text, &block);
        let mut next =
            PartialParse { places: [parse.places.as_slice(), &[place]].concat(), ..parse.clone() };
        match changed {
            Ok(text) => next.text = text,
            // With several parses only one whose lines exist is valid.
            Err(BlockMismatch::NoChange) if self.is_unambiguous(&block, place, &parse.text) => {
                next.record_mismatch(BlockMismatch::NoChange);
            }
            Err(_) => return None,
        }
        Some(next)
    }

    fn is_unambiguous(&self, block: &EditBlock, place: BlockPosition, text: &str) -> bool {
        self.sheet.divider_count(place) == 1 || text.contains(&block.search)
    }

    /// The parse that takes the first position for each block, or one of the first that applies;
    /// used to report mismatches.
    fn first_parse(&self) -> PartialParse {
        let mut parse = PartialParse::new(self.game);
        let mut row = 0;
        while let (NextBlock::Open(open), true) =
            (self.sheet.next_block(row), parse.unmatched.len() < MAX_REPORTED)
        {
            let has = |line: &str| parse.text.contains(line) || self.game.contains(line);
            let places = self.sheet.block_positions(open, has);
            (parse, row) = match places {
                Ok(places) => self.first_block(parse, open, &places),
                Err(TooManyReadings) => (
                    parse.with_mismatch(
                        BlockPosition::unclosed(open),
                        BlockMismatch::AmbiguousMarkers,
                    ),
                    open + 1,
                ),
            };
        }
        parse
    }

    fn first_block(
        &self,
        parse: PartialParse,
        open: usize,
        places: &[BlockPosition],
    ) -> (PartialParse, usize) {
        let places = places.get(..places.len().min(MAX_REPORTED)).unwrap_or_default();
        let fitting =
            places.iter().find_map(|place| Some((self.with_block(&parse, *place)?, place.end)));
        if let Some((next, end)) = fitting {
            return (next, end + 1);
        }
        let Some(place) = places.first() else {
            return (
                parse.with_mismatch(BlockPosition::unclosed(open), BlockMismatch::Unclosed),
                open + 1,
            );
        };
        let why = try_block(self.game, &parse.text, &self.sheet.block_at(*place));
        (
            parse.with_mismatch(*place, why.err().unwrap_or(BlockMismatch::AmbiguousMarkers)),
            place.end + 1,
        )
    }
}
