//! Does the screen say that nothing comes? A server that only pings, a stream that stops.

use std::future::pending;
use std::time::Duration;

use codeagent::app::{Action, JobEvent, JobProgress, JobTask, Task};
use codeagent::driver::{TaskContext, TaskExecutor};
use codeagent::inference::ResponseMeta;
use codeagent::inference::client::StreamProgress as Heard;

use crate::replay::{Replay, plan};
use crate::screens::{draw, ui};
use crate::time::{Watcher, run};

fn shown(replay: &Replay) -> String {
    draw(&mut ui(replay), replay, (160, 50))
}

fn asking() -> Replay {
    let mut replay = Replay::new(plan());
    replay
        .generate("owls")
        .news(JobEvent::StreamProgress(Heard::Answering(ResponseMeta::default())));
    replay
}

#[test]
fn a_server_that_only_pings_is_alive_and_has_sent_nothing() {
    let mut replay = asking();
    assert!(!shown(&replay).contains("connected"), "not a byte has come");
    replay.news(JobEvent::StreamProgress(Heard::KeepAlive)).later(1).later(1);
    assert!(shown(&replay).contains("connected, no output yet"), "{}", shown(&replay));
    for _ in 0..9 {
        replay.later(15).news(JobEvent::StreamProgress(Heard::KeepAlive));
    }
    let told = replay.job().log.iter().filter(|step| **step == JobProgress::Alive).count();
    assert_eq!(told, 1, "the lines of a command say it once");
    replay.hears("<canvas>");
    assert!(!shown(&replay).contains("connected"));
}

#[test]
fn a_silence_is_told_within_three_seconds_and_ends_with_the_next_byte() {
    let mut replay = asking();
    replay.hears("<canvas>").later(1);
    assert!(!shown(&replay).contains("silent"));
    replay.later(2);
    assert!(shown(&replay).contains("silent for 3 s, times out at 30 s"), "{}", shown(&replay));
    replay.later(4);
    assert!(shown(&replay).contains("silent for 7 s, times out at 30 s"), "{}", shown(&replay));
    replay.news(JobEvent::StreamProgress(Heard::KeepAlive));
    assert!(!shown(&replay).contains("silent"), "a comment is a byte");
    replay.news(JobEvent::StreamProgress(Heard::Thinking)).later(3);
    assert!(shown(&replay).contains("silent for 3 s"));
}

#[test]
fn the_rate_is_that_of_the_last_seconds() {
    let mut replay = asking();
    for _ in 0..10 {
        replay.hears(&"x".repeat(4_000)).later(1);
    }
    assert!(shown(&replay).contains("about 800 tokens/s"), "{}", shown(&replay));
    for _ in 0..6 {
        replay.hears("xxxx").later(1);
    }
    assert!(shown(&replay).contains("about 0 tokens/s"), "{}", shown(&replay));
}

/// A world where a model begins to think and never goes on.
struct Stuck;

impl TaskExecutor for Stuck {
    fn execute(&self, task: Task, tell: TaskContext) -> impl Future<Output = ()> + Send + 'static {
        let is_question = matches!(task, Task::Job(JobTask::Ask(_)));
        async move {
            if is_question {
                tell.send(JobEvent::StreamProgress(Heard::Thinking));
            }
            pending::<()>().await;
        }
    }
}

#[test]
fn a_silence_wakes_the_screen_once() {
    let minute = Duration::from_mins(1);
    let mut watcher = Watcher::doing(vec![(minute, Action::QuitNow)]);
    let (state, lasted) = run(&Stuck, &mut watcher, Some(Action::Generate("owls".to_owned())));
    assert!(lasted >= minute, "{lasted:?}");
    let log = &state.job().unwrap().log;
    let silent = JobProgress::Silent { silent_ms: 2_000, gives_up_ms: 30_000 };
    assert_eq!(log.iter().filter(|step| **step == silent).count(), 1, "{log:?}");
    // The first, the request's, the answer's, that of the silence, and those of the end.
    assert!(watcher.frames <= 7, "{} frames", watcher.frames);
}
