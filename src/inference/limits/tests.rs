//! The limits as laws, over any history of requests.

use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
#[expect(clippy::disallowed_methods, reason = "an Instant can only be made by a clock")]
fn windows_slide_and_running_goes_down_again() {
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let mut counters = RequestCounters::default();
    for second in [0, 30, 61] {
        counters.begin(at(second));
    }
    counters.end();
    assert_eq!(counters.count_within(Duration::from_mins(1), at(62)), 2);
    assert_eq!(counters.count_within(Duration::from_hours(1), at(62)), 3);
    assert_eq!(counters.count_within(Duration::from_mins(1), at(200)), 0);
    assert_eq!(counters.running(), 2);
    let copy = RequestCounters::from_ages(&[SECOND, 32 * SECOND], 1, at(62));
    assert_eq!((copy.count_within(Duration::from_mins(1), at(62)), copy.running()), (2, 1));
    assert_eq!(copy.count_within(Duration::from_mins(1), at(90)), 1);
}

#[test]
fn the_longest_wait_is_the_one_that_is_told() {
    let limits = RequestLimits { minute: 2, hour: 3, day: 0, running: 1 };
    let ages = [5, 10, 20].map(|age| age * SECOND);
    let held = limits.admit(&ages, 1).unwrap_err();
    assert_eq!((held.limit, held.wait), (LimitKind::Hour, 3_580 * SECOND));
    assert_eq!(held.describe(), "the local limit of 3 requests an hour");
    let held = limits.admit(&ages[..2], 1).unwrap_err();
    assert_eq!((held.limit, held.wait), (LimitKind::Minute, 50 * SECOND));
    let held = limits.admit(&[], 1).unwrap_err();
    assert_eq!(held.describe(), "the local limit of 1 requests at once");
    assert_eq!(limits.admit(&ages[..1], 0), Ok(()));
}

/// Small windows are filled in every way; a request may be held for long.
fn limits() -> impl Strategy<Value = RequestLimits> {
    (0..6_usize, 0..9_usize, 0..12_usize).prop_map(|(minute, hour, day)| RequestLimits {
        minute,
        hour,
        day,
        running: 0,
    })
}

/// Plays a history: each request waits as told before it is made. When each was made, in seconds.
fn play(limits: &RequestLimits, gaps: &[u64]) -> Vec<Duration> {
    let mut now = Duration::ZERO;
    let mut made: Vec<Duration> = Vec::new();
    for gap in gaps {
        now += Duration::from_secs(*gap);
        let ages =
            |now: Duration| made.iter().rev().map(|at| now.saturating_sub(*at)).collect::<Vec<_>>();
        if let Err(held) = limits.admit(&ages(now), 0) {
            assert!(!held.wait.is_zero());
            let early = now + held.wait.saturating_sub(Duration::from_millis(1));
            assert!(limits.admit(&ages(early), 0).is_err(), "it need not have waited so long");
            now += held.wait;
        }
        assert_eq!(limits.admit(&ages(now), 0), Ok(()), "one wait is enough");
        made.push(now);
    }
    made
}

proptest! {
    #[test]
    fn no_window_ever_holds_more_than_its_limit(
        limits in limits(),
        gaps in prop::collection::vec(0..4_000_u64, 0..40),
    ) {
        let made = play(&limits, &gaps);
        for limit in LimitKind::WINDOWS.into_iter().filter(|limit| limits.max_for(*limit) > 0) {
            let window = limit.window().unwrap();
            for (index, end) in made.iter().enumerate() {
                let within = made[..=index].iter().filter(|at| end.saturating_sub(**at) < window).count();
                prop_assert!(within <= limits.max_for(limit), "{limit:?} at {end:?}");
            }
        }
    }

    #[test]
    fn without_limits_nobody_waits(ages in prop::collection::vec(0..100_u64, 0..40)) {
        let mut ages: Vec<_> = ages.into_iter().map(Duration::from_secs).collect();
        ages.sort();
        let limits = RequestLimits { minute: 0, hour: 0, day: 0, running: 0 };
        prop_assert_eq!(limits.admit(&ages, 1_000), Ok(()));
    }
}
