//! Does the command line keep its word? The real binary against a real socket.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::fake::{Answer, Hub, body};

/// The program of an example, built where it is not: not every selection of tests builds examples.
pub fn example(name: &str) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--example", name]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    // The tests' own cargo has set these. A build script that watches one of them would run again, and
    // a third of the crates would be built anew, here and by whatever cargo runs next.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|prefix| text.starts_with(prefix)) {
            cargo.env_remove(name);
        }
    }
    assert!(cargo.status().unwrap().success());
    Path::new(env!("CARGO_BIN_EXE_codeagent")).with_file_name("examples").join(name)
}

/// A user with an empty home, in an empty folder.
pub struct User {
    folder: tempfile::TempDir,
}

impl User {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn at(&self) -> &Path {
        self.folder.path()
    }

    /// The program with nothing of this machine's own environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_codeagent"));
        let path = std::env::temp_dir();
        command.args(arguments).current_dir(self.at()).env_clear();
        command.env("HOME", self.at().join("home")).env("TMPDIR", path);
        // What runs on the machine of the tests is no matter of theirs.
        command.env("CODEAGENT_LOCAL_PORTS", "none");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).stdin(Stdio::null()).output().unwrap())
    }

    /// The same with a token, against this server.
    pub fn ask(&self, hub: &Hub, arguments: &[&str]) -> Run {
        let mut command = self.command(arguments);
        command.env("HF_TOKEN", "hf_testtesttesttest").env("CODEAGENT_BASE_URL", hub.url());
        Run::of(command.stdin(Stdio::null()).output().unwrap())
    }

    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.at()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name != "home").collect();
        names.sort();
        names
    }

    fn drafts(&self) -> Vec<String> {
        let at = self.at().join("home/.local/share/codeagent/drafts");
        let Ok(entries) = std::fs::read_dir(at) else { return Vec::new() };
        entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.at().join(name)).unwrap()
    }
}

/// How a run ended.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it exits by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).expect("one JSON object and nothing else")
    }
}

fn game() -> Answer {
    Answer::chat_stream(&format!("Here it is:\n```html\n{}\n```\nHave fun!", body::GAME))
}

#[test]
fn a_prompt_is_made_full_and_printed_and_nothing_is_made() {
    let user = User::new();
    let full = user.run(&["new", "--offline", "--improve", "a snake in the sea"]);
    assert_eq!((full.code, full.err.as_str()), (0, ""));
    assert!(full.out.starts_with("a snake in the sea\nGoal: "), "{}", full.out);
    assert_eq!(full.out.lines().count(), 6, "{}", full.out);
    assert_eq!(std::fs::read_dir(user.at()).unwrap().count(), 0, "nothing is made");
    let made = user.run(&["new", "--offline", full.out.trim(), "-o", "snake.html"]);
    assert!(made.code == 0 && !made.err.contains("not understood"), "{}", made.err);
    let change = user.run(&["edit", "snake.html", "--improve", "faster"]);
    assert!(change.code == 2 && change.err.contains("new --improve"), "{}", change.err);
    let empty = user.run(&["new", "--improve", " "]);
    assert!(empty.code == 2 && empty.err.contains("the prompt is empty"), "{}", empty.err);
}

#[test]
fn pictures_and_sounds_of_ones_own_are_in_the_game_and_stay() {
    let user = User::new();
    std::fs::write(user.at().join("ship.png"), b"\x89PNG\r\n\x1a\n, or so").unwrap();
    std::fs::write(user.at().join("laser.wav"), b"RIFF....WAVE, or so").unwrap();
    let own = ["--asset", "ship.png", "--asset", "laser.wav", "-o", "game.html"];
    let made = user.run(&[&["new", "--offline", "space invaders"], own.as_slice()].concat());
    assert!(
        made.code == 0 && made.err.contains("ship.png is you · laser.wav is heard"),
        "{}",
        made.err
    );
    let holds_both = || {
        let page = std::fs::read_to_string(user.at().join("game.html")).unwrap();
        page.contains("data:image/png;base64,iVBOR") && page.contains("data:audio/wav;base64,UklGR")
    };
    assert!(holds_both());
    let changed = user.run(&["edit", "game.html", "faster"]);
    assert!(changed.code == 0 && changed.err.contains("ship.png is you"), "{}", changed.err);
    assert!(holds_both(), "a change keeps them");
}

