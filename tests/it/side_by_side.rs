//! Two jobs at once: the second begins beside the first, each has its own events, actions and queue.

use std::time::Duration;

use codeagent::app::{
    Action, AutoPlayTest, Effect, Event, JobAction, JobEvent, JobId, JobPhase, JobRef, JobTask,
    QueueAction, QueueMode, SaveReport, SaveTarget, SessionEvent, SessionPlan, SessionTask, Task,
    VariantMode,
};
use codeagent::inference::client::StreamProgress;
use codeagent::inference::{
    ErrorCause, InferenceError, Outcome, PermanentCause, Reply, TransientCause,
};
use codeagent::library::{GameId, VersionId};
use insta::assert_snapshot;

use crate::replay::{GAME, Replay, passed, plan, saved};
use crate::screens::{draw, ui};

fn report(replay: &mut Replay, id: JobId, event: JobEvent) {
    replay.event(Event::Reported(id, event.into()));
}

/// The job becomes a game: version `game`.1 of the library.
fn finish(replay: &mut Replay, id: JobId, game: i64) {
    report(replay, id, JobEvent::StreamProgress(StreamProgress::Content(GAME.to_owned())));
    report(replay, id, JobEvent::Ended(Outcome::Replied(Reply::default())));
    report(replay, id, passed(GAME));
    let version = VersionId { game: GameId(game), number: 1 };
    let JobEvent::Saved(Ok(mut report_of_save)) = saved(&format!("game-{game}.html")) else {
        panic!("it is saved")
    };
    report_of_save.version = Some(Ok(version));
    report(replay, id, JobEvent::Saved(Ok(report_of_save)));
}

/// Two jobs: bats behind, owls in front.
fn two(plan: SessionPlan) -> (Replay, JobId, JobId) {
    let mut replay = Replay::new(plan);
    replay.generate("bats at night");
    let bats = replay.job().id;
    replay.act(Action::NewGame).generate("owls on a wire");
    let owls = replay.job().id;
    assert_ne!(bats, owls);
    (replay, bats, owls)
}

fn base(replay: &Replay) -> Option<i64> {
    Some(replay.state.current.as_ref()?.version?.game.0)
}

#[test]
fn a_new_game_begins_beside_the_one_that_is_made() {
    let (mut replay, bats, owls) = two(plan());
    assert_eq!(replay.ids("ask"), [bats, owls]);
    assert!(replay.state.jobs.is_running(bats) && replay.state.jobs.is_running(owls));
    finish(&mut replay, bats, 1);
    assert_eq!(base(&replay), None, "the next prompt does not change what is not in front");
    let notice = &replay.state.dialogs.notice.as_ref().unwrap().text;
    assert_eq!(notice, "“bats at night”: saved game-1.html");
    finish(&mut replay, owls, 2);
    assert_eq!(base(&replay), Some(2));
    replay.act(Action::StepJob(1));
    assert_eq!((replay.job().id, base(&replay)), (bats, Some(1)), "what is in front is changed");
    replay.generate("faster");
    assert_eq!(
        replay.job().current.conversation.base.as_ref().unwrap().version.unwrap().game,
        GameId(1)
    );
    assert_eq!(replay.state.saved_paths.len(), 2);
}

#[test]
fn each_is_stopped_and_retried_by_its_id() {
    let (mut replay, bats, owls) = two(plan());
    let loading = ErrorCause::Transient(TransientCause::Busy);
    for id in [bats, owls] {
        let error = InferenceError::local(loading, "later");
        report(&mut replay, id, JobEvent::Ended(Outcome::Failed(error)));
        assert!(matches!(replay.state.jobs.get(id).unwrap().current.phase, JobPhase::Waiting(_)));
    }
    replay.done();
    replay.act(Action::Job(JobRef::Id(bats), JobAction::RetryNow));
    assert_eq!(replay.ids("ask"), [bats]);
    replay.act(Action::Job(JobRef::Id(bats), JobAction::Stop));
    assert!(!replay.state.jobs.is_running(bats) && replay.state.jobs.is_running(owls));
    // Both wait for a time of their own.
    replay.done();
    replay.later(600);
    assert_eq!(replay.ids("ask"), [owls]);
    replay.act(Action::Job(JobRef::Running, JobAction::Stop));
    assert!(!replay.state.jobs.are_running());
}

