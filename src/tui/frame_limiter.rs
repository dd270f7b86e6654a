//! When a frame may be drawn: at most sixty a second for news, at once for whoever types.
//!
//! A frame that is withheld costs nobody anything but the one who waits to see
//! a key, and keys come far more rarely than frames.

use std::time::{Duration, Instant};

/// The shortest time between two frames that only bring news.
const MIN_FRAME_INTERVAL: Duration = Duration::from_millis(16);

/// The last frame, and what has happened since.
#[derive(Debug, Default)]
pub(super) struct FrameLimiter {
    last_frame: Option<Instant>,
    /// A frame came too soon after the last one, and is still to be drawn.
    deferred: bool,
    immediate: bool,
}

impl FrameLimiter {
    /// The user did something and waits to see it.
    pub fn request_immediate(&mut self) {
        self.immediate = true;
    }

    pub fn is_too_soon(&self, now: Instant) -> bool {
        !self.immediate && self.last_frame.is_some_and(|last| now < last + MIN_FRAME_INTERVAL)
    }

    pub fn defer(&mut self) {
        self.deferred = true;
    }

    /// A frame is drawn now.
    pub fn record_frame(&mut self, now: Instant) {
        *self = Self { last_frame: Some(now), deferred: false, immediate: false };
    }

    /// When a withheld frame may come.
    pub fn redraw_at(&self) -> Option<Instant> {
        self.last_frame.filter(|_| self.deferred).map(|last| last + MIN_FRAME_INTERVAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_waits_for_the_next_frame_and_a_key_does_not() {
        let start = crate::driver::now();
        let mut pace = FrameLimiter::default();
        assert!(!pace.is_too_soon(start), "nothing was drawn yet");
        pace.record_frame(start);
        let soon = start + Duration::from_millis(3);
        assert!(pace.is_too_soon(soon));
        pace.defer();
        assert_eq!(pace.redraw_at(), Some(start + MIN_FRAME_INTERVAL));
        pace.request_immediate();
        assert!(!pace.is_too_soon(soon));
        pace.record_frame(soon);
        assert_eq!(pace.redraw_at(), None);
        assert!(pace.is_too_soon(soon + Duration::from_millis(15)), "one key, one frame");
        assert!(!pace.is_too_soon(soon + MIN_FRAME_INTERVAL));
    }
}
