//! The machine: an event in, effects out. Start reading here.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::confirm::{Confirm, ConfirmAction};
use super::dialogs::{ARMED_FOR, ArmedKey, Tone};
use super::effect::{Effect, SessionTask};
use super::effects::Effects;
use super::event::{Action, Event, SessionEvent, TaskEvent};
use super::finished_game::FinishedGame;
use super::ids::JobId;
use super::job::{Job, JobPhase};
use super::options::SaveTarget;
use super::picker::PickerKind;
use super::progress::JobProgress;
use super::prompt::Prompt;
use super::session::{Session, can_stop};
use crate::library::DiskError;

mod act;
mod compare;
mod credits;
mod edit_page;
mod improve;
mod jobs;
mod local;
mod models;
mod open;
mod pick;
mod play;
mod prompts;
mod race;
mod transcript;
mod vary;

/// Handles one event at `now` and returns the effects for the driver.
pub fn update(state: &mut Session, event: Event, now: Instant) -> Vec<Effect> {
    let mut effects = Effects::default();
    match event {
        Event::Acted(action) => state.act(action, now, &mut effects),
        Event::Reported(id, TaskEvent::Job(event)) if state.jobs.contains(id) => {
            state.with_job(id, now, &mut effects, |job, context| job.on_event(event, context));
        }
        Event::Reported(id, TaskEvent::Job(event)) if state.draft.improvement.is_running(id) => {
            improve::on_event(state, event, now, &mut effects);
        }
        Event::Reported(id, TaskEvent::Session(SessionEvent::LibraryQuarantined(place))) => {
            state.on_quarantined(id, &place);
        }
        Event::Reported(id, TaskEvent::Session(event)) if state.tasks.accepts(id, &event) => {
            state.on_session_event(event, now, &mut effects);
        }
        // From a task that was aborted, or replaced by a newer one.
        Event::Reported(..) => {}
        Event::TimerFired => state.wake(now, &mut effects),
    }
    state.publish_latest(&mut effects);
    state.start_next(now, &mut effects);
    state.compare_if_watched(&mut effects);
    effects.into_tasks()
}

impl Session {
    fn act(&mut self, action: Action, now: Instant, effects: &mut Effects) {
        match action {
            Action::Generate(text) => self.submit_prompt(&text, now, effects),
            Action::Stop => self.ask_stop(now, effects),
            Action::Job(which, action) => self.act_on_jobs(which, action, now, effects),
            Action::WatchDiff(watch) => self.diff.watch = watch,
            Action::EditPage(page, edit) => edit_page::begin(self, (&page, &edit), now, effects),
            Action::Queue(action) => transcript::act_on_queue(self, action, now),
            Action::Look(version) => transcript::look_at(self, version, effects),
            Action::LookAway => transcript::look_away(self, effects),
            Action::Take(version) => transcript::take(self, version, effects),
            Action::Vary(text, models, mode) => self.vary(&text, (models, mode), now, effects),
            Action::StepJob(by) => self.step_job(by),
            Action::KeepVariant => self.keep_variant(effects),
            Action::Play => self.play(effects),
            Action::Undo => self.undo(effects),
            Action::Redo => self.redo(effects),
            Action::NewGame => self.new_game(),
            Action::LoadStartup(mode) => {
                self.startup.mode = mode;
                local::load_startup(self, effects);
            }
            Action::Pick(kind) => self.pick(kind, effects),
            Action::Narrow(query) => self.narrow(query, effects),
            Action::Step(by) => self.step_picker(by),
            Action::Choose => self.choose(now, effects),
            Action::UndoChosen => self.undo_chosen(effects),
            Action::ExportChosen => self.export_chosen(effects),
            Action::TakeWords => self.save_as_typed(effects),
            Action::Edited(text) => self.on_edit(text, now),
            Action::Improve(text) => improve::begin(self, &text, now, effects),
            Action::Note(text) => self.notify(Tone::Plain, text),
            Action::OpenList(kind, items) => self.open_list(kind, items),
            Action::Quit => self.ask_quit(now, effects),
            Action::AskQuit => self.dialogs.confirm = Some(quit_question(self, now)),
            Action::QuitNow => self.quit(now, effects),
            Action::Answer(press) => self.answer(press, now, effects),
            Action::Credits => self.ask_credits(effects),
        }
    }

