//! The table of all settings, and the lookup in the layers.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::config_file::ConfigFile;
use super::{ConfigError, Environment, FlagValues, Origin, Setting, engine};
use crate::compose::GameTheme;
use crate::secret::{is_token, redact_value};
use crate::untrusted::Untrusted;

/// A setting, with its name in each layer.
#[derive(Debug)]
pub struct SettingKey {
    /// Its name in `config.toml`, dotted if it is in a table.
    pub name: &'static str,
    pub flag: Option<&'static str>,
    pub env: Option<&'static str>,
    pub default: &'static str,
    /// Whether `config.toml` may set it.
    pub in_file: bool,
    /// Whether a project's `.env` may choose a value; `None` if it may choose none. Allowed values
    /// must not run or redirect anything, name a path, or cost the user money.
    pub in_project: Option<fn(&str) -> bool>,
}

const fn key(
    name: &'static str,
    flag: Option<&'static str>,
    env: Option<&'static str>,
    default: &'static str,
) -> SettingKey {
    SettingKey { name, flag, env, default, in_file: true, in_project: None }
}

const fn project_key(
    name: &'static str,
    flag: &'static str,
    env: &'static str,
    default: &'static str,
    accepts: fn(&str) -> bool,
) -> SettingKey {
    SettingKey { in_project: Some(accepts), ..key(name, Some(flag), Some(env), default) }
}

/// Every key. The default model costs about $0.002 a game (30 B parameters,
/// $0.07 / $0.26 per million tokens in August 2026), so that the free ten
/// cents a month last for some forty-five games.
pub const KEYS: [SettingKey; 27] = [
    // A project may keep prompts on this machine, but not send them anywhere.
    project_key("engine", "--engine", "CODEAGENT_ENGINE", "", |name| name == "offline"),
    project_key(
        "model",
        "--model",
        "CODEAGENT_MODEL",
        "Qwen/Qwen3-Coder-30B-A3B-Instruct",
        engine::is_plain_model,
    ),
    key(
        "base_url",
        Some("--base-url"),
        Some("CODEAGENT_BASE_URL"),
        "https://router.huggingface.co/v1",
    ),
    key("protocol", Some("--protocol"), Some("CODEAGENT_PROTOCOL"), "chat"),
    key("variant_models", None, None, ""),
    project_key("theme", "--theme", "CODEAGENT_THEME", "spooky", |name| {
        name.parse::<GameTheme>().is_ok()
    }),
    key("max_tokens", Some("--max-tokens"), None, "16000"),
    key("bill_to", None, Some("HF_BILL_TO"), ""),
    key("retry.attempts", Some("--attempts"), None, "5"),
    key("retry.budget", None, None, "300"),
    key("timeout.connect", None, None, "10"),
    key("timeout.first_byte", Some("--timeout-first-byte"), None, "120"),
    key("timeout.idle", Some("--timeout-idle"), None, "30"),
    key("limits.minute", None, None, "50"),
    key("limits.hour", None, None, "3000"),
    key("limits.day", None, None, "30000"),
    key("limits.running", None, None, "10"),
    key("credits_usd", None, None, "0.10"),
    key("play_test", Some("--play-test"), None, "auto"),
    key("browser", None, Some("CODEAGENT_BROWSER"), ""),
    key("screen_theme", Some("--screen-theme"), Some("CODEAGENT_SCREEN_THEME"), "auto"),
    key("mouse", None, None, "on"),
    key("notify", None, None, "auto"),
    key("animations", None, None, "on"),
    key("screen_reader", Some("--screen-reader"), Some("CODEAGENT_SCREEN_READER"), "off"),
    SettingKey { in_file: false, ..key("seed", Some("--seed"), None, "0") },
    SettingKey { in_file: false, ..key("home", Some("--home"), Some("CODEAGENT_HOME"), "") },
];

/// The layers, the strongest first.
pub(super) struct Layers<'a> {
    pub flags: FlagValues,
    pub environment: &'a Environment,
    pub file: ConfigFile,
}

impl Layers<'_> {
    /// The value of `name` from the strongest layer that sets it. Blank values count as absent.
    pub fn get(&self, name: &'static str) -> Setting<String> {
        let key = KEYS.iter().find(|key| key.name == name).expect("only names of KEYS are asked");
        self.flag(key)
            .or_else(|| self.env(key))
            .or_else(|| self.project(key))
            .or_else(|| self.file(key))
            .unwrap_or_else(|| Setting { value: key.default.to_owned(), origin: Origin::Default })
    }

    fn flag(&self, key: &SettingKey) -> Option<Setting<String>> {
        let value = self.flags.get(key.name)?.trim().to_owned();
        Some(Setting { value, origin: Origin::Flag(key.flag?) })
    }

    fn env(&self, key: &SettingKey) -> Option<Setting<String>> {
        let name = key.env?;
        non_blank(self.environment.env(name), Origin::Environment(name))
    }

    fn project(&self, key: &SettingKey) -> Option<Setting<String>> {
        let name = key.env?;
        non_blank(self.environment.project(name), Origin::DotEnv(name))
    }

    fn file(&self, key: &SettingKey) -> Option<Setting<String>> {
        non_blank(self.file.get(key.name), Origin::File(self.file.path.clone()))
    }

    /// Parses the value of `name` by its [`FromStr`].
    ///
    /// # Errors
    ///
    /// The value is invalid.
    pub fn parse<T: FromStr>(&self, name: &'static str) -> Result<Setting<T>, ConfigError>
    where
        T::Err: std::fmt::Display,
    {
        self.parse_with(name, |text| text.parse::<T>().map_err(|why| why.to_string()))
    }

    /// Parses the value of `name` with `read`.
    ///
    /// # Errors
    ///
    /// `read` rejects the value.
    pub fn parse_with<T, E: ToString>(
        &self,
        name: &'static str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Setting<T>, ConfigError> {
        let setting = self.get(name);
        match read(&setting.value) {
            Ok(value) => Ok(Setting { value, origin: setting.origin }),
            Err(why) => Err(bad_value(name, &setting, why.to_string())),
        }
    }

    /// Rejects tokens in the place of another setting, which would be displayed, sent and stored.
    ///
    /// # Errors
    ///
    /// A setting has the form of a token.
    pub fn refuse_tokens(&self) -> Result<(), ConfigError> {
        let setting = KEYS.iter().map(|key| (key.name, self.get(key.name)));
        let token = setting.into_iter().find(|(_, setting)| is_token(&setting.value));
        token.map_or(Ok(()), |(name, setting)| {
            let why = "that looks like a token: set HF_TOKEN instead";
            Err(bad_value(name, &setting, why.to_owned()))
        })
    }

    /// Parses a whole number within `range`.
    ///
    /// # Errors
    ///
    /// The value is not a whole number, or outside the range.
    pub fn number<T>(
        &self,
        name: &'static str,
        range: RangeInclusive<T>,
    ) -> Result<Setting<T>, ConfigError>
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        self.parse_with(name, |text| {
            text.parse::<T>().ok().filter(|number| range.contains(number)).ok_or_else(|| {
                format!("use a whole number from {} to {}", range.start(), range.end())
            })
        })
    }
}

fn bad_value(name: &'static str, setting: &Setting<String>, why: String) -> ConfigError {
    ConfigError::BadValue {
        name,
        value: Untrusted::new(redact_value(&setting.value)).headline(80),
        origin: setting.origin.to_string(),
        why,
    }
}

fn non_blank(value: Option<&str>, origin: Origin) -> Option<Setting<String>> {
    let value = value?.trim();
    (!value.is_empty()).then(|| Setting { value: value.to_owned(), origin })
}
