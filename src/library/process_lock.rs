//! Which processes of this program live, whatever the clock or a reused pid says.
//!
//! Each holds a lock on a file of its own. The system lets go of it however the
//! process ends, so whoever can take the lock knows that its owner is gone.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// This process, alive for as long as the value lives.
#[derive(Debug)]
pub struct ProcessLock {
    name: String,
    folder: PathBuf,
    /// Held, never read.
    _lock: File,
}

impl ProcessLock {
    /// Makes this process known in `folder`, under a name that no other process has.
    pub fn acquire(folder: PathBuf, name: String) -> std::io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(&name);
        loop {
            let lock = File::create(&path)?;
            lock.lock()?;
            // Somebody who swept before the lock was taken has removed the file; nobody can now.
            if path.exists() {
                return Ok(Self { name, folder, _lock: lock });
            }
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the process of this name still runs.
    pub fn is_alive(&self, name: &str) -> bool {
        name == self.name || is_locked(&self.folder.join(name))
    }

    /// Takes away the files of processes that were killed.
    pub fn sweep(&self) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return };
        let others = entries.flatten().filter(|entry| *entry.file_name() != *self.name);
        for path in others.map(|entry| entry.path()) {
            if let Ok(lock) = File::open(&path)
                && lock.try_lock().is_ok()
            {
                // What cannot be removed is looked at again next time.
                drop(std::fs::remove_file(&path));
            }
        }
    }
}

impl Drop for ProcessLock {
    fn drop(&mut self) {
        drop(std::fs::remove_file(self.folder.join(&self.name)));
    }
}

/// Where locks do not work nobody can be told dead, so nobody is.
fn is_locked(path: &Path) -> bool {
    match File::open(path) {
        Ok(file) => match file.try_lock() {
            Ok(()) => false,
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => true,
        },
        Err(error) => error.kind() != ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_lives_until_its_lock_is_let_go() {
        let home = tempfile::tempdir().unwrap();
        let begin =
            |name: &str| ProcessLock::acquire(home.path().to_owned(), name.to_owned()).unwrap();
        let (first, second) = (begin("1"), begin("2"));
        assert!(first.is_alive("1") && first.is_alive("2") && !first.is_alive("3"));
        drop(second);
        assert!(!first.is_alive("2"));
    }

    #[test]
    fn a_file_that_a_killed_process_left_means_nothing_and_goes() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("killed"), "").unwrap();
        let first = ProcessLock::acquire(home.path().to_owned(), "1".to_owned()).unwrap();
        assert!(!first.is_alive("killed"));
        first.sweep();
        let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().collect();
        assert_eq!(left.len(), 1);
    }
}
