//! The conversation of a job with its model: what it changes, what it asks for, and how far it is.

use std::sync::Arc;

use super::edit_forms::EditForm;
use super::failure::CutOffReason;
use super::prompt::Prompt;
use super::vetting_outcome::VettingOutcome;
use crate::game::{ExtractError, StorageKey, UnmatchedBlock};
use crate::library::{FormTally, VersionId};

/// How often an answer that was cut off is asked to go on.
pub const MAX_CONTINUATIONS: u32 = 2;

/// A game that is to be changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BaseVersion {
    /// Its place in the library, if it has one.
    pub version: Option<VersionId>,
    pub title: String,
    /// The page before it was hardened.
    pub source: Arc<str>,
    /// The key under which the game stores its data. `None` if its first version is not known.
    pub key: Option<StorageKey>,
    /// The prompts that led to it, oldest first.
    pub prompts: Vec<String>,
    /// The composer's seed. `None` if a model made the game.
    pub seed: Option<u64>,
}

impl BaseVersion {
    /// The last prompt that led to it; its title if there is none.
    pub(super) fn prompt(&self) -> Prompt {
        let last = self.prompts.last().and_then(|text| Prompt::new(text).ok());
        last.or_else(|| Prompt::new(&self.title).ok()).unwrap_or_default()
    }
}

/// One job's conversation.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    /// The game to change. `None` for a new game.
    pub base: Option<Arc<BaseVersion>>,
    pub mode: AskMode,
    /// How often the answer of this step went on after it was cut off.
    pub continuations: u32,
    /// How much of the reply is older than the last cut, in bytes.
    pub(super) resume_offset: Option<usize>,
    /// What cut the newest part off, while both are joined.
    pub(super) cut_off: Option<CutOffReason>,
    /// How many turns of the request belong to the question itself.
    pub(super) turns: usize,
}

/// In which form a model gave a change that can be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceivedChange {
    /// As blocks. These had no effect and were left out.
    Blocks(Vec<UnmatchedBlock>),
    /// As the whole game.
    Page,
}

impl ReceivedChange {
    /// What the library records of it.
    pub fn tally(&self, model: String) -> FormTally {
        let form = match self {
            Self::Blocks(_) => EditForm::Blocks,
            Self::Page => EditForm::Page,
        };
        FormTally { model, form: form.name().to_owned(), fitted: 1, missed: 0 }
    }
}

/// What the library records of a change that could not be applied. `None` if the answer says nothing
/// about the model, such as one that stopped in the middle.
pub fn missed(vetting: &VettingOutcome, model: String) -> Option<FormTally> {
    let form = match vetting {
        VettingOutcome::Unmatched(_) => EditForm::Blocks,
        VettingOutcome::Nothing(ExtractError::Placeholder) => EditForm::Page,
        VettingOutcome::Nothing(_)
        | VettingOutcome::Passed(_)
        | VettingOutcome::Refused(_)
        | VettingOutcome::Cut
        | VettingOutcome::Unchanged
        | VettingOutcome::Broke(_) => return None,
    };
    Some(FormTally { model, form: form.name().to_owned(), fitted: 0, missed: 1 })
}

/// What the current request asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AskMode {
    /// A new game, or a change as blocks.
    #[default]
    First,
    /// The same blocks, so that they fit.
    Again,
    /// The whole changed game.
    Rewrite,
}

impl Conversation {
    /// A conversation about this base, or about a new game, whose question has so many turns.
    pub fn new(base: Option<Arc<BaseVersion>>, turns: usize) -> Self {
        Self { base, turns, ..Self::default() }
    }
}
