//! Jobs of the session: begins them, and acts on their milestones.

use std::sync::Arc;
use std::time::Instant;

use crate::app::confirm::{Confirm, ConfirmAction};
use crate::app::conversation::BaseVersion;
use crate::app::dialogs::{Notice, Tone};
use crate::app::effect::SessionTask;
use crate::app::effects::{Effects, Milestone};
use crate::app::failure::JobError;
use crate::app::finished_game::FinishedGame;
use crate::app::ids::JobId;
use crate::app::job::{Job, JobContext, JobPhase};
use crate::app::jobs::Foreground;
use crate::app::progress::JobProgress;
use crate::app::prompt::Prompt;
use crate::app::queue::QueuedPrompt;
use crate::app::session::{NextGame, Session};
use crate::app::startup::StartupMode;
use crate::library::DiskError;
use crate::untrusted::Untrusted;

impl Session {
    /// Makes a new game, or changes the current one, in the foreground. A job that runs there goes on
    /// behind it.
    pub(super) fn begin(&mut self, prompt: Prompt, now: Instant, effects: &mut Effects) {
        let base = self.current.clone();
        let continues = std::mem::take(&mut self.next_game) == NextGame::Changed;
        // Going on with one of the variants is choosing it.
        self.variants = None;
        // A version that is still being loaded must not take the place of what is made now.
        self.tasks.stop_opening(effects);
        self.startup.mode = StartupMode::Fresh;
        let job = Job::new(self.ids.next(), Arc::clone(&self.plan.job), base, prompt, now);
        if let Some(before) = self.jobs.front_id().filter(|_| continues) {
            self.queue.follow(before, job.id);
        }
        self.begin_job(job, now, effects);
    }

    /// Begins a job in the foreground.
    pub(super) fn begin_job(&mut self, job: Job, now: Instant, effects: &mut Effects) {
        self.jobs.put_in_front(job.id, self.variants.as_ref());
        self.run_job(job, now, effects, Job::begin);
    }

    /// Takes a job in, and forgets those that have ended.
    pub(super) fn run_job(
        &mut self,
        job: Job,
        now: Instant,
        effects: &mut Effects,
        act: impl FnOnce(&mut Job, &mut JobContext),
    ) {
        let id = job.id;
        if matches!(job.log.first(), Some(JobProgress::Started { .. })) {
            self.transcript.push(super::transcript::entry(&job));
        }
        self.drop_ended_jobs();
        self.jobs.insert(job);
        self.with_job(id, now, effects, act);
    }

    /// Begins what waited for a job that is not in the foreground, as a change of that job's game.
    pub(super) fn begin_behind(
        &mut self,
        queued: QueuedPrompt,
        now: Instant,
        effects: &mut Effects,
    ) {
        let before = self.jobs.get(queued.after);
        let base = before.and_then(Job::next_base);
        let job = Job::new(self.ids.next(), Arc::clone(&self.plan.job), base, queued.prompt, now);
        self.queue.follow(queued.after, job.id);
        self.run_job(job, now, effects, Job::begin);
    }

    /// Forgets the jobs that have ended and that nothing refers to.
    pub(super) fn drop_ended_jobs(&mut self) {
        let (front, variants, queue) = (self.jobs.front_id(), &self.variants, &self.queue);
        self.jobs.drop_ended(|id| {
            Some(id) == front
                || variants.as_ref().is_some_and(|it| it.contains(id))
                || queue.count_after(id) > 0
        });
    }

    /// Runs an operation on a job, then handles its notices and milestones.
    pub(super) fn with_job(
        &mut self,
        id: JobId,
        now: Instant,
        effects: &mut Effects,
        act: impl FnOnce(&mut Job, &mut JobContext),
    ) {
        let is_behind = self.background().any(|job| job.id == id);
        let is_wanted = self.is_wanted(id);
        let Some(job) = self.jobs.get_mut(id) else { return };
        act(job, &mut JobContext { now, shared: &mut self.shared, effects, is_wanted });
        self.transcript.record(id, job.tries.ended());
        if let Some(notice) = effects.notices.drain(..).next_back() {
            let text =
                if is_behind { format!("{}: {}", name(job), notice.text) } else { notice.text };
            self.dialogs.notice = Some(Notice { text, tone: notice.tone });
        }
        self.jobs.forget_replaced();
        for milestone in std::mem::take(&mut effects.milestones) {
            self.on_milestone(id, milestone, now, effects);
        }
    }

    fn on_milestone(
        &mut self,
        id: JobId,
        milestone: Milestone,
        now: Instant,
        effects: &mut Effects,
    ) {
        match milestone {
            Milestone::Saved => {
                self.adopt_result(id, now);
                self.stop_loser(id, now, effects);
            }
            Milestone::Ended => {
                self.adopt_result(id, now);
                self.return_prompt(id, now);
                ask_to_spend(self, id, now);
                self.end_variants();
                self.hold_queue(id);
                self.keep_best_current(id, effects);
                self.conclude_race(id, now, effects);
            }
        }
        self.report_background(id, milestone);
    }

