//! A finished game is played, and a broken one is mended once: as events and effects.

use std::sync::Arc;
use std::time::Duration;

use codeagent::app::{
    Action, AutoPlayTest, Effect, Engine, FixOutcome, JobAction, JobEvent, JobPhase, JobTask,
    SaveReport, SaveTarget, SessionPlan, Task,
};
use codeagent::game::{HtmlSource, vet};
use codeagent::inference::{
    ChatTurn, ErrorCause, InferenceError, Outcome, PermanentCause, Reply, TokenUsage,
};
use codeagent::play::{
    FindBrowserError, Motion, PlayChecks, PlayProblem, PlayProblemKind, PlayTestError,
    PlayTestStage, PlayerInput, SourceFrame, Verdict,
};
use codeagent::untrusted::Untrusted;

use crate::replay::{GAME, Replay, passed, plan, saved};

fn playing() -> SessionPlan {
    plan().with(|job| {
        job.play_test = AutoPlayTest::On;
        job.budget.tries = 2;
    })
}

fn verdict(problems: Vec<PlayProblem>) -> JobEvent {
    let is_good = problems.is_empty();
    let yes = Some(true);
    let levels = PlayChecks {
        complete: yes,
        loads: Some(is_good),
        visible: yes,
        alive: yes,
        responds: yes,
        lasts: Some(is_good),
        restarts: None,
        touch: None,
    };
    verdict_of(levels, problems)
}

/// The verdict of a play-test with these checks and problems.
pub fn verdict_of(checks: PlayChecks, problems: Vec<PlayProblem>) -> JobEvent {
    JobEvent::PlayTested(Ok(Box::new(Verdict {
        checks,
        inputs: vec![PlayerInput::from_code("ArrowLeft").unwrap()],
        untried: Vec::new(),
        tried: Vec::new(),
        problems,
        console: Vec::new(),
        requests: Vec::new(),
        picture: None,
        motion: Motion::default(),
        elapsed: Duration::from_secs(3),
        stage_starts: Vec::new(),
    })))
}

/// A verdict that the game breaks.
pub fn broken() -> JobEvent {
    verdict(vec![error("ReferenceError: hp is not defined")])
}

/// A verdict that the game responds.
pub fn playing_well() -> JobEvent {
    verdict(Vec::new())
}

fn error(message: &str) -> PlayProblem {
    let mut problem = PlayProblem::new(PlayProblemKind::Error, message);
    let at = GAME.find("requestAnimationFrame").unwrap();
    let function = Untrusted::new("tick");
    problem.stack.push(SourceFrame { function, original: at, repaired: at });
    problem
}

fn replied() -> JobEvent {
    let usage = Some(TokenUsage { prompt_tokens: 900, completion_tokens: 100 });
    JobEvent::Ended(Outcome::Replied(Reply { usage, ..Reply::default() }))
}

/// A game is made and saved, and its play-test has begun.
fn made(plan: SessionPlan) -> Replay {
    let mut replay = Replay::new(plan);
    replay.generate("bats at night").replies(GAME).news(passed(GAME));
    replay.done();
    replay.news(saved("bats.html"));
    replay
}

#[test]
fn a_finished_game_is_played_and_is_there_meanwhile() {
    let mut replay = made(playing());
    assert_eq!(replay.done(), ["try out"]);
    assert_eq!(replay.job().current.phase, JobPhase::PlayTesting);
    assert_eq!(replay.state.saved_paths.len(), 1, "it is saved before it is played");
    replay.news(JobEvent::PlayTestStage(PlayTestStage::Trying)).news(verdict(Vec::new()));
    assert!(replay.job().is_done() && !replay.job().is_broken());
    assert_eq!(replay.job().played().unwrap(), "responds to ←");
    assert_eq!(replay.done(), [""; 0]);
    let mut replay = made(plan());
    assert_eq!(replay.done(), [""; 0], "nobody asked for a play-test");
    assert_eq!(
        replay.act(Action::job(JobAction::PlayTest)).done(),
        ["try out"],
        "now somebody did"
    );
}

