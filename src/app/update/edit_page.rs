//! A page that the user has edited: it is checked, play-tested and a version like any other.

use std::sync::Arc;
use std::time::Instant;

use crate::app::effects::Effects;
use crate::app::engine::Engine;
use crate::app::event::HandEdit;
use crate::app::job::{Job, check_page};
use crate::app::options::{GameAuthor, JobOptions};
use crate::app::prompt::Prompt;
use crate::app::session::Session;
use crate::app::tries::TryBudget;
use crate::app::update::transcript;
use crate::game::HtmlSource;
use crate::untrusted::Untrusted;

/// The longest list of turned knobs that stands in the session, in characters.
const MAX_SUMMARY: usize = 160;

/// What the library and the session say of such a version, in place of a prompt, and who made it.
fn label(edit: &HandEdit) -> (String, GameAuthor) {
    match edit {
        HandEdit::Editor => ("edited by hand".to_owned(), GameAuthor::User),
        HandEdit::Knobs(turned) => {
            let turned = Untrusted::new(turned.as_str()).headline(MAX_SUMMARY);
            (format!("turned: {turned}"), GameAuthor::Knobs)
        }
    }
}

/// Begins a job for the edited page. Nobody is asked for anything, also if it does not play. A game
/// that is being made meanwhile goes on behind it: what was written must not be lost.
pub(super) fn begin(
    session: &mut Session,
    (page, edit): (&str, &HandEdit),
    now: Instant,
    effects: &mut Effects,
) {
    let (label, author) = label(edit);
    let Ok(prompt) = Prompt::new(&label) else { return };
    if let Some(id) = session.jobs.front_id().filter(|_| session.is_playing()) {
        session.with_job(id, now, effects, Job::stop);
    }
    let looked_at = session.jobs.looked_at.as_ref().map(|document| Arc::clone(&document.base));
    let base = looked_at.or_else(|| session.current.clone());
    transcript::look_away(session, effects);
    let options = JobOptions {
        engine: Engine::Offline,
        author,
        budget: TryBudget::ONE,
        ..session.plan.job.as_ref().clone()
    };
    let job = Job::new(session.ids.next(), Arc::new(options), base, prompt, now);
    session.variants = None;
    session.jobs.put_in_front(job.id, None);
    let page = HtmlSource::new(page);
    session.run_job(job, now, effects, |job, context| check_page(job, page, context));
}
