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
use super::page::{Head, Showing, around_head, bare_head, events_head};
use super::route::{Ask, Door, Wanted};

/// What all connections share: the game on show, and who looks at it.
#[derive(Debug)]
pub struct Hall {
    door: Door,
    on_show: watch::Sender<OnShow>,
    /// How many pages listen for news.
    pages: watch::Sender<usize>,
    connections: Mutex<ConnectionTable<AbortHandle>>,
    /// Told when a connection could give way that could not before.
    answered: Notify,
}

#[derive(Debug, Clone)]
struct OnShow {
    number: u64,
    showing: Arc<Showing>,
}

/// A door that is open, and not yet attended.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    hall: Arc<Hall>,
}

/// How long a connection may take for a request.
const PATIENCE: Duration = Duration::from_secs(30);

/// What hyper holds of an answer, and takes of a request's head: whoever reads no answer is being
/// answered until only this much is left.
const BUFFER: usize = 64 * 1024;

/// How long to let be after the system had no more connections to give.
const BREATH: Duration = Duration::from_millis(100);

impl Hall {
    /// Where the game is, for a browser on this machine.
    pub fn address(&self) -> String {
        self.door.address()
    }

    pub fn port(&self) -> u16 {
        self.door.port
    }

    /// Puts another game, or another version, on show: pages that are open load it.
    pub fn show(&self, showing: Showing) {
        self.on_show.send_modify(|on_show| {
            on_show.number += 1;
            on_show.showing = Arc::new(showing);
        });
    }

    fn connections(&self) -> MutexGuard<'_, ConnectionTable<AbortHandle>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a page listens.
    pub async fn watched(&self) {
        // The sender is here, so the wait cannot fail.
        drop(self.pages.subscribe().wait_for(|pages| *pages > 0).await);
    }
}

impl Server {
    /// Opens a port on loopback that shows this game; needs a running runtime.
    pub fn open(first: Showing) -> std::io::Result<(Self, Arc<Hall>)> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let door = Door { secret: secret()?, port: listener.local_addr()?.port() };
        let on_show = OnShow { number: 1, showing: Arc::new(first) };
        let hall = Arc::new(Hall {
            door,
            on_show: watch::Sender::new(on_show),
            pages: watch::Sender::new(0),
            connections: Mutex::new(ConnectionTable::new()),
            answered: Notify::new(),
        });
        let server = Self { listener: TcpListener::from_std(listener)?, hall: Arc::clone(&hall) };
        Ok((server, hall))
    }

    /// Serves until it is dropped.
    pub async fn run(self) {
        let mut connections = FuturesUnordered::new();
        loop {
            let has_room = self.hall.connections().has_room();
            tokio::select! {
                // Who has said something is heard before anybody gives way.
                biased;
                Some(()) = connections.next() => {}
                () = self.hall.answered.notified() => {}
                accepted = self.listener.accept(), if has_room => match accepted {
                    Ok((stream, _)) => {
                        connections.push(attend(stream, Arc::clone(&self.hall)));
                        // What has arrived by now is noticed, however many come at once.
                        tokio::task::yield_now().await;
                    }
                    Err(_) => tokio::time::sleep(BREATH).await,
                },
            }
        }
    }
}

