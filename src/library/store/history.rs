//! Undo, redo, and changes to a game's title and tags. Versions never change.
//!
//! Undo makes the parent of the current version current. Redo goes back towards the game's tip, the
//! version where undoing began.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::queries::read_page_texts;
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
            tx.prepare_cached("UPDATE games SET forked_from = ? WHERE id = ?")?
                .execute(params![row_id(tx, version)?, forked.game.0])?;
            Ok(forked)
        })
    }

    /// Changes a game's title.
    ///
    /// # Errors
    ///
    /// There is no such game, or the library cannot be written.
    pub fn rename(&mut self, game: GameId, title: &str) -> Result<(), LibraryError> {
        self.write(|tx| {
            head_and_tip(tx, game)?;
            tx.execute("UPDATE games SET title = ? WHERE id = ?", params![title, game.0])?;
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
            tx.execute(
                "INSERT OR IGNORE INTO tags (game, tag) VALUES (?, ?)",
                params![game.0, tag],
            )?;
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
            tx.execute("DELETE FROM tags WHERE game = ? AND tag = ?", params![game.0, tag])?;
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
            tx.execute("UPDATE games SET removed = ? WHERE id = ?", params![now.0, game.0])?;
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
            let changed = tx.execute("UPDATE games SET removed = NULL WHERE id = ?", [game.0])?;
            if changed == 0 { Err(LibraryError::NoGame(game)) } else { Ok(()) }
        })
    }
}

fn parent(db: &Connection, version: VersionId) -> Result<Option<u32>, LibraryError> {
    db.prepare_cached("SELECT parent FROM versions WHERE game = ? AND number = ?")?
        .query_row(params![version.game.0, version.number], |row| row.get(0))
        .optional()?
        .ok_or(LibraryError::NoVersion(version))
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
    tx.prepare_cached("UPDATE games SET head = ?, tip = ? WHERE id = ?")?
        .execute(params![to.number, tip, to.game.0])?;
    Ok(to)
}

/// Deletes the games that were removed before `limit`.
fn purge(tx: &Transaction<'_>, limit: UnixMillis) -> Result<(), LibraryError> {
    let old = "SELECT id FROM games WHERE removed < ?";
    let versions = format!("SELECT id FROM versions WHERE game IN ({old})");
    for (table, rows) in
        [("prompt_words", &*versions), ("version_words", &*versions), ("title_words", old)]
    {
        tx.execute(&format!("DELETE FROM {table} WHERE rowid IN ({rows})"), [limit.0])?;
    }
    tx.execute("DELETE FROM games WHERE removed < ?", [limit.0])?;
    Ok(())
}
