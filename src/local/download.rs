//! How far a download is: bytes, speed, time left.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The speed is that of the last seconds: a connection changes.
const WINDOW: Duration = Duration::from_secs(5);
/// A first guess would jump.
const FIRST_GUESS: Duration = Duration::from_secs(1);

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DownloadProgress {
    /// Bytes on disk, with those of an earlier start.
    pub done: u64,
    /// Bytes in all.
    pub total: u64,
    /// Bytes a second. `None` in the first second.
    pub speed: Option<f64>,
    /// Whether what is on disk is hashed; nothing is downloaded meanwhile.
    pub is_verifying: bool,
}

impl DownloadProgress {
    /// The rest at the current speed. `None` while no speed is known.
    pub fn time_left(&self) -> Option<Duration> {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let left = self.total.saturating_sub(self.done) as f64;
        let seconds = left / self.speed.filter(|speed| *speed >= 1.0)?;
        Duration::try_from_secs_f64(seconds.ceil()).ok()
    }

    /// The part that is done, from 0 to 1.
    pub fn part(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a bar")]
        let part = self.done as f64 / self.total.max(1) as f64;
        part.clamp(0.0, 1.0)
    }

    /// `1.20 GB of 4.68 GB · 12.3 MB/s · 4 min 43 s left`.
    pub fn describe(&self) -> String {
        let mut words = vec![format!("{} of {}", with_unit(self.done), with_unit(self.total))];
        if self.is_verifying {
            words.push("checking what is there".to_owned());
            return words.join(" · ");
        }
        words.extend(self.speed.map(|speed| format!("{:.1} MB/s", speed / 1e6)));
        words.extend(self.time_left().map(|left| format!("{} left", format_left(left))));
        words.join(" · ")
    }
}

/// `4.68 GB` for 4,683,073,536 bytes, `12.3 MB` for 12,300,000.
pub fn with_unit(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "two decimals")]
    let bytes = bytes as f64;
    if bytes < 1e8 { format!("{:.1} MB", bytes / 1e6) } else { format!("{:.2} GB", bytes / 1e9) }
}

/// `40 s`, `4 min 40 s`, `2 h 5 min`.
fn format_left(left: Duration) -> String {
    match left.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        seconds => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// Measures the speed of a download.
#[derive(Debug)]
pub struct SpeedMeter {
    marks: VecDeque<(Instant, u64)>,
    began: Instant,
}

impl SpeedMeter {
    /// A download that begins with so many bytes done.
    pub fn new(done: u64, now: Instant) -> Self {
        Self { marks: VecDeque::from([(now, done)]), began: now }
    }

    /// So many bytes are done now. Returns the speed in bytes a second, `None` in the first second.
    pub fn on_bytes(&mut self, done: u64, now: Instant) -> Option<f64> {
        self.marks.push_back((now, done));
        while self.marks.len() > 2
            && self.marks.get(1).is_some_and(|(at, _)| now.duration_since(*at) > WINDOW)
        {
            self.marks.pop_front();
        }
        let (since, before) = *self.marks.front()?;
        let seconds = now.duration_since(since).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let bytes = done.saturating_sub(before) as f64;
        (now.duration_since(self.began) >= FIRST_GUESS && seconds > 0.0).then_some(bytes / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test begins somewhere")]
    fn the_speed_is_that_of_the_last_seconds() {
        let start = Instant::now();
        let mut meter = SpeedMeter::new(1_000_000_000, start);
        let mut speed = None;
        for tenth in 1..=100u64 {
            // Fast for five seconds, then slow.
            let rate = if tenth <= 50 { 5_000_000 } else { 1_000_000 };
            let before = if tenth <= 50 { 0 } else { 50 * 4_000_000 };
            let done = 1_000_000_000 + before + tenth * rate;
            speed = meter.on_bytes(done, start + Duration::from_millis(tenth * 100));
            assert_eq!(speed.is_some(), tenth >= 10, "{tenth}");
        }
        assert!((speed.unwrap() - 10_000_000.0).abs() < 1_000_000.0, "{speed:?}");
    }

    #[test]
    fn progress_is_told_in_words() {
        let progress = DownloadProgress {
            done: 1_200_000_000,
            total: 4_683_073_536,
            speed: Some(12_300_000.0),
            is_verifying: false,
        };
        assert_eq!(progress.describe(), "1.20 GB of 4.68 GB · 12.3 MB/s · 4 min 44 s left");
        let stalled = DownloadProgress { speed: Some(0.0), ..progress };
        assert_eq!(stalled.describe(), "1.20 GB of 4.68 GB · 0.0 MB/s");
        let first = DownloadProgress { speed: None, ..progress };
        assert_eq!(first.describe(), "1.20 GB of 4.68 GB");
        let resumed = DownloadProgress { is_verifying: true, ..progress };
        assert_eq!(resumed.describe(), "1.20 GB of 4.68 GB · checking what is there");
    }
}
