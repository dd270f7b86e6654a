//! Watches a browser's memory from outside and kills it beyond a limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::Pid;

use super::process::kill_group;

/// Most memory of all processes of a browser, in bytes. One that shows a plain game uses a fifth.
const MAX_TOTAL_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Memory of one process, in bytes, at which its script heap is practically full.
const FULL_HEAP_BYTES: u64 = 320 * 1024 * 1024;
const POLL_INTERVAL: Duration = Duration::from_millis(150);

/// The watching thread; it ends when the value is dropped.
#[derive(Debug)]
pub struct MemoryWatch {
    shared: Arc<MemoryWatchState>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct MemoryWatchState {
    should_end: AtomicBool,
    has_killed: AtomicBool,
    /// The largest memory of one process so far, in bytes.
    largest_process: AtomicU64,
}

impl MemoryWatch {
    /// Starts to watch the processes of this group on a thread of its own.
    #[expect(clippy::disallowed_methods, reason = "it must look on while the page does not answer")]
    pub fn start(group: Pid) -> Self {
        let shared = Arc::new(MemoryWatchState::default());
        let watched = Arc::clone(&shared);
        let thread = std::thread::spawn(move || watched.poll_group(group));
        Self { shared, thread: Some(thread) }
    }

    /// Whether one process had a full script heap, so that its scripts hardly progressed.
    pub fn has_full_heap(&self) -> bool {
        self.shared.largest_process.load(Ordering::Relaxed) > FULL_HEAP_BYTES
    }

    /// Whether the browser was killed because of its memory.
    pub fn has_killed_browser(&self) -> bool {
        self.shared.has_killed.load(Ordering::SeqCst)
    }
}

impl Drop for MemoryWatch {
    fn drop(&mut self) {
        self.shared.should_end.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            drop(thread.join());
        }
    }
}

impl MemoryWatchState {
    /// Memory of all processes of the group, in bytes.
    fn measure(&self, group: Pid) -> u64 {
        let each = process_memory(group);
        self.largest_process
            .fetch_max(each.iter().copied().max().unwrap_or_default(), Ordering::Relaxed);
        each.iter().sum()
    }

    fn poll_group(&self, group: Pid) {
        while !self.should_end.load(Ordering::Relaxed) && self.measure(group) <= MAX_TOTAL_BYTES {
            std::thread::park_timeout(POLL_INTERVAL);
        }
        if !self.should_end.load(Ordering::Relaxed) {
            self.has_killed.store(true, Ordering::SeqCst);
            kill_group(group);
        }
    }
}

/// Memory of each process of a group, in bytes; empty if the system does not report it. The script
/// heap is limited everywhere.
#[cfg(target_os = "linux")]
fn process_memory(group: Pid) -> Vec<u64> {
    let group = group.as_raw_nonzero().get();
    let helpers = super::proc_stat::list_processes().filter(|process| process.group == group);
    helpers.filter_map(|process| own_memory(&process.proc_dir)).collect()
}

#[cfg(not(target_os = "linux"))]
fn process_memory(_group: Pid) -> Vec<u64> {
    Vec::new()
}

/// Memory of one process without shared pages, which count only where they came from.
#[cfg(target_os = "linux")]
fn own_memory(process: &std::path::Path) -> Option<u64> {
    let statm = std::fs::read_to_string(process.join("statm")).ok()?;
    let mut pages = statm.split_ascii_whitespace().skip(1).map(|pages| pages.parse::<u64>().ok());
    let (resident, shared) = (pages.next()??, pages.next()??);
    Some(resident.saturating_sub(shared) * 4_096)
}
