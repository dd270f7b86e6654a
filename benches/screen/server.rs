//! A model server on loopback that streams as fast as it can be read, or at a pace.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Nothing that is measured takes longer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many whole pages a flood is: just less than the longest reply that is read.
const FLOOD: usize = 30;

/// What happened to a request, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Asked(Instant),
    /// Everything was written.
    Sent(Instant),
    /// Whoever asked has closed the connection.
    Left(Instant),
}

pub struct Server {
    pub base: String,
    seen: Receiver<Seen>,
}

/// Answers that are ready, so that making them costs nothing while one is timed.
struct Answers {
    small: Vec<u8>,
    large: Vec<u8>,
    paced: Vec<Vec<u8>>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let (tell, seen) = channel();
        let answers = Arc::new(Answers {
            small: events(&page(60_000)).concat(),
            large: events(&page(240_000)).concat(),
            paced: events(&page(16_000)),
        });
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tell, answers) = (tell.clone(), Arc::clone(&answers));
                std::thread::spawn(move || drop(serve(&stream, &answers, &tell)));
            }
        });
        Self { base, seen }
    }

    /// Forgets what happened so far.
    pub fn forget(&self) {
        while self.seen.try_recv().is_ok() {}
    }

    pub fn asked(&self) -> Instant {
        self.wait("a request", |seen| match seen {
            Seen::Asked(at) => Some(at),
            Seen::Sent(_) | Seen::Left(_) => None,
        })
    }

    pub fn left(&self) -> Instant {
        self.wait("the end of the connection", |seen| match seen {
            Seen::Left(at) => Some(at),
            Seen::Asked(_) | Seen::Sent(_) => None,
        })
    }

    /// Whether everything has been written meanwhile.
    pub fn has_sent(&self) -> bool {
        self.seen.try_iter().any(|seen| matches!(seen, Seen::Sent(_)))
    }

    fn wait(&self, what: &str, when: impl Fn(Seen) -> Option<Instant>) -> Instant {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let seen = self.seen.recv_timeout(left);
            let seen = seen.unwrap_or_else(|_| panic!("the server waited {PATIENCE:?} for {what}"));
            if let Some(at) = when(seen) {
                return at;
            }
        }
    }
}

const NOUNS: [&str; 8] = ["bat", "owl", "moth", "wing", "moon", "tree", "lamp", "cloud"];

/// One line of code. Lines that differ in their numbers alone would be stopped as a repetition.
fn line(number: usize, chance: usize) -> String {
    let noun = NOUNS[chance / 64 % NOUNS.len()];
    let other = NOUNS[chance / 512 % NOUNS.len()];
    match chance / 8 % 4 {
        _ if number == 0 => "const bat0 = { x: 0, y: 2, name: \"bat 0\" }; // flies\n".to_owned(),
        0 => format!(
            "const {noun}{number} = {{ x: {number}, y: 2, name: \"{other} {number}\" }}; // flies\n"
        ),
        1 => format!("function {noun}{number}() {{ bat0.x += {number}; return \"{other}\"; }}\n"),
        2 => format!("if (bat0.y > {number}) bat0.{noun} = \"{other}\"; // once more\n"),
        _ => format!("let {noun}{number} = [1, 2, {number}], my{number} = \"{noun} {other}\";\n"),
    }
}

/// A page of about so many bytes, as models write them.
pub fn page(bytes: usize) -> String {
    let head = "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
        <meta name=\"viewport\" content=\"width=device-width\"><title>Bats</title></head>\n\
        <body>\n<canvas id=\"c\"></canvas>\n<script>\n";
    let mut page = head.to_owned();
    let mut number = 0;
    let mut chance = 1;
    while page.len() < bytes.saturating_sub(60) {
        page.push_str(&line(number, chance));
        // A linear congruential generator; any would do.
        chance = chance.wrapping_mul(1_103_515_245).wrapping_add(12_345) % (1 << 31);
        number += 1;
    }
    page.push_str("requestAnimationFrame(() => 1);\n</script>\n</body>\n</html>\n");
    page
}

/// The page as events of four bytes each, in the chunks of the protocol.
fn events(page: &str) -> Vec<Vec<u8>> {
    let text = format!("```html\n{page}```\n");
    let pieces = text.as_bytes().chunks(4).map(|piece| {
        let piece = serde_json::Value::from(String::from_utf8_lossy(piece));
        let delta = format!("{{\"content\":{piece}}}");
        chunk(&event(&delta, "null"))
    });
    pieces.collect()
}

fn event(delta: &str, finish: &str) -> String {
    format!(
        "data: {{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
    )
}

fn chunk(text: &str) -> Vec<u8> {
    format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()
}

fn serve(stream: &TcpStream, answers: &Answers, tell: &Sender<Seen>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let Some(request) = request(&mut reader)? else { return Ok(()) };
        let Request::Post(body) = request else {
            refuse(stream)?;
            continue;
        };
        tell.send(Seen::Asked(Instant::now())).ok();
        if body.contains("\"paced\"") {
            watch(stream, tell)?;
        }
        answer(stream, answers, &body)?;
        tell.send(Seen::Sent(Instant::now())).ok();
    }
}

enum Request {
    /// Its body.
    Post(String),
    /// What models there are, and how long a context they have: no request of the user's.
    Get,
}

/// The next request on the connection, if one comes.
fn request(reader: &mut impl BufRead) -> std::io::Result<Option<Request>> {
    let (mut length, mut line, mut lines) = (0, String::new(), 0);
    let mut is_get = false;
    while reader.read_line(&mut line)? > 2 {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        is_get |= lines == 0 && line.starts_with("GET ");
        lines += 1;
        line.clear();
    }
    if lines == 0 {
        return Ok(None);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(Some(if is_get { Request::Get } else { Request::Post(body) }))
}

fn refuse(mut out: &TcpStream) -> std::io::Result<()> {
    out.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
}

/// Tells at once when the other side closes: it has nothing more to say while it listens.
fn watch(stream: &TcpStream, tell: &Sender<Seen>) -> std::io::Result<()> {
    let (mut stream, tell) = (stream.try_clone()?, tell.clone());
    std::thread::spawn(move || {
        while let Ok(1..) = stream.read(&mut [0; 64]) {}
        tell.send(Seen::Left(Instant::now())).ok();
    });
    Ok(())
}

/// The model's name in the request says how it answers.
fn answer(mut out: &TcpStream, answers: &Answers, body: &str) -> std::io::Result<()> {
    out.write_all(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
    )?;
    match body {
        _ if body.contains("\"paced\"") => paced(out, answers)?,
        _ if body.contains("\"flood\"") => {
            (0..FLOOD).try_for_each(|_| out.write_all(&answers.large))?;
        }
        _ if body.contains("\"full240\"") => out.write_all(&answers.large)?,
        _ => out.write_all(&answers.small)?,
    }
    let last = chunk(&format!("{}data: [DONE]\n\n", event("{}", "\"stop\"")));
    out.write_all(&[last.as_slice(), b"0\r\n\r\n"].concat())
}

/// Two hundred tokens a second.
fn paced(mut out: &TcpStream, answers: &Answers) -> std::io::Result<()> {
    answers.paced.iter().try_for_each(|event| {
        std::thread::sleep(Duration::from_millis(5));
        out.write_all(event)
    })
}
