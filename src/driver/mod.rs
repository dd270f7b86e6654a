//! DOES what the machine decides: events in, effects out, until it is over.
//!
//! The only clock, the only die and the only place where tasks start. What the
//! tasks really do is a [`World`], and who watches is a [`Front`]; a test
//! brings its own of both and lives through hours on a paused clock.

pub mod signals;

mod beside;
mod books;
mod checkup;
mod compared;
mod entry;
mod forms;
mod inquiry;
mod keep;
mod play;
#[cfg(unix)]
mod players;
mod reissue;
mod room;
mod shelved;
mod stage;
mod tasks;
mod tree;
mod trials;
mod tried;
mod world;

use std::future::Future;
use std::time::Instant;

use tokio::sync::mpsc;

use crate::app::{Action, Event, JobId, JobIds, News, State, Task, update};
use crate::config::Settings;
use crate::library::{Library, LibraryError, UnixMillis};

pub use beside::beside;
pub use checkup::{Checkup, Found, Looked, Server, checkup};
pub use inquiry::{Inquiry, PATIENCE, Wish};
pub use play::{Browser, Follow, Play, PlayNews, play};
pub use reissue::{Reissue, reissue, storage_key};
pub use shelved::base;
pub use tasks::Tell;
pub use tried::{Candidate, try_out};
pub use world::{Real, plan};

use tasks::Tasks;

/// Everything outside: servers, files, slow computation.
pub trait World {
    /// Does one task and tells its news. Dropping the future ends the work.
    fn perform(&self, task: Task, tell: Tell) -> impl Future<Output = ()> + Send + 'static;
}

/// Whoever watches and acts: the screen, or a command.
pub trait Front {
    /// What the user does next. Nothing means that nobody is there any more.
    /// Dropping the future must lose no action.
    fn next(&mut self) -> impl Future<Output = Option<Vec<Action>>>;

    /// Shows the state, if what it shows has changed.
    fn show(&mut self, state: &State, now: Instant) -> std::io::Result<()>;

    /// When the same state will look different: a countdown, a withheld frame.
    fn redraw_at(&self, state: &State, now: Instant) -> Option<Instant>;

    /// Whether there is nothing more to wait for.
    fn is_over(&self, state: &State) -> bool;
}

/// What one turn of the loop woke up for.
enum Turn {
    Acted(Option<Vec<Action>>),
    Reported(JobId, News),
    Woke,
}

/// The most news taken before the front may show something again.
const BATCH: usize = 4_096;

/// Runs until the front says that it is over, and gives the last state back.
pub async fn run<W: World, F: Front>(
    mut state: State,
    first: Option<Action>,
    world: &W,
    front: &mut F,
) -> std::io::Result<State> {
    let (tell, mut news) = mpsc::unbounded_channel();
    let mut tasks = Tasks::new(world, tell);
    if let Some(action) = first {
        tasks.obey(update(&mut state, Event::Acted(action), now()));
    }
    // Once nobody is there any more, what is under way is still kept.
    let mut gone = None;
    loop {
        if gone.is_none()
            && let Err(error) = front.show(&state, now())
        {
            gone = Some(Err(error));
            tasks.obey(update(&mut state, Event::Acted(Action::QuitNow), now()));
        }
        if front.is_over(&state) {
            break;
        }
        let wake = state.poll_timeout().into_iter().chain(front.redraw_at(&state, now())).min();
        let turn = tokio::select! {
            biased;
            actions = front.next(), if gone.is_none() => Turn::Acted(actions),
            Some((id, news)) = news.recv() => Turn::Reported(id, news),
            () = sleep_until(wake) => Turn::Woke,
        };
        if matches!(turn, Turn::Acted(None)) {
            gone = Some(Ok(()));
        }
        for event in turn.events() {
            tasks.obey(update(&mut state, event, now()));
        }
        for _ in 0..BATCH {
            let Ok((id, news)) = news.try_recv() else { break };
            tasks.obey(update(&mut state, Event::Reported(id, news), now()));
        }
    }
    tasks.finish().await;
    gone.unwrap_or(Ok(())).map(|()| state)
}

impl Turn {
    /// A deadline may have passed while something else happened, so each turn also wakes.
    fn events(self) -> Vec<Event> {
        let mut events = match self {
            Self::Acted(Some(actions)) => actions.into_iter().map(Event::Acted).collect(),
            Self::Acted(None) => vec![Event::Acted(Action::QuitNow)],
            Self::Reported(id, news) => vec![Event::Reported(id, news)],
            Self::Woke => Vec::new(),
        };
        events.push(Event::Woke);
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

/// The time on the wall, which may jump: for what is remembered longer than a process lives.
#[expect(clippy::disallowed_methods, reason = "the driver is where the clock is read")]
pub fn wall() -> UnixMillis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    UnixMillis(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}

/// A name that no other process of the user has.
fn process_name() -> String {
    format!("{}-{:016x}", std::process::id(), die())
}

/// Opens the library of these settings, for a command that needs nothing else.
pub fn library(settings: &Settings) -> Result<Library, LibraryError> {
    Library::open(&settings.home.value, &process_name())
}

/// A number nobody can guess, for the jitter of waits.
pub fn die() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(())
}

/// Runs everything on one thread that decides and draws, with helpers whose
/// stack is deep enough to check the most nested page.
pub fn block_on<T>(work: impl Future<Output = std::io::Result<T>>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_stack_size(crate::game::STACK_BYTES)
        .build()?;
    let done = runtime.block_on(work);
    // A check that nobody waits for any more must not hold up the exit.
    runtime.shutdown_background();
    done
}

/// The first state for these settings.
pub fn state(plan: crate::app::Plan) -> State {
    State::new(plan, die(), JobIds::default())
}

/// The world as it really is, for these settings.
pub fn world(settings: &Settings) -> Real {
    Real::new(settings)
}
