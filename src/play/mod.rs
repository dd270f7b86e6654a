//! TRIES a game: a real browser plays it before anybody else does.
//!
//! What is pressed and how the answers are read is pure; `chromium/` is the only
//! place that starts a browser. It gets nothing of the user's and reaches
//! nothing, and only a page that passed the checks is ever given to it.

mod find;
mod picture;
mod plan;
mod verdict;

#[cfg(unix)]
pub mod chromium;
#[cfg(unix)]
mod player;
#[cfg(unix)]
mod trial;

pub use find::{NoBrowser, Places, find};
pub use picture::Picture;
pub use plan::Input;
pub use verdict::{
    ConsoleLine, Grade, Level, Levels, Problem, ProblemKind, Stage, TraceLine, Unplayed, Verdict,
};

#[cfg(unix)]
pub use chromium::Stop;
#[cfg(unix)]
pub use player::{Lab, Player, try_out};
