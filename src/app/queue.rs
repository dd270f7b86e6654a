//! Prompts that wait for a job to end.

use std::collections::VecDeque;

use super::ids::JobId;
use super::prompt::Prompt;

/// A prompt that waits.
#[derive(Debug, Clone)]
pub struct QueuedPrompt {
    pub prompt: Prompt,
    /// The job whose game it changes.
    pub after: JobId,
    pub mode: QueueMode,
}

/// What a queued prompt waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueueMode {
    /// The end of the job before it.
    #[default]
    Runs,
    /// The user, too: the job before it was stopped or failed.
    Held,
}

/// The prompts that wait, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct PromptQueue {
    waiting: VecDeque<QueuedPrompt>,
}

impl PromptQueue {
    /// The queued prompts, the next one first.
    pub fn iter(&self) -> impl Iterator<Item = &QueuedPrompt> {
        self.waiting.iter()
    }

    /// How many prompts wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether no prompt waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The prompt that was queued last. `None` if none waits.
    pub fn last(&self) -> Option<&QueuedPrompt> {
        self.waiting.back()
    }

    /// The first prompt that waits for the user. `None` if each waits for its job alone.
    pub fn first_held(&self) -> Option<&QueuedPrompt> {
        self.iter().find(|queued| queued.mode == QueueMode::Held)
    }

    /// How many wait for this job.
    pub fn count_after(&self, job: JobId) -> usize {
        self.iter().filter(|queued| queued.after == job).count()
    }

    /// Queues a prompt until the job `after` has ended.
    pub(super) fn push(&mut self, prompt: Prompt, after: JobId) {
        self.waiting.push_back(QueuedPrompt { prompt, after, mode: QueueMode::Runs });
    }

    /// Takes the prompt at a place out. `None` if there is none.
    pub(super) fn remove(&mut self, place: usize) -> Option<QueuedPrompt> {
        self.waiting.remove(place)
    }

    /// Moves the prompt at a place by so many places, as far as there are any. Each place keeps what
    /// it waits for: only the words change places.
    pub(super) fn shift(&mut self, place: usize, by: isize) {
        let last = self.waiting.len().saturating_sub(1);
        let to = place.saturating_add_signed(by).min(last);
        let step = if to < place { -1 } else { 1 };
        let mut at = place.min(last);
        while at != to {
            let next = at.saturating_add_signed(step);
            self.exchange_prompts(at, next);
            at = next;
        }
    }

    fn exchange_prompts(&mut self, one: usize, other: usize) {
        let prompts = [one, other].map(|at| self.waiting.get(at).map(|it| it.prompt.clone()));
        let [Some(first), Some(second)] = prompts else { return };
        for (at, prompt) in [(one, second), (other, first)] {
            if let Some(queued) = self.waiting.get_mut(at) {
                queued.prompt = prompt;
            }
        }
    }

    /// Takes the oldest out that waits for none of the running jobs and not for the user.
    pub(super) fn pop_ready(&mut self, is_running: impl Fn(JobId) -> bool) -> Option<QueuedPrompt> {
        let is_ready =
            |queued: &QueuedPrompt| queued.mode == QueueMode::Runs && !is_running(queued.after);
        let at = self.waiting.iter().position(is_ready)?;
        self.waiting.remove(at)
    }

    /// What waited for one job waits for another, which goes on from it.
    pub(super) fn follow(&mut self, before: JobId, next: JobId) {
        for queued in self.waiting.iter_mut().filter(|queued| queued.after == before) {
            queued.after = next;
        }
    }

    /// What waits for this job waits for the user, too. Returns how many do.
    pub(super) fn hold(&mut self, job: JobId) -> usize {
        for queued in self.waiting.iter_mut().filter(|queued| queued.after == job) {
            queued.mode = QueueMode::Held;
        }
        self.count_after(job)
    }

    /// The user lets all go on.
    pub(super) fn release(&mut self) {
        for queued in &mut self.waiting {
            queued.mode = QueueMode::Runs;
        }
    }

    /// Drops all queued prompts.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }
}
