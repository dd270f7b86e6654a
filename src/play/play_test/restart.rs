//! Whether a game that was played begins anew: is what is seen then what was seen first?

use super::super::chromium::TabError;
use super::super::plan::{ENTER, KeyboardKey, R, SPACE};
use super::super::verdict::CheckOutcome;
use super::start::ClickTarget;
use super::{MIN_CHANGED_PIXELS, PageView, PlayTestRun, input_driver};

/// The first picture again: no more of it may differ, as a part of it.
const MAX_DIFFERENCE: f64 = 0.02;
/// Keys that begin anew where no button does.
const RESTART_KEYS: [KeyboardKey; 3] = [ENTER, SPACE, R];
/// How long a game has to begin anew, in milliseconds of its own time.
const RESTART_MS: f64 = 150.0;

impl PlayTestRun<'_, '_> {
    /// After wild play: presses what begins anew, by the same chance as at first.
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
        input_driver::move_mouse_away(&mut self.tab, self.start.idle_point)?;
        let mut is_changed = false;
        for _ in 0..2 {
            self.tab.run_to(self.tab.clock() + RESTART_MS)?;
            let now = self.take_view()?;
            if self.matches_start(&now) {
                return Ok(Some(true));
            }
            is_changed |= before.changed_pixels(&now) >= MIN_CHANGED_PIXELS;
        }
        // Another game than the first is one, too; nobody can tell from a picture.
        Ok(if is_changed { None } else { Some(false) })
    }

    /// Without a button nobody knows whether the game is over, so only a yes is an answer.
    fn press_keys(&mut self) -> Result<CheckOutcome, TabError> {
        for key in RESTART_KEYS {
            input_driver::hold_key(&mut self.tab, &key, 40.0)?;
            self.tab.run_to(self.tab.clock() + RESTART_MS)?;
            let now = self.take_view()?;
            if self.matches_start(&now) {
                return Ok(Some(true));
            }
        }
        Ok(None)
    }

    /// Whether it looks as the game did when it began.
    fn matches_start(&self, now: &PageView) -> bool {
        let pixels = f64::from(u32::try_from(now.shot.pixels().pixel_count()).unwrap_or(u32::MAX));
        let differs = |first: &PageView| {
            f64::from(u32::try_from(first.changed_pixels(now)).unwrap_or(u32::MAX))
                <= MAX_DIFFERENCE * pixels
        };
        self.baseline.iter().take(3).any(differs)
    }
}
