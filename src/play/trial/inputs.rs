//! Runs with input: each the same as the run without, but for what the player does.

use serde_json::Value;

use super::super::chromium::End;
use super::super::plan::{ENOUGH, Input, Listens, SLOT, SLOTS, Turns, Whim, Wild};
use super::{LEAST_CHANGE, Look, Trial, f64_of, hands};

/// The wild player's time, in tenths of a second.
const WILD: u32 = 100;

/// What the game seems to answer, and what is seen then at the end of which slot.
struct Answer {
    input: Input,
    slot: usize,
    look: Look,
}

impl Trial<'_, '_> {
    /// Runs with input, one after the other, until every input had its turn or enough were answered.
    pub(super) fn try_inputs(&mut self) -> Result<usize, End> {
        self.listens = self.ears()?;
        let mut turns = Turns::new(self.listens);
        let mut faults = 0;
        let mut is_enough = false;
        let mut run = turns.next();
        while !run.is_empty() && !is_enough && !self.is_spent() {
            let answer = self.run_with(&run)?;
            let answered = self.confirm(answer)?;
            faults += self.collect();
            turns.ended(&run, answered);
            self.note_answers(&turns.answered);
            is_enough = turns.answered.len() >= ENOUGH;
            run = turns.next();
        }
        self.untried = turns.untried().to_vec();
        // What is broken already is not looked at for long.
        if self.answered.is_empty() && run.is_empty() && self.problems.is_empty() {
            let answered = self.look_closer()?;
            faults += self.collect();
            self.note_answers(answered.as_slice());
        }
        // Of what was not tried nobody knows whether the game answers it.
        let is_known = run.is_empty() && !self.is_spent();
        if self.answered.is_empty() {
            self.levels.responds = is_known.then_some(false);
        }
        Ok(faults)
    }

    /// What the game listens to by now.
    pub(super) fn ears(&mut self) -> Result<Listens, End> {
        let told = self.tab.evaluate("__controls.listens()")?;
        let to = |kind: &str| told.get(kind) != Some(&Value::Bool(false));
        let (keys, clicks) = (to("keys"), to("clicks"));
        Ok(Listens { keys, clicks, moves: to("moves"), fields: to("fields") })
    }

    fn note_answers(&mut self, answered: &[Input]) {
        self.answered = answered.to_vec();
        if !answered.is_empty() {
            self.levels.responds = Some(true);
            self.levels.alive = Some(true);
            // A line of text is little to see, and enough where the game answers.
            self.levels.visible = Some(true);
        }
    }

    /// One run with these inputs; ends with the first that the game answers.
    fn run_with(&mut self, run: &[(usize, Input)]) -> Result<Option<Answer>, End> {
        self.begin_again()?;
        let now = self.look()?;
        let differs = self.still.first().map_or(0, |still| still.changes(&now));
        self.noise = self.noise.max(differs);
        let mut later = Vec::new();
        for (slot, input) in run {
            hands::give(&mut self.tab, &self.start, *input)?;
            let end = slot + input.slots();
            self.tab.run_to(self.start.time + SLOT * f64_of(end))?;
            let now = self.look()?;
            match self.still.get(end) {
                Some(still) if self.is_answer(still, &now) => {
                    return Ok(Some(Answer { input: *input, slot: end, look: now }));
                }
                Some(_) => {}
                None => later.push(Answer { input: *input, slot: end, look: now }),
            }
        }
        if later.is_empty() {
            return Ok(None);
        }
        self.watch_on()?;
        let still = |answer: &Answer| self.still.get(answer.slot);
        let holds = |it: &Answer| still(it).is_some_and(|still| self.is_answer(still, &it.look));
        Ok(later.into_iter().find(holds))
    }

    /// A page that moves by itself may look different by chance. Another run without input tells by
    /// how much, before the first answer is believed.
    fn confirm(&mut self, answer: Option<Answer>) -> Result<Option<Input>, End> {
        let Some(answer) = answer else { return Ok(None) };
        let moves = self.still.windows(2).any(|two| matches!(two, [a, b] if a.changes(b) > 0));
        if !moves || !self.answered.is_empty() {
            return Ok(Some(answer.input));
        }
        self.begin_again()?;
        self.tab.run_to(self.start.time + SLOT * f64_of(answer.slot))?;
        let again = self.look()?;
        let Some(still) = self.still.get(answer.slot) else { return Ok(None) };
        self.noise = self.noise.max(still.changes(&again));
        Ok(self.is_answer(still, &answer.look).then_some(answer.input))
    }

    /// The rest of the run without input: most games answer before it is needed.
    fn watch_on(&mut self) -> Result<(), End> {
        self.begin_again()?;
        for slot in self.still.len()..=SLOTS {
            self.tab.run_to(self.start.time + SLOT * f64_of(slot))?;
            let now = self.look()?;
            self.still.push(now);
        }
        let mut all = self.still.windows(2);
        let is_alive = all.any(|two| matches!(two, [a, b] if a.changes(b) >= LEAST_CHANGE));
        self.levels.alive = Some(self.levels.alive == Some(true) || is_alive);
        Ok(())
    }

    /// Whether what is seen differs from what would be seen without input.
    pub(super) fn is_answer(&self, still: &Look, now: &Look) -> bool {
        let least = LEAST_CHANGE.max(self.noise * 4);
        now.dialogs > still.dialogs || still.changes(now) >= least
    }

    /// Ten seconds of a player without a plan.
    pub(super) fn go_wild(&mut self) -> Result<(), End> {
        self.begin_again()?;
        let mut wild = Wild::new(7, &self.answered, self.listens);
        let from = self.tab.clock();
        let mut tenth = 0;
        while tenth < WILD && !self.is_spent() {
            let whim = wild.next();
            let length = if let Whim::Hold(_, length) = whim { length } else { 1 };
            let until = from + f64::from(tenth + length) * 100.0;
            hands::indulge(&mut self.tab, whim, self.size, until)?;
            let looks = (tenth + length) / 20 > tenth / 20;
            tenth += length;
            if looks && self.is_lively {
                self.look()?;
            }
        }
        Ok(())
    }
}
