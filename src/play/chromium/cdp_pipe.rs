//! The two pipes to a browser: messages are JSON, each terminated by a zero byte.
//!
//! A pipe opens no port, so no other program can drive the browser, and it reports at once that the
//! browser has exited.

use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Instant;

use serde_json::{Value, json};

/// The connection to one browser.
#[derive(Debug)]
pub struct CdpPipe {
    writer: PipeWriter,
    messages: Receiver<Value>,
    last_id: u64,
}

/// Why no message arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PipeError {
    #[error("the browser exited")]
    Closed,
    #[error("the browser did not answer in time")]
    TimedOut,
}

/// Longest accepted message in bytes: a screenshot of a large window.
const MAX_MESSAGE_BYTES: usize = 64 * 1024 * 1024;

impl CdpPipe {
    /// Reads messages on a thread of its own, which ends with the browser or with this pipe.
    #[expect(clippy::disallowed_methods, reason = "the pipe belongs to the browser alone")]
    pub(super) fn new(reader: PipeReader, writer: PipeWriter) -> Self {
        let (sender, messages) = channel();
        // Ends with the browser, or when the receiver is dropped.
        std::thread::spawn(move || {
            let mut reader = BufReader::new(reader);
            let mut messages = std::iter::from_fn(|| read_message(&mut reader));
            messages.find_map(|message| sender.send(message).err())
        });
        Self { writer, messages, last_id: 0 }
    }

    /// Sends a call without waiting and returns the id of its reply.
    ///
    /// # Errors
    /// [`PipeError::Closed`] if the browser has exited.
    pub fn post(
        &mut self,
        session: Option<&str>,
        method: &str,
        params: &Value,
    ) -> Result<u64, PipeError> {
        self.last_id += 1;
        let mut message = json!({"id": self.last_id, "method": method, "params": params});
        if let (Some(session), Some(message)) = (session, message.as_object_mut()) {
            message.insert("sessionId".to_owned(), json!(session));
        }
        let sent = self.writer.write_all(format!("{message}\0").as_bytes());
        sent.map_err(|_| PipeError::Closed)?;
        Ok(self.last_id)
    }

    /// Returns the next message; blocks until `until`.
    ///
    /// # Errors
    /// [`PipeError::TimedOut`] without a message in time, [`PipeError::Closed`] if the browser has
    /// exited.
    #[expect(clippy::disallowed_methods, reason = "a browser has to answer in real time")]
    pub fn receive(&mut self, until: Instant) -> Result<Value, PipeError> {
        let left = until.saturating_duration_since(Instant::now());
        self.messages.recv_timeout(left).map_err(|error| match error {
            RecvTimeoutError::Timeout => PipeError::TimedOut,
            RecvTimeoutError::Disconnected => PipeError::Closed,
        })
    }
}

/// Reads one message. `None` if the browser has exited or sent no valid message.
fn read_message(reader: &mut impl BufRead) -> Option<Value> {
    let mut message = Vec::new();
    loop {
        let piece = reader.fill_buf().ok().filter(|piece| !piece.is_empty())?;
        let end = piece.iter().position(|byte| *byte == 0);
        let taken = end.unwrap_or(piece.len());
        message.extend_from_slice(piece.get(..taken)?);
        reader.consume(taken + usize::from(end.is_some()));
        if end.is_some() {
            return serde_json::from_slice(&message).ok();
        }
        if message.len() > MAX_MESSAGE_BYTES {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_end_with_a_zero_byte_and_nothing_follows_nonsense() {
        let mut pipe = BufReader::with_capacity(3, &b"{\"a\":1}\0{\"b\":[2]}\0no\0{}\0"[..]);
        assert_eq!(read_message(&mut pipe), Some(json!({"a": 1})));
        assert_eq!(read_message(&mut pipe), Some(json!({"b": [2]})));
        assert_eq!(read_message(&mut pipe), None);
    }
}