#[test]
fn esc_stops_what_is_in_front_and_then_what_is_behind() {
    let (mut replay, bats, owls) = two(plan());
    replay.act(Action::Stop).act(Action::Stop);
    assert!(replay.state.jobs.is_running(bats) && !replay.state.jobs.is_running(owls));
    replay.act(Action::Stop).act(Action::Stop);
    assert!(!replay.state.jobs.is_running(bats));
}

#[test]
fn a_queued_prompt_follows_the_game_it_was_meant_for() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").generate("faster bats");
    let bats = replay.job().id;
    replay.act(Action::NewGame).generate("owls");
    let owls = replay.job().id;
    replay.generate("louder owls").done();
    assert_eq!(replay.state.queue.len(), 2);
    finish(&mut replay, bats, 1);
    let [.., Effect::Start(faster, Task::Job(JobTask::Ask(request)))] = replay.effects() else {
        panic!("it did not begin")
    };
    assert!(request.turns.iter().any(|turn| format!("{turn:?}").contains("faster bats")));
    let faster = *faster;
    assert_eq!(replay.job().id, owls, "and not in front");
    let job = replay.state.jobs.get(faster).unwrap();
    assert_eq!(job.current.conversation.base.as_ref().unwrap().version.unwrap().game, GameId(1));
    // The other's failure holds its own queue only.
    replay.done();
    replay.act(Action::Job(JobRef::Id(owls), JobAction::Stop));
    let held: Vec<_> = replay.state.queue.iter().map(|queued| queued.mode).collect();
    assert_eq!(held, [QueueMode::Held]);
    finish(&mut replay, faster, 1);
    assert_eq!(replay.state.queue.len(), 1, "still the user's to send");
    replay.act(Action::Queue(QueueAction::Resume)).later(1);
    assert!(replay.state.queue.is_empty() && replay.state.is_busy());
}

