//! The only place that starts a browser and drives it, by the `DevTools` protocol over a pipe.
//!
//! A play-test needs about thirty messages of that protocol; a crate that knows all of it would
//! take ten times as long to build as this one.

mod cdp_pipe;
mod console;
mod events;
mod input;
mod memory_watch;
#[cfg(target_os = "linux")]
mod proc_stat;
mod process;
mod profile_dir;
mod tab;
mod version;
mod wait_limit;

pub use cdp_pipe::{CdpPipe, PipeError};
pub use process::{ChromiumProcess, KillSwitch, LaunchError, LaunchOptions};
pub use version::version;

use std::path::{Path, PathBuf};

pub(super) use console::{ConsoleEntry, ConsoleLog};
pub(super) use events::{Fault, FaultKind, StackFrame};
pub(super) use input::{KeyAction, PointerAction};
pub(super) use memory_watch::MemoryWatch;
pub(super) use tab::{BrowserContext, BrowserTab, TabError};

/// Loads an unchecked page for `time` milliseconds of its own time and returns the URLs it
/// requested: for tests of the browser's own barriers. Games go through [`super::play_test_once`].
pub fn load_unchecked(html: &str, program: &Path, path: &[PathBuf], time: f64) -> Vec<String> {
    let launch =
        LaunchOptions { program: program.to_owned(), path: path.to_vec(), flags: Vec::new() };
    let Ok(mut chromium) = ChromiumProcess::start(&launch, KillSwitch::default()) else {
        return Vec::new();
    };
    let clock = super::play_test::page_scripts();
    let Ok(mut tab) = BrowserTab::open(&mut chromium, (800, 600), &clock) else {
        return Vec::new();
    };
    let _as_far_as_it_comes = tab.load(html).and_then(|()| tab.run_to(time));
    std::mem::take(&mut tab.events.requests)
}
