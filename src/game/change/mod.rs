//! Reads the answer to a wish for a change: blocks against the game, or all of it anew.
//!
//! A block says which lines go and which come. Nothing is skipped and nothing
//! is guessed: all blocks fit in the one way to read them, or none is applied
//! and each that does not is told with the nearest place, so that it can be
//! asked for again. Only a block that changes nothing is let go, and told.

mod apply;
mod blocks;
mod marks;
mod nearest;
mod own;
mod readings;

use super::extract::{Extraction, NoGame, answer, decoded, extract, leaves_out, pages};
use super::source::Source;
use apply::apply;
use blocks::{Block, Sheet};
pub use nearest::Nearest;
use readings::Reading;

/// What an answer to a wish for a change holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The game with all blocks applied.
    Patched(Patch),
    /// Blocks of which some do not fit; nothing was applied.
    Unmatched(Vec<Unmatched>),
    /// A whole game, written anew.
    Whole(Source),
    /// A whole game that stops in the middle.
    Cut,
    /// Neither.
    Nothing(NoGame),
}

/// A game that blocks were applied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    pub source: Source,
    /// How many blocks changed it.
    pub applied: usize,
    /// Blocks that change nothing; they stood beside the others.
    pub idle: Vec<Unmatched>,
}

/// A block that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// Its number in the answer, from 1.
    pub number: usize,
    pub why: Mismatch,
}

/// Why a block does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// Its lines are not in the game; this place is the most like them.
    Nowhere(Option<Nearest>),
    /// Its lines are there more than once.
    Ambiguous(usize),
    /// It has no lines to look for.
    Empty,
    /// It puts a comment where code should be.
    LeavesOut,
    /// It changes nothing.
    Same,
    /// No divider or no end of it can be found.
    NoEnd,
    /// Rows of signs in its text can be taken for its marks, in more ways than one.
    Unclear,
}

impl Unmatched {
    /// For the model: what is wrong, and what the file says there.
    pub fn told(&self) -> String {
        let number = self.number;
        match &self.why {
            Mismatch::Nowhere(None) => {
                format!("Block {number}: its SEARCH lines are not in the file.")
            }
            Mismatch::Nowhere(Some(Nearest { first, text })) => format!(
                "Block {number}: its SEARCH lines are not in the file. The most similar place, \
                 from line {first} on, reads:\n```\n{text}\n```"
            ),
            Mismatch::Ambiguous(times) => format!(
                "Block {number}: its SEARCH lines are in the file {times} times. Add lines around \
                 them until they are there once."
            ),
            Mismatch::Empty => format!(
                "Block {number}: its SEARCH is empty. Name the line before or after the new text."
            ),
            Mismatch::LeavesOut => format!(
                "Block {number}: its REPLACE leaves code out and puts a comment in its place."
            ),
            Mismatch::Same => format!("Block {number}: its REPLACE is the same as its SEARCH."),
            Mismatch::NoEnd => format!(
                "Block {number}: it has no end. Write all three marks, each on a line of its own: \
                 <<<<<<< SEARCH, =======, >>>>>>> REPLACE."
            ),
            Mismatch::Unclear => format!(
                "Block {number}: a row of signs in it can be read as a mark of the block or as a line \
                 of the file. Write each mark once, and choose SEARCH lines without rows of <, = or >."
            ),
        }
    }

    /// For people, in a few words.
    pub fn words(&self) -> String {
        let number = self.number;
        match &self.why {
            Mismatch::Nowhere(Some(Nearest { first, .. })) => {
                format!("block {number} is not in the game (most like line {first})")
            }
            Mismatch::Nowhere(None) => format!("block {number} is not in the game"),
            Mismatch::Ambiguous(times) => format!("block {number} fits {times} places"),
            Mismatch::Empty => format!("block {number} says no place"),
            Mismatch::LeavesOut => format!("block {number} leaves code out"),
            Mismatch::Same => format!("block {number} changes nothing"),
            Mismatch::NoEnd => format!("block {number} has no end"),
            Mismatch::Unclear => format!("block {number} can be read in more ways than one"),
        }
    }
}

/// Reads an answer and applies it to the game. The answer is one that the model finished.
pub fn change(reply: &str, game: &str) -> Change {
    let answer = answer(reply);
    let read = |answer: &str| readings::read(&Sheet::new(answer, &pages(answer)), game);
    let decoded = || decoded(answer).map_or(Reading::None, |answer| read(&answer));
    let reading = match read(answer) {
        Reading::None => decoded(),
        reading => reading,
    };
    match reading {
        Reading::Applied(text, applied, idle) => {
            Change::Patched(Patch { source: Source::new(text), applied, idle })
        }
        Reading::Unfit(unmatched) => Change::Unmatched(unmatched),
        Reading::None => match extract(reply) {
            Extraction::Whole(source) => Change::Whole(source),
            Extraction::Cut(_) => Change::Cut,
            Extraction::Nothing(why) => Change::Nothing(why),
        },
    }
}

fn fits(game: &str, text: &str, block: &Block) -> Result<String, Mismatch> {
    if block.search.trim().is_empty() {
        return Err(Mismatch::Empty);
    }
    if block.search == block.replace {
        return Err(Mismatch::Same);
    }
    let is_new = |line: &&str| !game.contains(line.trim());
    if block.replace.lines().filter(is_new).any(leaves_out) {
        return Err(Mismatch::LeavesOut);
    }
    apply(text, block)
}

#[cfg(test)]
mod rows_tests;
#[cfg(test)]
mod tests;
