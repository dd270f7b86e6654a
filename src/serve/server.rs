//! The HTTP server: the only IO of this room.
//!
//! One future serves all connections; dropping it closes them. It wakes only for requests and for
//! new versions, which it sends to the subscribed pages.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::{self, FuturesUnordered, Stream, StreamExt as _};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::header::{HOST, HeaderName, ORIGIN};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, watch};

use super::connections::{ConnectionId, ConnectionTable};
use super::page::{HeaderList, ServedPage, events_headers, plain_headers, shell_headers};
use super::pointed_target::{MAX_REPORT_BYTES, PointedTarget};
use super::route::{AccessPath, RequestInfo, Route};

/// The state that all connections share: the current game, and its subscribers.
#[derive(Debug)]
pub struct PlayState {
    access: AccessPath,
    current: watch::Sender<CurrentPage>,
    /// The number of pages that subscribe to events.
    subscribers: watch::Sender<usize>,
    connections: Mutex<ConnectionTable<AbortHandle>>,
    /// Notified when a connection becomes evictable.
    request_ended: Notify,
    /// Where it goes what the user points at. `None` if nobody waits for it.
    pointed: Option<mpsc::Sender<PointedTarget>>,
}

#[derive(Debug, Clone)]
struct CurrentPage {
    number: u64,
    page: Arc<ServedPage>,
}

/// A server that is bound to its port, but not yet running.
#[derive(Debug)]
pub struct GameServer {
    listener: TcpListener,
    state: Arc<PlayState>,
}

/// How long a connection may take to send a request's headers.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the body of a report may take.
const REPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// hyper's buffer for responses and for request headers: a client that does not read counts as
/// being answered until only this much is left.
const BUFFER_BYTES: usize = 64 * 1024;

/// How long to pause after an error of `accept`, such as too many open files.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

impl PlayState {
    /// The address of the shell page, for a browser on this machine.
    pub fn address(&self) -> String {
        self.access.address()
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.access.port
    }

    /// Replaces the game by another one or a new version: open pages load it.
    pub fn show(&self, page: ServedPage) {
        self.current.send_modify(|current| {
            current.number += 1;
            current.page = Arc::new(page);
        });
    }

    fn connections(&self) -> MutexGuard<'_, ConnectionTable<AbortHandle>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a page subscribes to events.
    pub async fn wait_for_subscriber(&self) {
        // The sender is here, so the wait cannot fail.
        drop(self.subscribers.subscribe().wait_for(|pages| *pages > 0).await);
    }
}

impl GameServer {
    /// Binds a port on loopback to serve this game; needs a running tokio runtime. What the user
    /// points at in the game is sent to `pointed`.
    ///
    /// # Errors
    ///
    /// No port can be bound, or the system has no random numbers.
    pub fn open(
        first: ServedPage,
        pointed: Option<mpsc::Sender<PointedTarget>>,
    ) -> std::io::Result<(Self, Arc<PlayState>)> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let access = AccessPath { secret: random_secret()?, port: listener.local_addr()?.port() };
        let current = CurrentPage { number: 1, page: Arc::new(first) };
        let state = Arc::new(PlayState {
            access,
            current: watch::Sender::new(current),
            subscribers: watch::Sender::new(0),
            connections: Mutex::new(ConnectionTable::new()),
            request_ended: Notify::new(),
            pointed,
        });
        let server = Self { listener: TcpListener::from_std(listener)?, state: Arc::clone(&state) };
        Ok((server, state))
    }

    /// Serves until it is dropped.
    pub async fn run(self) {
        let mut connections = FuturesUnordered::new();
        loop {
            let has_room = self.state.connections().has_room();
            tokio::select! {
                // Requests that have arrived are processed before a connection is evicted.
                biased;
                Some(()) = connections.next() => {}
                () = self.state.request_ended.notified() => {}
                accepted = self.listener.accept(), if has_room => match accepted {
                    Ok((stream, _)) => {
                        connections.push(serve_connection(stream, Arc::clone(&self.state)));
                        // Lets requests that have arrived be processed, however many connections
                        // come at once.
                        tokio::task::yield_now().await;
                    }
                    Err(_) => tokio::time::sleep(ACCEPT_BACKOFF).await,
                },
            }
        }
    }
}

