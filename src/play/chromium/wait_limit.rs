//! Limits waits by the CPU time a page uses, which other programs do not change.
//!
//! On a busy machine a page is late but not worse. So a page hangs if it has worked for long
//! without responding, whatever the wall clock says.

use std::collections::HashMap;
use std::time::Duration;

/// How long a reply may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitLimit {
    /// Wall-clock time, for replies of the browser itself.
    Time(Duration),
    /// CPU time of the page's process.
    Work(Duration),
}

impl WaitLimit {
    /// For replies of the browser itself.
    pub const BROWSER: Self = Self::Time(Duration::from_mins(1));
    /// For one call of the page.
    pub const PAGE: Self = Self::Work(Duration::from_secs(4));
    /// For loading a page.
    pub const LOAD: Self = Self::Work(Duration::from_secs(6));

    /// When the first check of the page is due.
    pub(super) fn first_check(self) -> Duration {
        match self {
            Self::Time(time) => time,
            Self::Work(_) => FIRST_CHECK_AFTER,
        }
    }
}

/// A page that responds within this time is not checked.
const FIRST_CHECK_AFTER: Duration = Duration::from_millis(1_500);
/// Time between two checks of a page that does not respond.
pub(super) const CHECK_INTERVAL: Duration = Duration::from_millis(500);
/// Longest wait for a page that neither responds nor works.
const MAX_IDLE: Duration = Duration::from_secs(20);
/// Percentage of CPU below which a page counts as idle.
const MIN_WORK_PERCENT: u32 = 1;
/// Longest wait, however little CPU the page gets.
const MAX_WAIT: Duration = Duration::from_mins(4);

/// CPU time of each page's process, by its id.
pub(super) type ProcessTimes = HashMap<u64, Duration>;

/// Whether the wait is over, after this time and this much work since the first check.
pub(super) fn is_over(max: Duration, waited: Duration, worked: Duration) -> bool {
    let is_idle = waited > MAX_IDLE && worked < waited * MIN_WORK_PERCENT / 100;
    // The work before the first check is unknown; on an idle machine it is all of the time.
    worked >= max.saturating_sub(FIRST_CHECK_AFTER) || is_idle || waited > MAX_WAIT
}

/// The most work of one process since then.
pub(super) fn max_work_since(first: &ProcessTimes, now: &ProcessTimes) -> Duration {
    let work_since = |(id, work): (&u64, &Duration)| {
        work.saturating_sub(first.get(id).copied().unwrap_or(*work))
    };
    now.iter().map(work_since).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Duration = Duration::from_secs(4);

    #[test]
    fn a_page_hangs_by_what_it_worked_and_not_by_how_long_it_took() {
        let secs = Duration::from_secs;
        assert!(!is_over(MOST, secs(30), secs(1)));
        assert!(is_over(MOST, secs(5), secs(3)));
        assert!(is_over(MOST, secs(40), secs(3)));
    }

    #[test]
    fn a_page_that_waits_without_working_is_not_waited_for_without_end() {
        assert!(!is_over(MOST, Duration::from_secs(10), Duration::ZERO));
        assert!(is_over(MOST, Duration::from_secs(21), Duration::from_millis(20)));
    }

    #[test]
    fn only_work_since_the_first_look_counts_and_only_that_of_one_process() {
        let first = ProcessTimes::from([(1, MOST), (2, MOST)]);
        let now = ProcessTimes::from([(1, MOST), (2, MOST * 2), (3, MOST * 3)]);
        assert_eq!(max_work_since(&first, &now), MOST);
    }
}
