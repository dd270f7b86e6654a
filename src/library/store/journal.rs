//! The reply of a running request, written down as it comes, so that a crash costs moments.

use rusqlite::{Row, params};

use super::Library;
use super::save_version::record_prompt;
use crate::library::error::LibraryError;
use crate::library::version::UnixMillis;

/// A reply that is being written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftId(i64);

/// What a process that is gone had asked, and what had come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedReply {
    pub id: DraftId,
    pub prompt: String,
    pub model: Option<String>,
    pub began: UnixMillis,
    /// Empty where nothing had come yet.
    pub reply: String,
}

impl Library {
    /// Begins to write down what `job` of this process receives, anew where it was begun before.
    pub fn begin_draft(
        &mut self,
        job: u64,
        prompt: &str,
        model: Option<&str>,
        now: UnixMillis,
    ) -> Result<DraftId, LibraryError> {
        const BEGIN: &str = "INSERT OR REPLACE INTO drafts (process, job, prompt, model, began) \
            VALUES (?, ?, ?, ?, ?)";
        let process = self.process.name().to_owned();
        self.write(|tx| {
            record_prompt(tx, prompt)?;
            tx.prepare_cached(BEGIN)?.execute(params![
                process,
                job.cast_signed(),
                prompt,
                model,
                now.0
            ])?;
            Ok(DraftId(tx.last_insert_rowid()))
        })
    }

    /// Writes down the next piece.
    pub fn append_chunk(&mut self, draft: DraftId, text: &str) -> Result<(), LibraryError> {
        const HEAR: &str = "INSERT INTO pieces (draft, number, text) SELECT ?1, \
            (SELECT coalesce(max(number), 0) + 1 FROM pieces WHERE draft = ?1), ?2 \
            WHERE EXISTS (SELECT 1 FROM drafts WHERE id = ?1)";
        self.write(|tx| {
            tx.prepare_cached(HEAR)?.execute(params![draft.0, text])?;
            Ok(())
        })
    }

    /// What `job` of this process received is kept elsewhere now.
    pub fn end_draft(&mut self, job: u64) -> Result<(), LibraryError> {
        let process = self.process.name().to_owned();
        self.write(|tx| {
            tx.prepare_cached("DELETE FROM drafts WHERE process = ? AND job = ?")?
                .execute(params![process, job.cast_signed()])?;
            Ok(())
        })
    }

    /// What was cut off when a process was killed, the newest first.
    pub fn unfinished_replies(&self) -> Result<Vec<UnfinishedReply>, LibraryError> {
        const DRAFTS: &str = "SELECT id, prompt, model, began, \
            (SELECT group_concat(text, '' ORDER BY number) FROM pieces WHERE draft = drafts.id), \
            process FROM drafts ORDER BY began DESC, id DESC";
        self.read(|db| {
            let mut statement = db.prepare_cached(DRAFTS)?;
            let drafts = statement
                .query_map([], |row| Ok((row.get::<_, String>(5)?, read_unfinished(row)?)))?;
            let all = drafts.collect::<Result<Vec<_>, _>>()?;
            let left = all.into_iter().filter(|(process, _)| !self.process.is_alive(process));
            Ok(left.map(|(_, draft)| draft).collect())
        })
    }

    /// Somebody has taken it, or does not want it.
    pub fn delete_draft(&mut self, draft: DraftId) -> Result<(), LibraryError> {
        self.write(|tx| {
            tx.execute("DELETE FROM drafts WHERE id = ?", [draft.0])?;
            Ok(())
        })
    }
}

fn read_unfinished(row: &Row<'_>) -> rusqlite::Result<UnfinishedReply> {
    let reply: Option<String> = row.get(4)?;
    Ok(UnfinishedReply {
        id: DraftId(row.get(0)?),
        prompt: row.get(1)?,
        model: row.get(2)?,
        began: UnixMillis(row.get(3)?),
        reply: reply.unwrap_or_default(),
    })
}

impl Drop for Library {
    /// A process that ends in order has offered or saved all it received.
    fn drop(&mut self) {
        let process = self.process.name().to_owned();
        let own = "SELECT EXISTS (SELECT 1 FROM drafts WHERE process = ?)";
        // Who has no drafts must not wait for the lock.
        if self.db.query_row(own, [&process], |row| row.get(0)).unwrap_or(false) {
            let forget = "DELETE FROM drafts WHERE process = ?";
            drop(self.write(|tx| Ok(tx.execute(forget, [&process])?)));
        }
    }
}