/// 128 bits from the operating system: nobody guesses them.
fn secret() -> std::io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| std::io::Error::other(e.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Serves one connection until it ends, or until it has to give way.
///
/// It has its place at once, not when it is first looked at.
fn attend(stream: TcpStream, hall: Arc<Hall>) -> impl Future<Output = ()> {
    let (handle, registration) = AbortHandle::new_pair();
    let id = {
        let mut connections = hall.connections();
        connections.make_room().inspect(AbortHandle::abort);
        connections.open(handle)
    };
    let place = Place { id, hall };
    async move {
        // That it was closed for another is known by whoever closed it.
        let _ = Abortable::new(serve(stream, &place), registration).await;
    }
}

async fn serve(stream: TcpStream, place: &Place) {
    let service = service_fn(|request: Request<Incoming>| {
        let busy = Busy::new(place);
        let answer = answer(&place.hall, &request);
        async move { Ok::<_, Infallible>(answer.map(|body| Answer { body, _busy: busy })) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(BUFFER);
    // Whoever breaks off or speaks no HTTP is owed nothing.
    drop(http.serve_connection(TokioIo::new(stream), service).await);
}

/// A connection's entry among the others, as long as it is open.
struct Place {
    id: ConnectionId,
    hall: Arc<Hall>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.hall.connections().closed(self.id);
    }
}

/// A request that is being answered: its connection does not give way.
struct Busy {
    id: ConnectionId,
    hall: Arc<Hall>,
}

impl Busy {
    fn new(place: &Place) -> Self {
        place.hall.connections().request_began(place.id);
        Self { id: place.id, hall: Arc::clone(&place.hall) }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.hall.connections().request_ended(self.id);
        self.hall.answered.notify_one();
    }
}

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// A body that knows when it has been sent: it is held until then, for it never says that it ends.
struct Answer {
    body: Body,
    _busy: Busy,
}

impl hyper::body::Body for Answer {
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

fn answer(hall: &Arc<Hall>, request: &Request<Incoming>) -> Response<Body> {
    let OnShow { number, showing } = hall.on_show.borrow().clone();
    match hall.door.wanted(ask(request)) {
        Wanted::Around => reply(200, around_head(), whole(showing.around(number))),
        Wanted::Game => reply(200, showing.game_head(), whole(showing.game().to_owned())),
        // To ask for the head alone is no visit.
        Wanted::Events if request.method() == Method::HEAD => reply(200, events_head(), empty()),
        Wanted::Events => reply(200, events_head(), StreamBody::new(events(hall)).boxed_unsync()),
        Wanted::Stranger => refuse(403, bare_head()),
        Wanted::NotReading => {
            let mut head = bare_head();
            head.push(("allow", "GET, HEAD".to_owned()));
            refuse(405, head)
        }
        Wanted::Nothing => refuse(404, bare_head()),
    }
}

/// Whoever is refused keeps no place.
fn refuse(status: u16, mut head: Head) -> Response<Body> {
    head.push(("connection", "close".to_owned()));
    reply(status, head, empty())
}

fn ask(request: &Request<Incoming>) -> Ask<'_> {
    let mut hosts = request.headers().get_all(HOST).iter();
    // Only a proxy is asked for whole addresses, and that is not what this is.
    let host = match (hosts.next(), hosts.next(), request.uri().authority()) {
        (Some(host), None, None) => host.to_str().ok(),
        _ => None,
    };
    Ask { method: request.method().as_str(), path: request.uri().path(), host }
}

fn reply(status: u16, head: Head, body: Body) -> Response<Body> {
    let response = head.into_iter().fold(Response::builder().status(status), |response, pair| {
        let (name, value) = pair;
        response.header(name, value)
    });
    // Only a head that is not one fails, and ours are made of ASCII.
    response.body(body).unwrap_or_else(|_| Response::new(empty()))
}

fn whole(text: String) -> Body {
    Full::new(Bytes::from(text)).boxed_unsync()
}

fn empty() -> Body {
    whole(String::new())
}

/// A page that listens; it counts as long as its connection lasts.
struct Visit(Arc<Hall>);

impl Visit {
    fn new(hall: &Arc<Hall>) -> Self {
        hall.pages.send_modify(|pages| *pages += 1);
        Self(Arc::clone(hall))
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.0.pages.send_modify(|pages| *pages = pages.saturating_sub(1));
    }
}

/// What is on show, at once and whenever it changes.
fn events(hall: &Arc<Hall>) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> + use<> {
    let mut news = hall.on_show.subscribe();
    news.mark_changed();
    stream::unfold((Visit::new(hall), news), |(visit, mut news)| async move {
        news.changed().await.ok()?;
        let event = {
            let on_show = news.borrow_and_update();
            on_show.showing.event(on_show.number)
        };
        Some((Ok(Frame::data(Bytes::from(event))), (visit, news)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_secrets_are_the_same_and_each_fits_a_path() {
        let (one, other) = (secret().unwrap(), secret().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 22);
        assert!(one.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{one}");
    }
}
