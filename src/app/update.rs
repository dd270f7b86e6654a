//! The machine: an event in, effects out. Start reading here.

use std::path::PathBuf;
use std::time::Instant;

use super::effect::Keep;
use super::effect::{Effect, Task};
use super::event::Saved;
use super::event::{Action, Event, JobId, News};
use super::failure::Failure;
use super::focus::Pane;
use super::job::{Game, Job, Phase, Product};
use super::picker::Stock;
use super::prompt::{Prompt, PromptError};
use super::state::{
    ARMED_FOR, Armed, DRAFT_EVERY, Draft, QueueMode, Saving, State, Tab, Tone, Welcome, Zoom,
};
use crate::library::DiskError;

mod compare;
mod credits;
mod deliver;
mod generate;
mod heard;
mod limited;
mod models;
mod open;
mod pick;
mod play;
mod talk;
mod trial;
mod vary;

/// Takes one event at `now` and answers with what is to be done.
pub fn update(state: &mut State, event: Event, now: Instant) -> Vec<Effect> {
    let effects = match event {
        Event::Acted(action) => state.act(action, now),
        Event::Reported(JobId::NONE, news) => state.on_housekeeping(news, now),
        Event::Reported(id, news) if state.is_current(id) => state.on_news(news, now),
        // News of a job that is no longer on show: it was stopped.
        Event::Reported(..) => Vec::new(),
        Event::Woke => state.wake(now),
    };
    let replaced = state.take_in_hand();
    let next = state.start_next(now);
    let compared = state.compare_if_seen();
    effects.into_iter().chain(replaced).chain(next).chain(compared).collect()
}

impl State {
    fn is_current(&self, id: JobId) -> bool {
        self.job.as_ref().is_some_and(|job| job.id == id)
    }

    fn act(&mut self, action: Action, now: Instant) -> Vec<Effect> {
        let is_users = !matches!(action, Action::Greet | Action::Note(_) | Action::Offer(..));
        if is_users && self.view.welcome == Welcome::Due {
            self.view.welcome = Welcome::Over;
        }
        match action {
            Action::Generate(text) => self.submit(&text, now),
            Action::Stop => self.ask_stop(now),
            Action::StopNow => self.stop(now),
            Action::RetryNow => self.retry_now(now),
            Action::Save => self.save_to(Saving::Folder(PathBuf::new())),
            Action::PlayTest => self.play_test(now),
            Action::Fix => self.fix_asked(now),
            Action::NextTab => self.show_tab(self.view.tab.next()),
            Action::Show(tab) => self.show_tab(tab),
            Action::Zoom => self.zoom(),
            Action::Unqueue => self.unqueue(),
            Action::Vary(text, models) => self.vary(&text, models, now),
            Action::StepVariant(by) => self.step_variant(by),
            Action::KeepVariant => self.keep_variant(),
            Action::Welcomed => self.welcomed(),
            Action::Play => self.play(),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::NewGame => self.new_game(),
            Action::Greet => vec![Effect::Start(JobId::NONE, Task::Greet)],
            Action::Pick(stock) => self.pick(stock),
            Action::Narrow(query) => self.narrow(query),
            Action::Step(by) => self.step_picker(by),
            Action::Choose => self.choose(now),
            Action::UndoChosen => self.undo_chosen(),
            Action::ExportChosen => self.export_chosen(),
            Action::TakeWords => self.take_words(),
            Action::Focus(pane) => self.focus(pane),
            Action::FocusNext => self.focus(self.view.focus.next()),
            Action::FocusBack => self.focus(self.view.focus.back()),
            Action::Help => self.toggle_help(),
            Action::Edited(text) => self.on_edit(text, now),
            Action::Note(text) => self.note(text),
            Action::Offer(stock, items) => self.offer(stock, items),
            Action::Quit => self.ask_quit(now),
            Action::QuitNow => self.quit(now),
            Action::Answer(press) => self.answer(press, now),
            Action::Credits => self.ask_credits(),
        }
    }

    /// Deadlines: a second press that did not come, a draft, a pause that is over.
    fn wake(&mut self, now: Instant) -> Vec<Effect> {
        if self.view.armed.is_some_and(|(_, until)| until <= now) {
            self.view.armed = None;
        }
        self.tell_lull(now);
        let mut effects = self.keep_draft_if_due(now);
        let due = self.job.as_ref().and_then(Job::poll_timeout);
        if due.is_some_and(|until| until <= now) {
            effects.extend(self.ask_again(now));
        }
        effects
    }

