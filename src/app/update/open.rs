//! Shows a version that the library has: by a step back or forth, or by its name.

use std::sync::Arc;

use crate::app::dialogs::Tone;
use crate::app::document::Document;
use crate::app::effect::{SessionTask, VersionRef};
use crate::app::effects::Effects;
use crate::app::event::{OpenedVersion, StartupSummary};
use crate::app::finished_game::FinishedGame;
use crate::app::jobs::Foreground;
use crate::app::session::{NextGame, Session};
use crate::library::{GameId, LibraryError};
use crate::untrusted::Untrusted;

impl Session {
    /// Notes whether this is the first run, offers replies that a killed process left, and reports a library error.
    pub(super) fn on_startup_loaded(&mut self, summary: Result<StartupSummary, LibraryError>) {
        match summary {
            Ok(StartupSummary { counters, is_first, unfinished }) => {
                self.is_first_run = is_first;
                if !self.jobs.are_running() {
                    self.shared.counters = counters;
                }
                if let Some(prompt) = unfinished.first() {
                    let prompt_start = Untrusted::new(prompt.as_str()).headline(30);
                    self.notify(
                        Tone::Plain,
                        format!("unfinished reply to “{prompt_start}”: codeagent library recover"),
                    );
                }
            }
            Err(error) => self.notify(Tone::Bad, format!("{error}. {}", error.advice())),
        }
    }

    /// Opens the previous version of the current game.
    pub(super) fn undo(&mut self, effects: &mut Effects) {
        self.step_version(VersionRef::Undo, effects);
    }

    /// Opens the version that the last undo left.
    pub(super) fn redo(&mut self, effects: &mut Effects) {
        self.step_version(VersionRef::Redo, effects);
    }

    fn step_version(&mut self, target: fn(GameId) -> VersionRef, effects: &mut Effects) {
        if let Some(version) = self.current.as_ref().and_then(|base| base.version) {
            return self.open(target(version.game), effects);
        }
        self.notify(Tone::Plain, "no game in the library to undo or redo");
    }

    /// Opens a version of the library, unless a game is being made.
    pub(super) fn open(&mut self, which: VersionRef, effects: &mut Effects) {
        if self.is_busy() {
            self.notify(Tone::Plain, "still making a game: stop it first, or wait");
            return;
        }
        self.start_task(SessionTask::Open(which), effects);
    }

    /// The next prompt makes a game of its own.
    pub(super) fn new_game(&mut self) {
        self.current = None;
        self.next_game = NextGame::New;
        self.notify(Tone::Plain, "the next prompt makes a new game");
    }

    /// A version is loaded, or could not be.
    pub(super) fn on_opened(&mut self, opened: Result<Box<OpenedVersion>, LibraryError>) {
        match opened {
            // A job that began while the version was loaded keeps the screen.
            Ok(_) if self.is_busy() => {}
            Ok(opened) => self.show_version(*opened),
            Err(error) => {
                let advice = error.advice();
                self.notify(Tone::Bad, format!("{error}. {advice}").trim_end().to_owned());
            }
        }
    }

    fn show_version(&mut self, opened: OpenedVersion) {
        self.variants = None;
        let OpenedVersion { base, product, played } = opened;
        let version = base.version;
        if let Some(version) = version {
            self.notify(Tone::Good, format!("version {version}"));
        }
        let title = base.title.clone();
        let game = FinishedGame { product, title, path: None, version };
        let document =
            Document { id: self.ids.next(), base: Arc::clone(&base), game, stored: played };
        self.jobs.foreground = Foreground::Document(Box::new(document));
        self.drop_ended_jobs();
        self.current = Some(base);
        self.next_game = NextGame::Changed;
    }
}
