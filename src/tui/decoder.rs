//! Decodes the bytes a terminal sends into events, and keeps its replies apart. The bytes may
//! arrive split anywhere: no key may be lost, and no reply may be read as a key.
//!
//! Incomplete sequences wait, but not for ever. This module reads no clock: callers pass the time
//! and call [`InputDecoder::handle_timeout`].

use std::time::{Duration, Instant};

use crossterm::event::Event;

use super::input_token::{ControlStringKind, InputToken, PartialToken, TokenScan, scan_token};
use super::query_replies::{
    QueryReplies, is_colour_reply, is_terminal_report, may_continue_reply, may_start_reply,
};
use super::token_event::token_event;

/// How long a lone ESC may still start a sequence; after that it is the Esc key. A line that splits
/// a sequence seldom delays the rest any longer, and users do not notice the wait.
pub const ESC_TIMEOUT: Duration = Duration::from_millis(25);
/// How long after a lone ESC the rest of a key sequence is still recognised, although Esc was
/// already reported.
const KEY_TAIL_TIMEOUT: Duration = Duration::from_millis(120);
/// How long `ESC [` and other introducers may start a sequence; after that they are Alt and the
/// letter.
const INTRODUCER_TIMEOUT: Duration = Duration::from_millis(300);
/// How long a sequence or reply may pause after its last byte.
const SEQUENCE_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a reply may take in total. One that paused for [`SEQUENCE_TIMEOUT`] may continue until
/// then, but what follows may also have been typed: bytes that do not complete the reply are read
/// as input.
const REPLY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a paste may pause.
const PASTE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest sequence or reply, in bytes; of a longer one the middle is dropped.
const MAX_SEQUENCE_BYTES: usize = 4_096;
/// Bytes kept from the start of a sequence that is too long.
const KEPT_HEAD_BYTES: usize = 8;

const PASTE_END: &[u8] = b"\x1b[201~";

/// The decoder's state between reads.
#[derive(Debug, Default)]
pub struct InputDecoder {
    /// The bytes of an incomplete sequence.
    pending: Vec<u8>,
    /// The text pasted so far. `None` outside a paste.
    paste: Option<Vec<u8>>,
    /// When the last bytes arrived.
    last_byte_at: Option<Instant>,
    /// When the first byte of `pending` arrived.
    first_byte_at: Option<Instant>,
    /// Set if the start of `pending` was already reported as a key.
    reported: Option<ReportedPrefix>,
    /// Length of `pending` when a reply paused for [`SEQUENCE_TIMEOUT`]. `None` if none has.
    stalled_at: Option<usize>,
    pub replies: QueryReplies,
    events: Vec<Event>,
}

/// An ESC or introducer that was reported as a key because nothing followed in time.
#[derive(Debug, Clone, Copy)]
struct ReportedPrefix {
    at: Instant,
    /// Its length in bytes.
    length: usize,
    /// Delay of the next byte. `None` before one arrived.
    next_byte_after: Option<Duration>,
}

impl InputDecoder {
    /// Feeds bytes that arrived at `now`, split anywhere.
    pub fn feed(&mut self, bytes: &[u8], now: Instant) {
        let Some(first) = bytes.first() else { return };
        if let Some(prefix) =
            self.reported.as_mut().filter(|prefix| prefix.next_byte_after.is_none())
        {
            prefix.next_byte_after = Some(now.saturating_duration_since(prefix.at));
        }
        if self.is_interrupted_by(*first, now) {
            self.discard_incomplete(now);
        }
        if self.pending.is_empty() {
            self.first_byte_at = Some(now);
        }
        self.last_byte_at = Some(now);
        self.pending.extend(bytes);
        if self.stalled_at.is_some_and(|at| !completes_reply(&self.pending, at)) {
            self.discard_incomplete(now);
        }
        self.decode_pending(now);
    }

    /// Returns the events decoded since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// When [`InputDecoder::handle_timeout`] must be called unless more bytes arrive. `None` if
    /// nothing is pending.
    pub fn deadline(&self) -> Option<Instant> {
        let last = self.last_byte_at?;
        if self.paste.is_some() {
            return Some(last + PASTE_TIMEOUT);
        }
        let end = self.first_byte_at.unwrap_or(last) + REPLY_TIMEOUT;
        match (self.reported, scan_token(&self.pending)) {
            (_, TokenScan::Incomplete(PartialToken::Empty)) => None,
            // Already reported: only the next bytes are examined.
            (Some(prefix), _) if prefix.length == self.pending.len() => None,
            (None, TokenScan::Incomplete(PartialToken::Esc)) => Some(last + ESC_TIMEOUT),
            (Some(_), TokenScan::Incomplete(begun)) if may_be_typed(&self.pending, begun) => {
                let tail = self
                    .reported
                    .filter(|prefix| prefix.is_quick())
                    .map(|prefix| prefix.at + KEY_TAIL_TIMEOUT);
                Some(tail.into_iter().chain([last + ESC_TIMEOUT]).max()?)
            }
            (None, TokenScan::Incomplete(PartialToken::Introducer(_))) => {
                Some(last + INTRODUCER_TIMEOUT)
            }
            _ if self.stalled_at == Some(self.pending.len()) => Some(end),
            _ => Some((last + SEQUENCE_TIMEOUT).min(end)),
        }
    }

