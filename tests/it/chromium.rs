//! A real browser for tests, over a pipe: no port, no driver, nothing left behind.
//!
//! It speaks the few words of the `DevTools` protocol that the tests need. Every
//! wait has a deadline. Where no browser is found the tests say so and are
//! skipped, unless the surroundings promise one (`CI`, `CODEAGENT_NEEDS_BROWSER`).
#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test harness starts a process, looks at the clock and may fail loudly"
)]

#[cfg(target_os = "linux")]
pub mod roam;
pub mod watch;

use std::io::{BufRead, BufReader, PipeWriter, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use command_fds::{CommandFdExt, FdMapping};
use serde_json::{Value, json};

/// The longest a single answer of the browser may take.
const PATIENCE: Duration = Duration::from_secs(30);

const FLAGS: &[&str] = &[
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--mute-audio",
    "--hide-scrollbars",
    // Smooth scrolling takes real time, which no page's own clock sees.
    "--disable-smooth-scrolling",
    "--remote-debugging-pipe",
    // Containers and root have no user namespaces, and these pages are our own.
    "--no-sandbox",
    "about:blank",
];

/// What the address bar would open is drawn by two pages more for each window, which nobody sees and
/// which take as long to start as the page that is tried.
const NO_POPUPS: &[&str] = &["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"];

/// Whatever a page tries, no name leads anywhere but to a test's own server.
const SHUT_IN: &[&str] = &[
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// A running browser with a profile of its own; both are gone when it is dropped.
pub struct Browser {
    child: Child,
    profile: tempfile::TempDir,
    wire: Wire,
    pages: usize,
}

/// The names by which the browser knows a tab.
struct Tab {
    session: String,
    target: String,
    context: String,
}

impl Browser {
    /// Nothing where no browser is installed and none was promised.
    pub fn start() -> Option<Self> {
        Self::launch(SHUT_IN, &[])
    }

    /// The same, for tests that look into a page's frame, which would be another process.
    pub fn start_in_one_process() -> Option<Self> {
        Self::launch(SHUT_IN, &["IsolateSandboxedIframes"])
    }

    /// `without` are features of the browser to turn off.
    fn launch(flags: &[&str], without: &[&str]) -> Option<Self> {
        let Some(program) = find() else {
            let is_promised = ["CI", "CODEAGENT_NEEDS_BROWSER"]
                .iter()
                .any(|name| std::env::var_os(name).is_some());
            assert!(!is_promised, "no Chromium found, and one was promised");
            eprintln!("\n!!! SKIPPED: no Chromium found, nothing was tried in a browser !!!\n");
            return None;
        };
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let (to_us, from_browser) = std::io::pipe().expect("a pipe");
        let (to_browser, from_us) = std::io::pipe().expect("a pipe");
        let mut command = Command::new(program);
        command
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(flags)
            // Of several such flags only the last counts.
            .arg(format!("--disable-features={}", [NO_POPUPS, without].concat().join(",")))
            .args(FLAGS)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A group of its own, so that its helpers can be ended with it.
            .process_group(0)
            .fd_mappings(vec![
                FdMapping { parent_fd: to_browser.into(), child_fd: 3 },
                FdMapping { parent_fd: from_browser.into(), child_fd: 4 },
            ])
            .expect("two free descriptors");
        let child = command.spawn().expect("starting the browser");
        // The command still holds the browser's ends; reading would never end.
        drop(command);
        Some(Self { child, profile, wire: Wire::new(to_us, from_us), pages: 0 })
    }

    /// Opens a document in a window of this size, with a storage of its own.
    pub fn open(&mut self, html: &str, size: (u32, u32)) -> Page<'_> {
        self.open_after(html, size, "")
    }

    /// The same, with a script that runs before any of the page's own.
    pub fn open_after(
        &mut self,
        html: &str,
        (width, height): (u32, u32),
        script: &str,
    ) -> Page<'_> {
        let url = self.put(html);
        let tab = self.tab();
        let mut page = Page { wire: &mut self.wire, tab, url, context: None };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.call(&format!("{domain}.enable"), &json!({}));
        }
        page.resize(width, height);
        if !script.is_empty() {
            page.call("Page.addScriptToEvaluateOnNewDocument", &json!({"source": script}));
        }
        let url = json!({"url": page.url});
        page.load("Page.navigate", &url);
        page
    }

    /// Opens an empty tab that shares nothing with any other.
    fn tab(&mut self) -> Tab {
        let context = self.wire.call(None, "Target.createBrowserContext", &json!({}));
        let context = text(&context, "/browserContextId");
        let target = json!({"url": "about:blank", "browserContextId": context});
        let target = text(&self.wire.call(None, "Target.createTarget", &target), "/targetId");
        let attach = json!({"targetId": target, "flatten": true});
        let session = text(&self.wire.call(None, "Target.attachToTarget", &attach), "/sessionId");
        Tab { session, target, context }
    }

    /// The address of a new file with this text.
    fn put(&mut self, html: &str) -> String {
        self.pages += 1;
        let path = self.profile.path().join(format!("page-{}.html", self.pages));
        std::fs::write(&path, html).expect("a file for the page");
        format!("file://{}", path.display())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The group has the number of its first process; its helpers share it.
        let group = format!("-{}", self.child.id());
        let _ended = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Where the browser is, by the names it goes by.
fn find() -> Option<PathBuf> {
    const NAMES: [&str; 5] =
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let candidates = NAMES.iter().flat_map(|name| folders.iter().map(move |dir| dir.join(name)));
    candidates.chain([Path::new(MAC).to_owned()]).find(|file| file.is_file())
}

/// One open page. Its tab is closed when it is dropped: a game that goes on drawing slows down the next.
pub struct Page<'b> {
    wire: &'b mut Wire,
    tab: Tab,
    url: String,
    /// The world that expressions are evaluated in; nothing for the page's own.
    context: Option<String>,
}

