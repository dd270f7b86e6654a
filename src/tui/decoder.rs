//! Turns the bytes that a terminal sends into events, with its answers kept apart, whatever the
//! pieces are that they come in: not one key may be lost, and no answer may become one.
//!
//! What has begun and is not whole waits, but not for ever. Nothing here reads a clock: when the
//! bytes came, and that a wait is over, is told from outside.

use std::time::{Duration, Instant};

use crossterm::event::Event;

use super::answers::{Answers, is_colour, is_told, may_begin_answer, may_go_on};
use super::frames::{Begun, Cut, Family, Frame, cut};
use super::reports::event;

/// So long a lone ESC may still begin something; then it is the Esc key. A line that cuts a
/// sequence seldom takes longer for its rest, and nobody feels it.
pub const HOLD: Duration = Duration::from_millis(25);
/// So long after a lone ESC the rest of a key is not taken for letters, though Esc was pressed.
const TAIL: Duration = Duration::from_millis(120);
/// So long `ESC [` and its like may begin a sequence; then they are Alt and the letter.
const OPENING: Duration = Duration::from_millis(300);
/// So long the rest of a sequence or an answer may take after its last byte.
const REST: Duration = Duration::from_secs(1);
/// So long an answer may take in all. One that pauses for [`REST`] may still go on until then, but
/// what comes next may have been typed as well: what does not complete it was.
const WHOLE: Duration = Duration::from_secs(10);
/// So long a paste may pause.
const PASTE: Duration = Duration::from_secs(5);
/// Of a longer sequence or answer, in bytes, the middle is dropped.
const LONGEST: usize = 4_096;
/// What is kept of the begin of one that is too long.
const HEAD: usize = 8;

const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// Listens to bytes.
#[derive(Debug, Default)]
pub struct Decoder {
    /// What has begun and is not whole.
    rest: Vec<u8>,
    /// What was pasted so far, while a paste goes on.
    paste: Option<Vec<u8>>,
    /// When the last bytes came.
    last: Option<Instant>,
    /// When the first byte of `rest` came.
    begun: Option<Instant>,
    /// The key that was told already though its bytes stand first in `rest`.
    lone: Option<Lone>,
    /// How much of `rest` had come when an answer paused for [`REST`].
    stalled: Option<usize>,
    pub answers: Answers,
    events: Vec<Event>,
}

/// An ESC, or an introducer, that nothing has followed in time.
#[derive(Debug, Clone, Copy)]
struct Lone {
    at: Instant,
    /// How many bytes it has.
    length: usize,
    /// How much later the next byte came. `None` before it came.
    followed: Option<Duration>,
}

impl Decoder {
    /// Takes bytes that have come at this time, in pieces of any size.
    pub fn hear(&mut self, bytes: &[u8], now: Instant) {
        let Some(first) = bytes.first() else { return };
        if let Some(lone) = self.lone.as_mut().filter(|lone| lone.followed.is_none()) {
            lone.followed = Some(now.saturating_duration_since(lone.at));
        }
        if self.is_typed_into(*first, now) {
            self.give_up(now);
        }
        if self.rest.is_empty() {
            self.begun = Some(now);
        }
        self.last = Some(now);
        self.rest.extend(bytes);
        if self.stalled.is_some_and(|at| !completes(&self.rest, at)) {
            self.give_up(now);
        }
        self.run(now);
    }

