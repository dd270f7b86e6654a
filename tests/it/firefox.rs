//! Does a sealed game play in a browser of another make?
//!
//! The page around a game and the guard in it are tried in Chromium everywhere else. Here Firefox
//! opens sealed files, headless, over its own protocol: a port on loopback, each message a JSON
//! array with its length before it. Where it is not installed the tests say so and are skipped.
#![allow(clippy::print_stderr, reason = "a test that is skipped says so aloud")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use codeagent::compose::{GameTheme, compose};
use codeagent::game::{HtmlSource, seal, vet};
use serde_json::{Value, json};

use crate::handlers;

/// The longest that anything may take: a cold start on a busy machine takes its time.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running Firefox with a profile of its own; both are gone when it is dropped.
struct Firefox {
    child: Child,
    folder: tempfile::TempDir,
    wire: BufReader<TcpStream>,
    last_id: u64,
}

impl Firefox {
    /// Nothing where it is not installed.
    fn start() -> Option<Self> {
        let Some(program) = find() else {
            eprintln!("\n!!! SKIPPED: no Firefox found, nothing was tried in it !!!\n");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        // Nothing asks the user anything, and nothing calls home.
        let settings = format!(
            "user_pref('marionette.port', {port});\nuser_pref('datareporting.policy.dataSubmissionEnabled', false);\n\
             user_pref('app.update.disabledForTesting', true);\nuser_pref('browser.shell.checkDefaultBrowser', false);\n\
             user_pref('browser.aboutwelcome.enabled', false);\n"
        );
        std::fs::write(folder.path().join("user.js"), settings).unwrap();
        let mut command = Command::new(program);
        command
            .args([
                "--marionette",
                "--remote-allow-system-access",
                "--headless",
                "--no-remote",
                "--profile",
            ])
            .arg(folder.path());
        command.env("HOME", folder.path()).env("MOZ_CRASHREPORTER_DISABLE", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let mut firefox = Self { child, wire: connected(port), folder, last_id: 0 };
        let greeting = firefox.hear();
        assert_eq!(greeting["marionetteProtocol"], 3, "{greeting}");
        let wishes =
            json!({"capabilities": {"alwaysMatch": {"unhandledPromptBehavior": "ignore"}}});
        firefox.call("WebDriver:NewSession", &wishes);
        Some(firefox)
    }

    fn hear(&mut self) -> Value {
        let mut length = Vec::new();
        self.wire.read_until(b':', &mut length).expect("Firefox answers");
        let length = String::from_utf8(length).unwrap();
        let length = length.trim_end_matches(':').parse().expect("a length before each message");
        let mut message = vec![0; length];
        self.wire.read_exact(&mut message).expect("a whole message");
        serde_json::from_slice(&message).unwrap()
    }

    fn call(&mut self, command: &str, params: &Value) -> Value {
        self.try_call(command, params).unwrap_or_else(|error| panic!("{command} {params}: {error}"))
    }

    fn try_call(&mut self, command: &str, params: &Value) -> Result<Value, Value> {
        self.last_id += 1;
        let message = json!([0, self.last_id, command, params]).to_string();
        let stream = self.wire.get_mut();
        write!(stream, "{}:{message}", message.len()).expect("Firefox listens");
        let answer = self.hear();
        assert_eq!(answer[1], self.last_id, "the answer to another command");
        if answer[2].is_null() { Ok(answer[3].clone()) } else { Err(answer[2].clone()) }
    }

    /// Opens a sealed game from a file.
    fn open(&mut self, name: &str, sealed: &str) {
        let path = self.folder.path().join(name);
        std::fs::write(&path, sealed).unwrap();
        self.visit(name);
    }

    fn visit(&mut self, name: &str) {
        let url = format!("file://{}", self.folder.path().join(name).display());
        self.call("WebDriver:Navigate", &json!({"url": url}));
    }

    /// Presses and releases keys, one after the other, wherever the focus is.
    fn keys(&mut self, keys: &[char]) {
        self.call("WebDriver:SwitchToFrame", &json!({"id": null}));
        let strokes = keys.iter().flat_map(|key| {
            ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key.to_string()}))
        });
        let strokes: Vec<_> = strokes.collect();
        let actions = json!({"actions": [{"type": "key", "id": "keys", "actions": strokes}]});
        self.call("WebDriver:PerformActions", &actions);
    }

    /// What a script returns, in the page around a game.
    fn around(&mut self, script: &str) -> Value {
        self.call("WebDriver:SwitchToFrame", &json!({"id": null}));
        self.run(script).unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The same in the game.
    fn inside(&mut self, script: &str) -> Result<Value, Value> {
        self.call("WebDriver:SwitchToFrame", &json!({"id": null}));
        self.try_call("WebDriver:SwitchToFrame", &json!({"id": 0}))?;
        self.run(script)
    }

    fn run(&mut self, script: &str) -> Result<Value, Value> {
        let what = json!({"script": script, "args": []});
        Ok(self.try_call("WebDriver:ExecuteScript", &what)?["value"].clone())
    }

    /// Waits until a script in the game returns this: a frame may load anew in between.
    fn becomes(&mut self, script: &str, value: &Value, when: &str) {
        let end = Instant::now() + PATIENCE;
        let mut last = self.inside(script);
        while last.as_ref() != Ok(value) {
            if Instant::now() > end {
                let place = self.inside(
                    "return [document.URL, document.documentElement.outerHTML.slice(0, 300)]",
                );
                let left = self.around(
                    "return document.getElementById('left').hidden || document.body.innerText",
                );
                let problems = self.problems();
                panic!("{when}: {last:?} is not {value} at {place:?}; {left}; {problems:?}");
            }
            std::thread::sleep(Duration::from_millis(50));
            last = self.inside(script);
        }
    }

    /// Errors and warnings on the browser's console that name a file of ours.
    fn problems(&mut self) -> Vec<String> {
        self.call("Marionette:SetContext", &json!({"value": "chrome"}));
        let all = self.run( "return Services.console.getMessageArray().filter((it) => it instanceof Ci.nsIScriptError)\
             .map((it) => `${it.sourceName}:${it.lineNumber} ${it.errorMessage}`)", );
        self.call("Marionette:SetContext", &json!({"value": "content"}));
        let all = all.expect("the console can be read");
        let all = all.as_array().expect("a list").iter().filter_map(Value::as_str);
        let folder = self.folder.path().display().to_string();
        let is_ours = |text: &&str| {
            [folder.as_str(), "about:srcdoc"].iter().any(|place| text.contains(place))
        };
        all.filter(is_ours).map(str::to_owned).collect()
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        // It ends its helpers; one that hangs is killed.
        let _asked = write!(self.wire.get_mut(), "36:[0,0,\"Marionette:Quit\",{{\"flags\":[]}}]");
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end && !matches!(self.child.try_wait(), Ok(Some(_))) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let names = ["firefox-esr", "firefox"];
    let mut files = names.iter().flat_map(|name| folders.iter().map(move |dir| dir.join(name)));
    files.find(|file| file.is_file())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The connection, once somebody listens.
fn connected(port: u16) -> BufReader<TcpStream> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            return BufReader::new(stream);
        }
        assert!(Instant::now() < end, "Firefox does not listen");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn sealed(source: &str) -> String {
    let game =
        vet(HtmlSource::new(source)).unwrap_or_else(|refused| panic!("{}", refused.summary()));
    seal(&game, game.storage_key())
}

/// Whether the page around has seen nobody leave.
const STAYED: &str = "return document.getElementById('left').hidden";

const ENTER: char = '\u{e006}';

#[test]
fn a_sealed_game_has_the_keys_from_the_first_moment() {
    let Some(mut firefox) = Firefox::start() else { return };
    for prompt in ["a snake game", "breakout with 3 ghosts", "ocean platformer", "memory game"] {
        let game = compose(prompt, 7, GameTheme::Spooky);
        let name = format!("{}.html", prompt.replace(' ', "-"));
        firefox.open(&name, &sealed(game.source.text()));
        // Nobody has clicked, and the game may still be loading in its frame.
        assert_eq!(firefox.around("return document.activeElement.localName"), "iframe", "{prompt}");
        let state = "return document.body && document.body.dataset.state";
        firefox.becomes(state, &json!("start"), prompt);
        firefox.keys(&[ENTER]);
        firefox.becomes(state, &json!("playing"), prompt);
        assert_eq!(firefox.around(STAYED), true, "{prompt}");
    }
}

#[test]
fn a_sealed_game_says_nothing_on_the_console() {
    let Some(mut firefox) = Firefox::start() else { return };
    firefox.open("small.html", &sealed(SMALL));
    firefox.becomes(OUT, &json!("|||"), "it plays");
    firefox.keys(&['b', 's', 'r']);
    firefox.becomes(OUT, &json!("1|yes||"), "it has started anew");
    assert_eq!(firefox.problems(), [""; 0]);
}

const LOG: &str = "return JSON.parse(document.documentElement.dataset.log || '[]')";

#[test]
fn handlers_in_a_sealed_game_do_what_they_did() {
    let Some(mut firefox) = Firefox::start() else { return };
    for row in handlers::rows() {
        let name = format!("{}.html", row.name.replace(' ', "-"));
        firefox.open(&name, &sealed(&handlers::document(&row)));
        let is_there =
            "return document.readyState === 'complete' && !!document.getElementById('c')";
        firefox.becomes(is_there, &json!(true), &row.name);
        std::thread::sleep(Duration::from_millis(50));
        firefox.inside(handlers::PRESSED).unwrap();
        firefox.becomes(LOG, &json!(row.log), &row.name);
    }
}

/// A game that tells all that matters here: what it keeps, where it is, which keys it had.
const SMALL: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta name=\"viewport\" content=\"width=device-width\">\n<title>small</title>\n</head>\n<body>\n<p id=\"out\"></p>\n<script>\n\
const out = document.getElementById('out');\nlet keys = '';\n\
function show() { out.textContent = [localStorage.getItem('best'), sessionStorage.getItem('now'), location.search, keys].join('|'); }\n\
addEventListener('keydown', (event) => {\n  keys += event.key;\n\
  if (event.key === 'b') localStorage.setItem('best', Number(localStorage.getItem('best')) + 1);\n\
  if (event.key === 's') sessionStorage.setItem('now', 'yes');\n\
  if (event.key === 'r') location.reload();\n\
  if (event.key === 'a') { alert('hello'); keys += '!'; }\n  show();\n});\nshow();\n</script>\n</body>\n</html>\n";

const OUT: &str =
    "return document.getElementById('out') && document.getElementById('out').textContent";

#[test]
fn a_sealed_game_keeps_what_it_stores_starts_anew_and_may_alert() {
    let Some(mut firefox) = Firefox::start() else { return };
    firefox.open("small.html", &sealed(SMALL));
    firefox.becomes(OUT, &json!("|||"), "it plays");
    firefox.keys(&['b', 'b', 's']);
    firefox.becomes(OUT, &json!("2|yes||bbs"), "it has the keys");
    firefox.keys(&['r']);
    firefox.becomes(OUT, &json!("2|yes||"), "it has started anew and still knows");
    firefox.keys(&['b']);
    firefox.becomes(OUT, &json!("3|yes||b"), "it has the keys again");
    firefox.keys(&['x', 'a']);
    let end = Instant::now() + PATIENCE;
    while firefox.try_call("WebDriver:GetAlertText", &json!({})) != Ok(json!({"value": "hello"})) {
        assert!(Instant::now() < end, "it says nothing");
        std::thread::sleep(Duration::from_millis(50));
    }
    firefox.call("WebDriver:AcceptAlert", &json!({}));
    firefox.becomes(OUT, &json!("3|yes||bxa!"), "it goes on after what it said");
    assert_eq!(firefox.around(STAYED), true);
    // Closed and opened again: another window, another session of the game.
    let new = firefox.call("WebDriver:NewWindow", &json!({"type": "tab", "focus": true}));
    firefox.call("WebDriver:CloseWindow", &json!({}));
    firefox.call("WebDriver:SwitchToWindow", &json!({"handle": new["handle"], "focus": true}));
    firefox.visit("small.html");
    firefox.becomes(OUT, &json!("3|||"), "what it kept has lasted");
    firefox.keys(&['b']);
    firefox.becomes(OUT, &json!("4|||b"), "it has the keys in another window");
}
