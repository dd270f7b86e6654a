//! One page in a browser that reaches nothing: loads it, moves its clock, plays it, looks at it.
//!
//! The page is handed to the browser when it asks for it, at an address that
//! leads nowhere; everything else it asks for is refused and written down.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::events::{self, Told};
use super::process::Chromium;
use super::work::Limit;

/// Where the page believes to be. The name can never exist (RFC 2606).
const ADDRESS: &str = "https://game.invalid/";

/// So much of the page's time passes between two looks at how it is getting on.
const STEP: f64 = 500.0;
/// So long it is good enough to know what the page had worked, while it keeps pace.
const NOTED_FOR: f64 = 1_000.0;
/// A page that hangs is asked where it hangs.
const HELD: Duration = Duration::from_secs(10);
/// Frames are so far apart where the page keeps pace, in milliseconds.
const FRAME: f64 = 1_000.0 / 60.0;
/// They are no further apart, however slow it is.
const LONGEST_FRAME: f64 = 150.0;

/// More of these, and it opens them without end.
const MOST_DIALOGS: u32 = 60;

/// A part of the browser that shares nothing with any other: its cookies, its storage, one page.
#[derive(Debug, Clone, Default)]
pub struct Context {
    id: String,
    session: String,
}

/// One page that is tried.
#[derive(Debug)]
pub struct Tab<'c> {
    pub(super) chromium: &'c mut Chromium,
    context: Context,
    /// The body of the answer to the request for the page.
    body: String,
    /// What the browser answered, until it is asked for.
    pub(super) answers: HashMap<u64, Result<Value, Value>>,
    /// Questions whose answers nobody waits for.
    unawaited: HashSet<u64>,
    pub told: Told,
    /// A pause that was asked for is no statement of the page's own.
    holds: bool,
    /// The page's own clock, as far as it was told.
    clock: f64,
    /// How far frames are apart, in milliseconds of the page's time.
    frame: f64,
    /// How long the pictures that the page carries take, which are there before its time begins.
    unpacking: Duration,
    /// Whether fingers do what else the mouse does.
    pub(super) is_phone: bool,
    /// The longest that the page did not answer, in its processor's time.
    pub longest: Duration,
    /// The page's own time when its work was noted; nothing if that has to be done again.
    pub(super) noted: Option<f64>,
    /// The processor's time that the page's process took, when it was looked at last.
    pub(super) work: Duration,
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

impl<'c> Tab<'c> {
    /// An empty page in a context of its own; `clock` runs before any script of a game.
    pub fn open(
        chromium: &'c mut Chromium,
        (width, height): (u32, u32),
        clock: &str,
    ) -> Result<Self, End> {
        let mut tab = Self::of(chromium, Context::default());
        let context = tab.ask("Target.createBrowserContext", &json!({"disposeOnDetach": true}))?;
        tab.context.id = text(&context, "browserContextId");
        let target = json!({"url": "about:blank", "browserContextId": tab.context.id});
        let target = text(&tab.ask("Target.createTarget", &target)?, "targetId");
        let attach = json!({"targetId": target, "flatten": true});
        let session = text(&tab.ask("Target.attachToTarget", &attach)?, "sessionId");
        tab.context.session = session;
        for (method, params) in [
            ("Fetch.enable", json!({"patterns": [{"urlPattern": "*"}]})),
            ("Runtime.enable", json!({})),
            ("Inspector.enable", json!({})),
            ("Audits.enable", json!({})),
            ("Debugger.enable", json!({})),
            ("Performance.enable", json!({})),
            ("Emulation.setFocusEmulationEnabled", json!({"enabled": true})),
            ("Page.addScriptToEvaluateOnNewDocument", json!({"source": clock})),
            ("Page.enable", json!({})),
        ] {
            tab.ask(method, &params)?;
        }
        tab.resize((width, height))?;
        tab.chromium.note_strays();
        Ok(tab)
    }

    /// A page that was opened before, and that no game has seen.
    pub fn again(chromium: &'c mut Chromium, context: Context) -> Self {
        Self::of(chromium, context)
    }

