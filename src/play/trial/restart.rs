//! Whether a game that was played begins anew: is what is seen then what was seen first?

use super::super::chromium::End;
use super::super::plan::{ENTER, KeyCap, R, SPACE};
use super::super::verdict::Level;
use super::start::Place;
use super::{LEAST_CHANGE, Look, Trial, hands};

/// The first picture again: no more of it may differ, as a part of it.
const SAME: f64 = 0.02;
/// Keys that begin anew where no button does.
const KEYS: [KeyCap; 3] = [ENTER, SPACE, R];
/// How long a game has to begin anew, in milliseconds of its own time.
const WAITS: f64 = 150.0;

impl Trial<'_, '_> {
    /// After wild play: presses what begins anew, by the same chance as at first.
    pub(super) fn begin_anew(&mut self) -> Result<(), End> {
        let before = self.look()?;
        self.tab.evaluate("__codeagent.reseed(), 0")?;
        let button = self.tab.evaluate("__controls.restarts()")?.as_u64();
        self.levels.restarts = match button {
            Some(index) => self.press_button(index, &before)?,
            None if self.is_first(&before) => None,
            None => self.press_keys()?,
        };
        Ok(())
    }

    fn press_button(&mut self, index: u64, before: &Look) -> Result<Level, End> {
        hands::click(&mut self.tab, &self.start, &Place::Element(index))?;
        hands::away(&mut self.tab, self.start.rest)?;
        let mut is_changed = false;
        for _ in 0..2 {
            self.tab.run_to(self.tab.clock() + WAITS)?;
            let now = self.look()?;
            if self.is_first(&now) {
                return Ok(Some(true));
            }
            is_changed |= before.changes(&now) >= LEAST_CHANGE;
        }
        // Another game than the first is one, too; nobody can tell from a picture.
        Ok(if is_changed { None } else { Some(false) })
    }

    /// Without a button nobody knows whether the game is over, so only a yes is an answer.
    fn press_keys(&mut self) -> Result<Level, End> {
        for key in KEYS {
            hands::press(&mut self.tab, &key, 40.0)?;
            self.tab.run_to(self.tab.clock() + WAITS)?;
            let now = self.look()?;
            if self.is_first(&now) {
                return Ok(Some(true));
            }
        }
        Ok(None)
    }

    /// Whether it looks as the game did when it began.
    fn is_first(&self, now: &Look) -> bool {
        let pixels = f64::from(u32::try_from(now.shot.picture().count()).unwrap_or(u32::MAX));
        let differs = |first: &Look| {
            f64::from(u32::try_from(first.changes(now)).unwrap_or(u32::MAX)) <= SAME * pixels
        };
        self.still.iter().take(3).any(differs)
    }
}
