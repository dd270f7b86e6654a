//! What a job asks a model for, and how far the conversation about it has come.

use std::sync::Arc;

use super::failure::CutOff;
use super::prompt::Prompt;
use crate::game::{StorageKey, Unmatched};
use crate::library::VersionId;

/// How often an answer that was cut off is asked to go on.
pub const MOST_CONTINUED: u32 = 2;

/// A game that is to be changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    /// Its place in the library, if it has one.
    pub version: Option<VersionId>,
    pub title: String,
    /// The page before it was hardened.
    pub source: Arc<str>,
    /// Under which name what it stores lasts; nothing where its first version is not known.
    pub key: Option<StorageKey>,
    /// All that was asked for on the way to it, the first wish first.
    pub wishes: Vec<String>,
    /// What the composer drew its numbers from, where it made the game.
    pub seed: Option<u64>,
}

impl Base {
    /// The wish that led to it; its title where nobody wished.
    pub(super) fn prompt(&self) -> Prompt {
        let wish = self.wishes.last().and_then(|wish| Prompt::new(wish).ok());
        wish.or_else(|| Prompt::new(&self.title).ok()).unwrap_or_default()
    }
}

/// One job's conversation.
#[derive(Debug, Clone, Default)]
pub struct Talk {
    /// The game that is to be changed; nothing for a new one.
    pub base: Option<Arc<Base>>,
    pub step: Step,
    /// How often the answer of this step went on after it was cut off.
    pub continued: u32,
    /// How much of the reply is older than the last cut, in bytes.
    pub(super) seam: Option<usize>,
    /// What cut the newest part off, while both are joined.
    pub(super) cut: Option<CutOff>,
    /// How many turns of the request belong to the question itself.
    pub(super) turns: usize,
}

/// In which form a model gave a change that can be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// As blocks; these changed nothing and were left out.
    Blocks(Vec<Unmatched>),
    /// As the whole game.
    Page,
}

/// What the model is asked for at the moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Step {
    /// A new game, or a change as blocks.
    #[default]
    First,
    /// The same blocks, so that they fit.
    Again,
    /// The whole changed game.
    Rewrite,
}

impl Talk {
    pub fn new(base: Option<Arc<Base>>) -> Self {
        Self { base, turns: 1, ..Self::default() }
    }
}
