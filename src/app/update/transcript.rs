//! The versions of the session, looked at and taken, and the prompts that wait.

use std::time::Instant;

use crate::app::dialogs::Tone;
use crate::app::document::Document;
use crate::app::effect::{SessionTask, VersionRef};
use crate::app::effects::Effects;
use crate::app::event::{OpenedVersion, QueueAction};
use crate::app::finished_game::FinishedGame;
use crate::app::job::Job;
use crate::app::jobs::Shown;
use crate::app::session::Session;
use crate::app::transcript::{TranscriptEntry, TranscriptKind};
use crate::library::{GameAddress, VersionId};
use crate::untrusted::Untrusted;

/// The prompt of a job that begins.
pub(super) fn entry(job: &Job) -> TranscriptEntry {
    let kind = match job.origin {
        _ if job.variant > 0 => TranscriptKind::Variant,
        None => TranscriptKind::NewGame,
        Some(_) => TranscriptKind::Change,
    };
    let prompt = job.prompt.text().to_owned();
    TranscriptEntry { job: Some(job.id), prompt, kind, tries: Vec::new() }
}

/// Shows a version in the preview. The next prompt still changes the game that it changed before.
pub(super) fn look_at(session: &mut Session, version: VersionId, effects: &mut Effects) {
    let in_sight = session.jobs.in_sight().and_then(Shown::game);
    if in_sight.and_then(|game| game.version) == Some(version) {
        return look_away(session, effects);
    }
    session.start_task(SessionTask::Look(version), effects);
}

/// The preview shows again what the session is about.
pub(super) fn look_away(session: &mut Session, effects: &mut Effects) {
    session.jobs.looked_at = None;
    session.tasks.stop_looking(effects);
}

/// The version that is to be looked at is loaded.
pub(super) fn show_looked(session: &mut Session, opened: OpenedVersion) {
    let document = document(session, opened);
    session.jobs.looked_at = Some(Box::new(document));
}

/// The next prompt changes this version, and undoing starts from it.
pub(super) fn take(session: &mut Session, version: VersionId, effects: &mut Effects) {
    if session.is_busy() {
        session.notify(Tone::Plain, "still making a game: stop it first, or wait");
        return;
    }
    look_away(session, effects);
    let is_current =
        session.current.as_ref().is_some_and(|current| current.version == Some(version));
    if is_current {
        session.notify(Tone::Plain, format!("the next prompt changes version {version} already"));
        return;
    }
    session.open(VersionRef::Version(GameAddress::Version(version)), effects);
    session.start_task(SessionTask::MakeCurrent(version), effects);
}

/// A version out of the library, to be shown.
pub(super) fn document(session: &Session, opened: OpenedVersion) -> Document {
    let OpenedVersion { base, product, played, .. } = opened;
    let (title, version) = (base.title.clone(), base.version);
    let game = FinishedGame { product, title, path: None, version };
    Document { id: session.ids.next(), base, game, stored: played }
}

/// Acts on the prompts that wait.
pub(super) fn act_on_queue(session: &mut Session, action: QueueAction, now: Instant) {
    match action {
        QueueAction::TakeLast => match session.queue.len().checked_sub(1) {
            Some(last) => take_back(session, last, now),
            None => session.notify(Tone::Plain, "the queue is empty"),
        },
        QueueAction::TakeBack(place) => take_back(session, place, now),
        QueueAction::Remove(place) => {
            let Some(removed) = session.queue.remove(place) else { return };
            let text = Untrusted::new(removed.prompt.text()).headline(30);
            session.startup.prompts.insert(0, removed.prompt.text().to_owned());
            session.draft.due = Some(now);
            session.notify(Tone::Plain, format!("removed “{text}”: ↑ brings it back"));
        }
        QueueAction::Move(place, by) => {
            session.queue.shift(place, by);
            session.draft.due = Some(now);
        }
        QueueAction::Resume => session.resume_queue(),
    }
}

/// The screen puts its words back into the editor.
fn take_back(session: &mut Session, place: usize, now: Instant) {
    if session.queue.remove(place).is_some() {
        session.draft.due = Some(now);
        session.notify(Tone::Plain, "moved from the queue to the editor");
    }
}
