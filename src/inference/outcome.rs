//! How one attempt ended.

use std::time::Duration;

use super::InferenceError;
use crate::untrusted::Untrusted;

/// How one attempt ended. Whether content had come decides who may ask again:
/// before it the retry policy, after it only the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server said that it was done.
    Replied(Reply),
    /// Content had come, then it stopped: the partial text is the user's to decide about.
    Interrupted(InferenceError),
    /// Nothing came.
    Failed(InferenceError),
}

/// The end of a reply; its text went ahead, piece by piece.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    pub finish: FinishReason,
    pub usage: Option<TokenUsage>,
    pub meta: ResponseMeta,
    /// The whole text, where the server repeats it at the end: it counts then.
    pub text: Option<String>,
}

/// Why the model stopped, as far as it said so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FinishReason {
    /// It had said all, or the server closed properly without a reason.
    #[default]
    Complete,
    /// The token limit cut it.
    Length,
    /// A filter of the provider stopped it.
    Filtered,
}

/// Tokens of one request, as the server counted them; thinking is included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenUsage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
}

impl std::ops::Add for TokenUsage {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self {
            prompt_tokens: self.prompt_tokens.saturating_add(more.prompt_tokens),
            completion_tokens: self.completion_tokens.saturating_add(more.completion_tokens),
        }
    }
}

/// What the answer's head tells about who answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseMeta {
    pub provider: Option<Untrusted>,
    pub request_id: Option<Untrusted>,
}

/// A wait for people: `12 s`, or `1 min 5 s`; rounded, but never `0 s` while it lasts.
pub fn format_duration(wait: Duration) -> String {
    let rounded = (wait + Duration::from_millis(500)).as_secs();
    let whole = rounded.max(u64::from(!wait.is_zero()));
    match (whole / 60, whole % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}
