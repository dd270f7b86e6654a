//! The settings, from layers: defaults < file < `.env` < environment < flags.
//!
//! Every value has its origin, so that an error and `doctor` can name the place to change it. The
//! layers are plain text until [`resolve`] parses each value; one table of keys describes all
//! layers.

mod config_file;
mod display;
mod engine;
mod environment;
mod expand;
mod groups;
mod hub;
mod keys;
mod layers;
mod presets;
mod project;
pub mod token;
mod user_themes;

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::Engine;
use crate::inference::Endpoint;
use crate::secret::redact;
use crate::untrusted::Untrusted;

pub use display::{DisplayLocation, SshConnection};
pub use environment::Environment;
pub use groups::{
    EnterKey, FileSettings, GameSettings, HubAccess, InferenceSettings, LocalEngineSettings,
    LocalSearch, NetworkSettings, NotifyMode, PlaySettings, PlayTestMode, ScreenSettings, Switch,
    UsageSettings, setting_keys,
};
pub use hub::{Hub, HubError};
pub use keys::{FlagForm, SettingFlag, SettingKey, ValueKind};
pub use user_themes::{ThemeFileError, UserThemes};

use layers::Layers;

/// A value and its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    pub value: T,
    pub origin: Origin,
}

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    File(PathBuf),
    DotEnv(&'static str),
    Environment(&'static str),
    Flag(&'static str),
}

impl Origin {
    /// Whether it comes from the project's `.env`, which is untrusted.
    pub fn is_project(&self) -> bool {
        matches!(self, Self::DotEnv(_))
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("the default"),
            Self::File(path) => {
                write!(f, "{}", Untrusted::new(path.to_string_lossy()).display_safe())
            }
            Self::DotEnv(name) => write!(f, "{name} in .env"),
            Self::Environment(name) => write!(f, "{name} in the environment"),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// Flags as typed, by the name of their [`SettingKey`].
pub type FlagValues = std::collections::BTreeMap<&'static str, String>;

/// All settings in groups, each value validated.
#[derive(Debug, Clone)]
pub struct Settings {
    pub inference: InferenceSettings,
    pub network: NetworkSettings,
    pub local: LocalSearch,
    pub local_engine: LocalEngineSettings,
    pub game: GameSettings,
    pub usage: UsageSettings,
    pub play: PlaySettings,
    pub screen: ScreenSettings,
    pub files: FileSettings,
    /// What the settings say without the engine that was chosen in the screen. `None` if none is
    /// remembered.
    pub configured: Option<Arc<Settings>>,
    pub notices: StartNotices,
    /// Every setting as written, with its origin, by the name of its [`SettingKey`]; without
    /// secrets.
    pub resolved: Vec<(&'static str, Setting<String>)>,
}

/// What the user is told of the settings at the start.
#[derive(Debug, Clone)]
pub struct StartNotices {
    /// One sentence each.
    pub all: Vec<String>,
    /// What a project's `.env` set without effect: every command prints it, and it is among all.
    pub project: Option<String>,
}

impl Settings {
    /// Adds a notice that every command prints, and the screen shows.
    pub fn notify(&mut self, notice: String) {
        let lines = self.notices.project.take().into_iter().chain([notice.clone()]);
        self.notices.project = Some(lines.collect::<Vec<_>>().join("\n"));
        self.notices.all.push(notice);
    }

    /// Whether the user chose offline, as opposed to the default without a token.
    pub fn is_offline_by_choice(&self) -> bool {
        let engine = &self.inference.engine;
        engine.value == Engine::Offline && engine.origin != Origin::Default
    }
}

/// Why the settings cannot be used; always exit code 2.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    #[error("cannot read {path}: {why}; correct its permissions or move it away")]
    Unreadable { path: String, why: String },
    #[error("{path} line {line} is invalid: {why}; correct the line or remove it")]
    Malformed { path: String, line: usize, why: String },
    #[error("{path} sets `{key}`, which does not exist; {hint}")]
    UnknownKey { path: String, key: String, hint: String },
    #[error("{name} is `{value}` ({origin}): {why}")]
    BadValue { name: &'static str, value: String, origin: String, why: String },
    #[error("{path} cannot be used: {why}; correct the line or remove it")]
    BadKeys { path: String, why: String },
    #[error("no place to save drafts: neither HOME nor CODEAGENT_HOME is set; set one of them")]
    NoHome,
}

/// Merges the layers and parses every value.
///
/// # Errors
///
/// A file cannot be read or parsed, a value is invalid, or no data folder is known.
pub fn resolve(flags: FlagValues, environment: &Environment) -> Result<Settings, ConfigError> {
    let home = groups::find_home(&flags, environment)?;
    let config = environment.config_file(&home.value, &home.origin);
    let file = config_file::read_config(&config)?;
    let files = FileSettings::read(environment, home, config)?;
    let remembered = config_file::read_config(&files.remembered_engine())?;
    let mut layers = Layers { flags, environment, file, remembered };
    layers.settle_engine();
    let settings = resolve_layers(&layers, files.clone())?;
    if layers.remembered.is_empty() {
        return Ok(settings);
    }
    layers.remembered = config_file::no_file();
    let configured = Some(Arc::new(resolve_layers(&layers, files)?));
    Ok(Settings { configured, ..settings })
}

/// The settings as if no file, no flag and no variable of ours set any, apart from the home: what a
/// diagnosis works with where the user's own cannot be used.
///
/// # Errors
///
/// No data folder is known.
pub fn resolve_defaults(environment: &Environment) -> Result<Settings, ConfigError> {
    let environment = environment.without_settings();
    let home = groups::find_home(&FlagValues::new(), &environment)?;
    let config = environment.config_file(&home.value, &home.origin);
    let files = FileSettings::read(&environment, home, config)?;
    let (file, remembered) = (config_file::no_file(), config_file::no_file());
    let layers = Layers { flags: FlagValues::new(), environment: &environment, file, remembered };
    resolve_layers(&layers, files)
}

fn resolve_layers(layers: &Layers<'_>, files: FileSettings) -> Result<Settings, ConfigError> {
    let environment = layers.environment;
    layers.refuse_tokens()?;
    let endpoint = groups::read_endpoint(layers)?;
    let token = match layers.preset() {
        // The key of one service is nobody else's.
        Some((preset, _)) => preset.key(environment),
        None => token::find(environment),
    };
    let engine = engine::choose(layers, token.as_ref())?;
    let mut notices = engine::notices(layers, &engine, token.as_ref());
    let local_engine = LocalEngineSettings::read(layers, token.as_ref(), &files.config)?;
    let server = match Endpoint::this_machine() {
        // Its port is known once it runs, and its key is its own.
        Ok(value) if engine.value == Engine::Local => {
            (Setting { value, origin: engine.origin.clone() }, None)
        }
        _ => (endpoint, token),
    };
    let network = NetworkSettings::read(layers, engine.value, server, &mut notices)?;
    let project = environment.project_notice();
    notices.extend(project.clone());
    Ok(Settings {
        resolved: resolved_values(layers, &engine, &files.home),
        inference: InferenceSettings::read(layers, engine)?,
        network,
        local: LocalSearch::read(layers)?,
        local_engine,
        game: GameSettings::read(layers)?,
        usage: UsageSettings::read(layers)?,
        play: PlaySettings::read(layers)?,
        screen: ScreenSettings::read(layers, &files.config)?,
        files: FileSettings { login_app: layers.text("login_app"), ..files },
        configured: None,
        notices: StartNotices { all: notices, project },
    })
}

/// Every setting as written, or as implied by others; without secrets.
fn resolved_values(
    layers: &Layers<'_>,
    engine: &Setting<Engine>,
    home: &Setting<PathBuf>,
) -> Vec<(&'static str, Setting<String>)> {
    let resolved = setting_keys().map(|key| {
        let setting = match key.name {
            "engine" => {
                let value = engine.value.name().to_owned();
                Setting { value, origin: engine.origin.clone() }
            }
            "home" => {
                let value = home.value.to_string_lossy().into_owned();
                Setting { value, origin: home.origin.clone() }
            }
            "model" => {
                let model = engine::model(layers, engine.value, &engine.origin);
                model.unwrap_or_else(|_| layers.get("model"))
            }
            name => layers.get(name),
        };
        // The query of an address may hold an API key.
        let value = match setting.value.split_once('?') {
            Some((address, _)) if key.name == "base_url" => format!("{address}?***"),
            _ => redact(&setting.value).into_owned(),
        };
        (key.name, Setting { value, ..setting })
    });
    resolved.collect()
}

#[cfg(test)]
mod tests;
