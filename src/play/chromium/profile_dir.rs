//! The private folder of one browser: profile, temporary files, and a lock that says it is in use.
//!
//! A process that is killed cannot clean up. Its folder stays, but the system
//! lets go of the lock, so the next play-test takes the folder away.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

/// How the folders begin, beside other people's in the system's temporary folder.
const DIR_PREFIX: &str = "codeagent-play-";

/// The file whose lock is held for as long as the folder is in use.
const LOCK_FILE: &str = "in-use";

#[derive(Debug)]
pub(super) struct ProfileDir {
    folder: TempDir,
    /// Held, never read.
    _lock: File,
}

impl ProfileDir {
    /// A new folder that only this user can enter; those that killed processes left go.
    pub fn new() -> std::io::Result<Self> {
        loop {
            let folder = tempfile::Builder::new().prefix(DIR_PREFIX).tempdir()?;
            let path = folder.path().join(LOCK_FILE);
            let lock = File::create(&path)?;
            lock.lock()?;
            // Somebody who swept before the lock was taken has removed the folder; nobody can now.
            if path.exists() {
                remove_stale_dirs(folder.path().parent().unwrap_or(folder.path()), folder.path());
                return Ok(Self { folder, _lock: lock });
            }
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for ProfileDir {
    /// A helper of the browser may write until it is gone: what it wrote goes with the next try.
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

/// Takes away what nobody uses any more. A folder without a lock is just being made.
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
        let held = File::open(used.join(LOCK_FILE)).unwrap();
        held.lock().unwrap();
        remove_stale_dirs(beside.path(), Path::new("/"));
        assert_eq!([dead.exists(), used.exists(), other.exists()], [false, true, true]);
    }
}
