//! How a server chooses the next token, as far as it is told.

use serde::Serialize;

/// Parameters of sampling under the names of the chat protocol. `None` leaves one to the server,
/// which often knows what the model's authors recommend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Sampling {
    /// From 0, always the likeliest token, to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
    /// The share of probability that tokens are drawn from, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f32>,
    /// The same question with the same seed brings the same answer, where the server can do that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u32>,
    /// By how much the last 64 tokens lose in likelihood, from 1, not at all. Known to llama.cpp, and to
    /// servers built on it. `frequency_penalty` is no substitute: it grows with each use in the whole
    /// answer, so that a long program runs out of brackets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat_penalty: Option<f32>,
}

/// The sampling of a server on this machine, where nobody has chosen one for the model. A low
/// temperature suits code; the penalty is that of a small model, which repeats itself often.
pub const LOCAL_SAMPLING: Sampling =
    Sampling { temperature: Some(0.4), top_p: Some(0.9), seed: None, repeat_penalty: Some(1.08) };

/// The parameters of a request that a server may refuse without harm to the question.
pub(super) const NAMES: [&str; 4] = ["temperature", "top_p", "seed", "repeat_penalty"];

impl Sampling {
    /// The same without those that the server refused.
    #[must_use]
    pub(super) fn without(self, is_refused: impl Fn(&str) -> bool) -> Self {
        Self {
            temperature: self.temperature.filter(|_| !is_refused("temperature")),
            top_p: self.top_p.filter(|_| !is_refused("top_p")),
            seed: self.seed.filter(|_| !is_refused("seed")),
            repeat_penalty: self.repeat_penalty.filter(|_| !is_refused("repeat_penalty")),
        }
    }
}
