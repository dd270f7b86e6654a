//! The session as a conversation: prompts, and what came of each.

use super::ids::JobId;
use super::tries::TryReport;
use crate::library::{GameId, VersionId};

/// More entries than this are not kept: the library has their games.
const MAX_ENTRIES: usize = 500;

/// A prompt, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct TranscriptEntry {
    /// The job that the prompt began. `None` if it is out of the library.
    pub job: Option<JobId>,
    pub prompt: String,
    /// Whether it is another game of the prompt before it.
    pub kind: TranscriptKind,
    /// The tries that have ended, the oldest first.
    pub tries: Vec<TryReport>,
}

/// How an entry relates to the one before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TranscriptKind {
    /// It makes a game of its own.
    NewGame,
    /// It changes the game before it.
    #[default]
    Change,
    /// It is another game of the same prompt.
    Variant,
}

/// The prompts of the session, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct Transcript {
    entries: Vec<TranscriptEntry>,
}

impl Transcript {
    /// The prompts, the oldest first.
    pub fn entries(&self) -> &[TranscriptEntry] {
        &self.entries
    }

    /// Adds a prompt. The oldest ones are forgotten where there are too many.
    pub(super) fn push(&mut self, entry: TranscriptEntry) {
        self.entries.push(entry);
        let surplus = self.entries.len().saturating_sub(MAX_ENTRIES);
        self.entries.drain(..surplus);
    }

    /// Records what the tries of a job have come to so far.
    pub(super) fn record(&mut self, job: JobId, tries: &[TryReport]) {
        let entry = self.entries.iter_mut().rfind(|entry| entry.job == Some(job));
        if let Some(entry) = entry.filter(|entry| entry.tries != tries) {
            entry.tries = tries.to_vec();
        }
    }

    /// Takes the conversation of a game out of the library, unless it is the one that is here. What
    /// is being made stays.
    pub(super) fn restore(
        &mut self,
        game: GameId,
        entries: Vec<TranscriptEntry>,
        is_running: impl Fn(JobId) -> bool,
    ) {
        if self.entries.iter().any(|entry| entry.is_about(game)) {
            return;
        }
        self.entries.retain(|entry| entry.job.is_some_and(&is_running));
        self.entries.splice(0..0, entries);
    }
}

impl TranscriptEntry {
    /// The versions that it made, the oldest first.
    pub fn versions(&self) -> impl Iterator<Item = VersionId> {
        self.tries.iter().filter_map(|ended| ended.version)
    }

    fn is_about(&self, game: GameId) -> bool {
        self.versions().any(|version| version.game == game)
    }
}
