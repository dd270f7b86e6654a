//! The running tasks, by job, so that stopping a job really ends its work.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{AbortHandle, JoinSet};

use super::TaskExecutor;
use crate::app::{Effect, JobEvent, JobId, SessionEvent, Task, TaskEvent};
use crate::inference::client::StreamProgress;

/// What a task knows of itself: its job, and where its events go.
#[derive(Debug, Clone)]
pub struct TaskContext {
    id: JobId,
    events: UnboundedSender<(JobId, TaskEvent)>,
}

impl TaskContext {
    /// The job that the task belongs to.
    pub fn id(&self) -> JobId {
        self.id
    }

    /// Reports that a damaged library was found and moved to this place.
    pub fn send_quarantined(&self, place: Option<PathBuf>) {
        if let Some(place) = place {
            self.send(SessionEvent::LibraryQuarantined(place));
        }
    }

    /// Sends an event. It is dropped once the program is ending.
    pub fn send(&self, event: impl Into<TaskEvent>) {
        let event = event.into();
        // Pieces of a reply come by the thousand.
        if matches!(event, TaskEvent::Job(JobEvent::StreamProgress(StreamProgress::Content(_)))) {
            tracing::trace!(job = self.id.0, event = event.name());
        } else {
            tracing::debug!(job = self.id.0, event = event.name());
        }
        drop(self.events.send((self.id, event)));
    }
}

/// Every task that runs.
pub(super) struct RunningTasks<'w, W> {
    executor: &'w W,
    events: UnboundedSender<(JobId, TaskEvent)>,
    running: JoinSet<()>,
    jobs: HashMap<JobId, Vec<TaskHandle>>,
}

/// A task that was begun.
struct TaskHandle {
    handle: AbortHandle,
    /// Whether it writes what would be lost with it.
    is_a_write: bool,
}

/// How long the last files may take to reach the disk when the program ends.
const FINAL_WRITES_TIMEOUT: Duration = Duration::from_secs(5);

impl<'w, W: TaskExecutor> RunningTasks<'w, W> {
    /// No tasks yet. Their events go to `events`.
    pub fn new(executor: &'w W, events: UnboundedSender<(JobId, TaskEvent)>) -> Self {
        Self { executor, events, running: JoinSet::new(), jobs: HashMap::new() }
    }

    /// Starts and aborts tasks, in this order.
    pub fn dispatch(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Start(id, task) => self.start(id, task),
                Effect::Abort(id) => self.abort(id),
            }
        }
    }

    fn start(&mut self, id: JobId, task: Task) {
        while self.running.try_join_next().is_some() {}
        tracing::debug!(job = id.0, task = task.name(), "begin");
        let context = TaskContext { id, events: self.events.clone() };
        let is_a_write = task.is_a_write();
        let handle = self.running.spawn(self.executor.execute(task, context));
        self.jobs.retain(|_, running| {
            running.retain(|task| !task.handle.is_finished());
            !running.is_empty()
        });
        self.jobs.entry(id).or_default().push(TaskHandle { handle, is_a_write });
    }

    fn abort(&mut self, id: JobId) {
        tracing::debug!(job = id.0, "abort");
        for task in self.jobs.remove(&id).unwrap_or_default() {
            task.handle.abort();
        }
    }

    /// Lets the files be written, then ends the rest.
    pub async fn finish(mut self) {
        for task in self.jobs.values().flatten().filter(|task| !task.is_a_write) {
            task.handle.abort();
        }
        let rest = async { while self.running.join_next().await.is_some() {} };
        // A write that takes longer is on a disk that hangs.
        drop(tokio::time::timeout(FINAL_WRITES_TIMEOUT, rest).await);
    }
}
