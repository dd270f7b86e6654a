//! Opens the library: creates it, migrates its schema, and moves a damaged file away.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::Library;
use super::rows::query_value;
use crate::library::error::LibraryError;
use crate::library::process_lock::ProcessLock;

/// Each migrates the file from the previous schema version to the next.
const MIGRATIONS: [&str; 6] = [
    include_str!("../../../assets/schema/1.sql"),
    include_str!("../../../assets/schema/2.sql"),
    include_str!("../../../assets/schema/3.sql"),
    include_str!("../../../assets/schema/4.sql"),
    include_str!("../../../assets/schema/5.sql"),
    include_str!("../../../assets/schema/6.sql"),
];

/// How long to wait for another process's lock on the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// More statements than the library has, so that each is parsed once.
const CACHED_STATEMENTS: usize = 64;

impl Library {
    /// Opens the library in `home`, or creates it. `process` must be unique among live processes;
    /// it marks the rows that this process owns. Blocks while another process opens the library.
    ///
    /// # Errors
    ///
    /// The folder or file cannot be opened or written, another program locks it, or a newer
    /// codeagent wrote it.
    pub fn open(home: &Path, process: &str) -> Result<Self, LibraryError> {
        let path = home.join("library.db");
        let closed = |error: std::io::Error| open_error(&path, &error);
        std::fs::create_dir_all(home).map_err(closed)?;
        // One process at a time: two that created, migrated or moved the file at once would
        // interfere.
        let lock = File::create(home.join("library.lock")).map_err(closed)?;
        lock.lock().map_err(closed)?;
        let process =
            ProcessLock::acquire(home.join("running"), process.to_owned()).map_err(closed)?;
        process.sweep();
        let (db, set_aside) = match connect(&path) {
            Err(LibraryError::Damaged(_)) => {
                let kept = quarantine(&path).map_err(closed)?;
                (connect(&path)?, Some(kept))
            }
            opened => (opened?, None),
        };
        Ok(Self { db, path, process, quarantined: set_aside })
    }
}

fn connect(path: &Path) -> Result<Connection, LibraryError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags).map_err(LibraryError::from);
    let ready = opened.and_then(|mut db| {
        prepare(&mut db)?;
        Ok(db)
    });
    ready.map_err(|error| error.with_path(path))
}

fn prepare(db: &mut Connection) -> Result<(), LibraryError> {
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    let found: u32 = query_value(db, "PRAGMA user_version", [])?.unwrap_or_default();
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(LibraryError::Newer { path: PathBuf::new(), found, known });
    }
    // A power failure may cost the last moments, never the file; the games are also files beside it
    // that are flushed to disk.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
         PRAGMA recursive_triggers = ON;",
    )?;
    migrate(db, found)?;
    // Detects a damaged table list here, not at the first use.
    db.query_row("SELECT count(*) FROM games WHERE id = 0", [], |_| Ok(()))?;
    Ok(())
}

fn migrate(db: &mut Connection, found: u32) -> Result<(), LibraryError> {
    for (form, change) in (1_u32..).zip(MIGRATIONS).skip(found as usize) {
        let transaction = db.transaction()?;
        transaction.execute_batch(change)?;
        transaction.pragma_update(None, "user_version", form)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Renames a damaged file and its companions to the next free name.
fn quarantine(path: &Path) -> std::io::Result<PathBuf> {
    let mut number = 1;
    let kept = loop {
        let kept = path.with_file_name(format!("library-damaged-{number}.db"));
        if !kept.exists() {
            break kept;
        }
        number += 1;
    };
    for part in ["", "-wal", "-shm"] {
        let with = |base: &Path| PathBuf::from(format!("{}{part}", base.display()));
        match std::fs::rename(with(path), with(&kept)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(kept)
}

fn open_error(path: &Path, error: &std::io::Error) -> LibraryError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => LibraryError::ReadOnly(path),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => LibraryError::Full(path),
        _ => LibraryError::CannotOpen { path, why: error.to_string() },
    }
}
