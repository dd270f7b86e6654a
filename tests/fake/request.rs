//! What a client said, kept so that a test can ask about it.

use std::io::Read;
use std::time::Duration;

/// One request as it arrived, and what became of its answer.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    /// With the query, as it stood in the request line.
    pub path: String,
    /// In the order they came, names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// Since the hub was started: two of these tell how long a client waited.
    pub arrived: Duration,
    /// The whole scripted answer was written.
    pub answered: bool,
    /// When the peer left in the middle of its answer, since the hub was started.
    pub hung_up: Option<Duration>,
}

impl Request {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The keys of the body in the order they were written, which servers may rely on.
    pub fn keys(&self) -> Vec<String> {
        top_level_keys(&self.body)
    }
}

/// Reads one request; nothing at the end of the connection or when `is_over`.
pub fn read(stream: &mut impl Read, is_over: impl Fn() -> bool) -> Option<Request> {
    let mut wire = Wire { stream, held: Vec::new(), is_over };
    let head = wire.until(b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
        .collect();
    let mut request = Request { method, path, headers, ..Request::default() };
    let body = match request.header("content-length").map(str::parse) {
        Some(length) => wire.take(length.ok()?)?,
        None if request.header("transfer-encoding") == Some("chunked") => wire.chunks()?,
        None => Vec::new(),
    };
    request.body = String::from_utf8_lossy(&body).into_owned();
    Some(request)
}

/// Bytes from the socket, with what was read too far.
struct Wire<'s, S, F> {
    stream: &'s mut S,
    held: Vec<u8>,
    is_over: F,
}

impl<S: Read, F: Fn() -> bool> Wire<'_, S, F> {
    fn until(&mut self, mark: &[u8]) -> Option<Vec<u8>> {
        loop {
            let found = self.held.windows(mark.len()).position(|window| window == mark);
            if let Some(start) = found {
                return self.take(start + mark.len());
            }
            self.more()?;
        }
    }

    fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        while self.held.len() < count {
            self.more()?;
        }
        let rest = self.held.split_off(count);
        Some(std::mem::replace(&mut self.held, rest))
    }

    fn chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let size = self.until(b"\r\n")?;
            let size = usize::from_str_radix(String::from_utf8_lossy(&size).trim(), 16).ok()?;
            body.extend(self.take(size)?);
            self.until(b"\r\n")?;
            if size == 0 {
                return Some(body);
            }
        }
    }

    fn more(&mut self) -> Option<()> {
        use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
        let mut room = [0; 4096];
        while !(self.is_over)() {
            match self.stream.read(&mut room) {
                Ok(0) => return None,
                Ok(count) => {
                    self.held.extend(room.iter().take(count));
                    return Some(());
                }
                Err(e) if matches!(e.kind(), WouldBlock | TimedOut | Interrupted) => {}
                Err(_) => return None,
            }
        }
        None
    }
}

/// `serde_json::Value` sorts its keys, so the order is read from the text itself.
fn top_level_keys(json: &str) -> Vec<String> {
    let (mut keys, mut depth, mut text) = (Vec::new(), 0_i32, None::<String>);
    let mut last = String::new();
    let mut escaped = false;
    for c in json.chars() {
        match (&mut text, c) {
            (Some(inside), _) if escaped => {
                inside.push(c);
                escaped = false;
            }
            (Some(_), '\\') => escaped = true,
            (Some(_), '"') => last = text.take().unwrap_or_default(),
            (Some(inside), _) => inside.push(c),
            (None, '"') => text = Some(String::new()),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth -= 1,
            (None, ':') if depth == 1 => keys.push(std::mem::take(&mut last)),
            (None, _) => {}
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_in_the_order_they_were_written() {
        let body = r#"{"model":"m:1","messages":[{"role":"x"}],"a\"b":{"c":1},"stream":true}"#;
        assert_eq!(top_level_keys(body), ["model", "messages", "a\"b", "stream"]);
    }

    #[test]
    fn a_chunked_request_is_one_body() {
        let mut wire = &b"POST /v1/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"[..];
        let request = read(&mut wire, || false).expect("a request");
        assert_eq!((request.path.as_str(), request.body.as_str()), ("/v1/x", "abcde"));
    }
}
