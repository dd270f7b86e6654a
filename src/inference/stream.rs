//! Assembles a reply from the events of a streamed answer, without IO.
//!
//! A chunk that is not just a piece of text is read as loose JSON: unknown fields, missing keys,
//! empty chunks and new finish reasons must not cost the user a game. An error inside a successful
//! stream is an error, even when `[DONE]` follows it. A whole completion as plain JSON is read the
//! same way.

mod chunk;
mod finish_reason;

use std::time::SystemTime;

use serde_json::Value;

use super::answer::{ResponseHead, describe_web_page, error_message, parse_embedded_error};
use super::reasoning_filter::ReasoningFilter;
use super::repetition::RepetitionDetector;
use super::sse::SseEvent;
use super::{
    ErrorCause, FinishReason, InferenceError, Outcome, PermanentCause, Reply, TokenUsage,
    TransientCause, protocol,
};
use crate::secret::redact;
use crate::untrusted::Untrusted;
use finish_reason::ReportedFinish;

/// The largest reply that is read, in bytes of text: twice the largest game.
const MAX_REPLY_BYTES: usize = 8 << 20;
/// The largest answer outside an event stream, in bytes.
const MAX_WHOLE_BYTES: usize = 16 << 20;

/// End tokens that some servers send as text.
const END_MARKERS: [&str; 4] = ["</s>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>"];

/// The magic numbers of gzip and zstd, decoded as lossy UTF-8.
const COMPRESSION_MAGIC: [&str; 2] = ["\u{1f}\u{fffd}", "(\u{fffd}/\u{fffd}"];

/// The contribution of one SSE event to the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamEvent {
    Nothing,
    /// The next piece of the reply's text.
    Content(String),
    /// Reasoning, whose text is not part of the reply.
    Thought,
}

/// The state of an answer between events.
#[derive(Debug)]
pub struct ReplyStream {
    head: ResponseHead,
    received: usize,
    has_thought: bool,
    filter: ReasoningFilter,
    repetition: RepetitionDetector,
    finish: Option<FinishReason>,
    /// The last finish reason that is not the model's own: the server's word and its meaning.
    odd_reason: Option<(String, ReportedFinish)>,
    done: bool,
    whole: Option<String>,
    /// The text of the `message` fields so far; it may grow from chunk to chunk.
    message: String,
    /// Lines outside an event stream that are not JSON by themselves.
    plain_lines: String,
    /// JSON that is not part of an answer, but holds a message.
    remark: Option<Value>,
    usage: Option<TokenUsage>,
    error: Option<InferenceError>,
}

impl ReplyStream {
    /// A reader of the body that follows this head.
    pub fn new(head: ResponseHead) -> Self {
        Self {
            head,
            received: 0,
            has_thought: false,
            filter: ReasoningFilter::default(),
            repetition: RepetitionDetector::default(),
            finish: None,
            odd_reason: None,
            done: false,
            whole: None,
            message: String::new(),
            plain_lines: String::new(),
            remark: None,
            usage: None,
            error: None,
        }
    }

    /// Processes the next item of the body.
    pub fn on_sse_event(&mut self, event: &SseEvent, at: SystemTime) -> StreamEvent {
        match event {
            SseEvent::Message { name, data } => self.on_sse_message(name, data, at),
            SseEvent::PlainLine(line) => self.on_plain_line(line, at),
            SseEvent::TooLarge => {
                self.fail(PermanentCause::AnswerTooLarge, "one event of more than 1 MiB");
                StreamEvent::Nothing
            }
        }
    }

    /// Processes one event: its `event` name and its data.
    pub fn on_sse_message(&mut self, name: &str, data: &str, at: SystemTime) -> StreamEvent {
        let data = data.trim();
        if data.is_empty() || self.is_over() {
            return StreamEvent::Nothing;
        }
        if protocol::ends_stream(data) {
            self.done = true;
            return StreamEvent::Nothing;
        }
        let plain = Some(data).filter(|_| name != "error").and_then(protocol::plain_text);
        let event = match plain {
            Some(text) => self.on_text(&text),
            None => match serde_json::from_str::<Value>(data) {
                Ok(json) => self.on_json(name, &json, at),
                Err(_) => self.on_garbage(name, data, at),
            },
        };
        if self.received > MAX_REPLY_BYTES {
            self.fail(PermanentCause::AnswerTooLarge, "more than 8 MiB");
        }
        event
    }