    /// Resolves what is pending if its deadline has passed: the bytes then mean what they mean
    /// alone.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        if let Some(pasted) = self.paste.take() {
            self.events.push(paste_event(&pasted));
            return;
        }
        match (self.reported, scan_token(&self.pending)) {
            (None, TokenScan::Incomplete(PartialToken::Esc)) => {
                self.events.extend(token_event(InputToken::Esc));
                self.mark_reported();
            }
            (Some(_), TokenScan::Incomplete(begun)) if may_be_typed(&self.pending, begun) => {
                self.discard_reported();
                self.decode_pending(now);
            }
            (None, TokenScan::Incomplete(PartialToken::Introducer(letter))) => {
                self.events.extend(token_event(InputToken::Alt(letter)));
                self.mark_reported();
            }
            (_, TokenScan::Incomplete(begun)) if self.may_stall(begun, now) => {
                self.stalled_at = Some(self.pending.len());
            }
            _ => {
                self.discard_incomplete(now);
                self.decode_pending(now);
            }
        }
    }

    /// Resolves everything pending: another program reads the terminal from now on.
    pub fn finish(&mut self) {
        while let Some(deadline) = self.deadline() {
            self.handle_timeout(deadline);
        }
        self.reset();
    }

    fn reset(&mut self) {
        self.pending.clear();
        self.reported = None;
        self.stalled_at = None;
    }

    /// Marks all of `pending` as reported; it may still start a sequence.
    fn mark_reported(&mut self) {
        let length = self.pending.len();
        self.reported =
            self.last_byte_at.map(|at| ReportedPrefix { at, length, next_byte_after: None });
    }

    /// Whether the paused sequence is a reply whose end may come very late.
    fn may_stall(&self, begun: PartialToken, now: Instant) -> bool {
        let is_early = self.first_byte_at.is_some_and(|begun| now < begun + REPLY_TIMEOUT);
        let is_certain = match begun {
            PartialToken::ControlString(_, length) if self.reported.is_some() => {
                is_colour_reply(self.pending.get(length..).unwrap_or_default())
            }
            PartialToken::ControlString(..) => true,
            _ => self.reported.is_none() && may_start_reply(&self.pending),
        };
        self.stalled_at.is_none() && is_early && is_certain
    }

    /// Drops an incomplete sequence. Bytes after a reported key, or after the pause of a reply, are
    /// decoded again as input.
    fn discard_incomplete(&mut self, now: Instant) {
        let reported = self.reported.map(|prefix| prefix.length);
        let typed = self.stalled_at.or(reported).unwrap_or(self.pending.len());
        self.pending.drain(..typed.min(self.pending.len()));
        self.reported = None;
        self.stalled_at = None;
        self.first_byte_at = Some(now);
    }

    /// Drops the reported key; the bytes after it are decoded by themselves.
    fn discard_reported(&mut self) {
        let reported = self.reported.take().map_or(0, |prefix| prefix.length);
        self.pending.drain(..reported.min(self.pending.len()));
    }

    /// Whether a reply paused and continues with a byte that no such reply contains: the rest was
    /// lost and the byte was typed.
    fn is_interrupted_by(&self, byte: u8, now: Instant) -> bool {
        let TokenScan::Incomplete(PartialToken::ControlString(ControlStringKind::Osc, length)) =
            scan_token(&self.pending)
        else {
            return false;
        };
        let answer = self.pending.get(length..).unwrap_or_default();
        let pause = self.last_byte_at.map(|last| now.saturating_duration_since(last));
        pause.is_some_and(|pause| pause >= ESC_TIMEOUT)
            && answer.last() != Some(&0x1b)
            && !may_continue_reply(answer, byte)
    }

    /// Decodes every complete token.
    fn decode_pending(&mut self, now: Instant) {
        loop {
            if self.paste.is_some() && !self.end_paste() {
                return;
            }
            let rest = std::mem::take(&mut self.pending);
            let taken = self.decode_next(&rest);
            self.pending = rest;
            match taken {
                DecodeStep::DiscardReported => self.discard_reported(),
                DecodeStep::Consumed(length) => {
                    self.reported = None;
                    self.stalled_at = None;
                    self.pending.drain(..length);
                    self.first_byte_at = Some(now);
                }
                DecodeStep::Wait => break,
            }
        }
        if self.pending.len() > MAX_SEQUENCE_BYTES {
            self.pending.drain(KEPT_HEAD_BYTES..self.pending.len() - 1);
            self.stalled_at = None;
        }
    }

    fn decode_next(&mut self, rest: &[u8]) -> DecodeStep {
        let (frame, length) = match scan_token(rest) {
            TokenScan::Complete(frame, length) => (frame, length),
            TokenScan::Incomplete(_) => return DecodeStep::Wait,
        };
        let event = token_event(frame);
        if self.reported.is_some_and(|prefix| !prefix.is_prefix_of(frame, event.as_ref())) {
            return DecodeStep::DiscardReported;
        }
        self.replies.record(frame);
        self.events.extend(event);
        if frame == InputToken::PasteStart {
            self.paste = Some(Vec::new());
        }
        DecodeStep::Consumed(length)
    }

    /// Ends the paste if its end marker arrived. Returns whether no paste is open.
    fn end_paste(&mut self) -> bool {
        let Some(mut pasted) = self.paste.take() else { return true };
        // The marker may be split across reads.
        let from = pasted.len().saturating_sub(PASTE_END.len() - 1);
        pasted.append(&mut self.pending);
        let mut windows = pasted.get(from..).unwrap_or_default().windows(PASTE_END.len());
        let Some(end) = windows.position(|window| window == PASTE_END) else {
            self.paste = Some(pasted);
            return false;
        };
        let end = from + end;
        self.pending = pasted.split_off(end).split_off(PASTE_END.len());
        self.events.push(paste_event(&pasted));
        true
    }
}

