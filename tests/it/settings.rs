//! The table of settings against every place that a setting has to be in: flags, help, completions,
//! environment, file, a project's `.env`, the code that reads it, and the README.

use std::path::Path;

use clap::Parser;
use codeagent::cli::args::{CliArgs, command_definition};
use codeagent::config::{
    self, ConfigError, Environment, FlagForm, FlagValues, Origin, SettingKey, Settings, ValueKind,
    setting_keys,
};

use crate::tidy::files_of;

const HEADER: &str =
    "| `config.toml` | flag | environment | default |\n| --- | --- | --- | --- |\n";

/// A value that a setting takes, and that is not its default if there is another.
fn sample(key: &SettingKey) -> String {
    match key.kind {
        ValueKind::Choice(_) | ValueKind::Suggestion(_) => {
            key.kind.words().into_iter().rfind(|word| *word != key.default).unwrap().to_owned()
        }
        ValueKind::Number { min, .. } => (min + 1).to_string(),
        ValueKind::Text if key.name == "base_url" => "http://127.0.0.1:9/v1".to_owned(),
        ValueKind::Text if key.name == "credits_usd" => "7.5".to_owned(),
        ValueKind::Text if key.name == "local_ports" => "8471".to_owned(),
        ValueKind::Text if key.name == "local_context" => "8192".to_owned(),
        ValueKind::Text if key.name == "tries" => "7".to_owned(),
        ValueKind::Text if key.name == "ask_above_usd" => "0.5".to_owned(),
        ValueKind::Text if key.name == "budget_usd" => "0.5".to_owned(),
        ValueKind::Text if key.name == "budget_tokens" => "20000".to_owned(),
        ValueKind::Text | ValueKind::Program => "owner/name".to_owned(),
        ValueKind::File | ValueKind::Folder => "/nowhere/at/all".to_owned(),
    }
}

/// The settings of a home with this `config.toml`, in a folder with this `.env`.
fn resolve(
    flags: FlagValues,
    env: &[(&str, &str)],
    dotenv: &str,
    file: &str,
) -> Result<Settings, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    std::fs::create_dir_all(folder.path().join("codeagent")).unwrap();
    std::fs::write(folder.path().join("codeagent/config.toml"), file).unwrap();
    std::fs::write(folder.path().join(".env"), dotenv).unwrap();
    let fixed = [("HOME", home), ("XDG_CONFIG_HOME", home), ("APPDATA", home)];
    let env = fixed.iter().chain(env).map(|(name, value)| ((*name).into(), (*value).into()));
    config::resolve(flags, &Environment::new(env, folder.path().to_owned()))
}

fn resolved(settings: &Settings, key: &SettingKey) -> (String, Origin) {
    let (_, setting) = settings.resolved.iter().find(|(name, _)| *name == key.name).unwrap();
    (setting.value.clone(), setting.origin.clone())
}

#[test]
fn every_flag_is_parsed_and_explained_and_completed() {
    let command = command_definition();
    for (key, flag) in setting_keys().flat_map(|key| key.flags().map(move |flag| (key, flag))) {
        let long = flag.name.strip_prefix("--").unwrap();
        let arg = command.get_arguments().find(|arg| arg.get_long() == Some(long)).unwrap();
        assert!(arg.get_help().is_some_and(|help| help.to_string().len() > 10), "{long}");
        assert!(arg.is_global_set(), "{long}: a setting is one of every command");
        let (words, value) = match flag.form {
            FlagForm::Value(_) => (vec![flag.name.to_owned(), sample(key)], sample(key)),
            FlagForm::Sets(value) => (vec![flag.name.to_owned()], value.to_owned()),
        };
        let completed: Vec<_> =
            arg.get_possible_values().iter().map(|word| word.get_name().to_owned()).collect();
        if matches!(flag.form, FlagForm::Value(_)) {
            assert_eq!(completed, key.kind.words(), "{long}");
        }
        let words = ["codeagent", "doctor"].into_iter().map(str::to_owned).chain(words);
        let shared = CliArgs::try_parse_from(words).unwrap().shared;
        assert_eq!(shared.flags, FlagValues::from([(key.name, value.clone())]), "{long}");
        let (found, origin) = resolved(&resolve(shared.flags, &[], "", "").unwrap(), key);
        assert_eq!(found, value, "{long}");
        assert_eq!(origin, Origin::Flag(key.flags().next().unwrap().name));
    }
}

