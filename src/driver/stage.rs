//! The server that shows a game in the user's browser: opened with the first
//! game that is played, and gone with the stage.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use super::world::blocking;
use crate::app::{OnHand, PlayTrouble, Playing, Way};
use crate::config::DisplayLocation;
use crate::serve::{GameServer, PlayState, ServedPage};

/// Where games are shown.
#[derive(Debug)]
pub(super) struct Stage {
    seat: DisplayLocation,
    running: Mutex<Option<Running>>,
}

/// A server at work; it ends when this is dropped.
#[derive(Debug)]
struct Running {
    hall: Arc<PlayState>,
    _work: JoinSet<()>,
}

impl Stage {
    pub fn new(seat: DisplayLocation) -> Self {
        Self { seat, running: Mutex::default() }
    }

    /// Puts a game on show, in the pages that are open too.
    pub async fn show(&self, on_hand: OnHand) -> Result<Arc<PlayState>, PlayTrouble> {
        let showing = framed(on_hand).await?;
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = running.as_ref() {
            running.hall.show(showing);
            return Ok(Arc::clone(&running.hall));
        }
        let opened = GameServer::open(showing);
        let (server, hall) = opened.map_err(|e| PlayTrouble::NoPort(e.to_string()))?;
        let mut work = JoinSet::new();
        work.spawn(server.run());
        *running = Some(Running { hall: Arc::clone(&hall), _work: work });
        Ok(hall)
    }

    /// Sends the user's browser to an address, or says how else to get there.
    pub async fn send_browser(&self, hall: &PlayState) -> Playing {
        let address = hall.address();
        let way = match &self.seat {
            DisplayLocation::Remote(ssh) => Way::Forward(ssh.forward_command(hall.port())),
            DisplayLocation::None => Way::NoDisplay,
            DisplayLocation::Local => open(address.clone()).await,
        };
        Playing { address, way }
    }

    pub async fn play(&self, on_hand: OnHand) -> Result<Playing, PlayTrouble> {
        let hall = self.show(on_hand).await?;
        Ok(self.send_browser(&hall).await)
    }
}

async fn framed(OnHand { game, name }: OnHand) -> Result<ServedPage, PlayTrouble> {
    blocking(move || ServedPage::new(&game, name)).await.map_err(PlayTrouble::Broke)
}

async fn open(address: String) -> Way {
    match blocking(move || webbrowser::open(&address)).await {
        Ok(Ok(())) => Way::Opened,
        Ok(Err(error)) => Way::Unopened(error.to_string()),
        Err(why) => Way::Unopened(why),
    }
}
