//! `codeagent completions` and `codeagent man`, generated from the definitions of the commands.

use std::process::ExitCode;

use super::args::{CompletionsArgs, ManArgs, command_definition};
use super::{exit_with_error, print_bytes};
use crate::untrusted::Untrusted;

/// Prints the completion script of a shell.
pub fn print_completions(completions: &CompletionsArgs) -> ExitCode {
    let mut script = Vec::new();
    let mut command = command_definition();
    clap_complete::generate(completions.shell, &mut command, "codeagent", &mut script);
    print_bytes(&script, 0)
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
