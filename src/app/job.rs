//! One generation, from a prompt to a game or a failure: a machine of its own. Events go in, effects
//! come out; it knows nothing of a screen or of other jobs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::effects::Effects;
use super::engine::Engine;
use super::event::{JobId, News};
use super::failure::Failure;
use super::options::JobOptions;
use super::progress::Progress;
use super::prompt::Prompt;
use super::pulse::{Lull, Pulse};
use super::shared::Shared;
use super::talk::{Base, Talk};
use super::trial::{Fix, Trial};
use crate::game::{Rejection, StorageKey, Vetted, seal};
use crate::inference::{CompletionRequest, LimitReached, Pause, ResponseMeta, Retry, TokenUsage};
use crate::library::VersionId;
use crate::rules::Finding;
use crate::untrusted::Untrusted;

mod answer;
mod ask;
mod deliver;
mod listen;
mod play_test;

pub(super) use ask::set_aside;
pub(super) use deliver::saving;

/// One generation and all that is known about it.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: JobId,
    pub prompt: Prompt,
    pub options: Arc<JobOptions>,
    /// Grows by one with each fix, which begins anew under the same id.
    pub round: u32,
    pub phase: Phase,
    pub request: CompletionRequest,
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
    pub held: LimitReached,
    pub since: Instant,
    pub until: Instant,
}

/// Who answered, and what it cost.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub meta: ResponseMeta,
    pub usage: Option<TokenUsage>,
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

/// What a job uses besides itself while it takes one event.
pub(super) struct Context<'a> {
    pub now: Instant,
    pub shared: &'a mut Shared,
    pub effects: &'a mut Effects,
}

impl Job {
    /// A job that is about to begin: a new game, or a change of the base.
    pub(super) fn new(
        id: JobId,
        options: Arc<JobOptions>,
        base: Option<Arc<Base>>,
        prompt: Prompt,
        now: Instant,
    ) -> Self {
        let request = match &base {
            None => options.terms().new_game(&prompt),
            Some(base) => options.terms().change(&base.source, &prompt),
        };
        let engine = options.engine;
        let model = (engine != Engine::Offline).then(|| options.model.clone());
        let retry = Retry::new(options.policy);
        Self {
            id,
            prompt,
            options,
            round: 0,
            phase: Phase::Requesting,
            request,
            retry,
            reply: Untrusted::default(),
            talk: Talk::new(base),
            trial: Trial::default(),
            fix: None,
            variant: 0,
            answer: Answer::default(),
            times: Times::new(now),
            log: vec![Progress::Started { engine: engine.name(), model }],
            result: None,
            draft: None,
        }
    }

    /// Takes what one of its tasks has to tell.
    pub(super) fn on_news(&mut self, news: News, context: &mut Context) {
        match news {
            News::Admitted(counters) => self.on_admitted(counters, context),
            News::Held(held, counters) => self.on_held(held, counters, context),
            News::Uncounted(error) => self.on_uncounted(&error, context),
            News::SetAside(place) => self.on_set_aside(&place, context),
            News::Heard(progress) => self.on_heard(progress, context.now),
            News::Ended(outcome) => self.on_outcome(outcome, context),
            News::Composed(composition) => self.on_composed(*composition, context),
            News::Given(given) => self.on_given(given, context),
            News::Stitched(whole) => self.on_stitched(whole, context),
            News::Vetted(vetting) => self.on_vetted(vetting, context),
            News::Saved(saved) => self.on_saved(saved, context),
            News::DraftKept(kept) => self.on_draft_kept(kept, context),
            News::Trying(stage) => self.on_stage(stage),
            News::Tried(played) => self.on_tried(played, context),
            News::PromptKept(_)
            | News::Greeted(_)
            | News::Opened(_)
            | News::Exported(_)
            | News::MadeCurrent(_)
            | News::Played(_)
            | News::Replaced(_)
            | News::FormsKnown(_)
            | News::Compared(_)
            | News::Catalogued(_)
            | News::Credited(_)
            | News::Found { .. } => {}
        }
    }

    /// Takes note of the time: something may be due.
    pub(super) fn wake(&mut self, context: &mut Context) {
        self.report_lull(context.now);
        if self.poll_timeout().is_some_and(|until| until <= context.now) {
            self.ask_again(context);
        }
    }

    /// Ends the job for real; what had arrived becomes a draft. What is being saved is whole:
    /// ending it now would lose it.
    pub(super) fn stop(&mut self, context: &mut Context) {
        match self.phase {
            Phase::Done | Phase::Saving => {}
            Phase::Trying => self.stop_play(context),
            Phase::Requesting
            | Phase::Waiting(_)
            | Phase::Held(_)
            | Phase::Streaming
            | Phase::Composing
            | Phase::Checking => {
                context.effects.abort(self.id);
                self.settle_request(context);
                self.fail(Failure::Cancelled, context);
            }
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

    /// Its id and its round: another pair means that the reply began anew.
    pub fn revision(&self) -> (JobId, u32) {
        (self.id, self.round)
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
        self.options.engine != Engine::Offline
            && matches!(self.phase, Phase::Requesting | Phase::Streaming)
    }

    pub fn elapsed(&self, now: Instant) -> Duration {
        self.times.ended.unwrap_or(now).saturating_duration_since(self.times.started)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
