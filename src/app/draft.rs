//! The text in the editor, as the session knows it.

use std::time::{Duration, Instant};

use super::improve::PromptImprovement;

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
    /// What the user has pointed at last: the editor adds it to its text, once.
    pub pointed: PointedWords,
    /// The prompt with what it did not say: the editor takes it, once.
    pub improvement: PromptImprovement,
}

/// What the user pointed at in the running game, in the words of a prompt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PointedWords {
    /// How often something was pointed at in this session.
    pub count: u64,
    /// The last words, as in `At the thing I clicked […]: `. Empty before the first.
    pub text: String,
}

impl PointedWords {
    /// The words at the end of a text.
    pub fn appended_to(&self, text: &str) -> String {
        let space = if text.is_empty() || text.ends_with(char::is_whitespace) { "" } else { " " };
        format!("{text}{space}{}", self.text)
    }
}

/// At most this much typing can be lost.
pub(super) const DRAFT_EVERY: Duration = Duration::from_secs(2);
