//! `codeagent edit`: changes a game with one prompt.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::args::EditArgs;
use super::check_file::{display_name, read_page};
use super::target::{GameTarget, from_library};
use super::{exit_with_error, exit_with_library_error, library, new};
use crate::app::{BaseVersion, SaveTarget};
use crate::config::Settings;
use crate::driver;
use crate::game::{StorageKey, strip_protection};

/// Changes the game, prints progress and result, and returns the exit code.
pub fn run(edit: &EditArgs, settings: &Settings) -> ExitCode {
    let base = match GameTarget::parse(&edit.game) {
        GameTarget::Library(address) => match from_library(address, settings) {
            Ok(base) => base,
            Err(error) => return exit_with_library_error(&error),
        },
        GameTarget::File(path) => match from_file(&path, settings) {
            Ok(base) => base,
            Err(why) => return exit_with_error(&why, 2),
        },
    };
    new::make_game(&edit.new, settings, saving(edit, &base), Some(base))
}

/// The base version from a file, with its version in the library if that has the same content.
fn from_file(path: &Path, settings: &Settings) -> Result<BaseVersion, String> {
    let name = display_name(path);
    let text = read_page(path).map_err(|why| format!("{name}: {why}"))?;
    let known =
        library::open(settings).and_then(|library| match library.find_by_content(&text)? {
            Some(version) => driver::base(&library, version).map(Some),
            None => Ok(None),
        });
    // Without a library, only the file is known.
    Ok(known.ok().flatten().unwrap_or_else(|| BaseVersion {
        title: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        key: Some(
            StorageKey::from_sealed(&text)
                .unwrap_or_else(|| StorageKey::from_source(&strip_protection(&text))),
        ),
        source: strip_protection(&text).into(),
        ..BaseVersion::default()
    }))
}

/// Saves beside the changed file; a game of the library under its title, in the working directory.
fn saving(edit: &EditArgs, base: &BaseVersion) -> SaveTarget {
    let path = PathBuf::from(&edit.game);
    match &edit.new.output {
        None if edit.game != "-" && (base.version.is_none() || path.exists()) => {
            SaveTarget::File(path)
        }
        _ => new::save_target(&edit.new),
    }
}
