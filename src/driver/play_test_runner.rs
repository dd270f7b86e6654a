//! Where games are played: each play-test on a thread of its own, and no browser left at the end.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

#[cfg(all(unix, feature = "browser"))]
use tokio::sync::oneshot;

use super::TaskContext;
use super::library_thread::LibraryHandle;
use super::permits::Permits;
#[cfg(all(unix, feature = "browser"))]
use super::players::PlayerPool;
use crate::app::JobEvent;
use crate::game::Vetted;
use crate::library::{PlayRecord, VersionId};
use crate::play::{BrowserPaths, PlayTestError, PlayTestStage, Recording, Verdict};

/// All play-tests of this process.
#[derive(Debug)]
pub(super) struct PlayTestRunner {
    browser_paths: BrowserPaths,
    /// Whether games of the library are recorded in motion.
    recording: Recording,
    /// One permit for each browser that may run.
    browsers: Permits,
    #[cfg(all(unix, feature = "browser"))]
    pool: Arc<PlayerPool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl PlayTestRunner {
    /// A browser runs with one of these permits.
    pub fn new(browser_paths: BrowserPaths, browsers: Permits) -> Self {
        Self {
            browser_paths,
            recording: Recording::Off,
            browsers,
            #[cfg(all(unix, feature = "browser"))]
            pool: Arc::default(),
            threads: Mutex::default(),
        }
    }

    /// The same, which keeps what a screen shows in motion.
    pub fn with_recording(mut self, recording: Recording) -> Self {
        self.recording = recording;
        self
    }

    /// Plays a game. Dropping the future ends its browser; its folder goes right after. A browser
    /// that came through stays for the next game.
    ///
    /// # Errors
    ///
    /// No browser is found, it does not start, or it goes away.
    #[cfg(all(unix, feature = "browser"))]
    #[expect(clippy::disallowed_methods, reason = "the driver is where work starts")]
    pub async fn play(
        &self,
        game: Arc<Vetted>,
        recording: Recording,
        report: impl Fn(PlayTestStage) + Send + 'static,
    ) -> Result<Verdict, PlayTestError> {
        use crate::play::{BrowserConfig, GamePlayer, KillSwitch, find_browser};

        /// Ends the play-test when its future is dropped.
        struct StopOnDrop(KillSwitch);
        impl Drop for StopOnDrop {
            fn drop(&mut self) {
                self.0.trigger();
            }
        }

        let config = BrowserConfig {
            program: find_browser(&self.browser_paths)?,
            path: self.browser_paths.path.clone(),
        };
        let _permit = self.browsers.acquire().await;
        let (answer, answered) = oneshot::channel();
        let stop_on_drop = StopOnDrop(KillSwitch::default());
        let stop = stop_on_drop.0.clone();
        let pool = Arc::clone(&self.pool);
        let thread = std::thread::spawn(move || {
            let mut player = pool.take().unwrap_or_else(|| GamePlayer::new(config));
            // Nobody may be waiting any more.
            drop(answer.send(player.play_test_with(&game, recording, &stop, report)));
            pool.keep(player);
        });
        self.track_thread(thread);
        let verdict = answered.await.unwrap_or(Err(PlayTestError::BrowserLost));
        drop(stop_on_drop);
        verdict
    }

    /// Plays a game for the screen, and stores the verdict in the library.
    ///
    /// # Errors
    ///
    /// As [`PlayTestRunner::play`]; nothing is stored then.
    pub async fn of_version(
        &self,
        game: Arc<Vetted>,
        version: Option<VersionId>,
        library: &LibraryHandle,
        events: &TaskContext,
    ) -> Result<Box<Verdict>, PlayTestError> {
        let sender = events.clone();
        let report = move |stage| sender.send(JobEvent::PlayTestStage(stage));
        let played = self.play(Arc::clone(&game), self.recording, report).await;
        match &played {
            Ok(verdict) => {
                tracing::debug!(grade = verdict.grade().name(), elapsed = ?verdict.elapsed, "play-test");
            }
            Err(error) => tracing::warn!(%error, "no play-test"),
        }
        record_verdict(library, version, game.original(), &played);
        played.map(Box::new)
    }

    #[cfg(all(unix, feature = "browser"))]
    fn track_thread(&self, thread: JoinHandle<()>) {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.retain(|thread| !thread.is_finished());
        threads.push(thread);
    }

    /// Plays no game: this system has no pipe to a browser, or this build does not use it.
    ///
    /// # Errors
    ///
    /// Always.
    #[cfg(not(all(unix, feature = "browser")))]
    pub async fn play(
        &self,
        _game: Arc<Vetted>,
        _recording: Recording,
        _report: impl Fn(PlayTestStage) + Send + 'static,
    ) -> Result<Verdict, PlayTestError> {
        let _permit = self.browsers.acquire().await;
        crate::play::find_browser(&self.browser_paths).map(|_| ()).map_err(PlayTestError::from)?;
        Err(PlayTestError::BrowserLost)
    }
}

impl Drop for PlayTestRunner {
    /// Every browser and its folder are gone before the program is.
    fn drop(&mut self) {
        #[cfg(all(unix, feature = "browser"))]
        self.pool.close();
        let threads = self.threads.get_mut().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            drop(thread.join());
        }
    }
}

/// Stores the verdict of a version. A failure to store it is dropped; the verdict is reported anyway.
pub(super) fn record_verdict(
    library: &LibraryHandle,
    version: Option<VersionId>,
    original: &str,
    played: &Result<Verdict, PlayTestError>,
) {
    let (Some(version), Ok(verdict)) = (version, played) else { return };
    let play = PlayRecord {
        grade: verdict.grade().name().to_owned(),
        headline: verdict.headline(original),
        report: verdict.to_json(original).to_string(),
        picture: verdict.picture.as_deref().map(<[u8]>::to_vec),
    };
    library.tell(move |library| library.save_play(version, &play, super::wall_clock()));
}
