//! Decides when to retry, without a socket, a clock or a random generator.
//!
//! The caller supplies the time and the jitter. So a test covers a long outage in microseconds, and
//! the status pane can count down a wait that it did not start.

use std::time::{Duration, Instant};

use super::{ErrorCause, InferenceError, RetryHint, TransientCause};

/// How often to retry, and how long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Requests in all, the first included.
    pub attempts: u32,
    /// The first wait; each further one doubles it.
    pub base: Duration,
    /// The longest such wait.
    pub cap: Duration,
    /// The wait for a loading model without an estimate.
    pub loading: Duration,
    /// The longest wait for a server's estimate. Estimates of half an hour were
    /// recorded, from servers that never came up.
    pub longest_estimate: Duration,
    /// The maximum of all waits of one job together.
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

/// One job's failed attempts, and its current wait, if any.
#[derive(Debug, Clone)]
pub struct Retry {
    policy: Policy,
    failed: Vec<FailedAttempt>,
    pause: Option<Pause>,
}

/// One failed attempt, and how long the job waited after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedAttempt {
    pub error: InferenceError,
    /// The actual wait: shorter than planned if the user skipped it.
    pub waited: Duration,
}

/// A wait: its cause, start and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    pub cause: ErrorCause,
    pub since: Instant,
    pub until: Instant,
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryDecision {
    /// Retry when the pause is over.
    Wait(Pause),
    /// Do not retry.
    GiveUp(GiveUpReason),
}

/// Why there is no further attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GiveUpReason {
    /// The cause is permanent.
    Permanent,
    /// All attempts are used up.
    NoAttemptsLeft,
    /// The required wait exceeds the budget.
    TooLong(Duration),
}

impl Retry {
    /// No attempt has failed yet.
    pub fn new(policy: Policy) -> Self {
        Self { policy, failed: Vec::new(), pause: None }
    }

    /// Records a failed attempt and decides what follows. `jitter` is a random number from 0 to 1.
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

    /// Records a failed attempt that is retried at once with a changed request.
    pub fn on_adjustment(&mut self, error: InferenceError) {
        self.failed.push(FailedAttempt { error, waited: Duration::ZERO });
    }

    /// Never less than the server demands, and never in step with other clients.
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

    /// The end of the current wait; `None` if there is none.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.pause.map(|pause| pause.until)
    }

    /// The current wait; `None` if there is none.
    pub fn pause(&self) -> Option<Pause> {
        self.pause
    }

    /// Ends the wait at `now`, whether it is over or skipped.
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

    /// The number of the current or next attempt, counted from 1.
    pub fn attempt(&self) -> u32 {
        u32::try_from(self.failed.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// The maximum of attempts, at least the current one.
    pub fn attempts(&self) -> u32 {
        self.policy.attempts.max(self.attempt())
    }

    fn waited(&self) -> Duration {
        self.failed.iter().map(|attempt| attempt.waited).sum()
    }
}

#[cfg(test)]
mod tests;
