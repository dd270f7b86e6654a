//! The open list of knobs: which one is chosen, and what is typed for it.

use crate::app::{Knob, KnobPanel};

/// The longest value that can be typed, in characters: a colour with alpha, or a number.
const MAX_TYPED: usize = 12;

/// The knobs of the game that is shown, as a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnobList {
    pub panel: KnobPanel,
    pub chosen: usize,
    /// The value that is being typed for the chosen knob.
    pub typed: String,
}

impl KnobList {
    /// A list of these knobs.
    pub fn new(panel: KnobPanel) -> Self {
        Self { panel, chosen: 0, typed: String::new() }
    }

    /// Moves the choice and stops at both ends.
    ///
    /// # Errors
    ///
    /// What was typed is no value of the knob's type: it stays, to be mended.
    pub fn move_choice(&mut self, by: isize) -> Result<(), String> {
        self.take_typed()?;
        let last = self.panel.knobs().len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
        Ok(())
    }

    /// Turns the chosen knob; what was typed for it is given up.
    pub fn turn(&mut self, steps: i32) {
        self.typed.clear();
        self.change(|knob| knob.turn(steps));
    }

    /// Adds to what is typed. Blanks and control characters are no part of a value.
    pub fn type_text(&mut self, text: &str) {
        let room = MAX_TYPED.saturating_sub(self.typed.chars().count());
        let typed = text.chars().filter(|c| !c.is_whitespace() && !c.is_control());
        self.typed.extend(typed.take(room));
    }

    /// Takes back what was typed last, or puts the chosen knob back.
    pub fn back(&mut self) {
        if self.typed.pop().is_none() {
            self.change(Knob::reset);
        }
    }

    /// Sets the chosen knob to what was typed, if anything was.
    ///
    /// # Errors
    ///
    /// It is no value of the knob's type: one sentence.
    pub fn take_typed(&mut self) -> Result<(), String> {
        if self.typed.is_empty() {
            return Ok(());
        }
        let typed = self.typed.clone();
        let Some(knob) = self.panel.get_mut(self.chosen) else { return Ok(()) };
        if !knob.set(&typed) {
            return Err(format!("{typed} is no value for {}: it is {}", knob.name, knob.text()));
        }
        self.typed.clear();
        Ok(())
    }

    /// How many knobs stand elsewhere than on the page.
    pub fn turned(&self) -> usize {
        self.panel.turned().count()
    }

    fn change(&mut self, change: impl FnOnce(&mut Knob)) {
        if let Some(knob) = self.panel.get_mut(self.chosen) {
            change(knob);
        }
    }
}
