//! A completion request and its JSON body.

use std::borrow::Cow;

use serde::Serialize;

use super::{Price, Protocol, TokenUsage, price};
use crate::untrusted::Untrusted;

/// One request to a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionRequest {
    pub model: String,
    /// The model's price, if a list has it.
    pub price: Option<Price>,
    pub system: String,
    /// The conversation, which starts and ends with the user.
    pub turns: Vec<ChatTurn>,
    /// The user's own prompt, for the records.
    pub user_prompt: String,
    pub max_tokens: u32,
    /// What this server rejected: names of parameters, or the role `system`. Without `max_tokens`
    /// the limit is sent as `max_completion_tokens`; without `system` the rules precede the user's
    /// first prompt.
    pub omitted_parameters: Vec<String>,
    /// Returned inside the router's request id, so that both logs can be matched.
    pub trace: u128,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatTurn {
    User(String),
    Model(String),
}

/// A change to a request that the server's message asks for; applied at most once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestAdjustment {
    /// The maximum of tokens in the answer.
    MaxTokens(u32),
    /// The maximum of tokens in prompt and answer together.
    ContextLimit(u32),
    /// The server does not accept these parameters, or the role `system`.
    OmitParameters(Vec<String>),
}

impl RequestAdjustment {
    /// Describes the changed request, to follow “asked again”.
    pub fn describe(&self, request: &CompletionRequest) -> String {
        let names = match self {
            Self::MaxTokens(_) | Self::ContextLimit(_) => {
                return format!("with at most {} tokens", request.max_tokens);
            }
            Self::OmitParameters(names) => names,
        };
        match names.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["max_tokens"] => "with max_completion_tokens instead of max_tokens".to_owned(),
            ["system"] => "with the rules in the prompt instead of a system message".to_owned(),
            all => format!("without {}", Untrusted::new(all.join(", ")).headline(120)),
        }
    }
}

/// Tokens of the context that are left free, because chat templates add some to every message.
const TEMPLATE_MARGIN: u64 = 256;
/// The lowest limit that an estimate sets for an answer: fewer tokens make no game, and the server
/// knows the true number.
const MIN_ANSWER_TOKENS: u32 = 1_000;

impl CompletionRequest {
    /// Applies a change that the server asked for.
    pub fn adjust(&mut self, adjustment: RequestAdjustment) {
        match adjustment {
            RequestAdjustment::MaxTokens(limit) => self.max_tokens = limit.min(self.max_tokens),
            RequestAdjustment::ContextLimit(context) => {
                self.max_tokens = self.answer_room(u64::from(context));
            }
            RequestAdjustment::OmitParameters(names) => self.omitted_parameters.extend(names),
        }
    }

    /// Whether an adjustment changes the request; an unchanged one need not be sent again.
    pub fn would_change(&self, adjustment: &RequestAdjustment) -> bool {
        match adjustment {
            RequestAdjustment::MaxTokens(limit) => *limit < self.max_tokens,
            RequestAdjustment::ContextLimit(context) => {
                self.answer_room(u64::from(*context)) < self.max_tokens
            }
            RequestAdjustment::OmitParameters(names) => names.iter().any(|name| self.accepts(name)),
        }
    }

    /// The tokens left for the answer in a context of `context` tokens, but at most `max_tokens`.
    pub fn answer_room(&self, context: u64) -> u32 {
        let left = context.saturating_sub(self.prompt_tokens()).saturating_sub(TEMPLATE_MARGIN);
        u32::try_from(left).unwrap_or(u32::MAX).max(MIN_ANSWER_TOKENS).min(self.max_tokens)
    }

    /// Estimates the tokens of the prompt. Code and English have three to four bytes a token with
    /// today's vocabularies; three are assumed, so the estimate is rather too high.
    fn prompt_tokens(&self) -> u64 {
        let text = |turn: &ChatTurn| match turn {
            ChatTurn::User(words) | ChatTurn::Model(words) => words.len(),
        };
        let bytes = self.system.len() + self.turns.iter().map(text).sum::<usize>();
        bytes as u64 / 3
    }

    fn accepts(&self, name: &str) -> bool {
        !self.omitted_parameters.iter().any(|unknown| unknown == name)
    }

    /// The cost of `usage` in USD; `None` if the model's price is unknown.
    pub fn estimated_usd(&self, usage: TokenUsage) -> Option<f64> {
        let price = self.price.or_else(|| price::known_price(&self.model))?;
        Some(price::round_usd(price.cost(usage)))
    }

    /// The value of `X-Amzn-Trace-Id`, in the form of a random UUID (RFC 9562, version 4).
    pub fn trace_id(&self) -> String {
        let uuid = uuid::Builder::from_random_bytes(self.trace.to_be_bytes()).into_uuid();
        uuid.hyphenated().to_string()
    }

    /// The body to post, as JSON.
    pub fn body(&self, protocol: Protocol) -> Vec<u8> {
        let body = match protocol {
            Protocol::Chat => serde_json::to_vec(&self.chat_body()),
            Protocol::TextGeneration => serde_json::to_vec(&self.text_generation_body()),
        };
        body.expect("plain structs with string keys always become JSON")
    }

