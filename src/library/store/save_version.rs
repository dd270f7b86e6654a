//! Saves versions, which never change afterwards.

use rusqlite::{OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use super::tokenize::index_words;
use super::{Library, head_and_tip};
use crate::library::error::LibraryError;
use crate::library::version::{
    GameId, NewVersion, Provenance, UnixMillis, VersionId, VersionParent,
};

impl Library {
    /// Saves a version and makes it current.
    ///
    /// # Errors
    ///
    /// The parent does not exist, or the library cannot be written.
    pub fn save_version(
        &mut self,
        place: VersionParent,
        new: &NewVersion,
        now: UnixMillis,
    ) -> Result<VersionId, LibraryError> {
        self.write(|tx| save_version(tx, place, new, now))
    }
}

pub(super) fn save_version(
    tx: &Transaction<'_>,
    place: VersionParent,
    new: &NewVersion,
    now: UnixMillis,
) -> Result<VersionId, LibraryError> {
    let (game, parent) = match place {
        VersionParent::NewGame => (insert_game(tx, &new.title, now)?, None),
        VersionParent::After(parent) => {
            head_and_tip(tx, parent.game)?;
            row_id(tx, parent)?;
            (parent.game, Some(parent.number))
        }
    };
    let next = "SELECT coalesce(max(number), 0) + 1 FROM versions WHERE game = ?";
    let number: u32 = tx.prepare_cached(next)?.query_row([game.0], |row| row.get(0))?;
    let id = VersionId { game, number };
    let row = insert_version(tx, id, parent, new, now)?;
    insert_page(tx, row, new)?;
    index_version(tx, row, &new.provenance.prompt, &new.source)?;
    tx.prepare_cached("UPDATE games SET head = ?2, tip = ?2, updated = ?3 WHERE id = ?1")?
        .execute(params![game.0, number, now.0])?;
    record_prompt(tx, &new.provenance.prompt)?;
    Ok(id)
}

/// Prompts have an index of their own, because their words are few among those of the code.
fn index_version(
    tx: &Transaction<'_>,
    row: i64,
    prompt: &str,
    source: &str,
) -> Result<(), LibraryError> {
    tx.prepare_cached("INSERT INTO prompt_words (rowid, prompt) VALUES (?, ?)")?
        .execute(params![row, index_words(prompt)])?;
    tx.prepare_cached("INSERT INTO version_words (rowid, words) VALUES (?, ?)")?
        .execute(params![row, index_words(&format!("{prompt}\n{source}"))])?;
    Ok(())
}

/// Inserts a game without versions: one has to follow in the same transaction.
fn insert_game(tx: &Transaction<'_>, title: &str, now: UnixMillis) -> Result<GameId, LibraryError> {
    let insert = "INSERT INTO games (title, head, tip, created, updated) VALUES (?1, 1, 1, ?2, ?2)";
    tx.prepare_cached(insert)?.execute(params![title, now.0])?;
    let game = GameId(tx.last_insert_rowid());
    index_title(tx, game, title)?;
    Ok(game)
}

pub(super) fn index_title(
    tx: &Transaction<'_>,
    game: GameId,
    title: &str,
) -> Result<(), LibraryError> {
    tx.prepare_cached("DELETE FROM title_words WHERE rowid = ?")?.execute([game.0])?;
    tx.prepare_cached("INSERT INTO title_words (rowid, title) VALUES (?, ?)")?
        .execute(params![game.0, index_words(title)])?;
    Ok(())
}

fn insert_version(
    tx: &Transaction<'_>,
    id: VersionId,
    parent: Option<u32>,
    new: &NewVersion,
    now: UnixMillis,
) -> Result<i64, LibraryError> {
    const INSERT: &str = "INSERT INTO versions (game, number, parent, prompt, engine, model, \
        provider, request_id, seed, prompt_tokens, completion_tokens, estimated_usd, valid, \
        findings, bytes, sha256, created) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let Provenance { prompt, engine, model, provider, request_id, seed, cost } = &new.provenance;
    tx.prepare_cached(INSERT)?.execute(params![
        id.game.0,
        id.number,
        parent,
        prompt,
        engine,
        model,
        provider,
        request_id,
        // SQLite's integers are signed; the bits are preserved.
        seed.map(u64::cast_signed),
        cost.prompt_tokens.map(u64::cast_signed),
        cost.completion_tokens.map(u64::cast_signed),
        cost.estimated_usd,
        new.valid,
        new.findings,
        new.html.len().cast_signed(),
        sha256(&new.html),
        now.0,
    ])?;
    Ok(tx.last_insert_rowid())
}

fn insert_page(tx: &Transaction<'_>, row: i64, new: &NewVersion) -> Result<(), LibraryError> {
    const INSERT: &str =
        "INSERT INTO pages (version, html, seam_from, seam_to, seam) VALUES (?, ?, ?, ?, ?)";
    let seam = HardeningDelta::compute(&new.html, &new.source);
    tx.prepare_cached(INSERT)?.execute(params![
        row,
        new.html,
        seam.from.cast_signed(),
        seam.to.cast_signed(),
        seam.text
    ])?;
    Ok(())
}

pub(super) fn record_prompt(tx: &Transaction<'_>, prompt: &str) -> Result<(), LibraryError> {
    const FORGET: &str =
        "DELETE FROM asked_words WHERE rowid = (SELECT id FROM prompts WHERE text = ?)";
    tx.prepare_cached(FORGET)?.execute([prompt])?;
    tx.prepare_cached("DELETE FROM prompts WHERE text = ?")?.execute([prompt])?;
    tx.prepare_cached("INSERT INTO prompts (text) VALUES (?)")?.execute([prompt])?;
    let id = tx.last_insert_rowid();
    tx.prepare_cached("INSERT INTO asked_words (rowid, words) VALUES (?, ?)")?
        .execute(params![id, index_words(prompt)])?;
    Ok(())
}

/// The row of a version, whether its game was removed or not.
pub(super) fn row_id(db: &rusqlite::Connection, version: VersionId) -> Result<i64, LibraryError> {
    db.prepare_cached("SELECT id FROM versions WHERE game = ? AND number = ?")?
        .query_row(params![version.game.0, version.number], |row| row.get(0))
        .optional()?
        .ok_or(LibraryError::NoVersion(version))
}

/// The difference between a hardened file and its source. Hardening changes one region, so only
/// that region of the source is stored.
pub(super) struct HardeningDelta<'t> {
    pub from: usize,
    pub to: usize,
    pub text: &'t str,
}

