//! Records the game in motion: it is played once more by the inputs that it responds to.

use std::sync::Arc;

use super::input_driver::perform_random_input;
use super::{PlayTestRun, f64_of};
use crate::play::chromium::TabError;
use crate::play::plan::{PlayerInput, RandomInput};
use crate::play::verdict::FRAME_MS;

/// Four seconds.
const FRAMES: usize = 32;

/// Each input lasts so many frames.
const FRAMES_PER_INPUT: usize = 4;

/// The pictures of a few seconds, as PNGs, [`FRAME_MS`] apart in the page's time. A game that ends early
/// has fewer.
pub(in crate::play) fn record_frames(run: &mut PlayTestRun<'_, '_>) -> Vec<Arc<[u8]>> {
    let mut frames = Vec::new();
    // What was seen until the page failed is shown all the same.
    let _end = record_into(run, &mut frames);
    // The verdict is about the runs before.
    run.tab.events.faults.clear();
    frames
}

fn record_into(run: &mut PlayTestRun<'_, '_>, frames: &mut Vec<Arc<[u8]>>) -> Result<(), TabError> {
    run.restart_run()?;
    let start = run.start.time;
    for number in 0..FRAMES {
        let until = start + f64::from(FRAME_MS) * f64_of(number + 1);
        let input = input_of(&run.answered, number / FRAMES_PER_INPUT);
        perform_random_input(&mut run.tab, input, run.size, until)?;
        frames.push(run.tab.screenshot(run.start.scrolled_by)?.into());
    }
    Ok(())
}

/// The inputs that the game responds to, one after the other.
fn input_of(answered: &[PlayerInput], turn: usize) -> RandomInput {
    let places = [(0.3, 0.5), (0.6, 0.4), (0.5, 0.7)];
    let place = places.get(turn % places.len()).copied().unwrap_or((0.5, 0.5));
    let input = answered.get(turn.checked_rem(answered.len()).unwrap_or_default());
    match input {
        Some(PlayerInput::Key(key)) => RandomInput::Hold(*key, 1),
        Some(PlayerInput::Click) => RandomInput::Click(place.0, place.1),
        Some(PlayerInput::Mouse) => RandomInput::Move(place.0, place.1),
        Some(PlayerInput::Drag) => RandomInput::Drag((0.3, 0.5), place),
        Some(PlayerInput::Type) | None => RandomInput::Wait,
    }
}
