//! The socket: the only IO of this room.
//!
//! One future serves everything and ends with whoever holds it. At rest it
//! sleeps: what is new is told when it happens, to the pages that listen.

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
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::header::HOST;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

use super::connections::{ConnectionId, ConnectionTable};
use super::page::{HeaderList, ServedPage, events_headers, plain_headers, shell_headers};
use super::route::{AccessPath, RequestInfo, Route};

/// What all connections share: the game on show, and who looks at it.
#[derive(Debug)]
pub struct PlayState {
    access: AccessPath,
    current: watch::Sender<CurrentPage>,
    /// How many pages listen for news.
    subscribers: watch::Sender<usize>,
    connections: Mutex<ConnectionTable<AbortHandle>>,
    /// Told when a connection could give way that could not before.
    request_ended: Notify,
}

#[derive(Debug, Clone)]
struct CurrentPage {
    number: u64,
    page: Arc<ServedPage>,
}

/// A door that is open, and not yet attended.
#[derive(Debug)]
pub struct GameServer {
    listener: TcpListener,
    state: Arc<PlayState>,
}

/// How long a connection may take for a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// What hyper holds of an answer, and takes of a request's head: whoever reads no answer is being
/// answered until only this much is left.
const BUFFER_BYTES: usize = 64 * 1024;

/// How long to let be after the system had no more connections to give.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

impl PlayState {
    /// Where the game is, for a browser on this machine.
    pub fn address(&self) -> String {
        self.access.address()
    }

    pub fn port(&self) -> u16 {
        self.access.port
    }

    /// Puts another game, or another version, on show: pages that are open load it.
    pub fn show(&self, page: ServedPage) {
        self.current.send_modify(|current| {
            current.number += 1;
            current.page = Arc::new(page);
        });
    }

    fn connections(&self) -> MutexGuard<'_, ConnectionTable<AbortHandle>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a page listens.
    pub async fn wait_for_subscriber(&self) {
        // The sender is here, so the wait cannot fail.
        drop(self.subscribers.subscribe().wait_for(|pages| *pages > 0).await);
    }
}

impl GameServer {
    /// Opens a port on loopback that shows this game; needs a running runtime.
    pub fn open(first: ServedPage) -> std::io::Result<(Self, Arc<PlayState>)> {
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
                // Who has said something is heard before anybody gives way.
                biased;
                Some(()) = connections.next() => {}
                () = self.state.request_ended.notified() => {}
                accepted = self.listener.accept(), if has_room => match accepted {
                    Ok((stream, _)) => {
                        connections.push(serve_connection(stream, Arc::clone(&self.state)));
                        // What has arrived by now is noticed, however many come at once.
                        tokio::task::yield_now().await;
                    }
                    Err(_) => tokio::time::sleep(ACCEPT_BACKOFF).await,
                },
            }
        }
    }
}

