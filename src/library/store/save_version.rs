//! Saves versions, which never change afterwards.

use rusqlite::{Connection, Transaction, named_params};

use super::game_rows::{insert_game, insert_version};
use super::rows::{execute, insert, query_value};
use super::tokenize::index_words;
use super::{Library, head_and_tip};
use crate::library::error::LibraryError;
use crate::library::version::{GameId, NewVersion, UnixMillis, VersionId, VersionParent};

impl Library {
    /// Saves a version and makes it current.
    ///
    /// # Errors
    ///
    /// The parent does not exist, or the library cannot be written.
    pub fn save_version(
        &mut self,
        parent_ref: VersionParent,
        new: &NewVersion,
        now: UnixMillis,
    ) -> Result<VersionId, LibraryError> {
        self.write(|tx| save_version(tx, parent_ref, new, now))
    }
}

/// Inserts a version, makes it the current one and indexes it.
///
/// # Errors
///
/// The parent does not exist, or the database fails.
pub(super) fn save_version(
    tx: &Transaction<'_>,
    parent_ref: VersionParent,
    new: &NewVersion,
    now: UnixMillis,
) -> Result<VersionId, LibraryError> {
    const NEXT: &str =
        "SELECT coalesce(max(number), 0) + 1 AS next FROM versions WHERE game = :game";
    const MAKE_CURRENT: &str =
        "UPDATE games SET head = :number, tip = :number, updated = :now WHERE id = :game";
    let (game, parent) = match parent_ref {
        VersionParent::NewGame => {
            let game = insert_game(tx, &new.title, now)?;
            index_title(tx, game, &new.title)?;
            (game, None)
        }
        VersionParent::After(parent) => {
            head_and_tip(tx, parent.game)?;
            row_id(tx, parent)?;
            follow_title(tx, parent.game, &new.title)?;
            (parent.game, Some(parent.number))
        }
    };
    let number = query_value(tx, NEXT, named_params! { ":game": game.0 })?.unwrap_or(1);
    let id = VersionId { game, number };
    let row = insert_version(tx, id, parent, new, now)?;
    index_version(tx, row, &new.provenance.prompt, &new.source)?;
    let current = named_params! { ":game": game.0, ":number": number, ":now": now.0 };
    execute(tx, MAKE_CURRENT, current)?;
    record_prompt(tx, &new.provenance.prompt)?;
    Ok(id)
}

/// Prompts have an index of their own, because their words are few among those of the code.
fn index_version(
    tx: &Transaction<'_>,
    row: i64,
    prompt: &str,
    source: &str,
) -> Result<(), LibraryError> {
    let words = named_params! { ":rowid": row, ":prompt": index_words(prompt) };
    insert(tx, "prompt_words", words)?;
    let words = index_words(&format!("{prompt}\n{source}"));
    insert(tx, "version_words", named_params! { ":rowid": row, ":words": words })?;
    Ok(())
}

/// The title of a game follows that of its newest page, unless the user has named the game.
fn follow_title(tx: &Transaction<'_>, game: GameId, title: &str) -> Result<(), LibraryError> {
    const FOLLOW: &str = "UPDATE games SET title = :title \
        WHERE id = :game AND named = 0 AND title <> :title AND :title <> ''";
    let values = named_params! { ":title": title, ":game": game.0 };
    if execute(tx, FOLLOW, values)? > 0 {
        index_title(tx, game, title)?;
    }
    Ok(())
}

/// Replaces the words by which a game is found by its title.
///
/// # Errors
///
/// The database fails.
pub(super) fn index_title(
    tx: &Transaction<'_>,
    game: GameId,
    title: &str,
) -> Result<(), LibraryError> {
    const FORGET: &str = "DELETE FROM title_words WHERE rowid = :game";
    execute(tx, FORGET, named_params! { ":game": game.0 })?;
    let words = named_params! { ":rowid": game.0, ":title": index_words(title) };
    insert(tx, "title_words", words)?;
    Ok(())
}

/// Records a prompt as the most recent one; an equal older one is replaced.
///
/// # Errors
///
/// The database fails.
pub(super) fn record_prompt(tx: &Transaction<'_>, prompt: &str) -> Result<(), LibraryError> {
    const FORGET_WORDS: &str =
        "DELETE FROM asked_words WHERE rowid = (SELECT id FROM prompts WHERE text = :text)";
    const FORGET: &str = "DELETE FROM prompts WHERE text = :text";
    execute(tx, FORGET_WORDS, named_params! { ":text": prompt })?;
    execute(tx, FORGET, named_params! { ":text": prompt })?;
    let row = insert(tx, "prompts", named_params! { ":text": prompt })?;
    let words = named_params! { ":rowid": row, ":words": index_words(prompt) };
    insert(tx, "asked_words", words)?;
    Ok(())
}

/// The row of a version, whether its game was removed or not.
pub(super) fn row_id(db: &Connection, version: VersionId) -> Result<i64, LibraryError> {
    const ROW: &str = "SELECT id FROM versions WHERE game = :game AND number = :number";
    let version_of = named_params! { ":game": version.game.0, ":number": version.number };
    query_value(db, ROW, version_of)?.ok_or(LibraryError::NoVersion(version))
}
