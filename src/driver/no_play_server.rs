//! The server that shows a game, in a build that leaves it out: it says so.

use std::future::{Ready, ready};

use crate::app::{PlayError, PlaySession, PlayableGame};
use crate::config::DisplayLocation;

/// Where games would be shown.
#[derive(Debug)]
pub(super) struct PlayServer;

#[expect(clippy::unused_self, reason = "the server that it stands for needs it")]
impl PlayServer {
    /// The stand-in for the server.
    pub fn new(_display: DisplayLocation) -> Self {
        Self
    }

    /// Serves no game.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn show(&self, _game: PlayableGame) -> Ready<Result<(), PlayError>> {
        ready(Err(PlayError::LeftOut))
    }

    /// Serves no game and opens no browser.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn play(&self, _game: PlayableGame) -> Ready<Result<PlaySession, PlayError>> {
        ready(Err(PlayError::LeftOut))
    }
}
