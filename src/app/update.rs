//! The machine: an event in, effects out. Start reading here.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::effect::{Effect, Task};
use super::effects::Effects;
use super::event::{Action, Event, JobId, SaveReport, TaskEvent};
use super::focus::Pane;
use super::job::{FinishedGame, Job, JobPhase, saving, set_aside};
use super::picker::PickerKind;
use super::progress::JobProgress;
use super::prompt::{Prompt, PromptError};
use super::session::{
    ARMED_FOR, ArmedKey, DRAFT_EVERY, PaneZoom, PreviewTab, PromptDraft, QueueMode, SaveTarget,
    Session, Tone, WelcomeState,
};
use crate::library::DiskError;

mod compare;
mod credits;
mod jobs;
mod models;
mod open;
mod pick;
mod play;
mod vary;

/// Handles one event at `now` and returns the orders for the driver.
pub fn update(state: &mut Session, event: Event, now: Instant) -> Vec<Effect> {
    let mut effects = Effects::default();
    match event {
        Event::Acted(action) => state.act(action, now, &mut effects),
        Event::Reported(id, news) if state.is_current(id) => {
            state.on_news(news, now, &mut effects);
        }
        Event::Reported(id, news) if state.tasks.accepts(id, &news) => {
            state.on_session_news(news, now);
        }
        // From a task that was aborted, or replaced by a newer one.
        Event::Reported(..) => {}
        Event::TimerFired => state.wake(now, &mut effects),
    }
    state.publish_latest(&mut effects);
    state.start_next(now, &mut effects);
    state.compare_if_seen(&mut effects);
    effects.into_tasks()
}

impl Session {
    fn is_current(&self, id: JobId) -> bool {
        self.job.as_ref().is_some_and(|job| job.id == id)
    }

    fn act(&mut self, action: Action, now: Instant, effects: &mut Effects) {
        let is_users =
            !matches!(action, Action::LoadStartup | Action::Note(_) | Action::OpenList(..));
        if is_users && self.view.welcome == WelcomeState::Due {
            self.view.welcome = WelcomeState::Over;
        }
        match action {
            Action::Generate(text) => self.submit_prompt(&text, now, effects),
            Action::Stop => self.ask_stop(now, effects),
            Action::StopNow => self.stop(now, effects),
            Action::RetryNow => self.with_job(now, effects, Job::retry_now),
            Action::Save => self.save_to(SaveTarget::Folder(PathBuf::new()), effects),
            Action::PlayTest => self.play_test(now, effects),
            Action::Fix => self.fix_asked(now, effects),
            Action::NextTab => self.show_tab(self.view.tab.next()),
            Action::Show(tab) => self.show_tab(tab),
            Action::Zoom => self.zoom(),
            Action::Unqueue => self.unqueue(),
            Action::Vary(text, models) => self.vary(&text, models, now, effects),
            Action::StepVariant(by) => self.step_variant(by),
            Action::KeepVariant => self.keep_variant(effects),
            Action::CloseWelcome => self.welcomed(),
            Action::Play => self.play(effects),
            Action::Undo => self.undo(effects),
            Action::Redo => self.redo(effects),
            Action::NewGame => self.new_game(),
            Action::LoadStartup => self.start_task(Task::LoadStartup, effects),
            Action::Pick(stock) => self.pick(stock, effects),
            Action::Narrow(query) => self.narrow(query, effects),
            Action::Step(by) => self.step_picker(by),
            Action::Choose => self.choose(now, effects),
            Action::UndoChosen => self.undo_chosen(effects),
            Action::ExportChosen => self.export_chosen(effects),
            Action::TakeWords => self.take_words(effects),
            Action::Focus(pane) => self.focus(pane),
            Action::FocusNext => self.focus(self.view.focus.next()),
            Action::FocusBack => self.focus(self.view.focus.back()),
            Action::Help => self.toggle_help(),
            Action::Edited(text) => self.on_edit(text, now),
            Action::Note(text) => self.note(text),
            Action::OpenList(stock, items) => self.offer(stock, items),
            Action::Quit => self.ask_quit(now, effects),
            Action::QuitNow => self.quit(now, effects),
            Action::Answer(press) => self.answer(press, now),
            Action::Credits => self.ask_credits(effects),
        }
    }

