//! BUILDS a game from the prompt alone, without a model or a network.
//!
//! It never claims to be a model: it reads the prompt for words that it knows,
//! says in one line what it understood and what it did not, and puts a page
//! together from parts that people wrote (`assets/composer`). The same prompt,
//! seed and theme give the same bytes. Its pages go the same way as any reply.

mod brief;
mod kinds;
mod page;
mod sprites;
mod themes;
mod tree_shaking;
mod words;

pub use themes::{GameTheme, UnknownThemeError};

use crate::game::HtmlSource;

/// A game that was put together, and what was made of the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composition {
    pub source: HtmlSource,
    pub title: String,
    /// One line: `snake · spooky · ghosts that steal; not understood: 'multiplayer'`.
    pub understood: String,
}

/// Makes a game of whatever was asked; there is no prompt that it refuses.
///
/// Each line of the prompt is a wish of its own, and a later one wins: the
/// lines so far and one more, with the same seed, are a change of the game.
/// The theme is for a prompt that names none.
pub fn compose(prompt: &str, seed: u64, theme: GameTheme) -> Composition {
    let brief = brief::read(prompt, seed, theme);
    let title = brief.title(seed);
    let source = page::assemble(&brief, &title, prompt, seed);
    Composition { source, title, understood: brief.understood() }
}

#[cfg(test)]
mod tests;
