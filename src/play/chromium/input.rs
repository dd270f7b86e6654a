//! What a player does to a page: keys, the mouse, and fingers where it is on a phone.

use serde_json::{Value, json};

use super::tab::{BrowserTab, TabError};
use super::wait_limit::WaitLimit;
use crate::play::plan::KeyboardKey;

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAction {
    Down,
    Up,
}

/// What the mouse does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointerAction {
    Move,
    /// Moves with its button held.
    Drag,
    Press,
    Release,
}

impl BrowserTab<'_> {
    pub fn send_key(&mut self, key: &KeyboardKey, what: KeyAction) -> Result<(), TabError> {
        let kind = match (what, key.text) {
            (KeyAction::Up, _) => "keyUp",
            (KeyAction::Down, "") => "rawKeyDown",
            (KeyAction::Down, _) => "keyDown",
        };
        let mut event = json!({
            "type": kind, "code": key.code, "key": key.key, "windowsVirtualKeyCode": key.number,
        });
        if let (true, Some(event)) = (kind == "keyDown", event.as_object_mut()) {
            event.insert("text".to_owned(), json!(key.text));
        }
        self.call("Input.dispatchKeyEvent", &event, WaitLimit::PAGE).map(drop)
    }

    /// Presses and lets go of the key that writes this.
    pub fn type_char(&mut self, letter: char) -> Result<(), TabError> {
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
        self.call("Input.dispatchKeyEvent", &event, WaitLimit::PAGE).map(drop)
    }

    /// On a phone a finger does it, and what moves without touching does not.
    pub fn send_pointer(&mut self, what: PointerAction, at: (f64, f64)) -> Result<(), TabError> {
        if self.is_phone && what == PointerAction::Move {
            return Ok(());
        }
        let (method, event) = self.pointer_event(what, at);
        self.call(method, &event, WaitLimit::PAGE).map(drop)
    }

    /// Moves there, presses and lets go, in one go: a move alone waits for the screen.
    pub fn click(&mut self, at: (f64, f64)) -> Result<(), TabError> {
        if !self.is_phone {
            self.queue_pointer(PointerAction::Move, at)?;
        }
        self.queue_pointer(PointerAction::Press, at)?;
        self.send_pointer(PointerAction::Release, at)
    }

    /// Moves there and presses.
    pub fn press_at(&mut self, at: (f64, f64)) -> Result<(), TabError> {
        if !self.is_phone {
            self.queue_pointer(PointerAction::Move, at)?;
        }
        self.send_pointer(PointerAction::Press, at)
    }

    /// Presses there and moves on, in one go.
    pub fn drag_from(&mut self, from: (f64, f64), on: (f64, f64)) -> Result<(), TabError> {
        if !self.is_phone {
            self.queue_pointer(PointerAction::Move, from)?;
        }
        self.queue_pointer(PointerAction::Press, from)?;
        self.send_pointer(PointerAction::Drag, on)
    }

    /// Moves there and lets go, in one go.
    pub fn drag_to(&mut self, to: (f64, f64)) -> Result<(), TabError> {
        self.queue_pointer(PointerAction::Drag, to)?;
        self.send_pointer(PointerAction::Release, to)
    }

    /// Sends what comes before something that is waited for.
    fn queue_pointer(&mut self, what: PointerAction, at: (f64, f64)) -> Result<(), TabError> {
        let (method, event) = self.pointer_event(what, at);
        self.send(method, &event)
    }

    /// How the browser is told: by a mouse, or by a finger.
    fn pointer_event(&self, what: PointerAction, at: (f64, f64)) -> (&'static str, Value) {
        if self.is_phone {
            ("Input.dispatchTouchEvent", touch_event(what, at))
        } else {
            ("Input.dispatchMouseEvent", mouse_event(what, at))
        }
    }

    /// Moves there, and waits until the styles have followed.
    pub fn move_away(&mut self, to: (f64, f64)) -> Result<(), TabError> {
        if !self.is_phone {
            self.queue_pointer(PointerAction::Move, to)?;
        }
        self.evaluate_later("__controls.calm(), 0")?;
        self.evaluate("__codeagent.settle().then(() => (__controls.unlight(), 0))").map(drop)
    }

    pub fn insert_text(&mut self, text: &str) -> Result<(), TabError> {
        self.call("Input.insertText", &json!({"text": text}), WaitLimit::PAGE).map(drop)
    }
}

fn mouse_event(what: PointerAction, (x, y): (f64, f64)) -> Value {
    let (kind, button, held, clicks) = match what {
        PointerAction::Move => ("mouseMoved", "none", 0, 0),
        PointerAction::Drag => ("mouseMoved", "left", 1, 0),
        PointerAction::Press => ("mousePressed", "left", 1, 1),
        PointerAction::Release => ("mouseReleased", "left", 0, 1),
    };
    json!({"type": kind, "x": x, "y": y, "button": button, "buttons": held, "clickCount": clicks})
}

fn touch_event(what: PointerAction, (x, y): (f64, f64)) -> Value {
    let point = json!([{"x": x, "y": y}]);
    match what {
        PointerAction::Press => json!({"type": "touchStart", "touchPoints": point}),
        PointerAction::Move | PointerAction::Drag => {
            json!({"type": "touchMove", "touchPoints": point})
        }
        PointerAction::Release => json!({"type": "touchEnd", "touchPoints": []}),
    }
}
