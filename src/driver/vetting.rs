//! From a reply to a vetted game: pure work, away from the thread that decides and draws.

use std::sync::Arc;

use super::edit_forms::EditFormRecorder;
use super::executor::blocking;
use crate::app::{BaseVersion, ReceivedChange, VettingOutcome};
use crate::game::{EditOutcome, Extraction, HtmlSource, PatchedGame, apply_change, extract, vet};

/// Runs the work on a thread of its own. A panic there is an outcome.
pub(super) async fn vetting(
    work: impl FnOnce() -> VettingOutcome + Send + 'static,
) -> VettingOutcome {
    blocking(work).await.unwrap_or_else(VettingOutcome::Broke)
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
            recorder.given(ReceivedChange::Blocks(idle));
            vet_source(source)
        }
        EditOutcome::Whole(source) => {
            recorder.given(ReceivedChange::Page);
            vet_source(source)
        }
        EditOutcome::Unmatched(unmatched) => VettingOutcome::Unmatched(unmatched),
        EditOutcome::Truncated => VettingOutcome::Cut,
        EditOutcome::NoGame(why) => VettingOutcome::Nothing(why),
    };
    recorder.missed(&vetting);
    vetting
}

pub(super) fn vet_source(source: HtmlSource) -> VettingOutcome {
    match vet(source) {
        Ok(vetted) => VettingOutcome::Passed(Arc::new(vetted)),
        Err(rejection) => VettingOutcome::Refused(Arc::new(rejection)),
    }
}
