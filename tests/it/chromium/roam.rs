//! Opens pages in a browser that may go anywhere, as a user has it, and notes where they lead.
//!
//! In its first profile and not in a private one, which opens no connection ahead of time and
//! looks up no name. Pages are moved over, clicked and typed into, many at once; what they say
//! on the network is heard elsewhere.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Browser, text};

/// What a player does beside a click and a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hands {
    #[default]
    Plain,
    CtrlClick,
    ShiftClick,
    AltClick,
    MiddleClick,
    /// From the bait to the place beside it.
    Drag,
    /// Copies, moves to the place beside the bait and pastes.
    Paste,
}

/// A page, and how it is looked at.
pub struct Visit {
    pub url: String,
    /// Names in an address whose doing it is.
    pub host: String,
    pub hands: Hands,
    /// Whether there has to be one frame, or none.
    pub is_framed: bool,
}

/// A window of the browser, which shows one page after another.
pub struct Window {
    session: String,
    target: String,
}

/// Where a window goes in the end.
const LEFT: &str = "about:blank";

const BAIT: (u32, u32) = (40, 40);
const BESIDE: (u32, u32) = (260, 60);

/// How long a page may take to load, and to answer.
const PATIENCE: Duration = Duration::from_secs(6);

impl Browser {
    /// One that goes wherever it is led: only for a network that leads nowhere.
    pub fn roaming() -> Option<Self> {
        let mut browser = Self::launch(&[], &[])?;
        browser.wire.call(None, "Target.setDiscoverTargets", &json!({"discover": true}));
        Some(browser)
    }

    pub fn windows(&mut self, count: usize) -> Vec<Window> {
        (0..count).map(|_| self.window()).collect()
    }

    fn window(&mut self) -> Window {
        let made = json!({"url": "about:blank", "newWindow": true, "width": 500, "height": 400});
        let target = text(&self.wire.call(None, "Target.createTarget", &made), "/targetId");
        let attach = json!({"targetId": target, "flatten": true});
        let session = text(&self.wire.call(None, "Target.attachToTarget", &attach), "/sessionId");
        let auto = auto_attach();
        for (method, params) in [
            ("Page.enable", &json!({})),
            ("Runtime.enable", &json!({})),
            ("Target.setAutoAttach", &auto),
            ("Emulation.setFocusEmulationEnabled", &json!({"enabled": true})),
        ] {
            self.wire.call(Some(&session), method, params);
        }
        Window { session, target }
    }

    /// The address of a new file with this text.
    pub fn file(&mut self, html: &str) -> String {
        self.put(html)
    }

    /// Loads a page in a window that was visited last, and gives the value of an expression in it.
    pub fn ask(&mut self, window: &Window, url: &str, expression: &str) -> Value {
        self.wire.call(Some(&window.session), "Page.navigate", &json!({"url": url}));
        let what = json!({"expression": expression, "returnByValue": true});
        let answer = self.wire.call(Some(&window.session), "Runtime.evaluate", &what);
        answer.pointer("/result/value").cloned().unwrap_or_default()
    }

    /// Shows each window a page, does what a player does, and tells what each did that was seen.
    pub fn roam(&mut self, windows: &[Window], visits: &[Visit]) -> Vec<BTreeSet<String>> {
        self.wire.events.clear();
        let windows = windows.get(..visits.len()).expect("a window for each page");
        // Where a page could go back to.
        let before = self.put("<!DOCTYPE html><title>before</title>");
        self.all_go(windows, |_| before.clone());
        self.all_go(windows, |at| visits[at].url.clone());
        self.hear(900);
        self.play(windows, visits);
        let looks: Vec<_> = windows.iter().map(|window| self.inspect(window)).collect();
        let asked: Vec<_> = looks.iter().flatten().cloned().collect();
        self.answered(&asked);
        // Before the answers are taken out, which stand among the events.
        let told: Vec<_> = (windows.iter().zip(visits).zip(looks))
            .map(|((window, visit), looks)| self.summed_up(window, visit, &looks))
            .collect();
        self.leave(windows);
        told
    }

