//! PRINTS what both faces print, the commands and the screen: streams, times and dates, progress as
//! lines, errors that end the program.

pub mod clock;
pub mod lines;
pub mod output;

use std::process::ExitCode;

/// How much of a job's progress is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineDetail {
    Brief,
    /// Also who answers, each stage of a play-test, and where the version is.
    Full,
}

/// A diagnosed feature of the terminal, supplied by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalCheck {
    pub name: &'static str,
    pub value: String,
    /// The remedy, if the feature is missing.
    pub advice: Option<String>,
}

/// Prints an error that belongs to no job, such as bad flags or settings, and returns the exit
/// code.
pub fn exit_with_error(error: &dyn std::fmt::Display, code: u8) -> ExitCode {
    output::write_stderr(&format!("error: {error}\n"));
    ExitCode::from(code)
}
