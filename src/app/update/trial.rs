//! Has a finished game played, and a broken one mended: once by itself, then only when asked.

use std::sync::Arc;
use std::time::Instant;

use crate::app::effect::{Effect, Task};
use crate::app::engine::Engine;
use crate::app::job::{Game, Job, Phase, Product};
use crate::app::progress::Progress;
use crate::app::prompt::{Prompt, Terms, problems_told};
use crate::app::state::{PlayTest, Saving, State, Tab, Tone};
use crate::app::trial::{Fix, FixEnd, FixOutcome, Trial};
use crate::game::Vetted;
use crate::play::{Grade, PlayTestError, PlayTestStage, Verdict};

impl State {
    /// The game is on disk: it is played where that is wanted, and then the job is done.
    pub(super) fn after_saving(&mut self, now: Instant) -> Vec<Effect> {
        if let Some(job) = self.job.as_mut() {
            job.times.saved = Some(now);
        }
        let is_on = self.plan.play_test == PlayTest::On;
        let playable = self.job.as_ref().and_then(playable).filter(|_| is_on);
        match playable {
            Some(game) => {
                self.take_over(now);
                self.start_play(game, now)
            }
            None => self.end(now),
        }
    }

    /// The user wants the game on show to be played.
    pub(super) fn play_test(&mut self, now: Instant) -> Vec<Effect> {
        if self.is_busy() {
            self.say(Tone::Plain, "a game is being made: wait until it is there");
            return Vec::new();
        }
        self.view.tab = Tab::Play;
        if let Some(game) = self.job.as_ref().and_then(playable) {
            return self.start_play(game, now);
        }
        self.say(Tone::Plain, "there is no checked game to play yet");
        Vec::new()
    }

    fn start_play(&mut self, game: Arc<Vetted>, now: Instant) -> Vec<Effect> {
        self.with_job(|job| {
            let version = job.result.as_ref().and_then(|it| it.as_ref().ok()?.kept);
            job.trial = Trial { fixed: job.trial.fixed.take(), ..Trial::default() };
            job.phase = Phase::Trying;
            job.times.playing = Some(now);
            job.times.ended = None;
            vec![Effect::Start(job.id, Task::TryOut { game, version })]
        })
    }

    pub(super) fn on_stage(&mut self, stage: PlayTestStage) -> Vec<Effect> {
        self.with_job(|job| {
            job.trial.stage = Some(stage);
            job.log.push(Progress::Playing { what: stage.describe() });
            Vec::new()
        })
    }

    pub(super) fn on_tried(
        &mut self,
        played: Result<Box<Verdict>, PlayTestError>,
        now: Instant,
    ) -> Vec<Effect> {
        let Some(job) = self.job.as_mut().filter(|job| job.phase == Phase::Trying) else {
            return Vec::new();
        };
        job.trial.stage = None;
        job.trial.verdict = Some(played.map(|verdict| Arc::from(*verdict)));
        job.log.push(job.played_told());
        let (is_broken, is_fix) = (job.is_broken(), job.fix.is_some());
        job.finish(now);
        self.settle_fix();
        self.end_variants();
        let asks = self.plan.play_test == PlayTest::On && self.plan.engine != Engine::Offline;
        if is_broken && !is_fix && asks && !self.quitting && self.queue.is_empty() {
            // By the model that made it, whichever was chosen meanwhile.
            let model = self.job.as_ref().map(|job| job.request.model.clone());
            return self.fix(model, now);
        }
        Vec::new()
    }

    /// The play-test of a fixed game says what the fix was worth.
    fn settle_fix(&mut self) {
        let Some(job) = self.job.as_mut() else { return };
        let Some(fix) = &job.fix else { return };
        let outcome = match job.verdict() {
            None => FixOutcome::Unknown,
            Some(verdict) if verdict.grade() != Grade::Broken => FixOutcome::Fixed,
            Some(verdict) if verdict.has_same_problem(&fix.before) => FixOutcome::Same,
            Some(_) => FixOutcome::Other,
        };
        let end = FixEnd::of(job, outcome);
        job.log.push(Progress::FixEnded { outcome: end.outcome.code(), words: end.words() });
        let (tone, words) = match end.outcome {
            FixOutcome::Fixed => (Tone::Good, end.words()),
            _ => (
                Tone::Bad,
                format!("{}; u outside the prompt brings the version before", end.words()),
            ),
        };
        job.trial.fixed = Some(end);
        self.say(tone, words);
    }

