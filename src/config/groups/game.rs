//! The game itself: its look, and the chance in it.

use crate::compose::GameTheme;
use crate::config::keys::{SettingKey, ValueKind};
use crate::config::layers::Layers;
use crate::config::{ConfigError, Setting};

pub(super) const ROWS: [SettingKey; 2] = [
    SettingKey::new(
        "theme",
        ValueKind::Choice(|| GameTheme::ALL.map(GameTheme::name).to_vec()),
        "spooky",
        "`spooky`, if the prompt names none; also `arcade`, `neon`, `space`, `ocean`, `forest`, `candy`, `winter`",
    )
    .flag("--theme", "NAME", "The theme of the game and of the screen")
    .env("CODEAGENT_THEME")
    .for_projects(|name| name.parse::<GameTheme>().is_ok()),
    SettingKey::new(
        "seed",
        ValueKind::Number { min: 0, max: u64::MAX },
        "0",
        "0: another number gives another game from the composer",
    )
    .flag(
        "--seed",
        "N",
        "The seed of the built-in composer: another one makes another game from the same prompt",
    )
    .not_in_file(),
];

/// What a game looks like where its prompt does not say.
#[derive(Debug, Clone)]
pub struct GameSettings {
    pub theme: Setting<GameTheme>,
    /// The composer makes the same game of the same prompt and seed.
    pub seed: u64,
}

impl GameSettings {
    /// Reads the settings of this group.
    ///
    /// # Errors
    ///
    /// A value is invalid.
    pub(in crate::config) fn read(layers: &Layers<'_>) -> Result<Self, ConfigError> {
        Ok(Self { theme: layers.parse("theme")?, seed: layers.number("seed")?.value })
    }
}
