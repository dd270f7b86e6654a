//! The prompts: sent, queued, returned, and kept as a draft.

use std::time::Instant;

use crate::app::dialogs::Tone;
use crate::app::draft::{DRAFT_EVERY, PointedWords, PromptDraft};
use crate::app::effect::SessionTask;
use crate::app::effects::Effects;
use crate::app::ids::JobId;
use crate::app::job::{Job, JobPhase};
use crate::app::prompt::Prompt;
use crate::app::session::{NextGame, Session};
use crate::app::update::{improve, transcript};

impl Session {
    /// A prompt sent while its game is made waits its turn, in sight. One for a new game waits for
    /// nothing.
    pub(super) fn submit_prompt(&mut self, text: &str, now: Instant, effects: &mut Effects) {
        self.dialogs.notice = None;
        transcript::look_away(self, effects);
        match Prompt::new(text) {
            Err(error) => self.notify(Tone::Bad, error.to_string()),
            // A game that is played is saved: the next prompt need not wait for the verdict.
            Ok(prompt) if self.is_playing() => {
                self.take_from_editor(&prompt, now, effects);
                if let Some(id) = self.jobs.front_id() {
                    self.with_job(id, now, effects, Job::stop);
                }
                self.begin(prompt, now, effects);
            }
            Ok(prompt) if self.is_busy() && self.waits_its_turn() => {
                self.take_from_editor(&prompt, now, effects);
                if let Some(before) = self.jobs.front_id() {
                    self.queue.push(prompt, before);
                }
            }
            Ok(prompt) => {
                self.take_from_editor(&prompt, now, effects);
                self.begin(prompt, now, effects);
            }
        }
    }

    /// Whether the next prompt waits for the game that is made now.
    fn waits_its_turn(&self) -> bool {
        self.next_game == NextGame::Changed || self.variants.is_some()
    }

    /// Lets all queued prompts go on, the first of them in the foreground.
    pub(super) fn resume_queue(&mut self) {
        let before = self.queue.first_held().map(|queued| queued.after);
        self.queue.release();
        if let Some(before) = before.filter(|id| !self.is_busy() && self.jobs.contains(*id)) {
            self.bring_to_front(before);
        }
    }

    /// Clears a sent prompt from the editor, so that the next prompt is sent alone.
    pub(super) fn take_from_editor(
        &mut self,
        prompt: &Prompt,
        now: Instant,
        effects: &mut Effects,
    ) {
        if self.draft.text.trim() == prompt.text() {
            // Nobody waits for more of it.
            improve::stop(self, effects);
            let sent = Some(prompt.text().to_owned());
            let PromptDraft { pointed, improvement, .. } = std::mem::take(&mut self.draft);
            let due = Some(now);
            self.draft = PromptDraft { due, sent, pointed, improvement, ..PromptDraft::default() };
        }
    }

    /// Puts a prompt that made no game back into the editor, unless that holds other text.
    pub(super) fn return_prompt(&mut self, id: JobId, now: Instant) {
        let is_lost = |job: &&Job| job.has_failed();
        let Some(job) = self.jobs.get(id).filter(is_lost) else { return };
        if self.draft.text.trim().is_empty() && self.draft.sent.is_some() {
            let text = job.prompt.text().to_owned();
            let returned = Some(text.clone());
            let draft = std::mem::take(&mut self.draft);
            self.draft = PromptDraft { text, due: Some(now), returned, is_saved: false, ..draft };
        }
    }

    /// A job that was stopped or failed starts no other: what waits is the user's to send.
    pub(super) fn hold_queue(&mut self, id: JobId) {
        if self.quitting || !self.jobs.get(id).is_some_and(Job::has_failed) {
            return;
        }
        let waiting = match self.queue.hold(id) {
            0 => return,
            1 => "1 prompt waiting".to_owned(),
            count => format!("{count} prompts waiting"),
        };
        self.notify(Tone::Plain, format!("{waiting} in the queue"));
    }

    /// Begins what waited for a job that has ended.
    pub(super) fn start_next(&mut self, now: Instant, effects: &mut Effects) {
        if self.quitting || (!self.is_busy() && self.next_variant(now, effects)) {
            return;
        }
        while let Some(queued) = self.queue.pop_ready(|id| self.jobs.is_running(id)) {
            if self.jobs.front_id() == Some(queued.after) || !self.jobs.contains(queued.after) {
                self.begin(queued.prompt, now, effects);
            } else {
                self.begin_behind(queued, now, effects);
            }
        }
    }

    /// What still waits is in the editor when the program starts again.
    pub(super) fn keep_unfinished_prompts(&mut self, now: Instant) {
        let unmade = self.unfinished_prompts();
        // Blank lines alone are no prompt, and stay as they were typed.
        if unmade.trim() != self.draft.text.trim() {
            self.draft.text = unmade;
            self.draft.due = Some(now);
        }
        self.queue.clear();
    }

    /// All prompts that have not made a game: those of running jobs, the queued ones, and the
    /// editor's text.
    fn unfinished_prompts(&self) -> String {
        let is_unmade = |job: &&Job| {
            !matches!(job.current.phase, JobPhase::Saving | JobPhase::PlayTesting)
                && job.tries.ended().is_empty()
        };
        let asked = self.draft.sent.iter().flat_map(|_| self.jobs.running()).filter(is_unmade);
        let waiting = self.queue.iter().map(|queued| queued.prompt.text());
        let written = Some(self.draft.text.as_str()).filter(|text| !text.trim().is_empty());
        let mut prompts: Vec<_> =
            asked.map(|job| job.prompt.text()).chain(waiting).chain(written).collect();
        // Variants that are made side by side share theirs.
        prompts.dedup();
        prompts.join("\n\n")
    }

    /// The text in the editor has changed: it is saved soon.
    pub(super) fn on_edit(&mut self, text: String, now: Instant) {
        if self.draft.text != text {
            self.draft.text = text;
            self.draft.returned = None;
            self.draft.is_saved = false;
            self.draft.due = self.draft.due.or(Some(now + DRAFT_EVERY));
        }
    }

    /// The user has pointed at something in the running game: the prompt names it, and is not sent.
    pub(super) fn on_pointed(&mut self, text: String, now: Instant) {
        self.draft.pointed = PointedWords { count: self.draft.pointed.count + 1, text };
        self.on_edit(self.draft.pointed.appended_to(&self.draft.text), now);
        self.notify(Tone::Good, "the prompt names what you clicked: say what to do with it");
    }

    /// Saves the text of the editor if its time has come.
    pub(super) fn keep_draft_if_due(&mut self, now: Instant, effects: &mut Effects) {
        if self.draft.due.is_some_and(|due| due <= now) {
            self.keep_draft(effects);
        }
    }

    /// Saves the text of the editor and all queued prompts now.
    pub(super) fn keep_draft(&mut self, effects: &mut Effects) {
        self.draft.due = None;
        let text = self.unfinished_prompts();
        self.start_task(SessionTask::KeepPrompt(text), effects);
    }
}