/// 128 bits from the operating system: nobody guesses them.
fn random_secret() -> std::io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| std::io::Error::other(e.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Serves one connection until it ends, or until it has to give way.
///
/// It has its place at once, not when it is first looked at.
fn serve_connection(stream: TcpStream, state: Arc<PlayState>) -> impl Future<Output = ()> {
    let (handle, registration) = AbortHandle::new_pair();
    let id = {
        let mut connections = state.connections();
        connections.evict().inspect(AbortHandle::abort);
        connections.open(handle)
    };
    let place = ConnectionEntry { id, state };
    async move {
        // That it was closed for another is known by whoever closed it.
        let _ = Abortable::new(serve_http(stream, &place), registration).await;
    }
}

async fn serve_http(stream: TcpStream, place: &ConnectionEntry) {
    let service = service_fn(|request: Request<Incoming>| {
        let busy = ActiveRequest::new(place);
        let answer = respond(&place.state, &request);
        async move { Ok::<_, Infallible>(answer.map(|body| TrackedBody { body, _busy: busy })) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(BUFFER_BYTES);
    // Whoever breaks off or speaks no HTTP is owed nothing.
    drop(http.serve_connection(TokioIo::new(stream), service).await);
}

/// A connection's entry among the others, as long as it is open.
struct ConnectionEntry {
    id: ConnectionId,
    state: Arc<PlayState>,
}

impl Drop for ConnectionEntry {
    fn drop(&mut self) {
        self.state.connections().remove(self.id);
    }
}

/// A request that is being answered: its connection does not give way.
struct ActiveRequest {
    id: ConnectionId,
    state: Arc<PlayState>,
}

impl ActiveRequest {
    fn new(place: &ConnectionEntry) -> Self {
        place.state.connections().request_began(place.id);
        Self { id: place.id, state: Arc::clone(&place.state) }
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        self.state.connections().request_ended(self.id);
        self.state.request_ended.notify_one();
    }
}

type ResponseBody = UnsyncBoxBody<Bytes, Infallible>;

/// A body that knows when it has been sent: it is held until then, for it never says that it ends.
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

fn respond(state: &Arc<PlayState>, request: &Request<Incoming>) -> Response<ResponseBody> {
    let CurrentPage { number, page } = state.current.borrow().clone();
    match state.access.route(request_info(request)) {
        Route::ShellPage => {
            build_response(200, shell_headers(), full_body(page.shell_page(number)))
        }
        Route::Game => build_response(200, page.game_headers(), full_body(page.game().to_owned())),
        // To ask for the head alone is no visit.
        Route::Events if request.method() == Method::HEAD => {
            build_response(200, events_headers(), empty_body())
        }
        Route::Events => build_response(
            200,
            events_headers(),
            StreamBody::new(version_stream(state)).boxed_unsync(),
        ),
        Route::BadHost => reject(403, plain_headers()),
        Route::MethodNotAllowed => {
            let mut head = plain_headers();
            head.push(("allow", "GET, HEAD".to_owned()));
            reject(405, head)
        }
        Route::NotFound => reject(404, plain_headers()),
    }
}

/// Whoever is refused keeps no place.
fn reject(status: u16, mut head: HeaderList) -> Response<ResponseBody> {
    head.push(("connection", "close".to_owned()));
    build_response(status, head, empty_body())
}

fn request_info(request: &Request<Incoming>) -> RequestInfo<'_> {
    let mut hosts = request.headers().get_all(HOST).iter();
    // Only a proxy is asked for whole addresses, and that is not what this is.
    let host = match (hosts.next(), hosts.next(), request.uri().authority()) {
        (Some(host), None, None) => host.to_str().ok(),
        _ => None,
    };
    RequestInfo { method: request.method().as_str(), path: request.uri().path(), host }
}

fn build_response(status: u16, head: HeaderList, body: ResponseBody) -> Response<ResponseBody> {
    let response = head.into_iter().fold(Response::builder().status(status), |response, pair| {
        let (name, value) = pair;
        response.header(name, value)
    });
    // Only a head that is not one fails, and ours are made of ASCII.
    response.body(body).unwrap_or_else(|_| Response::new(empty_body()))
}

fn full_body(text: String) -> ResponseBody {
    Full::new(Bytes::from(text)).boxed_unsync()
}

fn empty_body() -> ResponseBody {
    full_body(String::new())
}

/// A page that listens; it counts as long as its connection lasts.
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

/// What is on show, at once and whenever it changes.
fn version_stream(
    state: &Arc<PlayState>,
) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> + use<> {
    let mut news = state.current.subscribe();
    news.mark_changed();
    stream::unfold((Subscription::new(state), news), |(subscription, mut news)| async move {
        news.changed().await.ok()?;
        let event = {
            let current = news.borrow_and_update();
            current.page.version_event(current.number)
        };
        Some((Ok(Frame::data(Bytes::from(event))), (subscription, news)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_secrets_are_the_same_and_each_fits_a_path() {
        let (one, other) = (random_secret().unwrap(), random_secret().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 22);
        assert!(one.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{one}");
    }
}