    /// Deadlines: a second press that did not come, a draft, a pause that is over.
    fn wake(&mut self, now: Instant, effects: &mut Effects) {
        if self.dialogs.armed.is_some_and(|(_, until)| until <= now) {
            self.dialogs.armed = None;
        }
        self.keep_draft_if_due(now, effects);
        improve::wake(self, now, effects);
        for id in self.jobs.ids() {
            self.with_job(id, now, effects, Job::wake);
        }
    }

    /// Begins a task that belongs to no job.
    pub(super) fn start_task(&mut self, task: SessionTask, effects: &mut Effects) {
        self.tasks.start(task, &self.ids, effects);
    }

    fn ask_stop(&mut self, now: Instant, effects: &mut Effects) {
        if let Some(closed) = self.dialogs.picker.take() {
            // From the ways to a model back to the models.
            if closed.kind == PickerKind::Routes {
                self.pick(PickerKind::Models, effects);
            }
            return;
        }
        if self.jobs.looked_at.is_some() {
            transcript::look_away(self, effects);
            // Where something runs, the same key is for that, too: a stop must not take one more.
            if !self.jobs.are_running() {
                return;
            }
        }
        if !can_stop(self) {
            self.dialogs.notice = None;
            self.dialogs.armed = None;
            return;
        }
        if self.is_armed(ArmedKey::Stop) {
            return self.stop(now, effects);
        }
        self.dialogs.armed = Some((ArmedKey::Stop, now + ARMED_FOR));
    }

    /// Stops the job in the foreground, or the newest if that one is done.
    fn stop(&mut self, now: Instant, effects: &mut Effects) {
        self.dialogs.armed = None;
        let front = self.jobs.front_id().filter(|id| self.jobs.is_running(*id));
        let newest = || self.jobs.running().next_back().map(|job| job.id);
        if let Some(id) = front.or_else(newest) {
            self.with_job(id, now, effects, Job::stop);
        } else if improve::stop(self, effects) {
            self.notify(Tone::Plain, "stopped: the prompt is as it was");
        } else {
            local::stop_download(self, effects);
        }
    }

    fn ask_quit(&mut self, now: Instant, effects: &mut Effects) {
        // A job that is saving ends before the program does: no confirmation is needed.
        let is_saved =
            |job: &Job| matches!(job.current.phase, JobPhase::Saving | JobPhase::PlayTesting);
        if self.jobs.running().all(is_saved) || self.is_armed(ArmedKey::Quit) {
            return self.quit(now, effects);
        }
        self.dialogs.armed = Some((ArmedKey::Quit, now + ARMED_FOR));
    }

    pub(super) fn quit(&mut self, now: Instant, effects: &mut Effects) {
        self.quitting = true;
        self.keep_unfinished_prompts(now);
        self.dialogs.armed = None;
        for id in self.jobs.ids() {
            self.with_job(id, now, effects, Job::stop);
        }
        if self.draft.due.is_some() {
            self.keep_draft(effects);
        }
    }

    /// Saves the game in the foreground.
    fn save_to(&mut self, to: SaveTarget, effects: &mut Effects) {
        let task = self.jobs.game().map(|game| copying(game, to));
        self.save_copy(task, effects);
    }

    /// Begins a copy, if there is a game to copy.
    fn save_copy(&mut self, task: Option<SessionTask>, effects: &mut Effects) {
        match task {
            Some(task) => self.start_task(task, effects),
            None => self.nothing_to_save(),
        }
    }

    fn nothing_to_save(&mut self) {
        let text =
            if self.job().is_some() { "no finished game to save" } else { "no game to save yet" };
        self.notify(Tone::Plain, text);
    }