    fn of(chromium: &'c mut Chromium, context: Context) -> Self {
        Self {
            chromium,
            context,
            body: String::new(),
            answers: HashMap::new(),
            unawaited: HashSet::new(),
            told: Told::default(),
            holds: false,
            clock: 0.0,
            frame: FRAME,
            unpacking: Duration::ZERO,
            is_phone: false,
            longest: Duration::ZERO,
            noted: None,
            work: Duration::ZERO,
        }
    }

    /// By what it is found again.
    pub fn context(self) -> Context {
        self.context
    }

    /// Takes the page and everything that it kept out of the browser.
    pub fn close(mut self) -> Result<(), End> {
        let context = json!({"browserContextId": self.context.id});
        self.context.session.clear();
        self.ask("Target.disposeBrowserContext", &context).map(drop)
    }

    /// The size of the window, for what is loaded from now on.
    pub fn resize(&mut self, (width, height): (u32, u32)) -> Result<(), End> {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.ask("Emulation.setDeviceMetricsOverride", &metrics).map(drop)
    }

    /// The window of a phone, where fingers touch; for what is loaded from now on.
    pub fn become_phone(&mut self, (width, height): (u32, u32)) -> Result<(), End> {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": true});
        self.ask("Emulation.setDeviceMetricsOverride", &metrics)?;
        self.is_phone = true;
        let touch = json!({"enabled": true, "maxTouchPoints": 5});
        self.ask("Emulation.setTouchEmulationEnabled", &touch).map(drop)
    }

    /// Waits for pictures and the like that the page carries itself, whenever it is loaded.
    pub fn wait_for_files(&mut self) {
        self.unpacking = Duration::from_millis(20);
    }

    /// Loads a page as if nobody had seen it before.
    pub fn load(&mut self, html: &str) -> Result<(), End> {
        self.body = STANDARD.encode(html);
        self.clock = 0.0;
        self.noted = None;
        let storage = json!({"origin": ADDRESS.trim_end_matches('/'), "storageTypes": "all"});
        self.ask("Storage.clearDataForOrigin", &storage)?;
        self.told.dialogs = 0;
        let before = self.told.loads;
        self.post("Page.navigate", &json!({"url": ADDRESS}))?;
        self.until(Limit::LOAD, |tab| tab.told.loads > before)?;
        std::thread::sleep(self.unpacking);
        self.evaluate("__codeagent.rest().then(() => 0)").map(drop)
    }

    /// Lets the page's own time come to so many milliseconds.
    pub fn run_to(&mut self, time: f64) -> Result<(), End> {
        while self.clock < time {
            let next = (self.clock + STEP).min(time);
            let before = self.ask_for_work()?;
            let answer = self.evaluate(&format!("__codeagent.run({next}, {})", self.frame))?;
            self.note_work(before);
            let number = |name: &str| answer.get(name).and_then(Value::as_f64).unwrap_or_default();
            let seen = Duration::from_secs_f64(number("longest").max(0.0) / 1_000.0);
            if seen > self.longest {
                let others = Duration::from_secs_f64(number("before").max(0.0) / 1_000.0);
                let worked = self.worked_since_noted()?.saturating_sub(others);
                self.longest = self.longest.max(worked.min(seen));
            }
            if answer.get("rests") == Some(&json!(false)) {
                self.noted = None;
            } else {
                self.clock = next;
            }
        }
        Ok(())
    }

    /// Asks what the page has worked, where the last answer is old: it costs as much as some frames.
    fn ask_for_work(&mut self) -> Result<Option<u64>, End> {
        if self.noted.is_some_and(|noted| (noted..noted + NOTED_FOR).contains(&self.clock)) {
            return Ok(None);
        }
        self.noted = Some(self.clock);
        self.post("Performance.getMetrics", &json!({})).map(Some)
    }

    /// The page's own time, in milliseconds.
    pub fn clock(&self) -> f64 {
        self.clock
    }

    /// Frames come less often from now on, as they do where a page works so many times longer than
    /// there is time. Whether they could.
    pub fn slow_down(&mut self, times: f64) -> bool {
        let before = self.frame;
        self.frame = (self.frame * times).clamp(FRAME, LONGEST_FRAME);
        self.frame > before * 1.1
    }

