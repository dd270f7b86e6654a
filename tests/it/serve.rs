//! Does the play server let in whoever may, and nobody else? The real binary
//! against a raw client, and then against a real browser.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use crate::chromium::{Browser, Page};
use crate::cli::{Run, User};

const PATIENCE: Duration = Duration::from_secs(20);
const WINDOW: (u32, u32) = (480, 360);

/// A game that is being played, and the program that shows it.
pub struct Played {
    child: Child,
    err: BufReader<ChildStderr>,
    /// `http://127.0.0.1:PORT/SECRET/`
    address: String,
}

impl Played {
    pub fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut address = String::new();
        let out = child.stdout.as_mut().unwrap();
        BufReader::new(out).read_line(&mut address).unwrap();
        let err = BufReader::new(child.stderr.take().unwrap());
        let played = Self { child, err, address: address.trim().to_owned() };
        assert!(played.address.starts_with("http://127.0.0.1:"), "{}", played.said());
        played
    }

    fn file(user: &User, html: &str) -> Self {
        std::fs::write(user.at().join("game.html"), html).unwrap();
        Self::start(user.command(&["play", "game.html", "--no-open"]))
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// `127.0.0.1:PORT`
    fn host(&self) -> &str {
        self.address.split('/').nth(2).unwrap()
    }

    fn path(&self) -> String {
        format!("/{}/", self.address.split('/').nth(3).unwrap())
    }

    /// The whole answer to one request.
    fn ask(&self, method: &str, path: &str, host: &str) -> String {
        let mut stream = TcpStream::connect(self.host()).unwrap();
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn get(&self, under: &str) -> String {
        self.ask("GET", &format!("{}{under}", self.path()), self.host())
    }

    fn events(&self) -> Events {
        let stream = TcpStream::connect(self.host()).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let mut events = Events { stream, heard: String::new() };
        let (path, host) = (self.path(), self.host());
        let request = format!("GET {path}events HTTP/1.1\r\nHost: {host}\r\n\r\n");
        events.stream.write_all(request.as_bytes()).unwrap();
        events
    }

    /// Ends it as Ctrl-C does; the exit code, and what it said.
    fn end(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let code = self.child.wait().unwrap().code();
        (code, self.said())
    }

    fn said(mut self) -> String {
        drop(self.child.kill());
        let mut said = String::new();
        self.err.read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What the server tells a page that listens.
struct Events {
    stream: TcpStream,
    heard: String,
}

impl Events {
    fn hear(&mut self, what: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.heard.contains(what) {
            assert!(Instant::now() < end, "`{what}` is not in {}", self.heard);
            let mut bytes = [0; 4096];
            if let Ok(count @ 1..) = self.stream.read(&mut bytes) {
                self.heard.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        }
    }
}

fn game(title: &str, script: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>body {{ background: #f00 }}</style>\n</head>\n<body>\n<p hidden>x</p>\n\
         <script>\n{script}\n</script>\n</body>\n</html>\n"
    )
}

fn plain() -> String {
    game("Bats", "document.body.style.background = '#0f0';")
}

#[test]
fn a_game_is_served_to_those_who_know_the_path_and_shut_in() {
    let user = User::new();
    let played = Played::file(&user, &plain());
    assert_eq!(played.path().len(), 24, "128 random bits: {}", played.path());
    let around = played.get("");
    assert!(around.starts_with("HTTP/1.1 200 "), "{around}");
    let frame = "<iframe sandbox=\"allow-scripts allow-pointer-lock allow-modals allow-forms\" \
                 allow=\"fullscreen; gamepad; screen-wake-lock\" title=\"Bats\"></iframe>";
    assert!(around.contains(frame) && around.contains("frame-ancestors 'none'"), "{around}");
    let page = played.get("game");
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    for head in [
        "content-security-policy: sandbox allow-scripts allow-pointer-lock allow-modals allow-forms; default-src 'none'; ",
        "frame-ancestors 'self', script-src 'unsafe-inline'\r\n",
        "x-frame-options: SAMEORIGIN\r\n",
        "referrer-policy: no-referrer\r\n",
        "x-content-type-options: nosniff\r\n",
        "cache-control: no-store\r\n",
        "cross-origin-resource-policy: same-origin\r\n",
    ] {
        assert!(page.contains(head), "no `{head}` in {page}");
    }
    let bare = played.ask("HEAD", &format!("{}game", played.path()), played.host());
    assert!(bare.starts_with("HTTP/1.1 200 ") && bare.ends_with("\r\n\r\n"), "{bare}");
    let (code, said) = played.end();
    assert_eq!(code, Some(0));
    assert!(said.contains("playing game.html") && said.contains("Ctrl-C stops"), "{said}");
}

#[test]
fn strangers_get_nothing() {
    let user = User::new();
    let played = Played::file(&user, &plain());
    let (host, path) = (played.host().to_owned(), played.path());
    let port = host.rsplit(':').next().unwrap();
    let local = format!("localhost:{port}");
    assert!(played.ask("GET", &path, &local).starts_with("HTTP/1.1 200 "));
    let wrong = format!("/{}/", "A".repeat(22));
    let cases = [
        ("GET", "/", host.as_str(), 404),
        ("GET", wrong.as_str(), host.as_str(), 404),
        ("GET", "/favicon.ico", host.as_str(), 404),
        ("GET", path.as_str(), "evil.example", 403),
        ("GET", path.as_str(), &format!("evil.example:{port}"), 403),
        ("GET", path.as_str(), "127.0.0.1", 403),
        ("POST", path.as_str(), host.as_str(), 405),
        ("OPTIONS", "/", host.as_str(), 405),
        ("GET", &format!("http://{host}{path}"), host.as_str(), 403),
    ];
    for (method, path, host, status) in cases {
        let answer = played.ask(method, path, host);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{method} {path} {host}: {head}");
        assert_eq!(body, "", "{method} {path} {host}");
    }
    let twice = format!("{host}\r\nHost: evil.example");
    assert!(!played.ask("GET", &path, &twice).contains("200 OK"));
}

#[test]
fn a_file_that_is_written_is_shown_and_one_that_breaks_a_rule_is_not() {
    let user = User::new();
    let played = Played::file(&user, &plain());
    let mut events = played.events();
    events.hear("\"number\":1");
    let file = user.at().join("game.html");
    std::fs::write(&file, game("Owls", "document.title = 'o';")).unwrap();
    events.hear("\"number\":2,\"note\":\"new version of game.html\",\"title\":\"Owls\"");
    assert!(played.get("game").contains("<title>Owls</title>"));
    std::fs::write(&file, game("Cats", "eval('1');")).unwrap();
    std::thread::sleep(Duration::from_millis(2_500));
    assert!(played.get("game").contains("<title>Owls</title>"));
    let (code, said) = played.end();
    assert_eq!(code, Some(0));
    assert!(said.contains("now showing new version of game.html"), "{said}");
    assert!(
        said.contains("error[no-eval]") && said.contains("still showing the previous version"),
        "{said}"
    );
}

#[test]
fn a_game_of_the_library_is_followed_and_a_version_is_not() {
    let user = User::new();
    // A number: another game for the same words.
    let make = |arguments: &[&str]| {
        let run = user.run(arguments);
        assert_eq!(run.code, 0, "{}", run.err);
    };
    make(&["new", "snake", "--offline"]);
    let played = Played::start(user.command(&["play", "1", "--no-open"]));
    let fixed = Played::start(user.command(&["play", "1.1", "--no-open"]));
    let (mut events, mut never) = (played.events(), fixed.events());
    events.hear("\"note\":\"version 1.1\"");
    never.hear("\"note\":\"version 1.1\"");
    make(&["edit", "1", "bats instead of ghosts, in space", "--offline"]);
    events.hear("\"note\":\"version 1.2\"");
    make(&["library", "undo", "1"]);
    events.hear("\"number\":3,\"note\":\"version 1.1\"");
    never.heard.clear();
    drop(never.stream.read(&mut [0; 64]));
    assert_eq!(never.heard, "", "who names a version wants that one");
}

#[test]
fn what_cannot_be_played_says_why() {
    let user = User::new();
    std::fs::write(user.at().join("bad.html"), game("Bad", "eval('1');")).unwrap();
    let refused: Run = user.run(&["play", "bad.html"]);
    assert_eq!((refused.code, refused.out.as_str()), (7, ""));
    assert!(refused.err.contains("error[no-eval]"), "{}", refused.err);
    assert!(refused.err.contains("only games that pass every check"), "{}", refused.err);
    for missing in ["none.html", "12", "12.3"] {
        let run = user.run(&["play", missing]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
    }
}

#[test]
fn over_ssh_the_address_comes_with_the_line_that_leads_to_it() {
    let user = User::new();
    std::fs::write(user.at().join("game.html"), plain()).unwrap();
    let mut command = user.command(&["play", "game.html"]);
    command.env("SSH_CONNECTION", "10.0.0.7 52622 10.0.0.9 22").env("USER", "ann");
    let played = Played::start(command);
    let port = played.host().rsplit(':').next().unwrap().to_owned();
    let (code, said) = played.end();
    assert_eq!(code, Some(0));
    let line = format!("ssh -N -L {port}:127.0.0.1:{port} ann@10.0.0.9\n");
    assert!(said.contains(&line), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_users_own_browser_is_sent_to_the_address() {
    use std::os::unix::fs::PermissionsExt;
    let user = User::new();
    std::fs::write(user.at().join("game.html"), plain()).unwrap();
    let browser = user.at().join("browser");
    let seen = user.at().join("seen");
    std::fs::write(&browser, format!("#!/bin/sh\necho \"$1\" > '{}'\n", seen.display())).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let start = |arguments: &[&str]| {
        let mut command = user.command(arguments);
        command.env("BROWSER", &browser).env("DISPLAY", ":99").env("PATH", "/usr/bin:/bin");
        Played::start(command)
    };
    drop(start(&["play", "game.html", "--no-open"]).end());
    assert!(!seen.exists());
    let played = start(&["play", "game.html"]);
    let end = Instant::now() + PATIENCE;
    while !std::fs::read_to_string(&seen).is_ok_and(|text| text.ends_with('\n')) {
        assert!(Instant::now() < end, "no browser was opened");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(std::fs::read_to_string(&seen).unwrap().trim(), played.address);
}

/// A game in the frame is a page of its own to the browser, so it is asked by its colour.
fn shows(page: &mut Page<'_>, picture: &[u8], what: &str) {
    let end = Instant::now() + PATIENCE;
    while page.screenshot() != picture {
        assert!(Instant::now() < end, "{what}: {:?}", page.problems());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// All that arrived. Chromium opens a connection before it refuses a navigation: nothing may come
/// on it.
fn said_to(outside: &TcpListener) -> String {
    let mut said = String::new();
    while let Ok((mut stream, _)) = outside.accept() {
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let mut bytes = [0; 256];
        let count = stream.read(&mut bytes).unwrap_or(0);
        said.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    said
}

fn colour(browser: &mut Browser, colour: &str) -> Vec<u8> {
    let page = format!("<!DOCTYPE html><style>html {{ background: {colour} }}</style>");
    browser.open(&page, WINDOW).screenshot()
}

#[test]
fn in_a_browser_the_game_plays_keeps_scores_and_sends_nothing() {
    let Some(mut browser) = Browser::start() else { return };
    let (green, blue) = (colour(&mut browser, "#0f0"), colour(&mut browser, "#00f"));
    let user = User::new();
    let outside = TcpListener::bind("127.0.0.1:0").unwrap();
    outside.set_nonblocking(true).unwrap();
    let there = format!("http://{}/out", outside.local_addr().unwrap());
    // What a rule had missed: each try fails, and only then the game is green.
    let script = format!(
        "localStorage.setItem('best', '7'); localStorage.last = 3;\n\
         const kept = localStorage.getItem('best') === '7' && localStorage.last === '3';\n\
         const own = {{ page: window }}, there = '{there}', call = ['fet', 'ch'].join('');\n\
         const image = Object.assign(new Image(), {{ onerror: () => tried('image') }});\n\
         const left = new Set(['image', 'call']);\n\
         function tried(what) {{\n\
           left.delete(what);\n\
           if (kept && left.size === 0) document.body.style.background = '#0f0';\n\
         }}\n\
         own.page[call](there).catch(() => tried('call'));\n\
         image['s' + 'rc'] = there;\n\
         addEventListener('keydown', () => {{ document.body.style.background = '#00f' }});\n\
         addEventListener('keyup', (event) => {{\n\
           // When the key is done with: a browser that changes pages may lose it.\n\
           if (event.code === 'KeyL') setTimeout(() => {{ own.page.location = there }}, 1000);\n\
           if (event.code === 'KeyR') setTimeout(() => location.reload(), 1000);\n\
         }});"
    );
    let played = Played::file(&user, &game("Bats", &script));
    let page = &mut browser.open("<!DOCTYPE html><p>before", WINDOW);
    page.go(&played.address);
    shows(page, &green, "it plays and keeps scores, and no call goes out");
    assert_eq!(page.evaluate("document.title + document.activeElement.localName"), "Batsiframe");
    page.press("Space");
    shows(page, &blue, "it has the keys");
    page.press("KeyR");
    shows(page, &green, "it may start over");
    page.evaluate("new Promise((done) => setTimeout(done, 400))");
    assert_eq!(page.evaluate("document.getElementById('left').hidden"), true);
    // What would leave for elsewhere is stopped, and may be started again.
    page.press("KeyL");
    page.wait_for("document.querySelector('#left').textContent.includes('tried to leave')");
    page.press("Enter");
    shows(page, &green, "it has started again");
    // A new version comes by itself, without a word to the page it stands in.
    std::fs::write(user.at().join("game.html"), plain()).unwrap();
    page.wait_for("document.getElementById('note').textContent === 'new version of game.html'");
    shows(page, &green, "the new version is on show");
    page.evaluate("new Promise((done) => setTimeout(done, 300))");
    assert_eq!(page.evaluate("location.href"), played.address.as_str());
    assert_eq!(said_to(&outside), "", "somebody called");
    let mine = format!("{}{}", "http://", played.host());
    assert!(page.requests().iter().all(|url| url.starts_with(&mine)), "{:?}", page.requests());
    assert_eq!(played.end().0, Some(0));
    page.wait_for("document.getElementById('note').textContent.includes('has quit')");
}

/// Connections that say what they are told to say, and then nothing.
fn silent(played: &Played, count: usize, words: &str) -> Vec<TcpStream> {
    let open = || {
        let mut stream = TcpStream::connect(played.host()).unwrap();
        // It may have had to give way by now.
        drop(stream.write_all(words.as_bytes()));
        stream
    };
    std::iter::repeat_with(open).take(count).collect()
}

/// More than have a place.
const CROWD: usize = 200;
const PLACES: usize = 64;

#[test]
fn a_crowd_that_says_nothing_holds_nobody_up() {
    let user = User::new();
    let played = Played::file(&user, &plain());
    let ended = format!("GET {} HTTP/1.1\r\nHost: evil.example\r\n\r\n", played.path());
    let beginnings = ["", "GET / HT", "GET /x HTTP/1.1\r\nHost: a", "\r\n", ended.as_str()];
    let mut crowds = Vec::new();
    for words in beginnings {
        crowds.push(silent(&played, CROWD, words));
        for _ in 0..3 {
            assert!(played.get("").starts_with("HTTP/1.1 200 "), "after a crowd of {words:?}");
        }
    }
    // Whoever drips is silent, too.
    for stream in crowds.iter_mut().flatten() {
        drop(stream.write_all(b"x"));
    }
    assert!(played.get("game").starts_with("HTTP/1.1 200 "));
    // No more than have a place are left: the oldest were closed, whatever they had said.
    for mut stream in crowds.into_iter().flatten().take(CROWD * 2 - PLACES) {
        let mut bytes = Vec::new();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let closed = stream.read_to_end(&mut bytes);
        assert!(closed.is_ok_and(|count| count == 0) || was_reset(&stream), "it is still open");
    }
}

/// Whether the other end has closed a connection with words unread.
fn was_reset(stream: &TcpStream) -> bool {
    use std::io::ErrorKind;
    let ended = (&*stream).read(&mut [0]);
    ended.map_or_else(|e| e.kind() != ErrorKind::WouldBlock, |count| count == 0)
}

#[test]
fn who_listens_or_is_answered_stays_in_a_crowd() {
    let user = User::new();
    let long = format!("document.title = 'x';\n/* {} */", "long ".repeat(500_000));
    let played = Played::file(&user, &game("Bats", &long));
    let mut events = played.events();
    events.hear("\"number\":1");
    let mut slow = TcpStream::connect(played.host()).unwrap();
    let request = format!(
        "GET {}game HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        played.path(),
        played.host()
    );
    slow.write_all(request.as_bytes()).unwrap();
    // It has begun to be answered, and reads no further for now.
    let mut answer = vec![0; 1];
    slow.read_exact(&mut answer).unwrap();
    let crowd = silent(&played, CROWD, "GET / HT");
    assert!(played.get("").starts_with("HTTP/1.1 200 "));
    slow.read_to_end(&mut answer).unwrap();
    assert!(answer.ends_with(b"</html>\n"), "the answer was cut off");
    std::fs::write(user.at().join("game.html"), plain()).unwrap();
    events.hear("\"number\":2");
    drop(crowd);
}

#[test]
fn where_all_listen_a_newcomer_waits_for_a_place() {
    let user = User::new();
    let played = Played::file(&user, &plain());
    let mut listeners: Vec<_> = (0..PLACES).map(|_| played.events()).collect();
    for listener in &mut listeners {
        listener.hear("\"number\":1");
    }
    std::thread::scope(|scope| {
        let newcomer = scope.spawn(|| played.get(""));
        drop(listeners.pop());
        assert!(newcomer.join().unwrap().starts_with("HTTP/1.1 200 "));
    });
    std::fs::write(user.at().join("game.html"), game("Owls", "document.title = 'o';")).unwrap();
    for listener in &mut listeners {
        listener.hear("\"number\":2");
    }
}

#[test]
fn every_answer_takes_what_no_game_needs() {
    let user = User::new();
    let played = Played::file(&user, &plain());
    let mut events = played.events();
    events.hear("\"number\":1");
    let path = played.path();
    let answers = [
        played.get(""),
        played.get("game"),
        played.get("nothing"),
        played.ask("GET", &path, "evil.example"),
        played.ask("POST", &path, played.host()),
        played.ask("HEAD", &format!("{path}events"), played.host()),
        events.heard,
    ];
    for answer in answers {
        for head in [
            "connection-allowlist: (response-origin)\r\n",
            "cross-origin-opener-policy: same-origin\r\n",
            "x-dns-prefetch-control: off\r\n",
            "camera=()",
            "loopback-network=()",
            "gamepad=*",
        ] {
            assert!(answer.contains(head), "no `{head}` in {answer}");
        }
    }
}

#[test]
fn in_a_browser_the_game_may_use_what_it_needs_and_no_error_is_logged() {
    let Some(mut browser) = Browser::start() else { return };
    let green = colour(&mut browser, "#0f0");
    let user = User::new();
    let script = "const policy = document['featurePolicy'];\n\
        const may = ['fullscreen', 'gamepad'].every((name) => policy.allowsFeature(name));\n\
        const none = ['camera', 'usb', 'language-model', 'local-network-access', 'unload']\n\
          .every((name) => !policy.allowsFeature(name));\n\
        if (may && none) document.body.style.background = '#0f0';";
    let played = Played::file(&user, &game("Bats", script));
    let page = &mut browser.open("<!DOCTYPE html><p>before", WINDOW);
    page.go(&played.address);
    shows(page, &green, "it may what it needs, and nothing else");
    let policy = "['camera', 'geolocation', 'loopback-network', 'serial', 'sync-xhr']\
                  .some((name) => document.featurePolicy.allowsFeature(name))";
    assert_eq!(page.evaluate(policy), false);
    assert_eq!(page.problems(), [""; 0]);
    // Opened alone it has the same, and its head is no worse.
    page.go(&format!("{}game", played.address));
    shows(page, &green, "the game alone");
    assert_eq!(page.problems(), [""; 0]);
}
