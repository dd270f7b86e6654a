//! Stores the last play-test of each version, with its picture.

use rusqlite::{Row, named_params};

use super::Library;
use super::rows::{FromRow, query_all, query_first, replace};
use super::save_version::row_id;
use crate::library::error::LibraryError;
use crate::library::version::{GameId, PlayRecord, UnixMillis, VersionId};

impl Library {
    /// Saves the play-test of a version, replacing an earlier one.
    ///
    /// # Errors
    ///
    /// There is no such version, or the library cannot be written.
    pub fn save_play(
        &mut self,
        version: VersionId,
        play: &PlayRecord,
        now: UnixMillis,
    ) -> Result<(), LibraryError> {
        self.write(|tx| {
            let row = row_id(tx, version)?;
            let PlayRecord { grade, headline, report: found, picture } = play;
            let values = named_params! {
                ":version": row,
                ":grade": grade,
                ":headline": headline,
                ":found": found,
                ":picture": picture,
                ":played": now.0,
            };
            replace(tx, "plays", values)?;
            Ok(())
        })
    }

    /// The last play-test of a version; `None` if there was none.
    ///
    /// # Errors
    ///
    /// There is no such version, or the library cannot be read.
    pub fn play_record(&self, version: VersionId) -> Result<Option<PlayRecord>, LibraryError> {
        const LOOK: &str = "SELECT * FROM plays WHERE version = :version";
        self.read(|db| {
            let row = row_id(db, version)?;
            query_first(db, LOOK, named_params! { ":version": row })
        })
    }
}

impl Library {
    /// The sentence of each play-tested version of a game, by its number.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn play_headlines(&self, game: GameId) -> Result<Vec<(u32, String)>, LibraryError> {
        const LOOK: &str = "SELECT number, headline FROM plays \
            JOIN versions ON versions.id = plays.version WHERE game = :game";
        let rows: Vec<PlayHeadline> =
            self.read(|db| query_all(db, LOOK, named_params! { ":game": game.0 }))?;
        Ok(rows.into_iter().map(|row| (row.number, row.headline)).collect())
    }
}

/// What a play-test came to, without its picture.
struct PlayHeadline {
    number: u32,
    headline: String,
}

impl FromRow for PlayHeadline {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { number: row.get("number")?, headline: row.get("headline")? })
    }
}

impl FromRow for PlayRecord {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            grade: row.get("grade")?,
            headline: row.get("headline")?,
            report: row.get("found")?,
            picture: row.get("picture")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{NewVersion, VersionParent};

    #[test]
    fn the_last_verdict_of_a_version_is_remembered() {
        let home = tempfile::tempdir().unwrap();
        let mut library = Library::open(home.path(), "test").unwrap();
        let version = library
            .save_version(VersionParent::NewGame, &NewVersion::default(), UnixMillis(1))
            .unwrap();
        assert_eq!(library.play_record(version).unwrap(), None);
        for grade in ["broken", "responds"] {
            let play = PlayRecord {
                grade: grade.to_owned(),
                picture: Some(vec![1]),
                ..PlayRecord::default()
            };
            library.save_play(version, &play, UnixMillis(2)).unwrap();
            assert_eq!(library.play_record(version).unwrap(), Some(play));
        }
        let entries = library.versions(version.game).unwrap();
        assert_eq!(entries[0].verdict.as_deref(), Some("responds"));
    }
}
