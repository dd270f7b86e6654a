//! The only place that starts a browser and speaks to it, in the `DevTools` protocol over a pipe.
//!
//! Of that protocol a play-test needs some thirty messages, and a crate that
//! knows all of it costs ten times the time to build this one.

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

/// Shows a page as it is, unchecked, for so many milliseconds of its own time, and tells what it
/// asked for: how the browser's own walls are tested. Games go through [`super::try_out`].
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
