//! The screen's settings: theme, mouse, notifications.

use std::path::Path;
use std::str::FromStr;

use super::keys::Layers;
use super::{ConfigError, Setting, UserThemes};

/// The settings that only the screen uses.
#[derive(Debug, Clone)]
pub struct ScreenSettings {
    /// `auto`, or the name or path of a theme.
    pub theme: Setting<String>,
    pub user_themes: UserThemes,
    pub mouse: Switch,
    pub notify: NotifyMode,
    pub animations: Switch,
    /// Plain lines instead of a drawn screen.
    pub screen_reader: Switch,
}

/// The value of an on/off setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    On,
    Off,
}

impl FromStr for Switch {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "on" | "true" | "1" => Ok(Self::On),
            "off" | "false" | "0" => Ok(Self::Off),
            _ => Err("use on or off"),
        }
    }
}

/// How to notify the user that a game is done while the terminal is not focused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotifyMode {
    /// A notification if the terminal is known to support it, else the bell.
    Auto,
    Bell,
    /// OSC 9, without a check of the terminal.
    Osc9,
    Off,
}

impl FromStr for NotifyMode {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "auto" => Ok(Self::Auto),
            "bell" => Ok(Self::Bell),
            "osc9" => Ok(Self::Osc9),
            "off" | "false" => Ok(Self::Off),
            _ => Err("use auto, bell, osc9 or off"),
        }
    }
}

pub(super) fn settings(layers: &Layers<'_>, config: &Path) -> Result<ScreenSettings, ConfigError> {
    Ok(ScreenSettings {
        theme: layers.get("screen_theme"),
        user_themes: UserThemes::next_to_config(config),
        mouse: layers.parse("mouse")?.value,
        notify: layers.parse("notify")?.value,
        animations: layers.parse("animations")?.value,
        screen_reader: layers.parse("screen_reader")?.value,
    })
}
