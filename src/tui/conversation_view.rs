//! The position in the conversation: the chosen line of the session pane, and the earlier prompt
//! that the editor shows.

use super::keymap::UiCommand;
use crate::app::{Action, QueueAction, Session};
use crate::library::VersionId;

/// Lines of a page in the session.
const PAGE: isize = 10;

/// What the screen keeps of the conversation between frames.
#[derive(Debug, Default)]
pub(super) struct ConversationView {
    /// The chosen line. `None` follows the newest.
    pub chosen: Option<SessionTarget>,
    /// The earlier prompt in the editor: its number, counted back from the newest. `None` if the
    /// editor shows what the user wrote.
    pub recalled: Option<usize>,
}

/// A line of the session pane that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionTarget {
    Version(VersionId),
    /// A prompt that waits, by its place in the queue.
    Queued(usize),
}

impl ConversationView {
    /// Moves the choice by so many lines, and shows the version there.
    pub fn step(&mut self, by: isize, state: &Session) -> Vec<Action> {
        let targets = session_targets(state);
        let Some(last) = targets.len().checked_sub(1) else { return Vec::new() };
        let here = self.chosen.and_then(|chosen| targets.iter().position(|it| *it == chosen));
        // From the bottom the first step chooses the last line.
        let next = match here {
            Some(here) => here.saturating_add_signed(by).min(last),
            None => last.saturating_add_signed((by + 1).min(0)),
        };
        self.choose(targets.get(next).copied())
    }

    /// Moves the choice as a command of the reading panes says.
    pub fn scroll(&mut self, command: UiCommand, state: &Session) -> Vec<Action> {
        let by = match command {
            UiCommand::LineDown => 1,
            UiCommand::LineUp => -1,
            UiCommand::PageDown => PAGE,
            UiCommand::PageUp => -PAGE,
            UiCommand::Top => return self.choose(session_targets(state).first().copied()),
            // The newest line is followed again.
            UiCommand::Bottom => return self.choose(None),
            // Searches are for the preview.
            _ => return Vec::new(),
        };
        self.step(by, state)
    }

    /// Chooses a line, and shows the version there. `None` follows the newest.
    pub fn choose(&mut self, target: Option<SessionTarget>) -> Vec<Action> {
        self.chosen = target;
        match target {
            Some(SessionTarget::Version(version)) => vec![Action::Look(version)],
            Some(SessionTarget::Queued(_)) | None => vec![Action::LookAway],
        }
    }

    /// The place in the queue of the chosen prompt. `None` if another line is chosen.
    pub fn queued(&self) -> Option<usize> {
        match self.chosen {
            Some(SessionTarget::Queued(place)) => Some(place),
            Some(SessionTarget::Version(_)) | None => None,
        }
    }

    /// Moves the chosen prompt of the queue, and stays on it.
    pub fn move_queued(&mut self, by: isize, state: &Session) -> Vec<Action> {
        let Some(place) = self.queued() else { return choose_queued_first() };
        let last = state.queue.len().saturating_sub(1);
        self.chosen = Some(SessionTarget::Queued(place.saturating_add_signed(by).min(last)));
        vec![Action::Queue(QueueAction::Move(place, by))]
    }

    /// Drops the choice of a line that is gone.
    pub fn sync(&mut self, state: &Session) {
        if let Some(place) = self.queued() {
            let last = state.queue.len().checked_sub(1);
            self.chosen = last.map(|last| SessionTarget::Queued(place.min(last)));
        }
    }

    /// An earlier prompt for the editor, `by` further back. `None` if there is none.
    pub fn recall(&mut self, by: isize, state: &Session) -> Option<String> {
        let prompts = earlier_prompts(state);
        let place = match self.recalled {
            Some(place) => place.checked_add_signed(by),
            None if by > 0 => Some(0),
            None => return None,
        };
        // Below the newest the editor is empty again.
        let Some(place) = place else {
            self.recalled = None;
            return Some(String::new());
        };
        let prompt = prompts.get(place)?.to_string();
        self.recalled = Some(place);
        Some(prompt)
    }

    /// The earlier prompt that the editor shows, if it shows one.
    pub fn recalled_prompt<'s>(&self, state: &'s Session) -> Option<&'s str> {
        let place = self.recalled?;
        earlier_prompts(state).get(place).copied()
    }
}

/// What keys for the queue say while no waiting prompt is chosen.
pub(super) fn choose_queued_first() -> Vec<Action> {
    vec![Action::Note("choose a waiting prompt in the session first".to_owned())]
}

/// The lines that can be chosen, from top to bottom.
fn session_targets(state: &Session) -> Vec<SessionTarget> {
    let entries = state.transcript.entries().iter();
    let versions = entries.flat_map(|entry| entry.versions().map(SessionTarget::Version));
    versions.chain((0..state.queue.len()).map(SessionTarget::Queued)).collect()
}

/// All earlier prompts, the newest first, each once.
fn earlier_prompts(state: &Session) -> Vec<&str> {
    let here = state.transcript.entries().iter().rev().map(|entry| entry.prompt.as_str());
    let before = state.startup.prompts.iter().map(String::as_str);
    let mut prompts = Vec::new();
    for prompt in here.chain(before) {
        if !prompts.contains(&prompt) {
            prompts.push(prompt);
        }
    }
    prompts
}
