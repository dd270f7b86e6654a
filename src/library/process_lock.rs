//! Tells which processes of this program are alive, independent of clocks and reused process ids.
//!
//! Each process holds a lock on a file of its own. The system releases it however the process ends,
//! so a lock that can be taken belongs to a dead process.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// This process's lock, held for as long as the value lives.
#[derive(Debug)]
pub struct ProcessLock {
    name: String,
    folder: PathBuf,
    /// Held, never read.
    _lock: File,
}

impl ProcessLock {
    /// Takes the lock file `name` in `folder`; the name must be unique among live processes. Blocks
    /// while another process sweeps that file.
    ///
    /// # Errors
    ///
    /// The folder or the file cannot be created or locked.
    pub fn acquire(folder: PathBuf, name: String) -> std::io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(&name);
        loop {
            let lock = File::create(&path)?;
            lock.lock()?;
            // A sweep before the lock was taken may have removed the file; now none can.
            if path.exists() {
                return Ok(Self { name, folder, _lock: lock });
            }
        }
    }

    /// The unique name of this process.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the process of this name is alive.
    pub fn is_alive(&self, name: &str) -> bool {
        name == self.name || is_locked(&self.folder.join(name))
    }

    /// Removes the lock files of dead processes.
    pub fn sweep(&self) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return };
        let others = entries.flatten().filter(|entry| *entry.file_name() != *self.name);
        for path in others.map(|entry| entry.path()) {
            if let Ok(lock) = File::open(&path)
                && lock.try_lock().is_ok()
            {
                // A file that cannot be removed is left for the next sweep.
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

/// If locks do not work, every process counts as alive.
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
