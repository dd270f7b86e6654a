//! One generation, from a prompt to a game or a failure: a machine of its own. Events go in, effects
//! come out; it knows nothing of a screen or of other jobs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::conversation::{BaseVersion, Conversation};
use super::effects::Effects;
use super::engine::Engine;
use super::event::JobEvent;
use super::failure::JobError;
use super::finished_game::FinishedGame;
use super::ids::{JobId, Revision};
use super::options::JobOptions;
use super::play_test::PlayTestState;
use super::progress::JobProgress;
use super::prompt::Prompt;
use super::pulse::{StreamLull, StreamPulse};
use super::shared::SharedFacts;
use crate::inference::{CompletionRequest, LimitReached, Pause, ResponseMeta, Retry, TokenUsage};
use crate::rules::Finding;
use crate::untrusted::Untrusted;

mod answer;
mod ask;
mod deliver;
mod fix;
mod listen;
mod play_test;

pub(super) use ask::set_aside;
pub use fix::Fix;

/// One generation and all that is known about it.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: JobId,
    pub prompt: Prompt,
    pub options: Arc<JobOptions>,
    /// Grows by one with each fix, which begins anew under the same id.
    pub round: u32,
    pub phase: JobPhase,
    pub request: CompletionRequest,
    pub retry: Retry,
    /// The reply so far, as it came.
    pub reply: Untrusted,
    pub conversation: Conversation,
    pub play_test: PlayTestState,
    /// Whether the job mends a broken game.
    pub fix: Option<Fix>,
    /// Which variant of the prompt it is, from 0: the composer draws other numbers for each.
    pub variant: u64,
    pub answer: AnswerInfo,
    pub timeline: JobTimeline,
    pub log: Vec<JobProgress>,
    pub result: Option<Result<FinishedGame, JobError>>,
    /// Where a reply that became no game is kept.
    pub draft: Option<PathBuf>,
}

/// Where a job is. Each phase ends with news or with a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobPhase {
    Requesting,
    Waiting(Pause),
    /// A local limit is reached.
    Throttled(LimitWait),
    Streaming,
    Composing,
    Checking,
    Saving,
    /// The game is saved; a browser plays it.
    PlayTesting,
    Done,
}

/// A wait for a local limit: which, since when, until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitWait {
    pub held: LimitReached,
    pub since: Instant,
    pub until: Instant,
}

/// The provider that answered, and what the answer cost.
#[derive(Debug, Clone, Default)]
pub struct AnswerInfo {
    pub meta: ResponseMeta,
    pub usage: Option<TokenUsage>,
    pub thought: bool,
    /// How it comes.
    pub pulse: StreamPulse,
    /// How the composer understood the prompt. `None` for a model's game.
    pub understood: Option<String>,
    /// Whether the request was already changed as a server asked.
    pub adjusted: bool,
}

/// When each stage began; a stage ends where the next begins.
#[derive(Debug, Clone)]
pub struct JobTimeline {
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

impl JobTimeline {
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

/// What a job uses besides itself while it takes one event.
pub(super) struct JobContext<'a> {
    pub now: Instant,
    pub shared: &'a mut SharedFacts,
    pub effects: &'a mut Effects,
}

impl Job {
    /// A job that is about to begin: a new game, or a change of the base.
    pub(super) fn new(
        id: JobId,
        options: Arc<JobOptions>,
        base: Option<Arc<BaseVersion>>,
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
            phase: JobPhase::Requesting,
            request,
            retry,
            reply: Untrusted::default(),
            conversation: Conversation::new(base),
            play_test: PlayTestState::default(),
            fix: None,
            variant: 0,
            answer: AnswerInfo::default(),
            timeline: JobTimeline::new(now),
            log: vec![JobProgress::Started { engine: engine.name(), model }],
            result: None,
            draft: None,
        }
    }

