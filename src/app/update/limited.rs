//! What the ledger says before a request is sent, and the wait where it says no.

use std::path::Path;
use std::time::Instant;

use super::generate::millis;
use crate::app::effect::Effect;
use crate::app::failure::Failure;
use crate::app::job::{Hold, Phase};
use crate::app::progress::Progress;
use crate::app::state::{Counting, OverLimit, State, Tone};
use crate::inference::limits::{LimitKind, LimitReached, RequestCounters};
use crate::library::{DiskError, LibraryError};

impl State {
    /// Where there is no ledger, what this process asked itself is all that is known.
    pub(super) fn admit(&self, now: Instant) -> Result<(), LimitReached> {
        match self.counting {
            Counting::Together => Ok(()),
            Counting::Alone => self.counters.admit(&self.plan.limits, now),
        }
    }

    pub(super) fn on_admitted(&mut self, counters: RequestCounters) -> Vec<Effect> {
        self.count_together(counters);
        self.with_job(|job| {
            job.times.held = None;
            Vec::new()
        })
    }

    pub(super) fn on_held(
        &mut self,
        held: LimitReached,
        counters: RequestCounters,
        now: Instant,
    ) -> Vec<Effect> {
        self.count_together(counters);
        self.hold(held, now)
    }

    /// The ledger is there, perhaps again.
    fn count_together(&mut self, counters: RequestCounters) {
        self.counting = Counting::Together;
        self.counters = counters;
    }

    /// Waits until the request may start; a command does so only for others to finish theirs.
    pub(super) fn hold(&mut self, held: LimitReached, now: Instant) -> Vec<Effect> {
        let plan = &self.plan;
        let (leaves, budget) = (plan.over_limit == OverLimit::Leave, plan.policy.budget);
        let Some(job) = self.job.as_mut() else { return Vec::new() };
        let is_first = job.times.held.is_none();
        let since = *job.times.held.get_or_insert(now);
        let is_patient = held.limit == LimitKind::Running && now.duration_since(since) < budget;
        if leaves && !is_patient {
            return self.fail(Failure::OverLimit(held), now);
        }
        if is_first || held.limit != LimitKind::Running {
            job.log.push(Progress::Held {
                limit: held.limit.name(),
                words: held.describe(),
                wait_ms: millis(held.wait),
            });
        }
        job.phase = Phase::Held(Hold { held, since: now, until: now + held.wait });
        Vec::new()
    }

    pub(super) fn on_uncounted(&mut self, error: &LibraryError) -> Vec<Effect> {
        if self.counting == Counting::Together {
            self.counting = Counting::Alone;
            let advice = error.advice();
            self.tell_library(format!(
                "requests are counted for this process alone: {error}. {advice}"
            ));
        }
        Vec::new()
    }

    pub(super) fn on_set_aside(&mut self, place: &Path) -> Vec<Effect> {
        let place = DiskError::display_path(place);
        self.tell_library(format!(
            "the library was damaged and is kept as {place}; a new one is in use"
        ));
        Vec::new()
    }

    fn tell_library(&mut self, trouble: String) {
        self.say(Tone::Bad, trouble.clone());
        self.with_job(|job| {
            job.log.push(Progress::Library { trouble });
            Vec::new()
        });
    }
}
