//! Shows a version that the library has: by a step back or forth, or by its name.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::app::dialogs::Tone;
use crate::app::effect::{SessionTask, VersionRef};
use crate::app::effects::Effects;
use crate::app::event::{OpenPurpose, OpenedVersion, StartupSummary};
use crate::app::jobs::Foreground;
use crate::app::session::{NextGame, Session};
use crate::app::startup::StartupMode;
use crate::app::update::transcript;
use crate::library::{GameAddress, GameId, LibraryError};
use crate::untrusted::Untrusted;

impl Session {
    /// Notes whether this is the first run, offers replies that a killed process left, and reports a library error.
    pub(super) fn on_startup_loaded(
        &mut self,
        summary: Result<StartupSummary, LibraryError>,
        effects: &mut Effects,
    ) {
        match summary {
            Ok(StartupSummary { counters, is_first, unfinished, prompts, last_game }) => {
                self.startup.is_first_run = is_first;
                self.startup.prompts = prompts;
                let game = last_game.filter(|_| self.startup.mode == StartupMode::Resume);
                if let Some(game) = game.filter(|_| self.jobs.in_front().is_none()) {
                    self.open(VersionRef::Version(GameAddress::Game(game)), effects);
                }
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
            Ok(opened) if opened.purpose == OpenPurpose::Look => {
                transcript::show_looked(self, *opened);
            }
            // A job that began while the version was loaded keeps the screen.
            Ok(_) if self.is_busy() => {}
            Ok(opened) => self.show_version(*opened),
            Err(error) => {
                let advice = error.advice();
                self.notify(Tone::Bad, format!("{error}. {advice}").trim_end().to_owned());
            }
        }
    }

    fn show_version(&mut self, mut opened: OpenedVersion) {
        self.variants = None;
        self.jobs.looked_at = None;
        let is_restored = std::mem::take(&mut self.startup.mode) == StartupMode::Resume;
        if let Some(version) = opened.base.version.filter(|_| !is_restored) {
            self.notify(Tone::Good, format!("version {version}"));
        }
        if let Some(version) = opened.base.version {
            let entries = std::mem::take(&mut opened.transcript);
            let running: BTreeSet<_> = self.jobs.running().map(|job| job.id).collect();
            self.transcript.restore(version.game, entries, |id| running.contains(&id));
        }
        let base = Arc::clone(&opened.base);
        let document = transcript::document(self, opened);
        self.jobs.foreground = Foreground::Document(Box::new(document));
        self.drop_ended_jobs();
        self.current = Some(base);
        self.next_game = NextGame::Changed;
    }
}
