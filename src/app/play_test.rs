//! The play-test of a job's game, and what became of fixing it.

use std::sync::Arc;

use crate::inference::TokenUsage;
use crate::inference::price::format_usd;
use crate::library::VersionId;
use crate::play::{PlayTestError, PlayTestStage, Verdict};

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
    pub(super) occasion: PlayOccasion,
}

/// Why a game is played.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum PlayOccasion {
    /// To see what a try has come to.
    #[default]
    Try,
    /// Once more, because the user wants to know: no try follows.
    Again,
}

/// An earlier play-test, out of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVerdict {
    pub headline: String,
    pub picture: Option<Arc<[u8]>>,
}

/// The result of a fix, and its cost.
#[derive(Debug, Clone, PartialEq)]
pub struct FixResult {
    pub outcome: FixOutcome,
    /// The version that was to be fixed, if the library has it.
    pub before: Option<VersionId>,
    pub usage: Option<TokenUsage>,
    pub estimated_usd: Option<f64>,
}

/// What a round of fixing came to.
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
    /// `fixed in one round, 1,234 tokens, about $0.0008`, as a person reads it.
    pub fn describe(&self) -> String {
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
        let paid = self.estimated_usd.filter(|usd| *usd > 0.0);
        let dollars = paid.map(|usd| format!(", about {}", format_usd(usd)));
        let tokens = usage.total();
        format!(" ({tokens} tokens{})", dollars.unwrap_or_default())
    }
}
