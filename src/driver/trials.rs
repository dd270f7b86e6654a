//! Where games are played: each play-test on a thread of its own, and no browser left at the end.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::Tell;
use super::books::Books;
use crate::app::News;
use crate::game::Vetted;
use crate::library::{Play, VersionId};
use crate::play::{Places, Stage, Unplayed, Verdict};

/// All play-tests of this process.
#[derive(Debug)]
pub(super) struct Trials {
    places: Places,
    players: Mutex<Vec<JoinHandle<()>>>,
}

impl Trials {
    pub fn new(places: Places) -> Self {
        Self { places, players: Mutex::default() }
    }

    /// Plays a game. Dropping the future ends the browser; its folder goes right after.
    #[cfg(unix)]
    #[expect(clippy::disallowed_methods, reason = "the driver is where work starts")]
    pub async fn play(
        &self,
        game: Arc<Vetted>,
        tell: impl Fn(Stage) + Send + 'static,
    ) -> Result<Verdict, Unplayed> {
        use crate::play::{Lab, Stop, find, try_out};

        /// Ends the play-test when nobody waits for it any more.
        struct Waits(Stop);
        impl Drop for Waits {
            fn drop(&mut self) {
                self.0.stop();
            }
        }

        let lab = Lab { program: find(&self.places)?, path: self.places.path.clone() };
        let (answer, answered) = oneshot::channel();
        let waits = Waits(Stop::default());
        let stop = waits.0.clone();
        let player = std::thread::spawn(move || {
            // Nobody may be waiting any more.
            drop(answer.send(try_out(&game, &lab, &stop, tell)));
        });
        self.look_after(player);
        let verdict = answered.await.unwrap_or(Err(Unplayed::Lost));
        drop(waits);
        verdict
    }

    /// Plays a game for the screen, and has the library remember how it went.
    pub async fn of_version(
        &self,
        game: Arc<Vetted>,
        version: Option<VersionId>,
        books: &Books,
        tell: &Tell,
    ) -> Result<Box<Verdict>, Unplayed> {
        let told = tell.clone();
        let news = move |stage| told.news(News::Trying(stage));
        let played = self.play(Arc::clone(&game), news).await;
        remember(books, version, game.original(), &played);
        played.map(Box::new)
    }

    #[cfg(unix)]
    fn look_after(&self, player: JoinHandle<()>) {
        let mut players = self.players.lock().unwrap_or_else(PoisonError::into_inner);
        players.retain(|player| !player.is_finished());
        players.push(player);
    }

    #[cfg(not(unix))]
    pub async fn play(
        &self,
        _game: Arc<Vetted>,
        _tell: impl Fn(Stage) + Send + 'static,
    ) -> Result<Verdict, Unplayed> {
        crate::play::find(&self.places).map(|_| ()).map_err(Unplayed::from)?;
        Err(Unplayed::Lost)
    }
}

impl Drop for Trials {
    /// Every browser and its folder are gone before the program is.
    fn drop(&mut self) {
        let players = self.players.get_mut().unwrap_or_else(PoisonError::into_inner);
        for player in players.drain(..) {
            drop(player.join());
        }
    }
}

/// The library remembers how a version played; where it cannot, the verdict is told all the same.
pub(super) fn remember(
    books: &Books,
    version: Option<VersionId>,
    original: &str,
    played: &Result<Verdict, Unplayed>,
) {
    let (Some(version), Ok(verdict)) = (version, played) else { return };
    let play = Play {
        grade: verdict.grade().name().to_owned(),
        headline: verdict.headline(original),
        found: verdict.to_json(original).to_string(),
        picture: verdict.picture.as_deref().map(<[u8]>::to_vec),
    };
    books.tell(move |library| library.keep_play(version, &play, super::wall()));
}
