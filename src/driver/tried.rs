//! One play-test for a command that waits for it; a signal ends it at once.

use std::sync::Arc;

use super::books::Books;
use super::signals::Signals;
use super::trials::{Trials, remember};
use crate::config::Settings;
use crate::game::Vetted;
use crate::library::VersionId;
use crate::play::{Stage, Unplayed, Verdict};

/// Plays a game, and has the library remember how it went where it has a place there.
pub async fn try_out(
    game: Arc<Vetted>,
    version: Option<VersionId>,
    settings: &Settings,
    tell: impl Fn(Stage) + Send + 'static,
) -> std::io::Result<Result<Verdict, Unplayed>> {
    let trials = Trials::new(settings.browser.clone());
    let mut signals = Signals::new()?;
    let played = tokio::select! {
        played = trials.play(Arc::clone(&game), tell) => played,
        _ = signals.next() => Err(Unplayed::Stopped),
    };
    let books = Books::new(settings.home.value.clone());
    remember(&books, version, game.original(), &played);
    Ok(played)
}
