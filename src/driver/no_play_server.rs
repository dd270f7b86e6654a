//! The server that shows a game, in a build that leaves it out: it says so.

use std::convert::Infallible;
use std::future::{Pending, Ready, pending, ready};

use super::TaskContext;
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

    /// The same.
    pub fn with_pointing(display: DisplayLocation) -> Self {
        Self::new(display)
    }

    /// Nobody points at a game that is not served; never ends.
    pub fn follow_pointing(&self, _events: &TaskContext) -> Pending<Infallible> {
        pending()
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
