//! Decides whether one more request may be made, without a clock.
//!
//! HuggingFace documents no request quota for its router today, only credits;
//! these are local limits, and are called that wherever they are shown. Who
//! remembers the requests, this process or the library for all of them, brings
//! their ages.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Requests a minute, an hour and a day, and how many may run at once; 0 is no limit.
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

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    Minute,
    Hour,
    Day,
    Running,
}

impl LimitKind {
    pub const WINDOWS: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// A word for programs; stable.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Running => "running",
        }
    }

    /// How long a request counts; one that runs counts until it ends.
    pub fn window(self) -> Option<Duration> {
        match self {
            Self::Minute => Some(Duration::from_mins(1)),
            Self::Hour => Some(Duration::from_hours(1)),
            Self::Day => Some(Duration::from_hours(24)),
            Self::Running => None,
        }
    }
}

/// A request has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.describe())]
pub struct LimitReached {
    pub limit: LimitKind,
    /// How many it allows.
    pub max: usize,
    /// How long until it may start, or until it is worth looking again.
    pub wait: Duration,
}

impl LimitReached {
    /// The reason in words.
    pub fn describe(&self) -> String {
        match self.limit {
            LimitKind::Running => format!("the local limit of {} requests at once", self.max),
            LimitKind::Minute => format!("the local limit of {} requests a minute", self.max),
            LimitKind::Hour => format!("the local limit of {} requests an hour", self.max),
            LimitKind::Day => format!("the local limit of {} requests a day", self.max),
        }
    }
}

/// How often to look whether a running request has ended.
const RECHECK_INTERVAL: Duration = Duration::from_secs(1);

impl RequestLimits {
    /// How many requests a limit allows; 0 is no limit.
    pub fn max_for(&self, limit: LimitKind) -> usize {
        match limit {
            LimitKind::Minute => self.minute,
            LimitKind::Hour => self.hour,
            LimitKind::Day => self.day,
            LimitKind::Running => self.running,
        }
    }

    /// Whether one more may be made. `ages` tells how long ago the others began, the youngest
    /// first. Where several limits hold it, the one that holds it longest is named.
    pub fn admit(&self, ages: &[Duration], running: usize) -> Result<(), LimitReached> {
        let reached =
            LimitKind::WINDOWS.into_iter().filter_map(|limit| self.check_window(limit, ages));
        let concurrency =
            LimitReached { limit: LimitKind::Running, max: self.running, wait: RECHECK_INTERVAL };
        let concurrency = (self.running > 0 && running >= self.running).then_some(concurrency);
        reached.chain(concurrency).max_by_key(|reached| reached.wait).map_or(Ok(()), Err)
    }

    /// A window is full until the youngest requests that fill it are one fewer.
    fn check_window(&self, limit: LimitKind, ages: &[Duration]) -> Option<LimitReached> {
        let (max, window) = (self.max_for(limit), limit.window()?);
        let leaves_first = ages.get(max.checked_sub(1)?)?;
        let wait = window.checked_sub(*leaves_first).filter(|wait| !wait.is_zero())?;
        Some(LimitReached { limit, max, wait })
    }
}

/// Requests that are known here: when each began, and how many run.
#[derive(Debug, Clone, Default)]
pub struct RequestCounters {
    /// The oldest first.
    began: VecDeque<Instant>,
    running: usize,
    /// What the month's replies of a known price cost so far; nothing where nobody counted.
    spent_usd: Option<f64>,
}

impl RequestCounters {
    /// What another memory knows, as ages, the youngest first.
    pub fn from_ages(ages: &[Duration], running: usize, now: Instant) -> Self {
        // A clock that counts from the start of the machine may not reach back far enough.
        let began = ages.iter().rev().filter_map(|age| now.checked_sub(*age));
        Self { began: began.collect(), running, spent_usd: None }
    }

    #[must_use]
    pub fn with_spent(self, usd: f64) -> Self {
        Self { spent_usd: Some(usd), ..self }
    }

    pub fn spent_usd(&self) -> Option<f64> {
        self.spent_usd
    }

    pub fn add_spent(&mut self, usd: f64) {
        self.spent_usd = Some(self.spent_usd.unwrap_or_default() + usd);
    }

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
    pub fn count_within(&self, window: Duration, now: Instant) -> usize {
        let is_old = |began: &Instant| now.saturating_duration_since(*began) >= window;
        self.began.len() - self.began.partition_point(is_old)
    }

    /// Whether one more may be made, as far as it is known here.
    pub fn admit(&self, limits: &RequestLimits, now: Instant) -> Result<(), LimitReached> {
        let ages = self.began.iter().rev().map(|began| now.saturating_duration_since(*began));
        limits.admit(&ages.collect::<Vec<_>>(), self.running)
    }
}

#[cfg(test)]
mod tests;
