//! The shapes that Hugging Face's servers answer in, with a text of the caller's.

use serde_json::{Value, json};

use super::answer::{Answer, Event};

/// A small whole game, for tests that need a reply worth keeping.
pub const GAME: &str = include_str!("game.html");

/// Characters of text in one event unless a test says otherwise; a token is about four.
const TOKEN: usize = 4;

const MODEL: &str = "acme/coder-small";

impl Answer {
    /// Chat completions, streamed: role, text, finish reason, usage, `[DONE]`.
    pub fn chat_stream(text: &str) -> Self {
        Self::chat_stream_by(text, TOKEN, "stop")
    }

    /// The same with `size` characters an event and another reason to end.
    pub fn chat_stream_by(text: &str, size: usize, finish: &str) -> Self {
        let pieces = by_chars(text, size);
        let count = pieces.len();
        let mut events = vec![chat_event(&json!({"role": "assistant", "content": ""}), None)];
        events.extend(pieces.iter().map(|piece| chat_event(&json!({"content": piece}), None)));
        events.push(chat_event(&json!({}), Some(finish)));
        events.push(Event::Data(usage_chunk(count).to_string()));
        events.push(Event::Data("[DONE]".to_owned()));
        routed(Self::events(events))
    }

    /// A model that thinks aloud first, in the field made for it.
    pub fn chat_stream_after_thinking(thought: &str, text: &str) -> Self {
        let mut answer = Self::chat_stream(text);
        let thoughts = by_chars(thought, TOKEN);
        for (i, piece) in thoughts.iter().enumerate() {
            let event = chat_event(&json!({"reasoning_content": piece}), None);
            answer = answer.with_event(i + 1, event);
        }
        answer
    }

    /// Chat completions in one piece.
    pub fn chat(text: &str) -> Self {
        let count = text.len().div_ceil(TOKEN);
        let body = json!({
            "id": "chatcmpl-0001", "object": "chat.completion", "created": 1_790_000_000_u64, "model": MODEL,
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 64, "completion_tokens": count, "total_tokens": 64 + count},
        });
        routed(Self::status(200).json(body.to_string()))
    }

    /// Text-generation, streamed: tokens, then the whole text with a special one.
    pub fn text_generation_stream(text: &str) -> Self {
        let pieces = by_chars(text, TOKEN);
        let mut events: Vec<_> = (0_u32..)
            .zip(&pieces)
            .map(|(i, piece)| Event::Data(token(i, piece, &Value::Null).to_string()))
            .collect();
        let count = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
        let last = token(count, "</s>", &json!(text));
        events.push(Event::Data(last.to_string()));
        Self::events(events).tight()
    }

    /// Text-generation in one piece: a list, as the older servers answer.
    pub fn text_generation(text: &str) -> Self {
        Self::status(200).json(json!([{"generated_text": text}]).to_string())
    }

    /// The list of models, with the gaps that the real one has.
    pub fn models() -> Self {
        let provider = |name: &str| json!({"provider": name, "status": "live"});
        let body = json!({"object": "list", "data": [
            {"id": MODEL, "object": "model", "created": 1_790_000_000_u64, "owned_by": "acme", "providers": [
                {"provider": "north", "status": "live", "context_length": 131_072, "supports_tools": true,
                 "pricing": {"input": 0.1, "output": 0.3}, "throughput": 61.5, "first_token_latency_ms": 410},
                provider("south"),
            ]},
            {"id": "acme/coder-large", "object": "model", "owned_by": "acme", "providers": [provider("north")]},
        ]});
        Self::status(200).json(body.to_string())
    }

    /// Whose token it is: a person's, who may ask models with it.
    pub fn whoami() -> Self {
        let body = json!({
            "type": "user", "id": "1", "name": "ann", "fullname": "Ann", "email": "ann@example.com",
            "isPro": false, "canPay": false, "periodEnd": 1_796_083_200, "orgs": [], "avatarUrl": "/a.svg",
            "auth": {"type": "access_token", "accessToken": {"displayName": "laptop", "role": "fineGrained",
                "fineGrained": {"canReadGatedRepos": false, "global": [], "scoped": [
                    {"entity": {"_id": "1", "type": "user", "name": "ann"},
                     "permissions": ["inference.serverless.write", "user.billing.read"]}]}}},
        });
        Self::status(200).json(body.to_string())
    }

    /// What was spent, in billionths of a dollar.
    pub fn usage() -> Self {
        let body = json!({"usage": {"inferenceProviders": {
            "usedNanoUsd": 12_300_000, "includedNanoUsd": 100_000_000, "limitNanoUsd": null, "numRequests": 6}}});
        Self::status(200).json(body.to_string())
    }
}

/// What the router adds to every answer that it passed on.
fn routed(answer: Answer) -> Answer {
    answer.header("x-inference-provider", "north").header("x-request-id", "req-0001")
}

fn chat_event(delta: &Value, finish: Option<&str>) -> Event {
    let chunk = json!({
        "id": "chatcmpl-0001", "object": "chat.completion.chunk", "created": 1_790_000_000_u64, "model": MODEL,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    });
    Event::Data(chunk.to_string())
}

fn usage_chunk(count: usize) -> Value {
    json!({
        "id": "chatcmpl-0001", "object": "chat.completion.chunk", "created": 1_790_000_000_u64, "model": MODEL, "choices": [],
        "usage": {"prompt_tokens": 64, "completion_tokens": count, "total_tokens": 64 + count},
    })
}

fn token(index: u32, text: &str, whole: &Value) -> Value {
    json!({
        "index": index, "generated_text": whole, "details": null,
        "token": {"id": 1000 + index, "text": text, "logprob": -0.5, "special": !whole.is_null()},
    })
}

fn by_chars(text: &str, size: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(size.max(1)).map(|piece| piece.iter().collect()).collect()
}
