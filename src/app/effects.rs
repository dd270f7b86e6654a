//! Where the machine puts what is to be done: an order for the driver, words for the user.

use super::effect::{Effect, Task};
use super::event::JobId;
use super::session::{Notice, Tone};

/// What one event leads to, in order.
#[derive(Debug, Default)]
pub struct Effects {
    list: Vec<Effect>,
    pub(super) notices: Vec<Notice>,
    pub(super) milestones: Vec<(JobId, Milestone)>,
}

/// What a job has come to, as far as its session has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Milestone {
    /// Its game is on disk. A play-test may follow.
    Saved,
    /// The play-test has come to a verdict, or has been stopped; the job is done.
    Played,
    /// The job is done without a play-test: with a game, or with a failure.
    Ended,
    /// The fix brought no game; the job has the game of before again, and is done.
    FixFailed,
}

impl Effects {
    /// Has the driver begin a task of the job.
    pub(super) fn start(&mut self, id: JobId, task: Task) {
        self.list.push(Effect::Start(id, task));
    }

    /// Has the driver end every task of the job.
    pub(super) fn abort(&mut self, id: JobId) {
        self.list.push(Effect::Abort(id));
    }

    /// Has the footer say something.
    pub(super) fn notify(&mut self, tone: Tone, text: impl Into<String>) {
        self.notices.push(Notice { text: text.into(), tone });
    }

    pub(super) fn reach(&mut self, id: JobId, milestone: Milestone) {
        self.milestones.push((id, milestone));
    }

    /// What the driver is to do.
    pub fn into_tasks(self) -> Vec<Effect> {
        self.list
    }
}
