//! Runs with input, which differ from the baseline only by that.

use serde_json::Value;

use super::super::chromium::TabError;
use super::super::plan::{
    BASELINE_SLOTS, ENOUGH_ANSWERS, InputListeners, InputSchedule, MonkeyPlayer, PlayerInput,
    RandomInput, SLOT_MS,
};
use super::{MIN_CHANGED_PIXELS, PageView, PlayTestRun, animation, f64_of, input_driver};

/// Duration of the random input, in tenths of a second.
const MONKEY_TENTHS: u32 = 100;

/// An input with an apparent response, and the view at the end of its slot.
struct ObservedAnswer {
    input: PlayerInput,
    slot: usize,
    view: PageView,
}

impl PlayTestRun<'_, '_> {
    /// Runs inputs until each was tried or enough had a response. Returns the number of new faults.
    ///
    /// # Errors
    /// If the tab fails.
    pub(super) fn try_inputs(&mut self) -> Result<usize, TabError> {
        self.listeners = self.read_listeners()?;
        let mut turns = InputSchedule::new(self.listeners);
        let mut faults = 0;
        let mut is_enough = false;
        let mut run = turns.next_run();
        while !run.is_empty() && !is_enough && !self.is_work_exhausted() {
            let answer = self.run_inputs(&run)?;
            let answered = self.confirm_answer(answer)?;
            faults += self.collect_problems();
            turns.record_run(&run, answered);
            self.record_answers(&turns.answered);
            is_enough = turns.answered.len() >= ENOUGH_ANSWERS;
            run = turns.next_run();
        }
        self.untried = turns.untried().to_vec();
        self.tried = turns.tried();
        // A broken game is not probed further.
        if self.answered.is_empty() && run.is_empty() && self.problems.is_empty() {
            let answered = self.probe()?;
            faults += self.collect_problems();
            self.record_answers(answered.as_slice());
        }
        // Inputs that were not tried leave the response unknown.
        let is_known = run.is_empty() && !self.is_work_exhausted();
        if self.answered.is_empty() {
            self.checks.responds = is_known.then_some(false);
        }
        Ok(faults)
    }

    /// The events the game listens to by now.
    ///
    /// # Errors
    /// If the tab fails.
    pub(super) fn read_listeners(&mut self) -> Result<InputListeners, TabError> {
        let listens = self.tab.evaluate("__controls.listens()")?;
        let to = |kind: &str| listens.get(kind) != Some(&Value::Bool(false));
        let (keys, clicks) = (to("keys"), to("clicks"));
        Ok(InputListeners { keys, clicks, moves: to("moves"), fields: to("fields") })
    }

    fn record_answers(&mut self, answered: &[PlayerInput]) {
        self.answered = answered.to_vec();
        if !answered.is_empty() {
            self.checks.responds = Some(true);
            self.checks.alive = Some(true);
            // A line of text is little to see, and enough if the game responds.
            self.checks.visible = Some(true);
        }
    }

    /// Runs these inputs; ends with the first that has a response.
    fn run_inputs(
        &mut self,
        run: &[(usize, PlayerInput)],
    ) -> Result<Option<ObservedAnswer>, TabError> {
        self.restart_run()?;
        let now = self.take_view()?;
        let differs = self.baseline.first().map_or(0, |still| still.changed_pixels(&now));
        self.noise = self.noise.max(differs);
        let mut later = Vec::new();
        for (slot, input) in run {
            input_driver::perform_input(&mut self.tab, &self.start, *input)?;
            let end = slot + input.slots();
            self.tab.run_to(self.start.time + SLOT_MS * f64_of(end))?;
            let now = self.take_view()?;
            match self.baseline.get(end) {
                Some(still) if self.is_answer(still, &now) => {
                    return Ok(Some(ObservedAnswer { input: *input, slot: end, view: now }));
                }
                Some(_) => {}
                None => later.push(ObservedAnswer { input: *input, slot: end, view: now }),
            }
        }
        if later.is_empty() {
            return Ok(None);
        }
        self.extend_baseline()?;
        let still = |answer: &ObservedAnswer| self.baseline.get(answer.slot);
        let holds =
            |it: &ObservedAnswer| still(it).is_some_and(|still| self.is_answer(still, &it.view));
        Ok(later.into_iter().find(holds))
    }

    /// Confirms the first response of a page that moves by itself: another run without input
    /// measures how much it differs by chance.
    fn confirm_answer(
        &mut self,
        answer: Option<ObservedAnswer>,
    ) -> Result<Option<PlayerInput>, TabError> {
        let Some(answer) = answer else { return Ok(None) };
        let moves =
            self.baseline.windows(2).any(|two| matches!(two, [a, b] if a.changed_pixels(b) > 0));
        if !moves || !self.answered.is_empty() {
            return Ok(Some(answer.input));
        }
        self.restart_run()?;
        self.tab.run_to(self.start.time + SLOT_MS * f64_of(answer.slot))?;
        let again = self.take_view()?;
        let Some(still) = self.baseline.get(answer.slot) else { return Ok(None) };
        self.noise = self.noise.max(still.changed_pixels(&again));
        Ok(self.is_answer(still, &answer.view).then_some(answer.input))
    }

    /// Records the rest of the baseline; most games respond before it is needed.
    fn extend_baseline(&mut self) -> Result<(), TabError> {
        self.restart_run()?;
        for slot in self.baseline.len()..=BASELINE_SLOTS {
            self.tab.run_to(self.start.time + SLOT_MS * f64_of(slot))?;
            let now = self.take_view()?;
            self.baseline.push(now);
        }
        let mut all = self.baseline.windows(2);
        let is_alive =
            all.any(|two| matches!(two, [a, b] if a.changed_pixels(b) >= MIN_CHANGED_PIXELS));
        self.checks.alive = Some(self.checks.alive == Some(true) || is_alive);
        Ok(())
    }

    /// Whether the view differs from the baseline by a response.
    pub(super) fn is_answer(&self, still: &PageView, now: &PageView) -> bool {
        let least = MIN_CHANGED_PIXELS.max(self.noise * 4);
        now.dialogs > still.dialogs || still.changed_pixels(now) >= least
    }

    /// Ten seconds of random input.
    ///
    /// # Errors
    /// If the tab fails.
    pub(super) fn monkey_test(&mut self) -> Result<(), TabError> {
        self.restart_run()?;
        let mut monkey = MonkeyPlayer::new(7, &self.answered, self.listeners);
        let from = self.tab.clock();
        let mut tenth = 0;
        while tenth < MONKEY_TENTHS && !self.is_work_exhausted() {
            let random_input = monkey.next_input();
            let length = if let RandomInput::Hold(_, length) = random_input { length } else { 1 };
            let until = from + f64::from(tenth + length) * 100.0;
            input_driver::perform_random_input(&mut self.tab, random_input, self.size, until)?;
            let takes_screenshot = (tenth + length) / 20 > tenth / 20;
            animation::sample(self, tenth..tenth + length)?;
            tenth += length;
            if takes_screenshot && self.shots.keeps_best {
                self.take_view()?;
            }
        }
        Ok(())
    }
}
