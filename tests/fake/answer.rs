//! What the hub says to one request, down to where the bytes are split.
//!
//! An answer is put together from readable parts (events, a pace, a place to
//! stop) and becomes a list of [`Step`]s only when it is sent.

use std::time::Duration;

use serde_json::Value;

/// The smallest things a server can do with a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Send(Vec<u8>),
    Pause(Duration),
    /// Says nothing more until the peer leaves.
    Silence,
    /// Hangs up, whatever was promised.
    Close,
}

/// A scripted answer; every method adds one wish and hands it on.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    content: Content,
    at: Option<String>,
    delay: Duration,
    pace: Duration,
    split: Option<usize>,
    stop: Option<(usize, Stop)>,
    dialect: Dialect,
}

#[derive(Debug, Clone)]
enum Content {
    Whole(Vec<u8>),
    Events(Vec<Event>),
    /// Not even HTTP.
    Raw(Vec<u8>),
}

/// One part of an event stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Data(String),
    Named(String, String),
    Comment(String),
}

/// What happens when the place to stop is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Cut,
    Stall,
    StallFor(Duration),
}

/// How this server writes its events.
#[derive(Debug, Clone, Copy)]
struct Dialect {
    line_end: &'static str,
    after_colon: &'static str,
    before_all: &'static str,
}

