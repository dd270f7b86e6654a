//! From a reply to a vetted game: pure work, away from the thread that decides and draws.

use std::sync::Arc;

use super::blocking::blocking;
use super::edit_forms::EditFormRecorder;
use super::permits::Permits;
use crate::app::{BaseVersion, JobEvent, ReceivedChange, VettingOutcome};
use crate::game::{EditOutcome, Extraction, HtmlSource, PatchedGame, apply_change, extract, vet};

/// Runs checks on threads of their own, a limited number at once.
#[derive(Debug)]
pub(super) struct Vetter {
    permits: Permits,
}

impl Vetter {
    /// A check runs with one of these permits.
    pub fn new(permits: Permits) -> Self {
        Self { permits }
    }

    /// Runs one check. A panic in it is an outcome. The permit lasts as long as the work, also
    /// if its future is dropped.
    pub async fn vet(&self, work: impl FnOnce() -> VettingOutcome + Send + 'static) -> JobEvent {
        let permit = self.permits.acquire().await;
        let vetted = blocking(move || {
            let _permit = permit;
            work()
        });
        JobEvent::Vetted(vetted.await.unwrap_or_else(VettingOutcome::Broke))
    }
}

/// Finds the game in a reply, or applies the reply to the base, and vets it. The form of a change is
/// recorded before the verdict.
pub(super) fn vet_reply(
    reply: &str,
    base: Option<&BaseVersion>,
    recorder: &EditFormRecorder,
) -> VettingOutcome {
    let Some(base) = base else {
        return match extract(reply) {
            Extraction::Whole(source) => vet_source(source),
            Extraction::Truncated(_) => VettingOutcome::Cut,
            Extraction::NoDocument(why) => VettingOutcome::Nothing(why),
        };
    };
    let vetting = match apply_change(reply, &base.source) {
        EditOutcome::Patched(PatchedGame { source, idle, .. }) => {
            recorder.record(ReceivedChange::Blocks(idle));
            vet_source(source)
        }
        EditOutcome::Whole(source) => {
            recorder.record(ReceivedChange::Page);
            vet_source(source)
        }
        EditOutcome::Unmatched(unmatched) => VettingOutcome::Unmatched(unmatched),
        EditOutcome::Unchanged => VettingOutcome::Unchanged,
        EditOutcome::Truncated => VettingOutcome::Cut,
        EditOutcome::NoGame(why) => VettingOutcome::Nothing(why),
    };
    recorder.record_missed_form(&vetting);
    vetting
}

/// Vets a page.
pub(super) fn vet_source(source: HtmlSource) -> VettingOutcome {
    match vet(source) {
        Ok(vetted) => VettingOutcome::Passed(Arc::new(vetted)),
        Err(rejection) => VettingOutcome::Refused(Arc::new(rejection)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;

    use super::*;

    #[test]
    fn ten_checks_never_run_more_than_two_at_once() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let vetter = Vetter::new(Permits::new(2));
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let gate = Arc::new(Mutex::new(()));
        let checks = (0..10).map(|_| {
            let (running, most, gate) =
                (Arc::clone(&running), Arc::clone(&most), Arc::clone(&gate));
            vetter.vet(move || {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                drop(gate.lock());
                running.fetch_sub(1, Ordering::SeqCst);
                VettingOutcome::Cut
            })
        });
        let done = runtime.block_on(join_all(checks));
        assert_eq!(done.len(), 10);
        assert!(most.load(Ordering::SeqCst) <= 2);
    }
}
