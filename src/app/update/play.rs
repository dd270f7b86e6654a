//! The game in the browser: opened when asked for, and followed by what comes after it.

use std::sync::Arc;

use crate::app::dialogs::Tone;
use crate::app::effect::{PlayableGame, SessionTask};
use crate::app::effects::Effects;
use crate::app::finished_game::FinishedGame;
use crate::app::play_session::{OpenOutcome, PlayError, PlaySession};
use crate::app::session::Session;

impl Session {
    /// Opens the last finished game, also while the next one is being made.
    pub(super) fn play(&mut self, effects: &mut Effects) {
        let is_unsafe = |game: &FinishedGame| game.product.vetted().is_none();
        let looked_at = self.jobs.looked_at.as_ref().map(|document| &document.game);
        let game = looked_at.or_else(|| self.finished());
        if game.is_some_and(is_unsafe) {
            self.notify(
                Tone::Bad,
                "this page breaks a rule, so it cannot be played in the browser",
            );
            return;
        }
        let looked_at = looked_at.and_then(playable);
        let Some(playable) = looked_at.or_else(|| self.latest_playable.game.clone()) else {
            self.notify(Tone::Plain, "no finished game to play");
            return;
        };
        if !std::mem::replace(&mut self.latest_playable.is_served, true) {
            self.start_task(SessionTask::FollowPointing, effects);
        }
        self.start_task(SessionTask::Play(playable), effects);
    }

    /// The game is served, or could not be. A page that shows the next one says so itself.
    pub(super) fn on_played(&mut self, played: Result<Option<PlaySession>, PlayError>) {
        match played {
            Ok(None) => {}
            Ok(Some(session)) => {
                let tone = match session.outcome {
                    OpenOutcome::Unopened(_) => Tone::Plain,
                    OpenOutcome::Opened
                    | OpenOutcome::Unasked
                    | OpenOutcome::NoDisplay
                    | OpenOutcome::Forward(_) => Tone::Good,
                };
                self.notify(tone, session.describe());
            }
            Err(error) => self.notify(Tone::Bad, format!("{error}. {}", error.advice())),
        }
    }

    /// Takes note of a game that is finished now; a page that is open is to show it.
    pub(super) fn publish_latest(&mut self, effects: &mut Effects) {
        let Some(playable) = self.finished().and_then(playable) else { return };
        let known = self.latest_playable.game.as_ref();
        if known.is_some_and(|known| Arc::ptr_eq(&known.game, &playable.game)) {
            return;
        }
        self.latest_playable.game = Some(playable.clone());
        if self.latest_playable.is_served {
            self.start_task(SessionTask::Replace(playable), effects);
        }
    }

    /// The finished game, once the library has recorded it: also while it is play-tested.
    fn finished(&self) -> Option<&FinishedGame> {
        self.jobs.in_front().filter(|shown| shown.is_done() || shown.is_playing())?.game()
    }
}

/// The game as it is served. `None` if it breaks a rule.
fn playable(game: &FinishedGame) -> Option<PlayableGame> {
    let vetted = game.product.vetted()?;
    let name = game.version.map_or_else(|| "new version".to_owned(), |id| format!("version {id}"));
    Some(PlayableGame { game: Arc::clone(vetted), name })
}
