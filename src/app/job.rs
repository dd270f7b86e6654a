//! One generation, from a prompt to a game or a failure.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::engine::Engine;
use super::event::JobId;
use super::failure::Failure;
use super::progress::Progress;
use super::prompt::Prompt;
use super::pulse::{Lull, Pulse};
use super::state::Plan;
use super::talk::{Base, Talk};
use super::trial::{Fix, Trial};
use crate::game::{Rejection, StorageKey, Vetted, seal};
use crate::inference::{Held, Meta, Pause, Request, Retry, Usage};
use crate::library::VersionId;
use crate::rules::Finding;
use crate::untrusted::Untrusted;

/// One generation and all that is known about it.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: JobId,
    pub prompt: Prompt,
    pub engine: Engine,
    pub phase: Phase,
    pub request: Request,
    pub retry: Retry,
    /// The reply so far, as it came.
    pub reply: Untrusted,
    pub talk: Talk,
    pub trial: Trial,
    /// Whether the job mends a broken game.
    pub fix: Option<Fix>,
    /// Which variant of the prompt it is, from 0: the composer draws other numbers for each.
    pub variant: u64,
    pub answer: Answer,
    pub times: Times,
    pub log: Vec<Progress>,
    pub result: Option<Result<Game, Failure>>,
    /// Where a reply that became no game is kept.
    pub draft: Option<PathBuf>,
}

/// Where a job is. Each phase ends with news or with a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Requesting,
    Waiting(Pause),
    /// A local limit is reached.
    Held(Hold),
    Streaming,
    Composing,
    Checking,
    Saving,
    /// The game is there; a browser plays it.
    Trying,
    Done,
}

/// A wait for a local limit: which, since when, until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    pub held: Held,
    pub since: Instant,
    pub until: Instant,
}

/// Who answered, and what it cost.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub meta: Meta,
    pub usage: Option<Usage>,
    pub thought: bool,
    /// How it comes.
    pub pulse: Pulse,
    /// What the composer made of the prompt.
    pub understood: Option<String>,
    /// Whether the request was already changed as a server asked.
    pub adjusted: bool,
}

/// When each stage began; a stage ends where the next begins.
#[derive(Debug, Clone)]
pub struct Times {
    pub started: Instant,
    /// When a local limit first stopped the request that is to be made now.
    pub held: Option<Instant>,
    pub first_content: Option<Instant>,
    pub checking: Option<Instant>,
    pub saving: Option<Instant>,
    /// A game may be played again long after.
    pub saved: Option<Instant>,
    pub playing: Option<Instant>,
    pub ended: Option<Instant>,
}

impl Times {
    fn new(started: Instant) -> Self {
        Self {
            started,
            held: None,
            first_content: None,
            checking: None,
            saving: None,
            saved: None,
            playing: None,
            ended: None,
        }
    }
}

/// A finished game.
#[derive(Debug, Clone)]
pub struct Game {
    pub product: Product,
    pub title: String,
    /// Where it was saved, if it was.
    pub path: Option<PathBuf>,
    /// Its place in the library, if it has one.
    pub kept: Option<VersionId>,
}

/// A page that may be saved as a game, and why it may.
#[derive(Debug, Clone)]
pub enum Product {
    /// It passed every check.
    Vetted(Arc<Vetted>),
    /// It did, and is saved in a frame that it cannot leave; what it stores lasts under this key.
    Sealed { game: Arc<Vetted>, key: StorageKey },
    /// It did not, and the user asked for it all the same.
    Unsafe(Arc<Rejection>),
}

impl Product {
    /// The bytes of the file.
    pub fn html(&self) -> String {
        match self {
            Self::Vetted(vetted) => vetted.html().to_owned(),
            Self::Sealed { game, key } => seal(game, key),
            Self::Unsafe(rejection) => rejection.with_warning(),
        }
    }

    /// Under which name what it stores lasts.
    pub fn storage_key(&self) -> Option<&StorageKey> {
        match self {
            Self::Vetted(game) => Some(game.storage_key()),
            Self::Sealed { key, .. } => Some(key),
            Self::Unsafe(_) => None,
        }
    }

