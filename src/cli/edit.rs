//! `codeagent edit`: one game, one wish, one changed game.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::args::Edit;
use super::checked::{name_of, text_of};
use super::named::{Named, from_library};
use super::{library, new, refuse, refuse_library};
use crate::app::{Base, Saving};
use crate::config::Settings;
use crate::driver;
use crate::game::{StorageKey, strip_protection};

/// Changes the game, tells of it, and answers with the exit code.
pub fn run(edit: &Edit, settings: &Settings) -> ExitCode {
    let base = match Named::new(&edit.game) {
        Named::Library(address) => match from_library(address, settings) {
            Ok(base) => base,
            Err(error) => return refuse_library(&error),
        },
        Named::File(path) => match from_file(&path, settings) {
            Ok(base) => base,
            Err(why) => return refuse(&why, 2),
        },
    };
    new::make(&edit.new, settings, saving(edit, &base), Some(base))
}

/// A file, with its place in the library if it is there as it stands.
fn from_file(path: &Path, settings: &Settings) -> Result<Base, String> {
    let name = name_of(path);
    let text = text_of(path).map_err(|why| format!("{name}: {why}"))?;
    let known =
        library::open(settings).and_then(|library| match library.find_by_content(&text)? {
            Some(version) => driver::base(&library, version).map(Some),
            None => Ok(None),
        });
    // Without a library the file is all there is to know.
    Ok(known.ok().flatten().unwrap_or_else(|| Base {
        title: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        key: Some(
            StorageKey::from_sealed(&text)
                .unwrap_or_else(|| StorageKey::from_source(&strip_protection(&text))),
        ),
        source: strip_protection(&text).into(),
        ..Base::default()
    }))
}

/// Beside the file that is changed; a game of the library under its title, in this folder.
fn saving(edit: &Edit, base: &Base) -> Saving {
    let path = PathBuf::from(&edit.game);
    match &edit.new.output {
        None if edit.game != "-" && (base.version.is_none() || path.exists()) => Saving::File(path),
        _ => new::saving(&edit.new),
    }
}