    /// The events since the last time.
    pub fn take(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// When [`Decoder::tick`] is to be called, unless more bytes come. `None` at rest.
    pub fn deadline(&self) -> Option<Instant> {
        let last = self.last?;
        if self.paste.is_some() {
            return Some(last + PASTE);
        }
        let end = self.begun.unwrap_or(last) + WHOLE;
        match (self.lone, cut(&self.rest)) {
            (_, Cut::More(Begun::Nothing)) => None,
            // Told already: only what comes next is looked at anew.
            (Some(lone), _) if lone.length == self.rest.len() => None,
            (None, Cut::More(Begun::Esc)) => Some(last + HOLD),
            (Some(_), Cut::More(begun)) if is_doubtful(&self.rest, begun) => {
                let tail = self.lone.filter(|lone| lone.is_quick()).map(|lone| lone.at + TAIL);
                Some(tail.into_iter().chain([last + HOLD]).max()?)
            }
            (None, Cut::More(Begun::Introducer(_))) => Some(last + OPENING),
            _ if self.stalled == Some(self.rest.len()) => Some(end),
            _ => Some((last + REST).min(end)),
        }
    }

    /// Nothing has come in time: what is left means what it means alone.
    pub fn tick(&mut self, now: Instant) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        if let Some(pasted) = self.paste.take() {
            self.events.push(paste(&pasted));
            return;
        }
        match (self.lone, cut(&self.rest)) {
            (None, Cut::More(Begun::Esc)) => {
                self.events.extend(event(Frame::Esc));
                self.tell_alone();
            }
            (Some(_), Cut::More(begun)) if is_doubtful(&self.rest, begun) => {
                self.let_go();
                self.run(now);
            }
            (None, Cut::More(Begun::Introducer(letter))) => {
                self.events.extend(event(Frame::Alt(letter)));
                self.tell_alone();
            }
            (_, Cut::More(begun)) if self.may_stall(begun, now) => {
                self.stalled = Some(self.rest.len());
            }
            _ => {
                self.give_up(now);
                self.run(now);
            }
        }
    }

    /// Somebody else reads from now on, or nobody: nothing goes on.
    pub fn end(&mut self) {
        while let Some(deadline) = self.deadline() {
            self.tick(deadline);
        }
        self.forget();
    }

    fn forget(&mut self) {
        self.rest.clear();
        self.lone = None;
        self.stalled = None;
    }

    /// All of `rest` was told as a key, and may still be the begin of something.
    fn tell_alone(&mut self) {
        let length = self.rest.len();
        self.lone = self.last.map(|at| Lone { at, length, followed: None });
    }

    /// Whether what has paused is an answer whose end may be very late.
    fn may_stall(&self, begun: Begun, now: Instant) -> bool {
        let is_early = self.begun.is_some_and(|begun| now < begun + WHOLE);
        let is_certain = match begun {
            Begun::Text(_, length) if self.lone.is_some() => {
                is_colour(self.rest.get(length..).unwrap_or_default())
            }
            Begun::Text(..) => true,
            _ => self.lone.is_none() && may_begin_answer(&self.rest),
        };
        self.stalled.is_none() && is_early && is_certain
    }

    /// What has begun does not become whole: it is dropped. What was typed is read anew: behind a
    /// key that was told, and behind the pause of an answer.
    fn give_up(&mut self, now: Instant) {
        let told = self.lone.map(|lone| lone.length);
        let typed = self.stalled.or(told).unwrap_or(self.rest.len());
        self.rest.drain(..typed.min(self.rest.len()));
        self.lone = None;
        self.stalled = None;
        self.begun = Some(now);
    }

    /// The key that was told was nothing but that, and what follows it is read by itself.
    fn let_go(&mut self) {
        let told = self.lone.take().map_or(0, |lone| lone.length);
        self.rest.drain(..told.min(self.rest.len()));
    }

    /// Whether an answer has stopped for a while and goes on with what no such answer has: the
    /// rest of it does not come any more, and somebody types.
    fn is_typed_into(&self, byte: u8, now: Instant) -> bool {
        let Cut::More(Begun::Text(Family::Osc, length)) = cut(&self.rest) else { return false };
        let answer = self.rest.get(length..).unwrap_or_default();
        let pause = self.last.map(|last| now.saturating_duration_since(last));
        pause.is_some_and(|pause| pause >= HOLD)
            && answer.last() != Some(&0x1b)
            && !may_go_on(answer, byte)
    }

