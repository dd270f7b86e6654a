//! Looks from outside at how much memory a browser takes, and ends it where that is too much.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::Pid;

use super::process::kill;

/// All processes of a browser together, in bytes. One that shows a plain game takes a fifth.
const MOST: u64 = 2 * 1024 * 1024 * 1024;
const EVERY: Duration = Duration::from_millis(150);

/// Runs for as long as the value lives.
#[derive(Debug)]
pub struct Watch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    ends: AtomicBool,
    is_over: AtomicBool,
}

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "it must look on while the page does not answer")]
    pub fn start(group: Pid) -> Self {
        let shared = Arc::new(Shared::default());
        let watched = Arc::clone(&shared);
        let thread = std::thread::spawn(move || watched.look_at(group));
        Self { shared, thread: Some(thread) }
    }

    /// Whether the browser was ended because it took too much.
    pub fn is_over(&self) -> bool {
        self.shared.is_over.load(Ordering::SeqCst)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            drop(thread.join());
        }
    }
}

impl Shared {
    fn look_at(&self, group: Pid) {
        while !self.ends.load(Ordering::Relaxed) && resident(group) <= MOST {
            std::thread::park_timeout(EVERY);
        }
        if !self.ends.load(Ordering::Relaxed) {
            self.is_over.store(true, Ordering::SeqCst);
            kill(group);
        }
    }
}

/// The memory of a group of processes, in bytes; 0 where the system does not tell. The heap of
/// scripts has a limit of its own everywhere.
#[cfg(target_os = "linux")]
fn resident(group: Pid) -> u64 {
    let Ok(all) = std::fs::read_dir("/proc") else { return 0 };
    let numbers = all.flatten().filter(|entry| {
        entry.file_name().to_string_lossy().starts_with(|c: char| c.is_ascii_digit())
    });
    let group = group.as_raw_nonzero().to_string();
    numbers.filter_map(|entry| of_group(&entry.path(), &group)).sum()
}

#[cfg(not(target_os = "linux"))]
fn resident(_group: Pid) -> u64 {
    0
}

/// What one process has for itself: pages that it shares count once, in the process they came from.
#[cfg(target_os = "linux")]
fn of_group(process: &std::path::Path, group: &str) -> Option<u64> {
    let stat = std::fs::read_to_string(process.join("stat")).ok()?;
    // The name may hold blanks and brackets; after the last one come state, parent and group.
    let (_, rest) = stat.rsplit_once(')')?;
    if rest.split_ascii_whitespace().nth(2)? != group {
        return None;
    }
    let statm = std::fs::read_to_string(process.join("statm")).ok()?;
    let mut pages = statm.split_ascii_whitespace().skip(1).map(|pages| pages.parse::<u64>().ok());
    let (resident, shared) = (pages.next()??, pages.next()??);
    Some(resident.saturating_sub(shared) * 4_096)
}
