//! Stores the last play-test of each version, with its picture.

use rusqlite::{OptionalExtension, params};

use super::Library;
use super::save_version::row_id;
use crate::library::error::LibraryError;
use crate::library::version::{PlayRecord, UnixMillis, VersionId};

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
        const KEEP: &str = "INSERT OR REPLACE INTO plays \
            (version, grade, headline, found, picture, played) VALUES (?, ?, ?, ?, ?, ?)";
        self.write(|tx| {
            let row = row_id(tx, version)?;
            let PlayRecord { grade, headline, report: found, picture } = play;
            tx.prepare_cached(KEEP)?
                .execute(params![row, grade, headline, found, picture, now.0])?;
            Ok(())
        })
    }

    /// The last play-test of a version; `None` if there was none.
    ///
    /// # Errors
    ///
    /// There is no such version, or the library cannot be read.
    pub fn play_record(&self, version: VersionId) -> Result<Option<PlayRecord>, LibraryError> {
        const LOOK: &str = "SELECT grade, headline, found, picture FROM plays WHERE version = ?";
        self.read(|db| {
            let row = row_id(db, version)?;
            let play = db.prepare_cached(LOOK)?.query_row([row], |row| {
                Ok(PlayRecord {
                    grade: row.get(0)?,
                    headline: row.get(1)?,
                    report: row.get(2)?,
                    picture: row.get(3)?,
                })
            });
            Ok(play.optional()?)
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
        let told = library.versions(version.game).unwrap();
        assert_eq!(told[0].verdict.as_deref(), Some("responds"));
    }
}
