//! The player's hands: they press, click and drag what the plan says.

use serde_json::Value;

use super::super::chromium::{End, Mouse, Press, Tab};
use super::super::plan::{Input, KeyCap, Whim};
use super::start::{Place, Start};

/// Does one input; the page's time goes on by less than its slots.
pub fn give(tab: &mut Tab<'_>, start: &Start, input: Input) -> Result<(), End> {
    match input {
        Input::Key(key) => press(tab, &key, 170.0),
        Input::Mouse => {
            for at in [(0.25, 0.5), (0.375, 0.33), (0.8, 0.7)] {
                tab.mouse(Mouse::Move, start.within(at))?;
                tab.run_to(tab.clock() + 50.0)?;
            }
            away(tab, start.rest)
        }
        Input::Click => {
            for place in &start.places {
                click(tab, start, place)?;
                tab.run_to(tab.clock() + 20.0)?;
            }
            away(tab, start.rest)
        }
        Input::Drag => {
            for place in &start.places {
                let Some(at) = find(tab, start, place)? else { continue };
                drag(tab, at, start.beside(at))?;
                tab.run_to(tab.clock() + 17.0)?;
            }
            away(tab, start.rest)
        }
        Input::Type => write(tab, "wasd"),
    }
}

/// Does what the wild player wants, until the page's time is that.
pub fn indulge(tab: &mut Tab<'_>, whim: Whim, (w, h): (u32, u32), until: f64) -> Result<(), End> {
    let at = |(x, y): (f64, f64)| (x * f64::from(w), y * f64::from(h));
    match whim {
        Whim::Hold(key, _) => {
            tab.key(&key, Press::Down)?;
            tab.run_to(until)?;
            return tab.key(&key, Press::Up);
        }
        Whim::Click(x, y) => tab.click(at((x, y)))?,
        Whim::Move(x, y) => tab.mouse(Mouse::Move, at((x, y)))?,
        Whim::Drag(from, to) => drag(tab, at(from), at(to))?,
        Whim::Wait => {}
    }
    tab.run_to(until)
}

/// Where it can be clicked now, scrolled to where it has to be.
pub fn find(tab: &mut Tab<'_>, start: &Start, place: &Place) -> Result<Option<(f64, f64)>, End> {
    match place {
        Place::Element(index) => reveal(tab, *index),
        Place::Point(x, y) => {
            tab.evaluate_later(&format!("__codeagent.quiet({})", start.above))?;
            Ok(Some((*x, *y)))
        }
    }
}

/// Clicks there, where it can be clicked.
pub fn click(tab: &mut Tab<'_>, start: &Start, place: &Place) -> Result<(), End> {
    match find(tab, start, place)? {
        Some(at) => tab.click(at),
        None => Ok(()),
    }
}

/// Where the element can be clicked, once it was scrolled to.
pub fn reveal(tab: &mut Tab<'_>, index: u64) -> Result<Option<(f64, f64)>, End> {
    Ok(point(&tab.evaluate(&format!("__controls.reveal({index})"))?))
}

/// Takes the mouse to a place where it lights up nothing, and the keyboard from what was clicked.
pub fn away(tab: &mut Tab<'_>, to: (f64, f64)) -> Result<(), End> {
    tab.leave(to)
}

/// Holds a key for so long.
pub fn press(tab: &mut Tab<'_>, key: &KeyCap, time: f64) -> Result<(), End> {
    tab.key(key, Press::Down)?;
    tab.run_to(tab.clock() + time)?;
    tab.key(key, Press::Up)
}

/// Writes, letter by letter.
pub fn write(tab: &mut Tab<'_>, text: &str) -> Result<(), End> {
    text.chars().try_for_each(|letter| tab.letter(letter))
}

/// Presses there, and lets go somewhere else, in two goes: on a phone what moves waits for the screen.
pub fn drag(tab: &mut Tab<'_>, from: (f64, f64), to: (f64, f64)) -> Result<(), End> {
    tab.drag_from(from, (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1)))?;
    tab.run_to(tab.clock() + 17.0)?;
    tab.drag_to(to)
}

pub fn point(value: &Value) -> Option<(f64, f64)> {
    Some((value.get("x")?.as_f64()?, value.get("y")?.as_f64()?))
}
