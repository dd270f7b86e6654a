//! The sink that one event fills: tasks for the driver, notices for the user, milestones of jobs.

use super::dialogs::{Notice, Tone};
use super::effect::{Effect, JobTask, SessionTask, Task};
use super::ids::JobId;

/// What one event leads to, in order.
#[derive(Debug, Default)]
pub struct Effects {
    list: Vec<Effect>,
    pub(super) notices: Vec<Notice>,
    pub(super) milestones: Vec<Milestone>,
}

/// A point in a job's life that its session acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Milestone {
    /// Its game is on disk. A play-test may follow.
    Saved,
    /// The job is done: with the game of its best try, or with a failure.
    Ended,
}

impl Effects {
    /// Has the driver begin a task of the job.
    pub(super) fn start(&mut self, id: JobId, task: JobTask) {
        self.list.push(Effect::Start(id, Task::Job(task)));
    }

    /// Has the driver begin a task of the session, with an id of its own.
    pub(super) fn start_for_session(&mut self, id: JobId, task: SessionTask) {
        self.list.push(Effect::Start(id, Task::Session(task)));
    }

    /// Has the driver end every task of the job.
    pub(super) fn abort(&mut self, id: JobId) {
        self.list.push(Effect::Abort(id));
    }

    /// Has the footer say something.
    pub(super) fn notify(&mut self, tone: Tone, text: impl Into<String>) {
        self.notices.push(Notice { text: text.into(), tone });
    }

    /// Notes a milestone of the job that takes the event.
    pub(super) fn reach(&mut self, milestone: Milestone) {
        self.milestones.push(milestone);
    }

    /// The orders for the driver, in order.
    pub fn into_tasks(self) -> Vec<Effect> {
        self.list
    }
}
