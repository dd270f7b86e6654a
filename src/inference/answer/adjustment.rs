//! Derives from a refusal how the request must change: fewer tokens, or what its protocol knows
//! about parameters and the system text.
//!
//! Only numbers and parameter names are taken from the server's text. The sentences are those of
//! vLLM (`vllm/entrypoints`, `vllm/renderers`, versions 0.3 to 0.20), llama.cpp's server, SGLang,
//! TGI, OpenAI and the services that speak its protocol.

use serde_json::Value;

use crate::inference::RequestAdjustment;
use crate::inference::protocol::{self, RefusalText};

/// A game does not fit into fewer tokens; then the server's own message is reported instead.
const MIN_ANSWER_TOKENS: u32 = 1_000;

/// The change that a refusal suggests; `None` if it suggests none. `message` is the server's
/// sentence.
pub(super) fn suggested_adjustment(
    status: u16,
    json: &Value,
    message: &str,
) -> Option<RequestAdjustment> {
    if matches!(status, 401..=404 | 407 | 408 | 429 | 502..=504) {
        return None;
    }
    let text = message.to_lowercase();
    // FastAPI names the parameter in a field of its own, not in the sentence.
    let all = if json.is_null() { text.clone() } else { json.to_string().to_lowercase() };
    let refusal = RefusalText { message, lower: &text, body: &all };
    protocol::suggested_adjustment(&refusal).or_else(|| fewer_tokens(json, &text, &all))
}

fn fewer_tokens(json: &Value, text: &str, all: &str) -> Option<RequestAdjustment> {
    if let Some(max) = max_output_tokens(text, all) {
        return (max >= MIN_ANSWER_TOKENS).then_some(RequestAdjustment::MaxTokens(max));
    }
    let context = context_limit(json, text)?;
    let Some(input) = prompt_tokens(json, text) else {
        return is_too_long(json, text).then_some(RequestAdjustment::ContextLimit(context));
    };
    let remaining =
        context.checked_sub(input).filter(|remaining| *remaining >= MIN_ANSWER_TOKENS)?;
    // vLLM stops counting once the prompt exceeds the context.
    let is_exact = !text.contains("at least");
    Some(if is_exact {
        RequestAdjustment::MaxTokens(remaining)
    } else {
        RequestAdjustment::ContextLimit(context)
    })
}

/// The limit of an answer alone, in tokens: OpenAI, DeepSeek, Groq, Gemini.
fn max_output_tokens(text: &str, all: &str) -> Option<u32> {
    const NAMES: [&str; 7] = [
        "max_tokens",
        "max_completion_tokens",
        "max_new_tokens",
        "maxoutputtokens",
        "output tokens",
        "max tokens",
        "maximum tokens",
    ];
    let is_output = NAMES.iter().any(|name| all.contains(name));
    // TGI uses the same words for the sum of prompt and answer.
    if !is_output || text.contains("`inputs`") || text.contains("context length") {
        return None;
    }
    let below = || number_after(text, "(inclusive) to").map(|end| end.saturating_sub(1));
    ["at most", "less than or equal to", "must be <=", "[1,", "model limit of", " > "]
        .iter()
        .find_map(|phrase| number_after(text, phrase))
        .or_else(below)
}

/// The limit of prompt and answer together, in tokens.
fn context_limit(json: &Value, text: &str) -> Option<u32> {
    const BEFORE: [&str; 14] = [
        "context length is only",
        "context length is",
        "context length of only",
        "context length of",
        "context window of only",
        "context window of",
        "context window is",
        "context size of",
        "context size is",
        "context size (",
        "context length:",
        "context length (",
        "model token limit:",
        "must be <=",
    ];
    count_field(json, "n_ctx")
        .or_else(|| BEFORE.iter().find_map(|phrase| number_after(text, phrase)))
        .or_else(|| number_before(text, "maximum context length"))
}

/// The tokens of the prompt, as the server counted them.
fn prompt_tokens(json: &Value, text: &str) -> Option<u32> {
    const AFTER: [&str; 9] = [
        "in the messages",
        "in your prompt",
        "in the prompt",
        "`inputs`",
        "input tokens",
        "prompt tokens",
        "tokens from the input",
        "tokens in the messages",
        "tokens in the prompt",
    ];
    const BEFORE: [&str; 4] =
        ["messages resulted in", "prompt contains", "request (", "prompt has"];
    let sum = || {
        let all = number_after(text, "you requested").or_else(|| number_after(text, "total of"))?;
        let answer = number_before(text, "in the completion")
            .or_else(|| number_before(text, "for the completion"))
            .or_else(|| number_before(text, "tokens for the completion"))?;
        all.checked_sub(answer)
    };
    count_field(json, "n_prompt_tokens")
        .or_else(|| AFTER.iter().find_map(|phrase| number_before(text, phrase)))
        .or_else(|| BEFORE.iter().find_map(|phrase| number_after(text, phrase)))
        .or_else(sum)
}

/// Whether the refusal is about length: of prompt, answer or both.
pub(super) fn is_too_long(json: &Value, text: &str) -> bool {
    count_field(json, "n_ctx").is_some() || mentions_length_limit(text)
}

/// The same, judged by the server's sentence alone.
pub fn mentions_length_limit(message: &str) -> bool {
    let text = message.to_lowercase();
    let has = |words: &str| text.contains(words);
    let is_limit = [
        "exceed",
        "too large",
        "too long",
        "maximum",
        "must",
        "at most",
        "only",
        "limit",
        "greater",
        "longer",
    ];
    let names = ["context length", "context window", "context size", "max_tokens"];
    let names_tokens =
        ["max_completion_tokens", "max_new_tokens", "`inputs`", "input token", "token limit"];
    names.iter().chain(&names_tokens).any(|name| has(name)) && is_limit.iter().any(|word| has(word))
        || has("context_length_exceeded")
        || has("prompt is too long")
        || has("reduce the length of")
}

/// A count in a field of its own, as llama.cpp's server sends it (`exceed_context_size_error`).
fn count_field(json: &Value, name: &str) -> Option<u32> {
    let value = json.get("error").and_then(|error| error.get(name)).or_else(|| json.get(name))?;
    u32::try_from(value.as_u64()?).ok()
}

/// The number that follows a phrase, perhaps after quotes: `at most` in "at most `8,192`".
fn number_after(text: &str, phrase: &str) -> Option<u32> {
    let mut starts = text.match_indices(phrase).map(|(at, _)| at + phrase.len());
    starts.find_map(|start| leading_number(text.get(start..)?))
}

fn leading_number(rest: &str) -> Option<u32> {
    let rest = rest.trim_start_matches([' ', '`', '\'', '"', ':', '(', '=']);
    let rest = rest.strip_prefix("at least ").unwrap_or(rest);
    let end = rest.find(|c: char| !is_digit(c)).unwrap_or(rest.len());
    parse_digits(rest.get(..end)?)
}

/// The number that precedes a phrase: `input tokens` in "your request has 1,200 input tokens".
fn number_before(text: &str, phrase: &str) -> Option<u32> {
    let mut ends = text.match_indices(phrase).map(|(at, _)| at);
    ends.find_map(|end| trailing_number(text.get(..end)?))
}

fn trailing_number(before: &str) -> Option<u32> {
    let before = before.trim_end_matches([' ', '`', '\'', '"']);
    let before = before.strip_suffix("tokens").unwrap_or(before).trim_end();
    parse_digits(before.get(before.trim_end_matches(is_digit).len()..)?)
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, ',' | '_')
}

fn parse_digits(digits: &str) -> Option<u32> {
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}
