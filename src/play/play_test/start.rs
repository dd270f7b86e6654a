//! Starts a game in a way that can be repeated, and finds what can be clicked in it.

use serde_json::Value;

use super::super::chromium::{BrowserTab, TabError};
use super::super::plan::{ENTER, KeyboardKey, SPACE};
use super::page_input::{hold_key, move_mouse_away, reveal};

/// How a game was started, and what can be clicked then.
#[derive(Debug, Clone, Default)]
pub struct GameStart {
    steps: Vec<(f64, StartStep)>,
    /// Page time at the end of the start, in milliseconds.
    pub time: f64,
    /// The click targets of the running game.
    pub targets: Vec<ClickTarget>,
    /// A point without hover effects.
    pub idle_point: (f64, f64),
    /// Pixels scrolled, if the game is further down the page.
    pub scrolled_by: f64,
    size: (u32, u32),
}

/// A click target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ClickTarget {
    /// An element, by its index in the tree.
    Element(u64),
    /// A point of the window.
    Point(f64, f64),
}

#[derive(Debug, Clone)]
enum StartStep {
    /// Clicks the field and types the text.
    Fill(u64, String),
    Click(u64),
    Press(KeyboardKey),
    /// Clicks the middle of the largest canvas, or of the window.
    ClickMiddle,
    /// Focuses the element that listens to the keyboard.
    Settle,
}

/// Where the mouse waits in a run without input. It differs from its place after input, for games
/// that follow the mouse.
const WAITING_POINT: (f64, f64) = (1.0, 1.0);

/// Most steps of a start.
const MAX_STEPS: usize = 9;

