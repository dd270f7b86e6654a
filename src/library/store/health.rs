//! Checks the integrity of the file and counts its contents.

use rusqlite::{Connection, ErrorCode, Row};

use super::Library;
use super::rows::query_value;
use crate::library::error::LibraryError;

/// The state of a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryHealth {
    pub games: u64,
    pub versions: u64,
    /// The schema version.
    pub schema_version: u32,
    pub bytes: u64,
    /// The faults that `SQLite` finds, empty if none; `None` if the check was interrupted.
    pub faults: Option<Vec<String>>,
}

impl Library {
    /// Checks the whole file, which takes seconds if it is large.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn check_health(&self) -> Result<LibraryHealth, LibraryError> {
        self.read(|db| {
            let number = |sql: &str| -> Result<u64, LibraryError> {
                let found: i64 = query_value(db, sql, [])?.unwrap_or_default();
                Ok(u64::try_from(found).unwrap_or_default())
            };
            Ok(LibraryHealth {
                games: number("SELECT count(*) FROM games WHERE removed IS NULL")?,
                versions: number("SELECT count(*) FROM versions")?,
                schema_version: query_value(db, "PRAGMA user_version", [])?.unwrap_or_default(),
                bytes: std::fs::metadata(self.path()).map_or(0, |metadata| metadata.len()),
                faults: quick_check(db)?,
            })
        })
    }

    /// Returns a function that interrupts this library's running query, from any thread.
    pub fn interrupt_handle(&self) -> impl Fn() + Send + 'static {
        let handle = self.db.get_interrupt_handle();
        move || handle.interrupt()
    }
}

fn quick_check(db: &Connection) -> Result<Option<Vec<String>>, LibraryError> {
    let mut check = db.prepare("PRAGMA quick_check(5)")?;
    // The pragma names its one column so.
    let fault = |row: &Row<'_>| row.get::<_, String>("quick_check");
    let found = check.query_map([], fault)?.collect::<Result<Vec<_>, _>>();
    match found {
        Ok(found) => Ok(Some(found.into_iter().filter(|fault| fault != "ok").collect())),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
