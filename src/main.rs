//! Wires the parts together and maps the outcome to an exit code.

use std::process::ExitCode;

use codeagent::cli;
use codeagent::cli::args::{Args, Command, Shared};
use codeagent::config::{self, ConfigError, Environment, Settings};
use codeagent::tui::{self, Looks};

fn main() -> ExitCode {
    let args = cli::args::parse();
    match wire(args) {
        Ok(code) => code,
        Err(error) => cli::refuse(&error, 2),
    }
}

fn wire(args: Args) -> Result<ExitCode, ConfigError> {
    Ok(match args.command {
        // Checking asks no server: what is wrong with the settings does not concern it.
        Some(Command::Check(check)) => cli::check::run(&check),
        Some(Command::Harden(harden)) => cli::harden::run(&harden),
        Some(Command::Library(library)) => {
            let settings = warned(settings(args.shared, &surroundings())?);
            cli::library::run(library, &settings)
        }
        Some(Command::Usage(usage)) => {
            let settings = warned(settings(args.shared, &surroundings())?);
            cli::usage::run(usage, &settings)
        }
        Some(Command::Models(models)) => {
            let settings = warned(settings(args.shared, &surroundings())?);
            cli::models::run(&models, &settings)
        }
        Some(Command::Doctor(doctor)) => {
            let around = surroundings();
            let settings = warned(settings(args.shared, &around)?);
            let env = |name: &str| around.env(name);
            cli::doctor::run(doctor, &settings, tui::features(&Looks::of(env), env))
        }
        Some(Command::Completions(completions)) => cli::generate::completions(&completions),
        Some(Command::Man(man)) => cli::generate::man(&man),
        Some(Command::New(new)) => {
            let settings = settings(args.shared, &surroundings())?;
            cli::new::run(&new, &settings)
        }
        Some(Command::Play(play)) => {
            let settings = warned(settings(args.shared, &surroundings())?);
            cli::play::run(&play, &settings)
        }
        Some(Command::Edit(edit)) => {
            let settings = settings(args.shared, &surroundings())?;
            cli::edit::run(&edit, &settings)
        }
        None => {
            let around = surroundings();
            let settings = settings(args.shared, &around)?;
            let looks = Looks::of(|name| around.env(name));
            tui::run(args.prompt.as_deref(), &settings, looks)
        }
    })
}

fn settings(shared: Shared, around: &Environment) -> Result<Settings, ConfigError> {
    config::resolve(shared.flags(), around)
}

/// For commands that tell none of the notices: what a project wanted is told by all.
fn warned(settings: Settings) -> Settings {
    cli::tell_project_notice(&settings);
    settings
}

/// The environment, read here and nowhere else. Names and values that are not
/// Unicode cannot mean anything to us.
#[expect(clippy::disallowed_methods, reason = "main reads the environment for everyone")]
fn surroundings() -> Environment {
    let env = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Environment::new(env, std::env::current_dir().unwrap_or_default())
}
