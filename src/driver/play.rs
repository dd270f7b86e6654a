//! Serves one game until a signal comes, and follows its changes.

#[cfg(feature = "server")]
mod serving;

use std::path::PathBuf;

use crate::app::{PlayError, PlaySession, PlayableGame};
#[cfg(not(feature = "server"))]
use crate::config::Settings;
use crate::game::Rejection;
use crate::library::GameId;

#[cfg(feature = "server")]
pub use serving::play;

/// A game to play, and where its new versions come from.
#[derive(Debug)]
pub struct PlayOptions {
    pub playable: PlayableGame,
    /// The text that it was made of, to know a change by.
    pub text: String,
    pub follow: WatchTarget,
    pub browser: BrowserLaunch,
}

/// What is watched for new versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchTarget {
    File(PathBuf),
    /// Whatever version of it is current.
    Game(GameId),
    /// It stays as it is.
    Nothing,
}

/// Whether a browser is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrowserLaunch {
    Open,
    Leave,
}

/// What happens while a game is played.
#[derive(Debug)]
pub enum PlayEvent {
    At(PlaySession),
    /// A new version is served.
    Replaced(String),
    /// A new version was rejected; the old one is still served.
    Refused(Rejection),
    Failed(PlayError),
}

/// Serves no game: this build leaves out the server.
///
/// # Errors
///
/// Inside, always that.
#[cfg(not(feature = "server"))]
pub fn play(
    _play: PlayOptions,
    _settings: &Settings,
    _on_event: &mut impl FnMut(PlayEvent),
) -> impl Future<Output = std::io::Result<Result<(), PlayError>>> {
    std::future::ready(Ok(Err(PlayError::LeftOut)))
}
