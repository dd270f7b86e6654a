//! The flags of the settings, made from the table of settings.

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueHint};

use crate::config::{FlagForm, FlagValues, SettingFlag, SettingKey, ValueKind, setting_keys};

/// Settings of every command; they override the environment and files.
#[derive(Debug, Default)]
pub struct SharedArgs {
    /// The flags as typed, by the name of their setting.
    pub flags: FlagValues,
    /// Whether a log is written.
    pub log: bool,
}

const HEADING: &str = "Settings";

const LOG: &str = "log";

/// The flags of settings that the help of every command shows.
const COMMON: [&str; 5] = ["--engine", "--offline", "--model", "--theme", "--home"];

/// All flags of settings, for the help of the program.
pub(super) fn settings_help() -> String {
    let line = |flag: SettingFlag| {
        let name = match flag.form {
            FlagForm::Value(value) => format!("{} <{value}>", flag.name),
            FlagForm::Sets(_) => flag.name.to_owned(),
        };
        format!("  {name:<32}{}\n", flag.help)
    };
    let flags = setting_keys().flat_map(SettingKey::flags);
    let lines: String = flags.filter(|flag| !COMMON.contains(&flag.name)).map(line).collect();
    format!("More settings, which every command takes:\n{lines}")
}

impl Args for SharedArgs {
    fn augment_args(command: Command) -> Command {
        let log = Arg::new(LOG)
            .long(LOG)
            .help("Write a log for a bug report into the home; it holds no prompts, replies or secrets")
            .action(ArgAction::SetTrue)
            .global(true)
            .help_heading(HEADING);
        let flags = setting_keys().flat_map(|key| key.flags().map(|flag| setting_arg(key, flag)));
        command.args(flags).arg(log)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl SharedArgs {
    /// Refuses flags that a command would ignore.
    ///
    /// # Errors
    ///
    /// A sentence, if there is such a flag.
    pub fn refuse(&self, command: &str) -> Result<(), String> {
        // The home does no harm: it stands in aliases.
        let given = self.flags.keys().find(|name| **name != "home");
        let key = given.and_then(|name| setting_keys().find(|key| key.name == *name));
        match key.and_then(|key| key.flags().next()) {
            Some(flag) => Err(format!("`{command}` uses no settings: leave out {}", flag.name)),
            None => Ok(()),
        }
    }
}

impl FromArgMatches for SharedArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let value = |key: &SettingKey| key.flags().find_map(|flag| flag_value(matches, flag));
        let flags = setting_keys().filter_map(|key| Some((key.name, value(key)?))).collect();
        Ok(Self { flags, log: matches.get_flag(LOG) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The name of a flag without its dashes.
fn id(flag: SettingFlag) -> &'static str {
    flag.name.trim_start_matches('-')
}

fn setting_arg(key: &SettingKey, flag: SettingFlag) -> Arg {
    let others = key.flags().map(id).filter(|other| *other != id(flag));
    let arg = Arg::new(id(flag))
        .long(id(flag))
        .help(flag.help)
        .global(true)
        .help_heading(HEADING)
        // The help of a command shows its own flags, and few others.
        .hide_short_help(!COMMON.contains(&flag.name))
        .hide_long_help(!COMMON.contains(&flag.name))
        .conflicts_with_all(others.collect::<Vec<_>>());
    match flag.form {
        FlagForm::Sets(_) => arg.action(ArgAction::SetTrue),
        FlagForm::Value(name) => arg
            .value_name(name)
            .value_parser(SuggestedValues(key.kind))
            .hide_possible_values(true)
            .value_hint(value_hint(key.kind)),
    }
}

fn value_hint(kind: ValueKind) -> ValueHint {
    match kind {
        ValueKind::File => ValueHint::FilePath,
        ValueKind::Folder => ValueHint::DirPath,
        ValueKind::Program => ValueHint::ExecutablePath,
        ValueKind::Choice(_)
        | ValueKind::Suggestion(_)
        | ValueKind::Number { .. }
        | ValueKind::Text => ValueHint::Unknown,
    }
}

fn flag_value(matches: &ArgMatches, flag: SettingFlag) -> Option<String> {
    match flag.form {
        FlagForm::Value(_) => matches.get_one::<String>(id(flag)).cloned(),
        FlagForm::Sets(value) => matches.get_flag(id(flag)).then(|| value.to_owned()),
    }
}

/// Takes any text, and completes the words of a setting: whether a value is good is said with the
/// place that set it, which only the settings know.
#[derive(Debug, Clone, Copy)]
struct SuggestedValues(ValueKind);

impl TypedValueParser for SuggestedValues {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = self.0.words();
        (!values.is_empty()).then(|| {
            Box::new(values.into_iter().map(PossibleValue::new)) as Box<dyn Iterator<Item = _>>
        })
    }
}
