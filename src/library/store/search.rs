//! Finds games by words in their titles, prompts and code, while the user types.
//!
//! There is no ranking by score: titles come before prompts, prompts before code, and in each the
//! newest first. So the index is read from its end, and only until the list is full.

use rusqlite::{Connection, Rows, named_params};

use super::rows::{FromRow, query_value};
use super::tokenize::{fts_query, split_words};
use super::{Library, queries};
use crate::library::error::LibraryError;
use crate::library::version::{MatchField, SearchHit, VersionId};

const TITLES: &str = "SELECT games.id AS game, head AS number, games.title AS title FROM title_words \
    CROSS JOIN games ON games.id = title_words.rowid \
    WHERE title_words MATCH :query AND removed IS NULL ORDER BY title_words.rowid DESC";

const PROMPTS: &str = "SELECT game, number, games.title AS title FROM prompt_words \
    CROSS JOIN versions ON versions.id = prompt_words.rowid CROSS JOIN games ON games.id = game \
    WHERE prompt_words MATCH :query AND removed IS NULL ORDER BY prompt_words.rowid DESC";

const VERSIONS: &str = "SELECT game, number, games.title AS title FROM version_words \
    CROSS JOIN versions ON versions.id = version_words.rowid CROSS JOIN games ON games.id = game \
    WHERE version_words MATCH :query AND removed IS NULL ORDER BY version_words.rowid DESC";

/// How many matches are examined, because all of them may belong to one game.
const MAX_MATCHES: usize = 2_000;

impl Library {
    /// At most `limit` games that match all words by prefix.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<SearchHit>, LibraryError> {
        let Some(query) = fts_query(text) else { return Ok(Vec::new()) };
        self.read(|db| {
            let mut hits = Vec::new();
            for (field, sql) in [
                (MatchField::Title, TITLES),
                (MatchField::Prompt, PROMPTS),
                (MatchField::Source, VERSIONS),
            ] {
                let mut statement = db.prepare_cached(sql)?;
                collect_hits(
                    statement.query(named_params! { ":query": query })?,
                    field,
                    limit,
                    &mut hits,
                )?;
            }
            for hit in &mut hits {
                hit.excerpt = excerpt(db, hit, text)?;
            }
            Ok(hits)
        })
    }
}

/// Collects each game once, with its newest match.
fn collect_hits(
    mut rows: Rows<'_>,
    field: MatchField,
    limit: usize,
    hits: &mut Vec<SearchHit>,
) -> Result<(), LibraryError> {
    for _ in 0..MAX_MATCHES {
        if hits.len() >= limit {
            break;
        }
        let Some(row) = rows.next()? else { break };
        let version = VersionId::from_row(row)?;
        if hits.iter().any(|hit| hit.version.game == version.game) {
            continue;
        }
        hits.push(SearchHit {
            version,
            title: row.get("title")?,
            matched: field,
            excerpt: String::new(),
        });
    }
    Ok(())
}

/// The first line that matches one of the words.
fn excerpt(db: &Connection, hit: &SearchHit, text: &str) -> Result<String, LibraryError> {
    const PROMPT: &str = "SELECT prompt FROM versions WHERE game = :game AND number = :number";
    let text_of: String = match hit.matched {
        MatchField::Title => return Ok(hit.title.clone()),
        MatchField::Prompt => {
            let VersionId { game, number } = hit.version;
            let version_of = named_params! { ":game": game.0, ":number": number };
            query_value(db, PROMPT, version_of)?.ok_or(LibraryError::NoVersion(hit.version))?
        }
        MatchField::Source => queries::read_page_texts(db, hit.version)?.source,
    };
    let wanted: Vec<String> = split_words(text).collect();
    let has = |line: &&str| {
        split_words(line).any(|word| wanted.iter().any(|wanted| word.starts_with(wanted.as_str())))
    };
    Ok(text_of.lines().find(has).unwrap_or_default().trim().to_owned())
}