    /// The user wants the errors of the play-test mended.
    pub(super) fn fix_asked(&mut self, now: Instant) -> Vec<Effect> {
        if self.is_busy() {
            self.say(Tone::Plain, "a game is being made: wait until it is there");
            return Vec::new();
        }
        if self.plan.engine == Engine::Offline {
            self.say(Tone::Plain, "the composer mends nothing; a model does, with HF_TOKEN set");
            return Vec::new();
        }
        if self.job.as_ref().is_some_and(Job::is_broken) {
            return self.fix(None, now);
        }
        self.say(Tone::Plain, "there is no error to mend; F5 plays the game");
        Vec::new()
    }

    /// Asks the model to mend what the play-test found. A fix is a change like any other.
    fn fix(&mut self, model: Option<String>, now: Instant) -> Vec<Effect> {
        let (Some(broken), Some(base)) = (self.job.take(), self.current.clone()) else {
            return Vec::new();
        };
        let Some(before) = broken.verdict().cloned() else {
            self.job = Some(broken);
            return Vec::new();
        };
        let told = problems_told(&before, &base.source, broken.findings());
        let first = before.problems.first().map(|first| first.message.headline(120));
        let wish = format!("fix: {}", first.unwrap_or_else(|| "it does not play".to_owned()));
        let wish = Prompt::new(&wish).unwrap_or_default();
        self.last_job = self.last_job.next();
        let mut terms = self.plan.terms();
        if let Some(model) = model.filter(|model| *model != terms.model) {
            terms = Terms { model, price: broken.request.price, ..terms };
        }
        let request = terms.fix(&base.source, &told, &wish);
        let mut job = Job::new(self.last_job, &self.plan, Some(base), wish, now);
        job.request = request;
        job.log.clone_from(&broken.log);
        job.log.push(Progress::Fixing { problems: before.problems.len() });
        let path = broken.result.as_ref().and_then(|it| it.as_ref().ok()?.path.clone());
        // On the shelf each version is a file; where the user wants one file, it is the newest.
        let over = path.filter(|_| self.plan.saving != Saving::Shelf);
        job.fix = Some(Fix { before, back: Box::new(broken), over });
        self.job = Some(job);
        self.first_step(now)
    }

    /// A fix that brought no game gives the broken one back, which is still there.
    pub(super) fn give_back(&mut self, now: Instant) {
        let Some(job) = self.job.as_mut() else { return };
        let Some(Err(failure)) = &job.result else { return };
        let Some(fix) = job.fix.take() else { return };
        let end = FixEnd::of(job, FixOutcome::Failed(failure.message()));
        let mut back = *fix.back;
        back.log = std::mem::take(&mut job.log);
        back.log.push(Progress::FixEnded { outcome: end.outcome.code(), words: end.words() });
        back.draft = job.draft.take();
        let words = end.words();
        back.trial.fixed = Some(end);
        back.finish(now);
        self.job = Some(back);
        self.say(Tone::Bad, words);
    }

    /// The play-test is left; the game is there all the same.
    pub(super) fn stop_play(&mut self, now: Instant) -> Vec<Effect> {
        let stopped = self.with_job(|job| {
            if job.phase != Phase::Trying {
                return Vec::new();
            }
            job.trial.stage = None;
            job.trial.verdict = Some(Err(PlayTestError::Stopped));
            job.log.push(job.played_told());
            job.finish(now);
            vec![Effect::Abort(job.id)]
        });
        if !stopped.is_empty() {
            self.settle_fix();
            self.end_variants();
        }
        stopped
    }

    pub(super) fn is_playing(&self) -> bool {
        self.job.as_ref().is_some_and(|job| job.phase == Phase::Trying)
    }
}

/// The game of a job, if a browser may play it: only a checked one.
fn playable(job: &Job) -> Option<Arc<Vetted>> {
    let Some(Ok(Game { product, .. })) = &job.result else { return None };
    match product {
        Product::Vetted(game) | Product::Sealed { game, .. } => Some(Arc::clone(game)),
        Product::Unsafe(_) => None,
    }
}

impl Job {
    fn played_told(&self) -> Progress {
        let words = self.played().unwrap_or_default();
        match &self.trial.verdict {
            Some(Ok(verdict)) => Progress::Played { verdict: Some(verdict.grade().name()), words },
            Some(Err(why)) => {
                Progress::Played { verdict: None, words: format!("{words}. {}", why.advice()) }
            }
            None => Progress::Played { verdict: None, words },
        }
    }
}