    /// A prompt sent while a job runs waits its turn, in sight.
    fn submit(&mut self, text: &str, now: Instant) -> Vec<Effect> {
        self.view.notice = None;
        match Prompt::new(text) {
            // Nothing more to say: what waits goes on.
            Err(PromptError::Empty) if self.queue_mode == QueueMode::Held => {
                self.queue_mode = QueueMode::Runs;
                Vec::new()
            }
            Err(error) => {
                self.say(Tone::Bad, error.to_string());
                Vec::new()
            }
            // What is played is saved: the next wish need not wait for the verdict.
            Ok(prompt) if self.is_playing() => {
                self.send_off(&prompt, now);
                let mut effects = self.stop_play(now);
                effects.extend(self.begin(prompt, now));
                effects
            }
            Ok(prompt) if self.is_busy() => {
                self.send_off(&prompt, now);
                self.queue.push_back(prompt);
                self.say(Tone::Plain, format!("queued, {} waiting", self.queue.len()));
                Vec::new()
            }
            Ok(prompt) => {
                self.send_off(&prompt, now);
                self.begin(prompt, now)
            }
        }
    }

    /// What is sent leaves the editor, so that the next prompt is sent alone.
    pub(super) fn send_off(&mut self, prompt: &Prompt, now: Instant) {
        if self.draft.text.trim() == prompt.text() {
            let sent = Some(prompt.text().to_owned());
            self.draft = Draft { due: Some(now), sent, ..Draft::default() };
        }
    }