#[test]
fn what_is_no_picture_or_sound_for_a_game_is_told_before_anything_is_made() {
    let user = User::new();
    std::fs::write(user.at().join("ship.png"), "<svg/>").unwrap();
    std::fs::write(
        user.at().join("large.png"),
        [b"\x89PNG\r\n\x1a\n".as_slice(), &vec![0; 200_000]].concat(),
    )
    .unwrap();
    let refused = |file: &str, engine: &[&str]| {
        let run = user.run(&[&["new", "snake", "--asset", file, "-o", "-"], engine].concat());
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
        run.err
    };
    assert!(refused("ship.png", &["--offline"]).contains("--asset ship.png: it is no PNG"));
    assert!(refused("large.png", &["--offline"]).contains("more than 200 kB"));
    assert!(refused("none.png", &["--offline"]).contains("--asset none.png: "));
    assert!(refused(".", &["--offline"]).contains("it is not a file"));
    let model = refused("large.png", &["--base-url", "http://127.0.0.1:9/v1", "--model", "m"]);
    assert!(model.contains("--offline has the composer make the game"), "{model}");
}

#[test]
fn offline_makes_a_game_without_a_token_or_a_network() {
    let user = User::new();
    let run = user.run(&["new", "a snake game where ghosts steal your tail", "-o", "snake.html"]);
    assert_eq!((run.code, run.out.as_str()), (0, "snake.html\n"));
    assert!(run.err.contains("no HuggingFace token was found"), "{}", run.err);
    let html = user.read("snake.html");
    assert!(html.contains("Content-Security-Policy") && html.ends_with("</html>\n"));
}

#[test]
fn the_same_prompt_and_seed_make_the_same_bytes() {
    let user = User::new();
    let make = |seed: &str| user.run(&["new", "breakout", "-o", "-", "--seed", seed, "-q"]).out;
    assert_eq!(make("1"), make("1"));
    assert!(make("1").ends_with("</html>\n"));
}

#[test]
fn without_a_file_the_title_names_it_and_nothing_is_written_over() {
    let user = User::new();
    let hub = Hub::start(vec![game()]);
    let first = user.ask(&hub, &["new", "lights"]);
    let second = user.ask(&hub, &["new", "lights"]);
    assert_eq!((first.code, second.code), (0, 0));
    assert_eq!(user.files(), ["lantern-2.html", "lantern.html"]);
    assert_eq!((first.out.as_str(), second.out.as_str()), ("lantern.html\n", "lantern-2.html\n"));
}

#[test]
fn an_existing_file_stays_unless_it_is_forced() {
    let user = User::new();
    std::fs::write(user.at().join("x.html"), "mine").unwrap();
    let run = user.run(&["new", "dodge", "-o", "x.html"]);
    assert_eq!((run.out.as_str(), user.read("x.html").as_str()), ("x-2.html\n", "mine"));
    let run = user.run(&["new", "dodge", "-o", "x.html", "--force"]);
    assert_eq!(run.out, "x.html\n");
    assert_ne!(user.read("x.html"), "mine");
    assert_eq!(user.files(), ["x-2.html", "x.html"], "no temporary file is left");
}

