//! What must be answered or closed before the panes get keys.

use super::command_palette::CommandPalette;
use crate::app::picker::Picker;
use crate::app::view::ViewState;
use crate::app::{Action, WelcomeState};

/// The overlay that must be answered or closed first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Modal {
    #[default]
    None,
    Welcome,
    Help,
    Question,
}

/// What covers the panes.
#[derive(Debug, Default)]
pub(super) struct OverlayState {
    /// What receives keys before the panes do, lists aside.
    pub modal: Modal,
    /// The first visible row of the help.
    pub help_row: usize,
    /// The command palette. `None` if closed.
    pub palette: Option<CommandPalette>,
    /// The open list as drawn last. `None` if closed.
    pub picker: Option<Picker>,
}

impl Modal {
    pub fn from_view(view: &ViewState) -> Self {
        match view {
            ViewState { confirm: Some(_), .. } => Self::Question,
            ViewState { help: true, .. } => Self::Help,
            ViewState { welcome: WelcomeState::Shown, .. } => Self::Welcome,
            _ => Self::None,
        }
    }
}

/// Whether the action leaves the focus where it was, so that the next keys keep their meaning.
pub(super) fn keeps_focus(action: &Action) -> bool {
    matches!(action, Action::Edited(_) | Action::Narrow(_) | Action::Step(_) | Action::Note(_))
}
