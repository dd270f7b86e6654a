//! Does the loop hold for hours? The whole driver on a paused clock.

use std::future::pending;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use codeagent::app::{Action, JobEvent, JobIds, JobPhase, JobTask, Session, Task};
use codeagent::driver::{self, Frontend, TaskContext, TaskExecutor};
use codeagent::inference::{ErrorCause, InferenceError, Outcome, TransientCause};

use crate::replay::plan;

/// A world where every request meets the same trouble.
struct Outage {
    asked: AtomicUsize,
    cause: ErrorCause,
}

impl TaskExecutor for Outage {
    fn execute(
        &self,
        task: Task,
        events: TaskContext,
    ) -> impl Future<Output = ()> + Send + 'static {
        if matches!(task, Task::Job(JobTask::Ask(_))) {
            self.asked.fetch_add(1, Ordering::SeqCst);
        }
        let trouble = InferenceError::local(self.cause, "");
        async move { events.send(JobEvent::Ended(Outcome::Failed(trouble))) }
    }
}

/// A world where requests never end; it counts those that were dropped.
struct Silence {
    ended: std::sync::Arc<AtomicUsize>,
}

struct Ended(std::sync::Arc<AtomicUsize>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl TaskExecutor for Silence {
    fn execute(&self, _: Task, _: TaskContext) -> impl Future<Output = ()> + Send + 'static {
        let ended = Ended(self.ended.clone());
        async move {
            let _ended = ended;
            pending::<()>().await;
        }
    }
}

/// Somebody who acts at set times and counts what is shown.
#[derive(Default)]
pub struct Watcher {
    script: Mutex<Vec<(Duration, Action)>>,
    pub frames: usize,
    shows_countdown: bool,
    over_when_idle: bool,
}

impl Watcher {
    pub fn doing(script: Vec<(Duration, Action)>) -> Self {
        Self { script: Mutex::new(script), ..Self::default() }
    }
}

impl Frontend for Watcher {
    async fn next(&mut self, _: &Session) -> Option<Vec<Action>> {
        let next = self.script.lock().unwrap().first().cloned();
        let Some((after, action)) = next else { return pending().await };
        tokio::time::sleep(after).await;
        self.script.lock().unwrap().remove(0);
        Some(vec![action])
    }

    fn render(&mut self, _: &Session, _: Instant) -> std::io::Result<()> {
        self.frames += 1;
        Ok(())
    }

    fn redraw_at(&self, state: &Session, now: Instant) -> Option<Instant> {
        let waits = matches!(state.job()?.current.phase, JobPhase::Waiting(_));
        (self.shows_countdown && waits).then(|| now + Duration::from_secs(1))
    }

    fn is_over(&self, state: &Session) -> bool {
        state.is_over() || self.over_when_idle && !state.is_busy()
    }
}

pub fn run<W: TaskExecutor>(
    world: &W,
    watcher: &mut Watcher,
    first: Option<Action>,
) -> (Session, Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let began = driver::now();
        let state = Session::new(plan(), 7, JobIds::default());
        let state = driver::run(state, first, world, watcher).await.unwrap();
        (state, driver::now() - began)
    })
}

fn bats() -> Action {
    Action::Generate("bats".to_owned())
}

#[test]
fn an_outage_is_sat_out_and_given_up() {
    let world = Outage {
        asked: AtomicUsize::new(0),
        cause: ErrorCause::Transient(TransientCause::Loading),
    };
    let mut watcher = Watcher { over_when_idle: true, ..Watcher::default() };
    let (_, lasted) = run(&world, &mut watcher, Some(bats()));
    assert_eq!(world.asked.load(Ordering::SeqCst), 5);
    assert!((80..=90).contains(&lasted.as_secs()), "four waits of 20 s took {lasted:?}");
}

#[test]
fn nothing_is_drawn_at_rest() {
    let world =
        Outage { asked: AtomicUsize::new(0), cause: ErrorCause::Transient(TransientCause::Busy) };
    let hour = Duration::from_hours(1);
    let mut watcher =
        Watcher { script: Mutex::new(vec![(hour, Action::QuitNow)]), ..Watcher::default() };
    let (_, lasted) = run(&world, &mut watcher, None);
    assert!(lasted >= hour);
    assert_eq!(watcher.frames, 2, "the first frame, and the one that ends it");
}

#[test]
fn a_countdown_costs_one_frame_a_second() {
    let world = Outage {
        asked: AtomicUsize::new(0),
        cause: ErrorCause::Transient(TransientCause::Loading),
    };
    let mut watcher = Watcher { over_when_idle: true, shows_countdown: true, ..Watcher::default() };
    let (_, lasted) = run(&world, &mut watcher, Some(bats()));
    let frames = watcher.frames as u64;
    assert!(frames <= lasted.as_secs() + 30, "{frames} frames in {lasted:?}");
}

#[test]
fn stopping_really_ends_the_request() {
    let ended = std::sync::Arc::new(AtomicUsize::new(0));
    let world = Silence { ended: ended.clone() };
    let second = Duration::from_secs(1);
    let mut watcher = Watcher {
        script: Mutex::new(vec![(second, Action::Stop), (second, Action::Stop)]),
        over_when_idle: true,
        ..Watcher::default()
    };
    let (state, _) = run(&world, &mut watcher, Some(bats()));
    assert_eq!(ended.load(Ordering::SeqCst), 1);
    assert!(state.job().unwrap().is_done());
}
