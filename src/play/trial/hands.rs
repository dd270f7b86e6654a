//! The player's hands: starts a game, and does what the plan says.

use serde_json::Value;

use super::super::chromium::{End, Mouse, Press, Tab};
use super::super::plan::{ENTER, Input, KeyCap, SPACE, Whim};

/// How a game was started, so that it can be started again in the same way.
#[derive(Debug, Clone, Default)]
pub struct Start {
    steps: Vec<(f64, Step)>,
    /// The page's time when it was done, in milliseconds.
    pub time: f64,
    /// What can be clicked and drawn on, once it is started.
    pub targets: Vec<(f64, f64)>,
    /// A place where the mouse lights up nothing.
    pub rest: (f64, f64),
}

#[derive(Debug, Clone)]
enum Step {
    /// Clicks there, and writes.
    Fill((f64, f64), String),
    Click((f64, f64)),
    Press(KeyCap),
    Focus,
}

/// The middle of the window.
const MIDDLE: (f64, f64) = (400.0, 300.0);
/// Where the mouse waits in a run without input, and where it ends in one with: not the same, for
/// games that follow it.
const CORNER: (f64, f64) = (1.0, 1.0);
const OTHER_CORNER: (f64, f64) = (797.0, 597.0);

/// Looks for what starts the game, and does it.
pub fn start(tab: &mut Tab<'_>) -> Result<Start, End> {
    let mut start = Start { rest: OTHER_CORNER, ..Start::default() };
    for field in list(&tab.evaluate("__codeagent.fields()")?) {
        let text = field.get("text").and_then(Value::as_str).unwrap_or("Ada").to_owned();
        if let Some(at) = place(&field) {
            start.take(tab, Step::Fill(at, text))?;
        }
    }
    let mut has_clicked = false;
    for _ in 0..3 {
        let Some(at) = place(&tab.evaluate("__codeagent.starts()")?) else { break };
        start.take(tab, Step::Click(at))?;
        has_clicked = true;
    }
    if !has_clicked || tab.evaluate("__codeagent.starts()")? != Value::Null {
        for step in [Step::Press(ENTER), Step::Press(SPACE), Step::Click(MIDDLE)] {
            start.take(tab, step)?;
        }
    }
    start.take(tab, Step::Focus)?;
    let canvas = place(&tab.evaluate("__codeagent.canvas()")?);
    start.rest = canvas.unwrap_or(OTHER_CORNER);
    let targets = tab.evaluate("__codeagent.targets()")?;
    start.targets = list(&targets).iter().filter_map(place).collect();
    tab.run_to(tab.clock() + 50.0)?;
    start.time = tab.clock();
    Ok(start)
}

/// The same again, at the same times.
pub fn start_again(tab: &mut Tab<'_>, start: &Start) -> Result<(), End> {
    for (time, step) in &start.steps {
        tab.run_to(*time)?;
        step.done(tab)?;
    }
    tab.run_to(start.time)
}

impl Start {
    fn take(&mut self, tab: &mut Tab<'_>, step: Step) -> Result<(), End> {
        let time = tab.clock();
        step.done(tab)?;
        self.steps.push((time, step));
        tab.run_to(tab.clock() + 100.0)
    }
}

impl Step {
    fn done(&self, tab: &mut Tab<'_>) -> Result<(), End> {
        match self {
            Self::Fill(at, text) => {
                click(tab, *at)?;
                tab.write(text)
            }
            Self::Click(at) => {
                click(tab, *at)?;
                tab.settle()?;
                away(tab, CORNER)
            }
            Self::Press(key) => press(tab, key, 40.0),
            Self::Focus => {
                tab.evaluate("__codeagent.blur(), __codeagent.canvas(), 0")?;
                Ok(())
            }
        }
    }
}

/// Does one input; the page's time goes on by less than its slots.
pub fn give(tab: &mut Tab<'_>, start: &Start, input: Input) -> Result<(), End> {
    match input {
        Input::Key(key) => press(tab, &key, 170.0),
        Input::Mouse => {
            for at in [(200.0, 300.0), (300.0, 200.0), (640.0, 420.0)] {
                tab.mouse(Mouse::Move, at)?;
                tab.run_to(tab.clock() + 50.0)?;
            }
            away(tab, start.rest)
        }
        Input::Click => {
            for at in places(start) {
                click(tab, at)?;
                tab.run_to(tab.clock() + 20.0)?;
            }
            away(tab, start.rest)
        }
        Input::Drag => {
            for (x, y) in places(start) {
                let to = (if x < 400.0 { x + 90.0 } else { x - 90.0 }, y);
                drag(tab, (x, y), to)?;
                tab.run_to(tab.clock() + 20.0)?;
            }
            away(tab, start.rest)
        }
    }
}

/// Does what the wild player wants, until the page's time is that.
pub fn indulge(tab: &mut Tab<'_>, whim: Whim, (w, h): (u32, u32), until: f64) -> Result<(), End> {
    let at = |(x, y): (f64, f64)| (x * f64::from(w), y * f64::from(h));
    match whim {
        Whim::Hold(key, _) => {
            tab.key(&key, Press::Down)?;
            tab.run_to(until)?;
            return tab.key(&key, Press::Up);
        }
        Whim::Click(x, y) => click(tab, at((x, y)))?,
        Whim::Move(x, y) => tab.mouse(Mouse::Move, at((x, y)))?,
        Whim::Drag(from, to) => drag(tab, at(from), at(to))?,
        Whim::Wait => {}
    }
    tab.run_to(until)
}

/// What can be clicked, and some of the window beside it.
fn places(start: &Start) -> Vec<(f64, f64)> {
    const FEW: [(f64, f64); 5] =
        [MIDDLE, (267.0, 200.0), (533.0, 400.0), (533.0, 200.0), (267.0, 400.0)];
    let mut places: Vec<_> = start.targets.iter().copied().take(6).collect();
    places.extend(FEW);
    places
}

/// Takes the mouse to a place where it lights up nothing, and the keyboard from what was clicked.
fn away(tab: &mut Tab<'_>, to: (f64, f64)) -> Result<(), End> {
    tab.mouse(Mouse::Move, to)?;
    tab.evaluate("__codeagent.blur(), 0")?;
    tab.settle()
}

fn press(tab: &mut Tab<'_>, key: &KeyCap, time: f64) -> Result<(), End> {
    tab.key(key, Press::Down)?;
    tab.run_to(tab.clock() + time)?;
    tab.key(key, Press::Up)
}

fn click(tab: &mut Tab<'_>, at: (f64, f64)) -> Result<(), End> {
    tab.mouse(Mouse::Move, at)?;
    tab.mouse(Mouse::Press, at)?;
    tab.mouse(Mouse::Release, at)
}

fn drag(tab: &mut Tab<'_>, from: (f64, f64), to: (f64, f64)) -> Result<(), End> {
    tab.mouse(Mouse::Move, from)?;
    tab.mouse(Mouse::Press, from)?;
    let half = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
    for at in [half, to] {
        tab.run_to(tab.clock() + 17.0)?;
        tab.mouse(Mouse::Drag, at)?;
    }
    tab.mouse(Mouse::Release, to)
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn place(value: &Value) -> Option<(f64, f64)> {
    Some((value.get("x")?.as_f64()?, value.get("y")?.as_f64()?))
}
