//! How an answer comes: when its last byte did, and how fast its last seconds were.
//!
//! Time is an argument, so an hour of silence is a test of a millisecond.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::inference::outcome::format_duration;

/// The silence after which it is reported.
const SILENT: Duration = Duration::from_secs(2);
/// How long only keep-alives may arrive before that is reported.
const ONLY_ALIVE: Duration = Duration::from_secs(1);
/// Over how long the speed is measured.
const WINDOW: Duration = Duration::from_secs(5);
/// Pieces closer together than this count as one.
const GRAIN: Duration = Duration::from_millis(100);

/// One answer as it comes.
#[derive(Debug, Clone, Default)]
pub struct StreamPulse {
    /// When its head came.
    answered: Option<Instant>,
    /// When the last byte came.
    last: Option<Instant>,
    /// When text or a thought first came.
    begun: Option<Instant>,
    /// The text of the last seconds, in bytes, the oldest first.
    pieces: VecDeque<(Instant, usize)>,
    /// What was reported for this answer, and up to which silence.
    reported: ReportedLull,
    silent_since: Option<Instant>,
}

/// What happens while no text of the answer arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamLull {
    /// The server sends keep-alives; no text has arrived yet.
    Alive,
    /// Text had arrived, and nothing since, for this long.
    Silent(Duration),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct ReportedLull {
    alive: bool,
    silent: bool,
}

impl StreamPulse {
    /// The server accepted the request.
    pub fn answer(&mut self, now: Instant) {
        self.answered = Some(now);
    }

    /// A byte came, of whatever.
    pub fn beat(&mut self, now: Instant) {
        self.answered.get_or_insert(now);
        self.last = Some(now);
    }

    /// The model thinks.
    pub fn think(&mut self, now: Instant) {
        self.beat(now);
        self.begun.get_or_insert(now);
    }

    /// So many bytes of text came.
    pub fn text(&mut self, bytes: usize, now: Instant) {
        self.think(now);
        while self.pieces.front().is_some_and(|(at, _)| now.duration_since(*at) >= WINDOW) {
            self.pieces.pop_front();
        }
        match self.pieces.back_mut() {
            Some((at, sum)) if now.duration_since(*at) < GRAIN => *sum += bytes,
            _ => self.pieces.push_back((now, bytes)),
        }
    }

    /// The current lull. `None` while text arrives.
    pub fn lull(&self, now: Instant) -> Option<StreamLull> {
        let last = self.last?;
        if self.begun.is_none() {
            let waited = now.saturating_duration_since(self.answered?);
            return (waited >= ONLY_ALIVE).then_some(StreamLull::Alive);
        }
        let silence = now.saturating_duration_since(last);
        (silence >= SILENT).then_some(StreamLull::Silent(silence))
    }

    /// When the next lull starts if nothing arrives until then.
    pub fn due(&self) -> Option<Instant> {
        let last = self.last?;
        match self.begun {
            None => self.answered.filter(|_| !self.reported.alive).map(|at| at + ONLY_ALIVE),
            Some(_) => (self.silent_since != Some(last)).then_some(last + SILENT),
        }
    }

    /// The lull to report now, at most once of each kind per answer.
    pub fn next_report(&mut self, now: Instant) -> Option<StreamLull> {
        let lull = self.lull(now)?;
        let is_reported = match lull {
            StreamLull::Alive => &mut self.reported.alive,
            StreamLull::Silent(_) => {
                self.silent_since = self.last;
                &mut self.reported.silent
            }
        };
        (!std::mem::replace(is_reported, true)).then_some(lull)
    }

    /// Tokens a second over the last seconds: servers count tokens at the end only, four bytes are
    /// about one. `None` before there is a second to measure.
    pub fn rate(&self, now: Instant) -> Option<u128> {
        let span = now.saturating_duration_since(self.begun?).min(WINDOW);
        let is_recent = |at: Instant| now.saturating_duration_since(at) < WINDOW;
        let bytes = self.pieces.iter().filter(|(at, _)| is_recent(*at)).map(|(_, bytes)| bytes);
        let bytes = bytes.sum::<usize>() as u128;
        (span >= Duration::from_secs(1)).then(|| bytes / 4 * 1_000 / span.as_millis())
    }
}

impl StreamLull {
    /// A clause for people; `patience` is how long the client waits for the next byte.
    pub fn describe(self, timeout: Duration) -> String {
        match self {
            Self::Alive => "connected, no output yet".to_owned(),
            Self::Silent(silence) => {
                let seconds = Duration::from_secs(silence.as_secs());
                format!(
                    "silent for {}, times out at {}",
                    format_duration(seconds),
                    format_duration(timeout)
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_server_that_only_pings_is_told_once() {
        let start = crate::driver::now();
        let mut pulse = StreamPulse::default();
        pulse.answer(start);
        assert_eq!((pulse.due(), pulse.lull(start + 9 * SECOND)), (None, None), "not a byte yet");
        pulse.beat(start);
        assert_eq!(pulse.due(), Some(start + SECOND));
        assert_eq!(pulse.next_report(start + SECOND), Some(StreamLull::Alive));
        pulse.beat(start + 15 * SECOND);
        assert_eq!((pulse.next_report(start + 16 * SECOND), pulse.due()), (None, None));
        assert_eq!(pulse.lull(start + 99 * SECOND), Some(StreamLull::Alive), "it is still so");
        assert_eq!(StreamLull::Alive.describe(SECOND), "connected, no output yet");
    }

    #[test]
    fn silence_counts_from_the_last_byte_of_any_kind() {
        let start = crate::driver::now();
        let mut pulse = StreamPulse::default();
        pulse.text(40, start);
        assert_eq!(pulse.due(), Some(start + 2 * SECOND));
        pulse.beat(start + SECOND);
        assert_eq!(pulse.lull(start + 2 * SECOND), None);
        let late = start + 8 * SECOND;
        assert_eq!(pulse.next_report(late), Some(StreamLull::Silent(7 * SECOND)));
        assert_eq!((pulse.due(), pulse.next_report(late)), (None, None), "one silence, one word");
        let text = pulse.lull(late).unwrap().describe(30 * SECOND);
        assert_eq!(text, "silent for 7 s, times out at 30 s");
        pulse.text(4, late);
        assert_eq!(pulse.due(), Some(late + 2 * SECOND), "the next one wakes the screen again");
    }

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let start = crate::driver::now();
        let mut pulse = StreamPulse::default();
        let at = |tenths: u32| start + tenths * SECOND / 10;
        for tenth in 0..100 {
            pulse.text(40, at(tenth));
        }
        assert_eq!(pulse.rate(at(0)), None);
        assert_eq!(pulse.rate(at(100)), Some(98));
        for tenth in 100..200 {
            pulse.text(4, at(tenth));
        }
        assert_eq!(pulse.rate(at(200)), Some(9), "what came before is forgotten");
        assert_eq!(pulse.rate(at(300)), Some(0));
    }
}
