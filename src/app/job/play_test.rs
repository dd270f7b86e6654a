//! Has a finished game played, and a broken one fixed.

use std::sync::Arc;

use super::{FinishedGame, GamePage, Job, JobContext, JobPhase};
use crate::app::conversation::BaseVersion;
use crate::app::effect::Task;
use crate::app::effects::Milestone;
use crate::app::options::JobOptions;
use crate::app::play_test::{Fix, FixOutcome, FixResult, PlayTestState};
use crate::app::progress::JobProgress;
use crate::app::prompt::{Prompt, describe_problems};
use crate::app::session::{SaveTarget, Tone};
use crate::game::Vetted;
use crate::play::{Grade, PlayTestError, PlayTestStage, Verdict};

impl Job {
    /// The game, if a browser may play it: `None` if there is none, or one that breaks a rule.
    pub(in crate::app) fn playable(&self) -> Option<Arc<Vetted>> {
        let Some(Ok(FinishedGame { product, .. })) = &self.result else { return None };
        match product {
            GamePage::Vetted(game) | GamePage::Sealed { game, .. } => Some(Arc::clone(game)),
            GamePage::Unsafe(_) => None,
        }
    }

    /// Has a browser play the game, for the first time or again.
    pub(in crate::app) fn start_play(&mut self, game: Arc<Vetted>, context: &mut JobContext) {
        let version = self.result.as_ref().and_then(|it| it.as_ref().ok()?.kept);
        self.play_test =
            PlayTestState { fixed: self.play_test.fixed.take(), ..PlayTestState::default() };
        self.phase = JobPhase::PlayTesting;
        self.timeline.playing = Some(context.now);
        self.timeline.ended = None;
        context.effects.start(self.id, Task::PlayTest { game, version });
    }

    pub(super) fn on_stage(&mut self, stage: PlayTestStage) {
        self.play_test.stage = Some(stage);
        self.log.push(JobProgress::Playing { what: stage.describe() });
    }

    pub(super) fn on_tried(
        &mut self,
        played: Result<Box<Verdict>, PlayTestError>,
        context: &mut JobContext,
    ) {
        if self.phase == JobPhase::PlayTesting {
            self.conclude_play(played.map(|verdict| Arc::from(*verdict)), context);
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
        self.play_test.stage = None;
        self.play_test.verdict = Some(played);
        self.log.push(self.played_told());
        self.finish(context.now);
        self.conclude_fix(context);
        context.effects.reach(Milestone::Played);
    }

    /// Concludes a fix by the play-test of the fixed game.
    fn conclude_fix(&mut self, context: &mut JobContext) {
        let Some(fix) = &self.fix else { return };
        let outcome = match self.verdict() {
            None => FixOutcome::Unknown,
            Some(verdict) if verdict.grade() != Grade::Broken => FixOutcome::Fixed,
            Some(verdict) if verdict.has_same_problem(&fix.before) => FixOutcome::Same,
            Some(_) => FixOutcome::Other,
        };
        let end = FixResult::of(self, outcome);
        self.log.push(JobProgress::FixEnded { outcome: end.outcome.code(), words: end.words() });
        let (tone, words) = match end.outcome {
            FixOutcome::Fixed => (Tone::Good, end.words()),
            _ => (
                Tone::Bad,
                format!("{}; u outside the prompt brings the version before", end.words()),
            ),
        };
        self.play_test.fixed = Some(end);
        context.effects.notify(tone, words);
    }

    /// Asks the model to fix what the play-test found, as a change of the base. The job keeps its
    /// id and its log. Does nothing without a verdict.
    pub(in crate::app) fn start_fix(
        &mut self,
        base: Arc<BaseVersion>,
        options: Arc<JobOptions>,
        context: &mut JobContext,
    ) {
        let Some(before) = self.verdict().cloned() else { return };
        let told = describe_problems(&before, &base.source, self.findings());
        let first = before.problems.first().map(|first| first.message.headline(120));
        let wish = format!("fix: {}", first.unwrap_or_else(|| "it is not playable".to_owned()));
        let wish = Prompt::new(&wish).unwrap_or_default();
        let request = options.terms().fix(&base.source, &told, &wish);
        let mut fixing = Self::new(self.id, options, Some(base), wish, context.now);
        fixing.request = request;
        fixing.round = self.round + 1;
        fixing.log.clone_from(&self.log);
        fixing.log.push(JobProgress::Fixing { problems: before.problems.len() });
        let path = self.result.as_ref().and_then(|it| it.as_ref().ok()?.path.clone());
        // On the shelf each version is a file; where the user wants one file, it is the newest.
        let over = path.filter(|_| fixing.options.saving != SaveTarget::GamesFolder);
        let previous = Box::new(std::mem::replace(self, fixing));
        self.fix = Some(Fix { before, previous, over });
        self.begin(context);
    }

    /// A fix that brought no game gives the broken one back, which is still there. Whether it did.
    pub(super) fn restore_previous(&mut self, context: &mut JobContext) -> bool {
        let Some(Err(failure)) = &self.result else { return false };
        let message = failure.message();
        let Some(fix) = self.fix.take() else { return false };
        let end = FixResult::of(self, FixOutcome::Failed(message));
        let mut previous = *fix.previous;
        previous.round = self.round + 1;
        previous.log = std::mem::take(&mut self.log);
        let words = end.words();
        previous
            .log
            .push(JobProgress::FixEnded { outcome: end.outcome.code(), words: words.clone() });
        previous.draft = self.draft.take();
        previous.play_test.fixed = Some(end);
        previous.finish(context.now);
        *self = previous;
        context.effects.notify(Tone::Bad, words);
        true
    }

    fn played_told(&self) -> JobProgress {
        let words = self.played().unwrap_or_default();
        match &self.play_test.verdict {
            Some(Ok(verdict)) => {
                JobProgress::Played { verdict: Some(verdict.grade().name()), words }
            }
            Some(Err(why)) => {
                JobProgress::Played { verdict: None, words: format!("{words}. {}", why.advice()) }
            }
            None => JobProgress::Played { verdict: None, words },
        }
    }
}
