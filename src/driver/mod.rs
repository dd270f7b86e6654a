//! DOES what the machine decides: events in, effects out, until it is over.
//!
//! Reads the only clock, draws the only random seed and starts tasks. What the
//! tasks do is up to a [`TaskExecutor`], and what is shown to a [`Frontend`]; a test
//! brings its own of both and lives through hours on a paused clock.

pub mod signals;

mod blocking;
mod diagnostics;
mod diff;
mod edit_forms;
mod engine_services;
mod executor;
mod hub_queries;
mod inference_service;
mod known_models;
mod library_queries;
mod library_thread;
mod local_engine;
mod local_model;
mod local_servers;
mod local_start;
pub mod log;
mod login;
mod media;
mod model_download;
mod model_facts;
mod model_records;
mod ollama;
mod parallel;
mod permits;
mod plan;
mod play;
#[cfg(feature = "server")]
mod play_server;
#[cfg(not(feature = "server"))]
#[path = "no_play_server.rs"]
mod play_server;
mod play_test_files;
mod play_test_runner;
#[cfg(all(unix, feature = "browser"))]
mod players;
mod reissue;
mod remembered_engine;
mod request_recorder;
mod save_version;
mod tasks;
mod transcripts;
mod version_tree;
mod vetting;

use std::future::Future;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::app::{Action, Event, JobId, JobIds, Session, Task, TaskEvent, update};
use crate::config::Settings;
use crate::library::{Library, LibraryError, UnixMillis};
use crate::play::Recording;

pub use diagnostics::{BrowserStatus, DiagnosticReport, LibraryStatus, ServerStatus, diagnose};
pub use executor::SystemExecutor;
pub use hub_queries::{CacheUse, DEFAULT_TIMEOUT, HubQueries, billing_start};
pub use known_models::known_models;
pub use library_queries::base;
pub use local_engine::{
    LocalEngineStatus, check_local_engine, remember_local_engine, running_servers,
    start_local_server, stop_local_servers,
};
pub use local_servers::{find_local_servers, list_models};
pub use local_start::{MemoryCheck, find_program as find_llama_server};
pub use login::{Login, LoginError, read_line};
pub use media::read_media;
pub use model_download::{ModelDownloader, ModelListing};
pub use ollama::{find_ollama, forget_found_engine, pull_with_ollama, remember_ollama};
pub use parallel::parallel_map;
pub use plan::plan;
pub use play::{BrowserLaunch, PlayEvent, PlayOptions, WatchTarget, play};
pub use play_test_files::{PlayTestCandidate, play_test_all};
pub use reissue::{ReissuedGame, reissue, storage_key};
pub use tasks::TaskContext;

use tasks::RunningTasks;

/// Everything outside: servers, files, slow computation.
pub trait TaskExecutor {
    /// Executes one task and sends its events. Dropping the future ends the work.
    fn execute(&self, task: Task, events: TaskContext)
    -> impl Future<Output = ()> + Send + 'static;
}

/// Whoever watches and acts: the screen, or a command.
pub trait Frontend {
    /// The next actions of the user, which mean what they do in this state. `None` once the frontend
    /// is gone. Dropping the future must lose no action; the next call may bring another state.
    fn next(&mut self, state: &Session) -> impl Future<Output = Option<Vec<Action>>>;

    /// Renders the state if what it shows has changed.
    fn render(&mut self, state: &Session, now: Instant) -> std::io::Result<()>;

    /// When the same state will look different: a countdown, a withheld frame.
    fn redraw_at(&self, state: &Session, now: Instant) -> Option<Instant>;

    /// Whether the program is over.
    fn is_over(&self, state: &Session) -> bool;
}

/// What the loop woke up for.
enum Wakeup {
    Acted(Option<Vec<Action>>),
    Reported(JobId, TaskEvent),
    Woke,
}

/// How many events are handled at most before the frontend renders again.
const MAX_EVENT_BATCH: usize = 4_096;

