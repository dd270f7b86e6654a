//! What a player does to a page: keys, the mouse, and fingers where it is on a phone.

use serde_json::{Value, json};

use super::tab::{End, Tab};
use super::work::Limit;
use crate::play::plan::KeyCap;

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    Down,
    Up,
}

/// What the mouse does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mouse {
    Move,
    /// Moves with its button held.
    Drag,
    Press,
    Release,
}

impl Tab<'_> {
    pub fn key(&mut self, key: &KeyCap, what: Press) -> Result<(), End> {
        let kind = match (what, key.text) {
            (Press::Up, _) => "keyUp",
            (Press::Down, "") => "rawKeyDown",
            (Press::Down, _) => "keyDown",
        };
        let mut event = json!({
            "type": kind, "code": key.code, "key": key.key, "windowsVirtualKeyCode": key.number,
        });
        if let (true, Some(event)) = (kind == "keyDown", event.as_object_mut()) {
            event.insert("text".to_owned(), json!(key.text));
        }
        self.call("Input.dispatchKeyEvent", &event, Limit::PAGE).map(drop)
    }

    /// Presses and lets go of the key that writes this.
    pub fn letter(&mut self, letter: char) -> Result<(), End> {
        let upper = letter.to_ascii_uppercase();
        let code = match upper {
            'A'..='Z' => format!("Key{upper}"),
            '0'..='9' => format!("Digit{upper}"),
            ' ' => "Space".to_owned(),
            _ => String::new(),
        };
        let number =
            if upper.is_ascii_alphanumeric() || upper == ' ' { u32::from(upper) } else { 0 };
        let mut event = json!({
            "type": "keyDown", "code": code, "key": letter.to_string(), "text": letter.to_string(),
            "windowsVirtualKeyCode": number,
        });
        self.send("Input.dispatchKeyEvent", &event)?;
        if let Some(event) = event.as_object_mut() {
            event.insert("type".to_owned(), json!("keyUp"));
            event.remove("text");
        }
        self.call("Input.dispatchKeyEvent", &event, Limit::PAGE).map(drop)
    }

    /// On a phone a finger does it, and what moves without touching does not.
    pub fn mouse(&mut self, what: Mouse, at: (f64, f64)) -> Result<(), End> {
        if self.is_phone && what == Mouse::Move {
            return Ok(());
        }
        let (method, event) = self.pointer(what, at);
        self.call(method, &event, Limit::PAGE).map(drop)
    }

    /// Moves there, presses and lets go, in one go: a move alone waits for the screen.
    pub fn click(&mut self, at: (f64, f64)) -> Result<(), End> {
        if !self.is_phone {
            self.send_mouse(Mouse::Move, at)?;
        }
        self.send_mouse(Mouse::Press, at)?;
        self.mouse(Mouse::Release, at)
    }

    /// Moves there and presses.
    pub fn press(&mut self, at: (f64, f64)) -> Result<(), End> {
        if !self.is_phone {
            self.send_mouse(Mouse::Move, at)?;
        }
        self.mouse(Mouse::Press, at)
    }

    /// Presses there and moves on, in one go.
    pub fn drag_from(&mut self, from: (f64, f64), on: (f64, f64)) -> Result<(), End> {
        if !self.is_phone {
            self.send_mouse(Mouse::Move, from)?;
        }
        self.send_mouse(Mouse::Press, from)?;
        self.mouse(Mouse::Drag, on)
    }

    /// Moves there and lets go, in one go.
    pub fn drag_to(&mut self, to: (f64, f64)) -> Result<(), End> {
        self.send_mouse(Mouse::Drag, to)?;
        self.mouse(Mouse::Release, to)
    }

    /// Sends what comes before something that is waited for.
    fn send_mouse(&mut self, what: Mouse, at: (f64, f64)) -> Result<(), End> {
        let (method, event) = self.pointer(what, at);
        self.send(method, &event)
    }

    /// How the browser is told: by a mouse, or by a finger.
    fn pointer(&self, what: Mouse, at: (f64, f64)) -> (&'static str, Value) {
        if self.is_phone {
            ("Input.dispatchTouchEvent", touch_event(what, at))
        } else {
            ("Input.dispatchMouseEvent", mouse_event(what, at))
        }
    }

    /// Moves there, and waits until the styles have followed.
    pub fn leave(&mut self, to: (f64, f64)) -> Result<(), End> {
        if !self.is_phone {
            self.send_mouse(Mouse::Move, to)?;
        }
        self.evaluate_later("__controls.calm(), 0")?;
        self.evaluate("__codeagent.settle().then(() => (__controls.unlight(), 0))").map(drop)
    }

    pub fn write(&mut self, text: &str) -> Result<(), End> {
        self.call("Input.insertText", &json!({"text": text}), Limit::PAGE).map(drop)
    }
}

fn mouse_event(what: Mouse, (x, y): (f64, f64)) -> Value {
    let (kind, button, held, clicks) = match what {
        Mouse::Move => ("mouseMoved", "none", 0, 0),
        Mouse::Drag => ("mouseMoved", "left", 1, 0),
        Mouse::Press => ("mousePressed", "left", 1, 1),
        Mouse::Release => ("mouseReleased", "left", 0, 1),
    };
    json!({"type": kind, "x": x, "y": y, "button": button, "buttons": held, "clickCount": clicks})
}

fn touch_event(what: Mouse, (x, y): (f64, f64)) -> Value {
    let point = json!([{"x": x, "y": y}]);
    match what {
        Mouse::Press => json!({"type": "touchStart", "touchPoints": point}),
        Mouse::Move | Mouse::Drag => json!({"type": "touchMove", "touchPoints": point}),
        Mouse::Release => json!({"type": "touchEnd", "touchPoints": []}),
    }
}
