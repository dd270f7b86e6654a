//! What a command means to the session, and what it means to the view.

use super::focus::Pane;
use super::keymap::UiCommand;
use super::view_state::{PreviewTab, ViewCommand};
use crate::app::{Action, JobAction, PickerKind};

/// The action of a command that needs nothing of the screen. `None` if it is about the screen, or
/// depends on it.
pub(super) fn session_action(command: UiCommand) -> Option<Action> {
    Some(match command {
        UiCommand::RetryNow => Action::job(JobAction::RetryNow),
        UiCommand::Save => Action::job(JobAction::Save),
        UiCommand::Play => Action::Play,
        UiCommand::Fix => Action::job(JobAction::Fix),
        UiCommand::Undo => Action::Undo,
        UiCommand::Redo => Action::Redo,
        UiCommand::NewGame => Action::NewGame,
        UiCommand::EarlierPrompts => Action::Pick(PickerKind::Prompts),
        UiCommand::Library => Action::Pick(PickerKind::Games),
        UiCommand::Models => Action::Pick(PickerKind::Models),
        UiCommand::Credits => Action::Credits,
        UiCommand::NextVariant => Action::StepJob(1),
        UiCommand::BackVariant => Action::StepJob(-1),
        UiCommand::KeepVariant => Action::KeepVariant,
        _ => return None,
    })
}

/// The list that a command of the screen alone opens.
pub(super) fn list_of(command: UiCommand) -> Option<PickerKind> {
    match command {
        UiCommand::Against => Some(PickerKind::DiffBase),
        UiCommand::SaveAs => Some(PickerKind::Paths),
        UiCommand::Variants => Some(PickerKind::Variants),
        _ => None,
    }
}

/// What a command changes in what is seen. `None` if it does something else.
pub(super) fn view_command(command: UiCommand) -> Option<ViewCommand> {
    Some(match command {
        UiCommand::NextTab => ViewCommand::NextTab,
        UiCommand::ShowDiff => ViewCommand::Show(PreviewTab::Diff),
        UiCommand::Zoom => ViewCommand::ToggleZoom,
        UiCommand::NextPane => ViewCommand::NextPane,
        UiCommand::BackPane => ViewCommand::PreviousPane,
        UiCommand::PaneSession => ViewCommand::Focus(Pane::Session),
        UiCommand::PanePrompt => ViewCommand::Focus(Pane::Prompt),
        UiCommand::PaneStatus => ViewCommand::Focus(Pane::Status),
        UiCommand::PanePreview => ViewCommand::Focus(Pane::Preview),
        UiCommand::Help => ViewCommand::ToggleHelp,
        _ => return None,
    })
}