    /// Goes to an address in each window and waits until they have loaded.
    fn all_go(&mut self, windows: &[Window], url: impl Fn(usize) -> String) {
        let loaded = "Page.loadEventFired";
        let counts = |browser: &Self| -> Vec<usize> {
            windows.iter().map(|window| browser.wire.count(&window.session, loaded)).collect()
        };
        let mut asked = Vec::new();
        let before = counts(self);
        for (at, window) in windows.iter().enumerate() {
            let url = json!({"url": url(at)});
            asked.push(self.wire.post(Some(&window.session), "Page.navigate", &url));
        }
        self.until(|browser| {
            let is_there = |(now, before): (&usize, &usize)| now > before;
            let all_are = counts(browser).iter().zip(&before).all(is_there);
            all_are && asked.iter().all(|id| browser.has_come(id))
        });
    }

    /// The mouse comes, clicks and comes again; a key is pressed in between.
    fn play(&mut self, windows: &[Window], visits: &[Visit]) {
        for at in [(30, 30), BAIT] {
            self.each(windows, |browser, window| browser.mouse(window, "mouseMoved", at, 0));
            self.hear(150);
        }
        self.each(windows, |browser, window| browser.click(window, BAIT, 0));
        self.hear(350);
        self.each(windows, |browser, window| browser.key(window, "a", 0, &[]));
        self.hear(150);
        self.each(windows, |browser, window| browser.click(window, BAIT, 0));
        self.hear(350);
        for (window, visit) in windows.iter().zip(visits) {
            self.more(window, visit.hands);
        }
        self.hear(700);
    }

    fn more(&mut self, window: &Window, hands: Hands) {
        let last = match hands {
            Hands::Plain => return,
            Hands::AltClick => self.click(window, BAIT, 1),
            Hands::CtrlClick => self.click(window, BAIT, 2),
            Hands::ShiftClick => self.click(window, BAIT, 8),
            Hands::MiddleClick => self.press(window, BAIT, "middle"),
            Hands::Drag => self.drag(window),
            Hands::Paste => {
                let copied = self.key(window, "c", 2, &["copy"]);
                self.answered(&[copied]);
                let clicked = self.click(window, BESIDE, 0);
                self.answered(&[clicked]);
                self.key(window, "v", 2, &["paste"])
            }
        };
        self.answered(&[last]);
    }

    /// Waits until the browser has done these, which takes its time on a busy machine.
    fn answered(&mut self, asked: &[Value]) {
        self.until(|browser| asked.iter().all(|id| browser.has_come(id)));
    }

    /// Headless, the system carries nothing: what is dragged is taken over and dropped by hand.
    fn drag(&mut self, window: &Window) -> Value {
        const TAKEN: &str = "Input.dragIntercepted";
        let intercept = json!({"enabled": true});
        let asked = self.wire.post(Some(&window.session), "Input.setInterceptDrags", &intercept);
        self.answered(&[asked]);
        self.mouse(window, "mousePressed", BAIT, 0);
        for step in 1..12 {
            let event = json!({
                "type": "mouseMoved", "x": BAIT.0 + step * 6, "y": BAIT.1, "button": "left", "buttons": 1,
            });
            self.wire.post(Some(&window.session), "Input.dispatchMouseEvent", &event);
            self.hear(60);
        }
        self.until(|browser| browser.wire.count(&window.session, TAKEN) > 0);
        let carried = self.wire.of(&window.session, TAKEN).last();
        let data = carried.and_then(|event| event.pointer("/params/data")).cloned();
        for kind in ["dragEnter", "dragOver", "drop"].into_iter().filter(|_| data.is_some()) {
            let event = json!({"type": kind, "x": BESIDE.0, "y": BESIDE.1, "data": data});
            let asked = self.wire.post(Some(&window.session), "Input.dispatchDragEvent", &event);
            self.answered(&[asked]);
            self.hear(60);
        }
        self.mouse(window, "mouseReleased", BESIDE, 0)
    }

    /// Does something in each window without waiting: a page that hangs never answers.
    fn each(&mut self, windows: &[Window], what: impl Fn(&mut Self, &Window) -> Value) {
        for window in windows {
            what(self, window);
        }
    }

    fn mouse(&mut self, window: &Window, kind: &str, (x, y): (u32, u32), modifiers: u32) -> Value {
        let button = if kind == "mouseMoved" { "none" } else { "left" };
        let event = json!({
            "type": kind, "x": x, "y": y, "button": button, "clickCount": 1, "modifiers": modifiers,
        });
        self.wire.post(Some(&window.session), "Input.dispatchMouseEvent", &event)
    }

