//! Chat completions in OpenAI's form: HuggingFace's router, vLLM, llama.cpp, Ollama, TGI.

mod body;
mod plain;

use std::borrow::Cow;

use serde_json::Value;

use super::{AnswerChunk, AnswerPiece, ModelFields, RefusalText, WireFormat, has, parse_usage};
use crate::inference::{CompletionRequest, RequestAdjustment, sampling};

/// OpenAI's chat completions.
pub(super) struct ChatCompletions;

const ROUTE: &str = "/chat/completions";

impl WireFormat for ChatCompletions {
    fn name(&self) -> &'static str {
        "chat"
    }

    /// Adds what is missing of `/v1/chat/completions`, as HuggingFace's own clients do. A path that
    /// already names a version (`/v1beta/openai`) keeps it.
    fn request_path(&self, base: &str) -> String {
        let base = base.trim_end_matches('/');
        let is_version = |part: &str| {
            part.strip_prefix('v')
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        if base.ends_with(ROUTE) {
            base.to_owned()
        } else if base.split('/').any(is_version) {
            format!("{base}{ROUTE}")
        } else {
            format!("{base}/v1{ROUTE}")
        }
    }

    fn model_path(&self, _path: &str, _model: &str) -> Option<String> {
        None
    }

    fn list_path(&self, path: &str) -> String {
        path.replace(ROUTE, "/models")
    }

    fn base_path<'p>(&self, path: &'p str) -> &'p str {
        path.strip_suffix(ROUTE).unwrap_or(path)
    }

    fn encode(&self, request: &CompletionRequest) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&body::ChatBody::new(request))
    }

    fn echo(&self, _request: &CompletionRequest) -> Option<String> {
        None
    }

    fn describe_omission(&self, names: &[&str]) -> Option<&'static str> {
        match names {
            ["max_tokens"] => Some("with max_completion_tokens instead of max_tokens"),
            ["system"] => Some("with the rules in the prompt instead of a system message"),
            _ => None,
        }
    }

    fn plain_text<'d>(&self, data: &'d str) -> Option<Cow<'d, str>> {
        plain::text(data)
    }

    fn ends_stream(&self, data: &str) -> bool {
        data == "[DONE]"
    }

    fn is_answer(&self, json: &Value) -> bool {
        has(json, "choices")
    }

    /// `delta` in a stream, `message` in a whole answer; `text` in plain completions.
    fn decode<'j>(&self, json: &'j Value) -> Option<AnswerChunk<'j>> {
        let choice = json.pointer("/choices/0")?;
        let part = |name: &str| choice.get(name).filter(|part| part.is_object());
        let delta = part("delta").or_else(|| part("message"));
        let text = choice.get("text").and_then(Value::as_str).filter(|text| !text.is_empty());
        let piece = match (delta.and_then(content), delta) {
            (Some(text), _) if part("delta").is_none() => AnswerPiece::Message(text),
            (Some(text), _) => AnswerPiece::Text(text),
            (None, Some(delta)) if has_thought(delta) => AnswerPiece::Thought,
            (None, _) => text.map_or(AnswerPiece::Nothing, |text| AnswerPiece::Text(text.into())),
        };
        let usage = json.get("usage").filter(|usage| usage.is_object());
        Some(AnswerChunk {
            finish_reason: choice.get("finish_reason").and_then(Value::as_str),
            is_refused: delta.is_some_and(is_refusal),
            usage: usage.or_else(|| choice.get("usage")).and_then(parse_usage),
            whole: None,
            piece,
        })
    }

    /// `{"error": {"message": "…"}}`
    fn error_message<'j>(&self, json: &'j Value) -> Option<&'j str> {
        json.pointer("/error/message").and_then(Value::as_str)
    }

    /// OpenAI's `type` and `code`, and Anthropic's, which gateways pass on.
    fn error_status(&self, kind: &str) -> Option<u16> {
        Some(match kind {
            "rate_limit_exceeded" | "rate_limit_error" => 429,
            "overloaded_error" => 503,
            "invalid_request_error"
            | "BadRequestError"
            | "exceed_context_size_error"
            | "context_length_exceeded" => 422,
            "authentication_error" | "invalid_api_key" => 401,
            "insufficient_quota" => 402,
            "permission_error" => 403,
            "not_found_error" | "model_not_found" => 404,
            _ => return None,
        })
    }

    fn suggested_adjustment(&self, refusal: &RefusalText<'_>) -> Option<RequestAdjustment> {
        unsupported(refusal).or_else(|| no_system(refusal.lower))
    }

    /// The fields of vLLM and llama.cpp, and of others that follow the router.
    fn model_fields(&self) -> &'static ModelFields {
        &ModelFields {
            name: &["/id"],
            loaded_context: &[
                "/context_length",
                "/max_model_len",
                "/meta/n_ctx",
                "/n_ctx",
                "/max_context_length",
            ],
            other_context: &["/meta/n_ctx_train"],
        }
    }

    fn is_list_asked_first(&self) -> bool {
        true
    }
}

