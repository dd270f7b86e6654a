//! What to do, as imperatives, as plain data.

use super::event::JobId;
use super::job::Product;
use super::state::Saving;
use crate::compose::Theme;
use crate::game::Source;
use crate::inference::Request;
use crate::library::{Draft, Making, Place};

/// What the driver is to do.
#[derive(Debug, Clone)]
pub enum Effect {
    Start(JobId, Task),
    /// Ends every task of the job for real: its connection closes.
    Abort(JobId),
}

/// What the library is to know of a game beside its page.
#[derive(Debug, Clone, PartialEq)]
pub struct Keep {
    pub place: Place,
    pub title: String,
    pub making: Making,
}

/// Work that takes time.
#[derive(Debug, Clone)]
pub enum Task {
    Ask(Request),
    Compose {
        prompt: String,
        seed: u64,
        theme: Theme,
    },
    VetReply(String),
    VetSource(Source),
    /// Writes the file, and keeps the version in the library where there is one to keep.
    Save {
        product: Product,
        slug: String,
        to: Saving,
        keep: Option<Box<Keep>>,
    },
    KeepDraft {
        text: String,
        slug: String,
        kind: Draft,
    },
    KeepPrompt(String),
}
