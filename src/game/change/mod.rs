//! Parses the answer to a change request: blocks against the game, or the whole game.
//!
//! A block names the lines to replace and their replacement. Nothing is skipped or guessed: either
//! all blocks apply in the only possible parse, or none is applied and each mismatch is reported
//! with the nearest place, so that it can be requested again. Only a block without a change is
//! dropped, and reported.

mod apply;
mod block_markers;
mod blocks;
mod example_block;
mod nearest;
mod parse_search;
mod sameness;

use super::extract::{
    ExtractError, Extraction, answer_text, decode_entities, document_ranges, extract,
    is_placeholder,
};
use super::source::HtmlSource;
use apply::apply_block;
use blocks::{EditBlock, MarkedAnswer};
pub use nearest::NearestPlace;
use parse_search::ParseOutcome;

/// The content of an answer to a change request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditOutcome {
    /// The game with all blocks applied.
    Patched(PatchedGame),
    /// Some blocks do not apply; nothing changed.
    Unmatched(Vec<UnmatchedBlock>),
    /// A whole game.
    Whole(HtmlSource),
    /// The game as it was, but for comments: nothing that a player would see has changed.
    Unchanged,
    /// A whole game that is cut off.
    Truncated,
    /// Neither blocks nor a game.
    NoGame(ExtractError),
}

/// A game with blocks applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchedGame {
    pub source: HtmlSource,
    /// How many blocks changed it.
    pub applied: usize,
    /// Blocks without a change, beside the others.
    pub idle: Vec<UnmatchedBlock>,
}

/// A block that does not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedBlock {
    /// Its number in the answer, from 1.
    pub number: usize,
    pub why: BlockMismatch,
}

/// Why a block does not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockMismatch {
    /// Its lines are not in the game; this place is the most similar.
    NotFound(Option<NearestPlace>),
    /// Its lines are in the game more than once.
    Ambiguous(usize),
    /// It has no lines to search for.
    EmptySearch,
    /// It replaces code with a placeholder comment.
    ElidesCode,
    /// It changes nothing.
    NoChange,
    /// It has no divider or no end.
    Unclosed,
    /// Rows of signs in its text can be parsed as its markers in several ways.
    AmbiguousMarkers,
}

impl UnmatchedBlock {
    /// Describes the mismatch to the model, with the similar lines of the file.
    pub fn to_prompt(&self) -> String {
        let number = self.number;
        match &self.why {
            BlockMismatch::NotFound(None) => {
                format!("Block {number}: its SEARCH lines are not in the file.")
            }
            BlockMismatch::NotFound(Some(NearestPlace { first_line: first, text })) => format!(
                "Block {number}: its SEARCH lines are not in the file. The most similar place, \
                 from line {first} on, reads:\n```\n{text}\n```"
            ),
            BlockMismatch::Ambiguous(times) => format!(
                "Block {number}: its SEARCH lines are in the file {times} times. Add lines around \
                 them until they are there once."
            ),
            BlockMismatch::EmptySearch => format!(
                "Block {number}: its SEARCH is empty. Name the line before or after the new text."
            ),
            BlockMismatch::ElidesCode => format!(
                "Block {number}: its REPLACE leaves code out and puts a comment in its place."
            ),
            BlockMismatch::NoChange => {
                format!("Block {number}: its REPLACE is the same as its SEARCH.")
            }
            BlockMismatch::Unclosed => format!(
                "Block {number}: it has no end. Write all three marks, each on a line of its own: \
                 <<<<<<< SEARCH, =======, >>>>>>> REPLACE."
            ),
            BlockMismatch::AmbiguousMarkers => format!(
                "Block {number}: a row of signs in it can be read as a mark of the block or as a line \
                 of the file. Write each mark once, and choose SEARCH lines without rows of <, = or >."
            ),
        }
    }

    /// Describes the mismatch to the user in a few words.
    pub fn describe(&self) -> String {
        let number = self.number;
        match &self.why {
            BlockMismatch::NotFound(Some(NearestPlace { first_line: first, .. })) => {
                format!("block {number} is not in the game (closest at line {first})")
            }
            BlockMismatch::NotFound(None) => format!("block {number} is not in the game"),
            BlockMismatch::Ambiguous(times) => format!("block {number} matches {times} places"),
            BlockMismatch::EmptySearch => format!("block {number} names no place"),
            BlockMismatch::ElidesCode => format!("block {number} leaves code out"),
            BlockMismatch::NoChange => format!("block {number} changes nothing"),
            BlockMismatch::Unclosed => format!("block {number} has no end"),
            BlockMismatch::AmbiguousMarkers => {
                format!("block {number} is ambiguous")
            }
        }
    }
}

/// Parses a complete answer and applies it to the game.
pub fn apply_change(reply: &str, game: &str) -> EditOutcome {
    let answer = answer_text(reply);
    let read = |answer: &str| {
        parse_search::parse_and_apply(&MarkedAnswer::new(answer, &document_ranges(answer)), game)
    };
    let decoded = || decode_entities(answer).map_or(ParseOutcome::None, |answer| read(&answer));
    let reading = match read(answer) {
        ParseOutcome::None => decoded(),
        reading => reading,
    };
    let outcome = match reading {
        ParseOutcome::Applied(text, applied, idle) => {
            EditOutcome::Patched(PatchedGame { source: HtmlSource::new(text), applied, idle })
        }
        ParseOutcome::Unmatched(unmatched) => EditOutcome::Unmatched(unmatched),
        ParseOutcome::None => match extract(reply) {
            Extraction::Whole(source) => EditOutcome::Whole(source),
            Extraction::Truncated(_) => EditOutcome::Truncated,
            Extraction::NoDocument(why) => EditOutcome::NoGame(why),
        },
    };
    match &outcome {
        EditOutcome::Patched(PatchedGame { source, .. }) | EditOutcome::Whole(source)
            if sameness::is_same_game(game, source.text()) =>
        {
            EditOutcome::Unchanged
        }
        _ => outcome,
    }
}

fn try_block(game: &str, text: &str, block: &EditBlock) -> Result<String, BlockMismatch> {
    if block.search.trim().is_empty() {
        return Err(BlockMismatch::EmptySearch);
    }
    if block.search == block.replace {
        return Err(BlockMismatch::NoChange);
    }
    let is_new = |line: &&str| !game.contains(line.trim());
    if block.replace.lines().filter(is_new).any(is_placeholder) {
        return Err(BlockMismatch::ElidesCode);
    }
    apply_block(text, block)
}

#[cfg(test)]
mod rows_tests;
#[cfg(test)]
mod tests;
