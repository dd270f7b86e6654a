//! Puts the events of a streamed answer together, without knowing a socket.
//!
//! What is no plain piece of text is read as loose JSON: unknown fields, missing keys, empty
//! chunks and new finish reasons must not cost anybody a game. An error inside
//! a successful stream is an error, even when `[DONE]` follows it.

mod plain;

use std::time::SystemTime;

use serde_json::Value;

use super::answer::{Head, refusal_inside};
use super::thought::Filter;
use super::{Cause, Finish, Lasting, Outcome, Passing, Reply, Trouble, Usage};

/// The largest reply that is read, in bytes of text: twice the largest game.
const LARGEST_REPLY: usize = 8 << 20;

/// Tokens that end an answer and are no part of it.
const MARKERS: [&str; 4] = ["</s>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>"];

/// What one event brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Nothing,
    /// The next piece of the reply.
    Content(String),
    /// The model thinks; the text itself is not part of the reply.
    Thought,
}

/// The answer so far.
#[derive(Debug)]
pub struct Stream {
    head: Head,
    received: usize,
    thought: bool,
    filter: Filter,
    finish: Option<Finish>,
    done: bool,
    whole: Option<String>,
    usage: Option<Usage>,
    error: Option<Trouble>,
}

impl Stream {
    pub fn new(head: Head) -> Self {
        Self {
            head,
            received: 0,
            thought: false,
            filter: Filter::default(),
            finish: None,
            done: false,
            whole: None,
            usage: None,
            error: None,
        }
    }

    /// Takes one event: its `event` name and its data.
    pub fn on_event(&mut self, name: &str, data: &str, at: SystemTime) -> Heard {
        let data = data.trim();
        if data.is_empty() || self.is_over() {
            return Heard::Nothing;
        }
        if data == "[DONE]" {
            self.done = true;
            return Heard::Nothing;
        }
        let plain = Some(data).filter(|_| name != "error").and_then(plain::text);
        let heard = match plain {
            Some(text) => self.hear(&text),
            None => self.on_loose(name, data, at),
        };
        if self.received > LARGEST_REPLY {
            self.fail(Lasting::Endless, "more than 8 MiB");
        }
        heard
    }

    fn on_loose(&mut self, name: &str, data: &str, at: SystemTime) -> Heard {
        let Ok(json) = serde_json::from_str::<Value>(data) else {
            return self.on_garbage(name, data, at);
        };
        let failed = json.get("error").is_some_and(|error| !error.is_null());
        if failed || name == "error" {
            self.error = Some(refusal_inside(&self.head, &json, at));
            return Heard::Nothing;
        }
        self.on_chunk(&json)
    }

    /// A chunk that is no JSON: cut off, or the words of an error event.
    fn on_garbage(&mut self, name: &str, data: &str, at: SystemTime) -> Heard {
        if name == "error" {
            let words = serde_json::json!({ "error": data });
            self.error = Some(refusal_inside(&self.head, &words, at));
        } else {
            let said = "a piece of the stream was not JSON";
            self.error = Some(Trouble::local(Cause::Passing(Passing::Dropped), said));
        }
        Heard::Nothing
    }

    fn fail(&mut self, why: Lasting, said: &str) {
        self.error = Some(Trouble::local(Cause::Lasting(why), said));
    }

    fn on_chunk(&mut self, json: &Value) -> Heard {
        let choice = json.pointer("/choices/0");
        let usage = json.get("usage").filter(|usage| usage.is_object());
        let usage = usage.or_else(|| choice.and_then(|choice| choice.get("usage")));
        // Some servers count on every chunk: the last count is the right one.
        self.usage = usage.and_then(read_usage).or(self.usage);
        match choice {
            Some(choice) => self.on_choice(choice),
            None => self.on_token(json),
        }
    }

    /// Chat: `delta` in a stream, `message` in a whole answer.
    fn on_choice(&mut self, choice: &Value) -> Heard {
        if let Some(reason) = choice.get("finish_reason").and_then(Value::as_str) {
            self.finish = Some(read_finish(reason));
        }
        let delta = choice.get("delta").or_else(|| choice.get("message"));
        let Some(delta) = delta else { return Heard::Nothing };
        match delta.get("content").and_then(Value::as_str) {
            Some(text) if !text.is_empty() => self.hear(text),
            _ if has_thought(delta) => self.think(),
            _ => Heard::Nothing,
        }
    }

