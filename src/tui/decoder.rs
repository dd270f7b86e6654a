//! Turns the bytes that a terminal sends into events, with its answers kept apart, whatever the
//! pieces are that they come in: not one key may be lost, and no answer may become one.
//!
//! What has begun and is not whole waits, but not for ever. Nothing here reads a clock: when the
//! bytes came, and that a wait is over, is told from outside.

use std::time::{Duration, Instant};

use crossterm::event::Event;

use super::input_token::{ControlStringKind, InputToken, PartialToken, TokenScan, scan_token};
use super::query_replies::{
    QueryReplies, is_colour_reply, is_terminal_report, may_continue_reply, may_start_reply,
};
use super::token_event::token_event;

/// So long a lone ESC may still begin something; then it is the Esc key. A line that cuts a
/// sequence seldom takes longer for its rest, and nobody feels it.
pub const ESC_TIMEOUT: Duration = Duration::from_millis(25);
/// So long after a lone ESC the rest of a key is not taken for letters, though Esc was pressed.
const KEY_TAIL_TIMEOUT: Duration = Duration::from_millis(120);
/// So long `ESC [` and its like may begin a sequence; then they are Alt and the letter.
const INTRODUCER_TIMEOUT: Duration = Duration::from_millis(300);
/// So long the rest of a sequence or an answer may take after its last byte.
const SEQUENCE_TIMEOUT: Duration = Duration::from_secs(1);
/// So long an answer may take in all. One that pauses for [`REST`] may still go on until then, but
/// what comes next may have been typed as well: what does not complete it was.
const REPLY_TIMEOUT: Duration = Duration::from_secs(10);
/// So long a paste may pause.
const PASTE_TIMEOUT: Duration = Duration::from_secs(5);
/// Of a longer sequence or answer, in bytes, the middle is dropped.
const MAX_SEQUENCE_BYTES: usize = 4_096;
/// What is kept of the begin of one that is too long.
const KEPT_HEAD_BYTES: usize = 8;

const PASTE_END: &[u8] = b"\x1b[201~";

/// Listens to bytes.
#[derive(Debug, Default)]
pub struct InputDecoder {
    /// What has begun and is not whole.
    pending: Vec<u8>,
    /// What was pasted so far, while a paste goes on.
    paste: Option<Vec<u8>>,
    /// When the last bytes came.
    last_byte_at: Option<Instant>,
    /// When the first byte of `rest` came.
    first_byte_at: Option<Instant>,
    /// The key that was told already though its bytes stand first in `rest`.
    reported: Option<ReportedPrefix>,
    /// How much of `rest` had come when an answer paused for [`REST`].
    stalled_at: Option<usize>,
    pub replies: QueryReplies,
    events: Vec<Event>,
}

/// An ESC, or an introducer, that nothing has followed in time.
#[derive(Debug, Clone, Copy)]
struct ReportedPrefix {
    at: Instant,
    /// How many bytes it has.
    length: usize,
    /// How much later the next byte came. `None` before it came.
    next_byte_after: Option<Duration>,
}

