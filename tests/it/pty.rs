//! Does the real terminal survive? The real binary in a pseudo-terminal, read
//! through a terminal emulator.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::cli::example;
use crate::fake::{Answer, Hub, body};

const SIZE: PtySize = PtySize { rows: 30, cols: 120, pixel_width: 0, pixel_height: 0 };
/// A play-test takes twenty seconds on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A shell in a terminal that runs one program and then looks at the terminal.
pub struct Session {
    master: Option<Box<dyn MasterPty + Send>>,
    shell: Box<dyn Child + Send + Sync>,
    keys: Option<Box<dyn Write + Send>>,
    output: Receiver<Vec<u8>>,
    pub raw: Vec<u8>,
    pub screen: vt100::Parser,
    pub folder: tempfile::TempDir,
}

impl Session {
    /// Runs `program` with the modes of the terminal noted before and after.
    fn start(program: &Path, arguments: &str, env: &[(&str, String)]) -> Self {
        let script = format!(
            "stty -g > before; '{}' {arguments}; echo $? > code; stty -g > after",
            program.display()
        );
        Self::script(&script, env)
    }

    /// Runs a script of the shell; `after` is what it writes last.
    pub fn script(script: &str, env: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pty = native_pty_system().openpty(SIZE).unwrap();
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", script]);
        command.cwd(folder.path());
        command.env_clear();
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.env("TERM", "xterm-256color");
        command.env("HOME", folder.path());
        command.env("CODEAGENT_LOCAL_PORTS", "none");
        for (name, value) in env {
            command.env(name, value);
        }
        let shell = pty.slave.spawn_command(command).unwrap();
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (send, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                // After the test nobody listens; the terminal is still to be emptied.
                drop(send.send(buffer[..length].to_vec()));
            }
        });
        Self {
            keys: Some(pty.master.take_writer().unwrap()),
            master: Some(pty.master),
            shell,
            output,
            raw: Vec::new(),
            screen: vt100::Parser::new(SIZE.rows, SIZE.cols, 0),
            folder,
        }
    }

    pub fn codeagent(arguments: &str, env: &[(&str, String)]) -> Self {
        Self::start(Path::new(env!("CARGO_BIN_EXE_codeagent")), arguments, env)
    }

    fn asking(hub: &Hub) -> Self {
        let token = ("HF_TOKEN", "hf_testtesttesttest".to_owned());
        Self::codeagent("--no-play-test", &[("CODEAGENT_BASE_URL", hub.url()), token])
    }

    pub fn press(&mut self, keys: &str) -> &mut Self {
        self.keys.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
        self
    }

    /// Reads until the screen shows `text`.
    pub fn sees(&mut self, text: &str) -> &mut Self {
        self.until(&format!("`{text}` is seen"), |session| {
            session.screen.screen().contents().contains(text)
        })
    }

    pub fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) -> &mut Self {
        let deadline = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < deadline, "{what}: {}", self.screen.screen().contents());
            if let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(50)) {
                self.screen.process(&bytes);
                self.raw.extend(bytes);
            }
        }
        self
    }

    pub fn file(&self, name: &str) -> Option<String> {
        let text = std::fs::read_to_string(self.folder.path().join(name)).ok()?;
        text.ends_with('\n').then(|| text.trim().to_owned())
    }

    /// Waits for the end and checks that the terminal is as it was.
    pub fn ends_with(&mut self, code: &str) {
        self.until("the program ends", |session| session.file("after").is_some());
        self.drain();
        assert_eq!(self.file("code").as_deref(), Some(code), "{}", self.screen.screen().contents());
        assert_eq!(self.file("before"), self.file("after"), "the line discipline has changed");
        self.is_given_back();
    }

    /// Takes what is still on its way.
    pub fn drain(&mut self) {
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(300)) {
            self.screen.process(&bytes);
            self.raw.extend(bytes);
        }
    }

    /// Every private mode that was touched, and whether it was set (`h`) or reset (`l`) last.
    pub fn modes(&self) -> BTreeMap<String, char> {
        let raw = String::from_utf8_lossy(&self.raw);
        let sequences = raw.split("\x1b[?").skip(1).filter_map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            let last = rest[end..].chars().next().filter(|last| ['h', 'l'].contains(last))?;
            Some((rest[..end].to_owned(), last))
        });
        sequences.collect()
    }

    /// The terminal is as the program has found it.
    pub fn is_given_back(&self) {
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen(), "still on the other screen");
        assert!(!screen.bracketed_paste(), "paste is still bracketed");
        assert!(!screen.hide_cursor(), "the cursor is gone");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        for (mode, last) in self.modes() {
            let before = if mode == "25" { 'h' } else { 'l' };
            assert_eq!(last, before, "mode {mode} is not as it was");
        }
        let raw = String::from_utf8_lossy(&self.raw);
        let count = |what: &str| raw.matches(what).count();
        assert_eq!(count("\x1b[>1u"), count("\x1b[<1u"), "the keys are still Kitty's");
        assert_eq!(count("\x1b[22;2t"), count("\x1b[23;2t"), "the title is not the old one");
    }

    /// The program under the shell.
    pub fn signal(&self, name: &str) {
        let shell = self.shell.process_id().unwrap();
        let done = std::process::Command::new("pkill")
            .args([&format!("-{name}"), "-P", &shell.to_string()])
            .status()
            .unwrap();
        assert!(done.success());
    }
}