    /// Handles an event of one of its tasks.
    pub(super) fn on_news(&mut self, news: JobEvent, context: &mut JobContext) {
        match news {
            JobEvent::Admitted(counters) => self.on_admitted(counters, context),
            JobEvent::LimitReached(held, counters) => self.on_held(held, counters, context),
            JobEvent::LedgerUnavailable(error) => self.on_uncounted(&error, context),
            JobEvent::StreamProgress(progress) => self.on_heard(progress, context.now),
            JobEvent::Ended(outcome) => self.on_outcome(outcome, context),
            JobEvent::Composed(composition) => self.on_composed(*composition, context),
            JobEvent::ChangeReceived(given) => self.on_given(given, context),
            JobEvent::Stitched(whole) => self.on_stitched(whole, context),
            JobEvent::Vetted(vetting) => self.on_vetted(vetting, context),
            JobEvent::Saved(saved) => self.on_saved(saved, context),
            JobEvent::DraftKept(kept) => self.on_draft_kept(kept, context),
            JobEvent::PlayTestStage(stage) => self.on_stage(stage),
            JobEvent::PlayTested(played) => self.on_tried(played, context),
        }
    }

    /// Takes note of the time: something may be due.
    pub(super) fn wake(&mut self, context: &mut JobContext) {
        self.report_lull(context.now);
        if self.poll_timeout().is_some_and(|until| until <= context.now) {
            self.ask_again(context);
        }
    }

    /// Aborts the job's tasks and keeps a partial reply as a draft. A job that is saving goes on:
    /// ending it now would lose it.
    pub(super) fn stop(&mut self, context: &mut JobContext) {
        match self.phase {
            JobPhase::Done | JobPhase::Saving => {}
            JobPhase::PlayTesting => self.stop_play(context),
            JobPhase::Requesting
            | JobPhase::Waiting(_)
            | JobPhase::Throttled(_)
            | JobPhase::Streaming
            | JobPhase::Composing
            | JobPhase::Checking => {
                context.effects.abort(self.id);
                self.settle_request(context);
                self.fail(JobError::Cancelled, context);
            }
        }
    }

    pub(super) fn finish(&mut self, now: Instant) {
        self.phase = JobPhase::Done;
        self.timeline.ended = Some(now);
    }

    pub fn is_done(&self) -> bool {
        self.phase == JobPhase::Done
    }

    /// The finished game. `None` while it is made, or if none was made.
    pub fn game(&self) -> Option<&FinishedGame> {
        self.result.as_ref()?.as_ref().ok()
    }

    /// The page that was found in the reply, once there is one.
    pub fn source(&self) -> Option<&str> {
        match self.result.as_ref()? {
            Ok(game) => Some(game.product.source()),
            Err(JobError::Refused(rejection)) => Some(&rejection.source),
            Err(_) => None,
        }
    }

    pub fn findings(&self) -> &[Finding] {
        match &self.result {
            Some(Ok(game)) => game.product.findings(),
            Some(Err(JobError::Refused(rejection))) => &rejection.findings,
            Some(Err(_)) | None => &[],
        }
    }

    /// Its id and its round: another pair means that the reply began anew.
    pub fn revision(&self) -> Revision {
        (self.id, self.round)
    }

    /// When the job goes on by itself, where it waits for a time.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let held = match self.phase {
            JobPhase::Throttled(hold) => Some(hold.until),
            JobPhase::Requesting
            | JobPhase::Waiting(_)
            | JobPhase::Streaming
            | JobPhase::Composing
            | JobPhase::Checking
            | JobPhase::Saving
            | JobPhase::PlayTesting
            | JobPhase::Done => None,
        };
        held.or_else(|| self.retry.poll_timeout())
    }

    /// The lull to show while no text of the answer arrives. `None` if text arrives.
    pub fn lull(&self, now: Instant) -> Option<StreamLull> {
        self.is_asking().then(|| self.answer.pulse.lull(now)).flatten()
    }

    /// When the next lull starts if nothing arrives until then.
    pub fn lull_deadline(&self) -> Option<Instant> {
        self.is_asking().then(|| self.answer.pulse.due()).flatten()
    }

    /// Whether the job ended without a game.
    pub fn has_failed(&self) -> bool {
        matches!(self.result, Some(Err(_)))
    }

    fn is_asking(&self) -> bool {
        self.options.engine != Engine::Offline
            && matches!(self.phase, JobPhase::Requesting | JobPhase::Streaming)
    }

    pub fn elapsed(&self, now: Instant) -> Duration {
        self.timeline.ended.unwrap_or(now).saturating_duration_since(self.timeline.started)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
