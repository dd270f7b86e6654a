//! The policy lives through outages in microseconds.

#![expect(clippy::disallowed_methods, reason = "an Instant can only be made by a clock")]

use proptest::prelude::*;

use super::*;
use crate::inference::PermanentCause;

fn error(cause: ErrorCause, hint: Option<RetryHint>) -> InferenceError {
    InferenceError { retry_hint: hint, ..InferenceError::local(cause, "") }
}

fn busy() -> InferenceError {
    error(ErrorCause::Transient(TransientCause::Busy), None)
}

/// Sits out every wait; answers with the waits, and why it ended if it did.
fn live(
    policy: Policy,
    errors: &[InferenceError],
    jitter: f64,
) -> (Vec<Duration>, Option<GiveUpReason>) {
    let mut retry = Retry::new(policy);
    let mut now = Instant::now();
    let mut waits = Vec::new();
    for error in errors {
        match retry.on_error(error.clone(), now, jitter) {
            RetryDecision::GiveUp(why) => return (waits, Some(why)),
            RetryDecision::Wait(pause) => {
                assert_eq!(retry.poll_timeout(), Some(pause.until));
                waits.push(pause.until - now);
                now = pause.until;
                retry.resume(now);
            }
        }
    }
    (waits, None)
}

fn seconds(waits: &[Duration]) -> Vec<u64> {
    waits.iter().map(Duration::as_secs).collect()
}

#[test]
fn five_attempts_wait_one_two_four_and_eight_seconds() {
    let (waits, why) = live(Policy::default(), &vec![busy(); 9], 0.0);
    assert_eq!(seconds(&waits), [1, 2, 4, 8]);
    assert_eq!(why, Some(GiveUpReason::NoAttemptsLeft));
}

#[test]
fn what_the_server_demands_is_sat_out() {
    let hint = RetryHint::RetryAfter(Duration::from_secs(7));
    let limited = error(ErrorCause::Transient(TransientCause::Limited), Some(hint));
    assert_eq!(seconds(&live(Policy::default(), &[limited], 1.0).0), [7]);
}

#[test]
fn a_loading_model_gets_its_estimate_but_not_half_an_hour() {
    let loading = |hint| error(ErrorCause::Transient(TransientCause::Loading), hint);
    let guess = |wait| loading(Some(RetryHint::Estimate(Duration::from_secs(wait))));
    let (waits, _) = live(Policy::default(), &[guess(2), guess(1_809), loading(None)], 0.0);
    assert_eq!(seconds(&waits), [2, 60, 20]);
}

#[test]
fn a_greedy_server_cannot_stall_us() {
    let hint = RetryHint::RetryAfter(Duration::from_hours(24));
    let limited = error(ErrorCause::Transient(TransientCause::Limited), Some(hint));
    let (waits, why) = live(Policy::default(), &[limited], 0.0);
    assert!(waits.is_empty());
    assert!(matches!(why, Some(GiveUpReason::TooLong(wait)) if wait >= Duration::from_hours(24)));
}

#[test]
fn what_lasts_is_asked_once() {
    let refused = error(ErrorCause::Permanent(PermanentCause::BadToken), None);
    assert_eq!(
        live(Policy::default(), &[refused], 0.0),
        (Vec::new(), Some(GiveUpReason::Permanent))
    );
}

#[test]
fn a_skipped_wait_counts_as_long_as_it_lasted() {
    let mut retry = Retry::new(Policy::default());
    let start = Instant::now();
    retry.on_error(busy(), start, 0.0);
    retry.resume(start + Duration::from_millis(300));
    assert_eq!(retry.failed()[0].waited, Duration::from_millis(300));
    assert_eq!((retry.poll_timeout(), retry.attempt()), (None, 2));
}

fn any_trouble() -> impl Strategy<Value = InferenceError> {
    let passing = prop_oneof![
        Just(TransientCause::Unreachable),
        Just(TransientCause::NotRunning),
        Just(TransientCause::TimedOut),
        Just(TransientCause::Dropped),
        Just(TransientCause::Loading),
        Just(TransientCause::Limited),
        Just(TransientCause::Busy),
    ];
    let hint = prop_oneof![
        Just(None),
        (0.0..400.0).prop_map(|s| Some(RetryHint::RetryAfter(Duration::from_secs_f64(s)))),
        (0.0..4_000.0).prop_map(|s| Some(RetryHint::Estimate(Duration::from_secs_f64(s)))),
    ];
    (passing, hint).prop_map(|(passing, hint)| error(ErrorCause::Transient(passing), hint))
}

proptest! {
    #[test]
    fn never_more_than_the_attempts(
        errors in prop::collection::vec(any_trouble(), 0..30),
        attempts in 1_u32..12,
        jitter in 0.0..=1.0,
    ) {
        let policy = Policy { attempts, ..Policy::default() };
        let (waits, why) = live(policy, &errors, jitter);
        prop_assert!(waits.len() < attempts as usize);
        prop_assert!(why.is_some() || errors.len() < attempts as usize);
    }

    #[test]
    fn never_a_wait_below_what_the_server_asked(
        errors in prop::collection::vec(any_trouble(), 0..12),
        jitter in 0.0..=1.0,
    ) {
        let policy = Policy { attempts: 20, ..Policy::default() };
        let (waits, _) = live(policy, &errors, jitter);
        for (wait, error) in waits.iter().zip(&errors) {
            match error.retry_hint {
                Some(RetryHint::RetryAfter(hint)) => prop_assert!(*wait >= hint),
                Some(RetryHint::Estimate(hint)) => {
                    prop_assert!(*wait >= hint.min(policy.longest_estimate));
                }
                None => {}
            }
        }
    }

    #[test]
    fn backoff_never_shrinks(
        jitters in prop::collection::vec(0.0..=1.0, 1..12),
        cap in 1_u64..100,
    ) {
        let cap = Duration::from_secs(cap);
        let policy = Policy { attempts: 20, cap, budget: Duration::from_hours(9), ..Policy::default() };
        let mut retry = Retry::new(policy);
        let now = Instant::now();
        let mut last = Duration::ZERO;
        for jitter in jitters {
            let RetryDecision::Wait(pause) = retry.on_error(busy(), now, jitter) else { break };
            let wait = pause.until - now;
            prop_assert!(wait >= last && wait <= cap);
            last = wait;
        }
    }

    #[test]
    fn all_waits_together_stay_within_the_budget(
        errors in prop::collection::vec(any_trouble(), 0..20),
        budget in 0_u64..600,
        jitter in 0.0..=1.0,
    ) {
        let budget = Duration::from_secs(budget);
        let policy = Policy { attempts: 20, budget, ..Policy::default() };
        let (waits, _) = live(policy, &errors, jitter);
        prop_assert!(waits.iter().sum::<Duration>() <= budget);
    }
}
