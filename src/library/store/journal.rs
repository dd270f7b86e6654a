//! Records the replies of running requests chunk by chunk, so that little is lost in a crash.

use rusqlite::{Row, named_params};

use super::Library;
use super::rows::{FromRow, execute, query_all, query_value, replace};
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
        let process = self.process.name().to_owned();
        self.write(|tx| {
            record_prompt(tx, prompt)?;
            let values = named_params! {
                ":process": process,
                ":job": job.cast_signed(),
                ":prompt": prompt,
                ":model": model,
                ":began": now.0,
            };
            replace(tx, "drafts", values).map(DraftId)
        })
    }

    /// Appends a chunk to a draft; does nothing if the draft was deleted.
    ///
    /// # Errors
    ///
    /// The library cannot be written.
    pub fn append_chunk(&mut self, draft: DraftId, text: &str) -> Result<(), LibraryError> {
        const HEAR: &str = "INSERT INTO pieces (draft, number, text) SELECT :draft, \
            (SELECT coalesce(max(number), 0) + 1 FROM pieces WHERE draft = :draft), :text \
            WHERE EXISTS (SELECT 1 FROM drafts WHERE id = :draft)";
        self.write(|tx| {
            execute(tx, HEAR, named_params! { ":draft": draft.0, ":text": text })?;
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
            let draft = named_params! { ":process": process, ":job": job.cast_signed() };
            execute(tx, "DELETE FROM drafts WHERE process = :process AND job = :job", draft)?;
            Ok(())
        })
    }

    /// The drafts of dead processes, the newest first.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn unfinished_replies(&self) -> Result<Vec<UnfinishedReply>, LibraryError> {
        const DRAFTS: &str = "SELECT drafts.*, (SELECT group_concat(text, '' ORDER BY number) \
            FROM pieces WHERE draft = drafts.id) AS reply FROM drafts ORDER BY began DESC, id DESC";
        self.read(|db| {
            let all: Vec<OwnedDraft> = query_all(db, DRAFTS, [])?;
            let orphaned = all.into_iter().filter(|draft| !self.process.is_alive(&draft.process));
            Ok(orphaned.map(|draft| draft.reply).collect())
        })
    }

    /// Deletes a draft that was recovered or discarded.
    ///
    /// # Errors
    ///
    /// The library cannot be written.
    pub fn delete_draft(&mut self, draft: DraftId) -> Result<(), LibraryError> {
        self.write(|tx| {
            execute(
                tx,
                "DELETE FROM drafts WHERE id = :draft",
                named_params! { ":draft": draft.0 },
            )?;
            Ok(())
        })
    }
}

/// A draft and the process that owns it.
struct OwnedDraft {
    process: String,
    reply: UnfinishedReply,
}

impl FromRow for OwnedDraft {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let reply: Option<String> = row.get("reply")?;
        Ok(Self {
            process: row.get("process")?,
            reply: UnfinishedReply {
                id: DraftId(row.get("id")?),
                prompt: row.get("prompt")?,
                model: row.get("model")?,
                began: UnixMillis(row.get("began")?),
                reply: reply.unwrap_or_default(),
            },
        })
    }
}

impl Drop for Library {
    /// A process that ends normally has saved or offered its replies, so its drafts are deleted.
    fn drop(&mut self) {
        let process = self.process.name().to_owned();
        let exists = "SELECT EXISTS (SELECT 1 FROM drafts WHERE process = :process)";
        // Without drafts there is no need to wait for the lock.
        let has_drafts = query_value(&self.db, exists, named_params! { ":process": process });
        if matches!(has_drafts, Ok(Some(true))) {
            let delete = "DELETE FROM drafts WHERE process = :process";
            drop(self.write(|tx| execute(tx, delete, named_params! { ":process": process })));
        }
    }
}
