//! The process environment, read once: variables, `.env`, folders.
//!
//! Nothing else reads the environment, so a test can supply its own. The variables are the user's;
//! `.env` is untrusted, and only [`Environment::variable`] and [`Environment::project`] return
//! values from it.

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
    /// Takes the given variables and reads `.env` in `folder`, if there is one. The process's own
    /// environment is not changed.
    pub fn new(env: impl IntoIterator<Item = (String, String)>, folder: PathBuf) -> Self {
        let project = ProjectFile::read(&folder);
        Self { env: env.into_iter().collect(), project, working_dir: folder }
    }

    /// The same without what this program's own variables set, apart from its home, and without the
    /// project's.
    #[must_use]
    pub(super) fn without_settings(&self) -> Self {
        let is_kept = |name: &str| !name.starts_with("CODEAGENT_") || name == "CODEAGENT_HOME";
        let env = self.env.iter().filter(|(name, _)| is_kept(name));
        Self {
            env: env.map(|(name, value)| (name.clone(), value.clone())).collect(),
            project: ProjectFile::default(),
            working_dir: self.working_dir.clone(),
        }
    }

    /// The value of an environment variable. `None` if it is not set.
    pub fn env(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str)
    }

    /// Selects the proxy that the user's own environment names, if any: a project must not redirect
    /// prompts and tokens.
    pub(super) fn with_proxy(&self, server: Endpoint) -> Endpoint {
        server.with_proxy_from(|name| self.env(name))
    }

    /// The value that the project's `.env` sets; `None` if it sets none or must not.
    pub(super) fn project(&self, name: &str) -> Option<&str> {
        self.project.get(name)
    }

    /// The notice about the project's `.env`; `None` if it set nothing without effect.
    pub(super) fn project_notice(&self) -> Option<String> {
        self.project.notice()
    }

    /// A variable of the user's environment; blank counts as absent.
    pub(super) fn user_variable(&self, name: &'static str) -> Option<(&str, Origin)> {
        let value = self.env(name)?.trim();
        (!value.is_empty()).then_some((value, Origin::Environment(name)))
    }

    /// A variable from the environment, else from `.env`; blank counts as absent.
    pub(super) fn variable(&self, name: &'static str) -> Option<(&str, Origin)> {
        let project = || Some((self.project(name)?.trim(), Origin::DotEnv(name)));
        self.user_variable(name).or_else(project)
    }

    /// The origin of a switch that is on, as HuggingFace's own tools read it: 1, ON, YES or TRUE.
    /// `None` if it is off.
    pub(super) fn switched_on(&self, name: &'static str) -> Option<Origin> {
        let (value, origin) = self.variable(name)?;
        let is_on = matches!(value.to_ascii_uppercase().as_str(), "1" | "ON" | "YES" | "TRUE");
        is_on.then_some(origin)
    }

    /// Expands `~` and `$NAME` in a path as HuggingFace's Python tools do.
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

    /// An absolute folder, as the XDG specification requires: a relative one would be the
    /// project's.
    fn absolute_folder(&self, name: &str) -> Option<PathBuf> {
        self.path_variable(name).filter(|path| path.is_absolute())
    }

    /// The user's home folder. `None` if no variable names one.
    pub(super) fn user_home(&self) -> Option<PathBuf> {
        self.path_variable("HOME").or_else(|| self.path_variable("USERPROFILE"))
    }

    /// `$XDG_DATA_HOME/codeagent` or its equivalent on this platform; `None` if no home folder is
    /// known.
    pub(super) fn data_folder(&self) -> Option<PathBuf> {
        let base =
            self.absolute_folder("XDG_DATA_HOME").or_else(|| self.absolute_folder("LOCALAPPDATA"));
        base.or_else(|| Some(self.user_home()?.join(DATA_IN_HOME))).map(|at| at.join("codeagent"))
    }

    /// The folder of the user's caches. `None` if no variable names one or a home.
    pub(super) fn cache_folder(&self) -> Option<PathBuf> {
        self.path_variable("XDG_CACHE_HOME").or_else(|| Some(self.user_home()?.join(".cache")))
    }

    /// Where to look for browsers; `named` is the user's setting, empty if there is none.
    pub(super) fn browser_paths(&self, named: &str) -> BrowserPaths {
        let folders = |name: &str| self.path_variable(name).into_iter();
        // Relative entries would run a browser from the working directory.
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

    /// The path of `config.toml`: in a chosen home, else in the platform's configuration folder.
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
