//! The single steps of input in a page: keys, text, moves and drags.

use serde_json::Value;

use super::super::chromium::{BrowserTab, KeyAction, TabError};
use super::super::plan::KeyboardKey;

/// The point at which the element can be clicked, after scrolling to it. `None` if it cannot.
///
/// # Errors
/// If the tab fails.
pub fn reveal(tab: &mut BrowserTab<'_>, index: u64) -> Result<Option<(f64, f64)>, TabError> {
    Ok(parse_point(&tab.evaluate(&format!("__controls.reveal({index})"))?))
}

/// Moves the mouse to a point without hover effects, and the focus away from what was clicked.
///
/// # Errors
/// If the tab fails.
pub fn move_mouse_away(tab: &mut BrowserTab<'_>, to: (f64, f64)) -> Result<(), TabError> {
    tab.move_away(to)
}

/// Holds a key for this many milliseconds of page time.
///
/// # Errors
/// If the tab fails.
pub fn hold_key(tab: &mut BrowserTab<'_>, key: &KeyboardKey, time: f64) -> Result<(), TabError> {
    tab.send_key(key, KeyAction::Down)?;
    tab.run_to(tab.clock() + time)?;
    tab.send_key(key, KeyAction::Up)
}

/// Types the text, character by character.
///
/// # Errors
/// If the tab fails.
pub fn type_text(tab: &mut BrowserTab<'_>, text: &str) -> Result<(), TabError> {
    text.chars().try_for_each(|letter| tab.type_char(letter))
}

/// Drags from one point to another in two steps, because on a phone moves wait for the screen.
///
/// # Errors
/// If the tab fails.
pub fn drag(tab: &mut BrowserTab<'_>, from: (f64, f64), to: (f64, f64)) -> Result<(), TabError> {
    tab.drag_from(from, (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1)))?;
    tab.run_to(tab.clock() + 17.0)?;
    tab.drag_to(to)
}

/// The point in a reply of the page. `None` if it has none.
pub fn parse_point(value: &Value) -> Option<(f64, f64)> {
    Some((value.get("x")?.as_f64()?, value.get("y")?.as_f64()?))
}