#[test]
fn without_a_browser_the_game_is_as_good_as_before() {
    let mut replay = made(playing());
    replay.news(JobEvent::PlayTested(Err(PlayTestError::BrowserNotFound(
        FindBrowserError::NotFound,
    ))));
    assert!(replay.job().is_done() && !replay.job().is_broken());
    assert_eq!(replay.job().played().unwrap(), "not played: no browser found");
    assert!(matches!(replay.job().current.result, Some(Ok(_))));
}

#[test]
fn stopping_the_play_test_keeps_the_game() {
    let mut replay = made(playing());
    replay.done();
    replay.act(Action::Stop).act(Action::Stop);
    assert_eq!(replay.done(), ["abort"]);
    assert!(matches!(replay.job().current.result, Some(Ok(_))));
    assert_eq!(replay.job().played().unwrap(), "not played: the play-test was stopped");
    let mut replay = made(playing());
    replay.done();
    assert_eq!(replay.generate("faster").done(), ["abort", "ask"], "the next wish does not wait");
}

#[test]
fn a_broken_game_is_mended_once_and_told_so() {
    let mut replay = made(playing());
    replay.done();
    replay.news(verdict(vec![error("ReferenceError: hp is not defined")]));
    let [Effect::Start(_, Task::Job(JobTask::Ask(request)))] = replay.effects() else {
        panic!("nothing asked")
    };
    let Some(ChatTurn::User(asked)) = request.turns.first() else { panic!("no question") };
    assert!(asked.contains("- ReferenceError: hp is not defined\n  at line 1 in tick: `<!doctype"));
    assert!(request.system.contains("<<<<<<< SEARCH") && asked.contains(GAME));
    replay.done();
    assert_eq!(replay.hears("blocks").news(replied()).done(), ["vet reply"]);
    assert_eq!(replay.news(passed(GAME)).done(), ["save"]);
    assert_eq!(replay.news(saved("bats-2.html")).done(), ["try out"]);
    assert_eq!(replay.news(verdict(Vec::new())).done(), [""; 0]);
    let end = replay.job().current.play_test.fixed.clone().unwrap();
    assert_eq!(end.outcome, FixOutcome::Fixed);
    assert_eq!(end.describe(), "fixed in one round (1000 tokens)");
}

#[test]
fn a_game_that_stays_broken_is_not_mended_again_unless_somebody_asks() {
    let mut replay = made(playing());
    let first = || vec![error("ReferenceError: hp is not defined")];
    replay.news(verdict(first())).hears("blocks").news(replied()).news(passed(GAME));
    replay.news(saved("bats-2.html")).done();
    assert_eq!(replay.news(verdict(first())).done(), [""; 0]);
    assert_eq!(replay.job().current.play_test.fixed.as_ref().unwrap().outcome, FixOutcome::Same);
    let notice = replay.state.dialogs.notice.clone().unwrap().text;
    assert!(notice.contains("same error") && notice.contains("1000 tokens"), "{notice}");
    assert!(replay.job().is_broken() && replay.job().is_done());
    assert_eq!(
        replay.act(Action::job(JobAction::Fix)).done(),
        ["ask"],
        "the user pays for another round"
    );
}

#[test]
fn a_fix_that_fails_gives_the_broken_game_back() {
    let mut replay = made(playing());
    replay.news(verdict(vec![error("TypeError: no")]));
    let broken = replay.state.current.clone();
    let trouble =
        InferenceError::local(ErrorCause::Permanent(PermanentCause::NoCredits), "no credits");
    replay.news(JobEvent::Ended(Outcome::Failed(trouble)));
    assert!(matches!(&replay.job().current.result, Some(Ok(game)) if game.path.is_some()));
    assert!(replay.job().is_broken() && replay.job().is_done());
    let end = replay.job().current.play_test.fixed.clone().unwrap();
    assert!(matches!(&end.outcome, FixOutcome::Failed(why) if why.contains("credits")), "{end:?}");
    assert_eq!(replay.state.current, broken);
}

