//! Maps the finish reasons of servers to ours.

use crate::inference::FinishReason;

/// The meaning of a `finish_reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportedFinish {
    /// The model finished, or reached a limit.
    Known(FinishReason),
    /// The server gave up: a retry may help.
    Failed,
    /// An unknown word, or an end without an answer (`tool_calls`). After a reply it means
    /// completion; without one it is the reason for the failure.
    Other,
}

/// Complete answers: OpenAI, TGI, Anthropic's shape, and other names.
const COMPLETE: [&str; 9] = [
    "stop",
    "eos",
    "eos_token",
    "stop_sequence",
    "end_turn",
    "complete",
    "completed",
    "done",
    "finished",
];

/// The token limit or the end of the context: OpenAI, Mistral, Anthropic, Gemini's shape.
const LENGTH: [&str; 8] = [
    "length",
    "max_tokens",
    "max_length",
    "max_output_tokens",
    "model_length",
    "token_limit",
    "context_length_exceeded",
    "model_context_window_exceeded",
];

/// A content filter: OpenAI and Azure, Zhipu (`sensitive`), Anthropic (`refusal`), Gemini.
const FILTERED: [&str; 10] = [
    "content_filter",
    "content_filtered",
    "content-filter",
    "safety",
    "sensitive",
    "refusal",
    "recitation",
    "blocklist",
    "prohibited_content",
    "guardrail_intervened",
];

/// The server failed: DeepSeek (`insufficient_system_resource`), Zhipu (`network_error`),
/// OpenRouter (`error`), vLLM and SGLang (`abort`).
const FAILED: [&str; 12] = [
    "insufficient_system_resource",
    "network_error",
    "error",
    "server_error",
    "internal_error",
    "internal_server_error",
    "overloaded",
    "timeout",
    "rate_limit",
    "abort",
    "aborted",
    "cancelled",
];

/// Reads the reason that a server gives for the end of a reply.
pub(super) fn parse(reason: &str) -> ReportedFinish {
    let reason = reason.trim().to_ascii_lowercase();
    let is_in = |words: &[&str]| words.contains(&reason.as_str());
    match () {
        () if is_in(&COMPLETE) => ReportedFinish::Known(FinishReason::Complete),
        () if is_in(&LENGTH) => ReportedFinish::Known(FinishReason::Length),
        () if is_in(&FILTERED) => ReportedFinish::Known(FinishReason::Filtered),
        () if is_in(&FAILED) => ReportedFinish::Failed,
        () => ReportedFinish::Other,
    }
}
