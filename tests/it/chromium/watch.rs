//! Opens strangers' pages, many at once, and notes everything they should not do.
//!
//! Each page has a port of its own that stands for the outside world, so that
//! what arrives there is known to be its doing.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Browser, Tab};

/// The outside world: a port on loopback that takes any connection and any datagram.
pub struct Outside {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
    is_over: Arc<AtomicBool>,
}

impl Outside {
    pub fn listen() -> Self {
        let (tcp, udp) = ports();
        let port = tcp.local_addr().expect("a port").port();
        let outside = Self { port, seen: Arc::default(), is_over: Arc::default() };
        let (seen, is_over) = (Arc::clone(&outside.seen), Arc::clone(&outside.is_over));
        thread::spawn(move || take_calls(&tcp, &seen, &is_over));
        let (seen, is_over) = (Arc::clone(&outside.seen), Arc::clone(&outside.is_over));
        thread::spawn(move || take_datagrams(&udp, &seen, &is_over));
        outside
    }

    /// How pages name it.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().expect("a list"))
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // The listener sleeps until somebody calls.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

fn take_calls(tcp: &TcpListener, seen: &Arc<Mutex<Vec<String>>>, is_over: &AtomicBool) {
    let calls = tcp.incoming().map_while(Result::ok);
    for stream in calls.take_while(|_| !is_over.load(Ordering::Relaxed)) {
        let seen = Arc::clone(seen);
        thread::spawn(move || seen.lock().expect("a list").push(answer(stream)));
    }
}

fn take_datagrams(udp: &UdpSocket, seen: &Mutex<Vec<String>>, is_over: &AtomicBool) {
    udp.set_read_timeout(Some(Duration::from_millis(200))).expect("a socket that can wait");
    while !is_over.load(Ordering::Relaxed) {
        let arrived = udp.recv_from(&mut [0; 64]).map(|_| "a datagram".to_owned());
        seen.lock().expect("a list").extend(arrived);
    }
}

/// One number for both kinds of socket.
fn ports() -> (TcpListener, UdpSocket) {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a port");
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().expect("a port")) {
            return (tcp, udp);
        }
    }
}

/// The first line of a request; the answer leaves a page that navigates where it is.
fn answer(mut stream: TcpStream) -> String {
    let mut begin = [0; 128];
    drop(stream.set_read_timeout(Some(Duration::from_secs(1))));
    let count = stream.read(&mut begin).unwrap_or(0);
    let answer =
        "HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n";
    drop(stream.write_all(answer.as_bytes()));
    let begin = String::from_utf8_lossy(begin.get(..count).unwrap_or_default());
    format!("a request: {}", begin.lines().next().unwrap_or("nothing but a connection"))
}

/// Notes peer connections: on a machine without a network they send nothing that could be seen.
const PRELUDE: &str = "globalThis.RTCPeerConnection &&= new Proxy(RTCPeerConnection, {
    construct(target, list) { document.documentElement.dataset.peer = 'yes'; return new target(...list); },
});
globalThis.webkitRTCPeerConnection = globalThis.RTCPeerConnection;";

/// Where a guest goes when its page is left: the mark tells it from where a page went by itself.
const LEFT: &str = "about:blank#left";

/// What tells that a guest went somewhere.
const LEAVING: &str = "Page.frameNavigated";

/// What a page tells of itself: foreign code leaves its mark in the title.
const TRACES: &str = "[document.title === 'ran' && 'foreign code ran', document.documentElement?.dataset.peer && 'a peer connection'].filter(Boolean)";

/// A tab that shows one page after another: opening one costs more than all that is done in it.
pub struct Guest {
    session: String,
    target: String,
    context: String,
    url: String,
    outside: Outside,
}

impl Guest {
    /// What its pages call the outside world.
    pub fn outside(&self) -> String {
        self.outside.address()
    }
}

impl Browser {
    /// Opens this many tabs, each with a storage and an outside world of its own.
    pub fn invite(&mut self, count: usize) -> Vec<Guest> {
        self.wire.call(None, "Target.setDiscoverTargets", &json!({"discover": true}));
        (0..count).map(|_| self.guest()).collect()
    }

    fn guest(&mut self) -> Guest {
        let Tab { session, target, context } = self.tab();
        for domain in ["Page", "Runtime"] {
            self.wire.call(Some(&session), &format!("{domain}.enable"), &json!({}));
        }
        let prelude = json!({"source": PRELUDE});
        self.wire.call(Some(&session), "Page.addScriptToEvaluateOnNewDocument", &prelude);
        Guest { session, target, context, url: String::new(), outside: Outside::listen() }
    }

    /// Shows each guest a page, clicks and types into it, leaves it, and tells what each did.
    pub fn watch(&mut self, guests: &mut [Guest], pages: &[String]) -> Vec<BTreeSet<String>> {
        self.wire.events.clear();
        for (guest, html) in guests.iter_mut().zip(pages) {
            drop(guest.outside.take());
            guest.url = self.put(html);
            let url = json!({"url": guest.url});
            self.wire.post(Some(&guest.session), "Page.navigate", &url);
        }
        let guests = guests.get(..pages.len()).unwrap_or_default();
        self.wait_for_all(guests, "Page.loadEventFired");
        self.listen(Duration::from_millis(300), guests);
        for guest in guests {
            self.poke(guest);
        }
        self.listen(Duration::from_millis(350), guests);
        let traces: Vec<_> = guests.iter().map(|guest| self.look(guest)).collect();
        self.wait_for_answers(guests, &traces);
        for guest in guests {
            self.wire.post(Some(&guest.session), "Page.navigate", &json!({"url": LEFT}));
        }
        self.wait_for_all(guests, LEAVING);
        self.listen(Duration::from_millis(100), guests);
        let told = guests.iter().zip(&traces).map(|(guest, traces)| self.told(guest, traces));
        told.collect()
    }

