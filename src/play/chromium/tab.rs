//! One page in a browser that reaches nothing: loads it, moves its clock, plays it, looks at it.
//!
//! The page is handed to the browser when it asks for it, at an address that
//! leads nowhere; everything else it asks for is refused and written down.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::events::{self, Told};
use super::process::Chromium;
use super::wire::Silence;
use crate::play::plan::KeyCap;

/// Where the page believes to be. The name can never exist (RFC 2606).
const ADDRESS: &str = "https://game.invalid/";

/// What the browser itself may take for an answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// What the page may take for a tenth of a second of its own time.
const FROZEN: Duration = Duration::from_secs(4);
/// What it may take to load.
const LOADS: Duration = Duration::from_secs(6);
/// A page that hangs is asked where it hangs.
const HELD: Duration = Duration::from_secs(2);

/// More of these, and it opens them without end.
const MOST_DIALOGS: u32 = 40;

/// One page that is tried.
#[derive(Debug)]
pub struct Tab<'c> {
    chromium: &'c mut Chromium,
    session: String,
    /// The body of the answer to the request for the page.
    body: String,
    pub told: Told,
    /// A pause that was asked for is no statement of the page's own.
    holds: bool,
    /// The page's own clock, as far as it was told.
    clock: f64,
    /// The longest that the page did not answer, in its own process.
    pub longest: Duration,
}

/// Why a page can be tried no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It does not answer any more.
    Frozen,
    /// Its process broke down.
    Crashed,
    /// It opens dialogs without end.
    Dialogs,
    /// The browser has gone, or was told to go.
    Gone,
}

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

impl<'c> Tab<'c> {
    /// An empty page of this size; `clock` runs before any script of a game.
    pub fn open(
        chromium: &'c mut Chromium,
        (width, height): (u32, u32),
        clock: &str,
    ) -> Result<Self, End> {
        let mut tab = Self {
            chromium,
            session: String::new(),
            body: String::new(),
            told: Told::default(),
            holds: false,
            clock: 0.0,
            longest: Duration::ZERO,
        };
        let targets = tab.ask("Target.getTargets", &json!({}))?;
        let target = targets.pointer("/targetInfos").and_then(Value::as_array);
        let page =
            target.and_then(|all| all.iter().find(|it| it.get("type") == Some(&json!("page"))));
        let target = page.and_then(|page| page.get("targetId")).cloned().unwrap_or_default();
        let attach = json!({"targetId": target, "flatten": true});
        let attached = tab.ask("Target.attachToTarget", &attach)?;
        tab.session = attached.get("sessionId").and_then(Value::as_str).unwrap_or_default().into();
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        for (method, params) in [
            ("Fetch.enable", json!({"patterns": [{"urlPattern": "*"}]})),
            ("Runtime.enable", json!({})),
            ("Inspector.enable", json!({})),
            ("Audits.enable", json!({})),
            ("Debugger.enable", json!({})),
            ("Emulation.setDeviceMetricsOverride", metrics),
            ("Emulation.setFocusEmulationEnabled", json!({"enabled": true})),
            ("Page.addScriptToEvaluateOnNewDocument", json!({"source": clock})),
            ("Page.enable", json!({})),
        ] {
            tab.ask(method, &params)?;
        }
        tab.chromium.note_strays();
        Ok(tab)
    }

    /// Loads a page as if nobody had seen it before.
    pub fn load(&mut self, html: &str) -> Result<(), End> {
        self.body = STANDARD.encode(html);
        self.clock = 0.0;
        let storage = json!({"origin": ADDRESS.trim_end_matches('/'), "storageTypes": "all"});
        self.ask("Storage.clearDataForOrigin", &storage)?;
        let before = self.told.loads;
        self.post("Page.navigate", &json!({"url": ADDRESS}))?;
        self.until(LOADS, |tab| tab.told.loads > before)?;
        // Pictures that the page carries are there before its time begins.
        std::thread::sleep(Duration::from_millis(20));
        self.evaluate("__codeagent.rest().then(() => 0)").map(drop)
    }