    /// Deadlines: a second press that did not come, a draft, a pause that is over.
    fn wake(&mut self, now: Instant, effects: &mut Effects) {
        if self.view.armed.is_some_and(|(_, until)| until <= now) {
            self.view.armed = None;
        }
        self.keep_draft_if_due(now, effects);
        self.with_job(now, effects, Job::wake);
    }

    /// Begins a task that belongs to no job.
    pub(super) fn start_task(&mut self, task: Task, effects: &mut Effects) {
        self.tasks.start(task, &self.ids, effects);
    }

    /// A prompt sent while a job runs waits its turn, in sight.
    fn submit_prompt(&mut self, text: &str, now: Instant, effects: &mut Effects) {
        self.view.notice = None;
        match Prompt::new(text) {
            // An empty prompt resumes a held queue.
            Err(PromptError::Empty) if self.queue_mode == QueueMode::Held => {
                self.queue_mode = QueueMode::Runs;
            }
            Err(error) => self.notify(Tone::Bad, error.to_string()),
            // A game that is played is saved: the next prompt need not wait for the verdict.
            Ok(prompt) if self.is_playing() => {
                self.take_from_editor(&prompt, now);
                self.with_job(now, effects, Job::stop);
                self.begin(prompt, now, effects);
            }
            Ok(prompt) if self.is_busy() => {
                self.take_from_editor(&prompt, now);
                self.queue.push_back(prompt);
                self.notify(Tone::Plain, format!("queued, {} waiting", self.queue.len()));
            }
            Ok(prompt) => {
                self.take_from_editor(&prompt, now);
                self.begin(prompt, now, effects);
            }
        }
    }

    /// Clears a sent prompt from the editor, so that the next prompt is sent alone.
    pub(super) fn take_from_editor(&mut self, prompt: &Prompt, now: Instant) {
        if self.draft.text.trim() == prompt.text() {
            let sent = Some(prompt.text().to_owned());
            self.draft = PromptDraft { due: Some(now), sent, ..PromptDraft::default() };
        }
    }

    /// Puts a prompt that made no game back into the editor, unless that holds other text.
    fn return_prompt(&mut self, now: Instant) {
        let is_lost = |job: &&Job| job.fix.is_none() && job.has_failed();
        let Some(job) = self.job.as_ref().filter(is_lost) else { return };
        if self.draft.text.trim().is_empty() && self.draft.sent.is_some() {
            let text = job.prompt.text().to_owned();
            let (returned, sent) = (Some(text.clone()), self.draft.sent.take());
            self.draft = PromptDraft { text, due: Some(now), returned, sent, kept: false };
        }
    }

    /// A job that was stopped or failed starts no other: what waits is the user's to send.
    fn hold_queue(&mut self) {
        let is_lost = self.job.as_ref().is_some_and(Job::has_failed);
        if !is_lost || self.queue.is_empty() || self.quitting {
            return;
        }
        self.queue_mode = QueueMode::Held;
        let count = self.queue.len();
        let waits =
            if count == 1 { "1 prompt waiting" } else { &format!("{count} prompts waiting") };
        self.notify(Tone::Plain, format!("{waits}: send an empty prompt to continue"));
    }

    fn start_next(&mut self, now: Instant, effects: &mut Effects) {
        if self.is_busy() || self.quitting || self.next_variant(now, effects) {
            return;
        }
        if self.queue_mode == QueueMode::Held {
            return;
        }
        if let Some(prompt) = self.queue.pop_front() {
            self.begin(prompt, now, effects);
        }
    }

