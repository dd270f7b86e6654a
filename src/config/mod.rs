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
mod hub;
mod keys;
mod project;
mod screen;
pub mod token;
mod user_themes;

use std::path::PathBuf;
use std::time::Duration;

use crate::app::Engine;
use crate::compose::GameTheme;
use crate::inference::{Endpoint, Policy, Protocol, RequestLimits, Timeouts};
use crate::play::BrowserPaths;
use crate::secret::{Secret, redact};
use crate::untrusted::Untrusted;

pub use display::{DisplayLocation, SshConnection};
pub use environment::Environment;
pub use hub::Hub;
pub use keys::{KEYS, SettingKey};
pub use screen::{NotifyMode, ScreenSettings, Switch};
pub use user_themes::UserThemes;

use keys::Layers;

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

/// All settings, each value validated.
#[derive(Debug, Clone)]
pub struct Settings {
    pub engine: Setting<Engine>,
    pub model: Setting<String>,
    pub endpoint: Setting<Endpoint>,
    /// The models that make one variant of a prompt each.
    pub variant_models: Vec<String>,
    pub theme: Setting<GameTheme>,
    pub max_tokens: Setting<u32>,
    pub policy: Policy,
    pub timeouts: Timeouts,
    pub home: Setting<PathBuf>,
    pub seed: u64,
    pub limits: RequestLimits,
    /// The monthly credits in USD, for comparison.
    pub credits_usd: f64,
    pub play_test: PlayTestMode,
    /// Where to look for a browser.
    pub browser: BrowserPaths,
    /// The token for the endpoint; `None` if there is none or it must not be sent there.
    pub token: Option<Setting<Secret>>,
    /// The hub for account queries, or why there are none, as a clause.
    pub hub: Result<Hub, String>,
    pub bill_to: Option<String>,
    /// The user's home folder, for `~` in paths.
    pub user_home: Option<PathBuf>,
    /// The path and the text of the user's `keys.toml`, if there is one.
    pub keys: Option<(PathBuf, String)>,
    /// Whether a browser can be opened.
    pub display: DisplayLocation,
    pub screen: ScreenSettings,
    /// Notices to show at the start, one sentence each.
    pub notices: Vec<String>,
    /// What a project's `.env` set without effect: every command prints it, and it is among the
    /// notices.
    pub project_notice: Option<String>,
    /// The path of `config.toml`, which need not exist.
    pub file: PathBuf,
    /// Every setting as written, with its origin, by the name of its [`SettingKey`]; without
    /// secrets.
    pub resolved: Vec<(&'static str, Setting<String>)>,
}

impl Settings {
    /// Adds a notice that every command prints, and the screen shows.
    pub fn notify(&mut self, notice: String) {
        let lines = self.project_notice.take().into_iter().chain([notice.clone()]);
        self.project_notice = Some(lines.collect::<Vec<_>>().join("\n"));
        self.notices.push(notice);
    }

    /// Whether the user chose offline, as opposed to the default without a token.
    pub fn is_offline_by_choice(&self) -> bool {
        self.engine.value == Engine::Offline && self.engine.origin != Origin::Default
    }
}

/// Whether finished games are play-tested in a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayTestMode {
    /// On in the screen if there is a browser, off in commands.
    Auto,
    On,
    Off,
}