    /// The value of an expression; nothing where the page began anew meanwhile.
    pub fn evaluate(&mut self, expression: &str) -> Result<Value, End> {
        let loads = self.told.loads;
        let what = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        if let Ok(mut answer) = self.call("Runtime.evaluate", &what, Limit::PAGE)? {
            return Ok(answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default());
        }
        // A game that starts over by loading itself again.
        self.until(Limit::LOAD, |tab| tab.told.loads > loads)?;
        self.clock = 0.0;
        Ok(Value::Null)
    }

    /// Has the page evaluate that before whatever it is asked next.
    pub fn evaluate_later(&mut self, expression: &str) -> Result<(), End> {
        self.send("Runtime.evaluate", &json!({"expression": expression}))
    }

    /// What the page looks like, as a PNG, with so much of it above the window.
    pub fn picture(&mut self, above: f64) -> Result<Vec<u8>, End> {
        self.evaluate_later(&format!("__codeagent.quiet({above})"))?;
        let how = json!({"format": "png", "optimizeForSpeed": true});
        let answer = self.call("Page.captureScreenshot", &how, Limit::PAGE)?.unwrap_or_default();
        let data = answer.get("data").and_then(Value::as_str).unwrap_or_default();
        Ok(STANDARD.decode(data).unwrap_or_default())
    }

    /// Where a page that hangs is: the stack of the script that runs.
    pub fn hold(&mut self) {
        self.holds = true;
        if self.post("Debugger.pause", &json!({})).is_ok() {
            let _is_held = self.until(Limit::Time(HELD), |tab| tab.told.held.is_some());
        }
    }

    /// Asks the browser; what it refuses is as good as nothing.
    pub(super) fn ask(&mut self, method: &str, params: &Value) -> Result<Value, End> {
        match self.call(method, params, Limit::BROWSER) {
            Ok(answer) => Ok(answer.unwrap_or_default()),
            Err(End::Frozen) => Err(End::Gone),
            Err(end) => Err(end),
        }
    }

    pub(super) fn post(&mut self, method: &str, params: &Value) -> Result<u64, End> {
        let session = Some(self.context.session.as_str()).filter(|session| !session.is_empty());
        self.chromium.wire.post(session, method, params).map_err(|_| End::Gone)
    }

    /// Sends what comes before the next question; its answer is nobody's business.
    pub(super) fn send(&mut self, method: &str, params: &Value) -> Result<(), End> {
        let id = self.post(method, params)?;
        self.unawaited.insert(id);
        Ok(())
    }

    pub(super) fn call(
        &mut self,
        method: &str,
        params: &Value,
        limit: Limit,
    ) -> Result<Result<Value, Value>, End> {
        let id = self.post(method, params)?;
        self.until(limit, |tab| tab.answers.contains_key(&id))?;
        Ok(self.answers.remove(&id).unwrap_or(Err(Value::Null)))
    }

    /// Takes one message for what it is.
    pub(super) fn hear(&mut self, mut message: Value) -> Result<(), End> {
        let Some(id) = message.get("id").and_then(Value::as_u64) else {
            let session = message.get("sessionId").and_then(Value::as_str);
            // What an earlier page of this browser still had to say is nothing to this one.
            let is_own = session.is_none_or(|session| session == self.context.session);
            return if is_own { self.on_event(&message) } else { Ok(()) };
        };
        if self.unawaited.remove(&id) {
            return Ok(());
        }
        let answer = match message.get_mut("error").map(Value::take) {
            Some(error) => Err(error),
            None => Ok(message.get_mut("result").map(Value::take).unwrap_or_default()),
        };
        self.answers.insert(id, answer);
        Ok(())
    }

    fn on_event(&mut self, message: &Value) -> Result<(), End> {
        let Some(method) = message.get("method").and_then(Value::as_str) else { return Ok(()) };
        let params = message.get("params").unwrap_or(&Value::Null);
        match method {
            "Fetch.requestPaused" => self.on_request(params)?,
            "Page.javascriptDialogOpening" => self.on_dialog(params)?,
            "Page.loadEventFired" => self.told.loads += 1,
            "Runtime.consoleAPICalled" => self.told.console.called(params),
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

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