    fn chat_body(&self) -> ChatBody<'_> {
        let known = |name| self.accepts(name).then_some(());
        let turns = self.turns.iter().map(ChatMessage::from_turn);
        let mut messages: Vec<_> = match known("system") {
            Some(()) => {
                std::iter::once(ChatMessage::new("system", &self.system)).chain(turns).collect()
            }
            None => turns.collect(),
        };
        if let (None, Some(first)) = (known("system"), messages.first_mut()) {
            first.content = format!("{}\n\n{}", self.system, first.content).into();
        }
        ChatBody {
            model: &self.model,
            messages,
            stream: true,
            stream_options: known("stream_options").map(|()| StreamOptions { include_usage: true }),
            max_tokens: known("max_tokens").map(|()| self.max_tokens),
            max_completion_tokens: known("max_tokens").is_none().then_some(self.max_tokens),
        }
    }

    fn text_generation_body(&self) -> TextGenerationBody {
        let known = |name| self.accepts(name);
        TextGenerationBody {
            inputs: self.instruction(),
            parameters: TextGenerationParameters {
                max_new_tokens: self.max_tokens,
                return_full_text: known("return_full_text").then_some(false),
                details: known("details").then_some(true),
            },
            stream: true,
        }
    }

    /// The conversation in CodeLlama's instruction template, as its model card gives it.
    pub fn instruction(&self) -> String {
        let mut rules = format!("<<SYS>>\n{}\n<</SYS>>\n\n", self.system);
        let text = |turn: &ChatTurn| match turn {
            ChatTurn::User(words) => {
                format!("<s>[INST] {}{words} [/INST]", std::mem::take(&mut rules))
            }
            ChatTurn::Model(words) => format!(" {words} </s>"),
        };
        self.turns.iter().map(text).collect()
    }
}

/// `model` is the first field: the router finds the provider from the first bytes of a body.
#[derive(Serialize)]
struct ChatBody<'a> {
    model: &'a str,
    messages: Vec<ChatMessage<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
}

#[derive(Serialize)]
struct ChatMessage<'a> {
    role: &'static str,
    content: Cow<'a, str>,
}

impl<'a> ChatMessage<'a> {
    fn new(role: &'static str, content: &'a str) -> Self {
        Self { role, content: Cow::Borrowed(content) }
    }

    fn from_turn(turn: &'a ChatTurn) -> Self {
        match turn {
            ChatTurn::User(content) => Self::new("user", content),
            ChatTurn::Model(content) => Self::new("assistant", content),
        }
    }
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> CompletionRequest {
        CompletionRequest {
            model: "o/m:cheapest".into(),
            price: None,
            system: "S".into(),
            turns: vec![ChatTurn::User("U".into())],
            user_prompt: "U".into(),
            max_tokens: 7,
            omitted_parameters: Vec::new(),
            trace: 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef,
        }
    }

    fn body(request: &CompletionRequest, protocol: Protocol) -> String {
        String::from_utf8(request.body(protocol)).unwrap()
    }

    #[test]
    fn chat_names_the_model_first_and_nothing_the_user_did_not_set() {
        assert_eq!(
            body(&request(), Protocol::Chat),
            r#"{"model":"o/m:cheapest","messages":[{"role":"system","content":"S"},{"role":"user","content":"U"}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":7}"#
        );
    }

    #[test]
    fn text_generation_uses_the_instruction_template() {
        assert_eq!(
            body(&request(), Protocol::TextGeneration),
            r#"{"inputs":"<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nU [/INST]","parameters":{"max_new_tokens":7,"return_full_text":false,"details":true},"stream":true}"#
        );
    }

    #[test]
    fn a_conversation_keeps_its_order_and_its_rules_first() {
        let mut request = request();
        request.turns.extend([ChatTurn::Model("M".into()), ChatTurn::User("V".into())]);
        let chat = body(&request, Protocol::Chat);
        assert!(chat.contains(
            r#"{"role":"user","content":"U"},{"role":"assistant","content":"M"},{"role":"user","content":"V"}]"#
        ));
        let text = "<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nU [/INST] M </s><s>[INST] V [/INST]";
        assert_eq!(request.instruction(), text);
    }

    #[test]
    fn a_trace_id_is_a_random_uuid() {
        assert_eq!(request().trace_id(), "01234567-89ab-4def-8123-456789abcdef");
    }

    #[test]
    fn a_server_that_knows_less_is_asked_in_its_own_way() {
        let mut request = request();
        let names = ["max_tokens", "system", "stream_options"].map(str::to_owned);
        let adjustment = RequestAdjustment::OmitParameters(names.to_vec());
        assert!(request.would_change(&adjustment));
        request.adjust(adjustment.clone());
        assert!(!request.would_change(&adjustment), "the same is not asked twice");
        assert_eq!(
            body(&request, Protocol::Chat),
            r#"{"model":"o/m:cheapest","messages":[{"role":"user","content":"S\n\nU"}],"stream":true,"max_completion_tokens":7}"#
        );
    }

    #[test]
    fn an_answer_gets_what_the_context_leaves() {
        let mut request = request();
        request.max_tokens = 16_000;
        request.turns = vec![ChatTurn::User("x".repeat(9_000))];
        assert_eq!(request.answer_room(8_192), 4_936);
        assert_eq!(request.answer_room(1_000_000), 16_000, "never more than was wanted");
        assert_eq!(request.answer_room(2_048), 1_000, "the server knows better");
        assert!(!request.would_change(&RequestAdjustment::ContextLimit(40_000)));
        request.adjust(RequestAdjustment::ContextLimit(8_192));
        assert!(!request.would_change(&RequestAdjustment::MaxTokens(5_000)));
        assert_eq!(request.max_tokens, 4_936);
    }

    #[test]
    fn an_adjusted_request_leaves_out_what_the_server_refused() {
        let mut request = request();
        request.adjust(RequestAdjustment::OmitParameters(vec![
            "details".into(),
            "return_full_text".into(),
        ]));
        request.adjust(RequestAdjustment::MaxTokens(3));
        assert!(body(&request, Protocol::TextGeneration).contains(r#"{"max_new_tokens":3}"#));
    }
}
