//! The server that shows a game in the user's browser: opened with the first
//! game that is played, and gone with the stage.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::TaskContext;
use super::blocking::blocking;
use crate::app::{OpenOutcome, PlayError, PlaySession, PlayableGame, SessionEvent};
use crate::config::DisplayLocation;
use crate::serve::{GameServer, PlayState, PointedTarget, Pointing, ServedPage};

/// Where games are shown.
#[derive(Debug)]
pub(super) struct PlayServer {
    display: DisplayLocation,
    running: Mutex<Option<RunningServer>>,
    /// `None` where no prompt waits for what the user points at.
    pointed: Option<PointedTargets>,
}

/// What the user points at, on its way from the pages to the session.
#[derive(Debug)]
struct PointedTargets {
    sender: mpsc::Sender<PointedTarget>,
    receiver: tokio::sync::Mutex<mpsc::Receiver<PointedTarget>>,
}

/// Clicks that may wait: a session takes each at once.
const MAX_WAITING_TARGETS: usize = 16;

/// A server at work; it ends when this is dropped.
#[derive(Debug)]
struct RunningServer {
    state: Arc<PlayState>,
    _work: JoinSet<()>,
}

impl PlayServer {
    /// A server that starts with the first game. `display` says whether a browser can be opened
    /// here.
    pub fn new(display: DisplayLocation) -> Self {
        Self { display, running: Mutex::default(), pointed: None }
    }

    /// The same, where the user may point at something in the game.
    pub fn with_pointing(display: DisplayLocation) -> Self {
        let (sender, receiver) = mpsc::channel(MAX_WAITING_TARGETS);
        let receiver = tokio::sync::Mutex::new(receiver);
        Self { pointed: Some(PointedTargets { sender, receiver }), ..Self::new(display) }
    }

    /// Reports what the user points at, as the beginning of a prompt; ends only when it is dropped.
    pub async fn follow_pointing(&self, events: &TaskContext) -> Infallible {
        if let Some(pointed) = &self.pointed {
            let mut receiver = pointed.receiver.lock().await;
            while let Some(target) = receiver.recv().await {
                events.send(SessionEvent::Pointed(target.to_prompt()));
            }
        }
        std::future::pending().await
    }

    /// Serves a game, in the pages that are open too.
    ///
    /// # Errors
    ///
    /// No port can be listened on, or the page cannot be made.
    pub async fn show(&self, playable: PlayableGame) -> Result<Arc<PlayState>, PlayError> {
        let pointing = if self.pointed.is_some() { Pointing::Offered } else { Pointing::Absent };
        let page = served_page(playable, pointing).await?;
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = running.as_ref() {
            running.state.show(page);
            return Ok(Arc::clone(&running.state));
        }
        let pointed = self.pointed.as_ref().map(|pointed| pointed.sender.clone());
        let opened = GameServer::open(page, pointed);
        let (server, state) = opened.map_err(|e| PlayError::NoPort(e.to_string()))?;
        let mut work = JoinSet::new();
        work.spawn(server.run());
        *running = Some(RunningServer { state: Arc::clone(&state), _work: work });
        Ok(state)
    }

    /// Sends the user's browser to an address, or says how else to get there.
    pub async fn send_browser(&self, state: &PlayState) -> PlaySession {
        let address = state.address();
        let outcome = match &self.display {
            DisplayLocation::Remote(ssh) => OpenOutcome::Forward(ssh.forward_command(state.port())),
            DisplayLocation::None => OpenOutcome::NoDisplay,
            DisplayLocation::Local => open(address.clone()).await,
        };
        PlaySession { address, outcome }
    }

    /// Serves a game and opens the browser, if there is a display.
    ///
    /// # Errors
    ///
    /// As [`PlayServer::show`].
    pub async fn play(&self, playable: PlayableGame) -> Result<PlaySession, PlayError> {
        let state = self.show(playable).await?;
        Ok(self.send_browser(&state).await)
    }
}

async fn served_page(
    PlayableGame { game, name }: PlayableGame,
    pointing: Pointing,
) -> Result<ServedPage, PlayError> {
    blocking(move || ServedPage::new(&game, name, pointing)).await.map_err(PlayError::Broke)
}

async fn open(address: String) -> OpenOutcome {
    match blocking(move || webbrowser::open(&address)).await {
        Ok(Ok(())) => OpenOutcome::Opened,
        Ok(Err(error)) => OpenOutcome::Unopened(error.to_string()),
        Err(why) => OpenOutcome::Unopened(why),
    }
}
