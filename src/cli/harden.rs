//! `codeagent harden`: repairs and hardens one HTML file.

use std::path::Path;
use std::process::ExitCode;

use super::args::HardenArgs;
use super::check_file::{CHECKS_PANICKED, FileVerdict, display_name, read_page};
use super::{exit_with_error, print_result, warn};
use crate::driver::parallel_map;
use crate::game::{HtmlSource, Vetted, seal, vet};
use crate::library::{DiskError, replace_file, write_new};

/// Hardens the file, prints the findings, and returns the exit code.
pub fn run(harden: &HardenArgs) -> ExitCode {
    let name = display_name(&harden.file);
    let text = match read_page(&harden.file) {
        Ok(text) => text,
        Err(why) => return exit_with_error(&format!("{name}: {why}"), 2),
    };
    let vetted =
        parallel_map(&[text], |text| vet(HtmlSource::new(text.as_str()))).into_iter().flatten();
    match vetted.last() {
        Some(Ok(vetted)) => {
            print_findings(&name, &FileVerdict::from(&vetted));
            write_output(&vetted, harden)
        }
        Some(Err(rejection)) => {
            print_findings(&name, &FileVerdict::from(rejection));
            ExitCode::from(7)
        }
        None => exit_with_error(&format!("{name}: {CHECKS_PANICKED}"), 2),
    }
}

/// Prints the findings to standard error.
fn print_findings(name: &str, verdict: &FileVerdict) {
    warn(&verdict.report(name));
}

fn write_output(vetted: &Vetted, harden: &HardenArgs) -> ExitCode {
    let is_sealed = harden.sealed || (vetted.is_sealed() && !harden.plain);
    let sealed = is_sealed.then(|| seal(vetted, vetted.storage_key()));
    let html = sealed.as_deref().unwrap_or(vetted.html());
    if harden.output == Path::new("-") {
        return print_result(html, 0);
    }
    let write = if harden.force { replace_file } else { write_new };
    match write(&harden.output, html) {
        Ok(path) => print_result(&format!("{}\n", DiskError::display_path(&path)), 0),
        Err(error) => exit_with_error(&error, 9),
    }
}
