//! Does a model run on this machine, and end with us? The real binary against a llama-server of our own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::{Run, User, example};

/// A llama-server for tests, built once. Examples are not built for every selection of tests.
fn llama_server() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| example("fake-llama-server"))
}

/// A GGUF file with the header of a small model, whose context takes so many bytes for each token.
pub fn gguf(kv_bytes: u32) -> Vec<u8> {
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let number = |name: &str, value: u32| {
        [text(name), 4u32.to_le_bytes().to_vec(), value.to_le_bytes().to_vec()].concat()
    };
    let entries = [
        [text("general.architecture"), 8u32.to_le_bytes().to_vec(), text("qwen2")].concat(),
        number("qwen2.context_length", 32_768),
        // One layer with one head: two values of this width, two bytes each.
        number("qwen2.block_count", 1),
        number("qwen2.attention.head_count", 1),
        number("qwen2.embedding_length", kv_bytes / 4),
    ];
    let tensor = [
        text("output.weight"),
        1u32.to_le_bytes().to_vec(),
        8u64.to_le_bytes().to_vec(),
        0u32.to_le_bytes().to_vec(),
        0u64.to_le_bytes().to_vec(),
    ];
    let head = [&b"GGUF"[..], &3u32.to_le_bytes(), &1u64.to_le_bytes()].concat();
    let count = (entries.len() as u64).to_le_bytes().to_vec();
    [head, count, entries.concat(), tensor.concat(), vec![0; 512]].concat()
}

