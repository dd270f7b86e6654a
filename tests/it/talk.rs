//! Does the machine ask again where an answer does not do? Events in, effects out.

use std::sync::Arc;

use codeagent::app::{
    Action, BaseVersion, CutOffReason, Effect, Engine, GamePage, JobError, JobEvent, JobTask,
    OpenPurpose, OpenedVersion, SaveReport, SessionEvent, SessionPlan, SessionTask, Task,
    VersionRef, VettingOutcome,
};
use codeagent::game::{BlockMismatch, ExtractError, HtmlSource, UnmatchedBlock, vet};
use codeagent::inference::{
    ChatTurn, ErrorCause, FinishReason, InferenceError, Outcome, PermanentCause, Reply, TokenUsage,
    TransientCause,
};
use codeagent::library::{GameId, VersionId, VersionParent};

use crate::replay::{GAME, Replay, passed, plan, saved};

fn cut() -> JobEvent {
    JobEvent::Ended(Outcome::Replied(Reply { finish: FinishReason::Length, ..Reply::default() }))
}

fn version(number: u32) -> VersionId {
    VersionId { game: GameId(4), number }
}

/// A machine that changes a game.
fn changing(plan: SessionPlan) -> Replay {
    let mut replay = Replay::new(plan);
    replay.state.current = Some(Arc::new(BaseVersion {
        key: None,
        version: Some(version(2)),
        title: "Bats".into(),
        source: GAME.into(),
        prompts: vec!["bats".into(), "more of them".into()],
        seed: Some(9),
    }));
    replay
}

fn unmatched() -> JobEvent {
    let block = UnmatchedBlock { number: 2, why: BlockMismatch::Ambiguous(3) };
    JobEvent::Vetted(VettingOutcome::Unmatched(vec![block]))
}

/// The turns of the request that was sent last.
fn turns(replay: &Replay) -> Vec<&str> {
    let turns = replay.job().current.request.turns.iter();
    turns
        .map(|turn| match turn {
            ChatTurn::User(words) | ChatTurn::Model(words) => words.as_str(),
        })
        .collect()
}

#[test]
fn an_answer_that_was_cut_off_goes_on_twice_at_most() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").hears("<html>1").news(cut());
    assert_eq!(replay.done(), ["ask", "ask"]);
    assert_eq!(turns(&replay)[..2], ["bats", "<html>1"]);
    replay.hears("1\n2").news(cut());
    assert_eq!(replay.done(), ["stitch"]);
    replay.news(JobEvent::Stitched("<html>1\n2".into()));
    assert_eq!((replay.done(), turns(&replay).len()), (vec!["ask"], 3));
    assert_eq!(turns(&replay)[1], "<html>1\n2");
    replay.hears("2\n3").news(cut()).news(JobEvent::Stitched("<html>1\n2\n3".into()));
    assert_eq!(replay.done(), ["stitch", "keep draft"]);
    assert_eq!(*replay.failure(), JobError::CutOff(CutOffReason::Length));
    assert_eq!(replay.job().current.reply.raw(), "<html>1\n2\n3");
}

#[test]
fn a_joined_answer_is_checked_like_any_other() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").hears("<html>").news(cut()).replies("<p>");
    replay.news(JobEvent::Stitched(GAME.into())).news(passed(GAME)).news(saved("bats.html"));
    assert_eq!(replay.done(), ["ask", "ask", "stitch", "vet reply", "save"]);
    assert!(matches!(replay.job().current.result, Some(Ok(_))));
}

#[test]
fn a_document_without_an_end_goes_on_as_well() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").replies("<html>").news(JobEvent::Vetted(VettingOutcome::Cut));
    assert_eq!(replay.done(), ["ask", "vet reply", "ask"]);
}

#[test]
fn a_continuation_that_brings_nothing_ends_with_the_first_part_as_a_draft() {
    let mut replay = Replay::new(plan());
    let reset = InferenceError::local(ErrorCause::Transient(TransientCause::Dropped), "gone");
    replay.generate("bats").hears("<html>").news(JobEvent::Ended(Outcome::Interrupted(reset)));
    replay.fails(ErrorCause::Permanent(PermanentCause::NoCredits));
    assert_eq!(replay.done(), ["ask", "ask", "keep draft"]);
    assert_eq!((replay.failure().exit_code(), replay.job().current.reply.raw()), (6, "<html>"));
}

#[test]
fn all_questions_of_a_job_are_counted() {
    let mut replay = Replay::new(plan());
    let usage = Some(TokenUsage { prompt_tokens: 10, completion_tokens: 5 });
    let ended =
        |finish| JobEvent::Ended(Outcome::Replied(Reply { finish, usage, ..Reply::default() }));
    replay.generate("bats").hears("<html>").news(ended(FinishReason::Length));
    replay.hears("</html>").news(ended(FinishReason::Complete));
    let both = TokenUsage { prompt_tokens: 20, completion_tokens: 10 };
    assert_eq!(replay.job().current.answer.usage, Some(both));
}

