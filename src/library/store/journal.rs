//! Records the replies of running requests chunk by chunk, so that little is lost in a crash.

use rusqlite::{Row, params};

use super::Library;
use super::save_version::record_prompt;
use crate::library::error::LibraryError;
use crate::library::version::UnixMillis;

/// A reply that is being recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftId(i64);

/// The prompt and partial reply of a dead process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedReply {
    pub id: DraftId,
    pub prompt: String,
    pub model: Option<String>,
    pub began: UnixMillis,
    /// Empty if no chunk had arrived.
    pub reply: String,
}

impl Library {
    /// Begins the draft of `job` of this process; replaces an earlier one.
    ///
    /// # Errors
    ///
    /// The library cannot be written.
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

    /// Appends a chunk to a draft; does nothing if the draft was deleted.
    ///
    /// # Errors
    ///
    /// The library cannot be written.
    pub fn append_chunk(&mut self, draft: DraftId, text: &str) -> Result<(), LibraryError> {
        const HEAR: &str = "INSERT INTO pieces (draft, number, text) SELECT ?1, \
            (SELECT coalesce(max(number), 0) + 1 FROM pieces WHERE draft = ?1), ?2 \
            WHERE EXISTS (SELECT 1 FROM drafts WHERE id = ?1)";
        self.write(|tx| {
            tx.prepare_cached(HEAR)?.execute(params![draft.0, text])?;
            Ok(())
        })
    }

    /// Deletes the draft of `job` of this process, whose reply is saved elsewhere.
    ///
    /// # Errors
    ///
    /// The library cannot be written.
    pub fn end_draft(&mut self, job: u64) -> Result<(), LibraryError> {
        let process = self.process.name().to_owned();
        self.write(|tx| {
            tx.prepare_cached("DELETE FROM drafts WHERE process = ? AND job = ?")?
                .execute(params![process, job.cast_signed()])?;
            Ok(())
        })
    }

    /// The drafts of dead processes, the newest first.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
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

    /// Deletes a draft that was recovered or discarded.
    ///
    /// # Errors
    ///
    /// The library cannot be written.
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
    /// A process that ends normally has saved or offered its replies, so its drafts are deleted.
    fn drop(&mut self) {
        let process = self.process.name().to_owned();
        let own = "SELECT EXISTS (SELECT 1 FROM drafts WHERE process = ?)";
        // Without drafts there is no need to wait for the lock.
        if self.db.query_row(own, [&process], |row| row.get(0)).unwrap_or(false) {
            let forget = "DELETE FROM drafts WHERE process = ?";
            drop(self.write(|tx| Ok(tx.execute(forget, [&process])?)));
        }
    }
}
