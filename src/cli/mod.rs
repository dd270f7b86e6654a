//! SHOWS the work as lines: for scripts, tests, pipes and short errands.
//!
//! Standard output carries the result and nothing else; what happens on the
//! way goes to standard error. The exit codes are a contract.

pub mod args;
pub mod json;
pub mod lines;
pub mod new;

use std::io::Write;
use std::process::ExitCode;

/// Ends with an error that has no job: bad flags, bad settings.
pub fn refuse(error: &dyn std::fmt::Display, code: u8) -> ExitCode {
    // With standard error closed there is nobody to tell.
    drop(writeln!(std::io::stderr(), "error: {error}"));
    ExitCode::from(code)
}
