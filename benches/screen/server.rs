//! A model server on loopback that streams as fast as it can be read, or at a pace.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// What happened to a request, and when.
pub enum Seen {
    Asked(Instant),
    /// Whoever asked has gone before the end.
    Left(Instant),
}

pub struct Server {
    pub base: String,
    pub seen: Receiver<Seen>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let (tell, seen) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let tell = tell.clone();
                std::thread::spawn(move || drop(serve(&stream, &tell)));
            }
        });
        Self { base, seen }
    }

    /// Forgets what happened so far.
    pub fn forget(&self) {
        while self.seen.try_recv().is_ok() {}
    }

    pub fn asked(&self) -> Instant {
        loop {
            if let Seen::Asked(at) = self.seen.recv_timeout(Duration::from_secs(20)).unwrap() {
                return at;
            }
        }
    }

    pub fn left(&self) -> Instant {
        loop {
            if let Seen::Left(at) = self.seen.recv_timeout(Duration::from_secs(20)).unwrap() {
                return at;
            }
        }
    }
}

/// A page of at least so many bytes, as models write them.
pub fn page(bytes: usize) -> String {
    let head = "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
        <meta name=\"viewport\" content=\"width=device-width\"><title>Bats</title></head>\n\
        <body>\n<canvas id=\"c\"></canvas>\n<script>\n";
    let mut page = head.to_owned();
    let mut number = 0;
    while page.len() < bytes - 60 {
        let line = format!(
            "const bat{number} = {{ x: {number}, y: 2, name: \"bat {number}\" }}; // flies\n"
        );
        page.push_str(&line);
        number += 1;
    }
    page.push_str("requestAnimationFrame(() => 1);\n</script>\n</body>\n</html>\n");
    page
}

fn serve(stream: &TcpStream, tell: &Sender<Seen>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let (mut length, mut line, mut first) = (0, String::new(), String::new());
        while reader.read_line(&mut line)? > 2 {
            let header = line.to_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            if first.is_empty() {
                first.clone_from(&line);
            }
            line.clear();
        }
        if first.is_empty() {
            return Ok(());
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        tell.send(Seen::Asked(Instant::now())).ok();
        if let Err(error) = answer(stream, &body) {
            tell.send(Seen::Left(Instant::now())).ok();
            return Err(error);
        }
    }
}

/// The model's name in the request says how it answers.
fn answer(mut out: &TcpStream, body: &str) -> std::io::Result<()> {
    let (bytes, pause, pieces) = match body {
        _ if body.contains("\"paced\"") => (1_000_000, Some(Duration::from_millis(5)), 4_000),
        _ if body.contains("\"flood\"") => (40_000_000, None, 4_000_000),
        _ if body.contains("\"full240\"") => (240_000, None, usize::MAX),
        _ => (60_000, None, usize::MAX),
    };
    let text = format!("```html\n{}```\n", page(bytes));
    out.write_all(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
    )?;
    let mut waiting = Vec::new();
    for piece in text.as_bytes().chunks(4).take(pieces) {
        let piece = serde_json::Value::from(String::from_utf8_lossy(piece));
        let event = format!(
            "data: {{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":{piece}}},\"finish_reason\":null}}]}}\n\n"
        );
        waiting.extend(format!("{:x}\r\n{event}\r\n", event.len()).into_bytes());
        if pause.is_some() || waiting.len() > 16_000 {
            out.write_all(&waiting)?;
            waiting.clear();
        }
        if let Some(pause) = pause {
            std::thread::sleep(pause);
        }
    }
    let last = "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    waiting.extend(format!("{:x}\r\n{last}\r\n0\r\n\r\n", last.len()).into_bytes());
    out.write_all(&waiting)
}
