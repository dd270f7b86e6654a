//! Serves one game and follows its changes.
//!
//! A file or a game is polled twice a second, and only while a page is open:
//! without one, nothing runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{BrowserLaunch, PlayEvent, PlayOptions, WatchTarget};
use crate::app::{OpenOutcome, PlayError, PlaySession, PlayableGame};
use crate::config::Settings;
use crate::driver::blocking::blocking;
use crate::driver::library_queries::base;
use crate::driver::library_thread::LibraryHandle;
use crate::driver::play_server::PlayServer;
use crate::driver::signals::Signals;
use crate::game::{HtmlSource, vet};
use crate::library::{GameAddress, modified_and_size, read_text_file};
use crate::rules::MAX_FILE_BYTES;

const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// Serves the game until a signal comes.
///
/// # Errors
///
/// Outside, signals cannot be listened to; inside, the game cannot be served.
pub async fn play(
    play: PlayOptions,
    settings: &Settings,
    on_event: &mut impl FnMut(PlayEvent),
) -> std::io::Result<Result<(), PlayError>> {
    let mut signals = Signals::new()?;
    let server = PlayServer::new(settings.play.display.clone());
    let state = match server.show(play.playable).await {
        Ok(state) => state,
        Err(error) => return Ok(Err(error)),
    };
    on_event(PlayEvent::At(match play.browser {
        BrowserLaunch::Open => server.send_browser(&state).await,
        BrowserLaunch::Leave => {
            PlaySession { address: state.address(), outcome: OpenOutcome::Unasked }
        }
    }));
    let mut watcher = SourceWatcher::new(play.follow, play.text, settings.files.home.value.clone());
    let follow = async {
        loop {
            // Without an open page there is no need to poll.
            state.wait_for_subscriber().await;
            tokio::time::sleep(POLL_INTERVAL).await;
            if let Some(update) = watcher.poll().await {
                on_event(serve_update(&server, update).await);
            }
        }
    };
    tokio::select! { () = follow => {} _ = signals.next() => {} }
    Ok(Ok(()))
}

async fn serve_update(server: &PlayServer, GameUpdate { text, name }: GameUpdate) -> PlayEvent {
    let vetted = match blocking(move || vet(HtmlSource::new(text))).await {
        Ok(Ok(vetted)) => vetted,
        Ok(Err(rejection)) => return PlayEvent::Refused(rejection),
        Err(why) => return PlayEvent::Failed(PlayError::Broke(why)),
    };
    match server.show(PlayableGame { game: Arc::new(vetted), name: name.clone() }).await {
        Ok(_) => PlayEvent::Replaced(name),
        Err(error) => PlayEvent::Failed(error),
    }
}

/// Looks for a new version.
struct SourceWatcher {
    follow: WatchTarget,
    library: LibraryHandle,
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
        Self { follow, library: LibraryHandle::new(home), text, known: None, last: None }
    }

    /// The new text, if there is one. A file that is being written is left to settle first, and
    /// what cannot be read is not there yet.
    async fn poll(&mut self) -> Option<GameUpdate> {
        let fingerprint = self.fingerprint().await;
        let has_settled = std::mem::replace(&mut self.last, fingerprint.clone()) == fingerprint;
        if fingerprint.is_none() || !has_settled || fingerprint == self.known {
            return None;
        }
        self.known = fingerprint;
        let update = self.read().await?;
        if update.text == self.text {
            return None;
        }
        self.text.clone_from(&update.text);
        Some(update)
    }

    async fn fingerprint(&self) -> Option<Fingerprint> {
        match &self.follow {
            WatchTarget::File(path) => {
                modified_and_size(path).map(|(at, size)| Fingerprint::File(at, size))
            }
            WatchTarget::Game(id) => {
                let id = *id;
                let game = self.library.ask(move |library| library.game(id)).await;
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
                let current = self.library.ask(move |library| base(library, library.resolve(id)?));
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

    fn polls(watcher: &mut SourceWatcher, times: usize) -> Vec<Option<String>> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut poll = || runtime.block_on(watcher.poll()).map(|update| update.text);
        (0..times).map(|_| poll()).collect()
    }

    #[test]
    fn a_file_is_new_once_it_has_settled_and_says_something_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("game.html");
        std::fs::write(&file, "one").unwrap();
        let follow = WatchTarget::File(file.clone());
        let mut watcher = SourceWatcher::new(follow, "one".to_owned(), folder.path().to_owned());
        assert_eq!(polls(&mut watcher, 3), [None, None, None], "it is as it was");
        std::fs::write(&file, "two, longer").unwrap();
        let two = Some("two, longer".to_owned());
        assert_eq!(polls(&mut watcher, 3), [None, two, None]);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(polls(&mut watcher, 2), [None, None], "what is gone stays on show");
        std::fs::write(&file, "three").unwrap();
        assert_eq!(polls(&mut watcher, 2), [None, Some("three".to_owned())]);
    }
}