    fn click(&mut self, window: &Window, at: (u32, u32), modifiers: u32) -> Value {
        for kind in ["mouseMoved", "mousePressed"] {
            self.mouse(window, kind, at, modifiers);
        }
        self.mouse(window, "mouseReleased", at, modifiers)
    }

    fn press(&mut self, window: &Window, (x, y): (u32, u32), button: &str) -> Value {
        let event =
            |kind: &str| json!({"type": kind, "x": x, "y": y, "button": button, "clickCount": 1});
        let method = "Input.dispatchMouseEvent";
        self.wire.post(Some(&window.session), method, &event("mousePressed"));
        self.wire.post(Some(&window.session), method, &event("mouseReleased"))
    }

    fn key(&mut self, window: &Window, key: &str, modifiers: u32, commands: &[&str]) -> Value {
        let code = format!("Key{}", key.to_uppercase());
        let event = |kind: &str| {
            let mut event = json!({
                "type": kind, "code": code, "key": key, "modifiers": modifiers, "commands": commands,
            });
            if let (0, "keyDown", Some(event)) = (modifiers, kind, event.as_object_mut()) {
                event.insert("text".to_owned(), json!(key));
            }
            event
        };
        let method = "Input.dispatchKeyEvent";
        self.wire.post(Some(&window.session), method, &event("keyDown"));
        self.wire.post(Some(&window.session), method, &event("keyUp"))
    }

    /// Asks for the title and the frames of a page, and of the frame in it.
    fn inspect(&mut self, window: &Window) -> Vec<Value> {
        let sessions = [window.session.clone()].into_iter().chain(self.inner(window));
        let sessions: Vec<_> = sessions.collect();
        let title = json!({"expression": "document.title", "returnByValue": true});
        let mut asked = Vec::new();
        for session in &sessions {
            asked.push(self.wire.post(Some(session), "Runtime.evaluate", &title));
            asked.push(self.wire.post(Some(session), "Page.getFrameTree", &json!({})));
        }
        asked
    }

    /// The frame of a page, where another process draws it.
    fn inner(&self, window: &Window) -> Option<String> {
        let told = self.wire.of(&window.session, "Target.attachedToTarget");
        told.filter_map(|event| attached(event, "iframe")).last().map(str::to_owned)
    }

    fn summed_up(&mut self, window: &Window, visit: &Visit, looks: &[Value]) -> BTreeSet<String> {
        let mut told = self.went(window, visit);
        told.extend(self.opened(window, visit));
        if self.works(window) {
            told.insert("opened a worker".to_owned());
        }
        for (at, id) in looks.iter().enumerate() {
            let answer = self.wire.answer(id).and_then(Result::ok).unwrap_or_default();
            if answer.pointer("/result/value") == Some(&json!("ran")) {
                told.insert("foreign code ran".to_owned());
            }
            let frames = answer.pointer("/frameTree/childFrames").and_then(Value::as_array);
            let is_around = at < 2 && visit.is_framed;
            let allowed = usize::from(is_around);
            if frames.is_some_and(|frames| frames.len() > allowed) {
                told.insert("has a frame".to_owned());
            }
        }
        let attached = self.wire.count(&window.session, "Page.frameAttached");
        if attached > 0 && !visit.is_framed {
            told.insert("has a frame".to_owned());
        }
        told
    }

    /// Where the page itself went after it was there; it must have been there.
    fn went(&self, window: &Window, visit: &Visit) -> BTreeSet<String> {
        let navigated = self.wire.of(&window.session, "Page.frameNavigated");
        let frames = navigated.filter_map(|event| event.pointer("/params/frame"));
        let main = frames.filter(|frame| frame.get("parentId").is_none());
        let urls: Vec<_> = main.filter_map(|frame| frame.get("url")?.as_str()).collect();
        let own = |url: &str| url.split(['?', '#']).next() == Some(visit.url.as_str());
        let Some(arrival) = urls.iter().position(|url| own(url)) else {
            return BTreeSet::from([format!("was never seen, but {urls:?}")]);
        };
        let after = urls[arrival..].iter().filter(|url| !own(url));
        after.map(|url| format!("went to {url}")).collect()
    }

