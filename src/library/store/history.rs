//! Undo, redo, and changes to a game's title and tags. Versions never change.
//!
//! Undo makes the parent of the current version current. Redo goes back towards the game's tip, the
//! version where undoing began.

use std::time::Duration;

use rusqlite::{Connection, Transaction, named_params};

use super::queries::read_page_texts;
use super::rows::{execute, query_value};
use super::save_version::{index_title, row_id, save_version};
use super::{Library, head_and_tip};
use crate::library::error::LibraryError;
use crate::library::version::{GameId, NewVersion, UnixMillis, VersionId, VersionParent};

/// How long a removed game can be restored.
const RETENTION: Duration = Duration::from_hours(30 * 24);

impl Library {
    /// Makes the parent of the current version current.
    ///
    /// # Errors
    ///
    /// There is no such game, the current version has no parent, or the library cannot be written.
    pub fn undo(&mut self, game: GameId) -> Result<VersionId, LibraryError> {
        self.write(|tx| {
            let (number, tip) = head_and_tip(tx, game)?;
            let parent = parent(tx, VersionId { game, number })?;
            let number = parent.ok_or(LibraryError::NothingToUndo(game))?;
            set_current(tx, VersionId { game, number }, tip)
        })
    }

    /// Goes one step towards the version where undoing began.
    ///
    /// # Errors
    ///
    /// There is no such game, nothing was undone, or the library cannot be written.
    pub fn redo(&mut self, game: GameId) -> Result<VersionId, LibraryError> {
        self.write(|tx| {
            let (now, tip) = head_and_tip(tx, game)?;
            let step = step_towards(tx, VersionId { game, number: tip }, now)?;
            let number = step.ok_or(LibraryError::NothingToRedo(game))?;
            set_current(tx, VersionId { game, number }, tip)
        })
    }

    /// Makes any version current.
    ///
    /// # Errors
    ///
    /// There is no such version, or the library cannot be written.
    pub fn restore(&mut self, version: VersionId) -> Result<VersionId, LibraryError> {
        self.write(|tx| {
            let (_, tip) = head_and_tip(tx, version.game)?;
            row_id(tx, version)?;
            let leads = step_towards(tx, VersionId { number: tip, ..version }, version.number)?;
            set_current(tx, version, if leads.is_some() { tip } else { version.number })
        })
    }

    /// Creates a new game from a copy of this version.
    ///
    /// # Errors
    ///
    /// There is no such version, or the library cannot be written.
    pub fn fork(&mut self, version: VersionId, now: UnixMillis) -> Result<VersionId, LibraryError> {
        let game = self.game(version.game)?;
        let all = self.versions(version.game)?;
        let from = all.into_iter().find(|entry| entry.id == version);
        let from = from.ok_or(LibraryError::NoVersion(version))?;
        self.write(|tx| {
            let page = read_page_texts(tx, version)?;
            let copy = NewVersion {
                title: game.title,
                provenance: from.provenance,
                html: page.html,
                source: page.source,
                findings: from.findings,
                valid: from.valid,
            };
            let forked = save_version(tx, VersionParent::NewGame, &copy, now)?;
            let from = named_params! { ":version": row_id(tx, version)?, ":game": forked.game.0 };
            execute(tx, "UPDATE games SET forked_from = :version WHERE id = :game", from)?;
            Ok(forked)
        })
    }

    /// Changes a game's title, which no longer follows that of its newest page.
    ///
    /// # Errors
    ///
    /// There is no such game, or the library cannot be written.
    pub fn rename(&mut self, game: GameId, title: &str) -> Result<(), LibraryError> {
        self.write(|tx| {
            head_and_tip(tx, game)?;
            let named = named_params! { ":title": title, ":game": game.0 };
            execute(tx, "UPDATE games SET title = :title, named = 1 WHERE id = :game", named)?;
            index_title(tx, game, title)
        })
    }

