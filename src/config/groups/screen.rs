//! The screen's settings: theme, mouse, notifications.

use std::path::Path;
use std::str::FromStr;

use crate::config::keys::{SettingKey, ValueKind};
use crate::config::layers::Layers;
use crate::config::{ConfigError, Setting, UserThemes};

/// The screen's own themes are `tui`'s; a test holds these words to them.
const THEME_WORDS: [&str; 6] = ["auto", "spooky", "arcade", "neon", "paper", "mono"];

pub(super) const ROWS: [SettingKey; 6] = [
    SettingKey::new(
        "screen_theme",
        ValueKind::Suggestion(|| THEME_WORDS.to_vec()),
        "auto",
        "`auto`: `paper` on a light terminal, otherwise the one named like `theme`, otherwise `spooky`; also `spooky`, `arcade`, `neon`, `paper`, `mono`, a path, or the name of your own",
    )
    .flag(
        "--screen-theme",
        "NAME",
        "The colours of the screen: auto, spooky, arcade, neon, paper, mono, or a theme of your own",
    )
    .env("CODEAGENT_SCREEN_THEME"),
    SettingKey::new(
        "mouse",
        ValueKind::SWITCH,
        "on",
        "`on`; `off` leaves it to the terminal (`F2` toggles it)",
    ),
    SettingKey::new(
        "notify",
        ValueKind::Choice(|| vec!["auto", "bell", "osc9", "off"]),
        "auto",
        "`auto`: a notification if the terminal is known to show them, otherwise the bell; also `bell`, `osc9`, `off`",
    ),
    SettingKey::new(
        "enter",
        ValueKind::Choice(|| vec!["send", "newline"]),
        "send",
        "`send`: Enter sends the prompt, `^J` makes a new line; `newline`: the other way round",
    ),
    SettingKey::new(
        "animations",
        ValueKind::SWITCH,
        "on",
        "`on`; `off`: no gauge, no picture that moves, and seconds update every ten",
    ),
    SettingKey::new("screen_reader", ValueKind::SWITCH, "off", "`off`")
        .flag_that_sets(
            "--screen-reader",
            "on",
            "Use plain-text mode instead of the screen, for screen readers",
        )
        .env("CODEAGENT_SCREEN_READER"),
];

/// The settings that only the screen uses.
#[derive(Debug, Clone)]
pub struct ScreenSettings {
    /// `auto`, or the name or path of a theme.
    pub theme: Setting<String>,
    pub user_themes: UserThemes,
    pub mouse: Switch,
    pub notify: NotifyMode,
    pub enter: EnterKey,
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

/// What Enter does in the prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EnterKey {
    /// It sends the prompt; another key makes a new line.
    #[default]
    Send,
    /// It makes a new line; another key sends the prompt.
    Newline,
}

impl FromStr for EnterKey {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "send" => Ok(Self::Send),
            "newline" => Ok(Self::Newline),
            _ => Err("use send or newline"),
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

impl ScreenSettings {
    /// Reads the settings of this group.
    ///
    /// # Errors
    ///
    /// A value is invalid.
    pub(in crate::config) fn read(layers: &Layers<'_>, config: &Path) -> Result<Self, ConfigError> {
        Ok(Self {
            theme: layers.get("screen_theme"),
            user_themes: UserThemes::next_to_config(config),
            mouse: layers.parse("mouse")?.value,
            notify: layers.parse("notify")?.value,
            enter: layers.parse("enter")?.value,
            animations: layers.parse("animations")?.value,
            screen_reader: layers.parse("screen_reader")?.value,
        })
    }
}