#[test]
fn an_outage_is_sat_out_and_told() {
    let user = User::new();
    let hub = Hub::start(vec![
        Answer::status(503).json(r#"{"error":"Model is loading","estimated_time":2.0}"#),
        Answer::status(503).body("starting"),
        Answer::status(429).header("retry-after", "1").json(r#"{"error":"slow down"}"#),
        game(),
    ]);
    let run = user.ask(&hub, &["new", "lights", "--json"]);
    let json = run.json();
    assert_eq!((run.code, &json["ok"]), (0, &Value::Bool(true)));
    let attempts = json["attempts"].as_array().unwrap();
    let told: Vec<_> = attempts
        .iter()
        .map(|attempt| (attempt["status"].as_u64().unwrap(), attempt["cause"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(503, "loading"), (503, "busy"), (429, "limited")]);
    let waited: Vec<_> = attempts.iter().map(|a| a["waited_ms"].as_u64().unwrap()).collect();
    assert!(waited[0] >= 2_000 && waited[1] >= 2_000 && waited[2] >= 1_000, "{waited:?}");
    assert_eq!(hub.posts().len(), 4);
    assert_eq!(json["game"]["path"], "lantern.html");
    assert_eq!(json["provider"], "north");
    assert!(json["usage"]["completion_tokens"].as_u64().unwrap() > 0);
    assert!(run.err.contains("waiting 2 s, then attempt 2 of 5"), "{}", run.err);
}

#[test]
fn failures_that_pass_end_with_five_and_a_cause() {
    let user = User::new();
    let hub = Hub::start(vec![Answer::status(502).header("retry-after", "0").body("bad gateway")]);
    let run = user.ask(&hub, &["new", "lights"]);
    assert_eq!((run.code, hub.posts().len()), (5, 5));
    let sentence = "overloaded or failing (HTTP 502), after 5 attempts: bad gateway";
    assert!(run.err.contains(sentence), "{}", run.err);
    assert!(run.out.is_empty() && user.files().is_empty());
}

#[test]
fn refusals_are_asked_once_and_name_a_remedy() {
    let cases = [
        (401, 3, "HF_TOKEN"),
        (402, 4, "settings/billing"),
        (403, 3, "inference.serverless.write"),
        (404, 10, "--model"),
        (410, 10, "router.huggingface.co"),
        (422, 10, "Change what the message names"),
    ];
    for (status, code, remedy) in cases {
        let user = User::new();
        let hub = Hub::start(vec![Answer::status(status).json(r#"{"error":"no"}"#)]);
        let run = user.ask(&hub, &["new", "lights"]);
        assert_eq!((run.code, hub.posts().len()), (code, 1), "HTTP {status}: {}", run.err);
        assert!(run.err.contains(remedy), "HTTP {status}: {}", run.err);
    }
}

#[test]
fn a_cut_stream_is_a_draft_and_never_a_game() {
    let user = User::new();
    let hub = Hub::start(vec![game().cut_after(3_000)]);
    let run = user.ask(&hub, &["new", "lights", "--json"]);
    let json = run.json();
    assert_eq!((run.code, json["error"]["exit_code"].as_i64()), (6, Some(6)));
    assert!(user.files().is_empty());
    assert!(user.drafts()[0].contains("<html"));
    assert!(json["draft"].as_str().unwrap().ends_with("lights.txt"));
    assert_eq!(hub.posts().len(), 3, "it is asked to go on twice, and never from the start");
    let turns = hub.posts()[1].json()["messages"].as_array().unwrap().len();
    assert_eq!(turns, 4, "rules, wish, the part that came, and the wish for its rest");
}

#[test]
fn a_cut_stream_is_whole_again_with_its_rest() {
    let user = User::new();
    let line = body::GAME.find("  const ").unwrap();
    let first = Answer::chat_stream_by(&body::GAME[..line + 20], 4, "length");
    let hub = Hub::start(vec![first, Answer::chat_stream(&body::GAME[line..])]);
    let run = user.ask(&hub, &["new", "lights", "-o", "x.html"]);
    assert_eq!((run.code, hub.posts().len()), (0, 2), "{}", run.err);
    assert!(run.err.contains("asking for the rest, part 1 of 2"), "{}", run.err);
    let script = |page: &str| page.rsplit_once("<script>").unwrap().1.to_owned();
    assert_eq!(script(&user.read("x.html")).trim(), script(body::GAME).trim());
}

#[test]
fn a_game_that_could_hurt_is_refused_with_its_place() {
    for hostile in ["eval('boo()');", "fetch('https://tracker.example');"] {
        let user = User::new();
        let html = body::GAME.replace("frame();\n", &format!("{hostile}\nframe();\n"));
        assert!(html.contains(hostile));
        let hub = Hub::start(vec![Answer::chat_stream(&html)]);
        let run = user.ask(&hub, &["new", "lights", "--json", "--tries", "1"]);
        let json = run.json();
        assert_eq!(run.code, 7, "{}", run.err);
        let finding = &json["findings"][0];
        let line = html.lines().position(|line| line.contains(hostile)).unwrap() + 1;
        assert_eq!(finding["line"].as_u64(), Some(line as u64));
        assert_eq!((finding["column"].as_u64(), &finding["state"]), (Some(3), &"open".into()));
        assert!(user.files().is_empty() && user.drafts().len() == 1);
    }
}

#[test]
fn a_remote_script_is_refused_and_unsafe_keeps_it_marked() {
    let user = User::new();
    let remote = r#"<script src="https://cdn.example/lib.js"></script>"#;
    let html = body::GAME.replace("</head>", &format!("{remote}\n</head>"));
    let hub = Hub::start(vec![Answer::chat_stream(&html)]);
    let run = user.ask(&hub, &["new", "lights"]);
    assert_eq!(run.code, 7);
    assert!(run.err.contains("no-external-resource") && run.err.contains('^'), "{}", run.err);
    let run = user.ask(&hub, &["new", "lights", "--unsafe", "-o", "x.html"]);
    assert_eq!((run.code, run.out.as_str()), (0, "x.html\n"));
    let kept = user.read("x.html");
    assert!(kept.contains(remote) && kept.contains("no-external-resource"), "{kept}");
}

#[test]
fn an_inline_handler_is_repaired() {
    let user = User::new();
    let html = body::GAME.replace("<canvas", "<button onclick=\"frame()\">Go</button>\n<canvas");
    let hub = Hub::start(vec![Answer::chat_stream(&html)]);
    let run = user.ask(&hub, &["new", "lights", "-o", "x.html", "--json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.json()["findings"][0]["state"], "repaired");
    assert!(!user.read("x.html").contains("onclick=\""));
}

#[test]
fn settings_may_stand_before_the_command_and_verbose_tells_repairs() {
    let user = User::new();
    let html = body::GAME.replace("<canvas", "<button onclick=\"frame()\">Go</button>\n<canvas");
    let hub = Hub::start(vec![Answer::chat_stream(&html)]);
    let run = user.ask(&hub, &["--max-tokens", "900", "new", "lights", "-v", "-o", "x.html"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(hub.posts()[0].json()["max_tokens"], 900);
    assert!(run.err.contains("no-inline-handler") && run.err.contains("provider north"));
}

#[test]
fn a_game_is_saved_in_a_frame_unless_it_is_asked_for_plain() {
    let user = User::new();
    let game = |more: &[&str]| {
        let new = ["new", "a breakout game", "--seed", "3", "-o", "-", "-q"];
        let run = user.run(&[&new, more].concat());
        assert_eq!(run.code, 0, "{}", run.err);
        run.out
    };
    let (sealed, plain) = (game(&[]), game(&["--plain"]));
    assert!(sealed.contains("<iframe sandbox=\"allow-scripts allow-pointer-lock allow-modals"));
    assert!(!plain.contains("<iframe"));
    assert!(sealed.ends_with(&plain), "the game stands in the file as it is");
    assert_eq!(game(&["--sealed"]), sealed);
}

#[test]
fn several_games_race_and_the_others_are_stopped() {
    let user = User::new();
    let slow = || Answer::chat_stream(body::GAME).rate(20);
    let hub = Hub::start(vec![slow(), slow(), game()]);
    let run = user.ask(&hub, &["new", "lights", "--parallel", "3", "-o", "mine.html"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.out, "mine.html\n");
    assert_eq!((hub.posts().len(), user.files().len()), (3, 1));
    for connection in [0, 1] {
        assert!(hub.wait_for_hang_up(connection, std::time::Duration::from_secs(2)));
    }
    assert!(user.drafts().is_empty(), "what was stopped for another game is no loss");
    let bad = user.run(&["new", "lights", "--parallel", "9"]);
    assert_eq!(bad.code, 2);
}

#[test]
fn every_line_of_jsonl_is_an_event_and_the_last_is_the_result() {
    let user = User::new();
    let hub = Hub::start(vec![game()]);
    let run = user.ask(&hub, &["new", "lights", "--jsonl"]);
    let events: Vec<Value> =
        run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    let expected = [
        "started",
        "requested",
        "answering",
        "streaming",
        "received",
        "checked",
        "saved",
        "kept",
        "result",
    ];
    assert_eq!(names, expected);
    assert_eq!(events.last().unwrap()["ok"], true);
}

#[test]
fn text_generation_speaks_the_older_protocol() {
    let user = User::new();
    let text = format!("```html\n{}\n```", body::GAME);
    let hub = Hub::start(vec![Answer::text_generation_stream(&text)]);
    let mut command = user.command(&["new", "lights", "--protocol", "text-generation"]);
    command.args(["--base-url", &hub.root()]).env("HF_TOKEN", "hf_testtesttesttest");
    let run = Run::of(command.output().unwrap());
    assert_eq!((run.code, run.out.as_str()), (0, "lantern.html\n"), "{}", run.err);
    let sent = hub.posts()[0].json();
    assert!(sent["inputs"].as_str().unwrap().starts_with("<s>[INST] <<SYS>>"));
}

#[test]
fn a_server_that_wants_fewer_tokens_gets_its_way_once() {
    let user = User::new();
    let refusal = "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. \
                   Given: 192 `inputs` tokens and 16000 `max_new_tokens`";
    let refusal = serde_json::json!({ "error": refusal, "error_type": "validation" }).to_string();
    let hub = Hub::start(vec![Answer::status(422).json(refusal), game()]);
    let run = user.ask(&hub, &["new", "lights"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(hub.posts()[1].json()["max_tokens"], 8_000);
}

#[test]
fn what_a_server_says_cannot_touch_the_terminal() {
    let hostile = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}";
    let user = User::new();
    let error = serde_json::json!({ "error": hostile }).to_string();
    let hub = Hub::start(vec![Answer::status(400).json(error)]);
    let run = user.ask(&hub, &["new", "lights", "-v"]);
    let json = user.ask(&hub, &["new", "lights", "--json"]);
    let reply = Hub::start(vec![Answer::chat_stream(&format!("{hostile} no game today"))]);
    let prose = user.ask(&reply, &["new", "lights", "-v"]);
    for text in [&run.err, &run.out, &json.out, &json.err, &prose.err, &prose.out] {
        let obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!text.contains(obeyed), "{text:?}");
    }
    assert_eq!((run.code, prose.code), (10, 7));
}

#[test]
fn a_token_that_is_none_is_told_before_anything_is_sent() {
    let user = User::new();
    let hub = Hub::start(vec![game()]);
    let mut command = user.command(&["new", "lights"]);
    command.env("HF_TOKEN", "hf_two\u{1}words").env("CODEAGENT_BASE_URL", hub.url());
    let run = Run::of(command.output().unwrap());
    assert_eq!((run.code, hub.posts().len()), (3, 0), "{}", run.err);
    assert!(run.err.contains("copy it again") && !run.err.contains("hf_two"), "{}", run.err);
}

#[test]
fn the_token_is_nowhere_but_in_its_header() {
    let user = User::new();
    let echo = r#"{"error":"what is hf_testtesttesttest?"}"#;
    let hub = Hub::start(vec![Answer::status(401).json(echo)]);
    let run = user.ask(&hub, &["new", "lights", "-v", "--jsonl"]);
    assert!(!run.out.contains("hf_test") && !run.err.contains("hf_test"), "{}", run.err);
    let sent = &hub.posts()[0];
    assert_eq!(sent.header("authorization"), Some("Bearer hf_testtesttesttest"));
    assert!(!sent.body.contains("hf_test"));
}

#[test]
fn bad_input_gets_one_clear_sentence() {
    let long = "x".repeat(20_001);
    let cases: [(&[&str], i32, &str); 10] = [
        (&["new", ""], 2, "the prompt is empty"),
        (&["new", &long], 2, "the prompt is 20001 bytes long"),
        (&["new", "x", "--base-url", "nonsense"], 2, "write an address like"),
        (&["new", "x", "--theme", "disco"], 2, "known themes: spooky"),
        (&["new", "x", "--model", "two words"], 2, "write a model as"),
        (&["new", "x", "--attempts", "0"], 2, "use a whole number from 1 to 20"),
        (&["new", "x", "-o", "no/such/folder/x.html"], 9, "the folder does not exist"),
        (&["new", "x", "-o", "."], 9, "it is a folder"),
        (&["new", "x", "--engine", "huggingface"], 3, "no HuggingFace token"),
        (&["new", "x", "--colour"], 2, "unexpected argument"),
    ];
    for (arguments, code, sentence) in cases {
        let user = User::new();
        let run = user.run(arguments);
        assert_eq!(run.code, code, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(sentence), "{arguments:?}: {}", run.err);
        assert!(run.out.is_empty() && user.files().is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_malformed_config_file_is_named_with_its_line() {
    let user = User::new();
    std::fs::write(user.at().join("config.toml"), "model = \"a/b\"\nmodel : 3\n").unwrap();
    let run = user.run(&["new", "x", "--home", "."]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("config.toml line 2 is invalid"), "{}", run.err);
}

#[test]
fn a_prompt_can_come_through_a_pipe() {
    let user = User::new();
    let mut command = user.command(&["new", "-", "-o", "x.html"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all("a breakout game\n".as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(user.files(), ["x.html"]);
    let mut command = user.command(&["new", "-", "-o", "y.html"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"\xff\xfe").unwrap();
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.err.as_str()), (2, "error: standard input is not UTF-8 text\n"));
}

#[test]
fn the_screen_without_a_terminal_says_what_to_use() {
    let run = User::new().run(&[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("codeagent new PROMPT"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn an_interrupt_keeps_the_partial_reply() {
    let user = User::new();
    let hub = Hub::start(vec![game().stall_after(3_000)]);
    let mut command = user.command(&["new", "lights", "--json"]);
    command.env("HF_TOKEN", "hf_testtesttesttest").env("CODEAGENT_BASE_URL", hub.url());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    assert!(hub.wait_for_post(Duration::from_secs(10)));
    std::thread::sleep(Duration::from_millis(500));
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let run = Run::of(child.wait_with_output().map(with_no_err).unwrap());
    assert_eq!((run.code, run.json()["error"]["kind"].as_str()), (130, Some("cancelled")));
    assert!(user.drafts()[0].contains("<html"));
    assert!(hub.wait_for_hang_up(0, Duration::from_secs(5)), "the connection stayed open");
}

fn with_no_err(output: Output) -> Output {
    Output { stderr: Vec::new(), ..output }
}

#[test]
fn a_closed_home_costs_no_words() {
    let user = User::new();
    std::fs::write(user.at().join("home"), "a file where the folder should be").unwrap();
    let hub = Hub::start(vec![game().cut_after(3_000)]);
    let run = user.ask(&hub, &["new", "lights", "--json"]);
    assert_eq!(run.code, 6);
    let draft = run.json()["draft"].as_str().expect("it is kept elsewhere").to_owned();
    assert!(std::fs::read_to_string(&draft).unwrap().contains("<html"));
    std::fs::remove_file(draft).unwrap();
}

#[cfg(unix)]
#[test]
fn what_is_no_file_takes_the_game_and_is_never_replaced() {
    let user = User::new();
    let printed = user.run(&["new", "a snake", "--offline", "-o", "/dev/stdout"]);
    assert!(printed.code == 0 && printed.out.contains("<!DOCTYPE html>"), "{}", printed.err);
    let gone = user.run(&["new", "a snake", "--offline", "-o", "/dev/null"]);
    assert_eq!((gone.code, gone.out.as_str()), (0, "/dev/null\n"), "{}", gone.err);
    let forced = user.run(&["new", "a snake", "--offline", "-o", "/dev/null", "--force"]);
    assert_eq!(forced.code, 0, "{}", forced.err);
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    let pipe = user.at().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let reader = std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap());
    assert_eq!(user.run(&["new", "a snake", "--offline", "-o", "pipe"]).code, 0);
    assert!(reader.join().unwrap().contains("<!DOCTYPE html>"));
}

#[test]
fn the_help_of_a_command_shows_its_own_flags_first() {
    let user = User::new();
    let help = user.run(&["new", "--help"]).out;
    let at = |text: &str| help.find(text).unwrap_or_else(|| panic!("{text}: {help}"));
    assert!(at("--output") < at("--engine"), "{help}");
    assert!(!help.contains("--timeout-idle") && help.lines().count() < 64, "{help}");
    let all = user.run(&["--help"]).out;
    assert!(all.contains("--timeout-idle") && all.contains("Exit codes"), "{all}");
}

#[test]
fn what_is_meant_otherwise_is_explained() {
    let user = User::new();
    let typo = user.run(&["nwe"]);
    assert!(typo.code == 2 && typo.err.contains("did you mean `new`?"), "{}", typo.err);
    let unquoted = user.run(&["new", "snake", "game", "--offline"]);
    assert!(unquoted.code == 2 && unquoted.err.contains("new \"snake game\""), "{}", unquoted.err);
    let ignored = user.run(&["check", "x.html", "--play-test"]);
    let told = ignored.err.contains("`check` uses no settings: leave out --play-test");
    assert!(ignored.code == 2 && told, "{}", ignored.err);
}

#[test]
fn a_diagnosis_works_with_settings_that_do_not() {
    let user = User::new();
    crate::library::set(&user, "theme = \"sponky\"\n");
    let run = user.run(&["doctor"]);
    assert_eq!(run.code, 2, "{}", run.err);
    let first = run.out.lines().next().unwrap();
    assert!(first.starts_with("✗ settings") && first.contains("sponky"), "{}", run.out);
    assert!(run.out.contains("engine") && run.out.contains("library"), "{}", run.out);
    crate::library::set(&user, "theme = \"neon\"\n");
    let run = user.run(&["doctor"]);
    assert!(run.out.contains("  theme ") && !run.out.contains("  max_tokens "), "{}", run.out);
    assert!(user.run(&["doctor", "--all"]).out.contains("  max_tokens "));
    // What is wrong stands above what is good.
    let signs: Vec<_> = run.out.lines().filter_map(|line| line.chars().next()).collect();
    let last_bad = signs.iter().rposition(|sign| "✗–".contains(*sign));
    let first_good = signs.iter().position(|sign| *sign == '✓').unwrap();
    assert!(last_bad.is_none_or(|bad| bad < first_good), "{}", run.out);
}
