//! A Hugging Face that does as it is told: real HTTP/1.1 on loopback, scripted answers.
//!
//! The bytes are written by hand, because what has to be tried is what a decent
//! server never sends: a stream cut between two bytes of a character, a silence
//! without end, an answer that is no HTTP. One thread listens and each connection
//! has its own, so sync and async tests use it alike and it needs no runtime.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    reason = "every test uses its own part of it, and a server that waits needs the clock and threads of its own"
)]

pub mod answer;
pub mod body;
pub mod request;
pub mod script;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

pub use answer::{Answer, Step};
pub use request::Request;
pub use script::Script;

/// How often a waiting connection looks whether its peer or the hub has gone.
const GLANCE: Duration = Duration::from_millis(5);

/// The running server; dropping it closes every connection.
pub struct Hub {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    started: Instant,
    over: AtomicBool,
    log: fn(&Request),
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    script: Script,
    requests: Vec<Request>,
}

impl Hub {
    /// Answers in this order, and with the last answer for ever after.
    ///
    /// An answer with [`Answer::at`] waits for its own path; without one it takes
    /// any request but for the model list, the identity and the credits, which are always served.
    pub fn start(answers: Vec<Answer>) -> Self {
        Self::serve(Script::new(answers), 0, |_| {}).expect("loopback can be listened on")
    }

    /// The same from a script file, on a port of one's choice (0: any that is free).
    pub fn serve(script: Script, port: u16, log: fn(&Request)) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let address = listener.local_addr()?;
        let state = Mutex::new(State { script, requests: Vec::new() });
        let shared =
            Arc::new(Shared { started: Instant::now(), over: AtomicBool::new(false), log, state });
        let listening = Arc::clone(&shared);
        thread::spawn(move || listen(&listener, &listening));
        Ok(Self { address, shared })
    }

    /// What to give a client as its base URL.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The address without a path, for servers that speak text-generation on `/`.
    pub fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far, in order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }

    /// The requests that a scripted answer was meant for: all but the model list.
    pub fn posts(&self) -> Vec<Request> {
        self.requests().into_iter().filter(|request| request.method == "POST").collect()
    }

    /// Waits until `what` holds for the requests; false when `patience` ran out first.
    pub fn wait_until(&self, patience: Duration, what: impl Fn(&[Request]) -> bool) -> bool {
        let end = Instant::now() + patience;
        while Instant::now() < end {
            if what(&self.shared.state().requests) {
                return true;
            }
            thread::sleep(GLANCE);
        }
        what(&self.shared.state().requests)
    }

    /// Waits for the client to hang up on the `index`-th of its [`Hub::posts`], for tests of
    /// cancelling.
    pub fn wait_for_hang_up(&self, index: usize, patience: Duration) -> bool {
        self.wait_until(patience, |all| {
            let mut posts = all.iter().filter(|request| request.method == "POST");
            posts.nth(index).is_some_and(|request| request.hung_up.is_some())
        })
    }

    /// Waits until a scripted answer was asked for, be it not given yet.
    pub fn wait_for_post(&self, patience: Duration) -> bool {
        self.wait_until(patience, |all| all.iter().any(|request| request.method == "POST"))
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        // The listener sleeps in accept; one more knock wakes it to see the flag.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Notes a request and finds its answer in one go, so that order is the order of arrival.
    fn receive(&self, mut request: Request) -> (usize, Answer) {
        request.arrived = self.started.elapsed();
        (self.log)(&request);
        let mut state = self.state();
        let answer = state.script.next(&request);
        state.requests.push(request);
        (state.requests.len() - 1, answer)
    }

    fn amend(&self, index: usize, change: impl FnOnce(&mut Request, Duration)) {
        let now = self.started.elapsed();
        if let Some(request) = self.state().requests.get_mut(index) {
            change(request, now);
        }
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.is_over() {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        thread::spawn(move || converse(stream, &shared));
    }
}

/// One connection: requests and answers in turn, until one side has had enough.
fn converse(mut stream: TcpStream, shared: &Shared) {
    // Small writes must leave at once, or chunk borders would melt together.
    if stream.set_nodelay(true).is_err() || stream.set_read_timeout(Some(GLANCE)).is_err() {
        return;
    }
    while let Some(request) = request::read(&mut stream, || shared.is_over()) {
        let (index, answer) = shared.receive(request);
        match perform(&mut stream, shared, answer.steps()) {
            End::Open => shared.amend(index, |request, _| request.answered = true),
            End::Closed => return shared.amend(index, |request, _| request.answered = true),
            End::HungUp => return shared.amend(index, |request, now| request.hung_up = Some(now)),
        }
    }
}

/// How an answer ended.
enum End {
    /// Completely, and the connection may carry another.
    Open,
    /// By our own will: the script says so, or the hub is being dropped.
    Closed,
    /// The peer left before it had everything.
    HungUp,
}

fn perform(stream: &mut TcpStream, shared: &Shared, steps: Vec<Step>) -> End {
    for step in steps {
        let carried_on = match step {
            Step::Send(bytes) => is_connected(stream) && stream.write_all(&bytes).is_ok(),
            Step::Pause(time) => rest(stream, shared, Some(time)),
            Step::Silence => rest(stream, shared, None),
            Step::Close => return End::Closed,
        };
        if shared.is_over() {
            return End::Closed;
        }
        if !carried_on {
            return End::HungUp;
        }
    }
    End::Open
}

/// Sits still for a time, or for ever; false as soon as the peer has gone.
fn rest(stream: &TcpStream, shared: &Shared, time: Option<Duration>) -> bool {
    let end = time.map(|time| Instant::now() + time);
    while !shared.is_over() {
        let left = end.map_or(GLANCE, |end| end.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return true;
        }
        thread::sleep(left.min(GLANCE));
        if !is_connected(stream) {
            return false;
        }
    }
    true
}

/// Whether the peer still listens: an end of its stream means that it left.
fn is_connected(stream: &TcpStream) -> bool {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    if stream.set_nonblocking(true).is_err() {
        return false;
    }
    let seen = stream.peek(&mut [0]);
    let restored = stream.set_nonblocking(false).is_ok();
    restored
        && match seen {
            Ok(count) => count > 0,
            Err(error) => matches!(error.kind(), WouldBlock | TimedOut),
        }
}
