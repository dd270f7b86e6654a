//! Adds what one chunk of an answer says to the reply.

use serde_json::Value;

use super::finish_reason::{self, ReportedFinish};
use super::{ReplyStream, StreamEvent};
use crate::inference::FinishReason;
use crate::inference::protocol::{self, AnswerPiece};

impl ReplyStream {
    /// Handles one decoded event of the stream.
    pub(super) fn on_chunk(&mut self, json: &Value) -> StreamEvent {
        let chunk = protocol::decode(json);
        // Some servers count in every chunk: the last count is the right one.
        self.usage = chunk.usage.or(self.usage);
        if let Some(reason) = chunk.finish_reason {
            self.on_finish_reason(reason);
        }
        if chunk.is_refused {
            self.finish = Some(FinishReason::Filtered);
        }
        if let Some(text) = chunk.whole {
            self.whole = Some(text.to_owned());
            self.finish = self.finish.or(Some(FinishReason::Complete));
        }
        match chunk.piece {
            AnswerPiece::Text(text) => self.on_text(&text),
            AnswerPiece::Message(text) => self.on_message(&text),
            AnswerPiece::Thought => self.on_thought(),
            AnswerPiece::Nothing => StreamEvent::Nothing,
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
}
