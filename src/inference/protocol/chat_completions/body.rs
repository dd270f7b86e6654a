//! The JSON body of a chat request.

use std::borrow::Cow;

use serde::Serialize;

use crate::inference::{ChatTurn, CompletionRequest, Sampling};

/// `model` is the first field: the router finds the provider from the first bytes of a body.
#[derive(Serialize)]
pub(super) struct ChatBody<'a> {
    model: &'a str,
    messages: Vec<ChatMessage<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(flatten)]
    sampling: Sampling,
}

impl<'a> ChatBody<'a> {
    /// Without `max_tokens` the limit is sent as `max_completion_tokens`; without `system` the
    /// rules precede the user's first prompt.
    pub fn new(request: &'a CompletionRequest) -> Self {
        let known = |name| request.accepts(name).then_some(());
        let turns = request.turns.iter().map(ChatMessage::from_turn);
        let mut messages: Vec<_> = match known("system") {
            Some(()) => {
                std::iter::once(ChatMessage::new("system", &request.system)).chain(turns).collect()
            }
            None => turns.collect(),
        };
        if let (None, Some(first)) = (known("system"), messages.first_mut()) {
            first.content = format!("{}\n\n{}", request.system, first.content).into();
        }
        Self {
            model: &request.model,
            messages,
            stream: true,
            stream_options: known("stream_options").map(|()| StreamOptions { include_usage: true }),
            max_tokens: known("max_tokens").map(|()| request.max_tokens),
            max_completion_tokens: known("max_tokens").is_none().then_some(request.max_tokens),
            sampling: request.accepted_sampling(),
        }
    }
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
