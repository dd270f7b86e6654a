//! One page in a browser that reaches nothing: loads it, moves its clock, plays it, looks at it.
//!
//! The page is handed to the browser when it asks for it, at an address that
//! leads nowhere; everything else it asks for is refused and written down.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::events::{self, PageEvents};
use super::process::ChromiumProcess;
use super::wait_limit::WaitLimit;

/// Where the page believes to be. The name can never exist (RFC 2606).
const ADDRESS: &str = "https://game.invalid/";

/// So much of the page's time passes between two looks at how it is getting on.
const CLOCK_STEP_MS: f64 = 500.0;
/// So long it is good enough to know what the page had worked, while it keeps pace.
const WORK_MAX_AGE_MS: f64 = 1_000.0;
/// A page that hangs is asked where it hangs.
const PAUSE_TIMEOUT: Duration = Duration::from_secs(10);
/// Frames are so far apart where the page keeps pace, in milliseconds.
const FRAME_MS: f64 = 1_000.0 / 60.0;
/// They are no further apart, however slow it is.
const MAX_FRAME_MS: f64 = 150.0;

/// More of these, and it opens them without end.
const MAX_DIALOGS: u32 = 60;

/// A part of the browser that shares nothing with any other: its cookies, its storage, one page.
#[derive(Debug, Clone, Default)]
pub struct BrowserContext {
    id: String,
    session: String,
}

/// One page that is tried.
#[derive(Debug)]
pub struct BrowserTab<'c> {
    pub(super) chromium: &'c mut ChromiumProcess,
    context: BrowserContext,
    /// The body of the answer to the request for the page.
    body: String,
    /// What the browser answered, until it is asked for.
    pub(super) answers: HashMap<u64, Result<Value, Value>>,
    /// Questions whose answers nobody waits for.
    ignored_answers: HashSet<u64>,
    pub events: PageEvents,
    /// A pause that was asked for is no statement of the page's own.
    captures_stack: bool,
    /// The page's own clock, as far as it was told.
    clock: f64,
    /// How far frames are apart, in milliseconds of the page's time.
    frame_interval: f64,
    /// How long the pictures that the page carries take, which are there before its time begins.
    image_delay: Duration,
    /// Whether fingers do what else the mouse does.
    pub(super) is_phone: bool,
    /// The longest that the page did not answer, in its processor's time.
    pub longest_block: Duration,
    /// The page's own time when its work was noted; nothing if that has to be done again.
    pub(super) work_recorded_at: Option<f64>,
    /// The processor's time that the page's process took, when it was looked at last.
    pub(super) work: Duration,
}

/// Why a page can be tried no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TabError {
    /// It does not answer any more.
    Frozen,
    /// Its process broke down.
    Crashed,
    /// It opens dialogs without end.
    TooManyDialogs,
    /// The browser has gone, or was told to go.
    BrowserGone,
}