    /// Processes a line outside an event stream: JSON, a web page, or a part of either.
    fn on_plain_line(&mut self, line: &str, at: SystemTime) -> StreamEvent {
        let text = line.trim();
        if text.is_empty() || self.is_over() {
            return StreamEvent::Nothing;
        }
        if self.plain_lines.is_empty()
            && text.starts_with(['{', '['])
            && let Ok(json) = serde_json::from_str::<Value>(text)
        {
            return self.on_plain_json(&json, at);
        }
        self.plain_lines.push_str(line);
        self.plain_lines.push('\n');
        if self.plain_lines.len() > MAX_WHOLE_BYTES {
            self.fail(PermanentCause::AnswerTooLarge, "too large");
        }
        StreamEvent::Nothing
    }

    /// Ends the body: the lines outside an event stream are read as one document.
    pub fn close(&mut self, at: SystemTime) -> StreamEvent {
        let bare = std::mem::take(&mut self.plain_lines);
        let bare = bare.trim();
        if bare.is_empty() || self.is_over() || self.received > 0 {
            return StreamEvent::Nothing;
        }
        match serde_json::from_str::<Value>(bare) {
            Ok(json) => return self.on_plain_json(&json, at),
            Err(_) if bare.starts_with(['{', '[']) => {
                let cause = ErrorCause::Transient(TransientCause::Dropped);
                self.error = Some(InferenceError::local(cause, "the response ended early"));
            }
            Err(_) => self.error = Some(self.not_an_answer(bare)),
        }
        StreamEvent::Nothing
    }

    /// The error for text in place of an answer: a web page, compressed bytes, or plain text.
    fn not_an_answer(&self, text: &str) -> InferenceError {
        let message = if let Some(page) = describe_web_page(&self.head, text) {
            page
        } else if COMPRESSION_MAGIC.iter().any(|magic| text.starts_with(magic)) {
            "the response is compressed without saying so".to_owned()
        } else {
            let words = Untrusted::new(redact(text)).headline(120);
            format!("neither JSON nor an event stream: “{words}”")
        };
        let cause = ErrorCause::Permanent(PermanentCause::NotAnAnswer);
        let request_id = self.head.meta().request_id;
        InferenceError {
            status: Some(self.head.status),
            request_id,
            ..InferenceError::local(cause, message)
        }
    }

    /// Processes JSON that is the whole body: if it is not an answer, it is kept as a remark.
    fn on_plain_json(&mut self, json: &Value, at: SystemTime) -> StreamEvent {
        let event = self.on_json("", json, at);
        if self.remark.is_none() && !protocol::is_answer(protocol::unwrap_list(json)) {
            self.remark = Some(json.clone());
        }
        event
    }

    fn on_json(&mut self, name: &str, json: &Value, at: SystemTime) -> StreamEvent {
        let json = protocol::unwrap_list(json);
        if name == "error" || has_error(json) {
            self.error = Some(parse_embedded_error(&self.head, json, at));
            return StreamEvent::Nothing;
        }
        // In a stream without an answer, a message explains why there is none.
        if !protocol::is_answer(json) && error_message(json).is_some() {
            self.remark = Some(json.clone());
        }
        self.on_chunk(json)
    }

    /// Processes a chunk that is not JSON: cut off, or the text of an error event.
    fn on_garbage(&mut self, name: &str, data: &str, at: SystemTime) -> StreamEvent {
        if name == "error" {
            let words = serde_json::json!({ "error": data });
            self.error = Some(parse_embedded_error(&self.head, &words, at));
        } else {
            let words = Untrusted::new(redact(data)).headline(80);
            let message = format!("part of the stream is not JSON: “{words}”");
            self.error = Some(InferenceError::local(
                ErrorCause::Transient(TransientCause::Dropped),
                message,
            ));
        }
        StreamEvent::Nothing
    }

    fn fail(&mut self, why: PermanentCause, message: &str) {
        self.error = Some(InferenceError::local(ErrorCause::Permanent(why), message));
    }

