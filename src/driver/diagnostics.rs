//! Looks at everything at once, for `doctor`: servers, library, browser.
//!
//! Every probe has a timeout; a probe that times out reports that.

use std::path::PathBuf;
use std::time::Duration;

use super::blocking::blocking;
use super::hub_queries::{CacheUse, HubQueries};
use super::local_engine::{LocalEngineStatus, check_local_engine};
use super::local_servers::find_local_servers;
use super::now;
use crate::app::Engine;
use crate::config::Settings;
use crate::inference::account::{AccountError, Identity};
use crate::inference::local_server::LocalServers;
use crate::inference::{CachedCatalogue, InferenceError};
use crate::library::{Library, LibraryError, LibraryHealth};
use crate::play::{self, FindBrowserError};

/// How long a server has.
const SERVER_TIMEOUT: Duration = Duration::from_secs(3);
/// How long the library's file is searched for faults.
const HEALTH_CHECK_TIMEOUT: Duration = Duration::from_secs(5);
/// After this time the user wants to know what the program waits for.
const SLOW_AFTER: Duration = Duration::from_millis(200);

/// The results of all probes.
#[derive(Debug)]
pub struct DiagnosticReport {
    /// `None` if no network is touched.
    pub server: Option<ServerStatus>,
    /// Servers of models on this machine.
    pub local: LocalServers,
    /// `None` if another engine is in use.
    pub local_engine: Option<LocalEngineStatus>,
    pub account: Result<Identity, AccountError>,
    pub library: Result<LibraryStatus, LibraryError>,
    pub browser: Result<BrowserStatus, FindBrowserError>,
}

/// The answer of the model server, and its latency.
#[derive(Debug)]
pub struct ServerStatus {
    pub listed: Result<CachedCatalogue, InferenceError>,
    pub took: Duration,
}

/// The library, as it was found.
#[derive(Debug)]
pub struct LibraryStatus {
    pub path: PathBuf,
    pub health: LibraryHealth,
    /// Where a damaged one was put just now.
    pub set_aside: Option<PathBuf>,
}

/// A browser for play-tests.
#[derive(Debug)]
pub struct BrowserStatus {
    pub program: PathBuf,
    /// `None` if it does not say.
    pub version: Option<String>,
}

/// Runs all probes. `on_slow` is called once if they take noticeably long.
pub async fn diagnose(settings: &Settings, on_slow: impl FnOnce()) -> DiagnosticReport {
    let all = async {
        let (server, local, account, library, browser) = tokio::join!(
            server(settings),
            find_local_servers(&settings.local),
            account(settings),
            library(settings),
            browser(settings)
        );
        let local_engine = (settings.inference.engine.value == Engine::Local)
            .then(|| check_local_engine(settings));
        DiagnosticReport { server, local, local_engine, account, library, browser }
    };
    let mut all = std::pin::pin!(all);
    tokio::select! { done = &mut all => return done, () = tokio::time::sleep(SLOW_AFTER) => on_slow(), }
    all.await
}

async fn server(settings: &Settings) -> Option<ServerStatus> {
    if matches!(settings.inference.engine.value, Engine::Offline | Engine::Local) {
        return None;
    }
    let began = now();
    let listed = HubQueries::new(settings).models(CacheUse::Refresh, SERVER_TIMEOUT).await;
    Some(ServerStatus { listed, took: now().saturating_duration_since(began) })
}

/// HuggingFace limits this question, so an answer of today will do where it is a good one. The rights
/// of a token can be changed, and the user who just did so checks again.
async fn account(settings: &Settings) -> Result<Identity, AccountError> {
    HubQueries::new(settings).identity(CacheUse::CachedIfGood, SERVER_TIMEOUT).await
}

async fn library(settings: &Settings) -> Result<LibraryStatus, LibraryError> {
    let (home, name) = (settings.files.home.value.clone(), super::process_name());
    let crashed = |why| LibraryError::Failed { path: PathBuf::from("library.db"), why };
    let mut library = blocking(move || Library::open(&home, &name)).await.map_err(crashed)??;
    let stop = library.interrupt_handle();
    let probe = blocking(move || {
        let set_aside = library.take_quarantined();
        let path = library.path().to_owned();
        library.check_health().map(|health| LibraryStatus { path, health, set_aside })
    });
    let mut probe = std::pin::pin!(probe);
    if let Ok(result) = tokio::time::timeout(HEALTH_CHECK_TIMEOUT, &mut probe).await {
        return result.map_err(crashed)?;
    }
    stop();
    probe.await.map_err(crashed)?
}

async fn browser(settings: &Settings) -> Result<BrowserStatus, FindBrowserError> {
    let browser_paths = settings.play.browser.clone();
    let probe = blocking(move || {
        let program = play::find_browser(&browser_paths)?;
        let version = version(&program, &browser_paths.path);
        Ok(BrowserStatus { program, version })
    });
    probe.await.unwrap_or(Err(FindBrowserError::NotFound))
}

#[cfg(all(unix, feature = "browser"))]
fn version(program: &std::path::Path, path: &[PathBuf]) -> Option<String> {
    play::chromium::version(program, path)
}

#[cfg(not(all(unix, feature = "browser")))]
fn version(_program: &std::path::Path, _path: &[PathBuf]) -> Option<String> {
    None
}
