//! Playing and play-tests: whether, and in which browser.

use std::str::FromStr;

use crate::config::keys::{SettingKey, ValueKind};
use crate::config::layers::Layers;
use crate::config::{ConfigError, DisplayLocation};
use crate::play::BrowserPaths;

pub(super) const ROWS: [SettingKey; 2] = [
    SettingKey::new(
        "play_test",
        ValueKind::Choice(|| vec!["auto", "on", "off"]),
        "auto",
        "`auto`: in the screen if a browser is found, in commands not; also `on`, `off`",
    )
    .flag_that_sets(
        "--play-test",
        "on",
        "Play-test the finished game in a browser, and try again until it plays",
    )
    .flag_that_sets("--no-play-test", "off", "Skip the play-test"),
    SettingKey::new(
        "browser",
        ValueKind::Program,
        "",
        "the first of Chromium, Chrome, Edge and Brave that is found",
    )
    .env("CODEAGENT_BROWSER"),
];

/// How games are played and play-tested.
#[derive(Debug, Clone)]
pub struct PlaySettings {
    pub test_mode: PlayTestMode,
    /// Where to look for a browser.
    pub browser: BrowserPaths,
    /// Whether a browser can be opened.
    pub display: DisplayLocation,
}

/// Whether finished games are play-tested in a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayTestMode {
    /// On in the screen if there is a browser, off in commands.
    Auto,
    On,
    Off,
}

impl FromStr for PlayTestMode {
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

impl PlaySettings {
    /// Reads the settings of this group.
    ///
    /// # Errors
    ///
    /// A value is invalid.
    pub(in crate::config) fn read(layers: &Layers<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            test_mode: layers.parse("play_test")?.value,
            browser: layers.environment.browser_paths(&layers.get("browser").value),
            display: DisplayLocation::detect(layers.environment),
        })
    }
}
