//! One page in a browser without a network: loads it, advances its clock, sends input, takes
//! screenshots.
//!
//! The page is served to the browser on request, at an address that cannot exist; all other
//! requests are refused and recorded.

mod messages;
mod process_work;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::events::PageEvents;
use super::process::ChromiumProcess;
use super::wait_limit::WaitLimit;
use process_work::PageWork;

/// The page's address. The name can never exist (RFC 2606).
const ADDRESS: &str = "https://game.invalid/";

/// Milliseconds of page time between two checks of its progress.
const CLOCK_STEP_MS: f64 = 500.0;
/// Milliseconds of page time for which a work measurement stays valid while the page keeps pace.
const WORK_MAX_AGE_MS: f64 = 1_000.0;
/// How long to wait for the stack of a hanging page.
const PAUSE_TIMEOUT: Duration = Duration::from_secs(10);
/// Milliseconds between frames of a page that keeps pace.
const FRAME_MS: f64 = 1_000.0 / 60.0;
/// Most milliseconds between frames, however slow the page is.
const MAX_FRAME_MS: f64 = 150.0;

/// An isolated part of the browser with its own cookies and storage, holding one page.
#[derive(Debug, Clone, Default)]
pub struct BrowserContext {
    id: String,
    session: String,
}

/// One page under test.
#[derive(Debug)]
pub struct BrowserTab<'c> {
    pub(super) chromium: &'c mut ChromiumProcess,
    context: BrowserContext,
    /// The page, in Base64.
    body: String,
    /// Replies of the browser that were not read yet.
    pub(super) answers: HashMap<u64, Result<Value, Value>>,
    /// Calls whose replies are ignored.
    ignored_answers: HashSet<u64>,
    pub events: PageEvents,
    /// Whether a pause was requested and is no `debugger` statement of the page.
    captures_stack: bool,
    /// The page's clock, in milliseconds.
    clock: f64,
    /// Milliseconds of page time between frames.
    frame_interval: f64,
    /// How long embedded pictures take to decode, before the page's time starts.
    image_delay: Duration,
    /// Whether touches replace the mouse.
    pub(super) is_phone: bool,
    /// The CPU time that the page used.
    pub work: PageWork,
}

/// Why a page cannot be tested any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TabError {
    /// It does not respond any more.
    #[error("the page does not respond")]
    Frozen,
    /// Its process crashed.
    #[error("the page crashed")]
    Crashed,
    /// It opens dialogs without end.
    #[error("the page opens endless dialogs")]
    TooManyDialogs,
    /// It reloads itself without end.
    #[error("the page reloads itself without end")]
    EndlessReload,
    /// The browser has exited or was stopped.
    #[error("the browser exited")]
    BrowserGone,
}

impl<'c> BrowserTab<'c> {
    /// Opens an empty page in a context of its own; `clock` runs before any script of a game.
    ///
    /// # Errors
    /// If the browser is gone.
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

