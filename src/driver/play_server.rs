//! The server that shows a game in the user's browser: opened with the first
//! game that is played, and gone with the stage.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use super::blocking::blocking;
use crate::app::{OpenOutcome, PlayError, PlaySession, PlayableGame};
use crate::config::DisplayLocation;
use crate::serve::{GameServer, PlayState, ServedPage};

/// Where games are shown.
#[derive(Debug)]
pub(super) struct PlayServer {
    seat: DisplayLocation,
    running: Mutex<Option<RunningServer>>,
}

/// A server at work; it ends when this is dropped.
#[derive(Debug)]
struct RunningServer {
    hall: Arc<PlayState>,
    _work: JoinSet<()>,
}

impl PlayServer {
    pub fn new(seat: DisplayLocation) -> Self {
        Self { seat, running: Mutex::default() }
    }

    /// Serves a game, in the pages that are open too.
    ///
    /// # Errors
    ///
    /// No port can be listened on, or the page cannot be made.
    pub async fn show(&self, on_hand: PlayableGame) -> Result<Arc<PlayState>, PlayError> {
        let showing = framed(on_hand).await?;
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = running.as_ref() {
            running.hall.show(showing);
            return Ok(Arc::clone(&running.hall));
        }
        let opened = GameServer::open(showing);
        let (server, hall) = opened.map_err(|e| PlayError::NoPort(e.to_string()))?;
        let mut work = JoinSet::new();
        work.spawn(server.run());
        *running = Some(RunningServer { hall: Arc::clone(&hall), _work: work });
        Ok(hall)
    }

    /// Sends the user's browser to an address, or says how else to get there.
    pub async fn send_browser(&self, hall: &PlayState) -> PlaySession {
        let address = hall.address();
        let way = match &self.seat {
            DisplayLocation::Remote(ssh) => OpenOutcome::Forward(ssh.forward_command(hall.port())),
            DisplayLocation::None => OpenOutcome::NoDisplay,
            DisplayLocation::Local => open(address.clone()).await,
        };
        PlaySession { address, outcome: way }
    }

    /// Serves a game and opens the browser, if there is a display.
    ///
    /// # Errors
    ///
    /// As [`PlayServer::show`].
    pub async fn play(&self, on_hand: PlayableGame) -> Result<PlaySession, PlayError> {
        let hall = self.show(on_hand).await?;
        Ok(self.send_browser(&hall).await)
    }
}

async fn framed(PlayableGame { game, name }: PlayableGame) -> Result<ServedPage, PlayError> {
    blocking(move || ServedPage::new(&game, name)).await.map_err(PlayError::Broke)
}

async fn open(address: String) -> OpenOutcome {
    match blocking(move || webbrowser::open(&address)).await {
        Ok(Ok(())) => OpenOutcome::Opened,
        Ok(Err(error)) => OpenOutcome::Unopened(error.to_string()),
        Err(why) => OpenOutcome::Unopened(why),
    }
}
