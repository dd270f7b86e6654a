//! What is known of how a job's game plays, and what a fix came to.

use std::sync::Arc;

use super::Job;
use crate::app::play_test::{FixOutcome, FixResult};
use crate::play::{Grade, Verdict};

impl FixResult {
    /// The result of a fix that ends with this outcome, and what its request cost.
    pub(super) fn of(job: &Job, outcome: FixOutcome) -> Self {
        let usage = job.current.answer.usage;
        let estimated_usd = usage.and_then(|usage| job.current.request.estimated_usd(usage));
        let before = job.current.conversation.base.as_ref().and_then(|base| base.version);
        Self { outcome, before, usage, estimated_usd }
    }
}

impl Job {
    /// The verdict, where the game was played in this session.
    pub fn verdict(&self) -> Option<&Arc<Verdict>> {
        self.current.play_test.verdict.as_ref()?.as_ref().ok()
    }

    /// Whether the play-test found the game broken.
    pub fn is_broken(&self) -> bool {
        self.verdict().is_some_and(|verdict| verdict.grade() == Grade::Broken)
    }

    /// Whether a play-test was begun that came to no verdict.
    pub fn is_unplayed(&self) -> bool {
        matches!(self.current.play_test.verdict, Some(Err(_)))
    }

    /// One line on how the game plays, if anything is known.
    pub fn played(&self) -> Option<String> {
        match &self.current.play_test.verdict {
            Some(Ok(verdict)) => Some(verdict.headline(self.source().unwrap_or_default())),
            Some(Err(why)) => Some(format!("not played: {why}")),
            None => self.current.play_test.stored.as_ref().map(|verdict| verdict.headline.clone()),
        }
    }

    /// The picture of the play-test, as a PNG.
    pub fn picture(&self) -> Option<&Arc<[u8]>> {
        match self.verdict() {
            Some(verdict) => verdict.picture.as_ref(),
            None => self.current.play_test.stored.as_ref()?.picture.as_ref(),
        }
    }
}