/// Runs until the frontend says that it is over, and returns the last state.
///
/// # Errors
///
/// The frontend cannot render. What was under way is stopped and kept before that is returned.
pub async fn run<W: TaskExecutor, F: Frontend>(
    mut state: Session,
    first: Option<Action>,
    executor: &W,
    frontend: &mut F,
) -> std::io::Result<Session> {
    let (events, mut event_receiver) = mpsc::unbounded_channel();
    let mut tasks = RunningTasks::new(executor, events);
    if let Some(action) = first {
        tasks.dispatch(update(&mut state, Event::Acted(action), now()));
    }
    // With the frontend gone, running work is still saved.
    let mut frontend_exit = None;
    loop {
        if frontend_exit.is_none()
            && let Err(error) = frontend.render(&state, now())
        {
            frontend_exit = Some(Err(error));
            tasks.dispatch(update(&mut state, Event::Acted(Action::QuitNow), now()));
        }
        if frontend.is_over(&state) {
            break;
        }
        let wake = state.poll_timeout().into_iter().chain(frontend.redraw_at(&state, now())).min();
        let wakeup = tokio::select! {
            biased;
            actions = frontend.next(&state), if frontend_exit.is_none() => Wakeup::Acted(actions),
            Some((id, event)) = event_receiver.recv() => Wakeup::Reported(id, event),
            () = sleep_until(wake) => Wakeup::Woke,
        };
        if matches!(wakeup, Wakeup::Acted(None)) {
            frontend_exit = Some(Ok(()));
        }
        for event in wakeup.events() {
            tasks.dispatch(update(&mut state, event, now()));
        }
        for _ in 0..MAX_EVENT_BATCH {
            let Ok((id, event)) = event_receiver.try_recv() else { break };
            tasks.dispatch(update(&mut state, Event::Reported(id, event), now()));
        }
    }
    tasks.finish().await;
    frontend_exit.unwrap_or(Ok(())).map(|()| state)
}

impl Wakeup {
    /// A deadline may have passed while something else happened, so each turn also wakes.
    fn events(self) -> Vec<Event> {
        let mut events = match self {
            Self::Acted(Some(actions)) => actions.into_iter().map(Event::Acted).collect(),
            Self::Acted(None) => vec![Event::Acted(Action::QuitNow)],
            Self::Reported(id, event) => vec![Event::Reported(id, event)],
            Self::Woke => Vec::new(),
        };
        events.push(Event::TimerFired);
        events
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// The one clock. It is tokio's, so that a test can pause it.
#[expect(clippy::disallowed_methods, reason = "the driver is where the clock is read")]
pub fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// The wall clock, which may jump: for times that outlive the process.
#[expect(clippy::disallowed_methods, reason = "the driver is where the clock is read")]
pub fn wall_clock() -> UnixMillis {
    let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    UnixMillis(elapsed.map_or(0, |elapsed| i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)))
}

/// A name that no other process of the user has.
fn process_name() -> String {
    format!("{}-{:016x}", std::process::id(), random_seed())
}

/// Opens the library of these settings, for a command that needs nothing else.
///
/// # Errors
///
/// It cannot be created, read or migrated, or another program holds it for over 5 s.
pub fn library(settings: &Settings) -> Result<Library, LibraryError> {
    Library::open(&settings.files.home.value, &process_name())
}

/// An unpredictable number, for the jitter of waits.
pub fn random_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(())
}

/// Runs everything on one thread that decides and draws, with helpers whose
/// stack is deep enough to check the most nested page.
///
/// # Errors
///
/// The runtime cannot be built, or the work fails.
pub fn block_on<T>(work: impl Future<Output = std::io::Result<T>>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_stack_size(crate::game::STACK_BYTES)
        // A thread that has ended leaves its heap to the next one. Threads that wait for work would take
        // turns at it, and each keep what its largest page took.
        .thread_keep_alive(Duration::ZERO)
        .build()?;
    let result = runtime.block_on(work);
    // An abandoned check must not delay the exit.
    runtime.shutdown_background();
    result
}

/// The same, until the user interrupts it: then `None`, and the work is dropped.
///
/// # Errors
///
/// The system has no resources for it.
pub fn block_on_interruptible<T>(work: impl Future<Output = T>) -> std::io::Result<Option<T>> {
    block_on(async {
        let mut signals = signals::Signals::new()?;
        tokio::select! {
            done = work => Ok(Some(done)),
            _ = signals.next() => Ok(None),
        }
    })
}

/// The ids of this process: the crash journal is keyed by process and job, so two sessions must not
/// give the same one out.
fn job_ids() -> JobIds {
    static IDS: OnceLock<JobIds> = OnceLock::new();
    IDS.get_or_init(JobIds::default).clone()
}

/// The first state for these settings.
pub fn state(plan: crate::app::SessionPlan) -> Session {
    Session::new(plan, random_seed(), job_ids())
}

/// The executor for these settings: real servers, files and browsers. `recording` is what play-tests
/// keep of games in motion.
pub fn system_executor(settings: &Settings, recording: Recording) -> SystemExecutor {
    SystemExecutor::new(settings, recording)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_of_one_process_share_their_ids() {
        let (one, other) = (job_ids(), job_ids());
        let ids = [one.next(), other.next(), one.next()];
        assert!(ids[0] < ids[1] && ids[1] < ids[2], "{ids:?}");
    }
}