impl std::str::FromStr for PlayTestMode {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "auto" => Ok(Self::Auto),
            "on" | "true" => Ok(Self::On),
            "off" | "false" => Ok(Self::Off),
            _ => Err("use auto, on or off"),
        }
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
    let home = resolve_home(&flags, environment)?;
    let config = environment.config_file(&home.value, &home.origin);
    let file = config_file::read_config(&config)?;
    let keys = config_file::read_beside(&config, "keys.toml")?;
    let layers = Layers { flags, environment, file };
    layers.refuse_tokens()?;
    let protocol = layers.parse::<Protocol>("protocol")?;
    let base = layers.get("base_url");
    let endpoint = layers.parse_with("base_url", |url| {
        Endpoint::new(url, protocol.value).map(|endpoint| environment.with_proxy(endpoint))
    })?;
    let token = token::find(environment);
    let engine = engine::choose(&layers, token.as_ref())?;
    let mut notices = engine::notices(&layers, &engine, token.as_ref());
    let hub = hub::find(environment, token.as_ref(), (engine.value, &endpoint.value));
    let token = token.filter(|token| {
        let from = (&base.origin, "CODEAGENT_BASE_URL");
        let refusal = token::refuse_to_send(token, &endpoint.value, from);
        notices.extend(refusal.clone());
        refusal.is_none()
    });
    let project_notice = environment.project_notice();
    notices.extend(project_notice.clone());
    Ok(Settings {
        model: layers.parse_with("model", engine::model_name)?,
        variant_models: layers.parse_with("variant_models", engine::model_names)?.value,
        theme: layers.parse("theme")?,
        max_tokens: layers.number("max_tokens", 1..=1_000_000)?,
        policy: retry_policy(&layers)?,
        timeouts: timeouts(&layers)?,
        seed: layers.number("seed", 0..=u64::MAX)?.value,
        limits: limits(&layers)?,
        credits_usd: layers.parse_with("credits_usd", parse_dollars)?.value,
        play_test: layers.parse("play_test")?.value,
        browser: environment.browser_paths(&layers.get("browser").value),
        bill_to: Some(layers.get("bill_to").value).filter(|name| !name.is_empty()),
        user_home: environment.user_home(),
        keys,
        display: DisplayLocation::detect(environment),
        resolved: resolved_values(&layers, &engine, &home),
        screen: screen::settings(&layers, &config)?,
        file: config,
        engine,
        endpoint,
        home,
        token,
        hub,
        notices,
        project_notice,
    })
}

/// Every setting as written, or as implied by others; without secrets.
fn resolved_values(
    layers: &Layers<'_>,
    engine: &Setting<Engine>,
    home: &Setting<PathBuf>,
) -> Vec<(&'static str, Setting<String>)> {
    let resolved = KEYS.iter().map(|key| {
        let setting = match key.name {
            "engine" => {
                let value = engine.value.name().to_owned();
                Setting { value, origin: engine.origin.clone() }
            }
            "home" => {
                let value = home.value.to_string_lossy().into_owned();
                Setting { value, origin: home.origin.clone() }
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

fn resolve_home(
    flags: &FlagValues,
    environment: &Environment,
) -> Result<Setting<PathBuf>, ConfigError> {
    let asked =
        Layers { flags: flags.clone(), environment, file: config_file::no_file() }.get("home");
    if !asked.value.is_empty() {
        return Ok(Setting { value: PathBuf::from(asked.value), origin: asked.origin });
    }
    let value = environment.data_folder().ok_or(ConfigError::NoHome)?;
    Ok(Setting { value, origin: Origin::Default })
}

fn retry_policy(layers: &Layers<'_>) -> Result<Policy, ConfigError> {
    let attempts = layers.number("retry.attempts", 1..=20)?.value;
    let budget = Duration::from_secs(layers.number("retry.budget", 0..=86_400)?.value);
    Ok(Policy { attempts, budget, ..Policy::default() })
}

fn timeouts(layers: &Layers<'_>) -> Result<Timeouts, ConfigError> {
    let seconds = |name| Ok(Duration::from_secs(layers.number(name, 1..=3_600)?.value));
    Ok(Timeouts {
        connect: seconds("timeout.connect")?,
        first_byte: seconds("timeout.first_byte")?,
        idle: seconds("timeout.idle")?,
    })
}

/// The request limits; 0 means no limit.
fn limits(layers: &Layers<'_>) -> Result<RequestLimits, ConfigError> {
    let most = |name| Ok(layers.number(name, 0..=1_000_000)?.value);
    Ok(RequestLimits {
        minute: most("limits.minute")?,
        hour: most("limits.hour")?,
        day: most("limits.day")?,
        running: most("limits.running")?,
    })
}

fn parse_dollars(text: &str) -> Result<f64, &'static str> {
    let amount = text.parse().ok().filter(|amount: &f64| (0.0..=1e6).contains(amount));
    amount.ok_or("use an amount in dollars like 0.10")
}

#[cfg(test)]
mod tests;
