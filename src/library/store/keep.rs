//! Puts a version into the library. Once there it never changes.

use rusqlite::{OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use super::words::words;
use super::{Library, head};
use crate::library::trouble::LibraryError;
use crate::library::version::{GameId, Making, Moment, NewVersion, Place, VersionId};

impl Library {
    /// Keeps a version and makes it current.
    pub fn keep(
        &mut self,
        place: Place,
        new: &NewVersion,
        now: Moment,
    ) -> Result<VersionId, LibraryError> {
        self.write(|tx| keep(tx, place, new, now))
    }
}

pub(super) fn keep(
    tx: &Transaction<'_>,
    place: Place,
    new: &NewVersion,
    now: Moment,
) -> Result<VersionId, LibraryError> {
    let (game, parent) = match place {
        Place::NewGame => (new_game(tx, &new.title, now)?, None),
        Place::After(parent) => {
            head(tx, parent.game)?;
            row_id(tx, parent)?;
            (parent.game, Some(parent.number))
        }
    };
    let next = "SELECT coalesce(max(number), 0) + 1 FROM versions WHERE game = ?";
    let number: u32 = tx.prepare_cached(next)?.query_row([game.0], |row| row.get(0))?;
    let id = VersionId { game, number };
    let row = insert(tx, id, parent, new, now)?;
    insert_page(tx, row, new)?;
    index(tx, row, &new.making.prompt, &new.source)?;
    tx.prepare_cached("UPDATE games SET head = ?2, tip = ?2, updated = ?3 WHERE id = ?1")?
        .execute(params![game.0, number, now.0])?;
    use_prompt(tx, &new.making.prompt)?;
    Ok(id)
}

/// The words of a prompt have an index of their own: among those of the code they are few.
fn index(tx: &Transaction<'_>, row: i64, prompt: &str, source: &str) -> Result<(), LibraryError> {
    tx.prepare_cached("INSERT INTO prompt_words (rowid, prompt) VALUES (?, ?)")?
        .execute(params![row, words(prompt)])?;
    tx.prepare_cached("INSERT INTO version_words (rowid, words) VALUES (?, ?)")?
        .execute(params![row, words(&format!("{prompt}\n{source}"))])?;
    Ok(())
}

/// A game without versions: one has to follow in the same transaction.
fn new_game(tx: &Transaction<'_>, title: &str, now: Moment) -> Result<GameId, LibraryError> {
    let insert = "INSERT INTO games (title, head, tip, created, updated) VALUES (?1, 1, 1, ?2, ?2)";
    tx.prepare_cached(insert)?.execute(params![title, now.0])?;
    let game = GameId(tx.last_insert_rowid());
    title_words(tx, game, title)?;
    Ok(game)
}

pub(super) fn title_words(
    tx: &Transaction<'_>,
    game: GameId,
    title: &str,
) -> Result<(), LibraryError> {
    tx.prepare_cached("DELETE FROM title_words WHERE rowid = ?")?.execute([game.0])?;
    tx.prepare_cached("INSERT INTO title_words (rowid, title) VALUES (?, ?)")?
        .execute(params![game.0, words(title)])?;
    Ok(())
}

fn insert(
    tx: &Transaction<'_>,
    id: VersionId,
    parent: Option<u32>,
    new: &NewVersion,
    now: Moment,
) -> Result<i64, LibraryError> {
    const INSERT: &str = "INSERT INTO versions (game, number, parent, prompt, engine, model, \
        provider, request_id, seed, prompt_tokens, completion_tokens, estimated_usd, valid, \
        findings, bytes, sha256, created) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let Making { prompt, engine, model, provider, request_id, seed, cost } = &new.making;
    tx.prepare_cached(INSERT)?.execute(params![
        id.game.0,
        id.number,
        parent,
        prompt,
        engine,
        model,
        provider,
        request_id,
        // SQLite's integers have a sign; the bits are what counts.
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
    let seam = Seam::between(&new.html, &new.source);
    tx.prepare_cached(INSERT)?.execute(params![
        row,
        new.html,
        seam.from.cast_signed(),
        seam.to.cast_signed(),
        seam.text
    ])?;
    Ok(())
}

pub(super) fn use_prompt(tx: &Transaction<'_>, prompt: &str) -> Result<(), LibraryError> {
    const FORGET: &str =
        "DELETE FROM asked_words WHERE rowid = (SELECT id FROM prompts WHERE text = ?)";
    tx.prepare_cached(FORGET)?.execute([prompt])?;
    tx.prepare_cached("DELETE FROM prompts WHERE text = ?")?.execute([prompt])?;
    tx.prepare_cached("INSERT INTO prompts (text) VALUES (?)")?.execute([prompt])?;
    let id = tx.last_insert_rowid();
    tx.prepare_cached("INSERT INTO asked_words (rowid, words) VALUES (?, ?)")?
        .execute(params![id, words(prompt)])?;
    Ok(())
}

/// The row of a version, whether its game was removed or not.
pub(super) fn row_id(db: &rusqlite::Connection, version: VersionId) -> Result<i64, LibraryError> {
    db.prepare_cached("SELECT id FROM versions WHERE game = ? AND number = ?")?
        .query_row(params![version.game.0, version.number], |row| row.get(0))
        .optional()?
        .ok_or(LibraryError::NoVersion(version))
}

/// What tells a file from its source: hardening puts one piece in, so one piece is kept twice.
pub(super) struct Seam<'t> {
    pub from: usize,
    pub to: usize,
    pub text: &'t str,
}

impl<'t> Seam<'t> {
    fn between(html: &str, source: &'t str) -> Self {
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

    /// The source again.
    pub fn close(&self, html: &str) -> Option<String> {
        Some([html.get(..self.from)?, self.text, html.get(self.to..)?].concat())
    }
}

/// The hash that names exactly these bytes.
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
            let seam = Seam::between(&html, &source);
            prop_assert_eq!(seam.close(&html), Some(source.clone()));
        }
    }

    #[test]
    fn only_what_hardening_put_in_is_kept_twice() {
        let seam = Seam::between("<head><meta policy><title>", "<head><title>");
        assert_eq!(seam.text, "");
    }
}
