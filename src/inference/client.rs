//! The only place that opens a connection to a model server, with `client/`.
//!
//! One pooled client. It follows no redirect (a redirected POST would carry
//! the prompt elsewhere), has no total timeout (a long game takes minutes) and
//! never retries: that is decided elsewhere. Dropping the future it returns
//! closes the connection, which stops the server's work.

mod connect;
mod fetch;

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::{Stream as Bytestream, StreamExt};
use reqwest::header::HeaderValue;

use super::answer::{Head, refusal};
use super::events::{Event, Events};
use super::stream::{Heard, Stream};
use super::{Cause, Endpoint, Lasting, Outcome, Passing, Request, Trouble};
use crate::secret::{Secret, redact};
use crate::untrusted::Untrusted;

/// The longest body of an error; more says nothing more.
const LARGEST_ERROR: usize = 64 << 10;

/// How long to wait for a connection, for the first byte, and between bytes once the answer has
/// begun. Any byte counts, be it of a comment: whoever sends one is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    pub connect: Duration,
    pub first_byte: Duration,
    pub idle: Duration,
}

/// News of a running request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The server accepted it; what comes next is the answer.
    Answering(super::Meta),
    /// The context leaves less than was wanted for the answer: this many tokens are asked for.
    Bounded { tokens: u32, context: u64 },
    /// Bytes came that bring nothing of the answer: a comment, a part of an event.
    Alive,
    /// A piece of the reply.
    Content(String),
    /// The model thinks.
    Thinking,
}

/// A connection pool, and what every request to one endpoint carries.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    endpoint: Endpoint,
    timeouts: Timeouts,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Client {
    pub fn new(
        endpoint: Endpoint,
        timeouts: Timeouts,
        token: Option<&Secret>,
        bill_to: Option<&str>,
    ) -> Result<Self, Trouble> {
        let headers = connect::headers(token, bill_to)?;
        let http = connect::pool(&endpoint, timeouts, headers)?;
        Ok(Self { http, endpoint, timeouts })
    }

    /// Sends one request and tells of its answer as it comes.
    pub async fn ask(&self, request: Request, tell: impl Fn(Progress)) -> Outcome {
        let mut outcome = self.attempt(&request, &tell).await;
        if let Outcome::Failed(trouble) | Outcome::Interrupted(trouble) = &mut outcome {
            trouble.said = Untrusted::new(redact(trouble.said.raw()));
        }
        outcome
    }

    async fn attempt(&self, request: &Request, tell: &impl Fn(Progress)) -> Outcome {
        let post = self
            .http
            .post(self.endpoint.address(&request.model))
            .header("x-amzn-trace-id", request.trace_id())
            .body(request.body(self.endpoint.protocol))
            .send();
        let response = match tokio::time::timeout(self.timeouts.first_byte, post).await {
            Err(_) => return Outcome::Failed(late(self.timeouts.first_byte, "no answer")),
            Ok(Err(e)) => return Outcome::Failed(self.unreachable(&e)),
            Ok(Ok(response)) => response,
        };
        if let Some(trouble) = connect::encoded(&response) {
            return Outcome::Failed(trouble);
        }
        let head = head(&response);
        let bytes = response.bytes_stream();
        if !(200..300).contains(&head.status) {
            let (body, _) = self.collect(bytes, LARGEST_ERROR).await;
            return Outcome::Failed(refusal(&head, &body, now()));
        }
        tell(Progress::Answering(head.meta()));
        self.listen(head, bytes, tell).await
    }

    /// The answer from its first byte to its last: a stream of events or a whole completion,
    /// whatever it is called.
    async fn listen<S>(&self, head: Head, mut bytes: S, tell: &impl Fn(Progress)) -> Outcome
    where
        S: Bytestream<Item = reqwest::Result<Bytes>> + Unpin,
    {
        let mut stream = Stream::new(head);
        let mut events = Events::default();
        while !stream.is_over() {
            let has_begun = stream.has_begun();
            let patience = if has_begun { self.timeouts.idle } else { self.timeouts.first_byte };
            match tokio::time::timeout(patience, bytes.next()).await {
                Err(_) => return stream.finish(Some(late(patience, "nothing came"))),
                Ok(Some(Err(e))) => return stream.finish(Some(self.unreachable(&e))),
                Ok(Some(Ok(chunk))) => hear(&mut stream, &events.push(&chunk), tell),
                Ok(None) => {
                    hear(&mut stream, &events.end(), tell);
                    pass_on(stream.close(now()), tell);
                    break;
                }
            }
        }
        stream.finish(None)
    }

    fn unreachable(&self, error: &reqwest::Error) -> Trouble {
        connect::unreachable(error, self.endpoint.proxy().ok().flatten())
    }

    async fn collect<S>(&self, mut bytes: S, most: usize) -> (String, Option<Trouble>)
    where
        S: Bytestream<Item = reqwest::Result<Bytes>> + Unpin,
    {
        let mut body = Vec::new();
        let trouble = loop {
            match tokio::time::timeout(self.timeouts.idle, bytes.next()).await {
                Err(_) => break Some(late(self.timeouts.idle, "nothing came")),
                Ok(None) => break None,
                Ok(Some(Err(e))) => break Some(self.unreachable(&e)),
                Ok(Some(Ok(_))) if body.len() > most => {
                    break Some(Trouble::local(Cause::Lasting(Lasting::Endless), "too large"));
                }
                Ok(Some(Ok(more))) => body.extend_from_slice(&more),
            }
        };
        (String::from_utf8_lossy(&body).into_owned(), trouble)
    }
}

/// Takes what a chunk of bytes held, and tells that the server lives where it held nothing.
fn hear(stream: &mut Stream, events: &[Event], tell: &impl Fn(Progress)) {
    let mut is_told = false;
    for event in events {
        is_told |= pass_on(stream.on(event, now()), tell);
    }
    if !is_told && !stream.is_over() {
        tell(Progress::Alive);
    }
}

/// Whether there was something to tell.
fn pass_on(heard: Heard, tell: &impl Fn(Progress)) -> bool {
    match heard {
        Heard::Content(text) => tell(Progress::Content(text)),
        Heard::Thought => tell(Progress::Thinking),
        Heard::Nothing => return false,
    }
    true
}

fn head(response: &reqwest::Response) -> Head {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Head {
        status: response.status().as_u16(),
        headers: response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect(),
    }
}

/// Only a `Retry-After` date needs the time of day, and it comes and goes with an answer.
#[expect(clippy::disallowed_methods, reason = "the edge: a date in a header is read here")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn late(patience: Duration, what: &str) -> Trouble {
    let said = format!("{what} for {}", super::outcome::seconds(patience));
    Trouble::local(Cause::Passing(Passing::TimedOut), said)
}
