//! Formats instants and timestamps as times and dates.

use std::sync::OnceLock;
use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::library::UnixMillis;

/// A pair of monotonic and wall-clock time, from which others are computed.
#[derive(Debug, Clone)]
pub struct Clock {
    at: Instant,
    wall: Timestamp,
    /// Read at first use, because the system's time zone is slow to determine.
    zone: OnceLock<TimeZone>,
}

impl Clock {
    /// A clock in the user's time zone.
    pub fn local(at: Instant) -> Self {
        Self { at, wall: Timestamp::now(), zone: OnceLock::new() }
    }

    /// A clock that reads midnight UTC at `at`, for snapshots of the screen.
    pub fn midnight(at: Instant) -> Self {
        Self { at, wall: Timestamp::UNIX_EPOCH, zone: OnceLock::from(TimeZone::UTC) }
    }

    /// `12:04:09`.
    pub fn time_of_day(&self, at: Instant) -> String {
        let later = at.saturating_duration_since(self.at);
        let wall = self.wall.checked_add(later).unwrap_or(self.wall);
        let zone = self.zone.get_or_init(TimeZone::system);
        wall.to_zoned_datetime(zone.clone()).strftime("%H:%M:%S").to_string()
    }
}

/// `2026-11-23 18:04` in the user's time zone.
pub fn format_date(moment: UnixMillis) -> String {
    timestamp(moment).to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `18:04:09` in the user's time zone.
pub fn format_time(moment: UnixMillis) -> String {
    timestamp(moment).to_zoned_datetime(TimeZone::system()).strftime("%H:%M:%S").to_string()
}

/// `2026-11-23T17:04:09.123Z`, for programs.
pub fn format_iso(moment: UnixMillis) -> String {
    timestamp(moment).to_string()
}

/// `2026-11-23` in UTC, as months of credits are counted.
pub fn format_day(moment: UnixMillis) -> String {
    timestamp(moment).to_zoned_datetime(TimeZone::UTC).strftime("%Y-%m-%d").to_string()
}

fn timestamp(moment: UnixMillis) -> Timestamp {
    Timestamp::from_millisecond(moment.0).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_at_midnight_of_its_first_day() {
        let moment = UnixMillis(1_795_458_249_123);
        assert_eq!(format_iso(moment), "2026-11-23T18:24:09.123Z");
        assert_eq!(format_iso(moment.month_start()), "2026-11-01T00:00:00Z");
        // Every day of two years, against the calendar.
        for day in 0..730 {
            let moment = UnixMillis(1_704_067_200_000 + day * 86_400_000 + 3_723_004);
            let first = format!("{}-01T00:00:00Z", &format_iso(moment)[..7]);
            assert_eq!(format_iso(moment.month_start()), first, "{}", format_iso(moment));
        }
    }
}
