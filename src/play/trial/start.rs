//! How a game is started, so that it can be started again in the same way, and what it shows then.

use serde_json::Value;

use super::super::chromium::{End, Tab};
use super::super::plan::{ENTER, KeyCap, SPACE};
use super::hands::{self, away};

/// How a game was started, and where it can be played.
#[derive(Debug, Clone, Default)]
pub struct Start {
    steps: Vec<(f64, Step)>,
    /// The page's time when it was done, in milliseconds.
    pub time: f64,
    /// What can be clicked and drawn on, once it is started.
    pub places: Vec<Place>,
    /// A place where the mouse lights up nothing.
    pub rest: (f64, f64),
    /// How much of the page is above the window, where the game is further down.
    pub above: f64,
    size: (u32, u32),
}

/// Somewhere to click.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// An element, by its place in the tree.
    Element(u64),
    /// A point of the window.
    Point(f64, f64),
}

#[derive(Debug, Clone)]
enum Step {
    /// Clicks there, and writes.
    Fill(u64, String),
    Click(u64),
    Press(KeyCap),
    /// Clicks in the middle of the largest picture, or of the window.
    Middle,
    /// Gives the keyboard to whoever listens to it.
    Settle,
}

/// Where the mouse waits in a run without input, and where it ends in one with: not the same, for
/// games that follow it.
const CORNER: (f64, f64) = (1.0, 1.0);

/// A game that has more than so many things to press before it begins is none.
const MOST_STEPS: usize = 9;

/// Where a canvas is clicked, as parts of it.
const POINTS: [(f64, f64); 9] = [
    (0.5, 0.5),
    (0.33, 0.33),
    (0.67, 0.67),
    (0.67, 0.33),
    (0.33, 0.67),
    (0.5, 0.72),
    (0.5, 0.85),
    (0.2, 0.5),
    (0.8, 0.5),
];

/// How many of these the window gets where there is no canvas.
const FEW: usize = 5;

/// Looks for what starts the game, and does it.
pub fn start(tab: &mut Tab<'_>, size: (u32, u32)) -> Result<Start, End> {
    let mut start = Start { size, ..Start::default() };
    for field in list(&tab.evaluate("__controls.fields()")?) {
        let text = field.get("text").and_then(Value::as_str).unwrap_or("Ada").to_owned();
        if let Some(index) = field.get("index").and_then(Value::as_u64) {
            start.take(tab, Step::Fill(index, text))?;
        }
    }
    start.begin(tab)?;
    start.take(tab, Step::Settle)?;
    start.above = tab.evaluate("__controls.view()")?.as_f64().unwrap_or_default();
    start.look_about(tab)?;
    tab.run_to(tab.clock() + 50.0)?;
    start.time = tab.clock();
    Ok(start)
}

/// The same again, at the same times.
pub fn start_again(tab: &mut Tab<'_>, start: &Start) -> Result<(), End> {
    for (time, step) in &start.steps {
        tab.run_to(*time)?;
        step.done(tab, start.size)?;
    }
    tab.run_to(start.time)
}

impl Start {
    /// Clicks what invites to begin; where nothing does, some keys may bring it up.
    fn begin(&mut self, tab: &mut Tab<'_>) -> Result<(), End> {
        let mut others = [Step::Press(ENTER), Step::Press(SPACE), Step::Middle].into_iter();
        let mut has_clicked = false;
        while self.steps.len() < MOST_STEPS {
            if let Some(index) = tab.evaluate("__controls.starts()")?.as_u64() {
                self.take(tab, Step::Click(index))?;
                has_clicked = true;
                continue;
            }
            // Who was given the keyboard to write would lose it, or write nonsense.
            if has_clicked || tab.evaluate("__controls.isTyping()")? == Value::Bool(true) {
                break;
            }
            let Some(step) = others.next() else { break };
            let is_for_mouse = matches!(step, Step::Middle);
            if is_for_mouse && tab.evaluate("__controls.listens().clicks")? == Value::Bool(false) {
                break;
            }
            self.take(tab, step)?;
        }
        Ok(())
    }

    /// Where the game can be played now.
    fn look_about(&mut self, tab: &mut Tab<'_>) -> Result<(), End> {
        tab.evaluate(&format!("__codeagent.quiet({})", self.above))?;
        let canvas = tab.evaluate("__controls.canvas()")?;
        let number = |name: &str| canvas.get(name).and_then(Value::as_f64).unwrap_or_default();
        let at = |(x, y): (f64, f64)| {
            (number("x") + x * number("width"), number("y") + y * number("height"))
        };
        let has_canvas = canvas != Value::Null;
        let points: Vec<_> = if has_canvas {
            POINTS.into_iter().map(at).filter(|at| self.is_within(*at)).collect()
        } else {
            POINTS.into_iter().take(FEW).map(|at| self.within(at)).collect()
        };
        let corner = (f64::from(self.size.0) - 3.0, f64::from(self.size.1) - 3.0);
        self.rest = points.first().copied().filter(|_| has_canvas).unwrap_or(corner);
        let targets = list(&tab.evaluate("__controls.targets()")?);
        self.places = targets.iter().filter_map(|it| it.as_u64().map(Place::Element)).collect();
        self.places.extend(points.into_iter().map(|(x, y)| Place::Point(x, y)));
        tab.evaluate(&format!("__codeagent.quiet({})", self.above)).map(drop)
    }

    fn is_within(&self, (x, y): (f64, f64)) -> bool {
        (0.0..f64::from(self.size.0)).contains(&x) && (0.0..f64::from(self.size.1)).contains(&y)
    }

    /// That part of the window, as a point of it.
    pub fn within(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x * f64::from(self.size.0), y * f64::from(self.size.1))
    }

    /// Where something from there is dragged to.
    pub fn beside(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (if x < f64::from(self.size.0) / 2.0 { x + 90.0 } else { x - 90.0 }, y)
    }

    fn take(&mut self, tab: &mut Tab<'_>, step: Step) -> Result<(), End> {
        let time = tab.clock();
        step.done(tab, self.size)?;
        self.steps.push((time, step));
        tab.run_to(tab.clock() + 100.0)
    }
}

impl Step {
    fn done(&self, tab: &mut Tab<'_>, (width, height): (u32, u32)) -> Result<(), End> {
        match self {
            Self::Fill(index, text) => {
                if let Some(at) = hands::reveal(tab, *index)? {
                    tab.click(at)?;
                    tab.evaluate(&format!("__controls.fill({index})"))?;
                    tab.write(text)?;
                }
                Ok(())
            }
            Self::Click(index) => {
                if let Some(at) = hands::reveal(tab, *index)? {
                    tab.click(at)?;
                    away(tab, CORNER)?;
                }
                Ok(())
            }
            Self::Press(key) => hands::press(tab, key, 40.0),
            Self::Middle => {
                let canvas = tab.evaluate("__controls.canvas()")?;
                let index = canvas.get("index").and_then(Value::as_u64);
                let at = match index {
                    Some(index) => hands::reveal(tab, index)?,
                    None => None,
                };
                let middle = (f64::from(width) / 2.0, f64::from(height) / 2.0);
                tab.click(at.unwrap_or(middle))?;
                away(tab, CORNER)
            }
            Self::Settle => tab.evaluate("__controls.settle(), 0").map(drop),
        }
    }
}

pub fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}
