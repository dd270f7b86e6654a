//! A closer look at a game that answered nothing: shorter glances, more to press, more patience.
//!
//! A key may be lit only while it is held, a card may turn back at once, a piece
//! may move only after it was chosen, and a game may count down before it
//! begins. All this takes time, and most games need none of it.

use serde_json::Value;

use super::super::chromium::{End, Mouse, Press};
use super::super::plan::{INPUTS, Input, KEYS, KeyCap, Listens, SLOT};
use super::start::{Place, list};
use super::{Look, Trial, f64_of, hands};

/// How long one thing has, in milliseconds of the page's time, and when in it there is a glance.
const CELL: f64 = 100.0;
const GLANCE: f64 = 40.0;
/// How many there are in a run.
const CELLS: usize = 20;

/// How long it is waited for a game that begins late, in milliseconds, and for how many slots it is
/// then played.
const LATE: f64 = 5_000.0;
const LATE_SLOTS: usize = 19;

/// What is chosen first and where it is placed, in how many ways.
const CHOICES: usize = 4;

/// Letters that are written where no words are shown.
const LETTERS: [&str; 4] = ["crane", "abcdefghijklm", "nopqrstuvwxyz", "1234567890"];

/// One thing that is done for a glance.
enum Deed {
    Hold(KeyCap),
    Click(Place),
    /// Chooses the one, and places it at the other.
    Pair(Place, Place),
    /// Holds the mouse pressed.
    Grasp(Place),
    /// Carries one element to another.
    Carry(u64, u64),
    Write(String),
    Enter,
    Submit,
}

impl Trial<'_, '_> {
    /// What the game answers after all; the first thing found.
    pub(super) fn look_closer(&mut self) -> Result<Option<Input>, End> {
        if self.listens == Listens::default() {
            return self.play_late();
        }
        let still = self.glances()?;
        let groups = self.deeds()?;
        for deeds in groups.iter().flat_map(|deeds| deeds.chunks(CELLS)) {
            if self.is_spent() {
                return Ok(None);
            }
            if let Some(input) = self.try_deeds(&still, deeds)? {
                return Ok(Some(input));
            }
        }
        self.play_late()
    }

    /// Everything there is to do, in groups that have a run each.
    fn deeds(&mut self) -> Result<Vec<Vec<Deed>>, End> {
        let places = self.start.places.clone();
        let clicks = places.iter().map(|place| Deed::Click(*place)).collect();
        let holds = KEYS.into_iter().map(Deed::Hold).collect();
        let pairs = pairs(&places).into_iter().map(|(one, other)| Deed::Pair(one, other)).collect();
        let grasps = places.iter().take(CELLS).map(|place| Deed::Grasp(*place)).collect();
        // To what nobody listens nobody answers.
        let heard = |deeds: Vec<Deed>, is_heard: bool| if is_heard { deeds } else { Vec::new() };
        let Listens { keys, clicks: is_clicked, fields, .. } = self.listens;
        Ok(vec![
            heard(clicks, is_clicked),
            heard(holds, keys),
            heard(self.carrying()?, is_clicked),
            heard(self.writing()?, fields),
            heard(pairs, is_clicked),
            heard(grasps, is_clicked),
        ])
    }

    /// What can be dragged, and where it can be dropped.
    fn carrying(&mut self) -> Result<Vec<Deed>, End> {
        let told = list(&self.tab.evaluate("__controls.carries()")?);
        let pair = |it: &Value| Some(Deed::Carry(it.get(0)?.as_u64()?, it.get(1)?.as_u64()?));
        Ok(told.iter().filter_map(pair).collect())
    }

    /// The words that the page shows, and all letters, each followed by what sends them off.
    fn writing(&mut self) -> Result<Vec<Deed>, End> {
        let shown = list(&self.tab.evaluate("__controls.words()")?);
        let shown = shown.iter().filter_map(|word| word.as_str().map(str::to_owned));
        let words = shown.chain(LETTERS.map(str::to_owned));
        Ok(words.flat_map(|word| [Deed::Write(word), Deed::Enter, Deed::Submit]).collect())
    }

    /// The run without input, in glances.
    fn glances(&mut self) -> Result<Vec<Look>, End> {
        self.begin_again()?;
        let mut glances = Vec::new();
        for cell in 0..CELLS {
            self.tab.run_to(self.start.time + CELL * f64_of(cell) + GLANCE)?;
            glances.push(self.look()?);
        }
        Ok(glances)
    }

    fn try_deeds(&mut self, still: &[Look], deeds: &[Deed]) -> Result<Option<Input>, End> {
        self.begin_again()?;
        for (cell, (deed, still)) in deeds.iter().zip(still).enumerate() {
            let begins = self.start.time + CELL * f64_of(cell);
            self.tab.run_to(begins)?;
            if self.does(deed, begins, still)? {
                return Ok(Some(deed.input()));
            }
        }
        Ok(None)
    }

