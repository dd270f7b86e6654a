//! Play-tests for a command that waits for them; a signal ends them at once.

use std::num::NonZero;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};

use super::library_thread::LibraryHandle;
use super::parallel::processors;
use super::permits::Permits;
use super::play_test_runner::{PlayTestRunner, record_verdict};
use super::signals::Signals;
use crate::config::Settings;
use crate::game::Vetted;
use crate::library::VersionId;
use crate::play::{PlayTestError, PlayTestStage, Recording, Verdict};

/// More browsers at once would take more memory than a machine can be expected to have.
const MOST_AT_ONCE: usize = 8;

/// A game to be played.
#[derive(Debug, Clone)]
pub struct PlayTestCandidate {
    pub game: Arc<Vetted>,
    /// Its place in the library, which then remembers the verdict.
    pub version: Option<VersionId>,
    /// Whether it is recorded in motion, too.
    pub recording: Recording,
}

/// Plays games, `at_once` of them or as many as there are processors, and hands each verdict on with
/// the place of its game, in their order. After a signal the rest have the verdict that they were stopped.
///
/// # Errors
///
/// Signals cannot be listened to.
pub async fn play_test_all(
    candidates: &[PlayTestCandidate],
    settings: &Settings,
    at_once: Option<NonZero<usize>>,
    report: impl Fn(usize, PlayTestStage) + Clone + Send + 'static,
    mut done: impl FnMut(usize, Result<Verdict, PlayTestError>),
) -> std::io::Result<()> {
    let library = LibraryHandle::new(settings.files.home.value.clone());
    let mut signals = Signals::new()?;
    let at_once = at_once.map_or_else(processors, NonZero::get).min(MOST_AT_ONCE);
    let runner = PlayTestRunner::new(settings.play.browser.clone(), Permits::new(at_once));
    let all = candidates.iter().enumerate().map(|(place, candidate)| {
        let report = report.clone();
        let played = runner.play(Arc::clone(&candidate.game), candidate.recording, move |stage| {
            report(place, stage);
        });
        async move { (place, played.await) }
    });
    let mut all = std::pin::pin!(stream::iter(all).buffered(at_once));
    let mut next = 0;
    loop {
        let played = tokio::select! {
            played = all.next() => played,
            _ = signals.next() => break,
        };
        let Some((place, played)) = played else { return Ok(()) };
        if let Some(candidate) = candidates.get(place) {
            record_verdict(&library, candidate.version, candidate.game.original(), &played);
        }
        next = place + 1;
        done(place, played);
    }
    (next..candidates.len()).for_each(|place| done(place, Err(PlayTestError::Stopped)));
    Ok(())
}
