//! `codeagent harden`: one HTML file, repaired and locked down.

use std::path::Path;
use std::process::ExitCode;

use super::args::Harden;
use super::checked::{STUMBLED, Verdict, name_of, text_of};
use super::{put, refuse, warn};
use crate::driver::beside;
use crate::game::{HtmlSource, Vetted, seal, vet};
use crate::library::{DiskError, replace_file, write_new};

/// Hardens the file, tells what was changed, and answers with the exit code.
pub fn run(harden: &Harden) -> ExitCode {
    let name = name_of(&harden.file);
    let text = match text_of(&harden.file) {
        Ok(text) => text,
        Err(why) => return refuse(&format!("{name}: {why}"), 2),
    };
    let vetted = beside(&[text], |text| vet(HtmlSource::new(text.as_str()))).into_iter().flatten();
    match vetted.last() {
        Some(Ok(vetted)) => {
            explain(&name, &Verdict::from(&vetted));
            deliver(&vetted, harden)
        }
        Some(Err(rejection)) => {
            explain(&name, &Verdict::from(rejection));
            ExitCode::from(7)
        }
        None => refuse(&format!("{name}: {STUMBLED}"), 2),
    }
}

/// What was found, beside the result.
fn explain(name: &str, verdict: &Verdict) {
    warn(&verdict.told(name));
}

fn deliver(vetted: &Vetted, harden: &Harden) -> ExitCode {
    let is_sealed = harden.sealed || (vetted.is_sealed() && !harden.plain);
    let sealed = is_sealed.then(|| seal(vetted, vetted.storage_key()));
    let html = sealed.as_deref().unwrap_or(vetted.html());
    if harden.output == Path::new("-") {
        return put(html, 0);
    }
    let write = if harden.force { replace_file } else { write_new };
    match write(&harden.output, html) {
        Ok(path) => put(&format!("{}\n", DiskError::display_path(&path)), 0),
        Err(error) => refuse(&error, 9),
    }
}