    /// Does it, and looks whether the game answers.
    fn does(&mut self, deed: &Deed, begins: f64, still: &Look) -> Result<bool, End> {
        match deed {
            Deed::Hold(key) => {
                self.tab.key(key, Press::Down)?;
                let is_answer = self.glance(begins, still)?;
                self.tab.key(key, Press::Up)?;
                return Ok(is_answer);
            }
            Deed::Grasp(place) => return self.grasp(*place, begins, still),
            Deed::Click(place) => hands::click(&mut self.tab, &self.start, place)?,
            Deed::Pair(one, other) => {
                hands::click(&mut self.tab, &self.start, one)?;
                self.tab.run_to(begins + 17.0)?;
                hands::click(&mut self.tab, &self.start, other)?;
            }
            Deed::Carry(from, to) => {
                self.tab.evaluate(&format!("__controls.carry({from}, {to}), 0"))?;
            }
            Deed::Write(word) => {
                self.take_the_pen()?;
                self.tab.evaluate("__controls.mark(), 0")?;
                hands::write(&mut self.tab, word)?;
            }
            Deed::Enter => {
                self.take_the_pen()?;
                hands::press(&mut self.tab, &super::super::plan::ENTER, 17.0)?;
            }
            Deed::Submit => {
                if let Some(index) = self.tab.evaluate("__controls.submits()")?.as_u64() {
                    hands::click(&mut self.tab, &self.start, &Place::Element(index))?;
                }
            }
        }
        self.tab.run_to(begins + GLANCE / 2.0)?;
        hands::away(&mut self.tab, self.start.rest)?;
        self.glance(begins, still)
    }

    fn glance(&mut self, begins: f64, still: &Look) -> Result<bool, End> {
        self.tab.run_to(begins + GLANCE)?;
        let now = self.look()?;
        Ok(self.is_answer(still, &now))
    }

    /// Holds the mouse pressed. Styles light up by that alone, so the game must have had a hand in it.
    fn grasp(&mut self, place: Place, begins: f64, still: &Look) -> Result<bool, End> {
        let Some(at) = hands::find(&mut self.tab, &self.start, &place)? else { return Ok(false) };
        let watch = match place {
            Place::Element(index) => format!("__controls.grasp({index})"),
            Place::Point(x, y) => format!("__controls.graspAt({x}, {y})"),
        };
        self.tab.evaluate(&watch)?;
        self.tab.press(at)?;
        let is_answer = self.glance(begins, still)?;
        let is_its_own = self.tab.evaluate("__controls.isChanged()")? == Value::Bool(true);
        self.tab.mouse(Mouse::Release, at)?;
        hands::away(&mut self.tab, self.start.rest)?;
        Ok(is_answer && is_its_own)
    }

    /// Gives the keyboard to the field where words are written, if there is one.
    fn take_the_pen(&mut self) -> Result<(), End> {
        let Some(index) = self.tab.evaluate("__controls.editable()")?.as_u64() else {
            return Ok(());
        };
        hands::click(&mut self.tab, &self.start, &Place::Element(index))?;
        self.tab.evaluate(&format!("__controls.pen({index}), 0")).map(drop)
    }

    /// Waits until countdowns are over, and plays then what the game listens to by now.
    fn play_late(&mut self) -> Result<Option<Input>, End> {
        let begins = self.start.time + LATE;
        self.begin_again()?;
        let mut still = Vec::new();
        for slot in 0..=LATE_SLOTS {
            self.tab.run_to(begins + SLOT * f64_of(slot))?;
            still.push(self.look()?);
        }
        let listens = self.ears()?;
        if listens == Listens::default() {
            return Ok(None);
        }
        self.begin_again()?;
        self.tab.run_to(begins)?;
        let mut slot = 0;
        for input in INPUTS.into_iter().filter(|input| listens.to(*input)) {
            hands::give(&mut self.tab, &self.start, input)?;
            slot += input.slots();
            self.tab.run_to(begins + SLOT * f64_of(slot))?;
            let now = self.look()?;
            if still.get(slot).is_some_and(|still| self.is_answer(still, &now)) {
                return Ok(Some(input));
            }
        }
        Ok(None)
    }
}

impl Deed {
    fn input(&self) -> Input {
        match self {
            Self::Hold(key) => Input::Key(*key),
            Self::Click(_) | Self::Pair(..) | Self::Grasp(_) | Self::Submit => Input::Click,
            Self::Carry(..) => Input::Drag,
            Self::Write(_) | Self::Enter => Input::Type,
        }
    }
}

/// Some things with some places for each: what is chosen comes first in a page, and last.
fn pairs(places: &[Place]) -> Vec<(Place, Place)> {
    let choices = places.iter().take(CHOICES).chain(places.iter().rev().take(1));
    let each = (2 * CELLS / (CHOICES + 1)).max(1);
    let step = (places.len() / each).max(1);
    choices
        .flat_map(|one| {
            let others = places.iter().rev().filter(move |other| *other != one).step_by(step);
            others.take(each).map(move |other| (*one, *other))
        })
        .collect()
}
