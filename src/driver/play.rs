//! Serves one game until a signal comes, and follows its changes.
//!
//! A file or a game is polled twice a second, and only while a page is open:
//! without one, nothing runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::blocking::blocking;
use super::library_queries::base;
use super::library_thread::LibraryHandle;
use super::play_server::PlayServer;
use super::signals::Signals;
use crate::app::{OpenOutcome, PlayError, PlaySession, PlayableGame};
use crate::config::Settings;
use crate::game::{HtmlSource, Rejection, vet};
use crate::library::{GameAddress, GameId, modified_and_size, read_text_file};
use crate::rules::MAX_FILE_BYTES;

/// A game to play, and where its new versions come from.
#[derive(Debug)]
pub struct PlayOptions {
    pub on_hand: PlayableGame,
    /// The text that it was made of, to know a change by.
    pub text: String,
    pub follow: WatchTarget,
    pub browser: BrowserLaunch,
}

/// What is watched for new versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchTarget {
    File(PathBuf),
    /// Whatever version of it is current.
    Game(GameId),
    /// It stays as it is.
    Nothing,
}

/// Whether a browser is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrowserLaunch {
    Open,
    Leave,
}

/// What happens while a game is played.
#[derive(Debug)]
pub enum PlayEvent {
    At(PlaySession),
    /// A new version is served.
    Replaced(String),
    /// A new version was rejected; the old one is still served.
    Refused(Rejection),
    Failed(PlayError),
}

const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Serves the game until a signal comes.
///
/// # Errors
///
/// Outside, signals cannot be listened to; inside, the game cannot be served.
pub async fn play(
    play: PlayOptions,
    settings: &Settings,
    tell: &mut impl FnMut(PlayEvent),
) -> std::io::Result<Result<(), PlayError>> {
    let mut signals = Signals::new()?;
    let stage = PlayServer::new(settings.display.clone());
    let hall = match stage.show(play.on_hand).await {
        Ok(hall) => hall,
        Err(trouble) => return Ok(Err(trouble)),
    };
    tell(PlayEvent::At(match play.browser {
        BrowserLaunch::Open => stage.send_browser(&hall).await,
        BrowserLaunch::Leave => {
            PlaySession { address: hall.address(), outcome: OpenOutcome::Unasked }
        }
    }));
    let mut watch = SourceWatcher::new(play.follow, play.text, settings.home.value.clone());
    let follow = async {
        loop {
            // Without an open page there is no need to look.
            hall.wait_for_subscriber().await;
            tokio::time::sleep(LOOK_EVERY).await;
            if let Some(change) = watch.look().await {
                tell(shown(&stage, change).await);
            }
        }
    };
    tokio::select! { () = follow => {} _ = signals.next() => {} }
    Ok(Ok(()))
}

async fn shown(stage: &PlayServer, GameUpdate { text, name }: GameUpdate) -> PlayEvent {
    let vetted = match blocking(move || vet(HtmlSource::new(text))).await {
        Ok(Ok(vetted)) => vetted,
        Ok(Err(rejection)) => return PlayEvent::Refused(rejection),
        Err(why) => return PlayEvent::Failed(PlayError::Broke(why)),
    };
    match stage.show(PlayableGame { game: Arc::new(vetted), name: name.clone() }).await {
        Ok(_) => PlayEvent::Replaced(name),
        Err(trouble) => PlayEvent::Failed(trouble),
    }
}

/// Looks for a new version.
struct SourceWatcher {
    follow: WatchTarget,
    books: LibraryHandle,
    text: String,
    /// The fingerprint of the served text.
    known: Option<Fingerprint>,
    /// The fingerprint at the last poll.
    last: Option<Fingerprint>,
}

/// Detects a change without reading the file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fingerprint {
    File(SystemTime, u64),
    Head(u32),
}

struct GameUpdate {
    text: String,
    name: String,
}

impl SourceWatcher {
    fn new(follow: WatchTarget, text: String, home: PathBuf) -> Self {
        Self { follow, books: LibraryHandle::new(home), text, known: None, last: None }
    }

    /// The new text, if there is one. A file that is being written is left to settle first, and
    /// what cannot be read is not there yet.
    async fn look(&mut self) -> Option<GameUpdate> {
        let stamp = self.stamp().await;
        let has_settled = std::mem::replace(&mut self.last, stamp.clone()) == stamp;
        if stamp.is_none() || !has_settled || stamp == self.known {
            return None;
        }
        self.known = stamp;
        let change = self.read().await?;
        if change.text == self.text {
            return None;
        }
        self.text.clone_from(&change.text);
        Some(change)
    }

    async fn stamp(&self) -> Option<Fingerprint> {
        match &self.follow {
            WatchTarget::File(path) => {
                modified_and_size(path).map(|(at, size)| Fingerprint::File(at, size))
            }
            WatchTarget::Game(id) => {
                let id = *id;
                let game = self.books.ask(move |library| library.game(id)).await;
                game.ok().map(|game| Fingerprint::Head(game.head))
            }
            WatchTarget::Nothing => std::future::pending().await,
        }
    }

    async fn read(&self) -> Option<GameUpdate> {
        match &self.follow {
            WatchTarget::File(path) => {
                let text = read_text_file(path, MAX_FILE_BYTES).ok()?;
                Some(GameUpdate { text, name: new_name(path) })
            }
            WatchTarget::Game(id) => {
                let id = GameAddress::Game(*id);
                let current = self.books.ask(move |library| base(library, library.resolve(id)?));
                let base = current.await.ok()?;
                let name = base.version.map(|version| format!("version {version}"));
                Some(GameUpdate { text: base.source.to_string(), name: name? })
            }
            WatchTarget::Nothing => None,
        }
    }
}

fn new_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!("new version of {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(watch: &mut SourceWatcher, times: usize) -> Vec<Option<String>> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut look = || runtime.block_on(watch.look()).map(|change| change.text);
        (0..times).map(|_| look()).collect()
    }

    #[test]
    fn a_file_is_new_once_it_has_settled_and_says_something_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("game.html");
        std::fs::write(&file, "one").unwrap();
        let follow = WatchTarget::File(file.clone());
        let mut watch = SourceWatcher::new(follow, "one".to_owned(), folder.path().to_owned());
        assert_eq!(looks(&mut watch, 3), [None, None, None], "it is as it was");
        std::fs::write(&file, "two, longer").unwrap();
        let two = Some("two, longer".to_owned());
        assert_eq!(looks(&mut watch, 3), [None, two, None]);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(looks(&mut watch, 2), [None, None], "what is gone stays on show");
        std::fs::write(&file, "three").unwrap();
        assert_eq!(looks(&mut watch, 2), [None, Some("three".to_owned())]);
    }
}
