//! A fast path for the usual chunk of a chat: one piece of text and nothing else.
//!
//! An answer has thousands of them, so they are parsed without a tree of values. All other chunks
//! are left to the loose reading.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Deserialize)]
struct PlainChunk<'c> {
    #[serde(borrow)]
    choices: (PlainChoice<'c>,),
    error: Option<IgnoredAny>,
    usage: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct PlainChoice<'c> {
    #[serde(borrow)]
    delta: PlainDelta<'c>,
    finish_reason: Option<IgnoredAny>,
    usage: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct PlainDelta<'c> {
    #[serde(borrow)]
    content: Cow<'c, str>,
}

/// The non-empty text of such a chunk; `None` for any other chunk.
pub(super) fn text(data: &str) -> Option<Cow<'_, str>> {
    let PlainChunk { choices: (choice,), error, usage } = serde_json::from_str(data).ok()?;
    let is_more = choice.finish_reason.or(choice.usage).or(error).or(usage).is_some();
    Some(choice.delta.content).filter(|text| !is_more && !text.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn only_a_chunk_with_text_and_nothing_else_is_plain() {
        let chunk = r#"{"id":"x","choices":[{"index":0,"delta":{"role":"assistant","content":"a\n"},
                        "logprobs":null,"finish_reason":null}],"usage":null,"created":1}"#;
        assert_eq!(text(chunk).as_deref(), Some("a\n"));
        for other in [
            "[DONE]",
            r#"{"choices":[]}"#,
            r#"{"choices":[{"delta":{"content":""}}]}"#,
            r#"{"choices":[{"delta":{"content":null,"reasoning":"r"}}]}"#,
            r#"{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#,
            r#"{"choices":[{"delta":{"content":"a"},"usage":{"prompt_tokens":1}}]}"#,
            r#"{"choices":[{"delta":{"content":"a"}}],"error":"x"}"#,
            r#"{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":1}}"#,
            r#"{"choices":[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]}"#,
            r#"{"choices":[{"message":{"content":"a"}}]}"#,
            r#"{"choices":[{"delta":{"content":"a"}}]"#,
        ] {
            assert_eq!(text(other), None, "{other}");
        }
    }

    /// Any of these, or no such key at all.
    fn any_of(values: &'static [&'static str]) -> impl Strategy<Value = Option<Value>> {
        let values = prop::sample::select(values);
        let values = values.prop_map(|text| serde_json::from_str(text).unwrap());
        prop::option::of(values)
    }

    fn object(pairs: Vec<(&str, Option<Value>)>) -> Value {
        let pairs = pairs.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Value::Object(pairs.collect())
    }

    proptest! {
        #[test]
        fn what_is_plain_is_what_the_loose_reading_finds(
            content in prop::option::of(any::<String>()),
            more in any_of(&["null", "7", "\"r\"", "{}", "[]"]),
            finish in any_of(&["null", "\"stop\""]),
            error in any_of(&["null", "{}", "\"e\""]),
            usage in any_of(&["null", "{\"prompt_tokens\":1}"]),
        ) {
            let delta = object(vec![("content", content.map(Value::from)), ("role", more)]);
            let choice = object(vec![("finish_reason", finish), ("delta", Some(delta))]);
            let choices = Some(json!([choice]));
            let chunk = object(vec![("error", error), ("choices", choices), ("usage", usage)]);
            let is_absent =
                |pointer: &str| chunk.pointer(pointer).is_none_or(Value::is_null);
            let loose = chunk.pointer("/choices/0/delta/content").and_then(Value::as_str);
            let loose = loose.filter(|text| {
                !text.is_empty()
                    && ["/error", "/usage", "/choices/0/finish_reason"].into_iter().all(is_absent)
            });
            let data = chunk.to_string();
            let plain = text(&data);
            prop_assert_eq!(plain.as_deref(), loose);
        }
    }
}