    /// Lets the page's own time come to so many milliseconds, a tenth of a second at once.
    pub fn run_to(&mut self, time: f64) -> Result<(), End> {
        while self.clock < time {
            let next = (self.clock + 100.0).min(time);
            let answer = self.evaluate(&format!("__codeagent.run({next})"))?;
            self.clock = next;
            let longest = answer.get("longest").and_then(Value::as_f64).unwrap_or_default();
            self.longest = self.longest.max(Duration::from_secs_f64(longest.max(0.0) / 1_000.0));
        }
        Ok(())
    }

    pub fn clock(&self) -> f64 {
        self.clock
    }

    /// The value of an expression; nothing where the page began anew meanwhile.
    pub fn evaluate(&mut self, expression: &str) -> Result<Value, End> {
        let loads = self.told.loads;
        let what = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        if let Ok(mut answer) = self.call("Runtime.evaluate", &what, FROZEN)? {
            return Ok(answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default());
        }
        // A game that starts over by loading itself again.
        self.until(LOADS, |tab| tab.told.loads > loads)?;
        self.clock = 0.0;
        Ok(Value::Null)
    }

    /// What the page looks like, as a PNG.
    pub fn picture(&mut self) -> Result<Vec<u8>, End> {
        self.evaluate("__codeagent.quiet()")?;
        let how = json!({"format": "png", "optimizeForSpeed": true});
        let answer = self.call("Page.captureScreenshot", &how, FROZEN)?.unwrap_or_default();
        let data = answer.get("data").and_then(Value::as_str).unwrap_or_default();
        Ok(STANDARD.decode(data).unwrap_or_default())
    }

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
        self.call("Input.dispatchKeyEvent", &event, FROZEN).map(drop)
    }

    /// Waits until the browser has taken in where the mouse is: styles follow with the next real frame.
    pub fn settle(&mut self) -> Result<(), End> {
        self.evaluate("__codeagent.settle().then(() => 0)").map(drop)
    }

    pub fn mouse(&mut self, what: Mouse, (x, y): (f64, f64)) -> Result<(), End> {
        let (kind, button, held, clicks) = match what {
            Mouse::Move => ("mouseMoved", "none", 0, 0),
            Mouse::Drag => ("mouseMoved", "left", 1, 0),
            Mouse::Press => ("mousePressed", "left", 1, 1),
            Mouse::Release => ("mouseReleased", "left", 0, 1),
        };
        let event = json!({
            "type": kind, "x": x, "y": y, "button": button, "buttons": held, "clickCount": clicks,
        });
        self.call("Input.dispatchMouseEvent", &event, FROZEN).map(drop)
    }

    pub fn write(&mut self, text: &str) -> Result<(), End> {
        self.call("Input.insertText", &json!({"text": text}), FROZEN).map(drop)
    }

    /// Where a page that hangs is: the stack of the script that runs.
    pub fn hold(&mut self) {
        self.holds = true;
        if self.post("Debugger.pause", &json!({})).is_ok() {
            let _is_held = self.until(HELD, |tab| tab.told.held.is_some());
        }
    }

    /// Asks the browser; what it refuses is as good as nothing.
    fn ask(&mut self, method: &str, params: &Value) -> Result<Value, End> {
        match self.call(method, params, PATIENCE) {
            Ok(answer) => Ok(answer.unwrap_or_default()),
            Err(End::Frozen) => Err(End::Gone),
            Err(end) => Err(end),
        }
    }

    fn post(&mut self, method: &str, params: &Value) -> Result<u64, End> {
        let session = Some(self.session.as_str()).filter(|session| !session.is_empty());
        self.chromium.wire.post(session, method, params).map_err(|_| End::Gone)
    }

    fn call(
        &mut self,
        method: &str,
        params: &Value,
        patience: Duration,
    ) -> Result<Result<Value, Value>, End> {
        let id = self.post(method, params)?;
        let mut answer = None;
        self.listen(patience, |_, message| {
            if message.get("id").and_then(Value::as_u64) == Some(id) {
                answer = Some(match message.get_mut("error").map(Value::take) {
                    Some(error) => Err(error),
                    None => Ok(message.get_mut("result").map(Value::take).unwrap_or_default()),
                });
            }
            answer.is_some()
        })?;
        Ok(answer.unwrap_or(Err(Value::Null)))
    }

    fn until(&mut self, patience: Duration, is_so: impl Fn(&Self) -> bool) -> Result<(), End> {
        self.listen(patience, |tab, _| is_so(tab))
    }

    /// Takes messages until one is the right one.
    #[expect(clippy::disallowed_methods, reason = "a page has to answer in real time")]
    fn listen(
        &mut self,
        patience: Duration,
        mut is_it: impl FnMut(&Self, &mut Value) -> bool,
    ) -> Result<(), End> {
        let until = Instant::now() + patience;
        loop {
            let mut message = self.chromium.wire.next(until).map_err(|silence| match silence {
                Silence::Late => End::Frozen,
                Silence::Gone => End::Gone,
            })?;
            self.on_event(&message)?;
            if is_it(self, &mut message) {
                return Ok(());
            }
        }
    }

    fn on_event(&mut self, message: &Value) -> Result<(), End> {
        let Some(method) = message.get("method").and_then(Value::as_str) else { return Ok(()) };
        let params = message.get("params").unwrap_or(&Value::Null);
        match method {
            "Fetch.requestPaused" => self.on_request(params)?,
            "Page.javascriptDialogOpening" => self.on_dialog(params)?,
            "Page.loadEventFired" => self.told.loads += 1,
            "Runtime.exceptionThrown" => {
                if let Some(fault) = events::thrown(params, ADDRESS) {
                    self.told.add(fault);
                }
            }
            "Runtime.exceptionRevoked" => {
                let id = params.get("exceptionId").and_then(Value::as_u64);
                self.told.take_back(id.unwrap_or_default());
            }
            "Audits.issueAdded" => self.told.violation(params, ADDRESS),
            "Debugger.scriptParsed" => self.told.script(params, ADDRESS),
            "Debugger.paused" => self.on_pause(params)?,
            "Inspector.targetCrashed" | "Target.targetCrashed" => {
                self.told.has_crashed = true;
                return Err(End::Crashed);
            }
            _ => {}
        }
        Ok(())
    }

    fn on_request(&mut self, params: &Value) -> Result<(), End> {
        let id = params.get("requestId").cloned().unwrap_or_default();
        let url = params.pointer("/request/url").and_then(Value::as_str).unwrap_or_default();
        let is_page = url == ADDRESS && params.get("resourceType") == Some(&json!("Document"));
        if is_page {
            let answer = json!({
                "requestId": id, "responseCode": 200, "body": self.body,
                "responseHeaders": [{"name": "Content-Type", "value": "text/html; charset=utf-8"}],
            });
            return self.post("Fetch.fulfillRequest", &answer).map(drop);
        }
        if !url.starts_with("data:") && !url.starts_with("blob:") {
            self.told.request(url);
        }
        let refused = json!({"requestId": id, "errorReason": "BlockedByClient"});
        self.post("Fetch.failRequest", &refused).map(drop)
    }

    /// Nobody is there to answer; a game that asks for a name gets one.
    fn on_dialog(&mut self, params: &Value) -> Result<(), End> {
        self.told.dialogs += 1;
        if self.told.dialogs > MOST_DIALOGS {
            return Err(End::Dialogs);
        }
        let preset = params.get("defaultPrompt").and_then(Value::as_str).unwrap_or_default();
        let text = if preset.is_empty() { "Ada" } else { preset };
        self.post("Page.handleJavaScriptDialog", &json!({"accept": true, "promptText": text}))
            .map(drop)
    }

    /// A `debugger` statement of the page must not stop it.
    fn on_pause(&mut self, params: &Value) -> Result<(), End> {
        if self.holds {
            self.told.hold(params);
            return Ok(());
        }
        self.post("Debugger.resume", &json!({})).map(drop)
    }
}
