//! The game in the browser: opened when asked for, and followed by what comes after it.

use std::sync::Arc;

use crate::app::effect::{OnHand, Task};
use crate::app::effects::Effects;
use crate::app::job::{Game, Job};
use crate::app::playing::{PlayTrouble, Playing, Way};
use crate::app::state::{State, Tone};

impl State {
    /// Opens the last finished game, also while the next one is being made.
    pub(super) fn play(&mut self, effects: &mut Effects) {
        let is_unsafe = |game: &Game| game.product.vetted().is_none();
        if self.finished().is_some_and(is_unsafe) {
            self.say(Tone::Bad, "this page breaks a rule: it is not opened in a browser");
            return;
        }
        let Some(on_hand) = self.on_hand.clone() else {
            self.say(Tone::Plain, "there is no finished game to play");
            return;
        };
        self.on_show = true;
        self.start_task(Task::Play(on_hand), effects);
    }

    pub(super) fn on_played(&mut self, played: Result<Playing, PlayTrouble>) {
        match played {
            Ok(playing) => {
                let tone = match playing.way {
                    Way::Unopened(_) => Tone::Plain,
                    Way::Opened | Way::Unasked | Way::NoDisplay | Way::Forward(_) => Tone::Good,
                };
                self.say(tone, playing.words());
            }
            Err(trouble) => self.say(Tone::Bad, format!("{trouble}. {}", trouble.advice())),
        }
    }

    pub(super) fn on_replaced(&mut self, replaced: Result<(), PlayTrouble>) {
        if let Err(trouble) = replaced {
            self.on_played(Err(trouble));
        }
    }

    /// Takes note of a game that is finished now; a page that is open is to show it.
    pub(super) fn publish_latest(&mut self, effects: &mut Effects) {
        let Some(game) = self.finished() else { return };
        let Some(vetted) = game.product.vetted() else { return };
        if self.on_hand.as_ref().is_some_and(|known| Arc::ptr_eq(&known.game, vetted)) {
            return;
        }
        let name = game.kept.map_or_else(|| "new version".to_owned(), |id| format!("version {id}"));
        let on_hand = OnHand { game: Arc::clone(vetted), name };
        self.on_hand = Some(on_hand.clone());
        if self.on_show {
            self.start_task(Task::Replace(on_hand), effects);
        }
    }

    /// The game that is there, once it has its place in the library.
    fn finished(&self) -> Option<&Game> {
        let job = self.job.as_ref().filter(|job: &&Job| job.is_done())?;
        job.result.as_ref()?.as_ref().ok()
    }
}
