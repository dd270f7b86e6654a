//! TRIES a game: a real browser plays it before anybody else does.
//!
//! What is pressed and how the answers are read is pure; `chromium/` is the only
//! place that starts a browser. It gets nothing of the user's and reaches
//! nothing, and only a page that passed the checks is ever given to it.

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
