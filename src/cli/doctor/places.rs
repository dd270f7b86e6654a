//! Diagnoses the folders and the library.

use std::path::Path;

use super::line::{CheckHealth, DoctorLine};
use crate::config::Settings;
use crate::driver::DiagnosticReport;
use crate::library::{self, DiskError};
use crate::untrusted::Untrusted;

/// The lines about folders, the configuration and the library.
pub fn place_lines(settings: &Settings, checkup: &DiagnosticReport) -> Vec<DoctorLine> {
    vec![home_line(settings), games_line(settings), config_line(settings), library_line(checkup)]
}

fn home_line(settings: &Settings) -> DoctorLine {
    let home = &settings.files.home.value;
    let line = DoctorLine::good("home", DiskError::display_path(home))
        .with_origin(&settings.files.home.origin);
    match check_folder(home) {
        Ok(()) => line,
        Err(error) => line.append(&format!(": {}", error.why)).with_advice(
            CheckHealth::Broken(9),
            "Correct its permissions, or choose another folder with --home.",
        ),
    }
}

/// Checks that a folder can be written; for a missing one, its nearest existing parent.
fn check_folder(folder: &Path) -> Result<(), DiskError> {
    let there = folder.ancestors().find(|at| at.exists()).unwrap_or(Path::new("."));
    library::check_writable(&there.join("codeagent-doctor"))
}

fn games_line(settings: &Settings) -> DoctorLine {
    let folder = settings.files.home.value.join("games");
    let line = DoctorLine::good("games", DiskError::display_path(&folder));
    let count = std::fs::read_dir(&folder).map(Iterator::count).ok();
    let line = match count {
        None => line.append(", created with the first game"),
        Some(1) => line.append(", 1 file"),
        Some(count) => line.append(&format!(", {count} files")),
    };
    match check_folder(&folder) {
        Ok(()) => line,
        Err(error) => line.append(&format!(": {}", error.why)).with_advice(
            CheckHealth::Broken(9),
            "Correct its permissions: finished games are saved there.",
        ),
    }
}

fn config_line(settings: &Settings) -> DoctorLine {
    let line = DoctorLine::good("config", DiskError::display_path(&settings.files.config));
    if settings.files.config.exists() { line } else { line.append(", not present") }
}

fn library_line(checkup: &DiagnosticReport) -> DoctorLine {
    let status = match &checkup.library {
        Ok(status) => status,
        Err(error) => {
            let line = DoctorLine::good("library", error.to_string());
            return line.with_advice(CheckHealth::Broken(9), error.advice());
        }
    };
    let health = &status.health;
    let many =
        |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let line = DoctorLine::good(
        "library",
        format!(
            "{} in {}, {} kB, schema {}, {}",
            many(health.games, "game"),
            many(health.versions, "version"),
            health.bytes.div_ceil(1_000),
            health.schema_version,
            DiskError::display_path(&status.path),
        ),
    );
    if let Some(moved_to) = &status.set_aside {
        let moved_to = DiskError::display_path(moved_to);
        return line.with_advice(
            CheckHealth::Degraded,
            format!("The old library was damaged and moved to {moved_to}; this one is new."),
        );
    }
    match &health.faults {
        Some(faults) if faults.is_empty() => line,
        None => line.with_advice(
            CheckHealth::Degraded,
            "It is too large to check in a few seconds; no damage found so far.",
        ),
        Some(faults) => {
            let first = faults.first().map(String::as_str).unwrap_or_default();
            let first = Untrusted::new(first).headline(120);
            line.append(&format!(": damaged ({first})")).with_advice(
                CheckHealth::Broken(9),
                "Export what can be read (`codeagent library export`), then move the file away.",
            )
        }
    }
}
