//! Whether the file is sound, and how much is in it.

use rusqlite::{Connection, ErrorCode};

use super::Library;
use crate::library::error::LibraryError;

/// How a library is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryHealth {
    pub games: u64,
    pub versions: u64,
    /// The number of its form.
    pub schema_version: u32,
    pub bytes: u64,
    /// What `SQLite` finds wrong with the file; nothing where the search was ended.
    pub faults: Option<Vec<String>>,
}

impl Library {
    /// Looks through the whole file, which takes seconds where it is large.
    pub fn check_health(&self) -> Result<LibraryHealth, LibraryError> {
        self.read(|db| {
            let number = |sql: &str| -> Result<u64, LibraryError> {
                let found: i64 = db.query_row(sql, [], |row| row.get(0))?;
                Ok(u64::try_from(found).unwrap_or_default())
            };
            Ok(LibraryHealth {
                games: number("SELECT count(*) FROM games WHERE removed IS NULL")?,
                versions: number("SELECT count(*) FROM versions")?,
                schema_version: db.query_row("PRAGMA user_version", [], |row| row.get(0))?,
                bytes: std::fs::metadata(self.path()).map_or(0, |metadata| metadata.len()),
                faults: quick_check(db)?,
            })
        })
    }

    /// Ends what this library searches, from any thread.
    pub fn interrupt_handle(&self) -> impl Fn() + Send + 'static {
        let handle = self.db.get_interrupt_handle();
        move || handle.interrupt()
    }
}

fn quick_check(db: &Connection) -> Result<Option<Vec<String>>, LibraryError> {
    let mut check = db.prepare("PRAGMA quick_check(5)")?;
    let found = check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>();
    match found {
        Ok(found) => Ok(Some(found.into_iter().filter(|fault| fault != "ok").collect())),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