    /// Text generation: one token a chunk, the whole text with the last one.
    fn on_token(&mut self, json: &Value) -> Heard {
        let details = json.get("details").filter(|details| details.is_object());
        if let Some(details) = details {
            let reason = details.get("finish_reason").and_then(Value::as_str);
            self.finish = reason.map(read_finish).or(self.finish);
            let count = details.get("generated_tokens").and_then(Value::as_u64);
            let prompt = details.get("input_length").and_then(Value::as_u64).unwrap_or_default();
            self.usage = count
                .map(|count| Usage { prompt_tokens: prompt, completion_tokens: count })
                .or(self.usage);
        }
        if let Some(text) = json.get("generated_text").and_then(Value::as_str) {
            self.whole = Some(text.to_owned());
            self.finish = self.finish.or(Some(Finish::Complete));
        }
        let token = json.get("token");
        let special = token.and_then(|token| token.get("special")).and_then(Value::as_bool);
        let text = token.and_then(|token| token.get("text")).and_then(Value::as_str);
        match text {
            Some(text) if special != Some(true) && !text.is_empty() => self.hear(text),
            _ => Heard::Nothing,
        }
    }

    fn hear(&mut self, text: &str) -> Heard {
        self.received += text.len();
        // Old TGI sends its end marker as text.
        if MARKERS.contains(&text) {
            return Heard::Nothing;
        }
        match self.filter.pass(text) {
            Some(text) if text.is_empty() => Heard::Nothing,
            Some(text) => Heard::Content(text),
            None => self.think(),
        }
    }

    fn think(&mut self) -> Heard {
        self.thought = true;
        Heard::Thought
    }

    /// Whether nothing more can change the outcome.
    pub fn is_over(&self) -> bool {
        self.error.is_some() || self.done
    }

    /// The connection closed, or failed as `trouble` tells.
    pub fn finish(self, trouble: Option<Trouble>) -> Outcome {
        let begun = self.received > 0 || self.thought;
        let meta = self.head.meta();
        let said_why = self.finish.is_some() || self.whole.is_some() || self.done;
        let cut = || {
            let cause = Cause::Passing(Passing::Dropped);
            (!said_why).then(|| Trouble::local(cause, "the stream ended in the middle"))
        };
        let Some(mut trouble) = self.error.or(trouble.filter(|_| !said_why)).or_else(cut) else {
            let finish = self.finish.unwrap_or_default();
            // A thought that never ends may hold the answer: let the extraction look.
            let text = self.whole.or_else(|| self.filter.withheld());
            let text = text.filter(|_| finish == Finish::Complete);
            return Outcome::Replied(Reply { finish, usage: self.usage, meta, text });
        };
        trouble.request_id = trouble.request_id.or(meta.request_id);
        if begun { Outcome::Interrupted(trouble) } else { Outcome::Failed(trouble) }
    }
}

/// Reads a whole answer: one completion, or a list of one, as text-generation gives it.
pub fn whole(head: Head, body: &str, at: SystemTime) -> (Option<String>, Outcome) {
    let mut stream = Stream::new(head);
    let json = serde_json::from_str::<Value>(body).unwrap_or(Value::Null);
    let one = json.as_array().and_then(|items| items.first()).unwrap_or(&json);
    if one.get("choices").is_none() && one.get("generated_text").is_none() {
        if one.get("error").is_none() {
            stream.fail(Lasting::NotAnAnswer, "JSON that is no completion");
        } else {
            stream.error = Some(refusal_inside(&stream.head, one, at));
        }
        return (None, stream.finish(None));
    }
    let piece = stream.on_event("", &one.to_string(), at);
    stream.done = true;
    let text = match piece {
        Heard::Content(text) => Some(text),
        Heard::Nothing | Heard::Thought => None,
    };
    (text, stream.finish(None))
}

fn has_thought(delta: &Value) -> bool {
    ["reasoning_content", "reasoning", "reasoning_text", "thinking"]
        .iter()
        .any(|name| delta.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty()))
}

fn read_usage(usage: &Value) -> Option<Usage> {
    let count = |name| usage.get(name).and_then(Value::as_u64);
    Some(Usage {
        prompt_tokens: count("prompt_tokens")?,
        completion_tokens: count("completion_tokens").unwrap_or_default(),
    })
}

/// Known reasons for an early end; whatever else a server says means that it was done.
fn read_finish(reason: &str) -> Finish {
    match reason {
        "length" | "max_tokens" | "model_length" => Finish::Length,
        "content_filter" => Finish::Filtered,
        _ => Finish::Complete,
    }
}

#[cfg(test)]
mod tests;
