//! The seam between requests and the protocols of model servers.
//!
//! A protocol is one file with one `WireFormat`: where it is posted to, how a request is written,
//! how answers, refusals and lists of models are read. The rest of the crate knows only
//! [`Protocol`], so another protocol is another file, a variant and its row in `wire`.
//!
//! What a server answers is not always in the protocol that it was asked in (a gateway passes on
//! the errors of what is behind it). So an answer is read by its own shape, which each protocol
//! recognises or leaves to the next in [`Protocol::ALL`].

mod chat_completions;
pub mod text_generation;

use std::borrow::Cow;
use std::str::FromStr;

use serde_json::Value;

use super::{CompletionRequest, RequestAdjustment, TokenUsage};

/// The API of a server: how it is asked. Who is asked is [`crate::app::Engine`]'s matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// OpenAI-style chat completions: the router, vLLM, llama.cpp, Ollama, TGI.
    Chat,
    /// `{inputs, parameters}`: TGI's own routes and older dedicated endpoints.
    TextGeneration,
}

/// No protocol has that name; the message lists those that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProtocolError;

impl std::fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "use {}", Protocol::ALL.map(Protocol::name).join(" or "))
    }
}

impl std::error::Error for ProtocolError {}

impl FromStr for Protocol {
    type Err = ProtocolError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|protocol| protocol.name() == name).ok_or(ProtocolError)
    }
}

/// What one JSON chunk of an answer says.
#[derive(Debug, Default)]
pub(super) struct AnswerChunk<'j> {
    /// Why the model stopped, in the server's word; `None` if it goes on.
    pub finish_reason: Option<&'j str>,
    /// Whether the model declines to answer.
    pub is_refused: bool,
    /// The tokens so far; `None` if the chunk does not count.
    pub usage: Option<TokenUsage>,
    /// The whole text, as some servers repeat it at the end.
    pub whole: Option<&'j str>,
    pub piece: AnswerPiece<'j>,
}

/// The text in a chunk.
#[derive(Debug, Default)]
pub(super) enum AnswerPiece<'j> {
    #[default]
    Nothing,
    /// The next piece of the reply.
    Text(Cow<'j, str>),
    /// The reply so far; it may grow from chunk to chunk.
    Message(Cow<'j, str>),
    /// Reasoning, whose text is not part of the reply.
    Thought,
}

/// Where a model's entry in a list has its facts, as JSON pointers below the entry.
pub(super) struct ModelFields {
    pub name: &'static [&'static str],
    /// The context in tokens that the model was loaded with.
    pub loaded_context: &'static [&'static str],
    /// A context in tokens that says less: of the training, or of one request.
    pub other_context: &'static [&'static str],
}

/// A server's sentence about a refused request.
pub(super) struct RefusalText<'r> {
    /// The sentence as sent.
    pub message: &'r str,
    /// The sentence in lower case.
    pub lower: &'r str,
    /// The whole body in lower case: FastAPI names the parameter in a field of its own.
    pub body: &'r str,
}

/// One protocol, as bytes and paths. Paths have no slash at their end.
trait WireFormat: Sync {
    /// The name in settings.
    fn name(&self) -> &'static str;

    /// The path to post to, completed from the path of a base URL.
    fn request_path(&self, base: &str) -> String;

    /// The path to post to if it names the model; `None` if the body does.
    fn model_path(&self, path: &str, model: &str) -> Option<String>;

    /// The path of the model list.
    fn list_path(&self, path: &str) -> String;

    /// The request path without the protocol's own route.
    fn base_path<'p>(&self, path: &'p str) -> &'p str;

    /// The header that authorises a request: its name in lower case, and its value.
    fn authorization(&self, token: &str) -> (&'static str, String) {
        ("authorization", format!("Bearer {token}"))
    }

    /// The request's body, as JSON.
    fn encode(&self, request: &CompletionRequest) -> serde_json::Result<Vec<u8>>;

    /// What a server that repeats the question puts in front of the answer; `None` if servers of
    /// this protocol repeat nothing.
    fn echo(&self, request: &CompletionRequest) -> Option<String>;

    /// Describes a request without these parameters, to follow “asked again”; `None` if nothing
    /// takes their place.
    fn describe_omission(&self, names: &[&str]) -> Option<&'static str>;

    /// The text of a chunk that is one piece of text and nothing else, read fast; `None` for any
    /// other chunk.
    fn plain_text<'d>(&self, data: &'d str) -> Option<Cow<'d, str>>;

    /// Whether an event is the marker that ends a stream.
    fn ends_stream(&self, data: &str) -> bool;

    /// Whether JSON is a part of an answer in this protocol, possibly an empty one.
    fn is_answer(&self, json: &Value) -> bool;

    /// Reads a chunk of a stream, or a whole answer; `None` if it is not of this protocol.
    fn decode<'j>(&self, json: &'j Value) -> Option<AnswerChunk<'j>>;

    /// The server's sentence in an error body of this protocol's own shape.
    fn error_message<'j>(&self, json: &'j Value) -> Option<&'j str>;

    /// The status that corresponds to one of this protocol's kinds of error.
    fn error_status(&self, kind: &str) -> Option<u16>;

    /// How a refusal asks for other parameters.
    fn suggested_adjustment(&self, refusal: &RefusalText<'_>) -> Option<RequestAdjustment>;

    fn model_fields(&self) -> &'static ModelFields;

    /// Whether a server on this machine is asked for its list before the first question: it is
    /// there in a moment and has the model's context.
    fn is_list_asked_first(&self) -> bool;

    /// Whether this status says that the server has no model list.
    fn lacks_list(&self, status: u16) -> bool {
        matches!(status, 404 | 405 | 501)
    }
}

