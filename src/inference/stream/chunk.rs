//! Reads one JSON chunk of an answer: a chat choice or a text-generation token.

use serde_json::Value;

use super::finish_reason::{self, ReportedFinish};
use super::piece;
use super::{ReplyStream, StreamEvent};
use crate::inference::{FinishReason, TokenUsage};

impl ReplyStream {
    pub(super) fn on_chunk(&mut self, json: &Value) -> StreamEvent {
        let choice = json.pointer("/choices/0");
        let usage = json.get("usage").filter(|usage| usage.is_object());
        let usage = usage.or_else(|| choice.and_then(|choice| choice.get("usage")));
        // Some servers count in every chunk: the last count is the right one.
        self.usage = usage.and_then(parse_usage).or(self.usage);
        match choice {
            Some(choice) => self.on_choice(choice),
            None => self.on_token(json),
        }
    }

    /// Chat: `delta` in a stream, `message` in a whole answer; `text` in plain completions.
    fn on_choice(&mut self, choice: &Value) -> StreamEvent {
        if let Some(reason) = choice.get("finish_reason").and_then(Value::as_str) {
            self.on_finish_reason(reason);
        }
        let part = |name: &str| choice.get(name).filter(|part| part.is_object());
        let delta = part("delta").or_else(|| part("message"));
        if delta.is_some_and(piece::is_refusal) {
            self.finish = Some(FinishReason::Filtered);
        }
        let text = choice.get("text").and_then(Value::as_str).filter(|text| !text.is_empty());
        match (delta.and_then(piece::text), delta) {
            (Some(text), _) if part("delta").is_none() => self.on_message(&text),
            (Some(text), _) => self.on_text(&text),
            (None, Some(delta)) if piece::has_thought(delta) => self.on_thought(),
            (None, _) => text.map_or(StreamEvent::Nothing, |text| self.on_text(text)),
        }
    }

    /// A `message` is the whole answer. In a stream it may grow with every chunk, come in pieces,
    /// or repeat at the end what was streamed.
    fn on_message(&mut self, text: &str) -> StreamEvent {
        if self.message.is_empty() && self.received > 0 {
            self.whole = Some(text.to_owned());
            return StreamEvent::Nothing;
        }
        let more = text.strip_prefix(self.message.as_str()).unwrap_or(text).to_owned();
        self.message.push_str(&more);
        if more.is_empty() { StreamEvent::Nothing } else { self.on_text(&more) }
    }

    fn on_finish_reason(&mut self, reason: &str) {
        match finish_reason::parse(reason) {
            ReportedFinish::Known(finish) => self.finish = Some(finish),
            known @ (ReportedFinish::Failed | ReportedFinish::Other) => {
                self.finish = self.finish.or(Some(FinishReason::Complete));
                self.odd_reason = Some((reason.to_owned(), known));
            }
        }
    }

    /// Text generation: one token a chunk, the whole text with the last one.
    fn on_token(&mut self, json: &Value) -> StreamEvent {
        let details = json.get("details").filter(|details| details.is_object());
        if let Some(details) = details {
            if let Some(reason) = details.get("finish_reason").and_then(Value::as_str) {
                self.on_finish_reason(reason);
            }
            let count = details.get("generated_tokens").and_then(Value::as_u64);
            let prompt = details.get("input_length").and_then(Value::as_u64).unwrap_or_default();
            self.usage = count
                .map(|count| TokenUsage { prompt_tokens: prompt, completion_tokens: count })
                .or(self.usage);
        }
        if let Some(text) = json.get("generated_text").and_then(Value::as_str) {
            self.whole = Some(text.to_owned());
            self.finish = self.finish.or(Some(FinishReason::Complete));
        }
        let token = json.get("token");
        let special = token.and_then(|token| token.get("special")).and_then(Value::as_bool);
        let text = token.and_then(|token| token.get("text")).and_then(Value::as_str);
        match text {
            Some(text) if special != Some(true) && !text.is_empty() => self.on_text(text),
            _ => StreamEvent::Nothing,
        }
    }
}

fn parse_usage(usage: &Value) -> Option<TokenUsage> {
    let count = |name| usage.get(name).and_then(Value::as_u64);
    Some(TokenUsage {
        prompt_tokens: count("prompt_tokens")?,
        completion_tokens: count("completion_tokens").unwrap_or_default(),
    })
}
