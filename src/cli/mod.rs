//! SHOWS the work as lines: the commands, for scripts, tests and pipes.
//!
//! Standard output carries only the result; progress goes to standard error. The exit codes are a
//! contract.

pub mod args;
pub mod check;
pub mod completions;
pub mod doctor;
pub mod harden;
pub mod improve;
mod json;
pub mod library;
mod load_game;
pub mod local;
pub mod login;
pub mod models;
pub mod new;
pub mod usage;

mod check_file;
pub mod edit;
mod explain;
mod github;
pub mod play;
mod play_test;
mod sarif;
mod target;
mod width;

use std::process::ExitCode;

use crate::config::Settings;
use crate::library::LibraryError;
use crate::report::{clock, exit_with_error, lines, output};

/// Prints what a project's `.env` set without effect.
pub fn print_project_notice(settings: &Settings) {
    if let Some(notice) = &settings.notices.project {
        warn(notice);
    }
}

/// Prints a line to standard error.
fn warn(text: &str) {
    output::write_stderr(&format!("{text}\n"));
}

/// Prints an error of the library with its remedy, and returns its exit code.
fn exit_with_library_error(error: &LibraryError) -> ExitCode {
    exit_with_error(&format!("{error}\n  {}", error.advice()), error.exit_code())
}

/// Writes the result to standard output and returns `code`, or 9 if standard output is closed.
fn print_result(text: &str, code: u8) -> ExitCode {
    print_bytes(text.as_bytes(), code)
}

fn print_bytes(bytes: &[u8], code: u8) -> ExitCode {
    match output::write_stdout(bytes) {
        Ok(()) => ExitCode::from(code),
        Err(_) => exit_with_error(&"standard output is closed", 9),
    }
}
