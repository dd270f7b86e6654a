//! Bytes of a stream with a bound on each event, and a proper end.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Stream as Bytestream, StreamExt};

use super::LARGEST_EVENT;

/// Why a byte stream ended early.
#[derive(Debug)]
pub(super) enum Cut {
    Network(reqwest::Error),
    TooLarge,
}

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Network(e) => e.fmt(f),
            Self::TooLarge => f.write_str("one event is too large"),
        }
    }
}

impl std::error::Error for Cut {}

/// Bytes with a bound on each event, and with a closing blank line: the parser
/// has no bound of its own and drops an event that the end of the stream cuts.
pub(super) struct Capped<S> {
    bytes: S,
    event: usize,
    blank: bool,
    state: State,
}

enum State {
    Open,
    Flushing,
    Closed,
}

impl<S> Capped<S> {
    pub fn new(bytes: S) -> Self {
        Self { bytes, event: 0, blank: true, state: State::Open }
    }

    /// Whether an event in `chunk`, or the one it continues, is too large.
    fn overflows(&mut self, chunk: &[u8]) -> bool {
        for byte in chunk {
            match byte {
                b'\n' | b'\r' if self.blank => self.event = 0,
                b'\n' | b'\r' => self.blank = true,
                _ => self.blank = false,
            }
            self.event += 1;
            if self.event > LARGEST_EVENT {
                return true;
            }
        }
        false
    }
}

impl<S> Bytestream for Capped<S>
where
    S: Bytestream<Item = reqwest::Result<Bytes>> + Unpin,
{
    type Item = Result<Bytes, Cut>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.state {
            State::Open => {}
            State::Flushing => {
                self.state = State::Closed;
                return Poll::Ready(Some(Ok(Bytes::from_static(b"\n\n"))));
            }
            State::Closed => return Poll::Ready(None),
        }
        let Poll::Ready(next) = self.bytes.poll_next_unpin(cx) else { return Poll::Pending };
        let item = match next {
            None => {
                self.state = State::Flushing;
                return self.poll_next(cx);
            }
            Some(Err(e)) => Err(Cut::Network(e)),
            Some(Ok(chunk)) if self.overflows(&chunk) => Err(Cut::TooLarge),
            Some(Ok(chunk)) => return Poll::Ready(Some(Ok(chunk))),
        };
        self.state = State::Closed;
        Poll::Ready(Some(item))
    }
}
