//! Handles keys while the knobs of a game are open.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::overlay_keys::is_unmodified;
use super::{UiState, terminal_requests};
use crate::app::{Action, HandEdit, KnobPanel, Session};
use crate::tui::keymap::UiCommand;
use crate::tui::knob_list::KnobList;
use crate::tui::view_state::ViewCommand;

/// The longest page whose constants are looked for while a key waits, in bytes: ten times a usual game.
const MAX_PAGE_BYTES: usize = 400_000;

/// Steps of a turn with Shift.
const LARGE_TURN: i32 = 10;

/// Opens the knobs of the page that is shown, as they were left if it is the same page.
pub(super) fn open(ui: &mut UiState, state: &Session) -> Vec<Action> {
    let page = match terminal_requests::page_to_edit(state) {
        Ok(page) if page.len() <= MAX_PAGE_BYTES => page,
        Ok(_) => {
            return note("this page is too long for a list of its knobs; e opens it in $EDITOR");
        }
        Err(why) => return note(why),
    };
    let left = ui.overlays.left_knobs.take().filter(|knobs| knobs.panel.page() == page);
    let knobs = left.unwrap_or_else(|| KnobList::new(KnobPanel::new(page)));
    if knobs.panel.knobs().is_empty() {
        return note("no plain number, switch or colour has a name at the top of this game");
    }
    ui.overlays.knobs = Some(knobs);
    Vec::new()
}

/// Handles a key in the list.
pub(super) fn on_key(ui: &mut UiState, key: KeyEvent) -> Vec<Action> {
    let Some(knobs) = ui.overlays.knobs.as_mut() else { return Vec::new() };
    let far = if key.modifiers.contains(KeyModifiers::SHIFT) { LARGE_TURN } else { 1 };
    let moved = match key.code {
        KeyCode::Up => knobs.move_choice(-1),
        KeyCode::Down => knobs.move_choice(1),
        KeyCode::PageUp => knobs.move_choice(-10),
        KeyCode::PageDown => knobs.move_choice(10),
        KeyCode::Left => return turn(knobs, -far),
        KeyCode::Right => return turn(knobs, far),
        KeyCode::Char(' ') => return turn(knobs, 1),
        KeyCode::Char(c) if is_unmodified(key) => {
            knobs.type_text(c.encode_utf8(&mut [0; 4]));
            return Vec::new();
        }
        KeyCode::Backspace | KeyCode::Delete => {
            knobs.back();
            return Vec::new();
        }
        KeyCode::Enter if knobs.typed.is_empty() => return try_out(ui),
        KeyCode::Enter => knobs.take_typed(),
        _ => return run_command(ui, key),
    };
    moved.err().map(|why| note(&why)).unwrap_or_default()
}

/// Pasted text is typed.
pub(super) fn on_paste(ui: &mut UiState, text: &str) -> Vec<Action> {
    if let Some(knobs) = ui.overlays.knobs.as_mut() {
        knobs.type_text(text);
    }
    Vec::new()
}

fn turn(knobs: &mut KnobList, steps: i32) -> Vec<Action> {
    knobs.turn(steps);
    Vec::new()
}

/// The game with its knobs turned becomes a version.
fn try_out(ui: &mut UiState) -> Vec<Action> {
    let Some(knobs) = ui.overlays.knobs.take_if(|knobs| knobs.turned() > 0) else {
        return note("no knob is turned yet: ← and → turn one");
    };
    let mut actions = ui.view.apply(ViewCommand::FollowJob);
    let edit = HandEdit::Knobs(knobs.panel.summary());
    actions.push(Action::EditPage(knobs.panel.turned_page(), edit));
    actions
}

fn run_command(ui: &mut UiState, key: KeyEvent) -> Vec<Action> {
    match ui.keymap.command(key, ui.view.focus) {
        Some(UiCommand::Stop | UiCommand::Clear | UiCommand::Knobs) => close(ui),
        Some(UiCommand::Quit) => vec![Action::Quit],
        _ => Vec::new(),
    }
}

/// Closes the list. What was turned is kept for the next time.
pub(super) fn close(ui: &mut UiState) -> Vec<Action> {
    ui.overlays.left_knobs = ui.overlays.knobs.take();
    let key = ui.keymap.key_name(UiCommand::Knobs, ui.view.focus).unwrap_or_default();
    match ui.overlays.left_knobs.as_ref().map_or(0, KnobList::turned) {
        0 => Vec::new(),
        1 => note(&format!("1 knob is turned and not tried; {key} shows it again")),
        turned => note(&format!("{turned} knobs are turned and not tried; {key} shows them again")),
    }
}

fn note(text: &str) -> Vec<Action> {
    vec![Action::Note(text.to_owned())]
}
