//! Decides whether one more request may be made, without a clock.
//!
//! HuggingFace documents no request quota for its router today, only credits; these are local
//! limits, and are called that wherever they are shown. The caller supplies the ages of earlier
//! requests, from this process or from the library's ledger.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The maximum of requests per minute, hour and day, and of concurrent ones; 0 means no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimits {
    pub minute: usize,
    pub hour: usize,
    pub day: usize,
    pub running: usize,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self { minute: 50, hour: 3_000, day: 30_000, running: 10 }
    }
}

/// One of the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    Minute,
    Hour,
    Day,
    Running,
}

impl LimitKind {
    /// The limits that count over a window of time.
    pub const WINDOWS: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// A stable identifier for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Running => "running",
        }
    }

    /// How long a request counts; `None` for concurrent requests, which count until they end.
    pub fn window(self) -> Option<Duration> {
        match self {
            Self::Minute => Some(Duration::from_mins(1)),
            Self::Hour => Some(Duration::from_hours(1)),
            Self::Day => Some(Duration::from_hours(24)),
            Self::Running => None,
        }
    }
}

/// A limit that holds a request back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.describe())]
pub struct LimitReached {
    pub limit: LimitKind,
    /// The number of requests that it allows.
    pub max: usize,
    /// How long until the request may start, or until the next check.
    pub wait: Duration,
}

impl LimitReached {
    /// The limit in words, for the user.
    pub fn describe(&self) -> String {
        match self.limit {
            LimitKind::Running => format!("the local limit of {} requests at once", self.max),
            LimitKind::Minute => format!("the local limit of {} requests a minute", self.max),
            LimitKind::Hour => format!("the local limit of {} requests an hour", self.max),
            LimitKind::Day => format!("the local limit of {} requests a day", self.max),
        }
    }
}

/// How often to check whether a running request has ended.
const RECHECK_INTERVAL: Duration = Duration::from_secs(1);

impl RequestLimits {
    /// The number of requests that a limit allows; 0 means no limit.
    pub fn max_for(&self, limit: LimitKind) -> usize {
        match limit {
            LimitKind::Minute => self.minute,
            LimitKind::Hour => self.hour,
            LimitKind::Day => self.day,
            LimitKind::Running => self.running,
        }
    }

    /// Checks whether one more request may start. `ages` holds how long ago the others began, the
    /// youngest first.
    ///
    /// # Errors
    ///
    /// The limit that is reached; of several, the one with the longest wait.
    pub fn admit(&self, ages: &[Duration], running: usize) -> Result<(), LimitReached> {
        let reached =
            LimitKind::WINDOWS.into_iter().filter_map(|limit| self.check_window(limit, ages));
        let concurrency =
            LimitReached { limit: LimitKind::Running, max: self.running, wait: RECHECK_INTERVAL };
        let concurrency = (self.running > 0 && running >= self.running).then_some(concurrency);
        reached.chain(concurrency).max_by_key(|reached| reached.wait).map_or(Ok(()), Err)
    }

    /// A full window frees a slot when its `max`-th youngest request leaves it.
    fn check_window(&self, limit: LimitKind, ages: &[Duration]) -> Option<LimitReached> {
        let (max, window) = (self.max_for(limit), limit.window()?);
        let leaves_first = ages.get(max.checked_sub(1)?)?;
        let wait = window.checked_sub(*leaves_first).filter(|wait| !wait.is_zero())?;
        Some(LimitReached { limit, max, wait })
    }
}

/// The requests of this process: when each began, and how many are running.
#[derive(Debug, Clone, Default)]
pub struct RequestCounters {
    /// The oldest first.
    began: VecDeque<Instant>,
    running: usize,
    /// The cost of this month's replies with a known price; `None` if it is not known.
    spent_usd: Option<f64>,
}

impl RequestCounters {
    /// Counters from ages (the youngest first) that the library recorded.
    pub fn from_ages(ages: &[Duration], running: usize, now: Instant) -> Self {
        // A clock that starts with the machine may not reach back far enough.
        let began = ages.iter().rev().filter_map(|age| now.checked_sub(*age));
        Self { began: began.collect(), running, spent_usd: None }
    }

    /// Sets the cost of this month's replies so far, in USD.
    #[must_use]
    pub fn with_spent(self, usd: f64) -> Self {
        Self { spent_usd: Some(usd), ..self }
    }

    /// The cost of this month's replies in USD; `None` if it is not known.
    pub fn spent_usd(&self) -> Option<f64> {
        self.spent_usd
    }

    /// Adds the cost of a reply, in USD.
    pub fn add_spent(&mut self, usd: f64) {
        self.spent_usd = Some(self.spent_usd.unwrap_or_default() + usd);
    }

    /// Counts a request that begins at `now`, and forgets those older than a day.
    pub fn begin(&mut self, now: Instant) {
        self.began.push_back(now);
        self.running += 1;
        let day = Duration::from_hours(24);
        while self.began.front().is_some_and(|began| now.duration_since(*began) >= day) {
            self.began.pop_front();
        }
    }

    /// Counts the end of a running request.
    pub fn end(&mut self) {
        self.running = self.running.saturating_sub(1);
    }

    /// How many requests run now.
    pub fn running(&self) -> usize {
        self.running
    }

    /// The number of requests that began within the last `window`.
    pub fn count_within(&self, window: Duration, now: Instant) -> usize {
        let is_old = |began: &Instant| now.saturating_duration_since(*began) >= window;
        self.began.len() - self.began.partition_point(is_old)
    }

    /// Checks whether one more request may start, by the requests of this process.
    ///
    /// # Errors
    ///
    /// As [`RequestLimits::admit`].
    pub fn admit(&self, limits: &RequestLimits, now: Instant) -> Result<(), LimitReached> {
        let ages = self.began.iter().rev().map(|began| now.saturating_duration_since(*began));
        limits.admit(&ages.collect::<Vec<_>>(), self.running)
    }
}

#[cfg(test)]
mod tests;
