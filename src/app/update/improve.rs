//! A prompt is to be made full: by the composer at once, or by a model that is asked.

use std::time::Instant;

use crate::app::dialogs::Tone;
use crate::app::effect::JobTask;
use crate::app::effects::Effects;
use crate::app::engine::Engine;
use crate::app::event::JobEvent;
use crate::app::failure::JobError;
use crate::app::improve::{ImprovementPhase, ImprovementRequest, ImprovementStep, improve_prompt};
use crate::app::prompt::Prompt;
use crate::app::session::Session;

/// The user wants this prompt full.
pub(super) fn begin(session: &mut Session, text: &str, now: Instant, effects: &mut Effects) {
    if session.draft.improvement.running.is_some() {
        return session.notify(Tone::Plain, "the model is being asked already");
    }
    session.draft.improvement.failure = None;
    if session.current.is_some() {
        let why = "this prompt changes a game; a new one (F8) can be made full";
        return session.notify(Tone::Plain, why);
    }
    if session.plan.job.engine == Engine::Offline {
        return compose(session, text, now);
    }
    let id = session.ids.next();
    match ImprovementRequest::new(id, text, &session.plan.job) {
        Ok(mut asked) => {
            let refused = session.shared.refused_parameters(&asked.request.model);
            asked.request.omitted_parameters = refused.to_vec();
            session.dialogs.notice = None;
            session.draft.improvement.running = Some(Box::new(asked));
            ask(session, now, effects);
        }
        Err(why) => fail(session, why),
    }
}

/// The composer knows at once.
fn compose(session: &mut Session, text: &str, now: Instant) {
    match improve_prompt(text, &session.plan.job) {
        Ok(full) if full == text => {
            session.notify(Tone::Plain, "the prompt says everything already");
        }
        Ok(full) => finish(session, full, "the rest was added", now),
        Err(why) => fail(session, JobError::Prompt(why)),
    }
}

fn ask(session: &mut Session, now: Instant, effects: &mut Effects) {
    if let Err(limit) = session.shared.admit(&session.plan.job.limits, now) {
        return fail(session, JobError::OverLimit(limit));
    }
    let Some(running) = &mut session.draft.improvement.running else { return };
    running.phase = ImprovementPhase::Asked;
    running.request.trace = session.shared.random.next_u128();
    session.shared.counters.begin(now);
    effects.start(running.id, JobTask::Ask(Box::new(running.request.clone())));
}

/// Something has come for the question.
pub(super) fn on_event(
    session: &mut Session,
    event: JobEvent,
    now: Instant,
    effects: &mut Effects,
) {
    let Some(running) = &mut session.draft.improvement.running else { return };
    let is_over = matches!(
        event,
        JobEvent::Ended(_) | JobEvent::LimitReached(..) | JobEvent::LocalEngineFailed(_)
    );
    if is_over {
        session.shared.counters.end();
    }
    match running.on_event(event, &mut session.shared, now) {
        ImprovementStep::Wait => {}
        ImprovementStep::AskAgain => ask(session, now, effects),
        ImprovementStep::Done(Ok(lines)) => take(session, &lines, now),
        ImprovementStep::Done(Err(why)) => fail(session, why),
    }
}

/// A pause that the server asked for is over.
pub(super) fn wake(session: &mut Session, now: Instant, effects: &mut Effects) {
    let running = session.draft.improvement.running.as_mut();
    let Some(running) = running.filter(|it| it.poll_timeout().is_some_and(|at| at <= now)) else {
        return;
    };
    running.resume(now);
    ask(session, now, effects);
}

/// The model's lines follow what is in the editor now. Where that is empty, the prompt comes back with
/// them: what was paid for is not lost.
fn take(session: &mut Session, lines: &str, now: Instant) {
    let Some(running) = session.draft.improvement.running.take() else { return };
    let typed = session.draft.text.trim_end();
    let before = if typed.is_empty() { running.asked.as_str() } else { typed };
    let full = format!("{before}\n{lines}");
    match Prompt::new(&full) {
        Ok(_) => finish(session, full, "the model added the rest", now),
        Err(why) => fail(session, JobError::Prompt(why)),
    }
}

fn finish(session: &mut Session, full: String, what: &str, now: Instant) {
    session.draft.improvement.finish(full.clone());
    session.on_edit(full, now);
    session.notify(Tone::Plain, format!("{what}, nothing is sent; ^_ takes it back"));
}

fn fail(session: &mut Session, why: JobError) {
    session.notify(Tone::Bad, format!("{}. {}", why.message(), why.advice()));
    session.draft.improvement.running = None;
    session.draft.improvement.failure = Some(why);
}

/// Ends the question, if one runs; returns whether one did.
pub(super) fn stop(session: &mut Session, effects: &mut Effects) -> bool {
    let Some(running) = session.draft.improvement.running.take() else { return false };
    effects.abort(running.id);
    // Between two attempts none runs.
    if running.poll_timeout().is_none() {
        session.shared.counters.end();
    }
    session.draft.improvement.failure = Some(JobError::Cancelled);
    true
}
