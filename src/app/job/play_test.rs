//! Has a finished game played.

use std::sync::Arc;

use super::tries::keep_record;
use super::{Job, JobContext, JobPhase};
use crate::app::effect::JobTask;
use crate::app::effects::Milestone;
use crate::app::finished_game::{FinishedGame, GamePage};
use crate::app::play_test::{PlayOccasion, PlayTestState, Playback};
use crate::app::progress::JobProgress;
use crate::game::Vetted;
use crate::play::{Motion, PlayTestError, PlayTestStage, Verdict};

impl Job {
    /// The game, if a browser may play it: `None` if there is none, or one that breaks a rule.
    pub(in crate::app) fn playable(&self) -> Option<Arc<Vetted>> {
        let Some(Ok(FinishedGame { product, .. })) = &self.current.result else { return None };
        match product {
            GamePage::Vetted(game) | GamePage::Sealed { game, .. } => Some(Arc::clone(game)),
            GamePage::Unsafe(_) => None,
        }
    }

    /// Has a browser play the game, for the first time or again.
    pub(in crate::app) fn start_play(&mut self, game: Arc<Vetted>, context: &mut JobContext) {
        let version = self.current.result.as_ref().and_then(|game| game.as_ref().ok()?.version);
        self.current.play_test = PlayTestState {
            fixed: self.current.play_test.fixed.take(),
            ..PlayTestState::default()
        };
        self.current.play_test.occasion =
            if self.is_done() { PlayOccasion::Again } else { PlayOccasion::Try };
        self.current.phase = JobPhase::PlayTesting;
        self.current.timeline.playing = Some(context.now);
        self.current.timeline.ended = None;
        context.effects.start(self.id, JobTask::PlayTest { game, version });
    }

    /// The play-test has entered another stage.
    pub(super) fn on_stage(&mut self, stage: PlayTestStage) {
        self.current.play_test.stage = Some(stage);
        self.log.push(JobProgress::Playing { what: stage.describe() });
    }

    /// The play-test has ended. Ignored if the user has stopped it meanwhile.
    pub(super) fn on_play_tested(
        &mut self,
        played: Result<Box<Verdict>, PlayTestError>,
        context: &mut JobContext,
    ) {
        if self.current.phase != JobPhase::PlayTesting {
            return;
        }
        let mut motion = Motion::default();
        let played = played.map(|mut verdict| {
            motion = std::mem::take(&mut verdict.motion);
            Arc::from(*verdict)
        });
        self.conclude_play(played, context);
        // A try that is followed by another is not looked at any longer.
        if self.is_done() {
            self.current.play_test.playback = Playback::new(motion, context.now);
        }
    }

    /// Stops the play-test. The game is saved already.
    pub(super) fn stop_play(&mut self, context: &mut JobContext) {
        context.effects.abort(self.id);
        self.conclude_play(Err(PlayTestError::Stopped), context);
    }

    fn conclude_play(
        &mut self,
        played: Result<Arc<Verdict>, PlayTestError>,
        context: &mut JobContext,
    ) {
        self.current.play_test.stage = None;
        self.current.play_test.verdict = Some(played);
        self.log.push(self.verdict_progress());
        match self.current.play_test.occasion {
            PlayOccasion::Try => self.end(context),
            PlayOccasion::Again => {
                self.finish(context.now);
                let report = self.report();
                if self.verdict().is_some() && !self.tries.ended().is_empty() {
                    let number = self.tries.number() - 1;
                    keep_record(self, number, &report, context);
                }
                self.tries.regrade(report);
                context.effects.reach(Milestone::Ended);
            }
        }
    }

    fn verdict_progress(&self) -> JobProgress {
        let text = self.played().unwrap_or_default();
        match &self.current.play_test.verdict {
            Some(Ok(verdict)) => {
                JobProgress::Played { verdict: Some(verdict.grade().name()), words: text }
            }
            Some(Err(why)) => {
                JobProgress::Played { verdict: None, words: format!("{text}. {}", why.advice()) }
            }
            None => JobProgress::Played { verdict: None, words: text },
        }
    }
}
