//! TRIES a game: play-tests it in a real browser before the user gets it.
//!
//! The inputs and the reading of the results are pure; only `chromium/` starts a browser. The
//! browser gets nothing of the user's environment, has no network, and only ever loads pages that
//! passed the checks.

mod browser_search;
mod plan;
mod screenshot;
mod verdict;

#[cfg(unix)]
pub mod chromium;
#[cfg(unix)]
mod play_test;
#[cfg(unix)]
mod player;

pub use browser_search::{BrowserPaths, FindBrowserError, find_browser};
pub use plan::PlayerInput;
pub use screenshot::PixelBuffer;
pub use verdict::{
    CheckOutcome, ConsoleLine, Grade, PlayChecks, PlayProblem, PlayProblemKind, PlayTestError,
    PlayTestStage, SourceFrame, Verdict,
};

#[cfg(unix)]
pub use chromium::KillSwitch;
#[cfg(unix)]
pub use player::{BrowserConfig, GamePlayer, play_test_once};
