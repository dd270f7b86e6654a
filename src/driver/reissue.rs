//! Writes the file of a version again: rules and guard may have changed since it was saved.

use crate::app::OutputForm;
use crate::game::{HtmlSource, StorageKey, seal, vet};
use crate::library::{GameId, Library, LibraryError, VersionId};

/// The file of a version as it would be saved today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReissuedGame {
    pub html: String,
    /// Why it is no valid game today, in one sentence; the file says so too, and is as it came.
    pub refused: Option<String>,
}

/// Checks a page before it was hardened, and puts it into its form.
pub fn reissue(source: &str, key: &StorageKey, form: OutputForm) -> ReissuedGame {
    match vet(HtmlSource::new(source)) {
        Ok(game) => {
            let html = match form {
                OutputForm::Sealed => seal(&game, key),
                OutputForm::Plain => game.html().to_owned(),
            };
            ReissuedGame { html, refused: None }
        }
        Err(rejection) => {
            ReissuedGame { html: rejection.with_warning(), refused: Some(rejection.summary()) }
        }
    }
}

/// The key under which all versions of a game store their data: that of the first version.
///
/// # Errors
///
/// The game has no first version, or the library cannot be read.
pub fn storage_key(library: &Library, game: GameId) -> Result<StorageKey, LibraryError> {
    Ok(StorageKey::from_source(&library.page_texts(VersionId { game, number: 1 })?.source))
}
