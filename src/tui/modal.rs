//! What must be answered or closed before the panes get keys.

use crate::app::session::ViewState;
use crate::app::{Action, WelcomeState};

/// The overlay that must be answered or closed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modal {
    None,
    Welcome,
    Help,
    Question,
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
