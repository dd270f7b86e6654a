//! All that the program knows while it runs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::conversation::BaseVersion;
use super::dialogs::{ArmedKey, Dialogs, Notice, Tone};
use super::diff::DiffState;
use super::draft::PromptDraft;
use super::ids::JobIds;
use super::job::Job;
use super::jobs::{Jobs, Shown};
use super::play_session::LatestPlayable;
use super::queue::PromptQueue;
use super::session_plan::SessionPlan;
use super::session_tasks::SessionTasks;
use super::shared::SharedFacts;
use super::startup::StartupFacts;
use super::transcript::Transcript;
use super::variants::Variants;
use crate::inference::CachedCatalogue;
use crate::inference::local_server::LocalServers;
use crate::local::LocalModels;
use crate::local::download::DownloadProgress;

/// The state of the machine: what is rendered, and what [`update`](super::update()) decides on.
#[derive(Debug, Clone)]
pub struct Session {
    pub plan: SessionPlan,
    /// All jobs, running and ended.
    pub jobs: Jobs,
    /// The game that the next prompt changes. `None` if it makes a new one.
    pub current: Option<Arc<BaseVersion>>,
    pub next_game: NextGame,
    /// Prompts that wait for a job to end.
    pub queue: PromptQueue,
    /// The games of one prompt, of which one is to be kept.
    pub variants: Option<Variants>,
    pub latest_playable: LatestPlayable,
    pub diff: DiffState,
    /// What all jobs share.
    pub shared: SharedFacts,
    pub served: ServedModels,
    /// What the library had at the start.
    pub startup: StartupFacts,
    /// The prompts of the session, and what came of them.
    pub transcript: Transcript,
    pub dialogs: Dialogs,
    pub draft: PromptDraft,
    pub quitting: bool,
    /// Every file written in this session, for the words at the end.
    pub saved_paths: Vec<PathBuf>,
    pub(super) ids: JobIds,
    pub(super) tasks: SessionTasks,
}

/// How the next prompt relates to a game that finishes now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NextGame {
    /// The one that it changes.
    #[default]
    Changed,
    /// It makes a new game: the user asked for one while this one was made.
    New,
}

/// What can be asked for games, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct ServedModels {
    /// The server's list. `None` before it was asked for.
    pub listed: Option<Arc<CachedCatalogue>>,
    /// The model servers on this machine. `None` before they were looked for.
    pub local: Option<LocalServers>,
    /// What can be run here. `None` before it was looked for.
    pub models: Option<LocalModels>,
    /// The model that is being downloaded.
    pub download: Option<RunningDownload>,
}

/// A model on its way to this machine.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningDownload {
    /// Its name on the Hub.
    pub model: String,
    /// `None` until the first bytes have come.
    pub progress: Option<DownloadProgress>,
}

impl Session {
    /// `seed` seeds the jitter of waits. The ids are shared by all sessions of the process.
    pub fn new(plan: SessionPlan, seed: u64, ids: JobIds) -> Self {
        Self {
            plan,
            jobs: Jobs::default(),
            current: None,
            next_game: NextGame::default(),
            queue: PromptQueue::default(),
            variants: None,
            latest_playable: LatestPlayable::default(),
            diff: DiffState::default(),
            shared: SharedFacts::new(seed),
            served: ServedModels::default(),
            startup: StartupFacts::default(),
            transcript: Transcript::default(),
            dialogs: Dialogs::default(),
            draft: PromptDraft::default(),
            quitting: false,
            saved_paths: Vec::new(),
            ids,
            tasks: SessionTasks::default(),
        }
    }

    /// The next deadline of the session. `None` if it only waits for events.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let of_job = |job: &Job| [job.poll_timeout(), job.lull_deadline()];
        let jobs = self.jobs.iter().flat_map(of_job).flatten();
        let armed = self.dialogs.armed.map(|(_, until)| until);
        let asked = self.draft.improvement.poll_timeout();
        jobs.chain(armed).chain(self.draft.due).chain(asked).min()
    }

    /// The job in the foreground. `None` without one, or if a version out of the library is open.
    pub fn job(&self) -> Option<&Job> {
        self.jobs.get(self.jobs.front_id()?)
    }

    /// What the preview shows: what is in sight, or a variant or a version that the user looks at.
    pub fn shown(&self) -> Option<Shown<'_>> {
        let viewed = self
            .variants
            .as_ref()
            .and_then(|variants| self.jobs.get(variants.slots.get(variants.viewed?)?.job?));
        let looked_at = self.jobs.looked_at.as_deref().map(Shown::Document);
        viewed.map(Shown::Job).or(looked_at).or_else(|| self.jobs.in_sight())
    }

    /// Whether the job in the foreground runs.
    pub fn is_busy(&self) -> bool {
        self.job().is_some_and(|job| !job.is_done())
    }

    /// Whether anything is made or written that a command waits for.
    pub fn is_unfinished(&self) -> bool {
        self.jobs.are_running() || self.tasks.are_copying()
    }

    /// The jobs beside the foreground that are no variants, the oldest first.
    pub fn background(&self) -> impl Iterator<Item = &Job> {
        let front = self.jobs.front_id();
        let is_variant = |id| self.variants.as_ref().is_some_and(|variants| variants.contains(id));
        self.jobs.iter().filter(move |job| Some(job.id) != front && !is_variant(job.id))
    }

    /// Whether the program may end: the user has quit and everything is saved.
    pub fn is_over(&self) -> bool {
        self.quitting && !self.jobs.are_running() && self.draft.due.is_none()
    }

    /// Whether this key was pressed once, and a second press would count now.
    pub fn is_armed(&self, armed: ArmedKey) -> bool {
        self.dialogs.armed.is_some_and(|(which, _)| which == armed)
    }

    /// Shows a notice in place of the previous one.
    pub(super) fn notify(&mut self, tone: Tone, text: impl Into<String>) {
        self.dialogs.notice = Some(Notice { text: text.into(), tone });
    }
}

/// Whether anything runs that the user can stop.
pub fn can_stop(session: &Session) -> bool {
    session.jobs.are_running()
        || session.served.download.is_some()
        || session.draft.improvement.running.is_some()
}