#[test]
fn quitting_stops_both_and_keeps_both_prompts() {
    let mut replay = Replay::new(plan());
    for prompt in ["bats", "owls"] {
        replay.act(Action::Edited(prompt.into())).generate(prompt).act(Action::NewGame);
    }
    replay.act(Action::Quit);
    assert!(replay.state.jobs.are_running(), "it is asked first");
    replay.act(Action::Quit);
    assert!(!replay.state.jobs.are_running() && replay.state.is_over());
    let kept = replay.effects().iter().rev().find_map(|effect| match effect {
        Effect::Start(_, Task::Session(SessionTask::KeepPrompt(text))) => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(kept, Some("bats\n\nowls"));
}

#[test]
fn one_is_played_while_the_other_is_made_and_nobody_pays_for_its_fix() {
    let (mut replay, bats, owls) = two(plan().with(|job| job.play_test = AutoPlayTest::On));
    finish(&mut replay, bats, 1);
    assert_eq!(replay.state.jobs.get(bats).unwrap().current.phase, JobPhase::PlayTesting);
    assert_eq!(replay.state.jobs.get(owls).unwrap().current.phase, JobPhase::Requesting);
    replay.done();
    report(&mut replay, bats, crate::fixing::broken());
    assert_eq!(replay.done(), [""; 0], "its user is at another game");
    let notice = &replay.state.dialogs.notice.as_ref().unwrap().text;
    assert!(notice.starts_with("“bats at night”: broken"), "{notice}");
    replay.act(Action::Job(JobRef::Id(bats), JobAction::Fix));
    assert_eq!(replay.ids("ask"), [bats], "unless it is asked for");
}

#[test]
fn the_screen_shows_both() {
    let (mut replay, bats, _) = two(plan());
    replay.later(3).hears("```html\n<!doctype html>\n");
    assert_snapshot!("one_in_front", draw(&mut ui(&replay), &replay, (80, 24)));
    finish(&mut replay, bats, 1);
    replay.act(Action::Job(JobRef::Id(bats), JobAction::Show));
    assert_snapshot!("the_other_in_front", draw(&mut ui(&replay), &replay, (80, 24)));
    assert!(replay.state.poll_timeout().is_none_or(|at| at > replay.now + Duration::ZERO));
}

/// Three jobs of one prompt in a race, and their ids.
fn race(plan: SessionPlan) -> (Replay, Vec<JobId>) {
    let mut replay = Replay::new(plan);
    replay.act(Action::Vary("bats".into(), vec![None; 3], VariantMode::Race));
    let ids = replay.ids("ask");
    assert_eq!(ids.len(), 3, "all begin at once");
    (replay, ids)
}

#[test]
fn the_first_that_plays_wins_and_the_others_are_stopped() {
    let (mut replay, ids) = race(plan().with(|job| job.play_test = AutoPlayTest::On));
    finish(&mut replay, ids[1], 2);
    report(&mut replay, ids[1], crate::fixing::broken());
    assert!(replay.state.jobs.is_running(ids[0]), "a broken game wins nothing");
    finish(&mut replay, ids[2], 3);
    replay.done();
    report(&mut replay, ids[2], crate::fixing::playing_well());
    assert_eq!(replay.done().iter().filter(|name| **name == "abort").count(), 1);
    assert!(!replay.state.jobs.are_running());
    assert_eq!((replay.job().id, base(&replay)), (ids[2], Some(3)));
    let notice = &replay.state.dialogs.notice.as_ref().unwrap().text;
    assert_eq!(notice, "variant 3 came first; the other was stopped");
    // What is still on its way from a stopped job changes nothing.
    report(&mut replay, ids[0], JobEvent::StreamProgress(StreamProgress::Content("late".into())));
    assert_eq!(replay.job().id, ids[2]);
}

#[test]
fn where_none_plays_the_best_is_kept() {
    let (mut replay, ids) = race(plan());
    for id in &ids[..2] {
        let error = InferenceError::local(ErrorCause::Permanent(PermanentCause::NoCredits), "no");
        report(&mut replay, *id, JobEvent::Ended(Outcome::Failed(error)));
    }
    assert!(replay.state.jobs.is_running(ids[2]));
    finish(&mut replay, ids[2], 3);
    assert_eq!((replay.job().id, base(&replay)), (ids[2], Some(3)));
}

#[test]
fn the_file_that_was_named_is_the_winners_alone() {
    let (mut replay, ids) =
        race(plan().with(|job| job.saving = SaveTarget::File("mine.html".into())));
    report(&mut replay, ids[0], JobEvent::StreamProgress(StreamProgress::Content(GAME.to_owned())));
    report(&mut replay, ids[0], JobEvent::Ended(Outcome::Replied(Reply::default())));
    report(&mut replay, ids[0], passed(GAME));
    let Some(Effect::Start(_, Task::Job(JobTask::Save { to, .. }))) = replay.effects().last()
    else {
        panic!("it is not saved")
    };
    assert_eq!(*to, SaveTarget::Nowhere);
    report(&mut replay, ids[0], JobEvent::Saved(Ok(SaveReport { path: None, version: None })));
    assert!(replay.state.is_unfinished(), "the file is still to come");
    let saved = SaveReport { path: Some("mine.html".into()), version: None };
    replay.answers(SessionEvent::CopySaved(Ok(saved)));
    assert!(!replay.state.is_unfinished());
    assert_eq!(replay.job().game().unwrap().path.as_deref().unwrap().to_str(), Some("mine.html"));
}
