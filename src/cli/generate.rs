//! `codeagent completions` and `codeagent man`: made from the definitions of the commands, so that
//! they cannot tell anything else.

use std::process::ExitCode;

use super::args::{Completions, Man, definition};
use super::{put_bytes, refuse};
use crate::untrusted::Untrusted;

/// The script that completes commands and flags in a shell.
pub fn completions(completions: &Completions) -> ExitCode {
    let mut script = Vec::new();
    let mut command = definition();
    clap_complete::generate(completions.shell, &mut command, "codeagent", &mut script);
    put_bytes(&script, 0)
}

/// The manual page of the program, or of one command.
pub fn man(man: &Man) -> ExitCode {
    let mut command = definition();
    // Names of commands within commands, as they are typed: `codeagent-library-list`.
    command.build();
    let mut page = &command;
    for word in &man.command {
        match page.find_subcommand(word) {
            Some(inner) => page = inner,
            None => {
                return refuse(
                    &unknown(page.get_subcommands().map(clap::Command::get_name), word),
                    2,
                );
            }
        }
    }
    let page = clap_mangen::Man::new(page.clone());
    let mut text = Vec::new();
    match page.render(&mut text) {
        Ok(()) => put_bytes(&text, 0),
        Err(error) => refuse(&error, 9),
    }
}

fn unknown<'n>(names: impl Iterator<Item = &'n str>, word: &str) -> String {
    let names = names.filter(|name| *name != "help").collect::<Vec<_>>().join(", ");
    let word = Untrusted::new(word).headline(40);
    if names.is_empty() {
        return format!("there is no command `{word}` below it");
    }
    format!("there is no command `{word}`; there are {names}")
}
