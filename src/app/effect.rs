//! What to do, as imperatives, as plain data.

use super::event::JobId;
use super::job::Product;
use super::state::Saving;
use crate::compose::Theme;
use crate::game::Source;
use crate::inference::Request;
use crate::library::Draft;

/// What the driver is to do.
#[derive(Debug, Clone)]
pub enum Effect {
    Start(JobId, Task),
    /// Ends every task of the job for real: its connection closes.
    Abort(JobId),
}

/// Work that takes time.
#[derive(Debug, Clone)]
pub enum Task {
    Ask(Request),
    Compose { prompt: String, seed: u64, theme: Theme },
    VetReply(String),
    VetSource(Source),
    Save { product: Product, slug: String, to: Saving },
    KeepDraft { text: String, slug: String, kind: Draft },
    KeepPrompt(String),
}
