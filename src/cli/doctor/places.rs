//! Where things lie: whether they can be written, and whether the library is sound.

use std::path::Path;

use super::line::{Health, Line};
use crate::config::Settings;
use crate::driver::Checkup;
use crate::library::{self, DiskError};
use crate::untrusted::Untrusted;

pub fn lines(settings: &Settings, checkup: &Checkup) -> Vec<Line> {
    vec![home(settings), games(settings), config(settings), library(checkup)]
}

fn home(settings: &Settings) -> Line {
    let home = &settings.home.value;
    let line = Line::good("home", DiskError::display_path(home)).set(&settings.home.origin);
    match writable(home) {
        Ok(()) => line,
        Err(error) => line
            .and(&format!(": {}", error.why))
            .with(Health::Bad(9), "Correct its permissions, or choose another folder with --home."),
    }
}

/// A folder that is not there yet is made where it is needed: its parent decides.
fn writable(folder: &Path) -> Result<(), DiskError> {
    let there = folder.ancestors().find(|at| at.exists()).unwrap_or(Path::new("."));
    library::check_writable(&there.join("codeagent-doctor"))
}

fn games(settings: &Settings) -> Line {
    let folder = settings.home.value.join("games");
    let line = Line::good("games", DiskError::display_path(&folder));
    let count = std::fs::read_dir(&folder).map(Iterator::count).ok();
    let line = match count {
        None => line.and(", made with the first game"),
        Some(1) => line.and(", 1 file"),
        Some(count) => line.and(&format!(", {count} files")),
    };
    match writable(&folder) {
        Ok(()) => line,
        Err(error) => line
            .and(&format!(": {}", error.why))
            .with(Health::Bad(9), "Correct its permissions: finished games are saved there."),
    }
}

fn config(settings: &Settings) -> Line {
    let line = Line::good("config", DiskError::display_path(&settings.file));
    if settings.file.exists() { line } else { line.and(", not there: nothing is set in it") }
}

fn library(checkup: &Checkup) -> Line {
    let looked = match &checkup.library {
        Ok(looked) => looked,
        Err(error) => {
            let line = Line::good("library", error.to_string());
            return line.with(Health::Bad(9), error.advice());
        }
    };
    let health = &looked.health;
    let many =
        |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let line = Line::good(
        "library",
        format!(
            "{} in {}, {} kB, form {}, {}",
            many(health.games, "game"),
            many(health.versions, "version"),
            health.bytes.div_ceil(1_000),
            health.schema_version,
            DiskError::display_path(&looked.path),
        ),
    );
    if let Some(kept) = &looked.set_aside {
        let kept = DiskError::display_path(kept);
        return line
            .with(Health::Less, format!("It was damaged and is kept as {kept}; this one is new."));
    }
    match &health.faults {
        Some(faults) if faults.is_empty() => line,
        None => line.with(
            Health::Less,
            "It is too large to be looked through in some seconds; no fault was found so far.",
        ),
        Some(faults) => {
            let first = faults.first().map(String::as_str).unwrap_or_default();
            let first = Untrusted::new(first).headline(120);
            line.and(&format!(": damaged ({first})")).with(
                Health::Bad(9),
                "Export what can be read (`codeagent library export`), then move the file away.",
            )
        }
    }
}
