//! What went wrong on the way to a game, each cause once.

use crate::app::progress::graded;
use crate::app::{Job, JobPhase, JobProgress};

/// A note about one or more steps of a job.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AttemptNote {
    /// Consecutive attempts that failed alike: their numbers, the cause, and the server's message.
    FailedAttempts { first: u32, last: u32, error: String, message: String },
    /// How an unusable answer was handled.
    Recovery(String),
    /// Consecutive tries that came to the same: their numbers, and to what.
    Tries { first: u32, last: u32, words: String },
}

/// All notes in order, without the causes that the wait or the end of the job shows.
pub(super) fn attempt_notes(job: &Job) -> Vec<AttemptNote> {
    let elsewhere = failure_shown_elsewhere(job);
    let mut notes: Vec<AttemptNote> = Vec::new();
    let here =
        job.log.iter().filter(|step| elsewhere.is_none_or(|other| !is_same_failure(other, step)));
    for next in here.filter_map(AttemptNote::from_progress) {
        if matches!(next, AttemptNote::Tries { .. }) {
            // Of a try that has ended only the end matters.
            notes.retain(|note| matches!(note, AttemptNote::Tries { .. }));
        }
        if !notes.last_mut().is_some_and(|last| last.merge(&next)) {
            notes.push(next);
        }
    }
    notes
}

/// The server's message for the last failed attempt. `None` if none failed.
pub(super) fn last_server_message(job: &Job) -> Option<&str> {
    match last_failure(job)? {
        JobProgress::Failed { said: message, .. } => Some(message),
        _ => None,
    }
}

impl AttemptNote {
    fn from_progress(step: &JobProgress) -> Option<Self> {
        Some(Self::Recovery(match step {
            JobProgress::TryEnded { number, grade, words, .. } => {
                let words = graded(grade, words);
                return Some(Self::Tries { first: *number, last: *number, words });
            }
            JobProgress::Failed { attempt, status, words, said: message, .. } => {
                let status = status.map(|status| format!("{status} · ")).unwrap_or_default();
                let error = format!("{status}{words}");
                let (first, last) = (*attempt, *attempt);
                return Some(Self::FailedAttempts { first, last, error, message: message.clone() });
            }
            JobProgress::ModelFound { model } => format!("the server has {model}: asking it"),
            JobProgress::Bounded { tokens, context } => {
                format!("limited to {tokens} tokens: the context is {context}")
            }
            JobProgress::Adjusted { how } => format!("retried {how}"),
            JobProgress::Continued { why, part, parts } => {
                format!("{why}: asked for the rest, part {part} of {parts}")
            }
            JobProgress::Unmatched { words } => format!("the patch does not apply: {words}"),
            JobProgress::Idle { words } => format!("applied, although {words}"),
            JobProgress::AsksAgain { whole: false } => "asked for a patch that applies".to_owned(),
            JobProgress::AsksAgain { whole: true } => "asked for the whole game".to_owned(),
            _ => return None,
        }))
    }

    /// Adds the next attempt or try if it ended like these. Returns whether it did.
    fn merge(&mut self, next: &Self) -> bool {
        if let (Self::Tries { last, words, .. }, Self::Tries { last: number, words: ended, .. }) =
            (&mut *self, next)
        {
            let is_alike = words == ended;
            *last = if is_alike { *number } else { *last };
            return is_alike;
        }
        let (
            Self::FailedAttempts { last, error, message, .. },
            Self::FailedAttempts { last: number, .. },
        ) = (self, next)
        else {
            return false;
        };
        let is_alike = matches!(next, Self::FailedAttempts { error: next_error, message: next_message, .. }
            if error == next_error && message == next_message);
        if is_alike {
            *last = *number;
        }
        is_alike
    }
}

/// The failure that the wait or the end of the job shows.
fn failure_shown_elsewhere(job: &Job) -> Option<&JobProgress> {
    let is_waiting = matches!(job.current.phase, JobPhase::Waiting(_));
    let is_end = job.is_done()
        && job.current.failure().is_some_and(|failure| failure.inference_error().is_some());
    (is_waiting || is_end).then(|| last_failure(job)).flatten()
}

fn last_failure(job: &Job) -> Option<&JobProgress> {
    job.log.iter().rfind(|step| matches!(step, JobProgress::Failed { .. }))
}

/// Whether both are failures with the same cause and message.
fn is_same_failure(one: &JobProgress, other: &JobProgress) -> bool {
    let parts = |step: &JobProgress| match step {
        JobProgress::Failed { status, words, said: message, .. } => {
            Some((*status, *words, message.clone()))
        }
        _ => None,
    };
    parts(one).is_some_and(|one| parts(other) == Some(one))
}
