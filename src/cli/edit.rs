//! `codeagent edit`: changes a game with one prompt.

use std::path::Path;
use std::process::ExitCode;

use super::args::EditArgs;
use super::check_file::{display_name, read_page};
use super::library::{LibraryCommandError, keep_page};
use super::target::{GameTarget, from_library};
use super::{exit_with_error, exit_with_library_error, library, new, warn};
use crate::app::{BaseVersion, OutputForm, SaveTarget};
use crate::config::Settings;
use crate::driver;
use crate::game::{StorageKey, strip_protection};
use crate::library::Library;

/// Changes the game, prints progress and result, and returns the exit code.
pub fn run(edit: &EditArgs, settings: &Settings) -> ExitCode {
    if edit.new.improve {
        let why = "a change says what is to be different; `codeagent new --improve` makes the prompt of a new game full";
        return exit_with_error(&why, 2);
    }
    let change = match GameTarget::parse(&edit.game) {
        GameTarget::Library(address) => match from_library(address, settings) {
            Ok(base) => Change { base, saving: new::save_target(&edit.new), form: None },
            Err(error) => return exit_with_library_error(&error),
        },
        GameTarget::File(path) => match from_file(&path, edit, settings) {
            Ok(change) => change,
            Err(why) => return exit_with_error(&why, 2),
        },
    };
    let form = change.form.unwrap_or_else(|| new::output_form(&edit.new));
    new::make_game(&edit.new, settings, (change.saving, form), Some(change.base))
}

/// What is changed, and where the result goes.
struct Change {
    base: BaseVersion,
    saving: SaveTarget,
    /// The form that the file has. `None` as the flags say.
    form: Option<OutputForm>,
}

/// The base version from a file. A file that is changed in place is in the library first, so that
/// nothing of it is lost.
fn from_file(path: &Path, edit: &EditArgs, settings: &Settings) -> Result<Change, String> {
    let name = display_name(path);
    let text = read_page(path).map_err(|why| format!("{name}: {why}"))?;
    let is_file = edit.game != "-";
    let is_in_place = is_file && !edit.as_new && edit.new.output.is_none();
    let unknown = if is_in_place { UnknownPage::Keep } else { UnknownPage::Leave };
    let kept = library::open(settings)
        .map_err(LibraryCommandError::from)
        .and_then(|library| kept_version(library, path, &text, unknown));
    let (base, kept) = match kept {
        Ok(Some(base)) => (base, Ok(())),
        Ok(None) => (unkept(path, &text), Err(String::new())),
        Err(why) => (unkept(path, &text), Err(format!("{why}"))),
    };
    let saving = match kept {
        Ok(()) if is_in_place => SaveTarget::Over(path.to_owned()),
        Err(why) if is_in_place => {
            warn(&format!(
                "the library cannot keep {name} as it is ({why}): the change is saved beside it"
            ));
            SaveTarget::File(path.to_owned())
        }
        _ if is_file && edit.new.output.is_none() => SaveTarget::File(path.to_owned()),
        _ => new::save_target(&edit.new),
    };
    let is_asked = edit.new.plain || edit.new.sealed || !is_in_place;
    Ok(Change { base, saving, form: (!is_asked).then(|| form_of(&text)) })
}

/// What is done with a page that the library does not know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UnknownPage {
    /// It becomes a game of its own.
    Keep,
    Leave,
}

/// The page of a file as a version of the library: the one with the same content, or a new one where it
/// is to be kept. `None` if it is not there and is not to be kept.
fn kept_version(
    mut library: Library,
    path: &Path,
    text: &str,
    unknown: UnknownPage,
) -> Result<Option<BaseVersion>, LibraryCommandError> {
    let version = match library.find_by_content(text)? {
        None if unknown == UnknownPage::Keep => {
            Some(keep_page(&mut library, path, text.to_owned())?.0)
        }
        known => known,
    };
    Ok(version.map(|version| driver::base(&library, version)).transpose()?)
}

/// The base version of a file that no library knows.
fn unkept(path: &Path, text: &str) -> BaseVersion {
    BaseVersion {
        title: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        key: Some(
            StorageKey::from_sealed(text)
                .unwrap_or_else(|| StorageKey::from_source(&strip_protection(text))),
        ),
        source: strip_protection(text).into(),
        ..BaseVersion::default()
    }
}

/// The form that a file has.
fn form_of(text: &str) -> OutputForm {
    match StorageKey::from_sealed(text) {
        Some(_) => OutputForm::Sealed,
        None => OutputForm::Plain,
    }
}
