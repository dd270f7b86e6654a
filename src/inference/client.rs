//! The only place that opens a connection to a model server, with `client/`.
//!
//! One pooled client. It follows no redirect (a redirected POST would carry the prompt elsewhere),
//! has no total timeout (a long game takes minutes) and never retries: `retry.rs` decides that.
//! Dropping the future that it returns closes the connection, which stops the server's work.

mod connect;
mod download;
mod fetch;

use std::time::{Duration, SystemTime};

pub use download::FileStream;

use bytes::Bytes;
use futures_util::{Stream as Bytestream, StreamExt};
use reqwest::header::HeaderValue;

use super::answer::{ResponseHead, parse_refusal};
use super::sse::{SseEvent, SseParser};
use super::stream::{ReplyStream, StreamEvent};
use super::{
    CompletionRequest, Endpoint, ErrorCause, InferenceError, Outcome, PermanentCause,
    TransientCause,
};
use crate::secret::{Secret, redact};
use crate::untrusted::Untrusted;

/// The longest error body that is read, in bytes.
const MAX_ERROR_BYTES: usize = 64 << 10;

/// How long to wait for a connection, for the first byte, and between bytes once the answer has
/// begun. Any byte counts, also one of a comment: it shows that the server is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    pub connect: Duration,
    pub first_byte: Duration,
    pub idle: Duration,
}

/// What happened to a running request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamProgress {
    /// The server accepted the request; the answer follows.
    Answering(super::ResponseMeta),
    /// The context has no room for the wanted answer, so the request asks for `tokens` only.
    Bounded { tokens: u32, context: u64 },
    /// Bytes arrived that carry nothing of the answer: a comment, or a part of an event.
    KeepAlive,
    /// A piece of the reply.
    Content(String),
    /// The model is reasoning; its reasoning is not passed on.
    Thinking,
}

/// A connection pool for one endpoint, with the headers of every request.
#[derive(Clone)]
pub struct InferenceClient {
    http: reqwest::Client,
    endpoint: Endpoint,
    timeouts: Timeouts,
}

impl std::fmt::Debug for InferenceClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl InferenceClient {
    /// # Errors
    ///
    /// The token or `bill_to` cannot be sent as a header, the proxy's address is invalid, or the
    /// system has no certificates and the connection is encrypted.
    pub fn new(
        endpoint: Endpoint,
        timeouts: Timeouts,
        token: Option<&Secret>,
        bill_to: Option<&str>,
    ) -> Result<Self, InferenceError> {
        let headers = connect::request_headers(endpoint.protocol, token, bill_to)?;
        let http = connect::connection_pool(&endpoint, timeouts, headers)?;
        Ok(Self { http, endpoint, timeouts })
    }

    /// Sends one request and calls `on_progress` as its answer arrives.
    pub async fn ask(
        &self,
        request: CompletionRequest,
        on_progress: impl Fn(StreamProgress),
    ) -> Outcome {
        let mut outcome = self.attempt(&request, &on_progress).await;
        if let Outcome::Failed(error) | Outcome::Interrupted(error) = &mut outcome {
            error.message = Untrusted::new(redact(error.message.raw()));
        }
        outcome
    }

    async fn attempt(
        &self,
        request: &CompletionRequest,
        on_progress: &impl Fn(StreamProgress),
    ) -> Outcome {
        let body = match self.endpoint.protocol.encode(request) {
            Ok(body) => body,
            Err(error) => return Outcome::Failed(unsendable(&error)),
        };
        let mut post = self
            .http
            .post(self.endpoint.address(&request.model))
            .header("x-amzn-trace-id", request.trace_id());
        if request.is_settled {
            post = post.header("x-hf-session-id", request.trace_id());
        }
        let post = post.body(body).send();
        let response = match tokio::time::timeout(self.timeouts.first_byte, post).await {
            Err(_) => {
                return Outcome::Failed(timeout_error(self.timeouts.first_byte, "no response"));
            }
            Ok(Err(e)) => return Outcome::Failed(self.connection_error(&e)),
            Ok(Ok(response)) => response,
        };
        if let Some(error) = connect::unsupported_encoding(&response) {
            return Outcome::Failed(error);
        }
        let head = response_head(&response);
        let bytes = response.bytes_stream();
        if !(200..300).contains(&head.status) {
            let (body, _) = self.read_body(bytes, MAX_ERROR_BYTES).await;
            return Outcome::Failed(parse_refusal(&head, &body, now()));
        }
        on_progress(StreamProgress::Answering(head.meta()));
        self.read_stream(head, bytes, on_progress).await
    }