    fn ask_stop(&mut self, now: Instant, effects: &mut Effects) {
        if self.view.help {
            return self.toggle_help();
        }
        if let Some(closed) = self.view.picker.take() {
            // From the ways to a model back to the models.
            if closed.kind == PickerKind::Routes {
                self.pick(PickerKind::Models, effects);
            }
            return;
        }
        if !self.is_busy() {
            self.view.notice = None;
            self.view.armed = None;
            self.view.zoom = PaneZoom::Off;
            return;
        }
        if self.is_armed(ArmedKey::Stop) {
            return self.stop(now, effects);
        }
        self.view.armed = Some((ArmedKey::Stop, now + ARMED_FOR));
    }

    fn stop(&mut self, now: Instant, effects: &mut Effects) {
        self.view.armed = None;
        self.with_job(now, effects, Job::stop);
    }

    fn ask_quit(&mut self, now: Instant, effects: &mut Effects) {
        // A job that is saving ends before the program does: no confirmation is needed.
        let is_saved = |job: &Job| matches!(job.phase, JobPhase::Saving | JobPhase::PlayTesting);
        let is_saved = self.job.as_ref().is_some_and(is_saved);
        if !self.is_busy() || is_saved || self.is_armed(ArmedKey::Quit) {
            return self.quit(now, effects);
        }
        self.view.armed = Some((ArmedKey::Quit, now + ARMED_FOR));
    }

    fn quit(&mut self, now: Instant, effects: &mut Effects) {
        self.quitting = true;
        self.keep_unfinished_prompts(now);
        self.stop(now, effects);
        if self.draft.due.is_some() {
            self.keep_draft(effects);
        }
    }

    /// What still waits is in the editor when the program starts again.
    fn keep_unfinished_prompts(&mut self, now: Instant) {
        let unmade = self.unfinished_prompts();
        if unmade != self.draft.text {
            self.draft.text = unmade;
            self.draft.due = Some(now);
        }
        self.queue.clear();
    }

    /// All prompts that have not made a game: the running one, the queued ones, and the editor's text.
    fn unfinished_prompts(&self) -> String {
        let is_game = |job: &Job| {
            matches!(job.phase, JobPhase::Saving | JobPhase::PlayTesting | JobPhase::Done)
        };
        let asked = self.draft.sent.as_ref().and(self.job.as_ref());
        let asked = asked.filter(|job| !is_game(job) && job.fix.is_none());
        let asked = asked.map(|job| job.prompt.text());
        let waiting = self.queue.iter().map(Prompt::text);
        let written = Some(self.draft.text.as_str()).filter(|text| !text.trim().is_empty());
        asked.into_iter().chain(waiting).chain(written).collect::<Vec<_>>().join("\n\n")
    }

    fn save_to(&mut self, to: SaveTarget, effects: &mut Effects) {
        let Some(game) = self.game() else { return self.nothing_to_save() };
        let task = saving(game.product.clone(), &game.title, to, None);
        self.start_task(task, effects);
    }

    fn nothing_to_save(&mut self) {
        let what =
            if self.job.is_some() { "no finished game to save" } else { "no game to save yet" };
        self.notify(Tone::Plain, what);
    }

    /// The displayed game. `None` if there is none, or it failed.
    fn game(&self) -> Option<&FinishedGame> {
        self.job.as_ref()?.result.as_ref()?.as_ref().ok()
    }

    fn focus(&mut self, pane: Pane) {
        self.view.focus = pane;
    }

    fn show_tab(&mut self, tab: PreviewTab) {
        self.view.tab = tab;
    }

    fn welcomed(&mut self) {
        self.view.welcome = WelcomeState::Over;
    }

    fn zoom(&mut self) {
        self.view.zoom = match self.view.zoom {
            PaneZoom::Off => PaneZoom::On,
            PaneZoom::On => PaneZoom::Off,
        };
    }

