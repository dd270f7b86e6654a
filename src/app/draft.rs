//! The text in the editor, as the session knows it.

use std::time::{Duration, Instant};

/// The text in the editor, and whether it is on disk.
#[derive(Debug, Clone, Default)]
pub struct PromptDraft {
    pub text: String,
    /// When it is to be saved. `None` if it is saved as it is.
    pub due: Option<Instant>,
    pub is_saved: bool,
    /// The text that was sent: the editor clears it.
    pub sent: Option<String>,
    /// A prompt that made no game: put back into an empty editor.
    pub returned: Option<String>,
}

/// At most this much typing can be lost.
pub(super) const DRAFT_EVERY: Duration = Duration::from_secs(2);
