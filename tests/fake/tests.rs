//! The server itself, with the plainest client there is.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{Answer, Hub};

const PATIENCE: Duration = Duration::from_secs(5);

/// Sends one request and reads until the answer is complete or the hub hangs up.
fn ask(hub: &Hub, body: &str) -> Vec<u8> {
    let mut stream = connect(hub, body);
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer);
    answer
}

fn connect(hub: &Hub, body: &str) -> TcpStream {
    let address = hub.root().replace("http://", "");
    let mut stream = TcpStream::connect(address).expect("the hub listens");
    stream.set_read_timeout(Some(Duration::from_millis(400))).expect("a timeout");
    let length = body.len();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer hf_test\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).expect("the hub reads");
    stream
}

#[test]
fn answers_come_in_order_and_requests_are_kept() {
    let hub = Hub::start(vec![Answer::status(503).json("{}"), Answer::chat("hello")]);
    assert!(ask(&hub, r#"{"model":"m","stream":true}"#).starts_with(b"HTTP/1.1 503 Service"));
    assert!(String::from_utf8_lossy(&ask(&hub, "{}")).contains(r#""content":"hello""#));
    let requests = hub.requests();
    assert_eq!(requests.len(), 2);
    let first = requests.first().expect("a request");
    assert_eq!(first.header("authorization"), Some("Bearer hf_test"));
    assert_eq!(first.keys(), ["model", "stream"]);
    assert!(first.answered);
}

#[test]
fn a_cut_stream_ends_without_its_last_chunk() {
    let hub = Hub::start(vec![Answer::chat_stream("boo").cut_after(40)]);
    let started = Instant::now();
    let answer = ask(&hub, "{}");
    assert!(!answer.ends_with(b"0\r\n\r\n"));
    // Closed by the hub, not given up by this client's own timeout.
    assert!(started.elapsed() < Duration::from_millis(350));
}

#[test]
fn a_stalled_stream_stays_open_and_a_hang_up_is_noticed() {
    let hub = Hub::start(vec![Answer::chat_stream("boo").stall_after(40)]);
    let stream = connect(&hub, "{}");
    assert!(hub.wait_until(PATIENCE, |all| all.len() == 1));
    assert!(!hub.wait_for_hang_up(0, Duration::from_millis(50)));
    drop(stream);
    assert!(hub.wait_for_hang_up(0, PATIENCE));
}

#[test]
fn a_pace_is_kept() {
    let hub = Hub::start(vec![Answer::chat_stream("four tokens here").rate(50)]);
    let started = Instant::now();
    let mut stream = connect(&hub, "{}");
    let mut seen = Vec::new();
    while !seen.ends_with(b"0\r\n\r\n") {
        let mut room = [0; 64];
        let count = stream.read(&mut room).expect("more to come");
        seen.extend(room.iter().take(count));
    }
    // Eight events, so seven pauses of 20 ms.
    assert!(started.elapsed() >= Duration::from_millis(140));
}

#[test]
fn every_fixture_can_be_served_as_it_was_written() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/hf");
    let files: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().collect();
    assert_eq!(files.len(), 36);
    for file in files {
        let text = std::fs::read_to_string(file.path()).expect("a file");
        let fixture: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let body = fixture.pointer("/response/body").and_then(|body| body.as_str());
        let wishes = fixture.pointer("/expect/outcome").and_then(|outcome| outcome.as_str());
        assert!(wishes.is_some(), "{} expects nothing", file.path().display());
        let sent = Answer::fixture(&fixture).steps();
        let last = sent.last().expect("a body");
        assert_eq!(last, &super::Step::Send(body.expect("a body").as_bytes().to_vec()));
    }
}
