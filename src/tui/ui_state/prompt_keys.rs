//! What keys do in the prompt: they type, recall earlier prompts, and send.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::CursorMove;

use super::UiState;
use crate::app::{Action, QueueAction, Session};
use crate::tui::conversation_view::{ConversationView, SessionTarget, choose_queued_first};
use crate::tui::focus::Pane;
use crate::tui::keymap::UiCommand;
use crate::tui::pane;
use crate::tui::view_state::ViewCommand;

/// Types a key into the editor.
pub(super) fn type_key(ui: &mut UiState, key: KeyEvent, state: &Session) -> Vec<Action> {
    if let Some(actions) = recall_prompt(ui, key, state) {
        return actions;
    }
    // The editor does not report a selection removed by an empty paste.
    let before = ui.prompt_text();
    match (key.code, key.modifiers) {
        // As in a shell; the editor's own keys differ.
        (KeyCode::Char('u'), KeyModifiers::CONTROL) => {
            ui.editor.delete_line_by_head();
        }
        (KeyCode::Char('_' | '/' | '7'), KeyModifiers::CONTROL) => {
            ui.editor.undo();
        }
        _ => {
            ui.editor.input(key);
        }
    }
    let text = ui.prompt_text();
    if text == before { Vec::new() } else { vec![Action::Edited(text)] }
}

/// Brings an earlier prompt into the editor, if that is empty or shows one: `↑` from its first
/// row, `↓` from its last. `None` if the key moves the cursor.
fn recall_prompt(ui: &mut UiState, key: KeyEvent, state: &Session) -> Option<Vec<Action>> {
    if ui.editor.is_empty() {
        ui.conversation.recalled = None;
    }
    // Most keys type: nothing is compared for them.
    let by = match key.code {
        _ if !key.modifiers.is_empty() => return None,
        KeyCode::Up => 1,
        KeyCode::Down => -1,
        _ => return None,
    };
    let row = ui.editor.screen_cursor().row;
    let leaves_text = match by {
        1 => row == 0,
        _ => row + 1 >= usize::from(pane::prompt::rows(ui, editor_width(ui))),
    };
    if !leaves_text || !ui.editor.is_empty() && !shows_recalled(ui, state) {
        return None;
    }
    let prompt = ui.conversation.recall(by, state)?;
    replace_text(ui, &prompt);
    Some(vec![Action::Edited(ui.prompt_text())])
}

/// Puts a text in the place of all that is in the editor, whatever of it is selected: the editor's own
/// way to clear it would remove the selection alone.
pub(super) fn replace_text(ui: &mut UiState, text: &str) {
    ui.editor.select_all();
    ui.paste_text(text);
}

/// Adds a text at the end of the editor's, of which nothing is selected then.
pub(super) fn append_text(ui: &mut UiState, text: &str) {
    ui.editor.cancel_selection();
    ui.editor.move_cursor(CursorMove::Bottom);
    ui.editor.move_cursor(CursorMove::End);
    ui.paste_text(text);
}

/// Whether the editor shows an earlier prompt as it was.
fn shows_recalled(ui: &UiState, state: &Session) -> bool {
    ui.conversation.recalled_prompt(state) == Some(ui.prompt_text().as_str())
}

/// Columns of the editor in the last frame.
fn editor_width(ui: &UiState) -> u16 {
    ui.hit_map.editor.map_or(u16::MAX, |area| area.width)
}

/// Sends the prompt; what is shown follows its game.
fn send(ui: &mut UiState) -> Vec<Action> {
    ui.conversation = ConversationView::default();
    let mut actions =
        if ui.editor.is_empty() { Vec::new() } else { ui.view.apply(ViewCommand::FollowJob) };
    actions.push(Action::Generate(ui.prompt_text()));
    actions
}

/// Clears the editor, which its undo restores; an empty one quits.
fn clear_prompt(ui: &mut UiState) -> Vec<Action> {
    if ui.editor.is_empty() {
        return vec![Action::Quit];
    }
    ui.editor.select_all();
    ui.editor.cut();
    let note = "cleared; ^Y in the prompt restores it".to_owned();
    vec![Action::Edited(String::new()), Action::Note(note)]
}

/// Takes the chosen version, or moves the chosen prompt back into the editor.
pub(super) fn take_chosen(ui: &mut UiState, state: &Session) -> Vec<Action> {
    match ui.conversation.chosen {
        Some(SessionTarget::Version(version)) => vec![Action::Take(version)],
        Some(SessionTarget::Queued(place)) => {
            let mut actions = edit_queued(ui, place, state);
            actions.extend(ui.view.apply(ViewCommand::Focus(Pane::Prompt)));
            actions
        }
        None => vec![Action::Note("choose a version first: ↑ and ↓ walk them".to_owned())],
    }
}

/// Moves a prompt that waits back into the editor, below its text.
fn edit_queued(ui: &mut UiState, place: usize, state: &Session) -> Vec<Action> {
    let Some(queued) = state.queue.iter().nth(place) else { return Vec::new() };
    let apart = if ui.editor.is_empty() { "" } else { "\n\n" };
    append_text(ui, &format!("{apart}{}", queued.prompt.text()));
    vec![Action::Queue(QueueAction::TakeBack(place)), Action::Edited(ui.prompt_text())]
}

/// Runs a command of the editor.
pub(super) fn run_command(ui: &mut UiState, command: UiCommand, state: &Session) -> Vec<Action> {
    match command {
        UiCommand::Newline => {
            ui.editor.insert_newline();
            vec![Action::Edited(ui.prompt_text())]
        }
        UiCommand::Clear => clear_prompt(ui),
        UiCommand::Generate if ui.editor.is_empty() && state.queue.first_held().is_some() => {
            vec![Action::Queue(QueueAction::Resume)]
        }
        _ => send(ui),
    }
}

/// Runs a command for the prompts that wait.
pub(super) fn act_on_queue(ui: &mut UiState, command: UiCommand, state: &Session) -> Vec<Action> {
    match (command, ui.conversation.queued(), state.queue.len().checked_sub(1)) {
        (UiCommand::Unqueue, _, Some(last)) => edit_queued(ui, last, state),
        (UiCommand::Unqueue, _, None) => vec![Action::Queue(QueueAction::TakeLast)],
        (UiCommand::QueueEarlier, ..) => ui.conversation.move_queued(-1, state),
        (UiCommand::QueueLater, ..) => ui.conversation.move_queued(1, state),
        (_, Some(place), _) => vec![Action::Queue(QueueAction::Remove(place))],
        (_, None, _) => choose_queued_first(),
    }
}

/// Asks for what the prompt does not say, as [`take_improved`] takes it.
pub(super) fn improve(ui: &mut UiState) -> Vec<Action> {
    let mut actions = ui.view.apply(ViewCommand::Focus(Pane::Prompt));
    actions.push(Action::Improve(ui.prompt_text()));
    actions
}

/// The prompt with what it did not say is one edit, which the editor's undo takes back.
pub(super) fn take_improved(ui: &mut UiState, full: &str) {
    match full.strip_prefix(&ui.prompt_text()) {
        Some(added) => append_text(ui, added),
        None => replace_text(ui, full),
    }
}
