//! The user's own files: where games are kept, and the keys.

use std::path::PathBuf;

use crate::config::config_file::{self, read_beside};
use crate::config::keys::{SettingKey, ValueKind};
use crate::config::layers::Layers;
use crate::config::{ConfigError, Environment, FlagValues, Origin, Setting, token};

pub(super) const ROWS: [SettingKey; 2] = [
    SettingKey::new(
        "login_app",
        ValueKind::Text,
        "",
        "none: the client id of an OAuth app of yours, by which `codeagent login` logs in",
    )
    .env("CODEAGENT_LOGIN_APP"),
    SettingKey::new(
        "home",
        ValueKind::Folder,
        "",
        "`~/.local/share/codeagent`: games, drafts, library",
    )
    .flag("--home", "FOLDER", "The folder for drafts and games")
    .env("CODEAGENT_HOME")
    .not_in_file(),
];

/// The engine that was chosen in the screen, in the form of `config.toml`.
const ENGINE_FILE: &str = "engine.toml";

/// Where the user's files are.
#[derive(Debug, Clone)]
pub struct FileSettings {
    /// The folder of games, drafts and the library.
    pub home: Setting<PathBuf>,
    /// The user's home folder, for `~` in paths; `None` if none is known.
    pub user_home: Option<PathBuf>,
    /// The path of `config.toml`, which need not exist.
    pub config: PathBuf,
    /// The file in which HuggingFace's tools keep the token. `None` if no folder is known.
    pub token: Option<PathBuf>,
    /// The client id of the app that logs in. `None` without one.
    pub login_app: Option<String>,
    /// The path and the text of the user's `keys.toml`, if there is one.
    pub keys: Option<(PathBuf, String)>,
}

/// The folder that a flag or a variable names, else that of the platform. It says where the file
/// of the other settings is, so no file can name it.
pub(in crate::config) fn find_home(
    flags: &FlagValues,
    environment: &Environment,
) -> Result<Setting<PathBuf>, ConfigError> {
    let (file, remembered) = (config_file::no_file(), config_file::no_file());
    let setting = Layers { flags: flags.clone(), environment, file, remembered }.get("home");
    if !setting.value.is_empty() {
        return Ok(Setting { value: PathBuf::from(setting.value), origin: setting.origin });
    }
    let value = environment.data_folder().ok_or(ConfigError::NoHome)?;
    Ok(Setting { value, origin: Origin::Default })
}

impl FileSettings {
    /// The file that holds the engine which was chosen in the screen.
    pub fn remembered_engine(&self) -> PathBuf {
        self.home.value.join(ENGINE_FILE)
    }

    /// Reads the settings of this group.
    ///
    /// # Errors
    ///
    /// The key bindings cannot be read.
    pub(in crate::config) fn read(
        environment: &Environment,
        home: Setting<PathBuf>,
        config: PathBuf,
    ) -> Result<Self, ConfigError> {
        let keys = read_beside(&config, "keys.toml")?;
        let (token, user_home) = (token::token_file(environment), environment.user_home());
        Ok(Self { home, user_home, config, token, login_app: None, keys })
    }
}