/// Click points of a canvas, as fractions of it.
const CANVAS_POINTS: [(f64, f64); 9] = [
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

/// How many of these are used for a window without canvas.
const WINDOW_POINTS: usize = 5;

/// Finds and performs what starts the game.
///
/// # Errors
/// If the tab fails.
pub fn start_game(tab: &mut BrowserTab<'_>, size: (u32, u32)) -> Result<GameStart, TabError> {
    let mut start = GameStart { size, ..GameStart::default() };
    for field in array_items(&tab.evaluate("__controls.fields()")?) {
        let text = field.get("text").and_then(Value::as_str).unwrap_or("Ada").to_owned();
        if let Some(index) = field.get("index").and_then(Value::as_u64) {
            start.perform_step(tab, StartStep::Fill(index, text))?;
        }
    }
    start.press_start(tab)?;
    start.perform_step(tab, StartStep::Settle)?;
    start.scrolled_by = tab.evaluate("__controls.view()")?.as_f64().unwrap_or_default();
    start.find_targets(tab)?;
    tab.run_to(tab.clock() + 50.0)?;
    start.time = tab.clock();
    Ok(start)
}

/// Repeats the start at the same times.
///
/// # Errors
/// If the tab fails.
pub fn repeat_start(tab: &mut BrowserTab<'_>, start: &GameStart) -> Result<(), TabError> {
    for (time, step) in &start.steps {
        tab.run_to(*time)?;
        step.perform(tab, start.size)?;
    }
    tab.run_to(start.time)
}

impl GameStart {
    /// Clicks start buttons; without one, tries keys and a click.
    fn press_start(&mut self, tab: &mut BrowserTab<'_>) -> Result<(), TabError> {
        let mut others =
            [StartStep::Press(ENTER), StartStep::Press(SPACE), StartStep::ClickMiddle].into_iter();
        let mut has_clicked = false;
        while self.steps.len() < MAX_STEPS {
            if let Some(index) = tab.evaluate("__controls.starts()")?.as_u64() {
                self.perform_step(tab, StartStep::Click(index))?;
                has_clicked = true;
                continue;
            }
            // A focused text field would lose the focus or get nonsense.
            if has_clicked || tab.evaluate("__controls.isTyping()")? == Value::Bool(true) {
                break;
            }
            let Some(step) = others.next() else { break };
            let is_for_mouse = matches!(step, StartStep::ClickMiddle);
            if is_for_mouse && tab.evaluate("__controls.listens().clicks")? == Value::Bool(false) {
                break;
            }
            self.perform_step(tab, step)?;
        }
        Ok(())
    }

    /// Finds the click targets of the running game.
    fn find_targets(&mut self, tab: &mut BrowserTab<'_>) -> Result<(), TabError> {
        tab.evaluate(&format!("__codeagent.quiet({})", self.scrolled_by))?;
        let canvas = tab.evaluate("__controls.canvas()")?;
        let number = |name: &str| canvas.get(name).and_then(Value::as_f64).unwrap_or_default();
        let at = |(x, y): (f64, f64)| {
            (number("x") + x * number("width"), number("y") + y * number("height"))
        };
        let has_canvas = canvas != Value::Null;
        let points: Vec<_> = if has_canvas {
            CANVAS_POINTS.into_iter().map(at).filter(|at| self.is_within(*at)).collect()
        } else {
            CANVAS_POINTS.into_iter().take(WINDOW_POINTS).map(|at| self.window_point(at)).collect()
        };
        let corner = (f64::from(self.size.0) - 3.0, f64::from(self.size.1) - 3.0);
        self.idle_point = points.first().copied().filter(|_| has_canvas).unwrap_or(corner);
        let targets = array_items(&tab.evaluate("__controls.targets()")?);
        self.targets =
            targets.iter().filter_map(|target| target.as_u64().map(ClickTarget::Element)).collect();
        self.targets.extend(points.into_iter().map(|(x, y)| ClickTarget::Point(x, y)));
        tab.evaluate(&format!("__codeagent.quiet({})", self.scrolled_by)).map(drop)
    }

    fn is_within(&self, (x, y): (f64, f64)) -> bool {
        (0.0..f64::from(self.size.0)).contains(&x) && (0.0..f64::from(self.size.1)).contains(&y)
    }

    /// The point at these fractions of the window.
    pub fn window_point(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x * f64::from(self.size.0), y * f64::from(self.size.1))
    }

    /// The destination of a drag from this point.
    pub fn drag_destination(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (if x < f64::from(self.size.0) / 2.0 { x + 90.0 } else { x - 90.0 }, y)
    }

    fn perform_step(&mut self, tab: &mut BrowserTab<'_>, step: StartStep) -> Result<(), TabError> {
        let time = tab.clock();
        step.perform(tab, self.size)?;
        self.steps.push((time, step));
        tab.run_to(tab.clock() + 100.0)
    }
}

impl StartStep {
    fn perform(
        &self,
        tab: &mut BrowserTab<'_>,
        (width, height): (u32, u32),
    ) -> Result<(), TabError> {
        match self {
            Self::Fill(index, text) => {
                if let Some(at) = reveal(tab, *index)? {
                    tab.click(at)?;
                    tab.evaluate(&format!("__controls.fill({index})"))?;
                    tab.insert_text(text)?;
                }
                Ok(())
            }
            Self::Click(index) => {
                if let Some(at) = reveal(tab, *index)? {
                    tab.click(at)?;
                    move_mouse_away(tab, WAITING_POINT)?;
                }
                Ok(())
            }
            Self::Press(key) => hold_key(tab, key, 40.0),
            Self::ClickMiddle => {
                let canvas = tab.evaluate("__controls.canvas()")?;
                let index = canvas.get("index").and_then(Value::as_u64);
                let at = match index {
                    Some(index) => reveal(tab, index)?,
                    None => None,
                };
                let middle = (f64::from(width) / 2.0, f64::from(height) / 2.0);
                tab.click(at.unwrap_or(middle))?;
                move_mouse_away(tab, WAITING_POINT)
            }
            Self::Settle => tab.evaluate("__controls.settle(), 0").map(drop),
        }
    }
}

/// The items of a JSON array; empty for any other value.
pub fn array_items(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}