    /// A page opened earlier that no game has used.
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
            work: PageWork::default(),
        }
    }

    /// The context, by which the page can be reopened.
    pub fn context(self) -> BrowserContext {
        self.context
    }

    /// Removes the page with its cookies and storage.
    ///
    /// # Errors
    /// If the browser is gone.
    pub fn close(mut self) -> Result<(), TabError> {
        let context = json!({"browserContextId": self.context.id});
        self.context.session.clear();
        self.call_browser("Target.disposeBrowserContext", &context).map(drop)
    }

    /// Sets the window size for pages loaded from now on.
    ///
    /// # Errors
    /// If the browser is gone.
    pub fn resize(&mut self, (width, height): (u32, u32)) -> Result<(), TabError> {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call_browser("Emulation.setDeviceMetricsOverride", &metrics).map(drop)
    }

    /// Emulates a phone with touch input for pages loaded from now on.
    ///
    /// # Errors
    /// If the browser is gone.
    pub fn emulate_phone(&mut self, (width, height): (u32, u32)) -> Result<(), TabError> {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": true});
        self.call_browser("Emulation.setDeviceMetricsOverride", &metrics)?;
        self.is_phone = true;
        let touch = json!({"enabled": true, "maxTouchPoints": 5});
        self.call_browser("Emulation.setTouchEmulationEnabled", &touch).map(drop)
    }

    /// Makes each load wait for embedded pictures.
    pub fn wait_for_files(&mut self) {
        self.image_delay = Duration::from_millis(20);
    }

    /// Loads a page with empty storage.
    ///
    /// # Errors
    /// If the page hangs or crashes, or the browser is gone.
    pub fn load(&mut self, html: &str) -> Result<(), TabError> {
        self.body = STANDARD.encode(html);
        self.clock = 0.0;
        self.work.recorded_at = None;
        let storage = json!({"origin": ADDRESS.trim_end_matches('/'), "storageTypes": "all"});
        self.call_browser("Storage.clearDataForOrigin", &storage)?;
        self.events.dialogs = 0;
        self.events.documents = 0;
        let before = self.events.loads;
        self.post("Page.navigate", &json!({"url": ADDRESS}))?;
        self.wait_until(WaitLimit::LOAD, |tab| tab.events.loads > before)?;
        std::thread::sleep(self.image_delay);
        self.evaluate("__codeagent.rest().then(() => 0)").map(drop)
    }

    /// Advances the page's clock to `time` milliseconds.
    ///
    /// # Errors
    /// If the page hangs, crashes or opens too many dialogs, or the browser is gone.
    pub fn run_to(&mut self, time: f64) -> Result<(), TabError> {
        while self.clock < time {
            let next = (self.clock + CLOCK_STEP_MS).min(time);
            let before = self.request_work()?;
            let answer =
                self.evaluate(&format!("__codeagent.run({next}, {})", self.frame_interval))?;
            self.record_work(before);
            let number = |name: &str| answer.get(name).and_then(Value::as_f64).unwrap_or_default();
            let blocked = Duration::from_secs_f64(number("longest").max(0.0) / 1_000.0);
            if blocked > self.work.longest_block {
                let others = Duration::from_secs_f64(number("before").max(0.0) / 1_000.0);
                let worked = self.work_since_recorded()?.saturating_sub(others);
                self.work.longest_block = self.work.longest_block.max(worked.min(blocked));
            }
            if answer.get("rests") == Some(&json!(false)) {
                self.work.recorded_at = None;
            } else {
                self.clock = next;
            }
        }
        Ok(())
    }

    /// Requests a work measurement if the last one is outdated: it costs as much as some frames.
    fn request_work(&mut self) -> Result<Option<u64>, TabError> {
        if self
            .work
            .recorded_at
            .is_some_and(|noted| (noted..noted + WORK_MAX_AGE_MS).contains(&self.clock))
        {
            return Ok(None);
        }
        self.work.recorded_at = Some(self.clock);
        self.post("Performance.getMetrics", &json!({})).map(Some)
    }

    /// The page's clock, in milliseconds.
    pub fn clock(&self) -> f64 {
        self.clock
    }

    /// Sets frames further apart, as browsers do for a page that works `times` as long as there is
    /// time. Returns whether they were not at the limit already.
    pub fn slow_down(&mut self, times: f64) -> bool {
        let before = self.frame_interval;
        self.frame_interval = (self.frame_interval * times).clamp(FRAME_MS, MAX_FRAME_MS);
        self.frame_interval > before * 1.1
    }

    /// Evaluates an expression. `Null` if the page was reloaded meanwhile.
    ///
    /// # Errors
    /// If the page hangs or crashes, or the browser is gone.
    pub fn evaluate(&mut self, expression: &str) -> Result<Value, TabError> {
        let loads = self.events.loads;
        let what = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        if let Ok(mut answer) = self.call("Runtime.evaluate", &what, WaitLimit::PAGE)? {
            return Ok(answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default());
        }
        // The game restarted by reloading itself.
        self.wait_until(WaitLimit::LOAD, |tab| tab.events.loads > loads)?;
        self.clock = 0.0;
        Ok(Value::Null)
    }

    /// Queues an expression to be evaluated before the next call.
    ///
    /// # Errors
    /// If the browser is gone.
    pub fn evaluate_later(&mut self, expression: &str) -> Result<(), TabError> {
        self.send("Runtime.evaluate", &json!({"expression": expression}))
    }

    /// Takes a screenshot as PNG, with the page scrolled by `above`.
    ///
    /// # Errors
    /// If the page hangs or crashes, or the browser is gone.
    pub fn screenshot(&mut self, above: f64) -> Result<Vec<u8>, TabError> {
        self.evaluate_later(&format!("__codeagent.quiet({above})"))?;
        let how = json!({"format": "png", "optimizeForSpeed": true});
        let answer =
            self.call("Page.captureScreenshot", &how, WaitLimit::PAGE)?.unwrap_or_default();
        let data = answer.get("data").and_then(Value::as_str).unwrap_or_default();
        Ok(STANDARD.decode(data).unwrap_or_default())
    }

    /// Records the stack of the script that hangs.
    pub fn capture_stack(&mut self) {
        self.captures_stack = true;
        if self.post("Debugger.pause", &json!({})).is_ok() {
            let _is_held = self.wait_until(WaitLimit::Time(PAUSE_TIMEOUT), |tab| {
                tab.events.paused_stack.is_some()
            });
        }
    }

    /// Calls the browser; a refused call returns `Null`.
    ///
    /// # Errors
    /// If the browser is gone or does not reply in time.
    pub(super) fn call_browser(&mut self, method: &str, params: &Value) -> Result<Value, TabError> {
        match self.call(method, params, WaitLimit::BROWSER) {
            Ok(answer) => Ok(answer.unwrap_or_default()),
            Err(TabError::Frozen) => Err(TabError::BrowserGone),
            Err(end) => Err(end),
        }
    }

    /// Sends a call and returns the id of its reply.
    ///
    /// # Errors
    /// If the browser is gone.
    pub(super) fn post(&mut self, method: &str, params: &Value) -> Result<u64, TabError> {
        let session = Some(self.context.session.as_str()).filter(|session| !session.is_empty());
        self.chromium.pipe.post(session, method, params).map_err(|_| TabError::BrowserGone)
    }

    /// Sends a call whose reply is ignored.
    ///
    /// # Errors
    /// If the browser is gone.
    pub(super) fn send(&mut self, method: &str, params: &Value) -> Result<(), TabError> {
        let id = self.post(method, params)?;
        self.ignored_answers.insert(id);
        Ok(())
    }

    /// Calls a method and waits for its reply; the inner `Err` is a refused call.
    ///
    /// # Errors
    /// If the page hangs or crashes, or the browser is gone.
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
}

fn string_field(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
