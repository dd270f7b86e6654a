//! Lists games, versions and prompts, and reads pages.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::save_version::HardeningDelta;
use super::tokenize::fts_query;
use super::{Library, head_and_tip};
use crate::library::error::LibraryError;
use crate::library::version::{
    GameAddress, GameEntry, GameId, ListRange, PageTexts, Provenance, RequestCost, UnixMillis,
    VersionEntry, VersionId,
};

const SELECT_GAMES: &str = "SELECT id, title, head, updated, \
    (SELECT count(*) FROM versions WHERE game = games.id), \
    (SELECT group_concat(tag, ' ') FROM tags WHERE game = games.id) \
    FROM games WHERE removed IS NULL";

const SELECT_VERSIONS: &str = "SELECT number, parent, prompt, engine, model, provider, request_id, seed, \
    prompt_tokens, completion_tokens, estimated_usd, valid, findings, \
    (SELECT grade FROM plays WHERE version = versions.id), bytes, sha256, \
    created FROM versions WHERE game = ? ORDER BY number";

impl Library {
    /// The games that were not removed, the last updated first.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn games(&self, range: ListRange) -> Result<Vec<GameEntry>, LibraryError> {
        let sql = format!("{SELECT_GAMES} ORDER BY updated DESC, id DESC LIMIT ? OFFSET ?");
        self.read(|db| {
            let mut statement = db.prepare_cached(&sql)?;
            let games = statement.query_map([range.limit, range.offset], game)?;
            Ok(games.collect::<Result<_, _>>()?)
        })
    }

    /// A game by its number.
    ///
    /// # Errors
    ///
    /// There is no such game, or the library cannot be read.
    pub fn game(&self, id: GameId) -> Result<GameEntry, LibraryError> {
        let sql = format!("{SELECT_GAMES} AND id = ?");
        self.read(|db| {
            let found = db.prepare_cached(&sql)?.query_row([id.0], game).optional()?;
            found.ok_or(LibraryError::NoGame(id))
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
            let mut statement = db.prepare_cached(SELECT_VERSIONS)?;
            let versions = statement.query_map([game.0], |row| read_version(game, row))?;
            Ok(versions.collect::<Result<_, _>>()?)
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
                    super::save_version::row_id(db, version)?;
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
        const HOLDING: &str = "SELECT versions.game, number FROM versions \
            JOIN games ON games.id = versions.game \
            WHERE sha256 = ? AND removed IS NULL ORDER BY versions.id DESC LIMIT 1";
        self.read(|db| {
            let id =
                |row: &Row<'_>| Ok(VersionId { game: GameId(row.get(0)?), number: row.get(1)? });
            Ok(db
                .prepare_cached(HOLDING)?
                .query_row([super::save_version::sha256(html)], id)
                .optional()?)
        })
    }

    /// The prompts that match all words by prefix, the last used first; all prompts if `matching`
    /// has no words.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn prompts(&self, matching: &str, limit: u32) -> Result<Vec<String>, LibraryError> {
        const ALL: &str = "SELECT text FROM prompts ORDER BY id DESC LIMIT ?";
        const MATCHING: &str = "SELECT text FROM asked_words \
            CROSS JOIN prompts ON prompts.id = asked_words.rowid \
            WHERE asked_words MATCH ? ORDER BY asked_words.rowid DESC LIMIT ?";
        self.read(|db| {
            let text = |row: &Row<'_>| row.get(0);
            Ok(match fts_query(matching) {
                None => {
                    db.prepare_cached(ALL)?.query_map([limit], text)?.collect::<Result<_, _>>()?
                }
                Some(query) => {
                    let mut statement = db.prepare_cached(MATCHING)?;
                    statement.query_map(params![query, limit], text)?.collect::<Result<_, _>>()?
                }
            })
        })
    }
}

pub(super) fn read_page_texts(
    db: &Connection,
    version: VersionId,
) -> Result<PageTexts, LibraryError> {
    const PAGE: &str = "SELECT html, seam_from, seam_to, seam FROM pages \
        JOIN versions ON versions.id = version WHERE game = ? AND number = ?";
    let mut statement = db.prepare_cached(PAGE)?;
    let found = statement.query_row(params![version.game.0, version.number], |row| {
        let html: String = row.get(0)?;
        let text: String = row.get(3)?;
        let place = |at: i64| usize::try_from(at).unwrap_or(usize::MAX);
        let seam = HardeningDelta { from: place(row.get(1)?), to: place(row.get(2)?), text: &text };
        // Offsets that do not fit can only come from a damaged row: then the file stands in.
        let source = seam.restore(&html).unwrap_or_else(|| html.clone());
        Ok(PageTexts { html, source })
    });
    found.optional()?.ok_or(LibraryError::NoVersion(version))
}

fn game(row: &Row<'_>) -> rusqlite::Result<GameEntry> {
    let tags: Option<String> = row.get(5)?;
    Ok(GameEntry {
        id: GameId(row.get(0)?),
        title: row.get(1)?,
        head: row.get(2)?,
        updated: UnixMillis(row.get(3)?),
        versions: row.get(4)?,
        tags: tags.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
    })
}

fn read_version(game: GameId, row: &Row<'_>) -> rusqlite::Result<VersionEntry> {
    let count = |at| row.get::<_, Option<i64>>(at).map(|number| number.map(i64::cast_unsigned));
    Ok(VersionEntry {
        id: VersionId { game, number: row.get(0)? },
        parent: row.get(1)?,
        provenance: Provenance {
            prompt: row.get(2)?,
            engine: row.get(3)?,
            model: row.get(4)?,
            provider: row.get(5)?,
            request_id: row.get(6)?,
            seed: count(7)?,
            cost: RequestCost {
                prompt_tokens: count(8)?,
                completion_tokens: count(9)?,
                estimated_usd: row.get(10)?,
            },
        },
        valid: row.get(11)?,
        findings: row.get(12)?,
        verdict: row.get(13)?,
        bytes: count(14)?.unwrap_or_default(),
        sha256: row.get(15)?,
        created: UnixMillis(row.get(16)?),
    })
}