impl InputDecoder {
    /// Takes bytes that have come at this time, in pieces of any size.
    pub fn feed(&mut self, bytes: &[u8], now: Instant) {
        let Some(first) = bytes.first() else { return };
        if let Some(lone) = self.reported.as_mut().filter(|lone| lone.next_byte_after.is_none()) {
            lone.next_byte_after = Some(now.saturating_duration_since(lone.at));
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

    /// The events since the last time.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// When [`Decoder::tick`] is to be called, unless more bytes come. `None` at rest.
    pub fn deadline(&self) -> Option<Instant> {
        let last = self.last_byte_at?;
        if self.paste.is_some() {
            return Some(last + PASTE_TIMEOUT);
        }
        let end = self.first_byte_at.unwrap_or(last) + REPLY_TIMEOUT;
        match (self.reported, scan_token(&self.pending)) {
            (_, TokenScan::Incomplete(PartialToken::Empty)) => None,
            // Told already: only what comes next is looked at anew.
            (Some(lone), _) if lone.length == self.pending.len() => None,
            (None, TokenScan::Incomplete(PartialToken::Esc)) => Some(last + ESC_TIMEOUT),
            (Some(_), TokenScan::Incomplete(begun)) if may_be_typed(&self.pending, begun) => {
                let tail = self
                    .reported
                    .filter(|lone| lone.is_quick())
                    .map(|lone| lone.at + KEY_TAIL_TIMEOUT);
                Some(tail.into_iter().chain([last + ESC_TIMEOUT]).max()?)
            }
            (None, TokenScan::Incomplete(PartialToken::Introducer(_))) => {
                Some(last + INTRODUCER_TIMEOUT)
            }
            _ if self.stalled_at == Some(self.pending.len()) => Some(end),
            _ => Some((last + SEQUENCE_TIMEOUT).min(end)),
        }
    }

    /// Nothing has come in time: what is left means what it means alone.
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

    /// Somebody else reads from now on, or nobody: nothing goes on.
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

    /// All of `rest` was told as a key, and may still be the begin of something.
    fn mark_reported(&mut self) {
        let length = self.pending.len();
        self.reported =
            self.last_byte_at.map(|at| ReportedPrefix { at, length, next_byte_after: None });
    }

    /// Whether what has paused is an answer whose end may be very late.
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

    /// What has begun does not become whole: it is dropped. What was typed is read anew: behind a
    /// key that was told, and behind the pause of an answer.
    fn discard_incomplete(&mut self, now: Instant) {
        let told = self.reported.map(|lone| lone.length);
        let typed = self.stalled_at.or(told).unwrap_or(self.pending.len());
        self.pending.drain(..typed.min(self.pending.len()));
        self.reported = None;
        self.stalled_at = None;
        self.first_byte_at = Some(now);
    }

    /// The key that was told was nothing but that, and what follows it is read by itself.
    fn discard_reported(&mut self) {
        let told = self.reported.take().map_or(0, |lone| lone.length);
        self.pending.drain(..told.min(self.pending.len()));
    }

    /// Whether an answer has stopped for a while and goes on with what no such answer has: the
    /// rest of it does not come any more, and somebody types.
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

    /// Takes everything that is whole.
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
        if self.reported.is_some_and(|lone| !lone.is_prefix_of(frame, event.as_ref())) {
            return DecodeStep::DiscardReported;
        }
        self.replies.record(frame);
        self.events.extend(event);
        if frame == InputToken::PasteStart {
            self.paste = Some(Vec::new());
        }
        DecodeStep::Consumed(length)
    }

    /// Ends the paste where its end has come.
    fn end_paste(&mut self) -> bool {
        let Some(mut pasted) = self.paste.take() else { return true };
        // The end may have come in pieces.
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

/// What is done with what stands first.
enum DecodeStep {
    Consumed(usize),
    DiscardReported,
    Wait,
}

impl ReportedPrefix {
    fn is_quick(self) -> bool {
        self.next_byte_after.is_some_and(|followed| followed <= KEY_TAIL_TIMEOUT)
    }

    /// Whether it was the begin of the frame, and not the Esc key.
    fn is_prefix_of(self, frame: InputToken<'_>, event: Option<&Event>) -> bool {
        let is_key =
            matches!(frame, InputToken::Csi(..) | InputToken::Ss3(..) | InputToken::X10Mouse(_));
        let is_in_time = self.next_byte_after.is_some_and(|followed| followed <= SEQUENCE_TIMEOUT);
        let is_key = is_key && event.is_some() && self.is_quick() && self.length == 1;
        // Nobody types a control string behind Esc, with its second byte in 25 ms.
        matches!(frame, InputToken::ControlString(..))
            || is_in_time && is_terminal_report(frame)
            || is_key
    }
}

/// Whether what has come behind the place where an answer has paused is the rest of it, as far as
/// it goes.
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

/// Whether an OSC answer may go on with each byte from there.
fn continues_reply(answer: &[u8], from: usize) -> bool {
    let mut bytes = answer.iter().enumerate().skip(from);
    bytes.all(|(at, byte)| may_continue_reply(answer.get(..at).unwrap_or_default(), *byte))
}

/// Whether somebody may have typed what has begun behind a lone ESC.
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
