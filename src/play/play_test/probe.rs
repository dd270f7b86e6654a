//! Detailed probes for a game that responded to nothing: shorter steps, more inputs, a longer wait.
//!
//! A key may light up only while held, a card may turn back at once, a piece may move only after it
//! was chosen, and a game may count down before it starts. All this takes time, and most games need
//! none of it.

use serde_json::Value;

use super::super::chromium::{KeyAction, PointerAction, TabError};
use super::super::plan::{
    HELD_KEYS, InputListeners, KeyboardKey, PlayerInput, SLOT_MS, STANDARD_INPUTS,
};
use super::start::{ClickTarget, array_items};
use super::{PageView, PlayTestRun, f64_of, input_driver, page_input};

/// Milliseconds of page time per probe, and when within it the page is viewed.
const PROBE_MS: f64 = 100.0;
const VIEW_AFTER_MS: f64 = 40.0;
/// Probes per run.
const PROBES_PER_RUN: usize = 20;

/// Milliseconds to wait for a game that starts late, and the slots it is then played for.
const DELAY_MS: f64 = 5_000.0;
const DELAYED_SLOTS: usize = 19;

/// How many targets are chosen first when clicking pairs.
const PAIR_CHOICES: usize = 4;

/// Texts typed if the page shows no words.
const FALLBACK_TEXTS: [&str; 4] = ["crane", "abcdefghijklm", "nopqrstuvwxyz", "1234567890"];

/// The input of one probe.
enum ProbeAction {
    HoldKey(KeyboardKey),
    Click(ClickTarget),
    /// Clicks one target and then the other.
    ClickPair(ClickTarget, ClickTarget),
    /// Holds the mouse button.
    HoldMouse(ClickTarget),
    /// Drags one element to another.
    DragElement(u64, u64),
    Type(String),
    Enter,
    Submit,
}

impl PlayTestRun<'_, '_> {
    /// Runs the probes and returns the first input with a response. `None` if there is none.
    ///
    /// # Errors
    /// If the tab fails.
    pub(super) fn probe(&mut self) -> Result<Option<PlayerInput>, TabError> {
        if self.listeners == InputListeners::default() {
            return self.play_delayed();
        }
        let still = self.record_probe_baseline()?;
        let groups = self.probe_groups()?;
        for probes in groups.iter().flat_map(|probes| probes.chunks(PROBES_PER_RUN)) {
            if self.is_work_exhausted() {
                return Ok(None);
            }
            if let Some(input) = self.run_probes(&still, probes)? {
                return Ok(Some(input));
            }
        }
        self.play_delayed()
    }

    /// All probes, in groups with runs of their own.
    fn probe_groups(&mut self) -> Result<Vec<Vec<ProbeAction>>, TabError> {
        let places = self.start.targets.clone();
        let clicks = places.iter().map(|target| ProbeAction::Click(*target)).collect();
        let holds = HELD_KEYS.into_iter().map(ProbeAction::HoldKey).collect();
        let pairs = click_pairs(&places)
            .into_iter()
            .map(|(first, second)| ProbeAction::ClickPair(first, second))
            .collect();
        let mouse_holds = places
            .iter()
            .take(PROBES_PER_RUN)
            .map(|target| ProbeAction::HoldMouse(*target))
            .collect();
        // A game cannot respond to events it does not listen to.
        let if_listened =
            |probes: Vec<ProbeAction>, is_heard: bool| if is_heard { probes } else { Vec::new() };
        let InputListeners { keys, clicks: is_clicked, fields, .. } = self.listeners;
        Ok(vec![
            if_listened(clicks, is_clicked),
            if_listened(holds, keys),
            if_listened(self.drag_probes()?, is_clicked),
            if_listened(self.typing_probes()?, fields),
            if_listened(pairs, is_clicked),
            if_listened(mouse_holds, is_clicked),
        ])
    }

    /// The draggable elements and their drop targets.
    fn drag_probes(&mut self) -> Result<Vec<ProbeAction>, TabError> {
        let pairs = array_items(&self.tab.evaluate("__controls.carries()")?);
        let pair =
            |it: &Value| Some(ProbeAction::DragElement(it.get(0)?.as_u64()?, it.get(1)?.as_u64()?));
        Ok(pairs.iter().filter_map(pair).collect())
    }

    /// The words the page shows, and all letters, each followed by what submits them.
    fn typing_probes(&mut self) -> Result<Vec<ProbeAction>, TabError> {
        let shown = array_items(&self.tab.evaluate("__controls.words()")?);
        let shown = shown.iter().filter_map(|word| word.as_str().map(str::to_owned));
        let words = shown.chain(FALLBACK_TEXTS.map(str::to_owned));
        Ok(words
            .flat_map(|word| [ProbeAction::Type(word), ProbeAction::Enter, ProbeAction::Submit])
            .collect())
    }

    /// The baseline without input, in steps of probes.
    fn record_probe_baseline(&mut self) -> Result<Vec<PageView>, TabError> {
        self.restart_run()?;
        let mut views = Vec::new();
        for cell in 0..PROBES_PER_RUN {
            self.tab.run_to(self.start.time + PROBE_MS * f64_of(cell) + VIEW_AFTER_MS)?;
            views.push(self.take_view()?);
        }
        Ok(views)
    }

    fn run_probes(
        &mut self,
        still: &[PageView],
        probes: &[ProbeAction],
    ) -> Result<Option<PlayerInput>, TabError> {
        self.restart_run()?;
        for (cell, (probe, still)) in probes.iter().zip(still).enumerate() {
            let begins = self.start.time + PROBE_MS * f64_of(cell);
            self.tab.run_to(begins)?;
            if self.run_probe(probe, begins, still)? {
                return Ok(Some(probe.input()));
            }
        }
        Ok(None)
    }