    fn on_session_event(&mut self, event: SessionEvent, now: Instant, effects: &mut Effects) {
        match event {
            SessionEvent::PromptKept(Ok(())) => self.draft.is_saved = true,
            SessionEvent::CopySaved(Ok(report)) => {
                self.place_winner(&report);
                self.report_saved(report.path);
            }
            SessionEvent::Exported(Ok(path)) => self.report_saved(Some(path)),
            SessionEvent::PromptKept(Err(error)) | SessionEvent::CopySaved(Err(error)) => {
                self.notify(Tone::Bad, error.to_string());
            }
            SessionEvent::Exported(Err(error)) => {
                self.notify(Tone::Bad, format!("cannot save the version: {error}"));
            }
            SessionEvent::MadeCurrent(Err(error)) => {
                let advice = error.advice();
                self.notify(
                    Tone::Bad,
                    format!("undo will start from another variant: {error}. {advice}"),
                );
            }
            SessionEvent::Found { kind, query, items } => self.on_found((kind, &query), items),
            SessionEvent::StartupLoaded(summary) => self.on_startup_loaded(summary, effects),
            SessionEvent::Opened(opened) => self.on_opened(opened),
            SessionEvent::Played(played) => self.on_played(played),
            SessionEvent::Pointed(words) => self.on_pointed(words, now),
            SessionEvent::EditFormsLoaded(tallies) => {
                for tally in &tallies {
                    self.shared.forms.add(tally);
                }
            }
            SessionEvent::ModelRecordsLoaded(summaries) => {
                self.shared.records.load(summaries);
                self.fill_picker();
            }
            SessionEvent::Compared(compared) => self.on_compared(compared),
            SessionEvent::ModelsListed(listed) => self.on_models_listed(listed),
            SessionEvent::EngineChanged(changed) => local::on_engine_changed(self, changed),
            SessionEvent::LocalServersFound(found) => local::on_local_servers_found(self, found),
            SessionEvent::LocalModelsListed(models) => local::on_local_models_listed(self, models),
            SessionEvent::DownloadProgressed(progress) => local::on_progress(self, progress),
            SessionEvent::ModelDownloaded(done) => local::on_downloaded(self, done, effects),
            SessionEvent::CreditsLoaded(credits) => self.on_credits_loaded(credits, now),
            // Quarantined: handled before, whoever has noticed it.
            SessionEvent::MadeCurrent(Ok(())) | SessionEvent::LibraryQuarantined(_) => {}
        }
    }

    /// A game is in another file, too; `None` if it was printed.
    fn report_saved(&mut self, path: Option<PathBuf>) {
        let Some(path) = path else { return };
        let path_text = DiskError::display_path(&path);
        self.saved_paths.push(path);
        self.notify(Tone::Good, format!("saved {path_text}"));
    }

    /// A task of a job or of the session has found the library damaged.
    fn on_quarantined(&mut self, id: JobId, path: &Path) {
        let path = DiskError::display_path(path);
        let text = format!("the library was damaged and moved to {path}; a new one is in use");
        self.notify(Tone::Bad, text.clone());
        let job = Some(id).filter(|id| self.jobs.contains(*id)).or(self.jobs.front_id());
        if let Some(job) = job.and_then(|id| self.jobs.get_mut(id)) {
            job.log.push(JobProgress::Library { trouble: text });
        }
    }
}

/// Asked for by a key that types a letter in the prompt.
fn quit_question(session: &Session, now: Instant) -> Confirm {
    let question = if session.jobs.are_running() {
        "A game is being made. Stop it and quit? What has arrived is saved."
    } else {
        "Quit? Your games and your prompt are saved."
    };
    Confirm::new("Quit", question.to_owned(), ConfirmAction::Quit, now)
}

/// The task that writes a game to another file.
fn copying(game: &FinishedGame, to: SaveTarget) -> SessionTask {
    SessionTask::SaveCopy { product: game.product.clone(), slug: Prompt::slug(&game.title), to }
}