impl Protocol {
    /// Every protocol, in the order in which an answer's shape is tried.
    pub const ALL: [Self; 2] = [Self::Chat, Self::TextGeneration];

    fn wire(self) -> &'static dyn WireFormat {
        match self {
            Self::Chat => &chat_completions::ChatCompletions,
            Self::TextGeneration => &text_generation::TextGeneration,
        }
    }

    /// The name in settings.
    pub fn name(self) -> &'static str {
        self.wire().name()
    }

    /// The request's body, as JSON.
    ///
    /// # Errors
    ///
    /// None in practice: plain structs with string keys always become JSON.
    pub fn encode(self, request: &CompletionRequest) -> serde_json::Result<Vec<u8>> {
        self.wire().encode(request)
    }

    /// Whether a server on this machine is asked for its list before the first question.
    pub fn is_list_asked_first(self) -> bool {
        self.wire().is_list_asked_first()
    }

    /// Whether this status says that the server has no model list.
    pub fn lacks_list(self, status: u16) -> bool {
        self.wire().lacks_list(status)
    }

    /// The header that authorises a request: its name in lower case, and its value.
    pub(super) fn authorization(self, token: &str) -> (&'static str, String) {
        self.wire().authorization(token)
    }

    /// The path to post to, completed from the path of a base URL.
    pub(super) fn request_path(self, base: &str) -> String {
        self.wire().request_path(base)
    }

    /// The path to post to if it names the model. `None` if the body does.
    pub(super) fn model_path(self, path: &str, model: &str) -> Option<String> {
        self.wire().model_path(path, model)
    }

    /// The path of the model list.
    pub(super) fn list_path(self, path: &str) -> String {
        self.wire().list_path(path)
    }

    /// The request path without the protocol's own route.
    pub(super) fn base_path(self, path: &str) -> &str {
        self.wire().base_path(path)
    }
}

/// The text of a chunk that is one piece of text and nothing else, read fast; `None` for any other.
pub(super) fn plain_text(data: &str) -> Option<Cow<'_, str>> {
    all_wires().find_map(|wire| wire.plain_text(data))
}

/// Reads a chunk by its shape. Counts of tokens in OpenAI's shape come in any protocol, also alone.
pub(super) fn decode(json: &Value) -> AnswerChunk<'_> {
    all_wires().find_map(|wire| wire.decode(json)).unwrap_or_else(|| AnswerChunk {
        usage: json.get("usage").and_then(parse_usage),
        ..AnswerChunk::default()
    })
}

fn all_wires() -> impl Iterator<Item = &'static dyn WireFormat> {
    Protocol::ALL.into_iter().map(Protocol::wire)
}

/// The first item of a list: text generation wraps a whole answer into a list of one.
pub(super) fn unwrap_list(json: &Value) -> &Value {
    json.as_array().and_then(|items| items.first()).unwrap_or(json)
}

/// Whether JSON is a part of an answer in any protocol, possibly an empty one.
pub(super) fn is_answer(json: &Value) -> bool {
    has(json, "usage") || all_wires().any(|wire| wire.is_answer(json))
}

/// Whether an event is the marker that ends a stream.
pub(super) fn ends_stream(data: &str) -> bool {
    all_wires().any(|wire| wire.ends_stream(data))
}

/// An answer without the question that some servers repeat in front of it.
pub(super) fn strip_echo<'t>(request: &CompletionRequest, text: &'t str) -> &'t str {
    let mut echoes = all_wires().filter_map(|wire| wire.echo(request));
    echoes.find_map(|echo| text.strip_prefix(&*echo)).unwrap_or(text)
}

/// Describes a request without these parameters; `None` if nothing takes their place.
pub(super) fn describe_omission(names: &[&str]) -> Option<&'static str> {
    all_wires().find_map(|wire| wire.describe_omission(names))
}

/// The server's sentence in an error body of any protocol's own shape.
pub(super) fn error_message(json: &Value) -> Option<&str> {
    all_wires().find_map(|wire| wire.error_message(json))
}

/// The status that corresponds to a kind of error.
pub(super) fn error_status(kind: &str) -> Option<u16> {
    all_wires().find_map(|wire| wire.error_status(kind))
}

/// How a refusal asks for other parameters.
pub(super) fn suggested_adjustment(refusal: &RefusalText<'_>) -> Option<RequestAdjustment> {
    all_wires().find_map(|wire| wire.suggested_adjustment(refusal))
}

/// Where models have their facts, protocol by protocol.
pub(super) fn model_fields() -> impl Iterator<Item = &'static ModelFields> {
    all_wires().map(WireFormat::model_fields)
}

/// Whether a field is there and not `null`.
fn has(json: &Value, name: &str) -> bool {
    json.get(name).is_some_and(|value| !value.is_null())
}

/// Token counts in OpenAI's shape.
fn parse_usage(usage: &Value) -> Option<TokenUsage> {
    let count = |name| usage.get(name).and_then(Value::as_u64);
    Some(TokenUsage {
        prompt_tokens: count("prompt_tokens")?,
        completion_tokens: count("completion_tokens").unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests;
