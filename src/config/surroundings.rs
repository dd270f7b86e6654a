//! The world as the program found it, read once: environment, `.env`, folders.
//!
//! Nothing else in the house asks the environment, so a test can bring its own.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{ConfigError, Origin};
use crate::play::Places;
use crate::untrusted::Untrusted;

/// Environment variables, the `.env` of the working directory, and that directory.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    env: HashMap<String, String>,
    dotenv: HashMap<String, String>,
    pub folder: PathBuf,
}

impl Surroundings {
    /// Takes the given variables and reads `.env` in `folder`, if there is one.
    ///
    /// The file is read without touching the process's own environment.
    pub fn new(
        env: impl IntoIterator<Item = (String, String)>,
        folder: PathBuf,
    ) -> Result<Self, ConfigError> {
        let dotenv = read_dotenv(&folder.join(".env"))?;
        Ok(Self { env: env.into_iter().collect(), dotenv, folder })
    }

    pub fn env(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str)
    }

    pub fn dotenv(&self, name: &str) -> Option<&str> {
        self.dotenv.get(name).map(String::as_str)
    }

    /// A variable from the environment, else from `.env`; blank counts as absent.
    pub fn variable(&self, name: &'static str) -> Option<(&str, Origin)> {
        let env = self.env(name).map(|value| (value.trim(), Origin::Environment(name)));
        let dotenv = self.dotenv(name).map(|value| (value.trim(), Origin::DotEnv(name)));
        env.into_iter().chain(dotenv).find(|(value, _)| !value.is_empty())
    }

    /// A switch as HuggingFace's own tools read it: on for 1, ON, YES and TRUE.
    pub fn is_on(&self, name: &'static str) -> bool {
        self.variable(name).is_some_and(|(value, _)| {
            matches!(value.to_ascii_uppercase().as_str(), "1" | "ON" | "YES" | "TRUE")
        })
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.env(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    pub(super) fn user_home(&self) -> Option<PathBuf> {
        self.path("HOME").or_else(|| self.path("USERPROFILE"))
    }

    /// `$XDG_DATA_HOME/codeagent` or its place on this platform.
    pub(super) fn data_folder(&self) -> Option<PathBuf> {
        let base = self.path("XDG_DATA_HOME").or_else(|| self.path("LOCALAPPDATA"));
        base.or_else(|| Some(self.user_home()?.join(DATA_IN_HOME))).map(|at| at.join("codeagent"))
    }

    pub(super) fn cache_folder(&self) -> Option<PathBuf> {
        self.path("XDG_CACHE_HOME").or_else(|| Some(self.user_home()?.join(".cache")))
    }

    /// Where browsers are looked for; `named` is what the user set, if anything.
    pub(super) fn places(&self, named: &str) -> Places {
        let folders = |name: &str| self.path(name).into_iter();
        let path = self.env("PATH").map(|path| std::env::split_paths(path).collect());
        let roots = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"];
        Places {
            named: Some(named).filter(|named| !named.is_empty()).map(PathBuf::from),
            path: path.unwrap_or_default(),
            roots: self
                .user_home()
                .into_iter()
                .chain(roots.into_iter().flat_map(folders))
                .collect(),
        }
    }

    /// A chosen home holds its own `config.toml`; otherwise it is the platform's.
    pub(super) fn config_file(&self, home: &Path, origin: &Origin) -> PathBuf {
        if *origin != Origin::Default {
            return home.join("config.toml");
        }
        let base = self.path("XDG_CONFIG_HOME").or_else(|| self.path("APPDATA"));
        base.or_else(|| Some(self.user_home()?.join(CONFIG_IN_HOME)))
            .map_or_else(|| home.join("config.toml"), |at| at.join("codeagent/config.toml"))
    }
}

#[cfg(target_os = "macos")]
const DATA_IN_HOME: &str = "Library/Application Support";
#[cfg(target_os = "macos")]
const CONFIG_IN_HOME: &str = "Library/Application Support";
#[cfg(not(target_os = "macos"))]
const DATA_IN_HOME: &str = ".local/share";
#[cfg(not(target_os = "macos"))]
const CONFIG_IN_HOME: &str = ".config";

fn read_dotenv(path: &Path) -> Result<HashMap<String, String>, ConfigError> {
    let shown = || Untrusted::new(path.to_string_lossy()).shown().into_owned();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(HashMap::new()),
        Err(e) => return Err(ConfigError::Unreadable { path: shown(), why: e.to_string() }),
    };
    let mut variables = HashMap::new();
    for (line, item) in dotenvy::from_read_iter(text.as_bytes()).enumerate() {
        // The parser's own message quotes the line, and the line may hold a token.
        let (name, value) = item.map_err(|e| ConfigError::Malformed {
            path: shown(),
            line: bad_line(&text, &e).unwrap_or(line + 1),
            why: "expected NAME=value".to_owned(),
        })?;
        variables.insert(name, value);
    }
    Ok(variables)
}

fn bad_line(text: &str, error: &dotenvy::Error) -> Option<usize> {
    let dotenvy::Error::LineParse(bad, _) = error else { return None };
    text.lines().position(|line| line.trim_end() == bad.trim_end()).map(|index| index + 1)
}
