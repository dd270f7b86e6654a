//! Limits the frame rate: at most sixty frames a second for progress, at once for input.
//!
//! Deferring a frame delays only its display, and keys are far rarer than frames.

use std::time::{Duration, Instant};

/// Shortest time between two frames that only show progress.
const MIN_FRAME_INTERVAL: Duration = Duration::from_millis(16);

/// When the last frame was drawn, and what happened since.
#[derive(Debug, Default)]
pub(super) struct FrameLimiter {
    last_frame: Option<Instant>,
    /// A frame was deferred and is still due.
    deferred: bool,
    immediate: bool,
}

impl FrameLimiter {
    /// The next frame shows input and must not be deferred.
    pub fn request_immediate(&mut self) {
        self.immediate = true;
    }

    /// Whether a frame at this time would come too soon after the last one.
    pub fn is_too_soon(&self, now: Instant) -> bool {
        !self.immediate && self.last_frame.is_some_and(|last| now < last + MIN_FRAME_INTERVAL)
    }

    /// Notes that a frame was left out and is due.
    pub fn defer(&mut self) {
        self.deferred = true;
    }

    /// Records that a frame was drawn.
    pub fn record_frame(&mut self, now: Instant) {
        *self = Self { last_frame: Some(now), deferred: false, immediate: false };
    }

    /// When the deferred frame is due. `None` if none was deferred.
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
