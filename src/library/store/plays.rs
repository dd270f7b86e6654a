//! How versions play: the last verdict of each, with its picture.

use rusqlite::{OptionalExtension, params};

use super::Library;
use super::keep::row_id;
use crate::library::trouble::LibraryError;
use crate::library::version::{Moment, Play, VersionId};

impl Library {
    /// Remembers how a version played; what was known before is forgotten.
    pub fn keep_play(
        &mut self,
        version: VersionId,
        play: &Play,
        now: Moment,
    ) -> Result<(), LibraryError> {
        const KEEP: &str = "INSERT OR REPLACE INTO plays \
            (version, grade, headline, found, picture, played) VALUES (?, ?, ?, ?, ?, ?)";
        self.write(|tx| {
            let row = row_id(tx, version)?;
            let Play { grade, headline, found, picture } = play;
            tx.prepare_cached(KEEP)?
                .execute(params![row, grade, headline, found, picture, now.0])?;
            Ok(())
        })
    }

    /// How a version played, if it did.
    pub fn play(&self, version: VersionId) -> Result<Option<Play>, LibraryError> {
        const LOOK: &str = "SELECT grade, headline, found, picture FROM plays WHERE version = ?";
        self.read(|db| {
            let row = row_id(db, version)?;
            let play = db.prepare_cached(LOOK)?.query_row([row], |row| {
                Ok(Play {
                    grade: row.get(0)?,
                    headline: row.get(1)?,
                    found: row.get(2)?,
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
    use crate::library::{NewVersion, Place};

    #[test]
    fn the_last_verdict_of_a_version_is_remembered() {
        let home = tempfile::tempdir().unwrap();
        let mut library = Library::open(home.path(), "test").unwrap();
        let version = library.keep(Place::NewGame, &NewVersion::default(), Moment(1)).unwrap();
        assert_eq!(library.play(version).unwrap(), None);
        for grade in ["broken", "responds"] {
            let play = Play { grade: grade.to_owned(), picture: Some(vec![1]), ..Play::default() };
            library.keep_play(version, &play, Moment(2)).unwrap();
            assert_eq!(library.play(version).unwrap(), Some(play));
        }
        let told = library.versions(version.game).unwrap();
        assert_eq!(told[0].verdict.as_deref(), Some("responds"));
    }
}
