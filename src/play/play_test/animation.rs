//! Records the game in motion: its random input is sampled, or it is played once more by the inputs
//! that it responds to.

use std::ops::Range;
use std::sync::Arc;

use super::input_driver::perform_random_input;
use super::{PlayTestRun, f64_of};
use crate::play::chromium::TabError;
use crate::play::motion::{Motion, Recording};
use crate::play::plan::{PlayerInput, RandomInput};

/// Milliseconds of the page's time between two frames.
const FRAME_MS: u32 = 125;

/// Four seconds.
const FRAMES: usize = 32;

/// Each input lasts so many frames.
const FRAMES_PER_INPUT: usize = 4;

/// How much of the random input is sampled, in tenths of a second, and how far apart its frames are.
const SAMPLED_TENTHS: u32 = 40;
const SAMPLE_TENTHS: u32 = 2;

/// Keeps the picture after these tenths of random input, once for each frame that falls into them.
///
/// # Errors
/// If the tab fails.
pub(super) fn sample(run: &mut PlayTestRun<'_, '_>, tenths: Range<u32>) -> Result<(), TabError> {
    let frames = tenths.end / SAMPLE_TENTHS - tenths.start / SAMPLE_TENTHS;
    let is_wanted = run.shots.recording == Recording::Sampled && tenths.start < SAMPLED_TENTHS;
    if !is_wanted || frames == 0 {
        return Ok(());
    }
    let shot: Arc<[u8]> = run.tab.screenshot(run.start.scrolled_by)?.into();
    run.shots.motion.frame_ms = SAMPLE_TENTHS * 100;
    run.shots.motion.frames.extend((0..frames).map(|_| Arc::clone(&shot)));
    Ok(())
}

/// Records a few seconds. A game that ends early has fewer frames.
pub(in crate::play) fn replay(run: &mut PlayTestRun<'_, '_>) {
    run.shots.motion = Motion { frames: Vec::new(), frame_ms: FRAME_MS };
    // What was seen until the page failed is shown all the same.
    let _end = record_frames(run);
    // The verdict is about the runs before.
    run.tab.events.faults.clear();
}

fn record_frames(run: &mut PlayTestRun<'_, '_>) -> Result<(), TabError> {
    run.restart_run()?;
    let start = run.start.time;
    for number in 0..FRAMES {
        let until = start + f64::from(FRAME_MS) * f64_of(number + 1);
        let input = input_of(&run.answered, number / FRAMES_PER_INPUT);
        perform_random_input(&mut run.tab, input, run.size, until)?;
        let shot = run.tab.screenshot(run.start.scrolled_by)?;
        run.shots.motion.frames.push(shot.into());
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
