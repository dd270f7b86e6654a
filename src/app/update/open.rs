//! Shows a version that the library has: by a step back or forth, or by its name.

use std::time::Instant;

use crate::app::effect::{Task, VersionRef};
use crate::app::effects::Effects;
use crate::app::event::{OpenedVersion, StartupSummary};
use crate::app::job::{FinishedGame, Job};
use crate::app::progress::JobProgress;
use crate::app::session::{NextGame, Session, Tone, WelcomeState};
use crate::library::{GameId, LibraryError};
use crate::untrusted::Untrusted;

impl Session {
    /// Shows the welcome, offers replies that a killed process left, and reports a library error.
    pub(super) fn on_greeted(&mut self, greeting: Result<StartupSummary, LibraryError>) {
        match greeting {
            Ok(StartupSummary { counters, is_first, unfinished }) => {
                let is_untouched = self.draft.text.is_empty() && self.job.is_none();
                if is_first && is_untouched && self.view.welcome == WelcomeState::Due {
                    self.view.welcome = WelcomeState::Shown;
                }
                if !self.is_busy() {
                    self.shared.counters = counters;
                }
                if let Some(prompt) = unfinished.first() {
                    let words = Untrusted::new(prompt.as_str()).headline(30);
                    self.notify(
                        Tone::Plain,
                        format!("unfinished reply to “{words}”: codeagent library recover"),
                    );
                }
            }
            Err(error) => self.notify(Tone::Bad, format!("{error}. {}", error.advice())),
        }
    }

    pub(super) fn undo(&mut self, effects: &mut Effects) {
        self.turn(VersionRef::Undo, effects);
    }

    pub(super) fn redo(&mut self, effects: &mut Effects) {
        self.turn(VersionRef::Redo, effects);
    }

    fn turn(&mut self, way: fn(GameId) -> VersionRef, effects: &mut Effects) {
        if let Some(version) = self.current.as_ref().and_then(|base| base.version) {
            return self.open(way(version.game), effects);
        }
        self.notify(Tone::Plain, "no game in the library to undo or redo");
    }

    pub(super) fn open(&mut self, which: VersionRef, effects: &mut Effects) {
        if self.is_busy() {
            self.notify(Tone::Plain, "still making a game: stop it first, or wait");
            return;
        }
        self.start_task(Task::Open(which), effects);
    }

    /// The next prompt makes a game of its own.
    pub(super) fn new_game(&mut self) {
        self.current = None;
        self.next_game = NextGame::New;
        self.notify(Tone::Plain, "the next prompt makes a new game");
    }

    pub(super) fn on_opened(
        &mut self,
        opened: Result<Box<OpenedVersion>, LibraryError>,
        now: Instant,
    ) {
        match opened {
            // A job that began while the version was loaded keeps the screen.
            Ok(_) if self.is_busy() => {}
            Ok(opened) => self.show_version(*opened, now),
            Err(error) => {
                let advice = error.advice();
                self.notify(Tone::Bad, format!("{error}. {advice}").trim_end().to_owned());
            }
        }
    }

    fn show_version(&mut self, opened: OpenedVersion, now: Instant) {
        self.variants = None;
        let (id, options) = (self.ids.next(), self.plan.options());
        let mut job = Job::new(id, options, None, opened.base.prompt(), now);
        let version = opened.base.version;
        if let Some(version) = version {
            job.log = vec![JobProgress::Opened { version: version.to_string() }];
            self.notify(Tone::Good, format!("version {version}"));
        }
        let title = opened.base.title.clone();
        job.play_test.stored = opened.played;
        job.result =
            Some(Ok(FinishedGame { product: opened.product, title, path: None, kept: version }));
        job.finish(now);
        self.job = Some(job);
        self.current = Some(opened.base);
        self.next_game = NextGame::Changed;
    }
}
