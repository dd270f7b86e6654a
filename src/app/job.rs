//! One generation, from a prompt to a game or a failure: a machine of its own. Events go in, effects
//! come out; it knows nothing of a screen or of other jobs.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::conversation::BaseVersion;
use super::effects::Effects;
use super::engine::Engine;
use super::event::JobEvent;
use super::failure::JobError;
use super::finished_game::FinishedGame;
use super::ids::{JobId, Revision};
use super::options::JobOptions;
use super::play_test::Playback;
use super::progress::JobProgress;
use super::prompt::Prompt;
use super::pulse::StreamLull;
use super::shared::SharedFacts;
use super::tries::{NextStep, StopReason, TryKind, TryLog};
use crate::library::DiskError;
use crate::rules::Finding;

mod answer;
mod ask;
mod current_try;
mod deliver;
mod listen;
mod planned_try;
mod play_test;
mod tries;
mod verdict;

pub(super) use answer::check_page;
pub use current_try::{AnswerInfo, CurrentTry, JobPhase, JobTimeline, LimitWait, LoadingWait};
use tries::BestTry;

/// One generation, and all that is known about it.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: JobId,
    pub prompt: Prompt,
    pub options: Arc<JobOptions>,
    /// The game that the prompt changes. `None` for a new game.
    pub origin: Option<Arc<BaseVersion>>,
    /// Which variant of the prompt it is, from 0: the composer draws other numbers for each.
    pub variant: u64,
    /// When its first try began.
    pub began: Instant,
    pub log: Vec<JobProgress>,
    pub tries: TryLog,
    pub current: CurrentTry,
    /// The best of the tries before the current one. `None` if that is the first.
    best: Option<Box<BestTry>>,
    /// What follows once the better game is written.
    pending_step: Option<NextStep>,
    /// Why no other try followed. `None` if the game plays, or no other would help.
    pub stop_reason: Option<StopReason>,
}

/// What a job uses besides itself while it takes one event.
pub(super) struct JobContext<'a> {
    pub now: Instant,
    pub shared: &'a mut SharedFacts,
    pub effects: &'a mut Effects,
    /// Whether the user still wants what another try may cost.
    pub is_wanted: bool,
}

impl Job {
    /// A job that is about to begin: a new game, or a change of the base.
    pub(super) fn new(
        id: JobId,
        options: Arc<JobOptions>,
        base: Option<Arc<BaseVersion>>,
        prompt: Prompt,
        now: Instant,
    ) -> Self {
        let engine = options.engine;
        let model = (engine != Engine::Offline).then(|| options.terms.model.clone());
        let planned = planned_try::original(&options, &prompt, base.clone(), TryKind::First);
        Self {
            id,
            prompt,
            origin: base,
            variant: 0,
            began: now,
            log: vec![JobProgress::Started { engine: engine.name(), model }],
            tries: TryLog::new(options.budget),
            current: CurrentTry::new(planned, 0, &options, now),
            best: None,
            pending_step: None,
            stop_reason: None,
            options,
        }
    }

    /// Handles an event of one of its tasks.
    pub(super) fn on_event(&mut self, event: JobEvent, context: &mut JobContext) {
        match event {
            JobEvent::Admitted(counters) => self.on_admitted(counters, context),
            JobEvent::LimitReached(limit, counters) => {
                self.on_limit_reached(limit, counters, context);
            }
            JobEvent::LedgerUnavailable(error) => self.on_ledger_unavailable(&error, context),
            JobEvent::ModelFound(model) => listen::on_model_found(self, model),
            JobEvent::ModelLoading(loading) => listen::on_loading(self, loading, context.now),
            JobEvent::ModelLoaded => self.current.answer.loading = None,
            JobEvent::LocalEngineFailed(error) => {
                self.settle_request(context);
                self.fail(JobError::Local(error), context);
            }
            JobEvent::PricesListed(prices) => ask::on_prices_listed(self, prices, context),
            JobEvent::StreamProgress(progress) => self.on_progress(progress, context.now),
            JobEvent::Ended(outcome) => self.on_outcome(outcome, context),
            JobEvent::Composed(composition) => self.on_composed(*composition, context),
            JobEvent::ChangeReceived(change) => self.on_change_received(change, context),
            JobEvent::Stitched(text) => self.on_stitched(text, context),
            JobEvent::Vetted(vetting) => self.on_vetted(vetting, context),
            JobEvent::Saved(saved) => self.on_saved(saved, context),
            JobEvent::Overwritten(written) => self.on_overwritten(written, context),
            JobEvent::DraftKept(draft) => self.on_draft_kept(draft, context),
            JobEvent::PlayTestStage(stage) => self.on_stage(stage),
            JobEvent::PlayTested(played) => self.on_play_tested(played, context),
        }
    }

