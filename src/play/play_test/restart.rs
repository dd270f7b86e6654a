//! Tests whether a finished game restarts: does it look as at first?

use super::super::chromium::TabError;
use super::super::plan::{ENTER, KeyboardKey, R, SPACE};
use super::super::verdict::CheckOutcome;
use super::start::ClickTarget;
use super::{MIN_CHANGED_PIXELS, PageView, PlayTestRun, input_driver, page_input};

/// Largest share of pixels by which the first picture may differ.
const MAX_DIFFERENCE: f64 = 0.02;
/// Keys that restart games without a button.
const RESTART_KEYS: [KeyboardKey; 3] = [ENTER, SPACE, R];
/// Milliseconds of page time a game has to restart.
const RESTART_MS: f64 = 150.0;

impl PlayTestRun<'_, '_> {
    /// Restarts the game after the random input, with the same random seed as at first.
    ///
    /// # Errors
    /// If the tab fails.
    pub(super) fn test_restart(&mut self) -> Result<(), TabError> {
        let before = self.take_view()?;
        self.tab.evaluate("__codeagent.reseed(), 0")?;
        let button = self.tab.evaluate("__controls.restarts()")?.as_u64();
        self.checks.restarts = match button {
            Some(index) => self.press_button(index, &before)?,
            None if self.matches_start(&before) => None,
            None => self.press_keys()?,
        };
        Ok(())
    }

    fn press_button(&mut self, index: u64, before: &PageView) -> Result<CheckOutcome, TabError> {
        input_driver::click(&mut self.tab, &self.start, &ClickTarget::Element(index))?;
        page_input::move_mouse_away(&mut self.tab, self.start.idle_point)?;
        let mut is_changed = false;
        for _ in 0..2 {
            self.tab.run_to(self.tab.clock() + RESTART_MS)?;
            let now = self.take_view()?;
            if self.matches_start(&now) {
                return Ok(Some(true));
            }
            is_changed |= before.changed_pixels(&now) >= MIN_CHANGED_PIXELS;
        }
        // A different new game counts too, which no picture can prove.
        Ok(if is_changed { None } else { Some(false) })
    }

    /// Without a button it is unknown whether the game is over, so only success is a result.
    fn press_keys(&mut self) -> Result<CheckOutcome, TabError> {
        for key in RESTART_KEYS {
            page_input::hold_key(&mut self.tab, &key, 40.0)?;
            self.tab.run_to(self.tab.clock() + RESTART_MS)?;
            let now = self.take_view()?;
            if self.matches_start(&now) {
                return Ok(Some(true));
            }
        }
        Ok(None)
    }

    /// Whether it looks as the game did at its start.
    fn matches_start(&self, now: &PageView) -> bool {
        let pixels = f64::from(u32::try_from(now.shot.pixels().pixel_count()).unwrap_or(u32::MAX));
        let differs = |first: &PageView| {
            f64::from(u32::try_from(first.changed_pixels(now)).unwrap_or(u32::MAX))
                <= MAX_DIFFERENCE * pixels
        };
        self.baseline.iter().take(3).any(differs)
    }
}
