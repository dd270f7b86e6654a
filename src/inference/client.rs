//! The only place that opens a connection to a model server, with `client/`.
//!
//! One pooled client. It follows no redirect (a redirected POST would carry
//! the prompt elsewhere), has no total timeout (a long game takes minutes) and
//! never retries: that is decided elsewhere. Dropping the future it returns
//! closes the connection, which stops the server's work.

mod capped;
mod fetch;

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::{Stream as Bytestream, StreamExt};
use reqwest::header::{self, HeaderMap, HeaderValue};

use capped::{Capped, Cut};

use super::answer::{Head, refusal};
use super::stream::{Heard, Stream, whole};
use super::{Cause, Endpoint, Lasting, Outcome, Passing, Request, Trouble};
use crate::secret::{Secret, redact};
use crate::untrusted::Untrusted;

/// The longest single event that is read: ten times the largest game seen.
const LARGEST_EVENT: usize = 1 << 20;
/// The longest body of an error; more says nothing more.
const LARGEST_ERROR: usize = 64 << 10;
/// The largest answer that is no stream.
const LARGEST_WHOLE: usize = 16 << 20;

/// How long to wait for a connection, for the first byte, and between bytes.
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
        // A second installation in one process changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = reqwest::Client::builder();
        if endpoint.is_loopback() {
            // What stays on this machine must not go through somebody's proxy.
            builder = builder.no_proxy();
        }
        let http = builder
            .user_agent(concat!("codeagent/", env!("CARGO_PKG_VERSION"), "; rust"))
            .default_headers(headers(token, bill_to)?)
            .connect_timeout(timeouts.connect)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| Trouble::local(Cause::Lasting(Lasting::Broken), e.to_string()))?;
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
            Ok(Err(e)) => return Outcome::Failed(unreachable(&e)),
            Ok(Ok(response)) => response,
        };
        let head = head(&response);
        let bytes = response.bytes_stream();
        if !(200..300).contains(&head.status) {
            let (body, _) = self.collect(bytes, LARGEST_ERROR).await;
            return Outcome::Failed(refusal(&head, &body, now()));
        }
        tell(Progress::Answering(head.meta()));
        if head.is_event_stream() {
            self.listen(head, bytes, tell).await
        } else {
            self.take_whole(head, bytes, tell).await
        }
    }

    /// A stream of events, from the first byte to the last.
    async fn listen<S>(&self, head: Head, bytes: S, tell: &impl Fn(Progress)) -> Outcome
    where
        S: Bytestream<Item = reqwest::Result<Bytes>> + Unpin,
    {
        let mut stream = Stream::new(head);
        let mut events = sseer::event_stream::EventStream::new(Capped::new(bytes));
        let mut begun = false;
        while !stream.is_over() {
            let patience = if begun { self.timeouts.idle } else { self.timeouts.first_byte };
            let event = match tokio::time::timeout(patience, events.next()).await {
                Err(_) => return stream.finish(Some(late(patience, "silence"))),
                Ok(None) => break,
                Ok(Some(Err(e))) => return stream.finish(Some(broken(e))),
                Ok(Some(Ok(event))) => event,
            };
            begun = true;
            match stream.on_event(&event.event, &event.data, now()) {
                Heard::Content(text) => tell(Progress::Content(text)),
                Heard::Thought => tell(Progress::Thinking),
                Heard::Nothing => {}
            }
        }
        stream.finish(None)
    }

    /// A server that does not stream answers with the whole completion at once.
    async fn take_whole<S>(&self, head: Head, bytes: S, tell: &impl Fn(Progress)) -> Outcome
    where
        S: Bytestream<Item = reqwest::Result<Bytes>> + Unpin,
    {
        let is_json = head.is_json();
        let (body, trouble) = self.collect(bytes, LARGEST_WHOLE).await;
        if let Some(trouble) = trouble {
            return Outcome::Failed(trouble);
        }
        if !is_json {
            let mut trouble = refusal(&head, "", now());
            trouble.said = Untrusted::new("no JSON and no event stream");
            return Outcome::Failed(trouble);
        }
        let (text, outcome) = whole(head, &body, now());
        if let Some(text) = text {
            tell(Progress::Content(text));
        }
        outcome
    }

    async fn collect<S>(&self, mut bytes: S, most: usize) -> (String, Option<Trouble>)
    where
        S: Bytestream<Item = reqwest::Result<Bytes>> + Unpin,
    {
        let mut body = Vec::new();
        let trouble = loop {
            match tokio::time::timeout(self.timeouts.idle, bytes.next()).await {
                Err(_) => break Some(late(self.timeouts.idle, "silence")),
                Ok(None) => break None,
                Ok(Some(Err(e))) => break Some(unreachable(&e)),
                Ok(Some(Ok(_))) if body.len() > most => {
                    break Some(Trouble::local(Cause::Lasting(Lasting::Endless), "too large"));
                }
                Ok(Some(Ok(more))) => body.extend_from_slice(&more),
            }
        };
        (String::from_utf8_lossy(&body).into_owned(), trouble)
    }
}

fn headers(token: Option<&Secret>, bill_to: Option<&str>) -> Result<HeaderMap, Trouble> {
    let unusable = |cause, said: &str| Trouble::local(Cause::Lasting(cause), said);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream, application/json"));
    if let Some(token) = token {
        let bearer = format!("Bearer {}", token.expose());
        let mut value = HeaderValue::from_str(&bearer).map_err(|_| {
            unusable(Lasting::BadToken, "it has characters that no token has; copy it again")
        })?;
        value.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, value);
    }
    if let Some(name) = bill_to {
        let value = HeaderValue::from_str(name)
            .map_err(|_| unusable(Lasting::Rejected, "`bill_to` is no name"))?;
        headers.insert("x-hf-bill-to", value);
    }
    Ok(headers)
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

/// The innermost cause is what a person can act on: "connection refused", "dns error".
fn unreachable(error: &reqwest::Error) -> Trouble {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    let cause = match () {
        () if error.is_timeout() => Passing::TimedOut,
        () if error.is_connect() => Passing::Unreachable,
        () => Passing::Dropped,
    };
    Trouble::local(Cause::Passing(cause), inner.to_string())
}

fn broken(error: sseer::errors::EventStreamError<Cut>) -> Trouble {
    match error {
        sseer::errors::EventStreamError::Transport(Cut::Network(e)) => unreachable(&e),
        sseer::errors::EventStreamError::Transport(Cut::TooLarge) => {
            Trouble::local(Cause::Lasting(Lasting::Endless), "one event of more than 1 MiB")
        }
        sseer::errors::EventStreamError::Utf8Error(_) => {
            Trouble::local(Cause::Passing(Passing::Dropped), "the stream was not UTF-8")
        }
    }
}