#[test]
fn blocks_that_do_not_fit_come_again_and_then_the_whole_game() {
    let mut replay = changing(plan());
    replay.generate("faster");
    assert!(turns(&replay)[0].contains(GAME) && turns(&replay)[0].ends_with("faster"));
    replay.replies("blocks").news(unmatched());
    assert_eq!(replay.done(), ["ask", "vet reply", "ask"]);
    assert_eq!((turns(&replay).len(), turns(&replay)[1]), (3, "blocks"));
    assert!(turns(&replay)[2].contains("Block 2: its SEARCH lines are in the file 3 times."));
    replay.replies("other blocks").news(unmatched());
    assert_eq!((replay.done(), turns(&replay).len()), (vec!["vet reply", "ask"], 1));
    assert!(turns(&replay)[0].ends_with("Answer with the whole changed file."));
    replay.replies("blocks again").news(unmatched());
    assert_eq!(replay.done(), ["vet reply", "keep draft"]);
    assert_eq!(replay.failure().exit_code(), 7);
    assert_eq!(replay.state.current.as_ref().unwrap().version, Some(version(2)), "it is as it was");
}

#[test]
fn an_answer_without_a_change_is_asked_for_as_a_whole_game() {
    let mut replay = changing(plan());
    replay
        .generate("faster")
        .replies("Sure!")
        .news(JobEvent::Vetted(VettingOutcome::Nothing(ExtractError::Prose)));
    assert_eq!(replay.done(), ["ask", "vet reply", "ask"]);
    replay.replies("Sure!").news(JobEvent::Vetted(VettingOutcome::Nothing(ExtractError::Prose)));
    assert_eq!(*replay.failure(), JobError::NoGame(ExtractError::Prose));
}

#[test]
fn a_game_that_comes_back_as_it_was_is_no_version_and_is_asked_for_anew() {
    let mut replay = changing(plan().with(|job| job.budget.tries = 2));
    replay.generate("faster").replies("the page").news(JobEvent::Vetted(VettingOutcome::Unchanged));
    let kept = || JobEvent::DraftKept(Ok("faster.txt".into()));
    replay.news(kept());
    assert_eq!(replay.done(), ["ask", "vet reply", "keep draft", "ask"]);
    assert!(turns(&replay)[0].contains("was the game as it was"), "{:?}", turns(&replay));
    replay.replies("the page").news(JobEvent::Vetted(VettingOutcome::Unchanged));
    assert_eq!(*replay.failure(), JobError::Unchanged);
    assert_eq!(replay.failure().exit_code(), 7);
    assert_eq!(replay.state.current.as_ref().unwrap().version, Some(version(2)), "it is as it was");
}

#[test]
fn a_changed_game_is_the_next_version_and_the_next_to_be_changed() {
    let mut replay = changing(plan());
    let kept = JobEvent::Saved(Ok(SaveReport { path: None, version: Some(Ok(version(3))) }));
    replay.generate("faster").replies("blocks").news(passed(GAME));
    let [.., Effect::Start(_, Task::Job(JobTask::Save { keep, .. }))] = replay.effects() else {
        panic!("it is not saved")
    };
    assert_eq!(keep.place, VersionParent::After(version(2)));
    let changed = replay.news(kept).state.current.clone().unwrap();
    assert_eq!((changed.version, changed.seed), (Some(version(3)), None));
    assert_eq!(changed.prompts, ["bats", "more of them", "faster"]);
    replay.act(Action::NewGame).generate("owls");
    assert_eq!(turns(&replay), ["owls"]);
}

#[test]
fn the_composer_changes_its_own_games_and_no_others() {
    let offline = || plan().with(|job| job.engine = Engine::Offline);
    let mut replay = changing(offline());
    replay.generate("faster");
    let [Effect::Start(_, Task::Job(JobTask::Compose { prompts, seed: 9, .. }))] = replay.effects()
    else {
        panic!("nothing is composed")
    };
    assert_eq!(*prompts, ["bats", "more of them", "faster"]);
    let mut replay = changing(offline());
    let other = BaseVersion { seed: None, ..replay.state.current.as_deref().unwrap().clone() };
    replay.state.current = Some(Arc::new(other));
    assert_eq!(replay.generate("faster").failure(), &JobError::NotComposed);
}

#[test]
fn versions_are_stepped_through_without_a_request() {
    let mut replay = changing(plan());
    replay.act(Action::Undo);
    let [Effect::Start(_, Task::Session(SessionTask::Open(VersionRef::Undo(GameId(4)))))] =
        replay.effects()
    else {
        panic!("nothing is opened")
    };
    let base =
        BaseVersion { version: Some(version(1)), title: "Bats".into(), ..BaseVersion::default() };
    let product = GamePage::Vetted(Arc::new(vet(HtmlSource::new(GAME)).unwrap()));
    let opened = OpenedVersion {
        base: Arc::new(base),
        product,
        played: None,
        purpose: OpenPurpose::Change,
        transcript: Vec::new(),
    };
    replay.answers(SessionEvent::Opened(Ok(Box::new(opened))));
    let shown = replay.state.shown().unwrap();
    assert_eq!((shown.source(), shown.job().is_none()), (Some(GAME), true), "it is no job");
    assert!(shown.is_done() && replay.state.dialogs.notice.is_some());
    assert_eq!(replay.state.current.as_ref().unwrap().version, Some(version(1)));
    let mut replay = Replay::new(plan());
    assert_eq!(replay.act(Action::Redo).done(), [""; 0], "there is nothing to step through");
}
