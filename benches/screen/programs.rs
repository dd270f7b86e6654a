//! The programs that are measured: how each is set up, started, and known to be ready.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use crate::server::Server;
use crate::terminal::Terminal;

/// Our screen with a home of its own.
pub struct Ours<'a> {
    pub home: &'a Path,
    pub server: &'a Server,
    /// The folder of games in `home`.
    pub games: &'a str,
    pub model: &'a str,
    pub flags: &'a [&'a str],
}

impl<'a> Ours<'a> {
    pub fn new(home: &'a Path, server: &'a Server, model: &'a str) -> Self {
        // A browser beside it would be measured as well.
        Self { home, server, games: "codeagent", model, flags: &["--no-play-test"] }
    }

    /// Starts it; the time is that of the first useful frame.
    pub fn start(&self) -> (Terminal, Instant) {
        let env = [
            ("HF_TOKEN", "hf_benchmark".to_owned()),
            ("CODEAGENT_BASE_URL", self.server.base.clone()),
            ("CODEAGENT_MODEL", self.model.to_owned()),
            ("CODEAGENT_HOME", self.home.join(self.games).display().to_string()),
        ];
        let mut terminal =
            Terminal::start(&binary().display().to_string(), self.flags, &env, self.home);
        let shown = terminal.shows("Prompt");
        (terminal, shown)
    }

    /// Started, and done with what it does after its first frame.
    pub fn ready(&self) -> Terminal {
        let (mut terminal, _) = self.start();
        terminal.idle(Duration::from_millis(400));
        terminal
    }

    pub fn forget_games(&self) {
        drop(std::fs::remove_dir_all(self.home.join(self.games)));
    }
}

/// Our binary as it is shipped, where it was built from what is here now; else as it is tested.
pub fn binary() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = |path: &Path| std::fs::metadata(path).and_then(|told| told.modified()).ok();
    let shipped = here.join("target/dist/codeagent");
    let sources = ["src", "assets"].map(|folder| newest(&here.join(folder)));
    let newest = sources.into_iter().chain([built(&here.join("Cargo.lock"))]).flatten().max();
    match built(&shipped) {
        Some(at) if newest.is_some_and(|newest| at >= newest) => shipped,
        _ => PathBuf::from(env!("CARGO_BIN_EXE_codeagent")),
    }
}

/// When something in a folder changed last.
fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let times = entries.filter_map(|entry| match entry.metadata().ok()? {
        told if told.is_dir() => newest(&entry.path()),
        told => told.modified().ok(),
    });
    times.max()
}

pub fn is_there(program: &str) -> bool {
    let mut version = Command::new(program);
    version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// What aichat and tenere need to ask our server.
pub fn configure(home: &Path, base: &str) {
    let aichat = format!(
        "model: local:m\nstream: true\nsave: false\nclients:\n- type: openai-compatible\n  name: local\n  api_base: {base}\n  api_key: x\n  models:\n  - name: m\n"
    );
    let tenere = format!(
        "llm = \"chatgpt\"\n[chatgpt]\nopenai_api_key = \"x\"\nmodel = \"m\"\nurl = \"{base}/chat/completions\"\n"
    );
    for (name, text) in [("aichat/config.yaml", aichat), ("tenere/config.toml", tenere)] {
        let path = home.join(".config").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// aichat at its prompt.
pub fn aichat(home: &Path) -> (Terminal, Instant) {
    let mut terminal = Terminal::start("aichat", &[], &[], home);
    let is_prompt = |screen: &vt100::Screen| {
        screen.contents().lines().last().is_some_and(|line| line.trim() == ">")
    };
    let shown = terminal.wait("its prompt", is_prompt);
    (terminal, shown)
}

/// tenere with its frame.
pub fn tenere(home: &Path) -> (Terminal, Instant) {
    let mut terminal = Terminal::start("tenere", &[], &[], home);
    let shown = terminal.wait("anything", |screen| !screen.contents().trim().is_empty());
    (terminal, shown)
}
