//! Lists games, versions and prompts, and reads pages.

use rusqlite::{Connection, named_params};

use super::game_rows::{SELECT_GAMES, SELECT_PAGE, SELECT_VERSIONS, sha256};
use super::rows::{query_all, query_first, query_values};
use super::save_version::row_id;
use super::tokenize::fts_query;
use super::{Library, head_and_tip};
use crate::library::error::LibraryError;
use crate::library::version::{
    GameAddress, GameEntry, GameId, ListRange, PageTexts, UnixMillis, VersionEntry, VersionId,
};

impl Library {
    /// The games that were not removed, the last updated first.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn games(&self, range: ListRange) -> Result<Vec<GameEntry>, LibraryError> {
        let sql =
            format!("{SELECT_GAMES} ORDER BY updated DESC, id DESC LIMIT :limit OFFSET :offset");
        let range = named_params! { ":limit": range.limit, ":offset": range.offset };
        self.read(|db| query_all(db, &sql, range))
    }

    /// A game by its number.
    ///
    /// # Errors
    ///
    /// There is no such game, or the library cannot be read.
    pub fn game(&self, id: GameId) -> Result<GameEntry, LibraryError> {
        let sql = format!("{SELECT_GAMES} AND id = :game");
        self.read(|db| {
            query_first(db, &sql, named_params! { ":game": id.0 })?.ok_or(LibraryError::NoGame(id))
        })
    }

    /// All versions of a game, the oldest first.
    ///
    /// # Errors
    ///
    /// There is no such game, or the library cannot be read.
    pub fn versions(&self, game: GameId) -> Result<Vec<VersionEntry>, LibraryError> {
        self.read(|db| {
            head_and_tip(db, game)?;
            query_all(db, SELECT_VERSIONS, named_params! { ":game": game.0 })
        })
    }

    /// The version of an address; for a game, its current version.
    ///
    /// # Errors
    ///
    /// There is no such game or version, or the library cannot be read.
    pub fn resolve(&self, address: GameAddress) -> Result<VersionId, LibraryError> {
        self.read(|db| {
            let game = address.game();
            let (number, _) = head_and_tip(db, game)?;
            match address {
                GameAddress::Game(_) => Ok(VersionId { game, number }),
                GameAddress::Version(version) => {
                    row_id(db, version)?;
                    Ok(version)
                }
            }
        })
    }

    /// Both texts of a version.
    ///
    /// # Errors
    ///
    /// There is no such version, or the library cannot be read.
    pub fn page_texts(&self, version: VersionId) -> Result<PageTexts, LibraryError> {
        self.read(|db| {
            head_and_tip(db, version.game)?;
            read_page_texts(db, version)
        })
    }

    /// The newest version with exactly this file; `None` if there is none.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn find_by_content(&self, html: &str) -> Result<Option<VersionId>, LibraryError> {
        const HOLDING: &str = "SELECT versions.game, versions.number FROM versions \
            JOIN games ON games.id = versions.game \
            WHERE sha256 = :sha256 AND removed IS NULL ORDER BY versions.id DESC LIMIT 1";
        self.read(|db| query_first(db, HOLDING, named_params! { ":sha256": sha256(html) }))
    }

    /// The versions that were made at this time for this prompt: as a rule one, or none.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn versions_made(
        &self,
        created: UnixMillis,
        prompt: &str,
    ) -> Result<Vec<VersionId>, LibraryError> {
        const MADE: &str = "SELECT versions.game, versions.number FROM versions \
            JOIN games ON games.id = versions.game \
            WHERE versions.created = :created AND versions.prompt = :prompt AND removed IS NULL";
        let values = named_params! { ":created": created.0, ":prompt": prompt };
        self.read(|db| query_all(db, MADE, values))
    }

    /// The prompts that match all words by prefix, the last used first; all prompts if `matching`
    /// has no words.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn prompts(&self, matching: &str, limit: u32) -> Result<Vec<String>, LibraryError> {
        const ALL: &str = "SELECT text FROM prompts ORDER BY id DESC LIMIT :limit";
        const MATCHING: &str = "SELECT text FROM asked_words \
            CROSS JOIN prompts ON prompts.id = asked_words.rowid \
            WHERE asked_words MATCH :query ORDER BY asked_words.rowid DESC LIMIT :limit";
        self.read(|db| match fts_query(matching) {
            None => query_values(db, ALL, named_params! { ":limit": limit }),
            Some(query) => {
                query_values(db, MATCHING, named_params! { ":query": query, ":limit": limit })
            }
        })
    }
}

/// The page of a version and the source it was made of.
///
/// # Errors
///
/// The version does not exist, or the database fails.
pub(super) fn read_page_texts(
    db: &Connection,
    version: VersionId,
) -> Result<PageTexts, LibraryError> {
    let version_of = named_params! { ":game": version.game.0, ":number": version.number };
    query_first(db, SELECT_PAGE, version_of)?.ok_or(LibraryError::NoVersion(version))
}