/// Keys that come in one go, as over a slow line: each is for what the one before it opened.
#[test]
fn keys_that_come_together_go_where_they_are_meant_for() {
    let mut session = Session::codeagent("--no-play-test", &[]);
    session.sees("Welcome").press("a snake\x07").sees("✓ saved to the library as");
    session.press("\x1b4gzG").sees("▸4 Preview").sees("</html>");
    session.until("nothing is typed", |it| !it.screen.screen().contents().contains("chars"));
    session.press("\x12sna").sees("/ sna").press("\x12\x1b[20~quit\r").ends_with("0");
}

#[test]
fn quitting_restores_every_mode() {
    let mut session = Session::codeagent("", &[]);
    session.sees("idle");
    assert!(
        session.screen.screen().alternate_screen() && session.screen.screen().bracketed_paste()
    );
    session.press("\x11").ends_with("0");
}

#[test]
fn a_panic_restores_every_mode_and_can_be_read() {
    let mut session = Session::start(&example("panics"), "", &[]);
    session.ends_with("101");
    let set = session.modes();
    for mode in ["1049", "2004", "1004", "1000", "1002", "1006", "25"] {
        assert!(set.contains_key(mode), "mode {mode} was never set");
    }
    assert!(String::from_utf8_lossy(&session.raw).contains("\x1b[>1u"));
    session.sees("a defect, on purpose");
}

#[test]
fn signals_restore_every_mode() {
    for name in ["TERM", "HUP", "INT"] {
        let mut session = Session::codeagent("", &[]);
        session.sees("idle").signal(name);
        session.ends_with("130");
    }
}

