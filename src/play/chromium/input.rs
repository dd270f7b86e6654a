//! Sends a player's input to a page: keys, the mouse, and touches on a phone.

use serde_json::{Value, json};

use super::tab::{BrowserTab, TabError};
use super::wait_limit::WaitLimit;
use crate::play::plan::KeyboardKey;

/// Whether a key is pressed or released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAction {
    Down,
    Up,
}

/// An action of the mouse, or of a finger on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointerAction {
    Move,
    /// Moves with the button held.
    Drag,
    Press,
    Release,
}

impl BrowserTab<'_> {
    /// Presses or releases a key.
    ///
    /// # Errors
    /// If the tab fails.
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

    /// Presses and releases the key that types this character.
    ///
    /// # Errors
    /// If the tab fails.
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

    /// Sends a pointer action; on a phone as a touch, where plain moves do not exist.
    ///
    /// # Errors
    /// If the tab fails.
    pub fn send_pointer(&mut self, what: PointerAction, at: (f64, f64)) -> Result<(), TabError> {
        if self.is_phone && what == PointerAction::Move {
            return Ok(());
        }
        let (method, event) = self.pointer_event(what, at);
        self.call(method, &event, WaitLimit::PAGE).map(drop)
    }

    /// Moves to a point and clicks without waiting in between: a move alone would wait for the
    /// screen.
    ///
    /// # Errors
    /// If the tab fails.
    pub fn click(&mut self, at: (f64, f64)) -> Result<(), TabError> {
        if !self.is_phone {
            self.queue_pointer(PointerAction::Move, at)?;
        }
        self.queue_pointer(PointerAction::Press, at)?;
        self.send_pointer(PointerAction::Release, at)
    }

    /// Moves to a point and presses.
    ///
    /// # Errors
    /// If the tab fails.
    pub fn press_at(&mut self, at: (f64, f64)) -> Result<(), TabError> {
        if !self.is_phone {
            self.queue_pointer(PointerAction::Move, at)?;
        }
        self.send_pointer(PointerAction::Press, at)
    }

    /// Presses at a point and moves on without waiting in between.
    ///
    /// # Errors
    /// If the tab fails.
    pub fn drag_from(&mut self, from: (f64, f64), on: (f64, f64)) -> Result<(), TabError> {
        if !self.is_phone {
            self.queue_pointer(PointerAction::Move, from)?;
        }
        self.queue_pointer(PointerAction::Press, from)?;
        self.send_pointer(PointerAction::Drag, on)
    }

    /// Moves to a point and releases without waiting in between.
    ///
    /// # Errors
    /// If the tab fails.
    pub fn drag_to(&mut self, to: (f64, f64)) -> Result<(), TabError> {
        self.queue_pointer(PointerAction::Drag, to)?;
        self.send_pointer(PointerAction::Release, to)
    }

    /// Sends a pointer action without waiting for it.
    fn queue_pointer(&mut self, what: PointerAction, at: (f64, f64)) -> Result<(), TabError> {
        let (method, event) = self.pointer_event(what, at);
        self.send(method, &event)
    }

    /// The protocol method and event of a pointer action.
    fn pointer_event(&self, what: PointerAction, at: (f64, f64)) -> (&'static str, Value) {
        if self.is_phone {
            ("Input.dispatchTouchEvent", touch_event(what, at))
        } else {
            ("Input.dispatchMouseEvent", mouse_event(what, at))
        }
    }

    /// Moves away and waits until the styles have changed.
    ///
    /// # Errors
    /// If the tab fails.
    pub fn move_away(&mut self, to: (f64, f64)) -> Result<(), TabError> {
        if !self.is_phone {
            self.queue_pointer(PointerAction::Move, to)?;
        }
        self.evaluate_later("__controls.calm(), 0")?;
        self.evaluate("__codeagent.settle().then(() => (__controls.unlight(), 0))").map(drop)
    }

    /// Inserts text into the focused field.
    ///
    /// # Errors
    /// If the tab fails.
    pub fn insert_text(&mut self, text: &str) -> Result<(), TabError> {
        self.call("Input.insertText", &json!({"text": text}), WaitLimit::PAGE).map(drop)
    }
}

fn mouse_event(what: PointerAction, (x, y): (f64, f64)) -> Value {
    let (kind, button, buttons, clicks) = match what {
        PointerAction::Move => ("mouseMoved", "none", 0, 0),
        PointerAction::Drag => ("mouseMoved", "left", 1, 0),
        PointerAction::Press => ("mousePressed", "left", 1, 1),
        PointerAction::Release => ("mouseReleased", "left", 0, 1),
    };
    json!({"type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": clicks})
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