    /// The game, where it passed every check.
    pub fn vetted(&self) -> Option<&Arc<Vetted>> {
        match self {
            Self::Vetted(vetted) | Self::Sealed { game: vetted, .. } => Some(vetted),
            Self::Unsafe(_) => None,
        }
    }

    /// The page as it was extracted: what the findings point into.
    pub fn source(&self) -> &str {
        match self {
            Self::Vetted(vetted) | Self::Sealed { game: vetted, .. } => vetted.original(),
            Self::Unsafe(rejection) => &rejection.source,
        }
    }

    /// The page before it was hardened: what the next change starts from.
    pub fn bare(&self) -> &str {
        match self {
            Self::Vetted(vetted) | Self::Sealed { game: vetted, .. } => vetted.source(),
            Self::Unsafe(rejection) => &rejection.source,
        }
    }

    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Vetted(vetted) | Self::Sealed { game: vetted, .. } => vetted.findings(),
            Self::Unsafe(rejection) => &rejection.findings,
        }
    }
}

impl Job {
    /// A job that is about to begin: a new game, or a change of the base.
    pub(super) fn new(
        id: JobId,
        plan: &Plan,
        base: Option<Arc<Base>>,
        prompt: Prompt,
        now: Instant,
    ) -> Self {
        let request = match &base {
            None => plan.terms().new_game(&prompt),
            Some(base) => plan.terms().change(&base.source, &prompt),
        };
        let model = (plan.engine != Engine::Offline).then(|| plan.model.clone());
        Self {
            id,
            prompt,
            engine: plan.engine,
            phase: Phase::Requesting,
            request,
            retry: Retry::new(plan.policy),
            reply: Untrusted::default(),
            talk: Talk::new(base),
            trial: Trial::default(),
            fix: None,
            variant: 0,
            answer: Answer::default(),
            times: Times::new(now),
            log: vec![Progress::Started { engine: plan.engine.name(), model }],
            result: None,
            draft: None,
        }
    }

    pub(super) fn finish(&mut self, now: Instant) {
        self.phase = Phase::Done;
        self.times.ended = Some(now);
    }

    pub fn is_done(&self) -> bool {
        self.phase == Phase::Done
    }

    /// The page that was found in the reply, once there is one.
    pub fn source(&self) -> Option<&str> {
        match self.result.as_ref()? {
            Ok(game) => Some(game.product.source()),
            Err(Failure::Refused(rejection)) => Some(&rejection.source),
            Err(_) => None,
        }
    }

    pub fn findings(&self) -> &[Finding] {
        match &self.result {
            Some(Ok(game)) => game.product.findings(),
            Some(Err(Failure::Refused(rejection))) => &rejection.findings,
            Some(Err(_)) | None => &[],
        }
    }

    /// When the job goes on by itself, where it waits for a time.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let held = match self.phase {
            Phase::Held(hold) => Some(hold.until),
            Phase::Requesting
            | Phase::Waiting(_)
            | Phase::Streaming
            | Phase::Composing
            | Phase::Checking
            | Phase::Saving
            | Phase::Trying
            | Phase::Done => None,
        };
        held.or_else(|| self.retry.poll_timeout())
    }

    /// What there is to say where nothing of the answer comes.
    pub fn lull(&self, now: Instant) -> Option<Lull> {
        self.is_asking().then(|| self.answer.pulse.lull(now)).flatten()
    }

    /// When there will be something to say, if nothing comes until then.
    pub fn lull_due(&self) -> Option<Instant> {
        self.is_asking().then(|| self.answer.pulse.due()).flatten()
    }

    /// Whether it has come to an end without a game.
    pub fn has_failed(&self) -> bool {
        matches!(self.result, Some(Err(_)))
    }

    fn is_asking(&self) -> bool {
        self.engine != Engine::Offline && matches!(self.phase, Phase::Requesting | Phase::Streaming)
    }

    pub fn elapsed(&self, now: Instant) -> Duration {
        self.times.ended.unwrap_or(now).saturating_duration_since(self.times.started)
    }
}
