//! The settings in groups: each file has the rows of a group, its fields, and how they are parsed.

mod files;
mod game;
mod inference;
mod local;
mod local_engine;
mod network;
mod play;
mod screen;
mod usage;

use super::keys::SettingKey;

pub use files::FileSettings;
pub use game::GameSettings;
pub use inference::InferenceSettings;
pub use local::LocalSearch;
pub use local_engine::{HubAccess, LocalEngineSettings};
pub use network::NetworkSettings;
pub use play::{PlaySettings, PlayTestMode};
pub use screen::{EnterKey, NotifyMode, ScreenSettings, Switch};
pub use usage::UsageSettings;

pub(super) use files::find_home;
pub(super) use local::ollama_port;
pub(super) use network::read_endpoint;

/// The rows of every group, in the order of the README.
const GROUPS: [&[SettingKey]; 9] = [
    &inference::ROWS,
    &network::ROWS,
    &local::ROWS,
    &local_engine::ROWS,
    &game::ROWS,
    &usage::ROWS,
    &play::ROWS,
    &screen::ROWS,
    &files::ROWS,
];

/// Every setting.
pub fn setting_keys() -> impl Iterator<Item = &'static SettingKey> {
    GROUPS.into_iter().flatten()
}

/// The row of this name; `None` if there is none.
pub(super) fn setting_key(name: &str) -> Option<&'static SettingKey> {
    setting_keys().find(|key| key.name == name)
}