    /// The screen puts its words back into the editor.
    fn unqueue(&mut self) {
        match self.queue.pop_back() {
            Some(_) => self.notify(Tone::Plain, "moved from the queue to the editor"),
            None => self.notify(Tone::Plain, "the queue is empty"),
        }
        if self.queue.is_empty() {
            self.queue_mode = QueueMode::Runs;
        }
    }

    fn toggle_help(&mut self) {
        self.view.help = !self.view.help;
    }

    fn note(&mut self, text: String) {
        self.notify(Tone::Plain, text);
    }

    fn on_edit(&mut self, text: String, now: Instant) {
        if self.draft.text != text {
            self.draft.text = text;
            self.draft.returned = None;
            self.draft.kept = false;
            self.draft.due = self.draft.due.or(Some(now + DRAFT_EVERY));
        }
    }

    fn keep_draft_if_due(&mut self, now: Instant, effects: &mut Effects) {
        if self.draft.due.is_some_and(|due| due <= now) {
            self.keep_draft(effects);
        }
    }

    fn keep_draft(&mut self, effects: &mut Effects) {
        self.draft.due = None;
        let text = self.unfinished_prompts();
        self.start_task(Task::KeepPrompt(text), effects);
    }

    fn on_session_news(&mut self, news: TaskEvent, now: Instant) {
        match news {
            TaskEvent::PromptKept(Ok(())) => self.draft.kept = true,
            TaskEvent::Saved(Ok(SaveReport { path: Some(path), .. }))
            | TaskEvent::Exported(Ok(path)) => {
                let shown = DiskError::display_path(&path);
                self.saved_paths.push(path);
                self.notify(Tone::Good, format!("saved {shown}"));
            }
            TaskEvent::PromptKept(Err(error)) | TaskEvent::Saved(Err(error)) => {
                self.notify(Tone::Bad, error.to_string());
            }
            TaskEvent::Exported(Err(error)) => {
                self.notify(Tone::Bad, format!("cannot save the version: {error}"));
            }
            TaskEvent::MadeCurrent(Err(error)) => {
                let advice = error.advice();
                self.notify(
                    Tone::Bad,
                    format!("undo will start from another variant: {error}. {advice}"),
                );
            }
            TaskEvent::LibraryQuarantined(place) => self.on_set_aside(&place),
            TaskEvent::Found { stock, query, items } => self.on_found((stock, &query), items),
            TaskEvent::StartupLoaded(greeting) => self.on_greeted(greeting),
            TaskEvent::Opened(opened) => self.on_opened(opened, now),
            TaskEvent::Played(played) => self.on_played(played),
            TaskEvent::Replaced(replaced) => self.on_replaced(replaced),
            TaskEvent::EditFormsLoaded(tallies) => {
                for tally in &tallies {
                    self.shared.forms.add(tally);
                }
            }
            TaskEvent::Compared(compared) => self.on_compared(compared),
            TaskEvent::ModelsListed(listed) => self.on_catalogued(listed),
            TaskEvent::CreditsLoaded(credits) => self.on_credited(credits, now),
            TaskEvent::Saved(Ok(_))
            | TaskEvent::MadeCurrent(Ok(()))
            | TaskEvent::Admitted(_)
            | TaskEvent::LimitReached(..)
            | TaskEvent::LedgerUnavailable(_)
            | TaskEvent::StreamProgress(_)
            | TaskEvent::Ended(_)
            | TaskEvent::Composed(_)
            | TaskEvent::ChangeReceived(_)
            | TaskEvent::Stitched(_)
            | TaskEvent::Vetted(_)
            | TaskEvent::PlayTestStage(_)
            | TaskEvent::PlayTested(_)
            | TaskEvent::DraftKept(_) => {}
        }
    }

    fn on_set_aside(&mut self, place: &Path) {
        let trouble = set_aside(place);
        self.notify(Tone::Bad, trouble.clone());
        if let Some(job) = self.job.as_mut() {
            job.log.push(JobProgress::Library { trouble });
        }
    }
}