#[test]
fn where_one_file_is_wanted_the_fixed_game_takes_its_place() {
    let mut replay = made(playing().with(|job| job.saving = SaveTarget::Folder("".into())));
    replay.news(verdict(vec![error("TypeError: no")])).hears("x").news(replied());
    replay.done();
    replay.news(passed(GAME));
    let [Effect::Start(_, Task::Job(JobTask::Save { to, .. }))] = replay.effects() else {
        panic!("not saved")
    };
    assert_eq!(to, &SaveTarget::Nowhere, "not before it is known to be better");
    replay.news(JobEvent::Saved(Ok(SaveReport { path: None, version: None }))).done();
    assert_eq!(replay.news(verdict(Vec::new())).done(), ["overwrite"]);
    replay.news(JobEvent::Overwritten(Ok("bats.html".into())));
    assert!(matches!(&replay.job().current.result, Some(Ok(game)) if game.path.is_some()));
    assert_eq!(replay.state.saved_paths.len(), 1);
}

#[test]
fn the_composer_mends_nothing() {
    let mut replay = Replay::new(playing().with(|job| job.engine = Engine::Offline));
    replay.generate("snake");
    replay.news(passed(GAME)).news(saved("snake.html")).done();
    assert_eq!(replay.news(verdict(vec![error("TypeError: no")])).done(), [""; 0]);
    assert_eq!(replay.act(Action::job(JobAction::Fix)).done(), [""; 0]);
    assert!(replay.state.dialogs.notice.is_some());
}

#[test]
fn places_in_a_hardened_game_lead_back_to_what_the_user_sees() {
    let page = "<!doctype html><html lang=en><head><meta charset=utf-8><title>x</title></head>\
        <body><canvas></canvas><button onclick=\"go()\">x</button>\n<script>function go() {}\n\
        boom();</script></body></html>";
    let game = vet(HtmlSource::new(page)).unwrap();
    let at = game.html().find("boom()").unwrap();
    let (repaired, original) = game.to_source_offsets(at).unwrap();
    assert!(game.source().get(repaired..).unwrap().starts_with("boom()"));
    assert!(page.get(original..).unwrap().starts_with("boom()"));
    let guard = game.html().find("By codeagent").unwrap();
    assert_eq!(game.to_source_offsets(guard), None);
    drop(Arc::new(game));
}

#[test]
fn a_broken_game_stays_on_show_though_the_next_one_is_to_be_new() {
    let mut replay = made(playing());
    replay.act(Action::NewGame).done();
    replay.news(verdict(vec![error("ReferenceError: hp is not defined")]));
    assert_eq!(replay.done(), [""; 0], "its user has left it: nothing is spent on it unasked");
    assert!(replay.job().is_broken() && replay.job().current.result.is_some());
    assert!(replay.state.current.is_none());
    // It can be mended all the same, and what is mended is this game.
    replay.act(Action::job(JobAction::Fix));
    let [Effect::Start(_, Task::Job(JobTask::Ask(request)))] = replay.effects() else {
        panic!("nothing asked")
    };
    let Some(ChatTurn::User(asked)) = request.turns.first() else { panic!("no question") };
    assert!(asked.contains("hp is not defined") && asked.contains(GAME));
    replay.done();
    replay.hears("blocks").news(replied()).news(passed(GAME)).news(saved("bats-2.html"));
    replay.news(verdict(Vec::new())).done();
    assert_eq!(replay.job().current.play_test.fixed.as_ref().unwrap().outcome, FixOutcome::Fixed);
    assert!(replay.state.current.is_none(), "the next prompt still makes a new game");
}

#[test]
fn a_new_game_asked_for_while_one_is_made_is_a_new_game() {
    let mut replay = Replay::new(plan());
    replay.generate("bats at night").act(Action::NewGame).done();
    replay.generate("owls");
    let [Effect::Start(_, Task::Job(JobTask::Ask(request)))] = replay.effects() else {
        panic!("nothing asked")
    };
    assert!(!request.system.contains("SEARCH"), "it changes nothing: {}", request.system);
    replay.done();
    replay.replies(GAME).news(passed(GAME)).news(saved("owls.html")).done();
    assert!(replay.state.current.is_some(), "and what comes next changes it");
}
