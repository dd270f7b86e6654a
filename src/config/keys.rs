//! What is known of one setting: its row in the table of all settings.
//!
//! The rows stand in `groups/`, each beside the field that it fills. From a row follow the flag with
//! its help and its completions (`cli/args/settings.rs`), the lookup in every layer (`layers.rs`),
//! what a project may choose (`project.rs`), and the line in the README's table.

use std::ops::RangeInclusive;

/// Whether a project may set a name to this value.
pub(super) type ValueCheck = fn(&str) -> bool;

/// A setting, with its name in each layer.
#[derive(Debug, Clone, Copy)]
pub struct SettingKey {
    /// Its name in `config.toml`, dotted if it is in a table.
    pub name: &'static str,
    flags: [Option<SettingFlag>; 2],
    /// Its variable in the environment; `None` if it has none.
    pub env: Option<&'static str>,
    /// The value as text if no layer sets one; empty if it follows from others.
    pub default: &'static str,
    pub kind: ValueKind,
    /// Its default, and what else is to say: the last cell of its line in the README, in Markdown.
    pub about: &'static str,
    /// Whether `config.toml` may set it.
    pub in_file: bool,
    /// Whether a project's `.env` may choose a value; `None` if it may choose none. Allowed values
    /// must not run or redirect anything, name a path, or cost the user money.
    pub in_project: Option<ValueCheck>,
}

/// A flag of a setting.
#[derive(Debug, Clone, Copy)]
pub struct SettingFlag {
    /// With its dashes.
    pub name: &'static str,
    pub form: FlagForm,
    /// One line for `--help`.
    pub help: &'static str,
}

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagForm {
    /// A value, called this in `--help`.
    Value(&'static str),
    /// Nothing: it sets this value.
    Sets(&'static str),
}

/// What the value of a setting is.
#[derive(Debug, Clone, Copy)]
pub enum ValueKind {
    /// One of these words.
    Choice(fn() -> Vec<&'static str>),
    /// One of these words, or another.
    Suggestion(fn() -> Vec<&'static str>),
    /// A whole number from `min` to `max`.
    Number {
        min: u64,
        max: u64,
    },
    Text,
    File,
    Folder,
    Program,
}

impl ValueKind {
    /// `on` or `off`.
    pub(super) const SWITCH: Self = Self::Choice(|| vec!["on", "off"]);

    /// The words to complete; empty if there are none to suggest.
    pub fn words(self) -> Vec<&'static str> {
        match self {
            Self::Choice(words) | Self::Suggestion(words) => words(),
            Self::Number { .. } | Self::Text | Self::File | Self::Folder | Self::Program => {
                Vec::new()
            }
        }
    }

    /// The range of a number; `None` if it is not one.
    pub(super) fn range(self) -> Option<RangeInclusive<u64>> {
        match self {
            Self::Number { min, max } => Some(min..=max),
            Self::Choice(_)
            | Self::Suggestion(_)
            | Self::Text
            | Self::File
            | Self::Folder
            | Self::Program => None,
        }
    }
}

impl SettingKey {
    /// A setting that only `config.toml` sets; what follows adds the other layers.
    pub(super) const fn new(
        name: &'static str,
        kind: ValueKind,
        default: &'static str,
        about: &'static str,
    ) -> Self {
        Self {
            name,
            flags: [None, None],
            env: None,
            default,
            kind,
            about,
            in_file: true,
            in_project: None,
        }
    }

    /// Adds a flag that takes a value.
    pub(super) const fn flag(
        mut self,
        name: &'static str,
        value: &'static str,
        help: &'static str,
    ) -> Self {
        let [first, _] = self.flags;
        self.flags = Self::with(first, SettingFlag { name, form: FlagForm::Value(value), help });
        self
    }

    /// Adds a flag that takes no value and sets this one.
    pub(super) const fn flag_that_sets(
        mut self,
        name: &'static str,
        value: &'static str,
        help: &'static str,
    ) -> Self {
        let [first, _] = self.flags;
        self.flags = Self::with(first, SettingFlag { name, form: FlagForm::Sets(value), help });
        self
    }

    const fn with(first: Option<SettingFlag>, flag: SettingFlag) -> [Option<SettingFlag>; 2] {
        match first {
            Some(first) => [Some(first), Some(flag)],
            None => [Some(flag), None],
        }
    }

    /// Adds a variable of the environment.
    pub(super) const fn env(mut self, name: &'static str) -> Self {
        self.env = Some(name);
        self
    }

    /// Lets a project's `.env` choose the values that `accepts` takes.
    pub(super) const fn for_projects(mut self, accepts: ValueCheck) -> Self {
        self.in_project = Some(accepts);
        self
    }

    /// Takes it out of `config.toml`.
    pub(super) const fn not_in_file(mut self) -> Self {
        self.in_file = false;
        self
    }

    /// Its flags, which exclude each other; the first names the setting.
    pub fn flags(&self) -> impl Iterator<Item = SettingFlag> {
        self.flags.into_iter().flatten()
    }

    /// The flag that names the setting; `None` if it has none.
    pub(super) fn first_flag(&self) -> Option<SettingFlag> {
        self.flags().next()
    }

    /// Its line in the README's table of settings.
    pub fn readme_line(&self) -> String {
        let code = |name: &str| format!("`{name}` ");
        let file = if self.in_file { "" } else { "(not in the file) " };
        let flags: Vec<_> = self.flags().map(|flag| format!("`{}`", flag.name)).collect();
        let flags = if flags.is_empty() { String::new() } else { flags.join(", ") + " " };
        let env = self.env.map(code).unwrap_or_default();
        format!("| {}{file}| {flags}| {env}| {} |", code(self.name), self.about)
    }
}
