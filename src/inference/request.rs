//! What is asked, and the bytes that ask it.

use serde::Serialize;

use super::{Price, Protocol, Usage, price};

/// One question to a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub model: String,
    /// What it costs, where a list told.
    pub price: Option<Price>,
    pub system: String,
    /// What was said so far, the user's words first and last.
    pub turns: Vec<Turn>,
    /// The user's own words, for the records.
    pub wish: String,
    pub max_tokens: u32,
    /// Parameters that this server said it does not know.
    pub without: Vec<String>,
    /// Comes back inside the router's request id: one number ties both logs together.
    pub trace: u128,
}

/// One side's words in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    User(String),
    Model(String),
}

/// A change to a request that the server's own words ask for; made once at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adjustment {
    /// The answer may have only so many tokens.
    FewerTokens(u32),
    /// These parameters are not known there.
    Without(Vec<String>),
}

impl Request {
    pub fn adjust(&mut self, adjustment: Adjustment) {
        match adjustment {
            Adjustment::FewerTokens(limit) => self.max_tokens = limit,
            Adjustment::Without(names) => self.without.extend(names),
        }
    }

    /// What so many tokens of this model cost, where its price is known.
    pub fn estimated_usd(&self, usage: Usage) -> Option<f64> {
        let price = self.price.or_else(|| price::known(&self.model))?;
        Some(price::rounded(price.of(usage)))
    }

    /// The value of `X-Amzn-Trace-Id`, in the form of a random UUID (RFC 9562, version 4).
    pub fn trace_id(&self) -> String {
        let bits = (self.trace & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        let hex = format!("{bits:032x}");
        let mut id = String::with_capacity(36);
        for (index, digit) in hex.chars().enumerate() {
            if matches!(index, 8 | 12 | 16 | 20) {
                id.push('-');
            }
            id.push(digit);
        }
        id
    }

    /// The body to post, as JSON.
    pub fn body(&self, protocol: Protocol) -> Vec<u8> {
        let body = match protocol {
            Protocol::Chat => serde_json::to_vec(&self.chat()),
            Protocol::TextGeneration => serde_json::to_vec(&self.text_generation()),
        };
        body.expect("plain structs with string keys always become JSON")
    }

    fn chat(&self) -> Chat<'_> {
        Chat {
            model: &self.model,
            messages: std::iter::once(Message { role: "system", content: &self.system })
                .chain(self.turns.iter().map(Message::of))
                .collect(),
            stream: true,
            stream_options: StreamOptions { include_usage: true },
            max_tokens: self.max_tokens,
        }
    }

    fn text_generation(&self) -> TextGeneration {
        let known = |name: &str| !self.without.iter().any(|unknown| unknown == name);
        TextGeneration {
            inputs: self.instruction(),
            parameters: Parameters {
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
        let said = |turn: &Turn| match turn {
            Turn::User(words) => {
                format!("<s>[INST] {}{words} [/INST]", std::mem::take(&mut rules))
            }
            Turn::Model(words) => format!(" {words} </s>"),
        };
        self.turns.iter().map(said).collect()
    }
}

/// `model` stands first: the router finds the provider from the first bytes of a body.
#[derive(Serialize)]
struct Chat<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    stream: bool,
    stream_options: StreamOptions,
    max_tokens: u32,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

impl<'a> Message<'a> {
    fn of(turn: &'a Turn) -> Self {
        match turn {
            Turn::User(content) => Self { role: "user", content },
            Turn::Model(content) => Self { role: "assistant", content },
        }
    }
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct TextGeneration {
    inputs: String,
    parameters: Parameters,
    stream: bool,
}

#[derive(Serialize)]
struct Parameters {
    max_new_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_full_text: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request {
            model: "o/m:cheapest".into(),
            price: None,
            system: "S".into(),
            turns: vec![Turn::User("U".into())],
            wish: "U".into(),
            max_tokens: 7,
            without: Vec::new(),
            trace: 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef,
        }
    }

    fn body(request: &Request, protocol: Protocol) -> String {
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
        request.turns.extend([Turn::Model("M".into()), Turn::User("V".into())]);
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
    fn an_adjusted_request_leaves_out_what_the_server_refused() {
        let mut request = request();
        request.adjust(Adjustment::Without(vec!["details".into(), "return_full_text".into()]));
        request.adjust(Adjustment::FewerTokens(3));
        assert!(body(&request, Protocol::TextGeneration).contains(r#"{"max_new_tokens":3}"#));
    }
}
