//! The play-test of a job's game, and what became of fixing it.

use std::path::PathBuf;
use std::sync::Arc;

use super::job::Job;
use crate::inference::TokenUsage;
use crate::play::{Grade, PlayTestError, PlayTestStage, Verdict};

/// The play-test of a job's game.
#[derive(Debug, Clone, Default)]
pub struct PlayTestState {
    /// The current stage of the play-test.
    pub stage: Option<PlayTestStage>,
    pub verdict: Option<Result<Arc<Verdict>, PlayTestError>>,
    /// The stored verdict of an earlier play-test.
    pub stored: Option<StoredVerdict>,
    /// What became of fixing the game that stood here before, or this one.
    pub fixed: Option<FixResult>,
}

/// An earlier play-test, out of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVerdict {
    pub headline: String,
    pub picture: Option<Arc<[u8]>>,
}

/// A fix of what a play-test found.
#[derive(Debug, Clone)]
pub struct Fix {
    /// The verdict to fix.
    pub before: Arc<Verdict>,
    /// The job with the broken game; restored if the fix brings no game.
    pub previous: Box<Job>,
    /// The file that the fixed game takes the place of; the library keeps the one before.
    pub over: Option<PathBuf>,
}

/// The result of a fix, and its cost.
#[derive(Debug, Clone, PartialEq)]
pub struct FixResult {
    pub outcome: FixOutcome,
    pub usage: Option<TokenUsage>,
    pub estimated_usd: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixOutcome {
    /// The game is no longer broken.
    Fixed,
    /// The same error again: another request would pay for the same.
    Same,
    /// Another error came.
    Other,
    /// No fixed game came; why.
    Failed(String),
    /// The fixed game was not played.
    Unknown,
}

impl FixOutcome {
    /// For programs; stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Same => "same",
            Self::Other => "other",
            Self::Failed(_) => "failed",
            Self::Unknown => "unknown",
        }
    }
}

impl FixResult {
    pub(super) fn of(job: &Job, outcome: FixOutcome) -> Self {
        let usage = job.answer.usage;
        let estimated_usd = usage.and_then(|usage| job.request.estimated_usd(usage));
        Self { outcome, usage, estimated_usd }
    }

    /// `fixed in one round, 1,234 tokens, about $0.0008`, as a person reads it.
    pub fn words(&self) -> String {
        let what = match &self.outcome {
            FixOutcome::Fixed => "fixed in one round".to_owned(),
            FixOutcome::Same => "not fixed: the same error is there again".to_owned(),
            FixOutcome::Other => "not fixed: now another error is there".to_owned(),
            FixOutcome::Failed(why) => format!("not fixed: {why}"),
            FixOutcome::Unknown => "changed, but not played again".to_owned(),
        };
        format!("{what}{}", self.cost())
    }

    fn cost(&self) -> String {
        let Some(usage) = self.usage else { return String::new() };
        let dollars = self.estimated_usd.map(|usd| format!(", about ${usd:.4}"));
        let tokens = usage.prompt_tokens + usage.completion_tokens;
        format!(" ({tokens} tokens{})", dollars.unwrap_or_default())
    }
}

impl Job {
    /// The verdict, where the game was played in this session.
    pub fn verdict(&self) -> Option<&Arc<Verdict>> {
        self.play_test.verdict.as_ref()?.as_ref().ok()
    }

    /// Whether the play-test found the game broken.
    pub fn is_broken(&self) -> bool {
        self.verdict().is_some_and(|verdict| verdict.grade() == Grade::Broken)
    }

    /// Whether a play-test was begun that came to no verdict.
    pub fn is_unplayed(&self) -> bool {
        matches!(self.play_test.verdict, Some(Err(_)))
    }

    /// One line on how the game plays, if anything is known.
    pub fn played(&self) -> Option<String> {
        match &self.play_test.verdict {
            Some(Ok(verdict)) => Some(verdict.headline(self.source().unwrap_or_default())),
            Some(Err(why)) => Some(format!("not played: {why}")),
            None => self.play_test.stored.as_ref().map(|it| it.headline.clone()),
        }
    }

    /// The picture of the play-test, as a PNG.
    pub fn picture(&self) -> Option<&Arc<[u8]>> {
        match self.verdict() {
            Some(verdict) => verdict.picture.as_ref(),
            None => self.play_test.stored.as_ref()?.picture.as_ref(),
        }
    }
}
