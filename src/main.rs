//! Wires the parts together and maps the outcome to an exit code.

use std::process::ExitCode;

use codeagent::cli;
use codeagent::cli::args::{CliArgs, CliCommand, SharedArgs};
use codeagent::config::{self, ConfigError, Environment, Settings};
use codeagent::driver::{self, log::LogFlag};
use codeagent::report::{self, TerminalCheck};
#[cfg(feature = "screen")]
use codeagent::tui::{self, TerminalEnv};

fn main() -> ExitCode {
    cli::completions::answer_shell(read_environment);
    let args = cli::args::parse();
    match run_command(args) {
        Ok(code) => code,
        Err(error) => report::exit_with_error(&error, 2),
    }
}

fn run_command(args: CliArgs) -> Result<ExitCode, ConfigError> {
    Ok(match args.command {
        // These use no settings, so errors in files do not matter, and flags would do nothing.
        Some(CliCommand::Check(check)) => {
            without_settings("check", &args.shared, || cli::check::run(&check))
        }
        Some(CliCommand::Harden(harden)) => {
            without_settings("harden", &args.shared, || cli::harden::run(&harden))
        }
        Some(CliCommand::Completions(completions)) => {
            let print = || cli::completions::print_completions(&completions);
            without_settings("completions", &args.shared, print)
        }
        Some(CliCommand::Man(man)) => {
            without_settings("man", &args.shared, || cli::completions::print_manual(&man))
        }
        Some(CliCommand::Library(library)) => {
            cli::library::run(library, &noticed_settings(args.shared)?)
        }
        Some(CliCommand::Usage(usage)) => cli::usage::run(usage, &noticed_settings(args.shared)?),
        Some(CliCommand::Local(local)) => cli::local::run(&local, &noticed_settings(args.shared)?),
        Some(CliCommand::Login) => cli::login::run(&noticed_settings(args.shared)?),
        Some(CliCommand::LaunchLocalServer(launch)) => cli::local::launch(&launch),
        Some(CliCommand::Models(models)) => {
            cli::models::run(&models, &noticed_settings(args.shared)?)
        }
        Some(CliCommand::Doctor(doctor)) => {
            let environment = read_environment();
            let (settings, broken) = match resolve_settings(args.shared, &environment) {
                Ok(settings) => (with_project_notice(settings), None),
                // A diagnosis works all the same.
                Err(error) => (config::resolve_defaults(&environment)?, Some(error)),
            };
            cli::doctor::run(doctor, &settings, broken.as_ref(), check_terminal(&environment))
        }
        Some(CliCommand::New(new)) => {
            let settings = resolve_settings(args.shared, &read_environment())?;
            cli::new::run(&new, &settings)
        }
        Some(CliCommand::Play(play)) => cli::play::run(&play, &noticed_settings(args.shared)?),
        Some(CliCommand::Edit(edit)) => {
            let settings = resolve_settings(args.shared, &read_environment())?;
            cli::edit::run(&edit, &settings)
        }
        None => {
            let environment = read_environment();
            let settings = resolve_settings(args.shared, &environment)?;
            open_screen(args.prompt.as_deref(), &settings, &environment)
        }
    })
}

/// Runs a command of this name, unless flags of settings are given.
fn without_settings(name: &str, shared: &SharedArgs, run: impl FnOnce() -> ExitCode) -> ExitCode {
    match shared.refuse(name) {
        Ok(()) => run(),
        Err(sentence) => report::exit_with_error(&sentence, 2),
    }
}

#[cfg(feature = "screen")]
fn open_screen(prompt: Option<&str>, settings: &Settings, environment: &Environment) -> ExitCode {
    tui::run(prompt, settings, TerminalEnv::from_env(|name| environment.env(name)))
}

#[cfg(not(feature = "screen"))]
fn open_screen(_: Option<&str>, _: &Settings, _: &Environment) -> ExitCode {
    let sentence = "this build leaves out the screen, which the feature `screen` brings: \
                    `codeagent new PROMPT` makes a game without it";
    report::exit_with_error(&sentence, 2)
}

#[cfg(feature = "screen")]
fn check_terminal(environment: &Environment) -> Vec<TerminalCheck> {
    let env = |name: &str| environment.env(name);
    tui::features(&TerminalEnv::from_env(env), env)
}

#[cfg(not(feature = "screen"))]
fn check_terminal(_: &Environment) -> Vec<TerminalCheck> {
    let value = "left out of this build: the feature `screen` brings it".to_owned();
    vec![TerminalCheck { name: "screen", value, advice: None }]
}

fn resolve_settings(
    shared: SharedArgs,
    environment: &Environment,
) -> Result<Settings, ConfigError> {
    let flag = if shared.log { LogFlag::Given } else { LogFlag::Absent };
    let mut settings = config::resolve(shared.flags, environment)?;
    match driver::log::start(&settings, flag, environment.env("RUST_LOG")) {
        Ok(None) => {}
        Ok(Some(path)) => settings.notify(format!("logging to {path}")),
        Err(error) => settings.notify(format!("no log is written: {error}")),
    }
    Ok(settings)
}

/// The settings, after the project's notice.
fn noticed_settings(shared: SharedArgs) -> Result<Settings, ConfigError> {
    Ok(with_project_notice(resolve_settings(shared, &read_environment())?))
}

/// Prints the project's notice, for commands that print no other notices.
fn with_project_notice(settings: Settings) -> Settings {
    cli::print_project_notice(&settings);
    settings
}

/// Reads the environment; nothing else does. Names and values that are not Unicode are ignored.
#[expect(clippy::disallowed_methods, reason = "main reads the environment for everyone")]
fn read_environment() -> Environment {
    let env = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Environment::new(env, std::env::current_dir().unwrap_or_default())
}
