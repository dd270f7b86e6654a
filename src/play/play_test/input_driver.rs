//! Performs the inputs of the plan in the page.

use super::super::chromium::{BrowserTab, KeyAction, PointerAction, TabError};
use super::super::plan::{PlayerInput, RandomInput};
use super::page_input::{drag, hold_key, move_mouse_away, reveal, type_text};
use super::start::{ClickTarget, GameStart};

/// Performs one input; it takes less page time than its slots.
///
/// # Errors
/// If the tab fails.
pub fn perform_input(
    tab: &mut BrowserTab<'_>,
    start: &GameStart,
    input: PlayerInput,
) -> Result<(), TabError> {
    match input {
        PlayerInput::Key(key) => hold_key(tab, &key, 170.0),
        PlayerInput::Mouse => {
            for at in [(0.25, 0.5), (0.375, 0.33), (0.8, 0.7)] {
                tab.send_pointer(PointerAction::Move, start.window_point(at))?;
                tab.run_to(tab.clock() + 50.0)?;
            }
            move_mouse_away(tab, start.idle_point)
        }
        PlayerInput::Click => {
            for target in &start.targets {
                click(tab, start, target)?;
                tab.run_to(tab.clock() + 20.0)?;
            }
            move_mouse_away(tab, start.idle_point)
        }
        PlayerInput::Drag => {
            for target in &start.targets {
                let Some(at) = locate(tab, start, target)? else { continue };
                drag(tab, at, start.drag_destination(at))?;
                tab.run_to(tab.clock() + 17.0)?;
            }
            move_mouse_away(tab, start.idle_point)
        }
        PlayerInput::Type => type_text(tab, "wasd"),
    }
}

/// Performs a random input until the page time is `until`.
///
/// # Errors
/// If the tab fails.
pub fn perform_random_input(
    tab: &mut BrowserTab<'_>,
    random_input: RandomInput,
    (w, h): (u32, u32),
    until: f64,
) -> Result<(), TabError> {
    let at = |(x, y): (f64, f64)| (x * f64::from(w), y * f64::from(h));
    match random_input {
        RandomInput::Hold(key, _) => {
            tab.send_key(&key, KeyAction::Down)?;
            tab.run_to(until)?;
            return tab.send_key(&key, KeyAction::Up);
        }
        RandomInput::Click(x, y) => tab.click(at((x, y)))?,
        RandomInput::Move(x, y) => tab.send_pointer(PointerAction::Move, at((x, y)))?,
        RandomInput::Drag(from, to) => drag(tab, at(from), at(to))?,
        RandomInput::Wait => {}
    }
    tab.run_to(until)
}

/// The point at which the target can be clicked, after scrolling to it. `None` if it cannot.
///
/// # Errors
/// If the tab fails.
pub fn locate(
    tab: &mut BrowserTab<'_>,
    start: &GameStart,
    target: &ClickTarget,
) -> Result<Option<(f64, f64)>, TabError> {
    match target {
        ClickTarget::Element(index) => reveal(tab, *index),
        ClickTarget::Point(x, y) => {
            tab.evaluate_later(&format!("__codeagent.quiet({})", start.scrolled_by))?;
            Ok(Some((*x, *y)))
        }
    }
}

/// Clicks the target, if it can be clicked.
///
/// # Errors
/// If the tab fails.
pub fn click(
    tab: &mut BrowserTab<'_>,
    start: &GameStart,
    target: &ClickTarget,
) -> Result<(), TabError> {
    match locate(tab, start, target)? {
        Some(at) => tab.click(at),
        None => Ok(()),
    }
}