/// 128 random bits from the operating system, as base64url.
fn random_secret() -> std::io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| std::io::Error::other(e.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Serves one connection until it ends or is evicted. It takes its slot at once, not when the
/// future is first polled.
fn serve_connection(stream: TcpStream, state: Arc<PlayState>) -> impl Future<Output = ()> {
    let (handle, registration) = AbortHandle::new_pair();
    let id = {
        let mut connections = state.connections();
        connections.evict().inspect(AbortHandle::abort);
        connections.open(handle)
    };
    let entry = ConnectionEntry { id, state };
    async move {
        // An eviction needs no further handling.
        let _ = Abortable::new(serve_http(stream, &entry), registration).await;
    }
}

async fn serve_http(stream: TcpStream, entry: &ConnectionEntry) {
    let service = service_fn(|request: Request<Incoming>| {
        let busy = ActiveRequest::new(entry);
        let state = Arc::clone(&entry.state);
        async move {
            let response = respond(&state, request).await;
            Ok::<_, Infallible>(response.map(|body| TrackedBody { body, _busy: busy }))
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(BUFFER_BYTES);
    // Errors of the client's connection need no handling.
    drop(http.serve_connection(TokioIo::new(stream), service).await);
}

/// A connection's entry in the table; dropping it removes the entry.
struct ConnectionEntry {
    id: ConnectionId,
    state: Arc<PlayState>,
}

impl Drop for ConnectionEntry {
    fn drop(&mut self) {
        self.state.connections().remove(self.id);
    }
}

/// A request that is being answered; its connection cannot be evicted until this is dropped.
struct ActiveRequest {
    id: ConnectionId,
    state: Arc<PlayState>,
}

impl ActiveRequest {
    fn new(entry: &ConnectionEntry) -> Self {
        entry.state.connections().request_began(entry.id);
        Self { id: entry.id, state: Arc::clone(&entry.state) }
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        self.state.connections().request_ended(self.id);
        self.state.request_ended.notify_one();
    }
}

type ResponseBody = UnsyncBoxBody<Bytes, Infallible>;

/// A body that ends its [`ActiveRequest`] when hyper drops it, that is when it has been sent.
struct TrackedBody {
    body: ResponseBody,
    _busy: ActiveRequest,
}

impl hyper::body::Body for TrackedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

async fn respond(state: &Arc<PlayState>, request: Request<Incoming>) -> Response<ResponseBody> {
    let CurrentPage { number, page } = state.current.borrow().clone();
    match state.access.route(request_info(&request)) {
        Route::ShellPage => {
            build_response(200, shell_headers(), full_body(page.shell_page(number)))
        }
        Route::Game => build_response(200, page.game_headers(), full_body(page.game().to_owned())),
        // HEAD does not subscribe.
        Route::Events if request.method() == Method::HEAD => {
            build_response(200, events_headers(), empty_body())
        }
        Route::Events => build_response(
            200,
            events_headers(),
            StreamBody::new(version_stream(state)).boxed_unsync(),
        ),
        Route::Pointed => receive_report(state, request.into_body()).await,
        Route::BadHost | Route::BadOrigin => reject(403, plain_headers()),
        Route::MethodNotAllowed(allowed) => {
            let mut head = plain_headers();
            head.push(("allow", allowed.to_owned()));
            reject(405, head)
        }
        Route::NotFound => reject(404, plain_headers()),
    }
}

/// Takes a report of what the user pointed at, and answers with the words that it becomes.
async fn receive_report(state: &PlayState, body: Incoming) -> Response<ResponseBody> {
    let Some(pointed) = &state.pointed else { return reject(404, plain_headers()) };
    let whole = Limited::new(body, MAX_REPORT_BYTES).collect();
    let Ok(Ok(report)) = tokio::time::timeout(REPORT_TIMEOUT, whole).await else {
        return reject(400, plain_headers());
    };
    let Some(target) = PointedTarget::parse(&report.to_bytes()) else {
        return reject(400, plain_headers());
    };
    let words = target.to_prompt();
    match pointed.try_send(target) {
        Ok(()) => build_response(200, plain_headers(), full_body(words)),
        // Nobody clicks as fast as that.
        Err(_) => reject(503, plain_headers()),
    }
}

/// A rejected request closes its connection.
fn reject(status: u16, mut head: HeaderList) -> Response<ResponseBody> {
    head.push(("connection", "close".to_owned()));
    build_response(status, head, empty_body())
}

fn request_info(request: &Request<Incoming>) -> RequestInfo<'_> {
    // Only proxies get absolute addresses, and this server is none.
    let host = only_header(request, &HOST).filter(|_| request.uri().authority().is_none());
    let origin = only_header(request, &ORIGIN);
    RequestInfo { method: request.method().as_str(), path: request.uri().path(), host, origin }
}

/// A header's value. `None` if it is missing, repeated or not text.
fn only_header<'r>(request: &'r Request<Incoming>, name: &HeaderName) -> Option<&'r str> {
    let mut values = request.headers().get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

fn build_response(status: u16, head: HeaderList, body: ResponseBody) -> Response<ResponseBody> {
    let response = head.into_iter().fold(Response::builder().status(status), |response, pair| {
        let (name, value) = pair;
        response.header(name, value)
    });
    // Only invalid headers fail, and ours are ASCII.
    response.body(body).unwrap_or_else(|_| Response::new(empty_body()))
}

fn full_body(text: String) -> ResponseBody {
    Full::new(Bytes::from(text)).boxed_unsync()
}

fn empty_body() -> ResponseBody {
    full_body(String::new())
}

/// A subscribed page, counted until its connection ends.
struct Subscription(Arc<PlayState>);

impl Subscription {
    fn new(state: &Arc<PlayState>) -> Self {
        state.subscribers.send_modify(|pages| *pages += 1);
        Self(Arc::clone(state))
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.0.subscribers.send_modify(|pages| *pages = pages.saturating_sub(1));
    }
}

/// The stream of version events: the current one at once, then every change.
fn version_stream(
    state: &Arc<PlayState>,
) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> + use<> {
    let mut changes = state.current.subscribe();
    changes.mark_changed();
    stream::unfold((Subscription::new(state), changes), |(subscription, mut changes)| async move {
        changes.changed().await.ok()?;
        let event = {
            let current = changes.borrow_and_update();
            current.page.version_event(current.number)
        };
        Some((Ok(Frame::data(Bytes::from(event))), (subscription, changes)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_secrets_are_the_same_and_each_fits_a_path() {
        let (first, second) = (random_secret().unwrap(), random_secret().unwrap());
        assert_ne!(first, second);
        assert_eq!(first.len(), 22);
        assert!(
            first.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'),
            "{first}"
        );
    }
}