#[test]
fn flags_of_one_setting_exclude_each_other() {
    for [a, b] in [["--play-test", "--no-play-test"], ["--offline", "--engine=endpoint"]] {
        assert!(CliArgs::try_parse_from(["codeagent", a, b]).is_err(), "{a} {b}");
    }
    let odd = CliArgs::try_parse_from(["codeagent", "--theme", "disco"]).unwrap();
    assert_eq!(odd.shared.flags["theme"], "disco", "the settings say what is wrong with it");
}

#[test]
fn every_variable_and_every_line_of_the_file_sets_its_setting() {
    for key in setting_keys() {
        let value = sample(key);
        if let Some(env) = key.env {
            let settings = resolve(FlagValues::new(), &[(env, &value)], "", "").unwrap();
            assert_eq!(resolved(&settings, key), (value.clone(), Origin::Environment(env)));
        }
        let line = match key.name.split_once('.') {
            Some((table, name)) => format!("[{table}]\n{name} = '{value}'"),
            None => format!("{} = '{value}'", key.name),
        };
        match resolve(FlagValues::new(), &[], "", &line) {
            Ok(settings) => {
                let (found, origin) = resolved(&settings, key);
                assert!(key.in_file && found == value, "{line}");
                assert!(matches!(origin, Origin::File(_)), "{line}: {origin}");
            }
            Err(error) => {
                assert!(!key.in_file, "{line}: {error}");
                assert!(matches!(error, ConfigError::UnknownKey { .. }), "{line}: {error}");
            }
        }
    }
}

#[test]
fn a_project_sets_what_its_row_lets_it() {
    for key in setting_keys() {
        let Some(env) = key.env else {
            assert!(key.in_project.is_none(), "{}: a project has only variables", key.name);
            continue;
        };
        let value = sample(key);
        let settings = resolve(FlagValues::new(), &[], &format!("{env}={value}"), "").unwrap();
        let is_taken = key.in_project.is_some_and(|accepts| accepts(&value));
        assert_eq!(resolved(&settings, key).1 == Origin::DotEnv(env), is_taken, "{env}");
        assert_eq!(settings.notices.project.is_none(), is_taken, "{env}");
    }
}

#[test]
fn every_word_and_every_default_of_a_setting_is_one_that_it_takes() {
    for key in setting_keys().filter(|key| key.in_file) {
        let closed = match key.kind {
            ValueKind::Choice(words) => words(),
            _ => Vec::new(),
        };
        for word in &closed {
            let line = format!("{} = '{word}'", key.name);
            assert!(resolve(FlagValues::new(), &[], "", &line).is_ok(), "{line}");
        }
        let has_default = closed.is_empty() || key.default.is_empty();
        assert!(has_default || closed.contains(&key.default), "{}", key.name);
        if let (ValueKind::Number { min, max }, Some((table, name))) =
            (key.kind, key.name.split_once('.'))
        {
            for wrong in [(min > 0).then(|| min - 1), max.checked_add(1)].into_iter().flatten() {
                let line = format!("[{table}]\n{name} = {wrong}");
                let error = resolve(FlagValues::new(), &[], "", &line).unwrap_err().to_string();
                assert!(error.contains(&format!("from {min} to {max}")), "{error}");
            }
        }
    }
}

#[test]
fn the_suggested_themes_of_the_screen_are_those_that_exist() {
    let key = setting_keys().find(|key| key.name == "screen_theme").unwrap();
    let built_in = codeagent::tui::theme_registry::BUILT_IN.map(|(name, _)| name);
    assert_eq!(key.kind.words(), [&["auto"][..], &built_in].concat());
}

#[test]
fn every_setting_is_read() {
    let files = files_of(Path::new(env!("CARGO_MANIFEST_DIR")));
    let config: Vec<_> =
        files.iter().filter(|file| file.name.starts_with("config/") && !file.is_test()).collect();
    for key in setting_keys() {
        let name = format!("\"{}\"", key.name);
        let count: usize = config.iter().map(|file| file.text.matches(&name).count()).sum();
        assert!(count >= 2, "{} has a row and nobody reads it", key.name);
    }
}

/// `CODEAGENT_README=1` writes the table anew.
#[test]
fn the_readme_has_the_table_of_settings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let rows: String = setting_keys().map(|key| key.readme_line() + "\n").collect();
    for key in setting_keys() {
        assert!(key.about.contains(key.default), "README would not tell {}'s default", key.name);
    }
    let (before, rest) = readme.split_once(HEADER).expect("README has no table of settings");
    let end = rest.find("\n\n").unwrap() + 1;
    if std::env::var_os("CODEAGENT_README").is_some() {
        let after = &rest[end..];
        std::fs::write(&path, format!("{before}{HEADER}{rows}{after}")).unwrap();
        return;
    }
    assert_eq!(rest[..end], rows, "CODEAGENT_README=1 writes it");
}
