//! The private directory of one browser: profile, temporary files, and a lock that marks it as in
//! use.
//!
//! A killed process cannot clean up. Its directory stays but the system releases the lock, so the
//! next play-test removes the directory.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

/// Prefix of the directories in the system's temporary directory.
const DIR_PREFIX: &str = "codeagent-play-";

/// The file that is locked while the directory is in use.
const LOCK_FILE: &str = "in-use";

/// A browser's own profile folder, removed when this is dropped.
#[derive(Debug)]
pub(super) struct ProfileDir {
    folder: TempDir,
    /// Held, never read.
    _lock: File,
}

impl ProfileDir {
    /// Creates a directory that only this user can enter, and removes stale ones.
    ///
    /// # Errors
    /// If the directory or its lock cannot be created.
    pub fn new() -> std::io::Result<Self> {
        loop {
            let folder = tempfile::Builder::new().prefix(DIR_PREFIX).tempdir()?;
            let path = folder.path().join(LOCK_FILE);
            let lock = File::create(&path)?;
            lock.lock()?;
            // Another process may have removed the directory before the lock was taken; from now on
            // none can.
            if path.exists() {
                remove_stale_dirs(folder.path().parent().unwrap_or(folder.path()), folder.path());
                return Ok(Self { folder, _lock: lock });
            }
        }
    }

    /// The path of the folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for ProfileDir {
    /// A helper process of the browser may still write: what it wrote is removed by the next try.
    fn drop(&mut self) {
        for _ in 0..20 {
            match std::fs::remove_dir_all(self.folder.path()) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                _ => return,
            }
        }
    }
}

/// Removes directories that are no longer in use. One without a lock file is just being created.
fn remove_stale_dirs(beside: &Path, own: &Path) {
    let Ok(entries) = std::fs::read_dir(beside) else { return };
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(DIR_PREFIX) && path != own
    };
    for path in entries.flatten().map(|entry| entry.path()).filter(is_ours) {
        if let Ok(lock) = File::open(path.join(LOCK_FILE))
            && lock.try_lock().is_ok()
        {
            drop(std::fs::remove_dir_all(path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_goes_and_what_is_in_use_stays() {
        let beside = tempfile::tempdir().unwrap();
        let dead = beside.path().join("codeagent-play-dead");
        let used = beside.path().join("codeagent-play-used");
        let other = beside.path().join("somebody-else");
        for folder in [&dead, &used, &other] {
            std::fs::create_dir(folder).unwrap();
            std::fs::write(folder.join(LOCK_FILE), "").unwrap();
        }
        let lock = File::open(used.join(LOCK_FILE)).unwrap();
        lock.lock().unwrap();
        remove_stale_dirs(beside.path(), Path::new("/"));
        assert_eq!([dead.exists(), used.exists(), other.exists()], [false, true, true]);
    }
}
