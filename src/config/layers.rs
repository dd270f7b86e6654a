//! Looks a setting up in the layers, and parses its value.

use std::str::FromStr;
use std::time::Duration;

use super::config_file::{ConfigFile, no_file};
use super::groups::{setting_key, setting_keys};
use super::keys::SettingKey;
use super::presets::Preset;
use super::{ConfigError, Environment, FlagValues, Origin, Setting};
use crate::secret::{is_token, redact_value};
use crate::untrusted::Untrusted;

/// The layers, the strongest first.
pub(super) struct Layers<'a> {
    pub flags: FlagValues,
    pub environment: &'a Environment,
    pub file: ConfigFile,
    /// The engine that was chosen in the screen.
    pub remembered: ConfigFile,
}

impl Layers<'_> {
    /// The value of `name` from the strongest layer that sets it. Blank values count as absent.
    pub fn get(&self, name: &'static str) -> Setting<String> {
        let setting = self.layered(name);
        if name != "base_url" {
            return setting;
        }
        // A preset names an address; one that is written out in the same layer is meant.
        match self.preset() {
            Some((preset, origin)) if origin.strength() > setting.origin.strength() => {
                Setting { value: preset.address(self.environment), origin }
            }
            _ => setting,
        }
    }

    /// The preset that is set, and where. `None` without one.
    pub fn preset(&self) -> Option<(&'static Preset, Origin)> {
        let setting = self.layered("preset");
        Some((Preset::find(&setting.value)?, setting.origin))
    }

    fn layered(&self, name: &'static str) -> Setting<String> {
        let Some(key) = setting_key(name) else {
            return Setting { value: String::new(), origin: Origin::Default };
        };
        self.flag(key)
            .or_else(|| self.env(key))
            .or_else(|| self.project(key))
            // Its model belongs to the engine that was chosen; another engine in the file undoes both.
            .or_else(|| self.remembered(key))
            .or_else(|| self.file(key))
            .unwrap_or_else(|| Setting { value: key.default.to_owned(), origin: Origin::Default })
    }

    fn flag(&self, key: &SettingKey) -> Option<Setting<String>> {
        let value = self.flags.get(key.name)?.trim().to_owned();
        Some(Setting { value, origin: Origin::Flag(key.first_flag()?.name) })
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

    fn remembered(&self, key: &SettingKey) -> Option<Setting<String>> {
        let origin = Origin::File(self.remembered.path.clone());
        non_blank(self.remembered.get(key.name), origin)
    }

    /// Whether a value comes from the engine that was chosen in the screen.
    pub fn is_remembered(&self, origin: &Origin) -> bool {
        matches!(origin, Origin::File(path) if *path == self.remembered.path)
    }

    /// Forgets the remembered engine where the user sets another one, or another server, elsewhere.
    pub fn settle_engine(&mut self) {
        let is_set = |name: &'static str| match self.get(name).origin {
            Origin::Default => false,
            Origin::File(path) => path != self.remembered.path,
            Origin::DotEnv(_) | Origin::Environment(_) | Origin::Flag(_) => true,
        };
        if ["engine", "base_url", "preset"].into_iter().any(is_set) {
            self.remembered = no_file();
        }
    }

    /// The value of `name`. `None` if it is empty.
    pub fn text(&self, name: &'static str) -> Option<String> {
        Some(self.get(name).value).filter(|value| !value.is_empty())
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
        let mut setting = setting_keys().map(|key| (key.name, self.get(key.name)));
        let token = setting.find(|(_, setting)| is_token(&setting.value));
        token.map_or(Ok(()), |(name, setting)| {
            let why = "that looks like a token: set HF_TOKEN instead";
            Err(bad_value(name, &setting, why.to_owned()))
        })
    }

    /// Parses a whole number within the range of its row.
    ///
    /// # Errors
    ///
    /// The value is not a whole number, or outside the range.
    pub fn number<T: TryFrom<u64>>(&self, name: &'static str) -> Result<Setting<T>, ConfigError> {
        let range = setting_key(name).and_then(|key| key.kind.range()).unwrap_or(0..=u64::MAX);
        self.parse_with(name, |text| {
            let number = text.parse::<u64>().ok().filter(|number| range.contains(number));
            number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| {
                format!("use a whole number from {} to {}", range.start(), range.end())
            })
        })
    }

    /// Parses a whole number of seconds.
    ///
    /// # Errors
    ///
    /// As [`Self::number`].
    pub fn seconds(&self, name: &'static str) -> Result<Duration, ConfigError> {
        Ok(Duration::from_secs(self.number(name)?.value))
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
