//! When a frame may be drawn: at most sixty a second for news, at once for whoever types.
//!
//! A frame that is withheld costs nobody anything but the one who waits to see
//! a key, and keys come far more rarely than frames.

use std::time::{Duration, Instant};

/// The shortest time between two frames that only bring news.
const FRAME: Duration = Duration::from_millis(16);

/// The last frame, and what has happened since.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last: Option<Instant>,
    /// A frame came too soon after the last one, and is still to be drawn.
    withheld: bool,
    touched: bool,
}

impl Pace {
    /// The user did something and waits to see it.
    pub fn touch(&mut self) {
        self.touched = true;
    }

    pub fn is_too_soon(&self, now: Instant) -> bool {
        !self.touched && self.last.is_some_and(|last| now < last + FRAME)
    }

    pub fn withhold(&mut self) {
        self.withheld = true;
    }

    /// A frame is drawn now.
    pub fn draw(&mut self, now: Instant) {
        *self = Self { last: Some(now), withheld: false, touched: false };
    }

    /// When a withheld frame may come.
    pub fn redraw_at(&self) -> Option<Instant> {
        self.last.filter(|_| self.withheld).map(|last| last + FRAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_waits_for_the_next_frame_and_a_key_does_not() {
        let start = crate::driver::now();
        let mut pace = Pace::default();
        assert!(!pace.is_too_soon(start), "nothing was drawn yet");
        pace.draw(start);
        let soon = start + Duration::from_millis(3);
        assert!(pace.is_too_soon(soon));
        pace.withhold();
        assert_eq!(pace.redraw_at(), Some(start + FRAME));
        pace.touch();
        assert!(!pace.is_too_soon(soon));
        pace.draw(soon);
        assert_eq!(pace.redraw_at(), None);
        assert!(pace.is_too_soon(soon + Duration::from_millis(15)), "one key, one frame");
        assert!(!pace.is_too_soon(soon + FRAME));
    }
}