    /// Says how a job ended that the user does not look at.
    fn report_background(&mut self, id: JobId, milestone: Milestone) {
        let Some(job) = self.background().find(|job| job.id == id && job.is_done()) else { return };
        if milestone != Milestone::Ended {
            return;
        }
        let (tone, text) = match &job.current.result {
            None => return,
            Some(Ok(_)) if job.is_broken() => (Tone::Bad, job.played().unwrap_or_default()),
            Some(Ok(game)) => {
                let path = game.path.as_deref().map(DiskError::display_path);
                let saved = path.map(|path| format!("saved {path}"));
                let parts = [saved, job.played()].into_iter().flatten().collect::<Vec<_>>();
                (Tone::Good, parts.join(", "))
            }
            Some(Err(failure)) => (Tone::Bad, failure.message()),
        };
        let text = format!("{}: {text}", name(job));
        self.notify(tone, text);
    }

    /// Records the file of a job's game. In the foreground it is what the next prompt changes.
    fn adopt_result(&mut self, id: JobId, now: Instant) {
        let Some(job) = self.jobs.get(id) else { return };
        if let Some(Ok(FinishedGame { path: Some(path), .. })) = &job.current.result {
            // A fixed game takes the place of the broken one.
            self.saved_paths.retain(|written| written != path);
            self.saved_paths.push(path.clone());
        }
        self.saved_paths.extend(job.current.draft.clone());
        let Some(base) = job.as_base() else { return };
        if self.next_game == NextGame::Changed && self.jobs.front_id() == Some(id) {
            self.current = Some(Arc::new(base));
        }
        // The prompt has made a game: the saved draft must not bring it back at the next start.
        self.draft.due = self.draft.due.or(self.draft.sent.as_ref().map(|_| now));
    }

    /// Brings a job into the foreground: the next prompt follows it.
    pub(super) fn bring_to_front(&mut self, id: JobId) {
        let Some(job) = self.jobs.get(id) else { return };
        self.current = job.next_base();
        self.next_game = NextGame::Changed;
        self.jobs.foreground = Foreground::Job(id);
    }

    /// Brings the next of the jobs into the foreground, `by` places further on, wrapping around.
    pub(super) fn step_job(&mut self, by: isize) {
        if self.variants.is_some() {
            return self.step_variant(by);
        }
        let ids = self.jobs.ids();
        let here = ids.iter().position(|id| Some(*id) == self.jobs.front_id());
        let count = isize::try_from(ids.len()).unwrap_or(isize::MAX);
        let (Some(here), true) = (here, count > 1) else {
            return self.notify(
                Tone::Plain,
                "there is one job only: F9, then “variants”, makes several games of one prompt",
            );
        };
        let there = here.cast_signed().saturating_add(by).rem_euclid(count).cast_unsigned();
        if let Some(id) = ids.get(there) {
            self.bring_to_front(*id);
        }
    }

    /// Undoing starts from the best try, if that was not the last.
    fn keep_best_current(&mut self, id: JobId, effects: &mut Effects) {
        let Some(job) = self.jobs.get(id) else { return };
        let best = job.game().and_then(|game| game.version);
        let last = job.last_version();
        if let Some(best) = best.filter(|best| last.is_some_and(|last| last != *best)) {
            self.start_task(SessionTask::MakeCurrent(best), effects);
        }
    }

    /// Whether another try of a job is still wanted: who has left its game, or the program, spends
    /// nothing more on it.
    fn is_wanted(&self, id: JobId) -> bool {
        let races = self.variants.as_ref().is_some_and(|variants| variants.races(id));
        let is_left =
            self.next_game == NextGame::New || (self.jobs.front_id() != Some(id) && !races);
        !self.quitting && !is_left && self.queue.count_after(id) == 0
    }

    /// Whether the foreground job is being play-tested.
    pub(super) fn is_playing(&self) -> bool {
        self.job().is_some_and(|job| job.current.phase == JobPhase::PlayTesting)
    }
}

/// How notices name a job.
fn name(job: &Job) -> String {
    format!("“{}”", Untrusted::new(job.prompt.text()).headline(30))
}

impl Job {
    /// What a prompt that follows the job changes: its game, or what it was to change. `None` for a
    /// new game.
    pub(in crate::app) fn next_base(&self) -> Option<Arc<BaseVersion>> {
        self.as_base().map(Arc::new).or_else(|| self.current.conversation.base.clone())
    }
}

/// A reply would be expensive: the user is asked, and the prompt is sent then.
fn ask_to_spend(session: &mut Session, id: JobId, now: Instant) {
    let job = session.job().filter(|job| job.id == id);
    let Some((job, failure)) = job.and_then(|job| Some((job, job.current.failure()?))) else {
        return;
    };
    if let JobError::Expensive { most, .. } = failure {
        let model = &job.options.terms.model;
        let question = format!(
            "One reply of {model} may cost up to {most}. Go on, and ask no more in this session?"
        );
        let consent = ConfirmAction::Spend(job.prompt.text().to_owned());
        session.dialogs.confirm = Some(Confirm::new("Spend that much?", question, consent, now));
    }
}
