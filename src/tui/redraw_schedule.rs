//! Schedules redraws for displayed seconds, which change without any event.

use std::time::{Duration, Instant};

use crate::app::{Job, Session};
use crate::config::Switch;

/// Interval of updates without animations.
const SLOW_INTERVAL: Duration = Duration::from_secs(10);

/// When a displayed number of seconds changes next. `None` if none is displayed.
pub fn next_redraw(state: &Session, now: Instant, animations: Switch) -> Option<Instant> {
    let jobs = state.jobs.running().map(|job| next_change(job, now, animations));
    let asked = state.draft.improvement.poll_timeout();
    let asked = asked.map(|until| match animations {
        Switch::On => next_countdown(until, now),
        Switch::Off => now + SLOW_INTERVAL,
    });
    jobs.chain(asked).min()
}

/// When the displayed seconds of a running job change next.
fn next_change(job: &Job, now: Instant, animations: Switch) -> Instant {
    if animations == Switch::Off {
        let part = job.elapsed(now).as_millis() % SLOW_INTERVAL.as_millis();
        return now + SLOW_INTERVAL.saturating_sub(millis(part));
    }
    let Some(until) = job.poll_timeout() else {
        let part = u64::from(job.elapsed(now).subsec_nanos());
        return now + Duration::from_nanos(1_000_000_000 - part);
    };
    next_countdown(until, now)
}

/// When the seconds until then are one less. A countdown is rounded, so it changes half-way between
/// whole seconds.
fn next_countdown(until: Instant, now: Instant) -> Instant {
    let left = until.saturating_duration_since(now) + Duration::from_millis(500);
    let part = Duration::from_nanos(u64::from(left.subsec_nanos()));
    now + part.max(Duration::from_millis(1))
}

fn millis(count: u128) -> Duration {
    Duration::from_millis(u64::try_from(count).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::Session;
    use crate::app::{Action, Engine, Event, JobIds, SessionPlan, update};

    #[test]
    fn without_animations_seconds_count_every_ten() {
        let mut state = Session::new(SessionPlan::bare(Engine::Offline), 1, JobIds::default());
        let began = crate::driver::now();
        assert_eq!(next_redraw(&state, began, Switch::On), None, "at rest nothing counts");
        update(&mut state, Event::Acted(Action::Generate("bats".to_owned())), began);
        let after = |millis| began + Duration::from_millis(millis);
        assert_eq!(next_redraw(&state, after(2_300), Switch::On), Some(after(3_000)));
        assert_eq!(next_redraw(&state, after(2_300), Switch::Off), Some(after(10_000)));
        assert_eq!(next_redraw(&state, after(10_000), Switch::Off), Some(after(20_000)));
    }
}