    /// Takes note of the time: something may be due.
    pub(super) fn wake(&mut self, context: &mut JobContext) {
        self.report_lull(context.now);
        let is_over = |playback: &mut Playback| playback.frame_at(context.now).is_none();
        drop(self.current.play_test.playback.take_if(is_over));
        if self.poll_timeout().is_some_and(|until| until <= context.now) {
            self.ask_again(context);
        }
    }

    /// Aborts the job's tasks and keeps a partial reply as a draft. A job that is saving goes on:
    /// ending it now would lose it.
    pub(super) fn stop(&mut self, context: &mut JobContext) {
        match self.current.phase {
            JobPhase::Done | JobPhase::Saving => {}
            JobPhase::PlayTesting => self.stop_play(context),
            JobPhase::Requesting
            | JobPhase::Waiting(_)
            | JobPhase::Throttled(_)
            | JobPhase::Streaming
            | JobPhase::Composing
            | JobPhase::Checking => {
                context.effects.abort(self.id);
                self.settle_request(context);
                self.fail(JobError::Cancelled, context);
            }
        }
    }

    /// Ends the job at once and keeps no draft: another game of the same prompt is there. A job that is
    /// saving goes on.
    pub(super) fn give_up(&mut self, context: &mut JobContext) {
        match self.current.phase {
            JobPhase::Done | JobPhase::Saving => {}
            JobPhase::PlayTesting => {
                context.effects.abort(self.id);
                self.finish(context.now);
            }
            _ => {
                context.effects.abort(self.id);
                self.settle_request(context);
                self.current.result = Some(Err(JobError::Cancelled));
                self.finish(context.now);
            }
        }
    }

    /// The game is in this file now.
    pub(super) fn place(&mut self, path: Option<&Path>) {
        if let (Some(Ok(game)), Some(path)) = (self.current.result.as_mut(), path) {
            game.path = Some(path.to_owned());
            self.log.push(JobProgress::Saved { path: DiskError::display_path(path) });
        }
    }

    /// Marks the job as done at this time.
    pub(super) fn finish(&mut self, now: Instant) {
        self.current.phase = JobPhase::Done;
        self.current.timeline.ended = Some(now);
    }

    /// Whether nothing of the job runs any more.
    pub fn is_done(&self) -> bool {
        self.current.phase == JobPhase::Done
    }

    /// The finished game. `None` while it is made, or if none was made.
    pub fn game(&self) -> Option<&FinishedGame> {
        self.current.game()
    }

    /// The page that was found in the reply, once there is one.
    pub fn source(&self) -> Option<&str> {
        match self.current.result.as_ref()? {
            Ok(game) => Some(game.product.source()),
            Err(JobError::Refused(rejection)) => Some(&rejection.source),
            Err(_) => None,
        }
    }

    /// What the rules found in the game, or in the page that they rejected. Empty before a check.
    pub fn findings(&self) -> &[Finding] {
        match &self.current.result {
            Some(Ok(game)) => game.product.findings(),
            Some(Err(JobError::Refused(rejection))) => &rejection.findings,
            Some(Err(_)) | None => &[],
        }
    }

    /// Its id and its round: another pair means that the reply began anew.
    pub fn revision(&self) -> Revision {
        (self.id, self.current.round)
    }

    /// When the job goes on by itself, where it waits for a time.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let throttled_until = match self.current.phase {
            JobPhase::Throttled(wait) => Some(wait.until),
            JobPhase::Requesting
            | JobPhase::Waiting(_)
            | JobPhase::Streaming
            | JobPhase::Composing
            | JobPhase::Checking
            | JobPhase::Saving
            | JobPhase::PlayTesting
            | JobPhase::Done => None,
        };
        throttled_until.or_else(|| self.current.retry.poll_timeout())
    }

    /// The lull to show while no text of the answer arrives. `None` if text arrives.
    pub fn lull(&self, now: Instant) -> Option<StreamLull> {
        self.is_asking().then(|| self.current.answer.pulse.lull(now)).flatten()
    }

    /// When the next lull starts if nothing arrives until then.
    pub fn lull_deadline(&self) -> Option<Instant> {
        self.is_asking().then(|| self.current.answer.pulse.due()).flatten()
    }

    /// Whether the job ended without a game.
    pub fn has_failed(&self) -> bool {
        matches!(self.current.result, Some(Err(_)))
    }

    fn is_asking(&self) -> bool {
        self.options.engine != Engine::Offline
            && matches!(self.current.phase, JobPhase::Requesting | JobPhase::Streaming)
    }

    /// How long the job has run, or ran until it ended.
    pub fn elapsed(&self, now: Instant) -> Duration {
        self.current.timeline.ended.unwrap_or(now).saturating_duration_since(self.began)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
