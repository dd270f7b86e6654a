//! What must be answered or closed before the panes get keys.

use super::command_palette::CommandPalette;
use super::knob_list::KnobList;
use super::view_state::{ViewState, WelcomeState};
use crate::app::{Action, Session};

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
    /// The knobs of the game that is shown. `None` if closed.
    pub knobs: Option<KnobList>,
    /// Knobs that were turned and not tried when the list was closed.
    pub left_knobs: Option<KnobList>,
}

impl Modal {
    /// What receives keys before the panes do, lists aside.
    pub fn over_panes(view: ViewState, state: &Session) -> Self {
        if state.dialogs.confirm.is_some() {
            Self::Question
        } else if view.help {
            Self::Help
        } else if view.welcome == WelcomeState::Shown {
            Self::Welcome
        } else {
            Self::None
        }
    }
}

/// Whether the next input means the same before the session has handled this action. One in a list
/// does not: what a key chooses there is up to the words and steps before it.
pub(super) fn keeps_meaning(action: &Action) -> bool {
    matches!(action, Action::Edited(_) | Action::Note(_))
}

/// Whether the user does something by this action, rather than the screen.
pub(super) fn is_users(action: &Action) -> bool {
    !matches!(action, Action::LoadStartup(_) | Action::Note(_) | Action::OpenList(..))
}
