//! Turns instants into the time on the wall.

use std::time::Instant;

use jiff::ZonedDateTime;
use jiff::tz::TimeZone;

/// One moment known both ways; every other follows from it.
#[derive(Debug, Clone)]
pub struct Clock {
    at: Instant,
    wall: ZonedDateTime,
}

impl Clock {
    /// The user's own time zone.
    pub fn local(at: Instant) -> Self {
        Self { at, wall: ZonedDateTime::now() }
    }

    /// A clock that stands at midnight UTC at `at`: for pictures of the screen.
    pub fn midnight(at: Instant) -> Self {
        let wall = jiff::Timestamp::UNIX_EPOCH.to_zoned_datetime(TimeZone::UTC);
        Self { at, wall }
    }

    /// `12:04:09`.
    pub fn time(&self, at: Instant) -> String {
        let later = at.saturating_duration_since(self.at);
        let wall = self.wall.checked_add(later).unwrap_or_else(|_| self.wall.clone());
        wall.strftime("%H:%M:%S").to_string()
    }
}