    /// What became no game is there to be sent again, unless something else was written meanwhile.
    fn return_prompt(&mut self, now: Instant) {
        let is_lost = |job: &&Job| job.fix.is_none() && job.has_failed();
        let Some(job) = self.job.as_ref().filter(is_lost) else { return };
        if self.draft.text.trim().is_empty() && self.draft.sent.is_some() {
            let text = job.prompt.text().to_owned();
            let (returned, sent) = (Some(text.clone()), self.draft.sent.take());
            self.draft = Draft { text, due: Some(now), returned, sent, kept: false };
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
        let waits = if count == 1 { "1 prompt waits" } else { &format!("{count} prompts wait") };
        self.say(Tone::Plain, format!("{waits}: send an empty prompt to go on"));
    }

    fn start_next(&mut self, now: Instant) -> Vec<Effect> {
        if self.is_busy() || self.quitting {
            return Vec::new();
        }
        if let Some(effects) = self.next_variant(now) {
            return effects;
        }
        if self.queue_mode == QueueMode::Held {
            return Vec::new();
        }
        self.queue.pop_front().map(|prompt| self.begin(prompt, now)).unwrap_or_default()
    }

    fn ask_stop(&mut self, now: Instant) -> Vec<Effect> {
        if self.view.help {
            return self.toggle_help();
        }
        if let Some(closed) = self.view.picker.take() {
            // From the ways to a model back to the models.
            return if closed.stock == Stock::Routes {
                self.pick(Stock::Models)
            } else {
                Vec::new()
            };
        }
        if !self.is_busy() {
            self.view.notice = None;
            self.view.armed = None;
            self.view.zoom = Zoom::Off;
            return Vec::new();
        }
        if self.is_armed(Armed::Stop) {
            return self.stop(now);
        }
        self.view.armed = Some((Armed::Stop, now + ARMED_FOR));
        Vec::new()
    }

    /// Ends the job for real; what had arrived becomes a draft.
    fn stop(&mut self, now: Instant) -> Vec<Effect> {
        self.view.armed = None;
        let Some(job) = self.job.as_ref().filter(|job| !job.is_done()) else { return Vec::new() };
        if job.phase == Phase::Trying {
            return self.stop_play(now);
        }
        // What is being saved is whole: ending it now would lose it.
        if job.phase == Phase::Saving {
            return Vec::new();
        }
        let mut effects = vec![Effect::Abort(job.id)];
        self.settle_request();
        effects.extend(self.fail(Failure::Cancelled, now));
        effects
    }

    fn ask_quit(&mut self, now: Instant) -> Vec<Effect> {
        // What is being saved is saved before the program ends: there is nothing to ask about.
        let is_saved = |job: &Job| matches!(job.phase, Phase::Saving | Phase::Trying);
        let is_saved = self.job.as_ref().is_some_and(is_saved);
        if !self.is_busy() || is_saved || self.is_armed(Armed::Quit) {
            return self.quit(now);
        }
        self.view.armed = Some((Armed::Quit, now + ARMED_FOR));
        Vec::new()
    }

    fn quit(&mut self, now: Instant) -> Vec<Effect> {
        self.quitting = true;
        self.keep_unmade(now);
        let mut effects = self.stop(now);
        if self.draft.due.is_some() {
            effects.extend(self.keep_draft());
        }
        effects
    }

    /// What still waits is in the editor when the program starts again.
    fn keep_unmade(&mut self, now: Instant) {
        let unmade = self.unmade();
        if unmade != self.draft.text {
            self.draft.text = unmade;
            self.draft.due = Some(now);
        }
        self.queue.clear();
    }

    /// All words that have not become a game: those that wait, and what is being written.
    fn unmade(&self) -> String {
        let is_game = |job: &Job| matches!(job.phase, Phase::Saving | Phase::Trying | Phase::Done);
        let asked = self.draft.sent.as_ref().and(self.job.as_ref());
        let asked = asked.filter(|job| !is_game(job) && job.fix.is_none());
        let asked = asked.map(|job| job.prompt.text());
        let waiting = self.queue.iter().map(Prompt::text);
        let written = Some(self.draft.text.as_str()).filter(|text| !text.trim().is_empty());
        asked.into_iter().chain(waiting).chain(written).collect::<Vec<_>>().join("\n\n")
    }

    fn save_to(&mut self, to: Saving) -> Vec<Effect> {
        let Some(game) = self.game() else { return self.nothing_to_save() };
        vec![Effect::Start(JobId::NONE, saving(game.product.clone(), &game.title, to, None))]
    }

    fn nothing_to_save(&mut self) -> Vec<Effect> {
        let what = if self.job.is_some() {
            "there is no finished game to save"
        } else {
            "there is no game to save yet"
        };
        self.say(Tone::Plain, what);
        Vec::new()
    }

    /// The finished game on show.
    fn game(&self) -> Option<&Game> {
        self.job.as_ref()?.result.as_ref()?.as_ref().ok()
    }

    fn focus(&mut self, pane: Pane) -> Vec<Effect> {
        self.view.focus = pane;
        Vec::new()
    }

    fn show_tab(&mut self, tab: Tab) -> Vec<Effect> {
        self.view.tab = tab;
        Vec::new()
    }

    fn welcomed(&mut self) -> Vec<Effect> {
        self.view.welcome = Welcome::Over;
        Vec::new()
    }

    fn zoom(&mut self) -> Vec<Effect> {
        self.view.zoom = match self.view.zoom {
            Zoom::Off => Zoom::On,
            Zoom::On => Zoom::Off,
        };
        Vec::new()
    }

    /// The screen puts its words back into the editor.
    fn unqueue(&mut self) -> Vec<Effect> {
        match self.queue.pop_back() {
            Some(_) => self.say(Tone::Plain, "taken out of the queue, back into the editor"),
            None => self.say(Tone::Plain, "nothing is queued"),
        }
        if self.queue.is_empty() {
            self.queue_mode = QueueMode::Runs;
        }
        Vec::new()
    }

    fn toggle_help(&mut self) -> Vec<Effect> {
        self.view.help = !self.view.help;
        Vec::new()
    }

    fn note(&mut self, text: String) -> Vec<Effect> {
        self.say(Tone::Plain, text);
        Vec::new()
    }

    fn on_edit(&mut self, text: String, now: Instant) -> Vec<Effect> {
        if self.draft.text != text {
            self.draft.text = text;
            self.draft.returned = None;
            self.draft.kept = false;
            self.draft.due = self.draft.due.or(Some(now + DRAFT_EVERY));
        }
        Vec::new()
    }

    fn keep_draft_if_due(&mut self, now: Instant) -> Vec<Effect> {
        if self.draft.due.is_some_and(|due| due <= now) { self.keep_draft() } else { Vec::new() }
    }

    fn keep_draft(&mut self) -> Vec<Effect> {
        self.draft.due = None;
        vec![Effect::Start(JobId::NONE, Task::KeepPrompt(self.unmade()))]
    }

    fn on_housekeeping(&mut self, news: News, now: Instant) -> Vec<Effect> {
        match news {
            News::PromptKept(Ok(())) => self.draft.kept = true,
            News::Saved(Ok(Saved { path: Some(path), .. })) => {
                let shown = DiskError::display_path(&path);
                self.written.push(path);
                self.say(Tone::Good, format!("saved {shown}"));
            }
            News::PromptKept(Err(error)) | News::Saved(Err(error)) => {
                self.say(Tone::Bad, error.to_string());
            }
            News::SetAside(place) => return self.on_set_aside(&place),
            News::Found { stock, query, items } => return self.on_found((stock, &query), items),
            News::Greeted(greeting) => return self.on_greeted(greeting),
            News::Opened(opened) => return self.on_opened(opened, now),
            News::Played(played) => self.on_played(played),
            News::FormsKnown(tallies) => tallies.iter().for_each(|tally| self.forms.add(tally)),
            News::Compared(compared) => self.on_compared(compared),
            News::Catalogued(listed) => return self.on_catalogued(listed),
            News::Credited(credits) => return self.on_credited(credits, now),
            News::Saved(Ok(_))
            | News::Admitted(_)
            | News::Held(..)
            | News::Uncounted(_)
            | News::Heard(_)
            | News::Ended(_)
            | News::Composed(_)
            | News::Given(_)
            | News::Stitched(_)
            | News::Vetted(_)
            | News::Trying(_)
            | News::Tried(_)
            | News::DraftKept(_) => {}
        }
        Vec::new()
    }
}

/// The task that saves a product under the name of its title.
fn saving(product: Product, title: &str, to: Saving, keep: Option<Box<Keep>>) -> Task {
    Task::Save { product, slug: Prompt::slug(title), to, keep }
}