impl<'c> BrowserTab<'c> {
    /// An empty page in a context of its own; `clock` runs before any script of a game.
    pub fn open(
        chromium: &'c mut ChromiumProcess,
        (width, height): (u32, u32),
        clock: &str,
    ) -> Result<Self, TabError> {
        let mut tab = Self::with_context(chromium, BrowserContext::default());
        let context =
            tab.call_browser("Target.createBrowserContext", &json!({"disposeOnDetach": true}))?;
        tab.context.id = string_field(&context, "browserContextId");
        let target = json!({"url": "about:blank", "browserContextId": tab.context.id});
        let target = string_field(&tab.call_browser("Target.createTarget", &target)?, "targetId");
        let attach = json!({"targetId": target, "flatten": true});
        let session =
            string_field(&tab.call_browser("Target.attachToTarget", &attach)?, "sessionId");
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
            tab.call_browser(method, &params)?;
        }
        tab.resize((width, height))?;
        tab.chromium.record_strays();
        Ok(tab)
    }

    /// A page that was opened before, and that no game has seen.
    pub fn reopen(chromium: &'c mut ChromiumProcess, context: BrowserContext) -> Self {
        Self::with_context(chromium, context)
    }

    fn with_context(chromium: &'c mut ChromiumProcess, context: BrowserContext) -> Self {
        Self {
            chromium,
            context,
            body: String::new(),
            answers: HashMap::new(),
            ignored_answers: HashSet::new(),
            events: PageEvents::default(),
            captures_stack: false,
            clock: 0.0,
            frame_interval: FRAME_MS,
            image_delay: Duration::ZERO,
            is_phone: false,
            longest_block: Duration::ZERO,
            work_recorded_at: None,
            work: Duration::ZERO,
        }
    }

    /// By what it is found again.
    pub fn context(self) -> BrowserContext {
        self.context
    }

    /// Takes the page and everything that it kept out of the browser.
    pub fn close(mut self) -> Result<(), TabError> {
        let context = json!({"browserContextId": self.context.id});
        self.context.session.clear();
        self.call_browser("Target.disposeBrowserContext", &context).map(drop)
    }

    /// The size of the window, for what is loaded from now on.
    pub fn resize(&mut self, (width, height): (u32, u32)) -> Result<(), TabError> {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call_browser("Emulation.setDeviceMetricsOverride", &metrics).map(drop)
    }

    /// The window of a phone, where fingers touch; for what is loaded from now on.
    pub fn emulate_phone(&mut self, (width, height): (u32, u32)) -> Result<(), TabError> {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": true});
        self.call_browser("Emulation.setDeviceMetricsOverride", &metrics)?;
        self.is_phone = true;
        let touch = json!({"enabled": true, "maxTouchPoints": 5});
        self.call_browser("Emulation.setTouchEmulationEnabled", &touch).map(drop)
    }

    /// Waits for pictures and the like that the page carries itself, whenever it is loaded.
    pub fn wait_for_files(&mut self) {
        self.image_delay = Duration::from_millis(20);
    }

    /// Loads a page as if nobody had seen it before.
    pub fn load(&mut self, html: &str) -> Result<(), TabError> {
        self.body = STANDARD.encode(html);
        self.clock = 0.0;
        self.work_recorded_at = None;
        let storage = json!({"origin": ADDRESS.trim_end_matches('/'), "storageTypes": "all"});
        self.call_browser("Storage.clearDataForOrigin", &storage)?;
        self.events.dialogs = 0;
        let before = self.events.loads;
        self.post("Page.navigate", &json!({"url": ADDRESS}))?;
        self.wait_until(WaitLimit::LOAD, |tab| tab.events.loads > before)?;
        std::thread::sleep(self.image_delay);
        self.evaluate("__codeagent.rest().then(() => 0)").map(drop)
    }

    /// Lets the page's own time come to so many milliseconds.
    pub fn run_to(&mut self, time: f64) -> Result<(), TabError> {
        while self.clock < time {
            let next = (self.clock + CLOCK_STEP_MS).min(time);
            let before = self.request_work()?;
            let answer =
                self.evaluate(&format!("__codeagent.run({next}, {})", self.frame_interval))?;
            self.record_work(before);
            let number = |name: &str| answer.get(name).and_then(Value::as_f64).unwrap_or_default();
            let seen = Duration::from_secs_f64(number("longest").max(0.0) / 1_000.0);
            if seen > self.longest_block {
                let others = Duration::from_secs_f64(number("before").max(0.0) / 1_000.0);
                let worked = self.work_since_recorded()?.saturating_sub(others);
                self.longest_block = self.longest_block.max(worked.min(seen));
            }
            if answer.get("rests") == Some(&json!(false)) {
                self.work_recorded_at = None;
            } else {
                self.clock = next;
            }
        }
        Ok(())
    }

    /// Asks what the page has worked, where the last answer is old: it costs as much as some frames.
    fn request_work(&mut self) -> Result<Option<u64>, TabError> {
        if self
            .work_recorded_at
            .is_some_and(|noted| (noted..noted + WORK_MAX_AGE_MS).contains(&self.clock))
        {
            return Ok(None);
        }
        self.work_recorded_at = Some(self.clock);
        self.post("Performance.getMetrics", &json!({})).map(Some)
    }

    /// The page's own time, in milliseconds.
    pub fn clock(&self) -> f64 {
        self.clock
    }

    /// Frames come less often from now on, as they do where a page works so many times longer than
    /// there is time. Whether they could.
    pub fn slow_down(&mut self, times: f64) -> bool {
        let before = self.frame_interval;
        self.frame_interval = (self.frame_interval * times).clamp(FRAME_MS, MAX_FRAME_MS);
        self.frame_interval > before * 1.1
    }

    /// The value of an expression; nothing where the page began anew meanwhile.
    pub fn evaluate(&mut self, expression: &str) -> Result<Value, TabError> {
        let loads = self.events.loads;
        let what = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        if let Ok(mut answer) = self.call("Runtime.evaluate", &what, WaitLimit::PAGE)? {
            return Ok(answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default());
        }
        // A game that starts over by loading itself again.
        self.wait_until(WaitLimit::LOAD, |tab| tab.events.loads > loads)?;
        self.clock = 0.0;
        Ok(Value::Null)
    }

    /// Has the page evaluate that before whatever it is asked next.
    pub fn evaluate_later(&mut self, expression: &str) -> Result<(), TabError> {
        self.send("Runtime.evaluate", &json!({"expression": expression}))
    }

    /// What the page looks like, as a PNG, with so much of it above the window.
    pub fn screenshot(&mut self, above: f64) -> Result<Vec<u8>, TabError> {
        self.evaluate_later(&format!("__codeagent.quiet({above})"))?;
        let how = json!({"format": "png", "optimizeForSpeed": true});
        let answer =
            self.call("Page.captureScreenshot", &how, WaitLimit::PAGE)?.unwrap_or_default();
        let data = answer.get("data").and_then(Value::as_str).unwrap_or_default();
        Ok(STANDARD.decode(data).unwrap_or_default())
    }

    /// Where a page that hangs is: the stack of the script that runs.
    pub fn capture_stack(&mut self) {
        self.captures_stack = true;
        if self.post("Debugger.pause", &json!({})).is_ok() {
            let _is_held = self.wait_until(WaitLimit::Time(PAUSE_TIMEOUT), |tab| {
                tab.events.paused_stack.is_some()
            });
        }
    }

    /// Asks the browser; what it refuses is as good as nothing.
    pub(super) fn call_browser(&mut self, method: &str, params: &Value) -> Result<Value, TabError> {
        match self.call(method, params, WaitLimit::BROWSER) {
            Ok(answer) => Ok(answer.unwrap_or_default()),
            Err(TabError::Frozen) => Err(TabError::BrowserGone),
            Err(end) => Err(end),
        }
    }

    pub(super) fn post(&mut self, method: &str, params: &Value) -> Result<u64, TabError> {
        let session = Some(self.context.session.as_str()).filter(|session| !session.is_empty());
        self.chromium.pipe.post(session, method, params).map_err(|_| TabError::BrowserGone)
    }

    /// Sends what comes before the next question; its answer is nobody's business.
    pub(super) fn send(&mut self, method: &str, params: &Value) -> Result<(), TabError> {
        let id = self.post(method, params)?;
        self.ignored_answers.insert(id);
        Ok(())
    }

    pub(super) fn call(
        &mut self,
        method: &str,
        params: &Value,
        limit: WaitLimit,
    ) -> Result<Result<Value, Value>, TabError> {
        let id = self.post(method, params)?;
        self.wait_until(limit, |tab| tab.answers.contains_key(&id))?;
        Ok(self.answers.remove(&id).unwrap_or(Err(Value::Null)))
    }

    /// Takes one message for what it is.
    pub(super) fn handle_message(&mut self, mut message: Value) -> Result<(), TabError> {
        let Some(id) = message.get("id").and_then(Value::as_u64) else {
            let session = message.get("sessionId").and_then(Value::as_str);
            // What an earlier page of this browser still had to say is nothing to this one.
            let is_own = session.is_none_or(|session| session == self.context.session);
            return if is_own { self.on_event(&message) } else { Ok(()) };
        };
        if self.ignored_answers.remove(&id) {
            return Ok(());
        }
        let answer = match message.get_mut("error").map(Value::take) {
            Some(error) => Err(error),
            None => Ok(message.get_mut("result").map(Value::take).unwrap_or_default()),
        };
        self.answers.insert(id, answer);
        Ok(())
    }

    fn on_event(&mut self, message: &Value) -> Result<(), TabError> {
        let Some(method) = message.get("method").and_then(Value::as_str) else { return Ok(()) };
        let params = message.get("params").unwrap_or(&Value::Null);
        match method {
            "Fetch.requestPaused" => self.on_request(params)?,
            "Page.javascriptDialogOpening" => self.on_dialog(params)?,
            "Page.loadEventFired" => self.events.loads += 1,
            "Runtime.consoleAPICalled" => self.events.console.record_call(params),
            "Runtime.exceptionThrown" => {
                if let Some(fault) = events::parse_exception(params, ADDRESS) {
                    self.events.record_fault(fault);
                }
            }
            "Runtime.exceptionRevoked" => {
                let id = params.get("exceptionId").and_then(Value::as_u64);
                self.events.revoke_fault(id.unwrap_or_default());
            }
            "Audits.issueAdded" => self.events.record_violation(params, ADDRESS),
            "Debugger.scriptParsed" => self.events.register_script(params, ADDRESS),
            "Debugger.paused" => self.on_pause(params)?,
            "Inspector.targetCrashed" | "Target.targetCrashed" => {
                self.events.has_crashed = true;
                return Err(TabError::Crashed);
            }
            _ => {}
        }
        Ok(())
    }

    fn on_request(&mut self, params: &Value) -> Result<(), TabError> {
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
            self.events.record_request(url);
        }
        let refused = json!({"requestId": id, "errorReason": "BlockedByClient"});
        self.post("Fetch.failRequest", &refused).map(drop)
    }

    /// Nobody is there to answer; a game that asks for a name gets one.
    fn on_dialog(&mut self, params: &Value) -> Result<(), TabError> {
        self.events.dialogs += 1;
        if self.events.dialogs > MAX_DIALOGS {
            return Err(TabError::TooManyDialogs);
        }
        let preset = params.get("defaultPrompt").and_then(Value::as_str).unwrap_or_default();
        let text = if preset.is_empty() { "Ada" } else { preset };
        self.post("Page.handleJavaScriptDialog", &json!({"accept": true, "promptText": text}))
            .map(drop)
    }

    /// A `debugger` statement of the page must not stop it.
    fn on_pause(&mut self, params: &Value) -> Result<(), TabError> {
        if self.captures_stack {
            self.events.record_paused_stack(params);
            return Ok(());
        }
        self.post("Debugger.resume", &json!({})).map(drop)
    }
}

fn string_field(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
