//! Looks from outside at how much memory a browser takes, and ends it where that is too much.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::Pid;

use super::process::kill;

/// All processes of a browser together, in bytes. One that shows a plain game takes a fifth.
const MOST: u64 = 2 * 1024 * 1024 * 1024;
/// One process, where the heap of its scripts is as good as full.
const MOST_OF_ONE: u64 = 320 * 1024 * 1024;
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
    /// The most that one process had, in bytes.
    largest: AtomicU64,
}

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "it must look on while the page does not answer")]
    pub fn start(group: Pid) -> Self {
        let shared = Arc::new(Shared::default());
        let watched = Arc::clone(&shared);
        let thread = std::thread::spawn(move || watched.look_at(group));
        Self { shared, thread: Some(thread) }
    }

    /// Whether one process had so much that the scripts in it do little but look for more.
    pub fn is_short(&self) -> bool {
        self.shared.largest.load(Ordering::Relaxed) > MOST_OF_ONE
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
    /// The memory of all processes of the group.
    fn sees(&self, group: Pid) -> u64 {
        let each = resident(group);
        self.largest.fetch_max(each.iter().copied().max().unwrap_or_default(), Ordering::Relaxed);
        each.iter().sum()
    }

    fn look_at(&self, group: Pid) {
        while !self.ends.load(Ordering::Relaxed) && self.sees(group) <= MOST {
            std::thread::park_timeout(EVERY);
        }
        if !self.ends.load(Ordering::Relaxed) {
            self.is_over.store(true, Ordering::SeqCst);
            kill(group);
        }
    }
}

/// The memory of each process of a group, in bytes; none where the system does not tell. The heap of
/// scripts has a limit of its own everywhere.
#[cfg(target_os = "linux")]
fn resident(group: Pid) -> Vec<u64> {
    let group = group.as_raw_nonzero().get();
    let helpers = super::proc::processes().filter(|process| process.group == group);
    helpers.filter_map(|process| own_memory(&process.folder)).collect()
}

#[cfg(not(target_os = "linux"))]
fn resident(_group: Pid) -> Vec<u64> {
    Vec::new()
}

/// What one process has for itself: pages that it shares count once, in the process they came from.
#[cfg(target_os = "linux")]
fn own_memory(process: &std::path::Path) -> Option<u64> {
    let statm = std::fs::read_to_string(process.join("statm")).ok()?;
    let mut pages = statm.split_ascii_whitespace().skip(1).map(|pages| pages.parse::<u64>().ok());
    let (resident, shared) = (pages.next()??, pages.next()??);
    Some(resident.saturating_sub(shared) * 4_096)
}
