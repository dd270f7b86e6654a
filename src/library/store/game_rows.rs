//! The rows of games, versions and pages: how each is written, and how it is read.

use rusqlite::{Connection, Row, Transaction, named_params};
use sha2::{Digest, Sha256};

use super::rows::{FromRow, count, insert};
use crate::library::error::LibraryError;
use crate::library::version::{
    GameEntry, GameId, NewVersion, PageTexts, Provenance, RequestCost, UnixMillis, VersionEntry,
    VersionId,
};

/// The games that were not removed; more conditions may follow.
pub(super) const SELECT_GAMES: &str = "SELECT games.*, \
    (SELECT count(*) FROM versions WHERE game = games.id) AS versions, \
    (SELECT group_concat(tag, ' ') FROM tags WHERE game = games.id) AS tags \
    FROM games WHERE removed IS NULL";

/// The versions of `:game`, the oldest first.
pub(super) const SELECT_VERSIONS: &str = "SELECT versions.*, \
    (SELECT grade FROM plays WHERE version = versions.id) AS verdict \
    FROM versions WHERE game = :game ORDER BY number";

/// The texts of version `:number` of `:game`.
pub(super) const SELECT_PAGE: &str = "SELECT html, seam_from, seam_to, seam FROM pages \
    JOIN versions ON versions.id = version WHERE game = :game AND number = :number";

impl FromRow for GameEntry {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let tags: Option<String> = row.get("tags")?;
        Ok(Self {
            id: GameId(row.get("id")?),
            title: row.get("title")?,
            head: row.get("head")?,
            updated: UnixMillis(row.get("updated")?),
            versions: row.get("versions")?,
            tags: tags.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        })
    }
}

impl FromRow for VersionId {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { game: GameId(row.get("game")?), number: row.get("number")? })
    }
}

impl FromRow for VersionEntry {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: VersionId::from_row(row)?,
            parent: row.get("parent")?,
            provenance: Provenance {
                prompt: row.get("prompt")?,
                engine: row.get("engine")?,
                model: row.get("model")?,
                provider: row.get("provider")?,
                request_id: row.get("request_id")?,
                seed: count(row, "seed")?,
                cost: RequestCost {
                    prompt_tokens: count(row, "prompt_tokens")?,
                    completion_tokens: count(row, "completion_tokens")?,
                    estimated_usd: row.get("estimated_usd")?,
                },
            },
            valid: row.get("valid")?,
            findings: row.get("findings")?,
            verdict: row.get("verdict")?,
            bytes: count(row, "bytes")?.unwrap_or_default(),
            sha256: row.get("sha256")?,
            created: UnixMillis(row.get("created")?),
        })
    }
}

impl FromRow for PageTexts {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let html: String = row.get("html")?;
        let text: String = row.get("seam")?;
        let offset = |at: i64| usize::try_from(at).unwrap_or(usize::MAX);
        let (from, to) = (offset(row.get("seam_from")?), offset(row.get("seam_to")?));
        let delta = HardeningDelta { from, to, text: &text };
        // Offsets that do not fit can only come from a damaged row: then the file stands in.
        let source = delta.restore(&html).unwrap_or_else(|| html.clone());
        Ok(Self { html, source })
    }
}

/// Inserts a game without versions: one has to follow in the same transaction.
pub(super) fn insert_game(
    db: &Connection,
    title: &str,
    now: UnixMillis,
) -> Result<GameId, LibraryError> {
    let values = named_params! {
        ":title": title, ":head": 1, ":tip": 1, ":created": now.0, ":updated": now.0,
    };
    insert(db, "games", values).map(GameId)
}

/// Inserts a version with its page; returns its row id.
pub(super) fn insert_version(
    tx: &Transaction<'_>,
    id: VersionId,
    parent: Option<u32>,
    new: &NewVersion,
    now: UnixMillis,
) -> Result<i64, LibraryError> {
    let Provenance { prompt, engine, model, provider, request_id, seed, cost } = &new.provenance;
    let values = named_params! {
        ":game": id.game.0,
        ":number": id.number,
        ":parent": parent,
        ":prompt": prompt,
        ":engine": engine,
        ":model": model,
        ":provider": provider,
        ":request_id": request_id,
        // SQLite's integers are signed; the bits are preserved.
        ":seed": seed.map(u64::cast_signed),
        ":prompt_tokens": cost.prompt_tokens.map(u64::cast_signed),
        ":completion_tokens": cost.completion_tokens.map(u64::cast_signed),
        ":estimated_usd": cost.estimated_usd,
        ":valid": new.valid,
        ":findings": new.findings,
        ":bytes": new.html.len().cast_signed(),
        ":sha256": sha256(&new.html),
        ":created": now.0,
    };
    let version = insert(tx, "versions", values)?;
    let delta = HardeningDelta::compute(&new.html, &new.source);
    let values = named_params! {
        ":version": version,
        ":html": new.html,
        ":seam_from": delta.from.cast_signed(),
        ":seam_to": delta.to.cast_signed(),
        ":seam": delta.text,
    };
    insert(tx, "pages", values)?;
    Ok(version)
}

/// The difference between a hardened file and its source. Hardening changes one region, so only
/// that region of the source is stored.
struct HardeningDelta<'t> {
    from: usize,
    to: usize,
    text: &'t str,
}

impl<'t> HardeningDelta<'t> {
    fn compute(html: &str, source: &'t str) -> Self {
        let same = |a: &(u8, u8)| a.0 == a.1;
        let pairs = || html.bytes().zip(source.bytes());
        let mut from = pairs().take_while(same).count();
        while !html.is_char_boundary(from) || !source.is_char_boundary(from) {
            from -= 1;
        }
        let max_suffix = html.len().min(source.len()) - from;
        let backwards = html.bytes().rev().zip(source.bytes().rev());
        let mut end = backwards.take(max_suffix).take_while(same).count();
        while !html.is_char_boundary(html.len() - end)
            || !source.is_char_boundary(source.len() - end)
        {
            end -= 1;
        }
        let text = source.get(from..source.len() - end).unwrap_or_default();
        Self { from, to: html.len() - end, text }
    }

    /// Restores the source; `None` if the offsets do not fit the file.
    fn restore(&self, html: &str) -> Option<String> {
        Some([html.get(..self.from)?, self.text, html.get(self.to..)?].concat())
    }
}

/// The SHA-256 of the text's bytes, in lower-case hex.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        hex.extend(
            [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')),
        );
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_source_comes_back_from_any_file(html in "[aé👻b]{0,12}", source in "[aé👻b]{0,12}") {
            let delta = HardeningDelta::compute(&html, &source);
            prop_assert_eq!(delta.restore(&html), Some(source.clone()));
        }
    }

    #[test]
    fn only_what_hardening_put_in_is_kept_twice() {
        let delta = HardeningDelta::compute("<head><meta policy><title>", "<head><title>");
        assert_eq!(delta.text, "");
    }
}
