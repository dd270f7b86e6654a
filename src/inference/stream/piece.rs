//! Reads one piece of an answer: its text and its reasoning, from any of the known fields.

use std::borrow::Cow;

use serde_json::Value;

/// The text of a `delta` or a `message`: a string, or a list of parts as OpenAI's chat format and
/// Mistral's have them (`[{"type":"text","text":"…"}]`). `None` if it holds no text.
pub(super) fn text(message: &Value) -> Option<Cow<'_, str>> {
    let content = message.get("content")?;
    let text = match content.as_array() {
        Some(parts) => parts.iter().filter_map(part).collect::<String>().into(),
        None => Cow::Borrowed(part(content)?),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// The text of one content part. Reasoning parts are not text of the reply.
fn part(part: &Value) -> Option<&str> {
    let text = part.get("text").and_then(|text| text.get("value").unwrap_or(text).as_str());
    part.as_str().or(text)
}

/// Whether the piece holds reasoning: in one of five fields, or as a part of the content.
pub(super) fn has_thought(message: &Value) -> bool {
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
pub(super) fn is_refusal(message: &Value) -> bool {
    message.get("refusal").and_then(Value::as_str).is_some_and(|text| !text.is_empty())
}

/// Whether JSON is a part of an answer, possibly an empty one.
pub(super) fn is_answer(json: &Value) -> bool {
    let has = |part| json.get(part).is_some_and(|part| !part.is_null());
    ["choices", "token", "generated_text", "usage"].into_iter().any(has)
}

/// An error of any shape: OpenAI's, TGI's, vLLM's (`"object": "error"`), Anthropic's (`"type":
/// "error"`). Some servers send `null`, `false` or an empty value if there is none.
pub(super) fn is_error(json: &Value) -> bool {
    let is_said = |error: &Value| match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::Array(_) => true,
    };
    let is_named = |name: &str| json.get(name).and_then(Value::as_str) == Some("error");
    json.get("error").is_some_and(is_said) || is_named("object") || is_named("type")
}