    /// Reads the answer to its end: a stream of events or one completion, whatever its content type
    /// is.
    async fn read_stream<S>(
        &self,
        head: ResponseHead,
        mut bytes: S,
        on_progress: &impl Fn(StreamProgress),
    ) -> Outcome
    where
        S: Bytestream<Item = reqwest::Result<Bytes>> + Unpin,
    {
        let mut stream = ReplyStream::new(head);
        let mut events = SseParser::default();
        while !stream.is_over() {
            let has_begun = stream.has_begun();
            let timeout = if has_begun { self.timeouts.idle } else { self.timeouts.first_byte };
            match tokio::time::timeout(timeout, bytes.next()).await {
                Err(_) => return stream.finish(Some(timeout_error(timeout, "nothing received"))),
                Ok(Some(Err(e))) => return stream.finish(Some(self.connection_error(&e))),
                Ok(Some(Ok(chunk))) => feed_events(&mut stream, &events.push(&chunk), on_progress),
                Ok(None) => {
                    feed_events(&mut stream, &events.end(), on_progress);
                    report(stream.close(now()), on_progress);
                    break;
                }
            }
        }
        stream.finish(None)
    }

    fn connection_error(&self, error: &reqwest::Error) -> InferenceError {
        let mut found =
            connect::classify_connection_error(error, self.endpoint.proxy().ok().flatten());
        let unreachable = ErrorCause::Transient(TransientCause::Unreachable);
        if found.cause == unreachable && self.endpoint.is_loopback() {
            found.cause = ErrorCause::Transient(TransientCause::NotRunning);
        }
        found
    }

    async fn read_body<S>(&self, mut bytes: S, max_bytes: usize) -> (String, Option<InferenceError>)
    where
        S: Bytestream<Item = reqwest::Result<Bytes>> + Unpin,
    {
        let mut body = Vec::new();
        let error = loop {
            match tokio::time::timeout(self.timeouts.idle, bytes.next()).await {
                Err(_) => break Some(timeout_error(self.timeouts.idle, "nothing received")),
                Ok(None) => break None,
                Ok(Some(Err(e))) => break Some(self.connection_error(&e)),
                Ok(Some(Ok(_))) if body.len() > max_bytes => {
                    break Some(InferenceError::local(
                        ErrorCause::Permanent(PermanentCause::AnswerTooLarge),
                        "too large",
                    ));
                }
                Ok(Some(Ok(more))) => body.extend_from_slice(&more),
            }
        };
        (String::from_utf8_lossy(&body).into_owned(), error)
    }
}

/// Feeds a chunk's events to the stream; reports `KeepAlive` if they carried nothing of the answer.
fn feed_events(
    stream: &mut ReplyStream,
    events: &[SseEvent],
    on_progress: &impl Fn(StreamProgress),
) {
    let mut has_reported = false;
    for event in events {
        has_reported |= report(stream.on_sse_event(event, now()), on_progress);
    }
    if !has_reported && !stream.is_over() {
        on_progress(StreamProgress::KeepAlive);
    }
}

/// Reports a stream event; returns whether there was anything to report.
fn report(event: StreamEvent, on_progress: &impl Fn(StreamProgress)) -> bool {
    match event {
        StreamEvent::Content(text) => on_progress(StreamProgress::Content(text)),
        StreamEvent::Thought => on_progress(StreamProgress::Thinking),
        StreamEvent::Nothing => return false,
    }
    true
}

fn response_head(response: &reqwest::Response) -> ResponseHead {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    ResponseHead {
        status: response.status().as_u16(),
        headers: response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect(),
    }
}

/// Only a `Retry-After` date needs the time of day.
#[expect(clippy::disallowed_methods, reason = "the edge: a date in a header is read here")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn timeout_error(timeout: Duration, what: &str) -> InferenceError {
    let message = format!("{what} for {}", super::outcome::format_duration(timeout));
    InferenceError::local(ErrorCause::Transient(TransientCause::TimedOut), message)
}

fn unsendable(error: &serde_json::Error) -> InferenceError {
    InferenceError::local(ErrorCause::Permanent(PermanentCause::Rejected), error.to_string())
}
