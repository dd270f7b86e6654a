//! `codeagent completions` and `codeagent man`, generated from the definitions of the commands.
//!
//! The script of a shell asks this program, so that it knows today's games and models, too.

use std::ffi::OsStr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Arg, Command};
use clap_complete::CompleteEnv;
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _,
};
use clap_complete::env::Shells;

use super::args::{CompletionsArgs, ManArgs, command_definition};
use super::{exit_with_error, print_bytes};
use crate::config::{Environment, FlagValues, resolve};
use crate::driver;
use crate::library::{GameEntry, ListRange};
use crate::rules::{ALL, Rule};
use crate::untrusted::Untrusted;

/// The variable by which the script of a shell asks.
const QUESTION: &str = "CODEAGENT_COMPLETE";

/// Most games that a shell is told of: the newest.
const MAX_GAMES: u32 = 200;

/// Prints the completion script of a shell.
pub fn print_completions(completions: &CompletionsArgs) -> ExitCode {
    let name = completions.shell.to_string();
    let shells = Shells::builtins();
    let Some(shell) = shells.completer(&name) else {
        return exit_with_error(&format!("no completions for {name}"), 2);
    };
    let mut script = Vec::new();
    match shell.write_registration(QUESTION, "codeagent", "codeagent", "codeagent", &mut script) {
        Ok(()) => print_bytes(&script, 0),
        Err(error) => exit_with_error(&error, 9),
    }
}

/// Tells a shell what the word under the cursor may be, and ends the process. Returns at once where
/// no shell asks. Nothing is asked on the network.
pub fn answer_shell(environment: impl Fn() -> Environment) {
    let definition = || completing(command_definition(), &Arc::new(environment()));
    CompleteEnv::with_factory(definition).var(QUESTION).complete();
}

/// The definition with what its arguments may be.
fn completing(command: Command, environment: &Arc<Environment>) -> Command {
    let inner = |command| completing(command, environment);
    let within = command.get_name().to_owned();
    command.mut_subcommands(inner).mut_args(|arg| match candidates(&arg, &within) {
        Some(Candidates::Games(form)) => with_games(arg, form, Arc::clone(environment)),
        Some(Candidates::Models) => {
            let environment = Arc::clone(environment);
            arg.add(ArgValueCandidates::new(move || models(&environment)))
        }
        Some(Candidates::Rules) => arg.add(ArgValueCandidates::new(rules)),
        None => arg,
    })
}

/// What an argument may be.
#[derive(Clone, Copy)]
enum Candidates {
    Games(GameForm),
    /// Names of models.
    Models,
    Rules,
}

/// How a game is named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum GameForm {
    /// As a game of the library.
    Library,
    /// As that, or as a file.
    LibraryOrFile,
}

fn candidates(arg: &Arg, command: &str) -> Option<Candidates> {
    let names_value = |name: &str| {
        arg.get_value_names().is_some_and(|names| names.iter().any(|known| known.as_str() == name))
    };
    match (arg.get_id().as_str(), command) {
        ("game", "edit") | ("games", "play") => Some(Candidates::Games(GameForm::LibraryOrFile)),
        ("game", _) => Some(Candidates::Games(GameForm::Library)),
        _ if names_value("GAME") => Some(Candidates::Games(GameForm::Library)),
        ("model", _) => Some(Candidates::Models),
        ("explain", "check") => Some(Candidates::Rules),
        _ => None,
    }
}

fn with_games(arg: Arg, form: GameForm, environment: Arc<Environment>) -> Arg {
    arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
        let typed_text = typed.to_string_lossy();
        let is_meant = |game: &CompletionCandidate| {
            game.get_value().to_string_lossy().starts_with(&*typed_text)
        };
        let mut found: Vec<_> = games(&environment).into_iter().filter(is_meant).collect();
        if form == GameForm::LibraryOrFile {
            found.extend(PathCompleter::file().complete(typed));
        }
        found
    }))
}

/// The games of the library, the newest first. Empty without a library, or without settings.
fn games(environment: &Environment) -> Vec<CompletionCandidate> {
    let Ok(settings) = resolve(FlagValues::default(), environment) else { return Vec::new() };
    // Looking makes no library.
    if !settings.files.home.value.join("library.db").is_file() {
        return Vec::new();
    }
    let range = ListRange { offset: 0, limit: MAX_GAMES };
    let games = driver::library(&settings).and_then(|library| library.games(range));
    let games = games.unwrap_or_default().into_iter().enumerate();
    let candidate = |(at, game): (usize, GameEntry)| {
        let title = Untrusted::new(&game.title).headline(60);
        CompletionCandidate::new(game.id.to_string())
            .help(Some(title.into()))
            .display_order(Some(at))
    };
    games.map(candidate).collect()
}

fn models(environment: &Environment) -> Vec<CompletionCandidate> {
    let Ok(settings) = resolve(FlagValues::default(), environment) else { return Vec::new() };
    let is_plain = |name: &String| Untrusted::new(name).headline(200) == *name;
    driver::known_models(&settings)
        .into_iter()
        .filter(is_plain)
        .map(CompletionCandidate::new)
        .collect()
}

fn rules() -> Vec<CompletionCandidate> {
    let candidate =
        |rule: &&Rule| CompletionCandidate::new(rule.code).help(Some(rule.title.into()));
    ALL.iter().map(candidate).collect()
}

/// Prints the manual page of the program or of one command.
pub fn print_manual(man: &ManArgs) -> ExitCode {
    let mut command = command_definition();
    // Sets the full names of subcommands: `codeagent-library-list`.
    command.build();
    let mut page = &command;
    for word in &man.command {
        match page.find_subcommand(word) {
            Some(inner) => page = inner,
            None => {
                return exit_with_error(
                    &unknown_command(page.get_subcommands().map(clap::Command::get_name), word),
                    2,
                );
            }
        }
    }
    let page = clap_mangen::Man::new(page.clone());
    let mut text = Vec::new();
    match page.render(&mut text) {
        Ok(()) => print_bytes(&text, 0),
        Err(error) => exit_with_error(&error, 9),
    }
}

fn unknown_command<'n>(names: impl Iterator<Item = &'n str>, word: &str) -> String {
    let names = names.filter(|name| *name != "help").collect::<Vec<_>>().join(", ");
    let word = Untrusted::new(word).headline(40);
    if names.is_empty() {
        return format!("it has no subcommand `{word}`");
    }
    format!("no command `{word}`; the commands are {names}")
}