/// A terminal whose every end is in another process, which can be killed.
fn terminal_elsewhere(command: &str, home: &Path) -> std::process::Child {
    let mut terminal = std::process::Command::new("script");
    terminal.args(["-qc", command, "/dev/null"]).env("HOME", home).env("TERM", "xterm-256color");
    terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_terminal_that_goes_away_ends_the_program() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = terminal_elsewhere(env!("CARGO_BIN_EXE_codeagent"), home.path());
    let mut first = [0; 1];
    terminal.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    let programs = descendants(terminal.id());
    assert!(!programs.is_empty());
    terminal.kill().unwrap();
    terminal.wait().unwrap();
    let gone = |pid: &u32| !Path::new(&format!("/proc/{pid}/exe")).exists();
    let deadline = Instant::now() + PATIENCE;
    while !programs.iter().all(gone) {
        assert!(Instant::now() < deadline, "it runs on without a terminal");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// As under `nohup`: no signal tells of it, and nothing can be said to anybody.
#[test]
fn a_terminal_that_goes_away_without_a_signal_takes_no_word_with_it() {
    let home = tempfile::tempdir().unwrap();
    let code = home.path().join("code");
    let program = env!("CARGO_BIN_EXE_codeagent");
    let command = format!(
        "stty rows 30 cols 100; trap '' HUP; {program} --home {0}; echo $? > {0}/code",
        home.path().display()
    );
    let mut terminal = terminal_elsewhere(&command, home.path());
    let mut drawn = Vec::new();
    let mut out = terminal.stdout.take().unwrap();
    let mut sees = |word: &str| {
        while !String::from_utf8_lossy(&drawn).contains(word) {
            let mut byte = [0; 1];
            out.read_exact(&mut byte).unwrap();
            drawn.extend(byte);
        }
    };
    sees("offline");
    terminal.stdin.as_mut().unwrap().write_all(b"moths").unwrap();
    sees("moths");
    terminal.kill().unwrap();
    terminal.wait().unwrap();
    let deadline = Instant::now() + PATIENCE;
    let ended = || std::fs::read_to_string(&code).ok().filter(|text| text.ends_with('\n'));
    while ended().is_none() {
        assert!(Instant::now() < deadline, "it runs on without a terminal");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(ended().as_deref(), Some("9\n"));
    let draft = std::fs::read_to_string(home.path().join("prompt.txt")).unwrap();
    assert_eq!(draft.trim_end(), "moths");
}

fn descendants(parent: u32) -> Vec<u32> {
    let path = format!("/proc/{parent}/task/{parent}/children");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let children = text.split_whitespace().map(|pid| pid.parse().unwrap());
    children.flat_map(|child| descendants(child).into_iter().chain([child])).collect()
}

#[test]
fn a_prompt_becomes_a_saved_game_by_keys_alone() {
    let mut session = Session::codeagent("--no-play-test", &[]);
    session.sees("offline composer").press("a snake game where ghosts steal your tail");
    session.sees("41 chars").press("\x07").sees("✓ safe").press("\x13");
    session.sees("saved").press("\x11").ends_with("0");
    let saved = session.screen.screen().contents();
    let name = saved.lines().rfind(|line| line.contains(".html")).unwrap().to_owned();
    let html = std::fs::read_to_string(session.folder.path().join(name)).unwrap();
    assert!(html.contains("Content-Security-Policy"));
}

#[test]
fn a_game_is_played_from_the_screen_and_its_server_ends_with_it() {
    let mut session = Session::codeagent("--no-play-test", &[]);
    session.sees("offline composer").press("\x0f").sees("no finished game to play");
    session.press("a snake game\x07").sees("saved to the library as").press("\x0f");
    session.sees("playing at http://127.0.0.1:");
    let screen = session.screen.screen().contents();
    let address = screen.split("playing at http://").nth(1).unwrap();
    let (host, rest) = address.split_once('/').unwrap();
    let secret = rest.split('/').next().unwrap();
    let request = format!("GET /{secret}/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("<iframe sandbox"), "{answer}");
    session.press("\x11").ends_with("0");
    assert!(std::net::TcpStream::connect(host).is_err(), "the server goes on");
}

#[test]
fn a_game_is_played_and_its_picture_is_on_the_screen() {
    if crate::play::lab().is_none() {
        return;
    }
    let mut session = Session::codeagent("", &browser_env());
    session.sees("offline composer").press("a snake game\x07").sees("◐ play-test");
    // The tab comes by itself when the game was played.
    session.sees("✓ responds to ");
    session.sees("✓ complete  ✓ loads  ✓ visible  ✓ alive  ✓ responds  ✓ lasts");
    session.until("the picture is there", |session| picture(session).len() > 20);
    // It moves for four seconds, once, and then stands still.
    let seen = std::cell::RefCell::new(std::collections::BTreeSet::new());
    session.until("it moves", |session| {
        seen.borrow_mut().insert(picture(session));
        seen.borrow().len() >= 5
    });
    std::thread::sleep(Duration::from_secs(5));
    session.drain();
    let before = session.raw.len();
    std::thread::sleep(Duration::from_secs(1));
    session.drain();
    assert_eq!(session.raw.len(), before, "something still moves");
    session.press("\x1bp").sees("</html>").press("\x11").ends_with("0");
}

#[test]
fn without_animations_a_picture_stands_still() {
    if crate::play::lab().is_none() {
        return;
    }
    let program = env!("CARGO_BIN_EXE_codeagent");
    let script = format!(
        "mkdir -p .config/codeagent; echo 'animations = false' > .config/codeagent/config.toml; \
         stty -g > before; {program}; echo $? > code; stty -g > after"
    );
    let mut session = Session::script(&script, &browser_env());
    session.sees("offline composer").press("a snake game\x07").sees("✓ responds to ");
    session.until("the picture is there", |session| picture(session).len() > 20);
    session.drain();
    let (still, before) = (picture(&session), session.raw.len());
    std::thread::sleep(Duration::from_secs(2));
    session.drain();
    assert!(picture(&session) == still && session.raw.len() == before, "something moves");
    session.press("\x11").ends_with("0");
}

/// The browser that was named for the tests, for a program whose environment is empty.
fn browser_env() -> Vec<(&'static str, String)> {
    let named = std::env::var("CODEAGENT_BROWSER").ok();
    named.map(|named| ("CODEAGENT_BROWSER", named)).into_iter().collect()
}

/// The cells of the picture on the screen, with their colours.
fn picture(session: &Session) -> Vec<String> {
    let screen = session.screen.screen();
    let cells = (0..SIZE.rows).flat_map(|row| (0..SIZE.cols).map(move |column| (row, column)));
    let cells = cells.filter_map(|(row, column)| screen.cell(row, column));
    let cells = cells.filter(|cell| ["▀", "▄"].contains(&cell.contents()));
    cells
        .map(|cell| format!("{}{:?}{:?}", cell.contents(), cell.fgcolor(), cell.bgcolor()))
        .collect()
}

#[test]
fn a_terminal_that_answers_is_asked_and_no_key_is_lost() {
    let mut session = Session::codeagent("", &[]);
    session.until("the question has come", |session| {
        session.raw.windows(5).any(|bytes| bytes == b"\x1b[16t")
    });
    session.press("a b\x1b_Gi=31;OK\x1b\\at \x1b[6;20;10t\x1b[?62;4cin").sees("a bat in");
    session.press("\x11").ends_with("0");
    let mut deaf = Session::codeagent("", &[]);
    deaf.sees("idle").press("owls").sees("owls");
    // An answer that comes long after is not typed.
    std::thread::sleep(Duration::from_millis(300));
    deaf.press("\x1b_Gi=31;OK\x1b\\\x1b[?62;4c!").sees("owls!").press("\x11").ends_with("0");
    let mut quiet = Session::codeagent("--no-play-test", &[]);
    quiet.sees("idle").press("\x11").ends_with("0");
    assert!(!quiet.raw.windows(5).any(|bytes| bytes == b"\x1b[16t"), "no picture, no question");
}

#[test]
fn a_countdown_is_seen_skipped_and_stopped() {
    let loading = Answer::status(503).json(r#"{"error":"Model is loading","estimated_time":30}"#);
    let hub = Hub::start(vec![loading]);
    let mut session = Session::asking(&hub);
    session.sees("idle").press("bats\x07");
    session.sees("waiting: the model is still loading").sees("(2 of 5)");
    // From the editor with Alt, from the status pane with the letter alone.
    session.press("\x1b[24~").sees("(3 of 5)");
    session.press("\x1b2").sees("▸2 Status").press("r").sees("(4 of 5)");
    session.press("\x1b").sees("Esc again to stop").press("\x1b").sees("✗ cancelled");
    assert_eq!(hub.posts().len(), 3);
    session.press("\x11").ends_with("0");
}

#[test]
fn stopping_a_stream_closes_its_connection() {
    let hub = Hub::start(vec![Answer::chat_stream(body::GAME).rate(20)]);
    let mut session = Session::asking(&hub);
    session.sees("idle").press("bats\x07").sees("◐ stream");
    session.press("\x1b").sees("Esc again to stop").press("\x1b").sees("✗ cancelled");
    assert!(hub.wait_for_hang_up(0, Duration::from_secs(2)), "the connection stayed open");
    session.sees("draft:").press("\x11").ends_with("0");
}

#[test]
fn a_new_game_is_made_beside_the_one_that_is_being_made() {
    let text = format!("```html\n{}\n```\n", body::GAME);
    let hub = Hub::start(vec![
        Answer::chat_stream(body::GAME).rate(20),
        Answer::chat_stream(&text),
        Answer::chat_stream(&text.replace("speed = 2", "speed = 3")),
    ]);
    let mut session = Session::asking(&hub);
    session.sees("idle").press("bats\x07").sees("◐ stream");
    session.press(F8).sees("makes a new game").press("owls\x07");
    session.sees("saved to the library as").sees("◐ making");
    // What is in front is changed, and the other goes on meanwhile.
    session.press("louder\x07").sees("version 1.2").sees("◐ making");
    let asked = hub.posts()[2].json()["messages"].to_string();
    assert!(asked.contains("louder") && !asked.contains("bats"), "{asked}");
    session.press("\x1b").sees("Esc again to stop").press("\x1b").sees("“bats”: cancelled");
    assert!(hub.wait_for_hang_up(0, Duration::from_secs(2)), "the connection stayed open");
    session.press("\x11").ends_with("0");
}

#[test]
fn a_hostile_server_leaves_the_terminal_as_it_was() {
    let hostile = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}[?1003h\u{9b}31m\u{202e}";
    let error = serde_json::json!({ "error": hostile }).to_string();
    let reply = format!("{hostile}\n<!doctype html>\n{hostile}<script>1</script>");
    let hub = Hub::start(vec![
        Answer::status(503).header("retry-after", "0").json(error),
        Answer::chat_stream(&reply).header("x-inference-provider", "north"),
    ]);
    let mut session = Session::asking(&hub);
    session.sees("idle").press("bats\x07").sees("draft:");
    session.press("\x11").ends_with("0");
    let raw = String::from_utf8_lossy(&session.raw);
    assert!(!raw.contains("]0;owned\u{7}") && !raw.contains("\u{1b}[?1003h"));
    assert!(!raw.contains('\u{202e}') && !raw.contains('\u{9b}'));
}

#[test]
fn what_was_typed_is_there_the_next_time() {
    let mut session = Session::codeagent("", &[]);
    session.sees("idle").press("a maze of bats").sees("14 chars");
    session.press("\x11").ends_with("0");
    let home = ("HOME", session.folder.path().to_string_lossy().into_owned());
    let mut again = Session::codeagent("", &[home]);
    again.sees("a maze of bats").press("\x11").ends_with("0");
}

#[test]
fn resizing_is_drawn_and_a_tiny_terminal_still_quits() {
    let mut session = Session::codeagent("", &[]);
    session.sees("idle");
    for (cols, rows) in [(80, 24), (40, 12), (20, 5)] {
        let size = PtySize { rows, cols, ..SIZE };
        session.screen.screen_mut().set_size(rows, cols);
        session.master.as_ref().unwrap().resize(size).unwrap();
        let expected = if cols < 40 { "too small" } else { "codeagent" };
        session.sees(expected);
    }
    session.press("\x11").ends_with("0");
}

const F4: &str = "\x1bOS";
const F8: &str = "\x1b[19~";

#[test]
fn another_model_is_chosen_by_keys_alone() {
    let text = format!("```html\n{}\n```\n", body::GAME);
    let hub = Hub::start(vec![Answer::chat_stream(&text)]);
    let mut session = Session::asking(&hub);
    session.sees("idle").press(F4).sees("acme/coder-small");
    session.press("large").sees("1 of 1").press("\r").sees("the server's choice");
    session.press("\r").sees("▸[no]   yes");
    // Nobody decides that fast.
    session.press("y\r");
    std::thread::sleep(Duration::from_millis(600));
    session.press("y").sees("  no  ▸[yes]").press("\r").sees("acme/coder-large · 127.0.0.1");
    session.press("lights\x07").sees("saved to the library as");
    assert_eq!(hub.posts()[0].json()["model"], "acme/coder-large");
    session.press("\x11").ends_with("0");
}

#[test]
fn keys_of_shells_and_editors_send_and_open_nothing() {
    let hub = Hub::start(vec![]);
    let mut session = Session::asking(&hub);
    session.sees("idle").press("lamps and moths");
    let moves = ["\x1bb", "\x1bf", "\x01", "\x05", "\x02", "\x06", "\x0e", "\x10", "\x1b[1;5D"];
    for key in moves {
        session.press(key);
    }
    session.sees("lamps and moths");
    // They kill, and bring back.
    for key in ["\x05", "\x17", "\x1b\x7f", "\x15", "\x19", "\x01", "\x0b", "\x19", "\x1bd", "\x14"]
    {
        session.press(key);
    }
    session.press("owls").sees("owls").sees("idle").sees("3 Prompt");
    assert!(!session.screen.screen().contents().contains("Esc closes"));
    session.press("\x11").ends_with("0");
    assert!(hub.posts().is_empty(), "something was sent");
}

#[test]
fn the_credits_are_asked_for_by_a_key_alone() {
    let hub = Hub::start(vec![]);
    let token = ("HF_TOKEN", "hf_testtesttesttest".to_owned());
    let env = [("CODEAGENT_BASE_URL", hub.url()), ("HF_ENDPOINT", hub.root()), token];
    let mut session = Session::codeagent("--no-play-test", &env);
    session.sees("idle");
    assert!(hub.requests().is_empty(), "nobody is asked before");
    session.press("\tc").sees("spent $0.012 of $0.10 (HuggingFace, ");
    session.press("\x11").ends_with("0");
}

#[test]
fn who_waits_for_the_doctor_is_told_what_for() {
    let hang = Answer::status(200).after(Duration::from_mins(1)).at("/v1/models");
    let hub = Hub::start(vec![hang]);
    let token = ("HF_TOKEN", "hf_testtesttesttest".to_owned());
    let env = [("CODEAGENT_BASE_URL", hub.url()), ("HF_ENDPOINT", hub.root()), token];
    let mut session = Session::codeagent("doctor", &env);
    session.sees("checking servers, library and browser").sees("no response for 3 s");
    let screen = session.screen.screen().contents();
    assert!(!screen.contains("checking servers"), "the line is gone when all is told: {screen}");
    session.ends_with("5");
}

/// What is sent, and when: by Enter alone, and as it was written.
#[test]
fn enter_sends_and_what_was_sent_is_there_after_quitting_and_after_a_kill() {
    let text = format!("```html\n{}\n```\n", body::GAME);
    let hub = Hub::start(vec![
        Answer::chat_stream(&text),
        Answer::chat_stream(&text.replace("speed = 2", "speed = 3")).rate(20),
    ]);
    let home = tempfile::tempdir().unwrap();
    let start = || {
        let token = ("HF_TOKEN", "hf_testtesttesttest".to_owned());
        let home = ("HOME", home.path().display().to_string());
        Session::codeagent("--no-play-test", &[("CODEAGENT_BASE_URL", hub.url()), token, home])
    };
    let mut session = start();
    session.sees("Enter send").press("bats\nat night").sees("at night");
    // A paste with line ends, and keys that move, send nothing.
    session.press("\x1b[200~ or\nday\x1b[201~").sees("day").press("\x1b[A\x1b[D\x1b[B");
    assert!(hub.posts().is_empty(), "something was sent");
    session.press("\r").sees("▸ bats at night or day").sees("✓ saved to the library as");
    let asked = hub.posts()[0].json()["messages"].to_string();
    assert!(asked.contains("bats\\nat night or\\nday"), "{asked}");
    session.press("\x1b[A").sees("at night or").press("\x03");
    session.press("faster\r").sees("◐ stream").press("louder\r").sees("▹ louder");
    session.press("\x1b").sees("Esc again to stop").press("\x1b").sees("held · ^G goes on");
    assert_eq!(hub.posts().len(), 2, "a stop starts nothing");
    session.press("\x11").ends_with("0");
    // The next start has the session, its game, and the prompts that made none.
    let mut again = start();
    again.sees("▸ bats at night or day").sees("changes Lantern").sees("louder");
    again.signal("KILL");
    let mut after = start();
    after.sees("▸ bats at night or day").sees("●v1").sees("louder").press("\x11").ends_with("0");
    assert_eq!(hub.posts().len(), 2);
}
