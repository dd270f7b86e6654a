//! How one attempt ended.

use std::time::Duration;

use super::InferenceError;
use crate::untrusted::Untrusted;

/// How one attempt ended. Before the first content the retry policy decides about another attempt,
/// after it only the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server completed the reply.
    Replied(Reply),
    /// The reply stopped after some content: the user decides about the partial text.
    Interrupted(InferenceError),
    /// No content arrived.
    Failed(InferenceError),
}

/// The end of a reply; its text was streamed before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    pub finish: FinishReason,
    pub usage: Option<TokenUsage>,
    pub meta: ResponseMeta,
    /// The whole text, if the server repeats it at the end; it then replaces the streamed one.
    pub text: Option<String>,
}

/// Why the model stopped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FinishReason {
    /// The reply is complete, or the server closed properly without a reason.
    #[default]
    Complete,
    /// The token limit was reached.
    Length,
    /// A filter of the provider stopped it.
    Filtered,
    /// It repeated itself, and was not read to its end.
    Repetition {
        /// Where the repetition begins, in bytes of the reply's text.
        start: usize,
    },
}

/// The tokens of one request, as the server counted them, including reasoning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenUsage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
}

impl TokenUsage {
    /// Tokens of questions and answers.
    pub fn total(self) -> u64 {
        self.prompt_tokens + self.completion_tokens
    }
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

/// The provider and the request id, from the response's headers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseMeta {
    pub provider: Option<Untrusted>,
    pub request_id: Option<Untrusted>,
}

/// Formats a duration for the user: `12 s`, or `1 min 5 s`; rounded, but `0 s` only for zero.
pub fn format_duration(wait: Duration) -> String {
    let rounded = (wait + Duration::from_millis(500)).as_secs();
    let whole = rounded.max(u64::from(!wait.is_zero()));
    match (whole / 60, whole % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}
