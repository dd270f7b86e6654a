//! The tasks of a session that belong to no job. Each has an id of its own, so that an answer goes to
//! its question only.

use std::collections::{BTreeMap, BTreeSet};

use super::effect::SessionTask;
use super::effects::Effects;
use super::event::SessionEvent;
use super::ids::{JobId, JobIds};

/// The running tasks.
#[derive(Debug, Clone, Default)]
pub(super) struct SessionTasks {
    running: BTreeMap<JobId, Option<Exclusive>>,
    /// Those that write a game to another file.
    copies: BTreeSet<JobId>,
}

/// Tasks of which only the newest answer is wanted: it replaces the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exclusive {
    Comparison,
    Opening,
    Looking,
    Search,
    ModelList,
    Credits,
    Engine,
    Download,
}

impl Exclusive {
    fn of(task: &SessionTask) -> Option<Self> {
        match task {
            SessionTask::Compare { .. } => Some(Self::Comparison),
            SessionTask::Open(_) => Some(Self::Opening),
            SessionTask::Look(_) => Some(Self::Looking),
            SessionTask::Search { .. } => Some(Self::Search),
            SessionTask::ListModels => Some(Self::ModelList),
            SessionTask::Credits => Some(Self::Credits),
            SessionTask::UseEngine(_) => Some(Self::Engine),
            SessionTask::DownloadModel(_) => Some(Self::Download),
            _ => None,
        }
    }
}

impl SessionTasks {
    /// Begins a task, and ends the one that it replaces.
    pub fn start(&mut self, task: SessionTask, ids: &JobIds, effects: &mut Effects) {
        let exclusive = Exclusive::of(&task);
        if let Some(kind) = exclusive {
            self.stop(kind, effects);
        }
        let id = ids.next();
        self.running.insert(id, exclusive);
        if matches!(task, SessionTask::SaveCopy { .. }) {
            self.copies.insert(id);
        }
        effects.start_for_session(id, task);
    }

    /// A version that is still being loaded is no longer wanted.
    pub fn stop_opening(&mut self, effects: &mut Effects) {
        self.stop(Exclusive::Opening, effects);
    }

    /// The same for one that was to be looked at.
    pub fn stop_looking(&mut self, effects: &mut Effects) {
        self.stop(Exclusive::Looking, effects);
    }

    /// Ends the download, if one runs.
    pub fn stop_download(&mut self, effects: &mut Effects) {
        self.stop(Exclusive::Download, effects);
    }

    fn stop(&mut self, exclusive: Exclusive, effects: &mut Effects) {
        let is_meant = |(_, kind): &(&JobId, &Option<Exclusive>)| **kind == Some(exclusive);
        if let Some(id) = self.running.iter().find(is_meant).map(|(id, _)| *id) {
            self.running.remove(&id);
            effects.abort(id);
        }
    }

    /// Whether a game is still being written to another file.
    pub fn are_copying(&self) -> bool {
        !self.copies.is_empty()
    }

    /// Whether the event is from a task that is still wanted. The last event of a task ends it.
    pub fn accepts(&mut self, id: JobId, event: &SessionEvent) -> bool {
        let is_last = !matches!(
            event,
            SessionEvent::EditFormsLoaded(_)
                | SessionEvent::ModelRecordsLoaded(_)
                | SessionEvent::LibraryQuarantined(_)
                | SessionEvent::DownloadProgressed(_)
                | SessionEvent::Pointed(_)
        );
        self.copies.remove(&id);
        if is_last { self.running.remove(&id).is_some() } else { self.running.contains_key(&id) }
    }
}