/// The result of decoding one token.
enum DecodeStep {
    Consumed(usize),
    DiscardReported,
    Wait,
}

impl ReportedPrefix {
    fn is_quick(self) -> bool {
        self.next_byte_after.is_some_and(|followed| followed <= KEY_TAIL_TIMEOUT)
    }

    /// Whether the prefix started this token and was not the Esc key.
    fn is_prefix_of(self, frame: InputToken<'_>, event: Option<&Event>) -> bool {
        let is_key =
            matches!(frame, InputToken::Csi(..) | InputToken::Ss3(..) | InputToken::X10Mouse(_));
        let is_in_time = self.next_byte_after.is_some_and(|followed| followed <= SEQUENCE_TIMEOUT);
        let is_key = is_key && event.is_some() && self.is_quick() && self.length == 1;
        // A control string is never typed after Esc with its second byte within 25 ms.
        matches!(frame, InputToken::ControlString(..))
            || is_in_time && is_terminal_report(frame)
            || is_key
    }
}

/// Whether the bytes after the place where a reply paused continue it, as far as they go.
fn completes_reply(rest: &[u8], at: usize) -> bool {
    match scan_token(rest) {
        TokenScan::Complete(InputToken::Csi(_, last), _) => b"cnuyRSxtMm".contains(&last),
        TokenScan::Complete(InputToken::ControlString(ControlStringKind::Osc, answer), end) => {
            let begun = if rest.starts_with(b"\x1b") || rest.starts_with(b"\xc2") { 2 } else { 1 };
            end > at && continues_reply(answer, at.saturating_sub(begun))
        }
        TokenScan::Incomplete(PartialToken::ControlString(ControlStringKind::Osc, length)) => {
            continues_reply(rest.get(length..).unwrap_or_default(), at.saturating_sub(length))
        }
        TokenScan::Complete(InputToken::ControlString(..), _) | TokenScan::Incomplete(_) => true,
        TokenScan::Complete(..) => false,
    }
}

/// Whether each byte from `from` on may continue an OSC reply.
fn continues_reply(answer: &[u8], from: usize) -> bool {
    let mut bytes = answer.iter().enumerate().skip(from);
    bytes.all(|(at, byte)| may_continue_reply(answer.get(..at).unwrap_or_default(), *byte))
}

/// Whether the bytes pending after a lone ESC may have been typed.
fn may_be_typed(rest: &[u8], begun: PartialToken) -> bool {
    let is_answer = matches!(rest, [0x1b, b'[', b'<'..=b'?', ..]);
    !matches!(begun, PartialToken::ControlString(..)) && !is_answer
}

fn paste_event(text: &[u8]) -> Event {
    Event::Paste(String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
#[path = "decoder/tests.rs"]
mod tests;
