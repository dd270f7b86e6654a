//! Tests the game in a phone's window with taps and swipes: does it fit, and does it respond?

use serde_json::json;

use super::super::chromium::TabError;
use super::super::plan::SLOT_MS;
use super::{
    MIN_CHANGED_PIXELS, PageView, PlayTestRun, START_MS, f64_of, input_driver, page_input, start,
};

/// The window of a phone held upright.
const PHONE_SIZE: (u32, u32) = (390, 844);
/// Slots for which it is played.
const PHONE_SLOTS: usize = 3;
/// Changed pixels that may be edges.
const MAX_EDGE_PIXELS: usize = MIN_CHANGED_PIXELS * 2;
/// Swipes, as fractions of the window.
const SWIPES: [((f64, f64), (f64, f64)); 4] = [
    ((0.5, 0.5), (0.85, 0.5)),
    ((0.5, 0.5), (0.5, 0.3)),
    ((0.5, 0.5), (0.15, 0.5)),
    ((0.5, 0.5), (0.5, 0.7)),
];

impl PlayTestRun<'_, '_> {
    /// Tests touch input. The result is reported but never makes a game broken; faults here are
    /// dropped.
    pub(super) fn test_touch(&mut self) {
        let answer = self.play_on_phone();
        self.tab.events.faults.clear();
        self.is_browser_reusable = answer.is_ok();
        self.checks.touch = answer.unwrap_or_default();
    }

    /// `None` if a game fits but may need other gestures, or more time.
    fn play_on_phone(&mut self) -> Result<Option<bool>, TabError> {
        self.tab.emulate_phone(PHONE_SIZE)?;
        self.size = PHONE_SIZE;
        self.tab.load(self.game.html())?;
        self.tab.run_to(START_MS)?;
        self.start = start::start_game(&mut self.tab, PHONE_SIZE)?;
        let fits = self.tab.evaluate("__controls.fits()")? == json!(true);
        let listens = self.tab.evaluate("__controls.listens()")?;
        let listens_to = |kind: &str| listens.get(kind) == Some(&json!(true));
        // Styles change under a finger and stay so: a game without other responses must listen for
        // touch.
        let is_for_touch = listens_to("touches") || self.has_answered();
        let is_heard = listens_to("fingers") || listens_to("clicks");
        if !fits || !is_for_touch || !is_heard {
            return Ok(Some(false));
        }
        let mut still = vec![self.take_view()?];
        for slot in 1..=PHONE_SLOTS {
            self.tab.run_to(self.start.time + SLOT_MS * f64_of(slot))?;
            still.push(self.take_view()?);
        }
        if self.answers_touch(&still)? {
            return Ok(Some(true));
        }
        Ok((!listens_to("fingers")).then_some(false))
    }

    fn answers_touch(&mut self, still: &[PageView]) -> Result<bool, TabError> {
        self.restart_run()?;
        let now = self.take_view()?;
        let noise = still.first().map_or(0, |still| still.changed_pixels(&now));
        for (slot, still) in still.iter().enumerate().skip(1) {
            if slot == 1 {
                self.tap_all()?;
            }
            for (from, to) in
                SWIPES.iter().skip(slot.saturating_sub(2) * 2).take(2).filter(|_| slot > 1)
            {
                self.swipe(*from, *to)?;
            }
            self.tab.run_to(self.start.time + SLOT_MS * f64_of(slot))?;
            let now = self.take_view()?;
            let least = MAX_EDGE_PIXELS.max(noise * 4);
            if now.dialogs > still.dialogs || still.changed_pixels(&now) >= least {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn tap_all(&mut self) -> Result<(), TabError> {
        for target in self.start.targets.clone().iter().take(8) {
            input_driver::click(&mut self.tab, &self.start, target)?;
            self.tab.run_to(self.tab.clock() + 20.0)?;
        }
        self.tab.evaluate("__controls.calm(), 0").map(drop)
    }

    fn swipe(&mut self, from: (f64, f64), to: (f64, f64)) -> Result<(), TabError> {
        let (from, to) = (self.start.window_point(from), self.start.window_point(to));
        page_input::drag(&mut self.tab, from, to)
    }
}