impl Answer {
    /// An answer with this status and nothing else yet.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content: Content::Whole(Vec::new()),
            at: None,
            delay: Duration::ZERO,
            pace: Duration::ZERO,
            split: None,
            stop: None,
            dialect: Dialect { line_end: "\n", after_colon: " ", before_all: "" },
        }
    }

    /// A stream of events with status 200.
    pub fn events(events: Vec<Event>) -> Self {
        let mut answer = Self::status(200).header("content-type", "text/event-stream");
        answer.content = Content::Events(events);
        answer
    }

    /// These bytes instead of HTTP, then the end. Empty: hangs up without a word.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        let mut answer = Self::status(200);
        answer.content = Content::Raw(bytes.into());
        answer
    }

    /// What a fixture of `tests/fixtures/hf` recorded, byte for byte in its body.
    pub fn fixture(fixture: &Value) -> Self {
        let response = fixture.get("response").unwrap_or(&Value::Null);
        let status = response.get("status").and_then(Value::as_u64).unwrap_or(500);
        let mut answer = Self::status(u16::try_from(status).unwrap_or(500));
        let headers = response.get("headers").and_then(Value::as_object).into_iter().flatten();
        for (name, value) in headers {
            // The length and the framing are those of what is really sent.
            if !matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection") {
                answer = answer.header(name, value.as_str().unwrap_or_default());
            }
        }
        answer.body(response.get("body").and_then(Value::as_str).unwrap_or_default())
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A body that is told its length. Bring a `content-type` of your own.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.content = Content::Whole(bytes.into());
        self
    }

    /// A JSON body, exactly as written.
    pub fn json(self, text: impl Into<String>) -> Self {
        self.header("content-type", "application/json; charset=utf-8").body(text.into())
    }

    /// Only for requests whose path ends like this.
    pub fn at(mut self, path: &str) -> Self {
        self.at = Some(path.to_owned());
        self
    }

    /// Silence before the first byte.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// This many events (or pieces, see [`Answer::split_every`]) a second.
    pub fn rate(self, a_second: u32) -> Self {
        self.pace(Duration::from_secs(1) / a_second.max(1))
    }

    /// This long between two events or pieces.
    pub fn pace(mut self, between: Duration) -> Self {
        self.pace = between;
        self
    }

    /// Pieces of `bytes` bytes, wherever that falls: inside a line, a name or a character.
    pub fn split_every(mut self, bytes: usize) -> Self {
        self.split = Some(bytes.max(1));
        self
    }

    /// After `bytes` bytes of the body the connection is closed, its end never sent.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.stop = Some((bytes, Stop::Cut));
        self
    }

    /// After `bytes` bytes of the body nothing more comes, and the connection stays open.
    pub fn stall_after(mut self, bytes: usize) -> Self {
        self.stop = Some((bytes, Stop::Stall));
        self
    }

    /// After `bytes` bytes of the body a silence, then the rest.
    pub fn pause_after(mut self, bytes: usize, time: Duration) -> Self {
        self.stop = Some((bytes, Stop::StallFor(time)));
        self
    }

    /// Lines that end in CR LF.
    pub fn crlf(mut self) -> Self {
        self.dialect.line_end = "\r\n";
        self
    }

    /// `data:{…}` without the space.
    pub fn tight(mut self) -> Self {
        self.dialect.after_colon = "";
        self
    }

    /// A byte order mark before everything.
    pub fn bom(mut self) -> Self {
        self.dialect.before_all = "\u{feff}";
        self
    }

    /// The stream ends properly, but `[DONE]` never comes.
    pub fn without_done(self) -> Self {
        self.edit(|events| events.retain(|event| *event != Event::Data("[DONE]".to_owned())))
    }

    /// Puts an event before the `index`-th one; past the end it is the last.
    pub fn with_event(self, index: usize, event: Event) -> Self {
        self.edit(|events| events.insert(index.min(events.len()), event))
    }

    /// An error object as an event, with whatever was scripted after it still coming.
    pub fn with_error(self, index: usize, json: &str) -> Self {
        self.with_event(index, Event::Data(json.to_owned()))
    }

    /// A comment between every two events, as proxies send them to keep a line open.
    pub fn keep_alives(self) -> Self {
        self.edit(|events| {
            let spaced = std::mem::take(events).into_iter();
            *events = spaced.flat_map(|e| [Event::Comment("keep-alive".into()), e]).collect();
        })
    }

    /// One more event whose line is `bytes` long.
    pub fn with_long_line(self, index: usize, bytes: usize) -> Self {
        let filler = "x".repeat(bytes.saturating_sub(r#"data: {"filler":""}"#.len()));
        self.with_event(index, Event::Data(format!(r#"{{"filler":"{filler}"}}"#)))
    }

    fn edit(mut self, change: impl FnOnce(&mut Vec<Event>)) -> Self {
        if let Content::Events(events) = &mut self.content {
            change(events);
        }
        self
    }

    /// Whether this answer is meant for that path.
    pub fn is_for(&self, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or_default();
        self.at.as_ref().is_some_and(|at| path.ends_with(at.as_str()))
    }

    pub fn is_for_anything(&self) -> bool {
        self.at.is_none()
    }

    /// The whole answer as it goes over the wire.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        if !self.delay.is_zero() {
            steps.push(Step::Pause(self.delay));
        }
        if let Content::Raw(bytes) = &self.content {
            steps.extend([Step::Send(bytes.clone()), Step::Close]);
            return steps;
        }
        steps.push(Step::Send(self.head().into_bytes()));
        let is_cut = self.body_steps(&mut steps);
        if is_cut {
            steps.push(Step::Close);
        } else if self.is_chunked() {
            steps.push(Step::Send(b"0\r\n\r\n".to_vec()));
        }
        steps
    }

    fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        match &self.content {
            Content::Whole(bytes) if !self.is_chunked() => {
                head.extend(["content-length: ", &bytes.len().to_string(), "\r\n"]);
            }
            Content::Whole(_) | Content::Events(_) | Content::Raw(_) => {
                head.push_str("transfer-encoding: chunked\r\n");
            }
        }
        head + "\r\n"
    }

    /// Whether the end is marked by an empty chunk: for everything that comes in pieces.
    fn is_chunked(&self) -> bool {
        matches!(self.content, Content::Events(_)) || self.split.is_some()
    }

    /// True when the answer is to be left unfinished.
    fn body_steps(&self, steps: &mut Vec<Step>) -> bool {
        let mut sent = 0;
        for (i, piece) in self.pieces().into_iter().enumerate() {
            if i > 0 && !self.pace.is_zero() {
                steps.push(Step::Pause(self.pace));
            }
            let stop = self.stop.filter(|(at, _)| (sent..sent + piece.len()).contains(at));
            let (before, after) = piece.split_at(stop.map_or(piece.len(), |(at, _)| at - sent));
            self.send(steps, before);
            match stop {
                Some((_, Stop::Cut)) => return true,
                Some((_, Stop::Stall)) => steps.push(Step::Silence),
                Some((_, Stop::StallFor(time))) => steps.push(Step::Pause(time)),
                None => {}
            }
            self.send(steps, after);
            sent += piece.len();
        }
        false
    }

    fn send(&self, steps: &mut Vec<Step>, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if !self.is_chunked() {
            return steps.push(Step::Send(bytes.to_vec()));
        }
        let size = format!("{:x}\r\n", bytes.len());
        steps.push(Step::Send([size.as_bytes(), bytes, b"\r\n"].concat()));
    }

    fn pieces(&self) -> Vec<Vec<u8>> {
        let natural = match &self.content {
            Content::Whole(bytes) | Content::Raw(bytes) => vec![bytes.clone()],
            Content::Events(events) => self.written(events),
        };
        match self.split {
            Some(size) => natural.concat().chunks(size).map(<[u8]>::to_vec).collect(),
            None => natural,
        }
    }

    fn written(&self, events: &[Event]) -> Vec<Vec<u8>> {
        let Dialect { line_end, after_colon, before_all } = self.dialect;
        let mut written = Vec::new();
        for (i, event) in events.iter().enumerate() {
            let mark = if i == 0 { before_all } else { "" };
            let lines = match event {
                Event::Data(data) => format!("data:{after_colon}{data}"),
                Event::Named(name, data) => {
                    format!("event:{after_colon}{name}{line_end}data:{after_colon}{data}")
                }
                Event::Comment(text) => format!(":{after_colon}{text}"),
            };
            written.push(format!("{mark}{lines}{line_end}{line_end}").into_bytes());
        }
        written
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        413 => "Payload Too Large",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "As Scripted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(answer: &Answer) -> String {
        let bytes = answer.steps().into_iter().filter_map(|step| match step {
            Step::Send(bytes) => Some(bytes),
            Step::Pause(_) | Step::Silence | Step::Close => None,
        });
        String::from_utf8_lossy(&bytes.collect::<Vec<_>>().concat()).into_owned()
    }

    #[test]
    fn a_stream_is_chunks_with_an_end() {
        let answer = Answer::events(vec![Event::Data("1".into()), Event::Comment("c".into())]);
        assert!(sent(&answer).ends_with("\r\n\r\n9\r\ndata: 1\n\n\r\n5\r\n: c\n\n\r\n0\r\n\r\n"));
    }

    #[test]
    fn a_cut_stream_has_no_end() {
        let answer = Answer::events(vec![Event::Data("12345".into())]).cut_after(8);
        assert!(sent(&answer).ends_with("8\r\ndata: 12\r\n"));
        assert_eq!(answer.steps().last(), Some(&Step::Close));
    }

    #[test]
    fn pieces_fall_inside_a_character() {
        let steps = Answer::status(200).body("👻").split_every(3).steps();
        assert_eq!(steps.get(1), Some(&Step::Send(b"3\r\n\xf0\x9f\x91\r\n".to_vec())));
    }

    #[test]
    fn dialects_change_only_the_spelling() {
        let answer = Answer::events(vec![Event::Data("1".into())]).tight().crlf().bom();
        assert!(sent(&answer).contains("\u{feff}data:1\r\n\r\n"));
    }
}
