//! Decides when to ask again, without a socket, a clock or a die.
//!
//! The caller brings the time and the jitter. So a test lives through a long
//! outage in microseconds, and the status pane can count down a wait that it
//! did not start.

use std::time::{Duration, Instant};

use super::{ErrorCause, InferenceError, RetryHint, TransientCause};

/// How often to ask, and how patiently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Requests in all, the first included.
    pub attempts: u32,
    /// The first wait; each further one doubles it.
    pub base: Duration,
    /// Where doubling ends.
    pub cap: Duration,
    /// The wait for a loading model that names no time.
    pub loading: Duration,
    /// The longest wait for a server's estimate. Estimates of half an hour were
    /// recorded, from servers that never came up.
    pub longest_estimate: Duration,
    /// The most that all waits of one job may add up to.
    pub budget: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 5,
            base: Duration::from_secs(1),
            cap: Duration::from_secs(16),
            loading: Duration::from_secs(20),
            longest_estimate: Duration::from_mins(1),
            budget: Duration::from_mins(5),
        }
    }
}

/// One job's attempts so far, and the wait it is in, if any.
#[derive(Debug, Clone)]
pub struct Retry {
    policy: Policy,
    failed: Vec<FailedAttempt>,
    pause: Option<Pause>,
}

/// One attempt that failed, and how long the job waited after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedAttempt {
    pub error: InferenceError,
    /// The wait that was really sat out: shorter than planned where the user skipped it.
    pub waited: Duration,
}

/// A wait: why, since when, until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    pub cause: ErrorCause,
    pub since: Instant,
    pub until: Instant,
}

/// What to do about a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryDecision {
    /// Ask again when the pause is over.
    Wait(Pause),
    /// Do not ask again.
    GiveUp(GiveUpReason),
}

/// Why there is no further attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GiveUpReason {
    /// The cause does not pass.
    Permanent,
    /// That was the last attempt.
    NoAttemptsLeft,
    /// The wait that is needed is longer than all waits may be.
    TooLong(Duration),
}

impl Retry {
    pub fn new(policy: Policy) -> Self {
        Self { policy, failed: Vec::new(), pause: None }
    }

    /// Weighs a failed attempt. `jitter` is drawn from 0 to 1 by the caller.
    pub fn on_error(&mut self, error: InferenceError, now: Instant, jitter: f64) -> RetryDecision {
        let transient = match error.cause {
            ErrorCause::Transient(transient) => Some(transient),
            ErrorCause::Permanent(_) => None,
        };
        let hint = error.retry_hint;
        let cause = error.cause;
        self.failed.push(FailedAttempt { error, waited: Duration::ZERO });
        let Some(transient) = transient else {
            return RetryDecision::GiveUp(GiveUpReason::Permanent);
        };
        if self.failed.len() >= self.policy.attempts as usize {
            return RetryDecision::GiveUp(GiveUpReason::NoAttemptsLeft);
        }
        let wait = self.wait(transient, hint, jitter.clamp(0.0, 1.0));
        if wait > self.policy.budget.saturating_sub(self.waited()) {
            return RetryDecision::GiveUp(GiveUpReason::TooLong(wait));
        }
        let pause = Pause { cause, since: now, until: now + wait };
        self.pause = Some(pause);
        RetryDecision::Wait(pause)
    }

    /// Counts a failed attempt that is repeated at once because the request was changed.
    pub fn on_adjustment(&mut self, error: InferenceError) {
        self.failed.push(FailedAttempt { error, waited: Duration::ZERO });
    }

    /// Never less than a server demands, never in step with other clients.
    fn wait(&self, transient: TransientCause, hint: Option<RetryHint>, jitter: f64) -> Duration {
        let later = |wait: Duration| wait.mul_f64(1.0 + jitter / 10.0);
        match (hint, transient) {
            (Some(RetryHint::RetryAfter(wait)), _) => wait + later(Duration::from_millis(100)),
            (Some(RetryHint::Estimate(wait)), _) => later(wait.min(self.policy.longest_estimate)),
            (None, TransientCause::Loading) => later(self.policy.loading),
            // Jitter before the cap, so that no wait is shorter than the one before.
            (None, _) => later(self.backoff()).min(self.policy.cap),
        }
    }

    fn backoff(&self) -> Duration {
        let doublings = u32::try_from(self.failed.len()).unwrap_or(u32::MAX).saturating_sub(1);
        let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
        self.policy.base.saturating_mul(factor).min(self.policy.cap)
    }

    /// When the machine wants to be woken, if it waits.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.pause.map(|pause| pause.until)
    }

    pub fn pause(&self) -> Option<Pause> {
        self.pause
    }

    /// Ends the wait at `now`, whether it was sat out or skipped.
    pub fn resume(&mut self, now: Instant) {
        let Some(pause) = self.pause.take() else { return };
        if let Some(attempt) = self.failed.last_mut() {
            attempt.waited = now.saturating_duration_since(pause.since);
        }
    }

    /// The attempts that failed, in order.
    pub fn failed(&self) -> &[FailedAttempt] {
        &self.failed
    }

    /// Which attempt runs or comes next, counted from 1.
    pub fn attempt(&self) -> u32 {
        u32::try_from(self.failed.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    pub fn attempts(&self) -> u32 {
        self.policy.attempts.max(self.attempt())
    }

    fn waited(&self) -> Duration {
        self.failed.iter().map(|attempt| attempt.waited).sum()
    }
}

#[cfg(test)]
mod tests;
