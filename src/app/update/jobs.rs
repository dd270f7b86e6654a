//! Jobs of the session: begins them, forwards events, and acts on their milestones.

use std::sync::Arc;
use std::time::Instant;

use crate::app::effects::{Effects, Milestone};
use crate::app::engine::Engine;
use crate::app::event::TaskEvent;
use crate::app::job::{FinishedGame, Job, JobContext, JobPhase};
use crate::app::options::JobOptions;
use crate::app::prompt::Prompt;
use crate::app::session::{AutoPlayTest, NextGame, PreviewTab, Session, Tone};

impl Session {
    /// Makes a new game, or changes the current one.
    pub(super) fn begin(&mut self, prompt: Prompt, now: Instant, effects: &mut Effects) {
        let base = self.current.clone();
        self.next_game = NextGame::Changed;
        // Going on with one of the variants is choosing it.
        self.variants = None;
        let job = Job::new(self.ids.next(), self.plan.options(), base, prompt, now);
        self.begin_job(job, now, effects);
    }

    pub(super) fn begin_job(&mut self, job: Job, now: Instant, effects: &mut Effects) {
        self.job = Some(job);
        self.with_job(now, effects, Job::begin);
    }

    /// Runs an operation on the current job, then handles its notices and milestones.
    pub(super) fn with_job(
        &mut self,
        now: Instant,
        effects: &mut Effects,
        act: impl FnOnce(&mut Job, &mut JobContext),
    ) {
        let Some(job) = self.job.as_mut() else { return };
        act(job, &mut JobContext { now, shared: &mut self.shared, effects });
        if let Some(notice) = effects.notices.drain(..).next_back() {
            self.view.notice = Some(notice);
        }
        for milestone in std::mem::take(&mut effects.milestones) {
            self.on_milestone(milestone, now, effects);
        }
    }

    pub(super) fn on_news(&mut self, news: TaskEvent, now: Instant, effects: &mut Effects) {
        self.with_job(now, effects, |job, context| job.on_news(news, context));
    }

    fn on_milestone(&mut self, milestone: Milestone, now: Instant, effects: &mut Effects) {
        match milestone {
            Milestone::Saved => self.adopt_result(now),
            Milestone::Played => {
                self.end_variants();
                self.fix_if_broken(now, effects);
            }
            Milestone::Ended => {
                self.adopt_result(now);
                self.return_prompt(now);
                self.end_variants();
                self.hold_queue();
            }
            Milestone::FixFailed => {
                self.saved_paths.extend(self.job.as_ref().and_then(|job| job.draft.clone()));
                self.end_variants();
                self.hold_queue();
            }
        }
    }

    /// Makes the job's game the one that the next prompt changes, and records its file.
    fn adopt_result(&mut self, now: Instant) {
        let Some(job) = self.job.as_ref() else { return };
        if let Some(Ok(FinishedGame { path: Some(path), .. })) = &job.result {
            // A fixed game takes the place of the broken one.
            self.saved_paths.retain(|written| written != path);
            self.saved_paths.push(path.clone());
        }
        self.saved_paths.extend(job.draft.clone());
        let Some(base) = job.as_base() else { return };
        if self.next_game == NextGame::Changed {
            self.current = Some(Arc::new(base));
        }
        // The prompt has made a game: the saved draft must not bring it back at the next start.
        self.draft.due = self.draft.due.or(self.draft.sent.as_ref().map(|_| now));
    }

    /// Starts the play-test of the displayed game.
    pub(super) fn play_test(&mut self, now: Instant, effects: &mut Effects) {
        if self.is_busy() {
            self.notify(Tone::Plain, "still making a game: wait until it is done");
            return;
        }
        self.view.tab = PreviewTab::Play;
        match self.job.as_ref().and_then(Job::playable) {
            Some(game) => self.with_job(now, effects, |job, context| job.start_play(game, context)),
            None => self.notify(Tone::Plain, "no checked game to play yet"),
        }
    }

    /// A broken game is fixed once by itself, by the model that made it, whichever was chosen
    /// meanwhile. Who has left the game, or the program, spends nothing more on it.
    fn fix_if_broken(&mut self, now: Instant, effects: &mut Effects) {
        let is_wanted =
            !self.quitting && self.queue.is_empty() && self.next_game == NextGame::Changed;
        let Some(job) = self.job.as_ref().filter(|job| is_wanted && job.is_broken()) else {
            return;
        };
        let options = Arc::clone(&job.options);
        let asks = options.play_test == AutoPlayTest::On && options.engine != Engine::Offline;
        if asks && job.fix.is_none() {
            self.fix(options, now, effects);
        }
    }

    /// The user wants the errors of the play-test mended.
    pub(super) fn fix_asked(&mut self, now: Instant, effects: &mut Effects) {
        let is_broken = self.job.as_ref().is_some_and(Job::is_broken);
        let why_not = if self.is_busy() {
            "still making a game: wait until it is done"
        } else if self.plan.engine == Engine::Offline {
            "fixing needs a model: set HF_TOKEN"
        } else if is_broken {
            return self.fix(self.plan.options(), now, effects);
        } else {
            "no error to fix; F5 play-tests the game"
        };
        self.notify(Tone::Plain, why_not);
    }

    /// Starts a fix of the displayed game, based on that game: the next prompt may be meant for
    /// another.
    fn fix(&mut self, options: Arc<JobOptions>, now: Instant, effects: &mut Effects) {
        let Some(made) = self.job.as_ref().and_then(Job::as_base) else { return };
        // Of a version that was opened more is known than the job knows.
        let opened = self.current.as_ref().filter(|current| current.version == made.version);
        let base = opened.filter(|current| current.version.is_some()).cloned();
        let base = base.unwrap_or_else(|| Arc::new(made));
        self.with_job(now, effects, |job, context| job.start_fix(base, options, context));
    }

    pub(super) fn is_playing(&self) -> bool {
        self.job.as_ref().is_some_and(|job| job.phase == JobPhase::PlayTesting)
    }
}