    /// Workers of a page and of the frame in it.
    fn works(&self, window: &Window) -> bool {
        let sessions = [window.session.clone()].into_iter().chain(self.inner(window));
        let mut kinds = sessions.flat_map(|session| {
            let told = self.wire.of(&session, "Target.attachedToTarget");
            told.filter_map(|event| attached(event, "worker"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        });
        kinds.next().is_some()
    }

    /// Windows of a page: by who opened them, else by the host in their address.
    fn opened(&self, window: &Window, visit: &Visit) -> BTreeSet<String> {
        let created = self.wire.events.iter().filter(|event| {
            event.get("method") == Some(&json!("Target.targetCreated"))
                || event.get("method") == Some(&json!("Target.targetInfoChanged"))
        });
        let infos = created.filter_map(|event| event.pointer("/params/targetInfo"));
        let word = |info: &Value, name: &str| {
            info.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let strangers = infos.filter(|info| {
            let kind = word(info, "type");
            let is_its =
                word(info, "openerId") == window.target || word(info, "url").contains(&visit.host);
            let is_expected = ["tab", "browser_ui"].contains(&kind.as_str())
                || word(info, "targetId") == window.target
                || (kind == "iframe" && visit.is_framed);
            is_its && !is_expected
        });
        strangers
            .map(|info| format!("opened a {} {}", word(info, "type"), word(info, "url")))
            .collect()
    }

    /// Closes what was opened, and leaves every page.
    fn leave(&mut self, windows: &[Window]) {
        let targets = self.wire.call(None, "Target.getTargets", &json!({}));
        let infos = targets.get("targetInfos").and_then(Value::as_array).cloned();
        for info in infos.unwrap_or_default() {
            let is_page = info.get("type") == Some(&json!("page"));
            let is_blank = info.get("url") == Some(&json!("about:blank"));
            let target = text(&info, "/targetId");
            if is_page && !is_blank && windows.iter().all(|window| window.target != target) {
                self.wire.post(None, "Target.closeTarget", &json!({"targetId": target}));
            }
        }
        self.all_go(windows, |_| LEFT.to_owned());
    }

    fn has_come(&self, id: &Value) -> bool {
        self.wire.events.iter().any(|message| message.get("id") == Some(id))
    }

    /// Takes events until something is true, or for a while: a page that hangs holds up nobody.
    fn until(&mut self, is_done: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end && !is_done(self) {
            self.hear(25);
        }
    }

    /// Takes events for a while and closes dialogs, which would stop everything else.
    fn hear(&mut self, milliseconds: u64) {
        let end = Instant::now() + Duration::from_millis(milliseconds);
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            let Ok(event) = self.wire.messages.recv_timeout(left) else { continue };
            let session = event.get("sessionId").and_then(Value::as_str).map(str::to_owned);
            if event.get("method") == Some(&json!("Page.javascriptDialogOpening")) {
                let accept = json!({"accept": true});
                self.wire.post(session.as_deref(), "Page.handleJavaScriptDialog", &accept);
            }
            // What is in a frame is told only to whoever asks the frame.
            if let Some(frame) = attached(&event, "iframe") {
                self.wire.post(Some(frame), "Target.setAutoAttach", &auto_attach());
            }
            self.wire.events.push(event);
        }
    }

    /// Windows that nobody is known to have opened.
    pub fn strangers(&self, windows: &[Window], visits: &[Visit]) -> Vec<String> {
        let told = self
            .wire
            .events
            .iter()
            .filter(|event| event.get("method") == Some(&json!("Target.targetCreated")));
        let infos = told.filter_map(|event| event.pointer("/params/targetInfo"));
        let strangers = infos.filter(|info| {
            let word = |name: &str| info.get(name).and_then(Value::as_str).unwrap_or_default();
            let is_ours = |window: &Window| {
                [word("targetId"), word("openerId")].contains(&window.target.as_str())
            };
            let is_known = visits.iter().any(|visit| word("url").contains(&visit.host));
            word("type") == "page" && !is_known && !windows.iter().any(is_ours)
        });
        strangers.map(Value::to_string).collect()
    }
}

fn auto_attach() -> Value {
    json!({"autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true})
}

/// The session of a target of this kind, where an event tells of a new one.
fn attached<'e>(event: &'e Value, kind: &str) -> Option<&'e str> {
    let is_new = event.get("method") == Some(&json!("Target.attachedToTarget"));
    let is_it = event.pointer("/params/targetInfo/type") == Some(&json!(kind));
    event.pointer("/params/sessionId").filter(|_| is_new && is_it)?.as_str()
}
