//! An incremental parser of streamed bodies.
//!
//! The format is that of server-sent events (WHATWG HTML, "Server-sent events"), read more
//! leniently than specified, because model servers deviate from it. The lines decide what the body
//! is, not its `Content-Type`. A line outside an event stream is returned unchanged: it may be a
//! whole completion, an error or a web page. An invalid UTF-8 sequence becomes U+FFFD.

/// The longest event that is read, in bytes: ten times the largest game seen.
const MAX_EVENT_BYTES: usize = 1 << 20;
/// The longest line outside an event stream, in bytes: a whole completion is one line.
const MAX_LINE_BYTES: usize = 16 << 20;

/// One item of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SseEvent {
    /// An event: its name (mostly empty), and its data lines, joined by line feeds.
    Message { name: String, data: String },
    /// A line that is not part of an event stream.
    PlainLine(String),
    /// An event or a line exceeds its limit. The parser ignores everything after it.
    TooLarge,
}

/// The parser's state between chunks.
#[derive(Debug, Default)]
pub struct SseParser {
    line: Vec<u8>,
    /// The last byte was CR: a LF right after it ends the same line.
    after_cr: bool,
    position: BodyPosition,
    name: String,
    data: Option<String>,
    /// The number of `data` lines in the current event.
    data_lines: usize,
}

/// The parser's position in the body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum BodyPosition {
    /// The first line, which may begin with a byte order mark.
    #[default]
    Start,
    Inside,
    /// Behind an event that was too large: nothing more is read.
    TooLarge,
}

impl SseParser {
    /// Parses the next bytes and returns the events that they complete. The cuts between chunks do
    /// not matter.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<SseEvent> {
        let mut events = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() && self.position != BodyPosition::TooLarge {
            if std::mem::take(&mut self.after_cr) && rest.first() == Some(&b'\n') {
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
            self.line.extend_from_slice(line);
            if self.is_too_large() {
                self.position = BodyPosition::TooLarge;
                events.push(SseEvent::TooLarge);
                return events;
            }
            if end.is_some() {
                self.after_cr = after.first() == Some(&b'\r');
                self.end_line(&mut events);
            }
            rest = after.get(1..).unwrap_or_default();
        }
        events
    }

    /// Ends the body, possibly within a line, and returns the last events.
    pub fn end(mut self) -> Vec<SseEvent> {
        let mut events = Vec::new();
        if self.position != BodyPosition::TooLarge {
            if !self.line.is_empty() {
                self.end_line(&mut events);
            }
            self.dispatch(&mut events);
        }
        events
    }

    fn is_too_large(&self) -> bool {
        let has_field = ["data", "event", "error", "id", "retry", ":"];
        let is_event = has_field.iter().any(|field| self.line.starts_with(field.as_bytes()));
        let max_bytes = if is_event { MAX_EVENT_BYTES } else { MAX_LINE_BYTES };
        let data = self.data.as_ref().map_or(0, String::len);
        self.line.len() > max_bytes || data > MAX_EVENT_BYTES
    }

    fn end_line(&mut self, events: &mut Vec<SseEvent>) {
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        let mut text = text.as_ref();
        if std::mem::replace(&mut self.position, BodyPosition::Inside) == BodyPosition::Start {
            text = text.strip_prefix('\u{feff}').unwrap_or(text);
        }
        if text.is_empty() {
            return self.dispatch(events);
        }
        let (field, value) = text.split_once(':').unwrap_or((text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field.trim_matches([' ', '\t']) {
            // A comment, which servers send to keep the connection alive.
            "" if text.contains(':') => {}
            "data" => self.add_data(value, events),
            "event" => value.trim().clone_into(&mut self.name),
            "id" | "retry" => {}
            // llama.cpp's server writes `error: {…}` instead of an event.
            "error" => {
                self.dispatch(events);
                events.push(SseEvent::Message { name: "error".to_owned(), data: value.to_owned() });
            }
            _ => events.push(SseEvent::PlainLine(text.to_owned())),
        }
    }

    /// Some servers omit the blank line between events, so a data line that is complete by itself
    /// is an event.
    fn add_data(&mut self, value: &str, events: &mut Vec<SseEvent>) {
        if self.data_lines == 1 && self.data.as_deref().is_some_and(is_complete_data) {
            self.dispatch(events);
        }
        self.data_lines += 1;
        match &mut self.data {
            Some(data) => {
                data.push('\n');
                data.push_str(value);
            }
            None => self.data = Some(value.to_owned()),
        }
    }

    fn dispatch(&mut self, events: &mut Vec<SseEvent>) {
        self.data_lines = 0;
        let name = std::mem::take(&mut self.name);
        if let Some(data) = self.data.take() {
            events.push(SseEvent::Message { name, data });
        }
    }
}

/// Whether a data line is complete by itself: the end marker, or a whole JSON object.
fn is_complete_data(data: &str) -> bool {
    let data = data.trim();
    data == "[DONE]"
        || data.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(data).is_ok()
}

#[cfg(test)]
mod tests;
