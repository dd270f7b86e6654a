//! What a job asks a model for, and how far the conversation about it has come.

use std::sync::Arc;

use super::edit_forms::EditForm;
use super::event::VettingOutcome;
use super::failure::CutOffReason;
use super::prompt::Prompt;
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
    /// Under which name what it stores lasts; nothing where its first version is not known.
    pub key: Option<StorageKey>,
    /// All that was asked for on the way to it, the first wish first.
    pub wishes: Vec<String>,
    /// What the composer drew its numbers from, where it made the game.
    pub seed: Option<u64>,
}

impl BaseVersion {
    /// The wish that led to it; its title where nobody wished.
    pub(super) fn prompt(&self) -> Prompt {
        let wish = self.wishes.last().and_then(|wish| Prompt::new(wish).ok());
        wish.or_else(|| Prompt::new(&self.title).ok()).unwrap_or_default()
    }
}

/// One job's conversation.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    /// The game that is to be changed; nothing for a new one.
    pub base: Option<Arc<BaseVersion>>,
    pub mode: AskMode,
    /// How often the answer of this step went on after it was cut off.
    pub continuations: u32,
    /// How much of the reply is older than the last cut, in bytes.
    pub(super) resume_offset: Option<usize>,
    /// What cut the newest part off, while both are joined.
    pub(super) cut: Option<CutOffReason>,
    /// How many turns of the request belong to the question itself.
    pub(super) turns: usize,
}

/// In which form a model gave a change that can be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceivedChange {
    /// As blocks; these changed nothing and were left out.
    Blocks(Vec<UnmatchedBlock>),
    /// As the whole game.
    Page,
}

impl ReceivedChange {
    /// What is remembered of it.
    pub fn tally(&self, model: String) -> FormTally {
        let form = match self {
            Self::Blocks(_) => EditForm::Blocks,
            Self::Page => EditForm::Page,
        };
        FormTally { model, form: form.name().to_owned(), fitted: 1, missed: 0 }
    }
}

/// What is remembered of an answer to a wish for a change that could not be applied, if it says anything
/// of the model: nothing of one that stopped in the middle.
pub fn missed(vetting: &VettingOutcome, model: String) -> Option<FormTally> {
    let form = match vetting {
        VettingOutcome::Unmatched(_) => EditForm::Blocks,
        VettingOutcome::Nothing(ExtractError::Placeholder) => EditForm::Page,
        VettingOutcome::Nothing(_)
        | VettingOutcome::Passed(_)
        | VettingOutcome::Refused(_)
        | VettingOutcome::Cut
        | VettingOutcome::Broke(_) => return None,
    };
    Some(FormTally { model, form: form.name().to_owned(), fitted: 0, missed: 1 })
}

/// What the model is asked for at the moment.
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
    pub fn new(base: Option<Arc<BaseVersion>>) -> Self {
        Self { base, turns: 1, ..Self::default() }
    }
}