    /// Runs one probe. Returns whether the game responded.
    fn run_probe(
        &mut self,
        probe: &ProbeAction,
        begins: f64,
        still: &PageView,
    ) -> Result<bool, TabError> {
        match probe {
            ProbeAction::HoldKey(key) => {
                self.tab.send_key(key, KeyAction::Down)?;
                let is_answer = self.view_answers(begins, still)?;
                self.tab.send_key(key, KeyAction::Up)?;
                return Ok(is_answer);
            }
            ProbeAction::HoldMouse(target) => return self.hold_mouse(*target, begins, still),
            ProbeAction::Click(target) => input_driver::click(&mut self.tab, &self.start, target)?,
            ProbeAction::ClickPair(first, second) => {
                input_driver::click(&mut self.tab, &self.start, first)?;
                self.tab.run_to(begins + 17.0)?;
                input_driver::click(&mut self.tab, &self.start, second)?;
            }
            ProbeAction::DragElement(from, to) => {
                self.tab.evaluate(&format!("__controls.carry({from}, {to}), 0"))?;
            }
            ProbeAction::Type(word) => {
                self.focus_text_field()?;
                self.tab.evaluate("__controls.mark(), 0")?;
                page_input::type_text(&mut self.tab, word)?;
            }
            ProbeAction::Enter => {
                self.focus_text_field()?;
                page_input::hold_key(&mut self.tab, &super::super::plan::ENTER, 17.0)?;
            }
            ProbeAction::Submit => {
                if let Some(index) = self.tab.evaluate("__controls.submits()")?.as_u64() {
                    input_driver::click(&mut self.tab, &self.start, &ClickTarget::Element(index))?;
                }
            }
        }
        self.tab.run_to(begins + VIEW_AFTER_MS / 2.0)?;
        page_input::move_mouse_away(&mut self.tab, self.start.idle_point)?;
        self.view_answers(begins, still)
    }

    fn view_answers(&mut self, begins: f64, still: &PageView) -> Result<bool, TabError> {
        self.tab.run_to(begins + VIEW_AFTER_MS)?;
        let now = self.take_view()?;
        Ok(self.is_answer(still, &now))
    }

    /// Holds the mouse button. Styles change by that alone, so the game's script must have acted.
    fn hold_mouse(
        &mut self,
        target: ClickTarget,
        begins: f64,
        still: &PageView,
    ) -> Result<bool, TabError> {
        let Some(at) = input_driver::locate(&mut self.tab, &self.start, &target)? else {
            return Ok(false);
        };
        let watch = match target {
            ClickTarget::Element(index) => format!("__controls.grasp({index})"),
            ClickTarget::Point(x, y) => format!("__controls.graspAt({x}, {y})"),
        };
        self.tab.evaluate(&watch)?;
        self.tab.press_at(at)?;
        let is_answer = self.view_answers(begins, still)?;
        let is_its_own = self.tab.evaluate("__controls.isChanged()")? == Value::Bool(true);
        self.tab.send_pointer(PointerAction::Release, at)?;
        page_input::move_mouse_away(&mut self.tab, self.start.idle_point)?;
        Ok(is_answer && is_its_own)
    }

    /// Focuses the text field, if there is one.
    fn focus_text_field(&mut self) -> Result<(), TabError> {
        let Some(index) = self.tab.evaluate("__controls.editable()")?.as_u64() else {
            return Ok(());
        };
        input_driver::click(&mut self.tab, &self.start, &ClickTarget::Element(index))?;
        self.tab.evaluate(&format!("__controls.pen({index}), 0")).map(drop)
    }

    /// Waits for countdowns and then plays what the game listens to by then.
    fn play_delayed(&mut self) -> Result<Option<PlayerInput>, TabError> {
        let begins = self.start.time + DELAY_MS;
        self.restart_run()?;
        let mut still = Vec::new();
        for slot in 0..=DELAYED_SLOTS {
            self.tab.run_to(begins + SLOT_MS * f64_of(slot))?;
            still.push(self.take_view()?);
        }
        let listens = self.read_listeners()?;
        if listens == InputListeners::default() {
            return Ok(None);
        }
        self.restart_run()?;
        self.tab.run_to(begins)?;
        let mut slot = 0;
        for input in STANDARD_INPUTS.into_iter().filter(|input| listens.accepts(*input)) {
            input_driver::perform_input(&mut self.tab, &self.start, input)?;
            slot += input.slots();
            self.tab.run_to(begins + SLOT_MS * f64_of(slot))?;
            let now = self.take_view()?;
            if still.get(slot).is_some_and(|still| self.is_answer(still, &now)) {
                return Ok(Some(input));
            }
        }
        Ok(None)
    }
}

impl ProbeAction {
    fn input(&self) -> PlayerInput {
        match self {
            Self::HoldKey(key) => PlayerInput::Key(*key),
            Self::Click(_) | Self::ClickPair(..) | Self::HoldMouse(_) | Self::Submit => {
                PlayerInput::Click
            }
            Self::DragElement(..) => PlayerInput::Drag,
            Self::Type(_) | Self::Enter => PlayerInput::Type,
        }
    }
}

/// Pairs some targets with some others: what is chosen comes first in a page, and last.
fn click_pairs(places: &[ClickTarget]) -> Vec<(ClickTarget, ClickTarget)> {
    let choices = places.iter().take(PAIR_CHOICES).chain(places.iter().rev().take(1));
    let each = (2 * PROBES_PER_RUN / (PAIR_CHOICES + 1)).max(1);
    let step = (places.len() / each).max(1);
    choices
        .flat_map(|first| {
            let others = places.iter().rev().filter(move |second| *second != first).step_by(step);
            others.take(each).map(move |second| (*first, *second))
        })
        .collect()
}
