//! The current try of a job: its question, and how far it is.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::app::conversation::{BaseVersion, Conversation};
use crate::app::failure::JobError;
use crate::app::finished_game::FinishedGame;
use crate::app::options::JobOptions;
use crate::app::play_test::PlayTestState;
use crate::app::prompt::Prompt;
use crate::app::pulse::StreamPulse;
use crate::app::tries::TryKind;
use crate::inference::{CompletionRequest, LimitReached, Pause, ResponseMeta, Retry, TokenUsage};
use crate::play::Verdict;
use crate::untrusted::Untrusted;

/// The current try of a job, or its best one.
#[derive(Debug, Clone)]
pub struct CurrentTry {
    pub question: TryQuestion,
    /// Grows by one with each try, under the id of the job.
    pub round: u32,
    pub phase: JobPhase,
    pub request: CompletionRequest,
    pub retry: Retry,
    /// The reply so far, as it came.
    pub reply: Untrusted,
    pub conversation: Conversation,
    pub play_test: PlayTestState,
    pub answer: AnswerInfo,
    pub timeline: JobTimeline,
    pub result: Option<Result<FinishedGame, JobError>>,
    /// Where a reply that became no game is kept.
    pub draft: Option<PathBuf>,
}

/// What a try asks for.
#[derive(Debug, Clone)]
pub struct TryQuestion {
    pub kind: TryKind,
    /// As the library records it.
    pub prompt: Prompt,
    /// The verdict that it is to better. `None` unless a played game is to be fixed.
    pub before: Option<Arc<Verdict>>,
}

/// A try that is about to begin.
pub(super) struct PlannedTry {
    pub question: TryQuestion,
    pub request: CompletionRequest,
    /// The game that the answer changes. `None` for a new game.
    pub base: Option<Arc<BaseVersion>>,
}

impl CurrentTry {
    /// A try that has not sent its request yet. `round` counts the tries of the job.
    pub(super) fn new(planned: PlannedTry, round: u32, options: &JobOptions, now: Instant) -> Self {
        let turns = planned.request.turns.len();
        Self {
            question: planned.question,
            round,
            phase: JobPhase::Requesting,
            request: planned.request,
            retry: Retry::new(options.policy),
            reply: Untrusted::default(),
            conversation: Conversation::new(planned.base, turns),
            play_test: PlayTestState::default(),
            answer: AnswerInfo::default(),
            timeline: JobTimeline::new(now),
            result: None,
            draft: None,
        }
    }

    /// Why there is no game. `None` if there is one, or while it is made.
    pub fn failure(&self) -> Option<&JobError> {
        self.result.as_ref()?.as_ref().err()
    }

    /// The finished game. `None` while it is made, or if none was made.
    pub fn game(&self) -> Option<&FinishedGame> {
        self.result.as_ref()?.as_ref().ok()
    }
}

/// Where a job is. Each phase ends with an event or with a deadline.
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
    pub limit: LimitReached,
    pub since: Instant,
    pub until: Instant,
}

/// A model that is being loaded: which, since when, and about until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadingWait {
    pub model: String,
    pub since: Instant,
    pub until: Instant,
}

/// The provider that answered, and what the answer cost.
#[derive(Debug, Clone, Default)]
pub struct AnswerInfo {
    pub meta: ResponseMeta,
    pub usage: Option<TokenUsage>,
    pub thought: bool,
    /// While the model is loaded into this machine's memory: since when, and until when as far as one
    /// can tell.
    pub loading: Option<LoadingWait>,
    /// How it comes.
    pub pulse: StreamPulse,
    /// How the composer understood the prompt. `None` for a model's game.
    pub understood: Option<String>,
    /// How often the request was changed as a server asked.
    pub adjustments: u32,
}

/// When each stage began; a stage ends where the next begins.
#[derive(Debug, Clone)]
pub struct JobTimeline {
    pub started: Instant,
    /// When a local limit first stopped the request that is to be made now.
    pub throttled_since: Option<Instant>,
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
            throttled_since: None,
            first_content: None,
            checking: None,
            saving: None,
            saved: None,
            playing: None,
            ended: None,
        }
    }
}