/// The text of a `delta` or a `message`: a string, or a list of parts as OpenAI's chat format and
/// Mistral's have them (`[{"type":"text","text":"…"}]`). `None` if it holds no text.
fn content(message: &Value) -> Option<Cow<'_, str>> {
    let content = message.get("content")?;
    let text = match content.as_array() {
        Some(parts) => parts.iter().filter_map(content_part).collect::<String>().into(),
        None => Cow::Borrowed(content_part(content)?),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// The text of one content part. Reasoning parts are not text of the reply.
fn content_part(part: &Value) -> Option<&str> {
    let text = part.get("text").and_then(|text| text.get("value").unwrap_or(text).as_str());
    part.as_str().or(text)
}

/// Whether the piece holds reasoning: in one of five fields, or as a part of the content.
fn has_thought(message: &Value) -> bool {
    const NAMES: [&str; 5] =
        ["reasoning_content", "reasoning", "reasoning_text", "thinking", "reasoning_details"];
    let is_said = |value: &Value| match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(parts) => !parts.is_empty(),
        Value::Object(_) => true,
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    };
    let parts = message.get("content").and_then(Value::as_array).into_iter().flatten();
    NAMES.iter().any(|name| message.get(name).is_some_and(is_said))
        || parts.into_iter().any(|part| part.get("thinking").is_some_and(is_said))
}

/// Whether the model declines, in OpenAI's `refusal` field.
fn is_refusal(message: &Value) -> bool {
    message.get("refusal").and_then(Value::as_str).is_some_and(|text| !text.is_empty())
}

/// OpenAI's newer models have another name for `max_tokens` (`unsupported_parameter`), and some
/// servers do not count tokens in a stream.
fn unsupported(refusal: &RefusalText<'_>) -> Option<RequestAdjustment> {
    const REFUSED: [&str; 10] = [
        "unsupported",
        "not supported",
        "unrecognized",
        "unknown",
        "unexpected",
        "not permitted",
        "not allowed",
        "extra_forbidden",
        "extra inputs",
        "deprecated",
    ];
    let is_refused = REFUSED.iter().any(|word| refusal.body.contains(word));
    let is_renamed =
        refusal.lower.contains("max_completion_tokens") && refusal.lower.contains("instead");
    let names = |name: &str| refusal.body.contains(name);
    if is_renamed || is_refused && names("max_tokens") && names("unsupported_parameter") {
        return Some(RequestAdjustment::OmitParameters(vec!["max_tokens".to_owned()]));
    }
    let sampling: Vec<_> =
        sampling::NAMES.into_iter().filter(|name| is_refused && names(name)).collect();
    if !sampling.is_empty() {
        let names = sampling.into_iter().map(str::to_owned).collect();
        return Some(RequestAdjustment::OmitParameters(names));
    }
    let is_stream = is_refused && (names("stream_options") || names("include_usage"));
    is_stream.then(|| RequestAdjustment::OmitParameters(vec!["stream_options".to_owned()]))
}

/// Chat templates that take no system text (Gemma, Mistral) fail with a message that the server
/// passes on; OpenAI's first o1 models refused it themselves.
fn no_system(text: &str) -> Option<RequestAdjustment> {
    let speaks_of_it = ["system role", "system message", "system prompt", "system instruction"]
        .iter()
        .chain(&["developer instruction", "role 'system'", "role \"system\"", "role: system"])
        .chain(&["'system'", "got system", "`system`"])
        .any(|words| text.contains(words));
    let is_denied = ["not support", "unsupported", "not enabled", "not allowed", "only user"]
        .iter()
        .any(|words| text.contains(words));
    let must_alternate =
        text.contains("roles must alternate") && !text.contains("optional system message");
    let only_two = text.contains("only user and assistant roles");
    (speaks_of_it && is_denied || must_alternate || only_two)
        .then(|| RequestAdjustment::OmitParameters(vec!["system".to_owned()]))
}
