//! How the screen behaves: its theme, the mouse, what it does when nobody looks.

use std::path::Path;
use std::str::FromStr;

use super::keys::Layers;
use super::{ConfigError, Setting, UserThemes};

/// Everything that only the screen wants to know.
#[derive(Debug, Clone)]
pub struct ScreenSettings {
    /// `auto`, the name of a theme, or the path of one.
    pub theme: Setting<String>,
    pub user_themes: UserThemes,
    pub mouse: Switch,
    pub notify: NotifyMode,
    pub animations: Switch,
    /// Lines in place of a drawn screen.
    pub screen_reader: Switch,
}

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

/// How the user is told that a game is done while they look elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotifyMode {
    /// By a notification where the terminal is known to show one, else by the bell.
    Auto,
    Bell,
    /// OSC 9, whatever the terminal makes of it.
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
