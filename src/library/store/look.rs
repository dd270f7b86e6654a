//! Lists games and versions, and hands out their pages.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::keep::Seam;
use super::words::query;
use super::{Library, head};
use crate::library::trouble::LibraryError;
use crate::library::version::{
    Address, Cost, Game, GameId, Making, Moment, Page, Slice, Version, VersionId,
};

const GAMES: &str = "SELECT id, title, head, updated, \
    (SELECT count(*) FROM versions WHERE game = games.id), \
    (SELECT group_concat(tag, ' ') FROM tags WHERE game = games.id) \
    FROM games WHERE removed IS NULL";

const VERSIONS: &str = "SELECT number, parent, prompt, engine, model, provider, request_id, seed, \
    prompt_tokens, completion_tokens, estimated_usd, valid, findings, \
    (SELECT grade FROM plays WHERE version = versions.id), bytes, sha256, \
    created FROM versions WHERE game = ? ORDER BY number";

impl Library {
    /// Games that were not removed, the newest first.
    pub fn games(&self, slice: Slice) -> Result<Vec<Game>, LibraryError> {
        let sql = format!("{GAMES} ORDER BY updated DESC, id DESC LIMIT ? OFFSET ?");
        self.read(|db| {
            let mut look = db.prepare_cached(&sql)?;
            let games = look.query_map([slice.most, slice.skip], game)?;
            Ok(games.collect::<Result<_, _>>()?)
        })
    }

    pub fn game(&self, id: GameId) -> Result<Game, LibraryError> {
        let sql = format!("{GAMES} AND id = ?");
        self.read(|db| {
            let found = db.prepare_cached(&sql)?.query_row([id.0], game).optional()?;
            found.ok_or(LibraryError::NoGame(id))
        })
    }

    /// Every version of a game, in the order they were made.
    pub fn versions(&self, game: GameId) -> Result<Vec<Version>, LibraryError> {
        self.read(|db| {
            head(db, game)?;
            let mut look = db.prepare_cached(VERSIONS)?;
            let versions = look.query_map([game.0], |row| version(game, row))?;
            Ok(versions.collect::<Result<_, _>>()?)
        })
    }

    /// The version that an address means: of a game, the current one.
    pub fn resolve(&self, address: Address) -> Result<VersionId, LibraryError> {
        self.read(|db| {
            let game = address.game();
            let (number, _) = head(db, game)?;
            match address {
                Address::Game(_) => Ok(VersionId { game, number }),
                Address::Version(version) => {
                    super::keep::row_id(db, version)?;
                    Ok(version)
                }
            }
        })
    }

    /// Both texts of a version.
    pub fn page(&self, version: VersionId) -> Result<Page, LibraryError> {
        self.read(|db| {
            head(db, version.game)?;
            page(db, version)
        })
    }

    /// The newest version that is this file.
    pub fn holding(&self, html: &str) -> Result<Option<VersionId>, LibraryError> {
        const HOLDING: &str = "SELECT versions.game, number FROM versions \
            JOIN games ON games.id = versions.game \
            WHERE sha256 = ? AND removed IS NULL ORDER BY versions.id DESC LIMIT 1";
        self.read(|db| {
            let id =
                |row: &Row<'_>| Ok(VersionId { game: GameId(row.get(0)?), number: row.get(1)? });
            Ok(db.prepare_cached(HOLDING)?.query_row([super::keep::sha256(html)], id).optional()?)
        })
    }

    /// Prompts with every one of these words, or words that begin like them, the last used first;
    /// all of them for no words.
    pub fn prompts(&self, matching: &str, most: u32) -> Result<Vec<String>, LibraryError> {
        const ALL: &str = "SELECT text FROM prompts ORDER BY id DESC LIMIT ?";
        const MATCHING: &str = "SELECT text FROM asked_words \
            CROSS JOIN prompts ON prompts.id = asked_words.rowid \
            WHERE asked_words MATCH ? ORDER BY asked_words.rowid DESC LIMIT ?";
        self.read(|db| {
            let text = |row: &Row<'_>| row.get(0);
            Ok(match query(matching) {
                None => {
                    db.prepare_cached(ALL)?.query_map([most], text)?.collect::<Result<_, _>>()?
                }
                Some(query) => {
                    let mut look = db.prepare_cached(MATCHING)?;
                    look.query_map(params![query, most], text)?.collect::<Result<_, _>>()?
                }
            })
        })
    }
}

pub(super) fn page(db: &Connection, version: VersionId) -> Result<Page, LibraryError> {
    const PAGE: &str = "SELECT html, seam_from, seam_to, seam FROM pages \
        JOIN versions ON versions.id = version WHERE game = ? AND number = ?";
    let mut look = db.prepare_cached(PAGE)?;
    let found = look.query_row(params![version.game.0, version.number], |row| {
        let html: String = row.get(0)?;
        let text: String = row.get(3)?;
        let place = |at: i64| usize::try_from(at).unwrap_or(usize::MAX);
        let seam = Seam { from: place(row.get(1)?), to: place(row.get(2)?), text: &text };
        // Offsets that do not fit can only come from a damaged row: the file is the better half.
        let source = seam.close(&html).unwrap_or_else(|| html.clone());
        Ok(Page { html, source })
    });
    found.optional()?.ok_or(LibraryError::NoVersion(version))
}

fn game(row: &Row<'_>) -> rusqlite::Result<Game> {
    let tags: Option<String> = row.get(5)?;
    Ok(Game {
        id: GameId(row.get(0)?),
        title: row.get(1)?,
        head: row.get(2)?,
        updated: Moment(row.get(3)?),
        versions: row.get(4)?,
        tags: tags.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
    })
}

fn version(game: GameId, row: &Row<'_>) -> rusqlite::Result<Version> {
    let count = |at| row.get::<_, Option<i64>>(at).map(|number| number.map(i64::cast_unsigned));
    Ok(Version {
        id: VersionId { game, number: row.get(0)? },
        parent: row.get(1)?,
        making: Making {
            prompt: row.get(2)?,
            engine: row.get(3)?,
            model: row.get(4)?,
            provider: row.get(5)?,
            request_id: row.get(6)?,
            seed: count(7)?,
            cost: Cost {
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
        created: Moment(row.get(16)?),
    })
}
