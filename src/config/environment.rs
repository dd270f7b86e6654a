//! The world as the program found it, read once: environment, `.env`, folders.
//!
//! Nothing else in the house asks the environment, so a test can bring its own.
//! What the environment says is the user's; what `.env` says is a stranger's,
//! and only [`Environment::variable`] and [`Environment::project`] tell it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::project::ProjectFile;
use super::{Origin, expand};
use crate::inference::Endpoint;
use crate::play::BrowserPaths;

/// Environment variables, the `.env` of the working directory, and that directory.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    env: HashMap<String, String>,
    project: ProjectFile,
    pub working_dir: PathBuf,
}

impl Environment {
    /// Takes the given variables and reads `.env` in `folder`, if there is one.
    ///
    /// The file is read without touching the process's own environment.
    pub fn new(env: impl IntoIterator<Item = (String, String)>, folder: PathBuf) -> Self {
        let project = ProjectFile::read(&folder);
        Self { env: env.into_iter().collect(), project, working_dir: folder }
    }

    pub fn env(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str)
    }

    /// The server by way of the proxy that the user's own environment names, if any: a project has no
    /// say in where words and tokens pass.
    pub(super) fn with_proxy(&self, server: Endpoint) -> Endpoint {
        server.with_proxy_from(|name| self.env(name))
    }

    /// What the project's `.env` chose among the little that it may.
    pub(super) fn project(&self, name: &str) -> Option<&str> {
        self.project.get(name)
    }

    /// What the user should know about the project's `.env`.
    pub(super) fn project_notice(&self) -> Option<String> {
        self.project.notice()
    }

    /// A variable that the user themself has set; blank counts as absent.
    pub(super) fn user_variable(&self, name: &'static str) -> Option<(&str, Origin)> {
        let value = self.env(name)?.trim();
        (!value.is_empty()).then_some((value, Origin::Environment(name)))
    }

    /// A variable from the environment, else from `.env`; blank counts as absent.
    pub(super) fn variable(&self, name: &'static str) -> Option<(&str, Origin)> {
        let project = || Some((self.project(name)?.trim(), Origin::DotEnv(name)));
        self.user_variable(name).or_else(project)
    }

    /// Where a switch is on, as HuggingFace's own tools read it: 1, ON, YES and TRUE.
    pub(super) fn switched_on(&self, name: &'static str) -> Option<Origin> {
        let (value, origin) = self.variable(name)?;
        let is_on = matches!(value.to_ascii_uppercase().as_str(), "1" | "ON" | "YES" | "TRUE");
        is_on.then_some(origin)
    }

    /// A path with `~` and `$NAME` as HuggingFace's Python tools understand them.
    pub(super) fn expand_path(&self, path: &Path) -> PathBuf {
        let home = self.user_home();
        let home = home.as_deref().and_then(Path::to_str);
        match path.to_str() {
            Some(path) => expand::expand_path(path, home, |name| self.env(name)).into(),
            None => path.to_owned(),
        }
    }

    fn path_variable(&self, name: &str) -> Option<PathBuf> {
        self.env(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// A folder that does not depend on where the program was started, as the XDG rules want it:
    /// another one would be the project's.
    fn absolute_folder(&self, name: &str) -> Option<PathBuf> {
        self.path_variable(name).filter(|path| path.is_absolute())
    }

    pub(super) fn user_home(&self) -> Option<PathBuf> {
        self.path_variable("HOME").or_else(|| self.path_variable("USERPROFILE"))
    }

    /// `$XDG_DATA_HOME/codeagent` or its place on this platform.
    pub(super) fn data_folder(&self) -> Option<PathBuf> {
        let base =
            self.absolute_folder("XDG_DATA_HOME").or_else(|| self.absolute_folder("LOCALAPPDATA"));
        base.or_else(|| Some(self.user_home()?.join(DATA_IN_HOME))).map(|at| at.join("codeagent"))
    }

    pub(super) fn cache_folder(&self) -> Option<PathBuf> {
        self.path_variable("XDG_CACHE_HOME").or_else(|| Some(self.user_home()?.join(".cache")))
    }

    /// Where browsers are looked for; `named` is what the user set, if anything.
    pub(super) fn browser_paths(&self, named: &str) -> BrowserPaths {
        let folders = |name: &str| self.path_variable(name).into_iter();
        // No browser is taken from the folder that the program was started in.
        let absolute = |path| std::env::split_paths(path).filter(|at| at.is_absolute()).collect();
        let path = self.env("PATH").map(absolute);
        let roots = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"];
        BrowserPaths {
            override_program: Some(named).filter(|named| !named.is_empty()).map(PathBuf::from),
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
        let base =
            self.absolute_folder("XDG_CONFIG_HOME").or_else(|| self.absolute_folder("APPDATA"));
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
