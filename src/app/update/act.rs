//! What the user wants done with a job.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::{copying, improve};
use crate::app::dialogs::Tone;
use crate::app::effects::Effects;
use crate::app::engine::Engine;
use crate::app::event::{JobAction, JobRef};
use crate::app::ids::JobId;
use crate::app::job::Job;
use crate::app::jobs::Foreground;
use crate::app::options::SaveTarget;
use crate::app::session::Session;

impl Session {
    /// Applies an action to the jobs that `which` names, or to the opened version.
    pub(super) fn act_on_jobs(
        &mut self,
        which: JobRef,
        action: JobAction,
        now: Instant,
        effects: &mut Effects,
    ) {
        let ids = match which {
            JobRef::Id(id) => vec![id],
            JobRef::Running => {
                if action == JobAction::Stop {
                    improve::stop(self, effects);
                }
                self.jobs.running().map(|job| job.id).collect()
            }
            JobRef::Foreground if action == JobAction::Save => {
                return self.save_to(SaveTarget::Folder(PathBuf::new()), effects);
            }
            JobRef::Foreground => {
                if matches!(action, JobAction::PlayTest | JobAction::Fix) {
                    self.jobs.return_to_sight();
                }
                match self.jobs.front_id() {
                    Some(id) => vec![id],
                    None => return self.act_on_document(action, now, effects),
                }
            }
        };
        for id in ids {
            self.act_on_job(id, action, now, effects);
        }
    }

    fn act_on_job(&mut self, id: JobId, action: JobAction, now: Instant, effects: &mut Effects) {
        match action {
            JobAction::Stop => {
                self.dialogs.armed = None;
                self.with_job(id, now, effects, Job::stop);
            }
            JobAction::RetryNow => self.with_job(id, now, effects, Job::retry_now),
            JobAction::Save => {
                let game = self.jobs.get(id).and_then(Job::game);
                let task = game.map(|game| copying(game, SaveTarget::Folder(PathBuf::new())));
                self.save_copy(task, effects);
            }
            JobAction::PlayTest => self.play_test(id, now, effects),
            JobAction::Fix => self.fix_on_request(id, now, effects),
            JobAction::Show => self.bring_to_front(id),
        }
    }

    /// The same without a job: a version of the library is open, or nothing.
    fn act_on_document(&mut self, action: JobAction, now: Instant, effects: &mut Effects) {
        match action {
            // What is seen is saved before this.
            JobAction::Save | JobAction::Stop | JobAction::RetryNow | JobAction::Show => {}
            JobAction::PlayTest => self.play_document(now, effects),
            JobAction::Fix => {
                let reason = self.why_no_fix();
                self.notify(Tone::Plain, reason);
            }
        }
    }

    /// Starts the play-test of a job's game.
    fn play_test(&mut self, id: JobId, now: Instant, effects: &mut Effects) {
        if self.jobs.is_running(id) {
            self.notify(Tone::Plain, "still making a game: wait until it is done");
            return;
        }
        match self.jobs.get(id).and_then(Job::playable) {
            Some(game) => {
                self.with_job(id, now, effects, |job, context| job.start_play(game, context));
            }
            None => self.nothing_to_play(),
        }
    }

    /// Starts the play-test of an open version: a job of its own.
    fn play_document(&mut self, now: Instant, effects: &mut Effects) {
        let Foreground::Document(document) = &self.jobs.foreground else {
            return self.nothing_to_play();
        };
        let job = document.as_ref().clone().into_job(Arc::clone(&self.plan.job), now);
        let Some(game) = job.playable() else { return self.nothing_to_play() };
        self.jobs.foreground = Foreground::Job(job.id);
        self.run_job(job, now, effects, |job, context| job.start_play(game, context));
    }

    fn nothing_to_play(&mut self) {
        self.notify(Tone::Plain, "no checked game to play yet");
    }

    /// The user wants the errors of the play-test mended.
    fn fix_on_request(&mut self, id: JobId, now: Instant, effects: &mut Effects) {
        let can_be_better = self.jobs.get(id).is_some_and(Job::can_be_better);
        let reason = if self.jobs.is_running(id) {
            "still making a game: wait until it is done"
        } else if can_be_better && self.plan.job.engine != Engine::Offline {
            let options = Arc::clone(&self.plan.job);
            return self.with_job(id, now, effects, |job, context| job.try_again(options, context));
        } else {
            self.why_no_fix()
        };
        self.notify(Tone::Plain, reason);
    }

    fn why_no_fix(&self) -> &'static str {
        match self.plan.job.engine {
            Engine::Offline => "fixing needs a model: set HF_TOKEN",
            Engine::HuggingFace | Engine::Endpoint | Engine::TextGeneration | Engine::Local => {
                "no error to fix; F5 play-tests the game"
            }
        }
    }
}