    /// Takes everything that is whole.
    fn run(&mut self, now: Instant) {
        loop {
            if self.paste.is_some() && !self.end_paste() {
                return;
            }
            let rest = std::mem::take(&mut self.rest);
            let taken = self.step(&rest);
            self.rest = rest;
            match taken {
                Step::LetGo => self.let_go(),
                Step::Taken(length) => {
                    self.lone = None;
                    self.stalled = None;
                    self.rest.drain(..length);
                    self.begun = Some(now);
                }
                Step::Wait => break,
            }
        }
        if self.rest.len() > LONGEST {
            self.rest.drain(HEAD..self.rest.len() - 1);
            self.stalled = None;
        }
    }

    fn step(&mut self, rest: &[u8]) -> Step {
        let (frame, length) = match cut(rest) {
            Cut::Whole(frame, length) => (frame, length),
            Cut::More(_) => return Step::Wait,
        };
        let event = event(frame);
        if self.lone.is_some_and(|lone| !lone.belongs(frame, event.as_ref())) {
            return Step::LetGo;
        }
        self.answers.note(frame);
        self.events.extend(event);
        if frame == Frame::PasteBegins {
            self.paste = Some(Vec::new());
        }
        Step::Taken(length)
    }

    /// Ends the paste where its end has come.
    fn end_paste(&mut self) -> bool {
        let Some(mut pasted) = self.paste.take() else { return true };
        // The end may have come in pieces.
        let from = pasted.len().saturating_sub(PASTE_ENDS.len() - 1);
        pasted.append(&mut self.rest);
        let mut windows = pasted.get(from..).unwrap_or_default().windows(PASTE_ENDS.len());
        let Some(end) = windows.position(|window| window == PASTE_ENDS) else {
            self.paste = Some(pasted);
            return false;
        };
        let end = from + end;
        self.rest = pasted.split_off(end).split_off(PASTE_ENDS.len());
        self.events.push(paste(&pasted));
        true
    }
}

/// What is done with what stands first.
enum Step {
    Taken(usize),
    LetGo,
    Wait,
}

impl Lone {
    fn is_quick(self) -> bool {
        self.followed.is_some_and(|followed| followed <= TAIL)
    }

    /// Whether it was the begin of the frame, and not the Esc key.
    fn belongs(self, frame: Frame<'_>, event: Option<&Event>) -> bool {
        let is_key = matches!(frame, Frame::Csi(..) | Frame::Ss3(..) | Frame::Mouse(_));
        let is_in_time = self.followed.is_some_and(|followed| followed <= REST);
        let is_key = is_key && event.is_some() && self.is_quick() && self.length == 1;
        // Nobody types a control string behind Esc, with its second byte in 25 ms.
        matches!(frame, Frame::Text(..)) || is_in_time && is_told(frame) || is_key
    }
}

/// Whether what has come behind the place where an answer has paused is the rest of it, as far as
/// it goes.
fn completes(rest: &[u8], at: usize) -> bool {
    match cut(rest) {
        Cut::Whole(Frame::Csi(_, last), _) => b"cnuyRSxtMm".contains(&last),
        Cut::Whole(Frame::Text(Family::Osc, answer), end) => {
            let begun = if rest.starts_with(b"\x1b") || rest.starts_with(b"\xc2") { 2 } else { 1 };
            end > at && goes_on(answer, at.saturating_sub(begun))
        }
        Cut::More(Begun::Text(Family::Osc, length)) => {
            goes_on(rest.get(length..).unwrap_or_default(), at.saturating_sub(length))
        }
        Cut::Whole(Frame::Text(..), _) | Cut::More(_) => true,
        Cut::Whole(..) => false,
    }
}

/// Whether an OSC answer may go on with each byte from there.
fn goes_on(answer: &[u8], from: usize) -> bool {
    let mut bytes = answer.iter().enumerate().skip(from);
    bytes.all(|(at, byte)| may_go_on(answer.get(..at).unwrap_or_default(), *byte))
}

/// Whether somebody may have typed what has begun behind a lone ESC.
fn is_doubtful(rest: &[u8], begun: Begun) -> bool {
    let is_answer = matches!(rest, [0x1b, b'[', b'<'..=b'?', ..]);
    !matches!(begun, Begun::Text(..)) && !is_answer
}

fn paste(text: &[u8]) -> Event {
    Event::Paste(String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
#[path = "decoder/tests.rs"]
mod tests;
