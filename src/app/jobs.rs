//! The jobs of a session by their ids, and what the screen shows of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::conversation::BaseVersion;
use super::document::Document;
use super::failure::JobError;
use super::finished_game::FinishedGame;
use super::ids::{JobId, Revision};
use super::job::{Job, JobPhase};
use super::variants::Variants;
use crate::play::Verdict;
use crate::rules::Finding;

/// The jobs of a session, the oldest first: those that run, and those that ended and are still listed.
#[derive(Debug, Clone, Default)]
pub struct Jobs {
    by_id: BTreeMap<JobId, Job>,
    pub(super) foreground: Foreground,
    /// The game that the foreground changes. `None` if the session has had no other.
    former: Option<Former>,
    /// A version that is looked at, while the next prompt changes another. `None` if the preview
    /// shows the foreground.
    pub looked_at: Option<Box<Document>>,
}

impl Jobs {
    /// The job with this id. `None` if it was dropped.
    pub fn get(&self, id: JobId) -> Option<&Job> {
        self.by_id.get(&id)
    }

    /// The job with this id, to be changed. `None` if it was dropped.
    pub fn get_mut(&mut self, id: JobId) -> Option<&mut Job> {
        self.by_id.get_mut(&id)
    }

    /// Whether the job exists, running or ended.
    pub fn contains(&self, id: JobId) -> bool {
        self.by_id.contains_key(&id)
    }

    /// All jobs, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Job> {
        self.by_id.values()
    }

    /// The ids, the oldest first. A copy: the jobs may change while they are gone through.
    pub fn ids(&self) -> Vec<JobId> {
        self.by_id.keys().copied().collect()
    }

    /// The jobs that have not ended.
    pub fn running(&self) -> impl DoubleEndedIterator<Item = &Job> {
        self.iter().filter(|job| !job.is_done())
    }

    /// Whether the job is in the list and has not ended.
    pub fn is_running(&self, id: JobId) -> bool {
        self.get(id).is_some_and(|job| !job.is_done())
    }

    /// Whether any job runs.
    pub fn are_running(&self) -> bool {
        self.running().next().is_some()
    }

    /// The id of the job in the foreground. `None` without one, or if a version of the library is open.
    pub fn front_id(&self) -> Option<JobId> {
        match &self.foreground {
            Foreground::Job(id) => Some(*id),
            Foreground::Empty | Foreground::Document(_) => None,
        }
    }

    /// The foreground: a job, or a version out of the library.
    pub fn in_front(&self) -> Option<Shown<'_>> {
        match &self.foreground {
            Foreground::Empty => None,
            Foreground::Job(id) => self.get(*id).map(Shown::Job),
            Foreground::Document(document) => Some(Shown::Document(document)),
        }
    }

    /// What is there to see: the foreground, or the game that it was to change and never began to.
    pub fn in_sight(&self) -> Option<Shown<'_>> {
        match &self.former {
            Some(former) if self.is_in_vain() => Some(former.shown()),
            _ => self.in_front(),
        }
    }

    /// The finished game in sight, or the version that is looked at. `None` if there is none, or what
    /// came is no game.
    pub fn game(&self) -> Option<&FinishedGame> {
        match &self.looked_at {
            Some(document) => Some(&document.game),
            None => self.in_sight()?.game(),
        }
    }

    /// Whether the foreground was to change a game, and ended before there was anything of it.
    fn is_in_vain(&self) -> bool {
        let front = self.front_id().and_then(|id| self.get(id));
        front.is_some_and(|job| {
            let changes = job.current.conversation.base.is_some();
            let failed = job.is_done() && job.current.failure().is_some();
            changes && failed && job.source().is_none() && job.current.reply.raw().is_empty()
        })
    }

    /// Puts a job that is about to begin into the foreground. A game that was there stays in sight
    /// until there is something of the next; variants stay in the list.
    pub(super) fn put_in_front(&mut self, id: JobId, variants: Option<&Variants>) {
        let before = std::mem::replace(&mut self.foreground, Foreground::Job(id));
        let is_variant = |id| variants.is_some_and(|variants| variants.contains(id));
        let is_game = |job: &Job| job.is_done() && job.game().is_some() && !is_variant(job.id);
        match before {
            Foreground::Document(document) => self.former = Some(Former::Document(document)),
            Foreground::Job(id) if self.get(id).is_some_and(is_game) => {
                self.former = self.by_id.remove(&id).map(Box::new).map(Former::Job);
            }
            Foreground::Job(_) | Foreground::Empty => {}
        }
    }

    /// Forgets the game that the foreground was to change, once another has taken its place, or if it
    /// changes none: its tries and its page are no small thing to keep.
    pub(super) fn forget_replaced(&mut self) {
        let is_replaced = |job: &Job| {
            job.current.conversation.base.is_none() || (job.is_done() && job.game().is_some())
        };
        if self.front_id().and_then(|id| self.get(id)).is_some_and(is_replaced) {
            self.former = None;
        }
    }

    /// What is in sight comes into the foreground again: something is to be done with it.
    pub(super) fn return_to_sight(&mut self) {
        if !self.is_in_vain() {
            return;
        }
        match self.former.take() {
            None => {}
            Some(Former::Document(document)) => self.foreground = Foreground::Document(document),
            Some(Former::Job(job)) => {
                self.foreground = Foreground::Job(job.id);
                self.insert(*job);
            }
        }
    }

    /// Adds a job.
    pub(super) fn insert(&mut self, job: Job) {
        self.by_id.insert(job.id, job);
    }

    /// Drops the jobs that have ended, apart from those that are still wanted.
    pub(super) fn drop_ended(&mut self, is_wanted: impl Fn(JobId) -> bool) {
        self.by_id.retain(|id, job| !job.is_done() || is_wanted(*id));
    }
}

