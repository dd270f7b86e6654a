//! What must be answered or closed before the panes get keys.

use super::command_palette::CommandPalette;
use crate::app::view::ViewState;
use crate::app::{Action, WelcomeState};

/// The overlay that must be answered or closed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modal {
    None,
    Welcome,
    Help,
    Question,
}

/// What covers the panes.
#[derive(Debug, Default)]
pub(super) struct OverlayState {
    /// The first visible row of the help.
    pub help_row: usize,
    /// The command palette. `None` if closed.
    pub palette: Option<CommandPalette>,
}

impl Modal {
    /// What receives keys before the panes do, lists aside.
    pub fn from_view(view: &ViewState) -> Self {
        match view {
            ViewState { confirm: Some(_), .. } => Self::Question,
            ViewState { help: true, .. } => Self::Help,
            ViewState { welcome: WelcomeState::Shown, .. } => Self::Welcome,
            _ => Self::None,
        }
    }
}

/// Whether the next input means the same before the session has handled this action. One in a list
/// does not: what a key chooses there is up to the words and steps before it.
pub(super) fn keeps_meaning(action: &Action) -> bool {
    matches!(action, Action::Edited(_) | Action::Note(_))
}
