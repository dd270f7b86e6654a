//! The game in the window of a phone, by taps and swipes: does it fit, and does it answer?

use serde_json::json;

use super::super::chromium::End;
use super::super::plan::SLOT;
use super::{LEAST_CHANGE, Look, STARTS_AT, Trial, f64_of, hands, start};

/// The window of a phone held upright.
const PHONE: (u32, u32) = (390, 844);
/// How many slots of time it is played for.
const SLOTS: usize = 3;
/// How much of a picture may be its edges.
const EDGES: usize = LEAST_CHANGE * 2;
/// Swipes, as parts of the window.
const SWIPES: [((f64, f64), (f64, f64)); 4] = [
    ((0.5, 0.5), (0.85, 0.5)),
    ((0.5, 0.5), (0.5, 0.3)),
    ((0.5, 0.5), (0.15, 0.5)),
    ((0.5, 0.5), (0.5, 0.7)),
];

impl Trial<'_, '_> {
    /// Told and counted, and no reason to call a game broken: what goes wrong here is not told.
    pub(super) fn touch(&mut self) {
        let answer = self.play_on_phone();
        self.tab.told.faults.clear();
        self.is_sound = answer.is_ok();
        self.levels.touch = answer.unwrap_or_default();
    }

    /// Unknown where a game fits and may be waiting for other gestures than these, or for longer.
    fn play_on_phone(&mut self) -> Result<Option<bool>, End> {
        self.tab.become_phone(PHONE)?;
        self.size = PHONE;
        self.tab.load(self.game.html())?;
        self.tab.run_to(STARTS_AT)?;
        self.start = start::start(&mut self.tab, PHONE)?;
        let fits = self.tab.evaluate("__controls.fits()")? == json!(true);
        let listens = self.tab.evaluate("__controls.listens()")?;
        let hears = |kind: &str| listens.get(kind) == Some(&json!(true));
        // Styles light up under a finger and stay so: what answers nothing else has to ask for touch.
        let is_for_touch = hears("touches") || self.answers_something();
        let is_heard = hears("fingers") || hears("clicks");
        if !fits || !is_for_touch || !is_heard {
            return Ok(Some(false));
        }
        let mut still = vec![self.look()?];
        for slot in 1..=SLOTS {
            self.tab.run_to(self.start.time + SLOT * f64_of(slot))?;
            still.push(self.look()?);
        }
        if self.answers_fingers(&still)? {
            return Ok(Some(true));
        }
        Ok((!hears("fingers")).then_some(false))
    }

    fn answers_fingers(&mut self, still: &[Look]) -> Result<bool, End> {
        self.begin_again()?;
        let now = self.look()?;
        let noise = still.first().map_or(0, |still| still.changes(&now));
        for (slot, still) in still.iter().enumerate().skip(1) {
            if slot == 1 {
                self.tap_all()?;
            }
            for (from, to) in
                SWIPES.iter().skip(slot.saturating_sub(2) * 2).take(2).filter(|_| slot > 1)
            {
                self.swipe(*from, *to)?;
            }
            self.tab.run_to(self.start.time + SLOT * f64_of(slot))?;
            let now = self.look()?;
            let least = EDGES.max(noise * 4);
            if now.dialogs > still.dialogs || still.changes(&now) >= least {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn tap_all(&mut self) -> Result<(), End> {
        for place in self.start.places.clone().iter().take(8) {
            hands::click(&mut self.tab, &self.start, place)?;
            self.tab.run_to(self.tab.clock() + 20.0)?;
        }
        self.tab.evaluate("__controls.calm(), 0").map(drop)
    }

    fn swipe(&mut self, from: (f64, f64), to: (f64, f64)) -> Result<(), End> {
        let (from, to) = (self.start.within(from), self.start.within(to));
        hands::drag(&mut self.tab, from, to)
    }
}