/// A user with a file of weights and a llama-server.
struct LocalUser {
    user: User,
    weights: PathBuf,
    variables: Vec<(&'static str, String)>,
}

impl LocalUser {
    fn new() -> Self {
        let user = User::new();
        let weights = user.at().join("tiny-1.5b-q4_k_m.gguf");
        std::fs::write(&weights, gguf(28_672)).unwrap();
        Self { user, weights, variables: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.user.command(arguments);
        command.env("CODEAGENT_LLAMA_SERVER", llama_server());
        command.env("FAKE_LLAMA_LOG", self.user.at().join("starts"));
        command.envs(self.variables.clone()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    fn new_game(&self, more: &[&str]) -> Run {
        let file = self.weights.to_str().unwrap().to_owned();
        self.run(&[&["new", "lights", "--model-file", &file], more].concat())
    }

    /// What the server said at each start.
    fn starts(&self) -> Vec<Value> {
        let log = std::fs::read_to_string(self.user.at().join("starts")).unwrap_or_default();
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn pid(&self, start: usize) -> u32 {
        u32::try_from(self.starts()[start]["pid"].as_u64().unwrap()).unwrap()
    }

    fn home(&self) -> PathBuf {
        self.user.at().join("home/.local/share/codeagent")
    }

    fn records(&self) -> Vec<PathBuf> {
        let folder = std::fs::read_dir(self.home().join("local-servers"));
        let paths = folder.into_iter().flatten().map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect()
    }
}

impl Drop for LocalUser {
    fn drop(&mut self) {
        drop(self.command(&["local", "stop"]).output());
    }
}

/// Whether a process runs; a zombie does not.
fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

fn is_soon(what: impl Fn() -> bool) -> bool {
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        if what() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    what()
}

#[test]
fn a_file_makes_a_game_and_its_server_ends_with_us() {
    let user = LocalUser::new().with("FAKE_LLAMA_LOADING", "3").with("HF_TOKEN", "hf_abcdefgh");
    let run = user.new_game(&["--json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("local: asking tiny-1.5b-q4_k_m"), "{}", run.err);
    assert!(run.err.contains("loading tiny-1.5b-q4_k_m into memory, about"), "{}", run.err);
    assert_eq!(run.json()["usage"]["estimated_usd"], 0.0);
    assert!(!is_alive(user.pid(0)) && user.records().is_empty());
    let [start] = &user.starts()[..] else { panic!("one start") };
    let arguments = start["arguments"].to_string();
    let key = start["key"].as_str().unwrap();
    assert!(key.len() == 32 && !arguments.contains(key), "{arguments}");
    assert!(arguments.contains(r#""--host","127.0.0.1""#) && arguments.contains(r#""32768""#));
    assert_eq!(start["tokens"], serde_json::json!([]), "the token is no matter of the server's");
    let times = std::fs::read_to_string(user.home().join("local-servers/loading-times.toml"));
    assert!(times.unwrap().contains("tiny-1.5b"));
}

#[test]
fn a_server_that_was_started_stays_and_is_found_again() {
    let user = LocalUser::new();
    let file = user.weights.to_str().unwrap().to_owned();
    let run = user.run(&["local", "--model-file", &file, "--json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let (json, pid) = (run.json(), user.pid(0));
    assert_eq!(json["model"], "tiny-1.5b-q4_k_m");
    assert!(is_alive(pid));
    for _ in 0..2 {
        // Without a word more: it was remembered.
        let run = user.run(&["new", "lights"]);
        assert!(run.code == 0 && run.err.contains("local: asking tiny-1.5b"), "{}", run.err);
    }
    let again = user.run(&["local", "start", "--model-file", &file, "--json"]);
    assert_eq!(again.json()["base_url"], json["base_url"]);
    assert_eq!(user.starts().len(), 1, "one server for all");
    let shown = user.run(&["local"]);
    assert!(shown.out.contains("tiny-1.5b-q4_k_m runs at http://127.0.0.1:"), "{}", shown.out);
    let stopped = user.run(&["local", "stop"]);
    assert_eq!((stopped.code, stopped.out.as_str()), (0, "ended tiny-1.5b-q4_k_m\n"));
    assert!(!is_alive(pid) && user.records().is_empty());
    let after = user.run(&["new", "lights"]);
    assert!(after.err.contains("offline: composing"), "as before: {}", after.err);
    let again = user.run(&["local", "stop"]);
    assert!(again.code == 2 && again.err.contains("`codeagent local start`"), "{}", again.err);
}

fn spawn_game(user: &LocalUser) -> Child {
    let file = user.weights.to_str().unwrap().to_owned();
    let mut command = user.command(&["new", "lights", "--model-file", &file]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_program_leaves_no_server() {
    let user = LocalUser::new().with("FAKE_LLAMA_LOADING", "1000000");
    let mut program = spawn_game(&user);
    assert!(is_soon(|| !user.starts().is_empty()));
    let pid = user.pid(0);
    assert!(is_alive(pid));
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(is_soon(|| !is_alive(pid)), "it ends with the program that started it");
    assert_eq!(user.run(&["local", "--json"]).json()["running"], serde_json::json!([]));
    assert!(user.records().is_empty(), "what it left was cleared away");
}

/// Where the system does not end a server with its starter, it is found by its record.
#[test]
fn an_orphan_is_adopted_for_its_model_and_ended_for_another() {
    let user = LocalUser::new();
    let file = user.weights.to_str().unwrap().to_owned();
    for (other, starts) in [(false, 1), (true, 2)] {
        std::fs::remove_file(user.user.at().join("starts")).ok();
        assert_eq!(user.run(&["local", "start", "--model-file", &file]).code, 0);
        let [record] = &user.records()[..] else { panic!("one record") };
        let text = std::fs::read_to_string(record).unwrap();
        let mut json: Value = serde_json::from_str(&text).unwrap();
        json["lifetime"] = "program".into();
        json["starter"]["started"] = 5.into();
        std::fs::write(record, json.to_string()).unwrap();
        let mut next = user.weights.clone();
        if other {
            next = user.user.at().join("other.gguf");
            std::fs::copy(&user.weights, &next).unwrap();
        }
        let run = user.run(&["new", "lights", "--model-file", next.to_str().unwrap()]);
        assert_eq!((run.code, user.starts().len()), (0, starts), "{}", run.err);
        assert!(!is_alive(user.pid(0)), "adopted or not, it has ended by now");
        assert!(user.records().is_empty());
    }
}

#[test]
fn two_at_once_share_one_server() {
    let user = LocalUser::new().with("FAKE_LLAMA_LOADING", "10");
    let file = user.weights.to_str().unwrap().to_owned();
    let start = || {
        let mut command = user.command(&["local", "start", "--model-file", &file]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let (mut first, mut second) = (start(), start());
    assert!(first.wait().unwrap().success() && second.wait().unwrap().success());
    assert_eq!(user.starts().len(), 1);
}

#[test]
fn a_port_that_was_taken_is_not_the_end() {
    let user = LocalUser::new();
    let once = user.user.at().join("once").to_str().unwrap().to_owned();
    let user = user.with("FAKE_LLAMA_ONCE", &once);
    let run = user.new_game(&[]);
    assert_eq!((run.code, user.starts().len()), (0, 2), "{}", run.err);
}

#[test]
fn a_server_lost_in_the_middle_of_a_reply_is_replaced_for_the_rest() {
    let user = LocalUser::new().with("FAKE_LLAMA_CUT", "900");
    let run = user.new_game(&["--tries", "1"]);
    assert_eq!(run.code, 6, "{}", run.err);
    assert!(run.err.contains("the reply was cut off"), "{}", run.err);
    assert!(run.err.contains("asking for the rest"), "{}", run.err);
    let starts = user.starts().len();
    assert!(starts > 1, "the rest needs a server again");
    assert!(is_soon(|| (0..starts).all(|start| !is_alive(user.pid(start)))));
}

#[test]
fn each_failure_names_its_cause_and_a_remedy() {
    let user = LocalUser::new();
    let at = |name: &str, bytes: &[u8]| {
        let path = user.user.at().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let whole = gguf(28_672);
    let cut = at("cut.gguf", &whole[..200]);
    let rest = at("rest.gguf", &whole[..whole.len() - 512]);
    let page = at("page.gguf", b"<html>not found</html>");
    let big = at("big.gguf", &gguf(4_000_000_000));
    let file = user.weights.to_str().unwrap();
    let cases: [(&[&str], i32, &str); 8] = [
        (&["--model-file", "/no/such.gguf"], 9, "/no/such.gguf cannot be used: No such file"),
        (&["--model-file", &cut], 9, "cut.gguf cannot be used: it is incomplete"),
        (&["--model-file", &rest], 9, "rest.gguf cannot be used: it is incomplete"),
        (&["--model-file", &page], 9, "page.gguf cannot be used: it is no GGUF file"),
        (&["--model-file", "/tmp"], 9, "/tmp cannot be used: it is no file"),
        (&["--model-file", &big], 10, "of memory, and"),
        (&["--engine", "local"], 2, "no model is on this machine yet; "),
        (&["--engine", "local", "--model", "o/m"], 2, "o/m:Q4_K_M is not on this machine yet"),
    ];
    for (options, code, words) in cases {
        let run = user.run(&[&["new", "lights"], options].concat());
        assert_eq!(run.code, code, "{options:?}: {}", run.err);
        assert!(run.err.contains(words), "{options:?}: {}", run.err);
        assert!(run.err.trim_end().lines().count() >= 2, "a remedy: {}", run.err);
    }
    assert!(user.starts().is_empty(), "nothing was started for them");
    let nowhere = Run::of(user.user.command(&["new", "x", "--model-file", file]).output().unwrap());
    assert!(
        nowhere.code == 2 && nowhere.err.contains("no llama-server was found"),
        "{}",
        nowhere.err
    );
    let nothing = Run::of(user.user.command(&["local", "start"]).output().unwrap());
    assert!(nothing.err.contains("no llama-server was found"), "the first thing: {}", nothing.err);
    let mut bad = user.command(&["new", "x", "--model-file", file]);
    let bad = Run::of(bad.env("CODEAGENT_LLAMA_SERVER", "/no/llama").output().unwrap());
    assert!(bad.code == 2 && bad.err.contains("/no/llama is no program"), "{}", bad.err);
}

#[test]
fn the_log_of_a_server_that_ends_says_why() {
    let says = "llama_model_load: error loading model: unknown model architecture: 'qwen9'";
    let user = LocalUser::new().with("FAKE_LLAMA_SAYS", says);
    let run = user.new_game(&[]);
    assert_eq!(run.code, 10, "{}", run.err);
    assert!(run.err.contains("it is too old for this model; update llama.cpp"), "{}", run.err);
    assert_eq!(user.starts().len(), 1, "once is enough");
    let file = user.weights.to_str().unwrap().to_owned();
    let run = user.run(&["local", "start", "--model-file", &file, "--json"]);
    assert_eq!((run.code, &run.json()["error"]), (10, &"ended".into()));
}
