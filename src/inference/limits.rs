//! Counts requests in sliding windows, for people who want to know what is left.
//!
//! HuggingFace documents no request quota for its router today, only credits;
//! these are local limits, and are called that wherever they are shown.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Requests a minute, an hour and a day, and how many may run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub minute: usize,
    pub hour: usize,
    pub day: usize,
    pub running: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { minute: 50, hour: 3_000, day: 30_000, running: 10 }
    }
}

/// The requests of this process: when each began, and how many run.
#[derive(Debug, Clone, Default)]
pub struct Counters {
    began: VecDeque<Instant>,
    running: usize,
}

impl Counters {
    pub fn begin(&mut self, now: Instant) {
        self.began.push_back(now);
        self.running += 1;
        let day = Duration::from_hours(24);
        while self.began.front().is_some_and(|began| now.duration_since(*began) >= day) {
            self.began.pop_front();
        }
    }

    pub fn end(&mut self) {
        self.running = self.running.saturating_sub(1);
    }

    pub fn running(&self) -> usize {
        self.running
    }

    /// How many began within the last `window`.
    pub fn within(&self, window: Duration, now: Instant) -> usize {
        let is_old = |began: &Instant| now.saturating_duration_since(*began) >= window;
        self.began.len() - self.began.partition_point(is_old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "an Instant can only be made by a clock")]
    fn windows_slide_and_running_goes_down_again() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut counters = Counters::default();
        for second in [0, 30, 61] {
            counters.begin(at(second));
        }
        counters.end();
        assert_eq!(counters.within(Duration::from_mins(1), at(62)), 2);
        assert_eq!(counters.within(Duration::from_hours(1), at(62)), 3);
        assert_eq!(counters.within(Duration::from_mins(1), at(200)), 0);
        assert_eq!(counters.running(), 2);
    }
}
