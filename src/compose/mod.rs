//! BUILDS a game from the prompt alone, without a model or a network.
//!
//! It never claims to be a model: it matches the prompt against a lexicon, reports in one line what
//! it understood and what it did not, and assembles a page from hand-written parts
//! (`assets/composer`). The same prompt, seed and theme give the same bytes. Its pages pass the
//! same checks as any reply.

mod brief;
mod improve;
mod kinds;
mod language;
mod languages;
mod media;
mod page;
mod sprites;
mod texts;
mod themes;
mod tree_shaking;
mod words;

pub use improve::improve;
pub use media::{MAX_MEDIA, MAX_MEDIA_BYTES, MediaError, OwnMedia, merged as merged_media};
pub use themes::{GameTheme, UnknownThemeError};

use crate::game::HtmlSource;

/// A composed game, and how the prompt was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composition {
    pub source: HtmlSource,
    pub title: String,
    /// One line: `snake · spooky · ghosts that steal; not understood: 'multiplayer'`.
    pub understood: String,
}

impl Composition {
    /// Whether an earlier composition is the same game: its description, which is the prompt, may differ.
    pub fn is_same_game_as(&self, page: &str) -> bool {
        let code = |page: &str| {
            let is_code = |line: &&str| !line.starts_with("<meta name=\"description\"");
            page.lines().filter(is_code).map(str::to_owned).collect::<Vec<_>>()
        };
        code(self.source.text()) == code(page)
    }
}

/// Composes a game; no prompt is refused.
///
/// Each line of the prompt is a request of its own, and later lines win: an additional line with
/// the same seed changes the game. `theme` is used if the prompt names none.
pub fn compose(prompt: &str, seed: u64, theme: GameTheme) -> Composition {
    compose_change(&[prompt], seed, theme)
}

/// Composes a game from all prompts that led to it, the oldest first. What is not understood is told of
/// the last one only: the user has read it of the others.
pub fn compose_change(prompts: &[impl AsRef<str>], seed: u64, theme: GameTheme) -> Composition {
    compose_with(prompts, seed, theme, &[])
}

/// Like [`compose_change()`], with pictures and sounds of the user's own.
pub fn compose_with(
    prompts: &[impl AsRef<str>],
    seed: u64,
    theme: GameTheme,
    media: &[OwnMedia],
) -> Composition {
    let prompts: Vec<&str> = prompts.iter().map(AsRef::as_ref).collect();
    let wishes = improve::wishes(&prompts, seed, theme);
    let wishes: Vec<&str> = wishes.iter().map(String::as_str).collect();
    let mut brief = brief::read(&wishes, seed, theme);
    let title = brief.title(seed);
    brief.place_media(page::media_plan(&brief, media));
    let source = page::assemble(&mut brief, &title, &prompts.join("\n"), seed);
    Composition { source, title, understood: brief.understood() }
}

/// A prompt for each kind of game: the word by which most people call it.
pub fn kind_prompts() -> impl Iterator<Item = &'static str> {
    kinds::all().iter().filter_map(|kind| kind.words.first()).map(String::as_str)
}

#[cfg(test)]
mod tests;