    fn on_text(&mut self, text: &str) -> StreamEvent {
        self.received += text.len();
        // Old versions of TGI send their end marker as text.
        if END_MARKERS.contains(&text) {
            return StreamEvent::Nothing;
        }
        match self.filter.filter(text) {
            Some(text) if text.is_empty() => StreamEvent::Nothing,
            Some(text) => self.on_content(text),
            None => self.on_thought(),
        }
    }

    /// Ends the answer once it repeats itself: what would follow is paid for and worth nothing.
    fn on_content(&mut self, text: String) -> StreamEvent {
        if let Some(start) = self.repetition.push(&text) {
            self.finish = Some(FinishReason::Repetition { start });
            self.done = true;
        }
        StreamEvent::Content(text)
    }

    fn on_thought(&mut self) -> StreamEvent {
        self.has_thought = true;
        StreamEvent::Thought
    }

    /// Whether the outcome is final.
    pub fn is_over(&self) -> bool {
        self.error.is_some() || self.done
    }

    /// Whether a part of the answer has arrived, including reasoning.
    pub fn has_begun(&self) -> bool {
        self.received > 0 || self.has_thought
    }

    /// Ends the stream and returns its outcome. `error` is the connection's, `None` if it closed
    /// properly.
    pub fn finish(mut self, error: Option<InferenceError>) -> Outcome {
        let has_begun = self.has_begun();
        let meta = self.head.meta();
        let fault = self.ending_error();
        let is_whole = !self.message.is_empty();
        let is_ended = self.finish.is_some()
            || self.whole.is_some()
            || self.done
            || is_whole && error.is_none();
        let cut_off = || {
            let cause = ErrorCause::Transient(TransientCause::Dropped);
            (!is_ended).then(|| InferenceError::local(cause, "the stream ended early"))
        };
        let error = self.error.take().or(fault).or(error.filter(|_| !is_ended)).or_else(cut_off);
        let Some(mut error) = error else {
            let finish = self.finish.unwrap_or_default();
            // Reasoning that never ends may hold the answer: the extraction searches it.
            let text = self.whole.or_else(|| self.filter.withheld());
            let text = text.filter(|_| finish == FinishReason::Complete);
            return Outcome::Replied(Reply { finish, usage: self.usage, meta, text });
        };
        error.request_id = error.request_id.or(meta.request_id);
        if has_begun { Outcome::Interrupted(error) } else { Outcome::Failed(error) }
    }

    /// Why a stream that ended properly is still an error: the server gave up, or it sent a message
    /// and no answer.
    fn ending_error(&mut self) -> Option<InferenceError> {
        let is_empty = self.received == 0 && self.whole.is_none();
        let ended = |reason: &str| {
            let reason = Untrusted::new(redact(reason)).headline(60);
            format!("it ended the reply with `{reason}`")
        };
        match self.odd_reason.take() {
            Some((reason, ReportedFinish::Failed)) => {
                return Some(InferenceError::local(
                    ErrorCause::Transient(TransientCause::Busy),
                    ended(&reason),
                ));
            }
            Some((reason, _)) if is_empty && self.finish == Some(FinishReason::Complete) => {
                return Some(InferenceError::local(
                    ErrorCause::Permanent(PermanentCause::Empty),
                    ended(&reason),
                ));
            }
            _ => {}
        }
        let remark = self.remark.take().filter(|_| !self.has_begun() && is_empty)?;
        if error_message(&remark).is_none() {
            let message = "JSON, but not a completion";
            return Some(InferenceError::local(
                ErrorCause::Permanent(PermanentCause::NotAnAnswer),
                message,
            ));
        }
        Some(parse_embedded_error(&self.head, &remark, SystemTime::UNIX_EPOCH))
    }
}

/// An error of any shape: OpenAI's, TGI's, vLLM's (`"object": "error"`), Anthropic's (`"type":
/// "error"`). Some servers send `null`, `false` or an empty value if there is none.
fn has_error(json: &Value) -> bool {
    let is_said = |error: &Value| match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::Array(_) => true,
    };
    let is_named = |name: &str| json.get(name).and_then(Value::as_str) == Some("error");
    json.get("error").is_some_and(is_said) || is_named("object") || is_named("type")
}

#[cfg(test)]
mod tests;
