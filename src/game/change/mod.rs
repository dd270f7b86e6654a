//! Reads the answer to a wish for a change: blocks against the game, or all of it anew.
//!
//! A block says which lines go and which come. Nothing is skipped and nothing
//! is guessed: all blocks fit, or none is applied and each that does not is
//! told with the nearest place, so that it can be asked for again.

mod apply;
mod blocks;
mod nearest;

use super::extract::{Extraction, NoGame, answer, extract, leaves_out};
use super::source::Source;
use apply::apply;
use blocks::{Block, Reading};
pub use nearest::Nearest;

/// What an answer to a wish for a change holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The game with all blocks applied, and how many there were.
    Patched(Source, usize),
    /// Blocks of which some do not fit; nothing was applied.
    Unmatched(Vec<Unmatched>),
    /// A whole game, written anew.
    Whole(Source),
    /// A whole game or a block that stops in the middle.
    Cut,
    /// Neither.
    Nothing(NoGame),
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
        }
    }
}

/// Reads an answer and applies it to the game.
pub fn change(reply: &str, game: &str) -> Change {
    match blocks::read(answer(reply)) {
        Reading::Blocks(blocks) => patch(game, &blocks),
        Reading::Unfinished => Change::Cut,
        Reading::None => match extract(reply) {
            Extraction::Whole(source) => Change::Whole(source),
            Extraction::Cut(_) => Change::Cut,
            Extraction::Nothing(why) => Change::Nothing(why),
        },
    }
}

fn patch(game: &str, blocks: &[Block]) -> Change {
    let mut text = game.to_owned();
    let mut unmatched = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        match fits(game, &text, block) {
            Ok(changed) => text = changed,
            Err(why) => unmatched.push(Unmatched { number: index + 1, why }),
        }
    }
    if unmatched.is_empty() {
        Change::Patched(Source::new(text), blocks.len())
    } else {
        Change::Unmatched(unmatched)
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
mod tests;
