//! Text generation, `{inputs, parameters}`: TGI's own routes and older dedicated endpoints.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::{AnswerChunk, AnswerPiece, ModelFields, RefusalText, WireFormat, has, parse_usage};
use crate::inference::{ChatTurn, CompletionRequest, RequestAdjustment, Sampling, TokenUsage};

/// The text generation of HuggingFace's TGI.
pub(super) struct TextGeneration;

impl WireFormat for TextGeneration {
    fn name(&self) -> &'static str {
        "text-generation"
    }

    fn request_path(&self, base: &str) -> String {
        base.to_owned()
    }

    fn model_path(&self, path: &str, model: &str) -> Option<String> {
        path.ends_with("/models").then(|| format!("{path}/{model}"))
    }

    /// `/info`, which describes the one model.
    fn list_path(&self, path: &str) -> String {
        format!("{}/info", self.base_path(path))
    }

    fn base_path<'p>(&self, path: &'p str) -> &'p str {
        let routes = ["/generate_stream", "/generate", "/models"];
        routes.iter().find_map(|route| path.strip_suffix(route)).unwrap_or(path)
    }

    fn encode(&self, request: &CompletionRequest) -> serde_json::Result<Vec<u8>> {
        let known = |name| request.accepts(name);
        serde_json::to_vec(&TextGenerationBody {
            inputs: instruction(request),
            parameters: TextGenerationParameters {
                max_new_tokens: request.max_tokens,
                return_full_text: known("return_full_text").then_some(false),
                details: known("details").then_some(true),
                // Its `repetition_penalty` counts the whole answer, and code repeats itself rightly.
                sampling: Sampling { repeat_penalty: None, ..request.accepted_sampling() },
            },
            stream: true,
        })
    }

    /// Servers that do not know `return_full_text` return it.
    fn echo(&self, request: &CompletionRequest) -> Option<String> {
        Some(instruction(request))
    }

    fn describe_omission(&self, _names: &[&str]) -> Option<&'static str> {
        None
    }

    fn plain_text<'d>(&self, _data: &'d str) -> Option<Cow<'d, str>> {
        None
    }

    fn ends_stream(&self, _data: &str) -> bool {
        false
    }

    fn is_answer(&self, json: &Value) -> bool {
        has(json, "token") || has(json, "generated_text")
    }

    /// One token a chunk, the whole text with the last one.
    fn decode<'j>(&self, json: &'j Value) -> Option<AnswerChunk<'j>> {
        if !self.is_answer(json) && !has(json, "details") {
            return None;
        }
        let details = json.get("details").filter(|details| details.is_object());
        let usage = details.and_then(detailed_usage);
        let token = json.get("token");
        let special = token.and_then(|token| token.get("special")).and_then(Value::as_bool);
        let text = token.and_then(|token| token.get("text")).and_then(Value::as_str);
        let text = text.filter(|text| special != Some(true) && !text.is_empty());
        Some(AnswerChunk {
            finish_reason: details
                .and_then(|details| details.get("finish_reason"))
                .and_then(Value::as_str),
            usage: usage.or_else(|| json.get("usage").and_then(parse_usage)),
            whole: json.get("generated_text").and_then(Value::as_str),
            piece: text.map_or(AnswerPiece::Nothing, |text| AnswerPiece::Text(text.into())),
            ..AnswerChunk::default()
        })
    }

    /// `{"error": "…"}`
    fn error_message<'j>(&self, json: &'j Value) -> Option<&'j str> {
        json.get("error").and_then(Value::as_str)
    }

    /// TGI's `error_type`.
    fn error_status(&self, kind: &str) -> Option<u16> {
        Some(match kind {
            "overloaded" => 429,
            "validation" | "template_error" | "tool_error" => 422,
            "generation" | "incomplete_generation" | "incomplete_generation_stream" => 424,
            _ => return None,
        })
    }

    /// Servers on plain `transformers` list the parameters that they do not know.
    fn suggested_adjustment(&self, refusal: &RefusalText<'_>) -> Option<RequestAdjustment> {
        if !refusal.message.contains("`model_kwargs` are not used") {
            return None;
        }
        let (_, rest) = refusal.message.split_once('[')?;
        let (names, _) = rest.split_once(']')?;
        let names = names.split(',').map(|name| name.trim().trim_matches('\'').to_owned());
        Some(RequestAdjustment::OmitParameters(names.collect()))
    }

    /// The fields of TGI's `/info`.
    fn model_fields(&self) -> &'static ModelFields {
        &ModelFields {
            name: &["/model_id"],
            loaded_context: &[],
            other_context: &["/max_total_tokens"],
        }
    }

    fn is_list_asked_first(&self) -> bool {
        false
    }

    /// Older endpoints take a GET for a request without inputs.
    fn lacks_list(&self, status: u16) -> bool {
        matches!(status, 400 | 404 | 405 | 501)
    }
}

/// The conversation in CodeLlama's instruction template, as its model card gives it.
pub fn instruction(request: &CompletionRequest) -> String {
    let mut rules = format!("<<SYS>>\n{}\n<</SYS>>\n\n", request.system);
    let text = |turn: &ChatTurn| match turn {
        ChatTurn::User(words) => {
            format!("<s>[INST] {}{words} [/INST]", std::mem::take(&mut rules))
        }
        ChatTurn::Model(words) => format!(" {words} </s>"),
    };
    request.turns.iter().map(text).collect()
}

fn detailed_usage(details: &Value) -> Option<TokenUsage> {
    let count = |name| details.get(name).and_then(Value::as_u64);
    Some(TokenUsage {
        prompt_tokens: count("input_length").unwrap_or_default(),
        completion_tokens: count("generated_tokens")?,
    })
}

#[derive(Serialize)]
struct TextGenerationBody {
    inputs: String,
    parameters: TextGenerationParameters,
    stream: bool,
}

#[derive(Serialize)]
struct TextGenerationParameters {
    max_new_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_full_text: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<bool>,
    #[serde(flatten)]
    sampling: Sampling,
}