/// What the session is about: what the status tells of, and what the next prompt follows.
#[derive(Debug, Clone, Default)]
pub(super) enum Foreground {
    /// No game yet.
    #[default]
    Empty,
    /// A job that runs or has ended.
    Job(JobId),
    /// A version out of the library.
    Document(Box<Document>),
}

/// A game that was in the foreground, and is not in the list of jobs any more.
#[derive(Debug, Clone)]
enum Former {
    Job(Box<Job>),
    Document(Box<Document>),
}

impl Former {
    fn shown(&self) -> Shown<'_> {
        match self {
            Self::Job(job) => Shown::Job(job),
            Self::Document(document) => Shown::Document(document),
        }
    }
}

/// What the preview shows.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    Job(&'a Job),
    Document(&'a Document),
}

impl<'a> Shown<'a> {
    /// The job. `None` for a version out of the library, on which nothing works.
    pub fn job(self) -> Option<&'a Job> {
        match self {
            Self::Job(job) => Some(job),
            Self::Document(_) => None,
        }
    }

    /// Identifies the state of its source: equal revisions have the same text.
    pub fn revision(self) -> Revision {
        match self {
            Self::Job(job) => job.revision(),
            Self::Document(document) => (document.id, 0),
        }
    }

    /// Why there is no game. `None` if there is one, or while it is made.
    pub fn failure(self) -> Option<&'a JobError> {
        self.job()?.current.failure()
    }

    /// The verdict, if the game was played in this session.
    pub fn verdict(self) -> Option<&'a Arc<Verdict>> {
        self.job()?.verdict()
    }

    /// The finished game. `None` while it is made, or if none was made.
    pub fn game(self) -> Option<&'a FinishedGame> {
        match self {
            Self::Job(job) => job.game(),
            Self::Document(document) => Some(&document.game),
        }
    }

    /// The game that this one was made from, if a job of this session made it.
    pub(super) fn base(self) -> Option<&'a BaseVersion> {
        self.job()?.current.conversation.base.as_deref()
    }

    /// The page, once there is one.
    pub fn source(self) -> Option<&'a str> {
        match self {
            Self::Job(job) => job.source(),
            Self::Document(document) => Some(document.game.product.source()),
        }
    }

    /// What the rules found in it.
    pub fn findings(self) -> &'a [Finding] {
        match self {
            Self::Job(job) => job.findings(),
            Self::Document(document) => document.game.product.findings(),
        }
    }

    /// Whether nothing changes in it by itself.
    pub fn is_done(self) -> bool {
        self.job().is_none_or(Job::is_done)
    }

    /// Whether its play-test runs.
    pub fn is_playing(self) -> bool {
        self.job().is_some_and(|job| job.current.phase == JobPhase::PlayTesting)
    }

    /// One line on how the game plays, if anything is known.
    pub fn played(self) -> Option<String> {
        match self {
            Self::Job(job) => job.played(),
            Self::Document(document) => {
                document.stored.as_ref().map(|verdict| verdict.headline.clone())
            }
        }
    }

    /// The picture of the play-test, as a PNG.
    pub fn picture(self) -> Option<&'a Arc<[u8]>> {
        match self {
            Self::Job(job) => job.picture(),
            Self::Document(document) => document.stored.as_ref()?.picture.as_ref(),
        }
    }
}
