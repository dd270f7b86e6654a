//! Makes the variants of a prompt, shows one or the other, keeps one.

use std::sync::Arc;
use std::time::Instant;

use crate::app::dialogs::Tone;
use crate::app::effect::SessionTask;
use crate::app::effects::Effects;
use crate::app::failure::JobError;
use crate::app::job::Job;
use crate::app::options::SaveTarget;
use crate::app::prompt::Prompt;
use crate::app::session::{NextGame, Session};
use crate::app::variant_mode::VariantMode;
use crate::app::variants::Variants;

impl Session {
    /// Begins the first of them, or in a race all.
    pub(super) fn vary(
        &mut self,
        text: &str,
        (models, mode): (Vec<Option<String>>, VariantMode),
        now: Instant,
        effects: &mut Effects,
    ) {
        if self.is_busy() {
            self.notify(Tone::Plain, "still making a game: stop it first, or wait");
            return;
        }
        match Prompt::new(text) {
            Err(error) => self.notify(Tone::Bad, error.to_string()),
            Ok(prompt) => {
                self.dialogs.notice = None;
                self.take_from_editor(&prompt, now, effects);
                self.next_game = NextGame::Changed;
                let variants = Variants::new(prompt, self.current.clone(), models, mode);
                let count = match mode {
                    VariantMode::Choice => 1,
                    VariantMode::Race => variants.slots.len(),
                };
                self.variants = Some(variants);
                for at in 0..count {
                    self.begin_variant(at, now, effects);
                }
            }
        }
    }

    fn begin_variant(&mut self, at: usize, now: Instant, effects: &mut Effects) {
        let Some(variants) = self.variants.as_mut() else { return };
        variants.at = at;
        let model = variants.slots.get(at).and_then(|slot| slot.model.clone());
        let (prompt, base) = (variants.prompt.clone(), variants.base.clone());
        self.current.clone_from(&base);
        let mut options = Arc::clone(&self.plan.job);
        if let Some(model) = model {
            Arc::make_mut(&mut options).terms.model = model;
        }
        if variants.mode == VariantMode::Race && options.saving != SaveTarget::GamesFolder {
            // The file that the user named is for the winner alone.
            Arc::make_mut(&mut options).saving = SaveTarget::Nowhere;
        }
        let mut job = Job::new(self.ids.next(), options, base, prompt, now);
        job.variant = at as u64;
        let before = self.jobs.front_id();
        if let Some(slot) = self.variants.as_mut().and_then(|it| it.slots.get_mut(at)) {
            slot.job = Some(job.id);
        }
        if let Some(before) = before.filter(|_| at > 0) {
            self.queue.follow(before, job.id);
        }
        self.begin_job(job, now, effects);
    }

    /// The next of them, once one has ended; a cause that they all share ends them.
    /// Whether there was one.
    pub(super) fn next_variant(&mut self, now: Instant, effects: &mut Effects) -> bool {
        let variants = self.variants.as_mut().filter(|variants| variants.has_next());
        let Some(variants) = variants else { return false };
        let at = variants.at;
        let started = variants.slots.get(at).and_then(|slot| self.jobs.get(slot.job?));
        if started.and_then(|job| job.current.failure()).is_some_and(is_shared) {
            variants.slots.truncate(at + 1);
            return false;
        }
        self.begin_variant(at + 1, now, effects);
        true
    }

    /// Displays the variant `by` places further on, wrapping around.
    pub(super) fn step_variant(&mut self, by: isize) {
        let is_busy = self.is_busy();
        let Some(variants) = self.variants.as_mut() else {
            self.notify(Tone::Plain, "no variants yet: press F9 and choose “variants”");
            return;
        };
        let started = |at: &usize| variants.slots.get(*at).is_some_and(|slot| slot.job.is_some());
        let started: Vec<_> = (0..variants.slots.len()).filter(started).collect();
        let here = started.iter().position(|at| *at == variants.shown()).unwrap_or_default();
        let count = isize::try_from(started.len()).unwrap_or(isize::MAX).max(1);
        let there = here.cast_signed().saturating_add(by).rem_euclid(count).cast_unsigned();
        let to = started.get(there).copied().unwrap_or(variants.at);
        if is_busy {
            variants.viewed = Some(to).filter(|to| *to != variants.at);
            return;
        }
        self.show_variant(to);
    }

    /// Makes this variant the game that everything else is about.
    fn show_variant(&mut self, to: usize) {
        let Some(variants) = self.variants.as_mut() else { return };
        variants.viewed = None;
        variants.at = to;
        if let Some(job) = variants.slots.get(to).and_then(|slot| slot.job) {
            self.bring_to_front(job);
        }
    }

    /// Keeps the displayed variant: the next prompt changes it.
    pub(super) fn keep_variant(&mut self, effects: &mut Effects) {
        if self.is_busy() {
            self.notify(Tone::Plain, "the variants are still being made: wait, or stop them");
            return;
        }
        let Some(variants) = &self.variants else {
            self.notify(Tone::Plain, "no variants yet: press F9 and choose “variants”");
            return;
        };
        let shown = variants.shown();
        self.show_variant(shown);
        let Some(variants) = self.variants.take() else { return };
        let others = variants.slots.iter().filter_map(|slot| {
            let job = slot.job.filter(|id| Some(*id) != self.jobs.front_id())?;
            Some(self.jobs.get(job)?.game()?.version?.to_string())
        });
        let others = others.collect::<Vec<_>>().join(", ");
        let others_text =
            if others.is_empty() { String::new() } else { format!("; in the library: {others}") };
        self.notify(Tone::Good, format!("kept variant {}{others_text}", shown + 1));
        // Undoing starts from here, not from the variant that was made last.
        let version = self.current.as_ref().and_then(|base| base.version);
        let is_change = variants.base.is_some();
        if let Some(version) = version.filter(|_| is_change) {
            self.start_task(SessionTask::MakeCurrent(version), effects);
        }
    }

    /// All are made: what can be done with them.
    pub(super) fn end_variants(&mut self) {
        let Some(variants) = self.variants.as_ref().filter(|variants| !variants.has_next()) else {
            return;
        };
        if variants.slots.len() > 1 && self.dialogs.notice.is_none() {
            self.notify(
                Tone::Plain,
                "Tab leaves the prompt; then , and . switch variants, K keeps one",
            );
        }
    }
}

/// Whether the other variants would fail for the same reason.
fn is_shared(failure: &JobError) -> bool {
    matches!(failure, JobError::Cancelled) || matches!(failure.exit_code(), 3 | 4 | 9)
}