    /// Waits until each page has told this, or a while: one that leaves at once never loads.
    fn wait_for_all(&mut self, guests: &[Guest], method: &str) {
        let end = Instant::now() + Duration::from_millis(1_500);
        let is_there = |browser: &Self, guest: &Guest| {
            let mut told = browser.wire.of(&guest.session, method);
            told.any(|event| {
                method != LEAVING
                    || event.pointer("/params/frame/urlFragment") == Some(&json!("#left"))
            })
        };
        while Instant::now() < end && !guests.iter().all(|guest| is_there(self, guest)) {
            self.listen(Duration::from_millis(30), guests);
        }
    }

    /// A page that hangs never answers; a slow machine gets its time.
    fn wait_for_answers(&mut self, guests: &[Guest], ids: &[Value]) {
        let end = Instant::now() + Duration::from_secs(3);
        let has_come = |browser: &Self, id: &Value| {
            browser.wire.events.iter().any(|message| message.get("id") == Some(id))
        };
        while Instant::now() < end && !ids.iter().all(|id| has_come(self, id)) {
            self.listen(Duration::from_millis(30), guests);
        }
    }

    /// Takes events for a while and closes dialogs, which would stop everything else.
    fn listen(&mut self, time: Duration, guests: &[Guest]) {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            let Ok(event) = self.wire.messages.recv_timeout(left) else { continue };
            let is_dialog = event.get("method") == Some(&json!("Page.javascriptDialogOpening"));
            let session = event.get("sessionId").and_then(Value::as_str).map(str::to_owned);
            self.wire.events.push(event);
            let known = guests.iter().find(|guest| Some(&guest.session) == session.as_ref());
            if let Some(guest) = known.filter(|_| is_dialog) {
                let accept = json!({"accept": true});
                self.wire.post(Some(&guest.session), "Page.handleJavaScriptDialog", &accept);
            }
        }
    }

    /// What a player does: a click where the bait is, and a key.
    fn poke(&mut self, guest: &Guest) {
        let mouse =
            |kind: &str| json!({"type": kind, "x": 40, "y": 40, "button": "left", "clickCount": 1});
        for kind in ["mousePressed", "mouseReleased"] {
            self.wire.post(Some(&guest.session), "Input.dispatchMouseEvent", &mouse(kind));
        }
        for kind in ["keyDown", "keyUp"] {
            let key = json!({"type": kind, "code": "KeyA", "key": "a", "text": "a"});
            self.wire.post(Some(&guest.session), "Input.dispatchKeyEvent", &key);
        }
    }

    /// Asks a page for its traces; one that hangs does not answer.
    fn look(&mut self, guest: &Guest) -> Value {
        let traces = json!({"expression": TRACES, "returnByValue": true});
        self.wire.post(Some(&guest.session), "Runtime.evaluate", &traces)
    }

    fn told(&mut self, guest: &Guest, traces: &Value) -> BTreeSet<String> {
        let traces = self.wire.answer(traces).and_then(Result::ok).unwrap_or_default();
        let traces = traces.pointer("/result/value").and_then(Value::as_array).cloned();
        let traces = traces.unwrap_or_default();
        let traces = traces.iter().filter_map(Value::as_str).map(str::to_owned);
        let navigated = self.wire.of(&guest.session, LEAVING);
        let frames = navigated.filter_map(|event| event.pointer("/params/frame"));
        let main = frames.filter(|frame| frame.get("parentId").is_none());
        let after = main.filter(|frame| frame.get("urlFragment") != Some(&json!("#left")));
        let after = after.filter_map(|frame| frame.get("url")?.as_str());
        let after =
            after.filter(|url| is_its_doing(url, guest)).map(|url| format!("navigated to {url}"));
        let targets = self.wire.events.iter().filter(|event| is_stranger(event, guest));
        let targets = targets.map(|event| {
            format!("opened {}", event.pointer("/params/targetInfo").unwrap_or(&Value::Null))
        });
        traces.chain(after).chain(targets).chain(guest.outside.take()).collect()
    }
}

/// Not where it was put, with whatever query, and not where an earlier page of the same guest was:
/// it cannot know that.
fn is_its_doing(url: &str, guest: &Guest) -> bool {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let folder = guest.url.rsplit_once("/page-").map_or("", |(folder, _)| folder);
    let is_of_a_page = url.strip_prefix(folder).is_some_and(|name| name.starts_with("/page-"));
    url != guest.url && (!is_of_a_page || url.starts_with(&guest.url))
}

/// Whether a window or a worker appeared in a guest's part of the browser.
fn is_stranger(event: &Value, guest: &Guest) -> bool {
    let info = |name: &str| event.pointer(&format!("/params/targetInfo/{name}"));
    let is = |name: &str, value: &str| info(name).and_then(Value::as_str) == Some(value);
    event.get("method") == Some(&json!("Target.targetCreated"))
        && is("browserContextId", &guest.context)
        && !is("targetId", &guest.target)
        && !is("type", "tab")
}
