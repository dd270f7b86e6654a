//! Recognises the example of the instruction, which small models copy.

use super::blocks::{EditBlock, MarkedAnswer, NextBlock};

/// The instruction about blocks, with its example.
const INSTRUCTION: &str = include_str!("../../../assets/prompts/answer-blocks.txt");

/// Starts of placeholder lines in examples of instructions.
const DESCRIPTION_STARTS: &[&str] = &["lines of the file", "the lines that take their place"];

/// Whether a block was copied from the instruction and so is none.
pub(super) fn is_example(block: &EditBlock, game: &str) -> bool {
    let is_described = |text: &str| {
        let text = text.trim().to_ascii_lowercase();
        DESCRIPTION_STARTS.iter().any(|words| text.starts_with(words))
    };
    let is_ours =
        is_described(&block.search) || example().is_some_and(|own| has_same_search(&own, block));
    is_ours && !game.contains(block.search.trim())
}

fn has_same_search(own: &EditBlock, block: &EditBlock) -> bool {
    own.search.trim() == block.search.trim()
}

fn example() -> Option<EditBlock> {
    let sheet = MarkedAnswer::new(INSTRUCTION, &[]);
    let NextBlock::Open(open) = sheet.next_block(0) else { return None };
    sheet.block_positions(open, |_| false).ok()?.first().map(|place| sheet.block_at(*place))
}
