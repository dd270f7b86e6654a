//! Knows the example of our own instruction: small models copy it back.

use super::blocks::{Block, Next, Sheet};

/// What the model is told about blocks, with its example.
const INSTRUCTION: &str = include_str!("../../../assets/prompts/answer-blocks.txt");

/// How the lines of an example begin where an instruction describes them in place of showing some.
const DESCRIBED: &[&str] = &["lines of the file", "the lines that take their place"];

/// Whether a block was copied from the instruction: such a block is none.
pub(super) fn is_example(block: &Block, game: &str) -> bool {
    let is_described = |text: &str| {
        let text = text.trim().to_ascii_lowercase();
        DESCRIBED.iter().any(|words| text.starts_with(words))
    };
    let is_ours = is_described(&block.search) || example().is_some_and(|own| alike(&own, block));
    is_ours && !game.contains(block.search.trim())
}

fn alike(own: &Block, block: &Block) -> bool {
    own.search.trim() == block.search.trim()
}

fn example() -> Option<Block> {
    let sheet = Sheet::new(INSTRUCTION, &[]);
    let Next::Open(open) = sheet.next(0) else { return None };
    sheet.places(open, |_| false).ok()?.first().map(|place| sheet.block(*place))
}
