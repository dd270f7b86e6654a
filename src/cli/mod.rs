//! SHOWS the work as lines: for scripts, tests, pipes and short errands.
//!
//! Standard output carries the result and nothing else; what happens on the
//! way goes to standard error. The exit codes are a contract.

pub mod args;
pub mod check;
pub mod clock;
pub mod completions;
pub mod doctor;
pub mod harden;
pub mod json;
pub mod library;
pub mod lines;
pub mod models;
pub mod new;
pub mod usage;

mod check_file;
pub mod edit;
mod explain;
mod github;
pub mod output;
pub mod play;
mod play_test;
mod sarif;
mod target;
mod width;

use std::process::ExitCode;

use crate::config::Settings;
use crate::library::LibraryError;

/// Ends with an error that has no job: bad flags, bad settings.
pub fn exit_with_error(error: &dyn std::fmt::Display, code: u8) -> ExitCode {
    output::write_stderr(&format!("error: {error}\n"));
    ExitCode::from(code)
}

/// Tells what a project's `.env` wanted and did not get.
pub fn print_project_notice(settings: &Settings) {
    if let Some(notice) = &settings.project_notice {
        warn(notice);
    }
}

/// Something to know beside the result.
fn warn(words: &str) {
    output::write_stderr(&format!("{words}\n"));
}

/// Ends with a library that refuses: what it is, and what helps.
fn exit_with_library_error(error: &LibraryError) -> ExitCode {
    exit_with_error(&format!("{error}\n  {}", error.advice()), error.exit_code())
}

/// Puts the result on standard output and ends with `code`, or says that nobody is there to take it.
fn print_result(text: &str, code: u8) -> ExitCode {
    print_bytes(text.as_bytes(), code)
}

fn print_bytes(bytes: &[u8], code: u8) -> ExitCode {
    match output::write_stdout(bytes) {
        Ok(()) => ExitCode::from(code),
        Err(_) => exit_with_error(&"standard output is closed", 9),
    }
}
