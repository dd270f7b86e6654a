//! The only place that starts a browser and speaks to it, in the `DevTools` protocol over a pipe.
//!
//! Of that protocol a play-test needs some thirty messages, and a crate that
//! knows all of it costs ten times the time to build this one.

mod console;
mod events;
mod folder;
mod input;
#[cfg(target_os = "linux")]
mod proc;
mod process;
mod tab;
mod version;
mod watch;
mod wire;
mod work;

pub use process::{Chromium, Launch, NoStart, Stop};
pub use version::version;
pub use wire::{Silence, Wire};

use std::path::{Path, PathBuf};

pub(super) use console::{Console, Said};
pub(super) use events::{Fault, FaultKind, Spot};
pub(super) use input::{Mouse, Press};
pub(super) use tab::{Context, End, Tab};
pub(super) use watch::Watch;

/// Shows a page as it is, unchecked, for so many milliseconds of its own time, and tells what it
/// asked for: how the browser's own walls are tested. Games go through [`super::try_out`].
pub fn bare(html: &str, program: &Path, path: &[PathBuf], time: f64) -> Vec<String> {
    let launch = Launch { program: program.to_owned(), path: path.to_vec(), flags: Vec::new() };
    let Ok(mut chromium) = Chromium::start(&launch, Stop::default()) else { return Vec::new() };
    let clock = super::trial::clock();
    let Ok(mut tab) = Tab::open(&mut chromium, (800, 600), &clock) else { return Vec::new() };
    let _as_far_as_it_comes = tab.load(html).and_then(|()| tab.run_to(time));
    std::mem::take(&mut tab.told.requests)
}