impl Page<'_> {
    /// Loads the page again and waits until it has loaded.
    ///
    /// In the same process: another one might not see yet what this one stored.
    pub fn reload(&mut self) {
        self.load("Page.reload", &json!({}));
    }

    /// Goes to a file, in the same tab, and forgets what was told before.
    pub fn visit(&mut self, path: &Path) {
        self.go(&format!("file://{}", path.display()));
    }

    /// Goes to an address, in the same tab, and forgets what was told before.
    pub fn go(&mut self, url: &str) {
        self.wire.events.clear();
        self.context = None;
        url.clone_into(&mut self.url);
        let url = json!({"url": self.url});
        self.load("Page.navigate", &url);
    }

    fn load(&mut self, method: &str, params: &Value) {
        let before = self.wire.count(&self.tab.session, "Page.loadEventFired");
        self.call(method, params);
        let session = self.tab.session.clone();
        self.wire.wait_until(|wire| wire.count(&session, "Page.loadEventFired") > before);
    }

    /// Where the browser puts what pages save.
    pub fn save_into(&mut self, folder: &Path) {
        let how = json!({"behavior": "allow", "downloadPath": folder, "eventsEnabled": false});
        self.call("Page.setDownloadBehavior", &how);
    }

    /// From now on expressions are those of the frame that was loaded last, until the next visit.
    pub fn enter_frame(&mut self) {
        self.take_events();
        let made = self.wire.of(&self.tab.session, "Runtime.executionContextCreated").last();
        let name = made.and_then(|event| event.pointer("/params/context/uniqueId")?.as_str());
        self.context = Some(name.expect("a frame that runs scripts").to_owned());
    }

    pub fn resize(&mut self, width: u32, height: u32) {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// The value of an expression of the page's own language.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let mut what = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true,
            // Else a page's own policy would not hold for what is tried in it.
            "allowUnsafeEvalBlockedByCSP": false,
        });
        if let (Some(context), Some(what)) = (&self.context, what.as_object_mut()) {
            what.insert("uniqueContextId".to_owned(), json!(context));
        }
        let mut answer = self.call("Runtime.evaluate", &what);
        let thrown = answer.pointer("/exceptionDetails");
        assert!(thrown.is_none(), "{expression} threw {}", thrown.unwrap_or(&Value::Null));
        answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default()
    }

    /// Waits until an expression is true; fails after a while, with what it was last.
    pub fn wait_for(&mut self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        while self.evaluate(&format!("Boolean({expression})")) != json!(true) {
            assert!(Instant::now() < end, "never true: {expression}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses a key by its `code` and lets it go after a time.
    pub fn hold(&mut self, code: &str, time: Duration) {
        self.key("rawKeyDown", code);
        thread::sleep(time);
        self.key("keyUp", code);
    }

    pub fn press(&mut self, code: &str) {
        self.hold(code, Duration::from_millis(30));
    }

    fn key(&mut self, kind: &str, code: &str) {
        let (number, text) = match code {
            "Enter" => (13, "\r"),
            "Space" => (32, " "),
            "ArrowLeft" => (37, ""),
            "ArrowUp" => (38, ""),
            "ArrowRight" => (39, ""),
            "ArrowDown" => (40, ""),
            _ => (0, ""),
        };
        // A key with text is a plain `keyDown`, or buttons would not hear it.
        let kind = if kind == "rawKeyDown" && !text.is_empty() { "keyDown" } else { kind };
        let letter = code.strip_prefix("Key").unwrap_or(code);
        let name = if code == "Space" { " " } else { letter };
        let mut event =
            json!({"type": kind, "code": code, "key": name, "windowsVirtualKeyCode": number});
        if let (true, Some(event)) = (kind == "keyDown", event.as_object_mut()) {
            event.insert("text".to_owned(), json!(text));
        }
        self.call("Input.dispatchKeyEvent", &event);
    }

    pub fn move_mouse(&mut self, x: f64, y: f64) {
        self.call("Input.dispatchMouseEvent", &json!({"type": "mouseMoved", "x": x, "y": y}));
    }

    /// Clicks into the middle of the first element that a selector finds.
    pub fn click(&mut self, selector: &str) {
        let place = self.evaluate(&format!(
            "(() => {{ const box = document.querySelector({selector:?}).getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        let at = |i: usize| place.get(i).and_then(Value::as_f64).expect("a place on the screen");
        self.click_at(at(0), at(1));
    }

    /// Clicks at a place of the window.
    pub fn click_at(&mut self, x: f64, y: f64) {
        self.move_mouse(x, y);
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", &event);
        }
    }

    /// What the page looks like, as a PNG.
    pub fn screenshot(&mut self) -> Vec<u8> {
        let picture = self.call("Page.captureScreenshot", &json!({"format": "png"}));
        let data = picture.pointer("/data").and_then(Value::as_str).expect("a picture");
        base64::engine::general_purpose::STANDARD.decode(data).expect("a picture")
    }

    /// Everything on the console: messages, exceptions, and what the browser itself logs.
    pub fn problems(&mut self) -> Vec<String> {
        // One round trip, so that everything said so far has arrived.
        self.take_events();
        let told = ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"];
        let events = self.wire.events.iter().filter(|event| is_of(event, &self.tab.session));
        events
            .filter(|event| {
                told.contains(&event.get("method").and_then(Value::as_str).unwrap_or_default())
            })
            .map(|event| event.get("params").unwrap_or(&Value::Null).to_string())
            .collect()
    }

    /// Has the browser send what has happened so far: it answers in order. A page that is on its way
    /// to another one answers with an error, which says nothing of the events before it.
    fn take_events(&mut self) {
        let what = json!({ "expression": "0" });
        drop(self.wire.ask(Some(&self.tab.session), "Runtime.evaluate", &what));
    }

    /// What the page and its frames said on the console since the last visit, a line each.
    pub fn said(&mut self) -> Vec<String> {
        self.take_events();
        let said = self.wire.of(&self.tab.session, "Runtime.consoleAPICalled");
        said.filter_map(|event| Some(event.pointer("/params/args/0/value")?.as_str()?.to_owned()))
            .collect()
    }

    /// Waits until a line of the console begins like this; fails after a while, with all lines.
    pub fn wait_for_said(&mut self, start: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.said().iter().any(|line| line.starts_with(start)) {
            assert!(Instant::now() < end, "never said: {start}, but {:?}", self.said());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The addresses of every request but those for the page itself.
    pub fn requests(&mut self) -> Vec<String> {
        self.take_events();
        let asked = self.wire.of(&self.tab.session, "Network.requestWillBeSent");
        let urls = asked.filter_map(|event| event.pointer("/params/request/url")?.as_str());
        urls.filter(|url| *url != self.url).map(str::to_owned).collect()
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.wire.call(Some(&self.tab.session), method, params)
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        let context = json!({"browserContextId": self.tab.context});
        // The browser may have exited, which whoever opens the next page is told.
        drop(self.wire.send(None, "Target.disposeBrowserContext", &context));
        self.wire.events.retain(|event| !is_of(event, &self.tab.session));
    }
}

/// The two pipes: messages are JSON, each ended by a zero byte.
struct Wire {
    writer: PipeWriter,
    messages: Receiver<Value>,
    events: Vec<Value>,
    last_id: u64,
}

impl Wire {
    fn new(reader: impl Read + Send + 'static, writer: PipeWriter) -> Self {
        let (sender, messages) = channel();
        thread::spawn(move || {
            let pieces = BufReader::new(reader).split(0).map_while(Result::ok);
            let messages = pieces.filter_map(|piece| serde_json::from_slice(&piece).ok());
            // Ends with the browser, or when nobody listens any more.
            messages.map(|message: Value| sender.send(message)).find(Result::is_err)
        });
        Self { writer, messages, events: Vec::new(), last_id: 0 }
    }

    fn call(&mut self, session: Option<&str>, method: &str, params: &Value) -> Value {
        let answer = self.ask(session, method, params);
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// The same where an error is an answer: the page may have gone.
    fn ask(&mut self, session: Option<&str>, method: &str, params: &Value) -> Result<Value, Value> {
        let id = self.post(session, method, params);
        let mut answer = None;
        self.wait_until(|wire| {
            answer = wire.answer(&id);
            answer.is_some()
        });
        answer.unwrap_or(Err(Value::Null))
    }

    /// Sends without waiting, and gives the number of the answer.
    fn post(&mut self, session: Option<&str>, method: &str, params: &Value) -> Value {
        self.send(session, method, params).expect("the browser listens")
    }

    fn send(
        &mut self,
        session: Option<&str>,
        method: &str,
        params: &Value,
    ) -> std::io::Result<Value> {
        self.last_id += 1;
        let id = json!(self.last_id);
        let mut message = json!({"id": id, "method": method, "params": params});
        if let (Some(session), Some(message)) = (session, message.as_object_mut()) {
            message.insert("sessionId".to_owned(), json!(session));
        }
        self.writer.write_all(format!("{message}\0").as_bytes())?;
        Ok(id)
    }

    /// The answer with that number, if it has come.
    fn answer(&mut self, id: &Value) -> Option<Result<Value, Value>> {
        let place = self.events.iter().position(|message| message.get("id") == Some(id))?;
        let mut answer = self.events.remove(place);
        Some(match answer.get_mut("error").map(Value::take) {
            Some(error) => Err(error),
            None => Ok(answer.get("result").cloned().unwrap_or_default()),
        })
    }

    fn wait_until(&mut self, mut is_done: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_done(self) {
            match self.messages.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(message) => self.events.push(message),
                Err(RecvTimeoutError::Timeout) => panic!("the browser did not answer in time"),
                Err(RecvTimeoutError::Disconnected) => panic!("the browser exited"),
            }
        }
    }

    fn of<'w>(&'w self, session: &'w str, method: &'w str) -> impl Iterator<Item = &'w Value> {
        let is_it = move |event: &&Value| event.get("method") == Some(&json!(method));
        self.events.iter().filter(|event| is_of(event, session)).filter(is_it)
    }

    fn count(&self, session: &str, method: &str) -> usize {
        self.of(session, method).count()
    }
}

fn is_of(event: &Value, session: &str) -> bool {
    event.get("sessionId").and_then(Value::as_str) == Some(session)
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).expect("the protocol's own field").to_owned()
}
