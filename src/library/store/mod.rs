//! The library's SQLite file, which all processes of the user share.
//!
//! [`Library`] is the only interface: typed calls in, plain data or a [`LibraryError`] out. It
//! reads no clock and starts no threads; the caller supplies the time. Calls block, up to 5 s if
//! another process holds the file. Every write is one transaction that takes its lock at the start,
//! so that no two processes decide on the same state.

mod forms;
mod game_rows;
mod health;
mod history;
mod journal;
mod ledger;
mod model_tries;
mod open;
mod plays;
mod queries;
mod rows;
mod save_version;
mod search;
mod tokenize;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, Row, Transaction, TransactionBehavior, named_params};

use super::error::LibraryError;
use super::process_lock::ProcessLock;
use super::version::GameId;
use rows::FromRow;

pub use forms::FormTally;
pub use game_rows::sha256;
pub use health::LibraryHealth;
pub use journal::{DraftId, UnfinishedReply};
pub use ledger::{
    Admission, LedgerLoad, NewRequest, RequestEnding, RequestId, SettledCost, SpendingTotals,
};
pub use model_tries::{ModelSummary, ModelTry, RepairTally};

/// The library of one user, open in this process.
#[derive(Debug)]
pub struct Library {
    db: Connection,
    path: PathBuf,
    process: ProcessLock,
    quarantined: Option<PathBuf>,
}

impl Library {
    /// The path of the database.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path that a damaged library was moved to when this one was opened; `None` if it was not,
    /// and on later calls.
    pub fn take_quarantined(&mut self) -> Option<PathBuf> {
        self.quarantined.take()
    }

    fn read<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        query(&self.db).map_err(|error| error.with_path(&self.path))
    }

    fn write<T>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        in_transaction(&mut self.db, change).map_err(|error| error.with_path(&self.path))
    }
}

/// Runs a change in a transaction.
fn in_transaction<T>(
    db: &mut Connection,
    change: impl FnOnce(&Transaction<'_>) -> Result<T, LibraryError>,
) -> Result<T, LibraryError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = change(&tx)?;
    tx.commit()?;
    Ok(done)
}

/// The numbers of a game's current version and of the version that redo leads to. Fails for removed
/// games.
fn head_and_tip(db: &Connection, game: GameId) -> Result<(u32, u32), LibraryError> {
    const LOOK: &str = "SELECT head, tip FROM games WHERE id = :game AND removed IS NULL";
    let found = rows::query_first(db, LOOK, named_params! { ":game": game.0 })?;
    let GameState { head, tip } = found.ok_or(LibraryError::NoGame(game))?;
    Ok((head, tip))
}

/// Where a game stands: its current version, and the one that redo leads to.
struct GameState {
    head: u32,
    tip: u32,
}

impl FromRow for GameState {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { head: row.get("head")?, tip: row.get("tip")? })
    }
}

impl From<rusqlite::Error> for LibraryError {
    /// The path is empty; the caller fills it in.
    fn from(error: rusqlite::Error) -> Self {
        let path = PathBuf::new();
        let why = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked(path),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly(path),
            Some(ErrorCode::DiskFull) => Self::Full(path),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(path),
            Some(ErrorCode::CannotOpen) => Self::CannotOpen { path, why },
            _ => Self::Failed { path, why },
        }
    }
}

#[cfg(test)]
mod tests;
