//! A fix of a job's game, and what is known of how the game plays.

use std::path::PathBuf;
use std::sync::Arc;

use super::Job;
use crate::app::play_test::{FixOutcome, FixResult};
use crate::play::{Grade, Verdict};

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

impl FixResult {
    pub(super) fn of(job: &Job, outcome: FixOutcome) -> Self {
        let usage = job.answer.usage;
        let estimated_usd = usage.and_then(|usage| job.request.estimated_usd(usage));
        Self { outcome, usage, estimated_usd }
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
