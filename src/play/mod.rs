//! TRIES a game: play-tests it in a real browser before the user gets it.
//!
//! The inputs and the reading of the results are pure; only `chromium/` starts a browser. The
//! browser gets nothing of the user's environment, has no network, and only ever loads pages that
//! passed the checks.

mod browser_search;
mod motion;
#[cfg_attr(
    not(all(unix, feature = "browser")),
    allow(dead_code, reason = "most of it is for who drives a browser")
)]
mod plan;
#[cfg(feature = "browser")]
mod screenshot;
#[cfg_attr(
    not(all(unix, feature = "browser")),
    allow(dead_code, reason = "most of it is for who drives a browser")
)]
mod verdict;

#[cfg(all(unix, feature = "browser"))]
pub mod chromium;
#[cfg(all(unix, feature = "browser"))]
mod play_test;
#[cfg(all(unix, feature = "browser"))]
mod player;

pub use browser_search::{BrowserPaths, FindBrowserError, find_browser};
pub use motion::{Motion, Recording};
pub use plan::PlayerInput;
#[cfg(feature = "browser")]
pub use screenshot::PixelBuffer;
pub use verdict::{
    CheckOutcome, ConsoleLine, Grade, PlayChecks, PlayProblem, PlayProblemKind, PlayTestError,
    PlayTestStage, SourceFrame, Verdict,
};

#[cfg(all(unix, feature = "browser"))]
pub use chromium::KillSwitch;
#[cfg(all(unix, feature = "browser"))]
pub use player::{BrowserConfig, GamePlayer, play_test_once};