    /// Adds a tag to a game, if it does not have it.
    ///
    /// # Errors
    ///
    /// There is no such game, or the library cannot be written.
    pub fn tag(&mut self, game: GameId, tag: &str) -> Result<(), LibraryError> {
        self.write(|tx| {
            head_and_tip(tx, game)?;
            let tagged = named_params! { ":game": game.0, ":tag": tag };
            execute(tx, "INSERT OR IGNORE INTO tags (game, tag) VALUES (:game, :tag)", tagged)?;
            Ok(())
        })
    }

    /// Removes a tag from a game, if it has it.
    ///
    /// # Errors
    ///
    /// There is no such game, or the library cannot be written.
    pub fn untag(&mut self, game: GameId, tag: &str) -> Result<(), LibraryError> {
        self.write(|tx| {
            head_and_tip(tx, game)?;
            let tagged = named_params! { ":game": game.0, ":tag": tag };
            execute(tx, "DELETE FROM tags WHERE game = :game AND tag = :tag", tagged)?;
            Ok(())
        })
    }

    /// Removes a game from every list. It can be restored for thirty days.
    ///
    /// # Errors
    ///
    /// There is no such game, or the library cannot be written.
    pub fn remove(&mut self, game: GameId, now: UnixMillis) -> Result<(), LibraryError> {
        self.write(|tx| {
            head_and_tip(tx, game)?;
            let removed = named_params! { ":now": now.0, ":game": game.0 };
            execute(tx, "UPDATE games SET removed = :now WHERE id = :game", removed)?;
            purge(tx, now.before(RETENTION))
        })
    }

    /// Restores a removed game.
    ///
    /// # Errors
    ///
    /// There is no such game, or the library cannot be written.
    pub fn undelete(&mut self, game: GameId) -> Result<(), LibraryError> {
        self.write(|tx| {
            let undelete = "UPDATE games SET removed = NULL WHERE id = :game";
            let changed = execute(tx, undelete, named_params! { ":game": game.0 })?;
            if changed == 0 { Err(LibraryError::NoGame(game)) } else { Ok(()) }
        })
    }
}

fn parent(db: &Connection, version: VersionId) -> Result<Option<u32>, LibraryError> {
    const PARENT: &str = "SELECT parent FROM versions WHERE game = :game AND number = :number";
    let version_of = named_params! { ":game": version.game.0, ":number": version.number };
    query_value(db, PARENT, version_of)?.ok_or(LibraryError::NoVersion(version))
}

/// The child of `from` on the way to `tip`; `None` if `tip` does not descend from it.
fn step_towards(db: &Connection, tip: VersionId, from: u32) -> Result<Option<u32>, LibraryError> {
    let mut at = tip.number;
    while let Some(above) = parent(db, VersionId { number: at, ..tip })? {
        if above == from {
            return Ok(Some(at));
        }
        at = above;
    }
    Ok(None)
}

fn set_current(tx: &Transaction<'_>, to: VersionId, tip: u32) -> Result<VersionId, LibraryError> {
    let current = named_params! { ":head": to.number, ":tip": tip, ":game": to.game.0 };
    execute(tx, "UPDATE games SET head = :head, tip = :tip WHERE id = :game", current)?;
    Ok(to)
}

/// Deletes the games that were removed before `limit`.
fn purge(tx: &Transaction<'_>, limit: UnixMillis) -> Result<(), LibraryError> {
    let old = "SELECT id FROM games WHERE removed < :limit";
    let versions = format!("SELECT id FROM versions WHERE game IN ({old})");
    for (table, rows) in
        [("prompt_words", &*versions), ("version_words", &*versions), ("title_words", old)]
    {
        let delete = format!("DELETE FROM {table} WHERE rowid IN ({rows})");
        execute(tx, &delete, named_params! { ":limit": limit.0 })?;
    }
    let delete = "DELETE FROM games WHERE removed < :limit";
    execute(tx, delete, named_params! { ":limit": limit.0 })?;
    Ok(())
}