impl<'t> HardeningDelta<'t> {
    fn compute(html: &str, source: &'t str) -> Self {
        let same = |a: &(u8, u8)| a.0 == a.1;
        let pairs = || html.bytes().zip(source.bytes());
        let mut from = pairs().take_while(same).count();
        while !html.is_char_boundary(from) || !source.is_char_boundary(from) {
            from -= 1;
        }
        let most = html.len().min(source.len()) - from;
        let backwards = html.bytes().rev().zip(source.bytes().rev());
        let mut end = backwards.take(most).take_while(same).count();
        while !html.is_char_boundary(html.len() - end)
            || !source.is_char_boundary(source.len() - end)
        {
            end -= 1;
        }
        let text = source.get(from..source.len() - end).unwrap_or_default();
        Self { from, to: html.len() - end, text }
    }

    /// Restores the source; `None` if the offsets do not fit the file.
    pub fn restore(&self, html: &str) -> Option<String> {
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
            let seam = HardeningDelta::compute(&html, &source);
            prop_assert_eq!(seam.restore(&html), Some(source.clone()));
        }
    }

    #[test]
    fn only_what_hardening_put_in_is_kept_twice() {
        let seam = HardeningDelta::compute("<head><meta policy><title>", "<head><title>");
        assert_eq!(seam.text, "");
    }
}
