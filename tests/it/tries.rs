//! A prompt is tried until a game plays or the budget is used: as events and effects.

use std::sync::Arc;

use codeagent::app::{
    Action, AutoPlayTest, Effect, Event, JobAction, JobError, JobEvent, JobTask, SaveReport,
    SessionPlan, SessionTask, StopReason, Task, TryGrade, TryKind, VettingOutcome,
};
use codeagent::game::{ExtractError, HtmlSource, vet};
use codeagent::inference::sampling::LOCAL_SAMPLING;
use codeagent::inference::{
    ChatTurn, CompletionRequest, ErrorCause, FinishReason, InferenceError, ModelPrices, Outcome,
    PermanentCause, Price, Reply, RequestAdjustment, TokenUsage,
};
use codeagent::library::{GameId, VersionId};
use codeagent::play::{PlayChecks, PlayProblem, PlayProblemKind};

use crate::fixing::verdict_of;
use crate::replay::{GAME, Replay, passed, plan};
use crate::steps::Chance;

/// A price at which a try of these tests costs a tenth of a cent.
const PRICE: Price = Price { input: 0.5, output: 0.5 };
const USAGE: TokenUsage = TokenUsage { prompt_tokens: 1_000, completion_tokens: 1_000 };

fn free() -> SessionPlan {
    plan().with(|job| {
        job.play_test = AutoPlayTest::On;
        job.terms.prices = Some(ModelPrices::new(Some(PRICE), Vec::new()));
        job.budget.tries = 6;
    })
}

/// What a scripted model and browser make of one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scripted {
    Prose,
    Refused,
    Broken(&'static str),
    Dead,
    Plays,
}

impl Scripted {
    fn grade(self) -> TryGrade {
        match self {
            Self::Prose => TryGrade::NoGame,
            Self::Refused => TryGrade::Refused,
            Self::Broken(_) => TryGrade::Broken,
            Self::Dead => TryGrade::Loads,
            Self::Plays => TryGrade::Responds,
        }
    }
}

fn played(scripted: Scripted) -> JobEvent {
    let good = PlayChecks { responds: Some(true), ..PlayChecks::default() };
    match scripted {
        Scripted::Broken(message) => verdict_of(
            PlayChecks { loads: Some(false), ..good },
            vec![PlayProblem::new(PlayProblemKind::Error, message)],
        ),
        Scripted::Dead => verdict_of(PlayChecks { responds: Some(false), ..good }, Vec::new()),
        Scripted::Plays | Scripted::Prose | Scripted::Refused => verdict_of(good, Vec::new()),
    }
}

/// One try goes through: asked, answered, checked, saved, played.
fn run(replay: &mut Replay, scripted: Scripted) {
    let number = u32::try_from(replay.job().tries.ended().len()).unwrap() + 1;
    let answer = Reply { usage: Some(USAGE), ..Reply::default() };
    replay.hears("x").news(JobEvent::Ended(Outcome::Replied(answer)));
    match scripted {
        Scripted::Prose => {
            let nothing = VettingOutcome::Nothing(ExtractError::Prose);
            replay.news(JobEvent::Vetted(nothing));
            replay.news(JobEvent::DraftKept(Ok(format!("draft-{number}.txt").into())));
        }
        Scripted::Refused => {
            let page = GAME.replace("1)", "eval('1'))");
            let refused = Arc::new(vet(HtmlSource::new(page)).unwrap_err());
            replay.news(JobEvent::Vetted(VettingOutcome::Refused(refused)));
            replay.news(JobEvent::DraftKept(Ok(format!("draft-{number}.txt").into())));
        }
        Scripted::Broken(_) | Scripted::Dead | Scripted::Plays => {
            replay.news(passed(GAME));
            let version = VersionId { game: GameId(7), number };
            replay.news(JobEvent::Saved(Ok(SaveReport {
                path: Some(format!("game-{number}.html").into()),
                version: Some(Ok(version)),
            })));
            replay.news(played(scripted));
        }
    }
}

fn asked(replay: &Replay) -> String {
    let Some(Effect::Start(_, Task::Job(JobTask::Ask(request)))) = replay
        .effects()
        .iter()
        .rev()
        .find(|it| matches!(it, Effect::Start(_, Task::Job(JobTask::Ask(_)))))
    else {
        panic!("nothing is asked")
    };
    let turns = request.turns.iter().map(|turn| match turn {
        ChatTurn::User(text) | ChatTurn::Model(text) => text.as_str(),
    });
    turns.collect::<Vec<_>>().join("\n")
}

fn kinds(replay: &Replay) -> Vec<TryKind> {
    replay.job().tries.ended().iter().map(|ended| ended.kind).collect()
}

#[test]
fn it_is_tried_until_a_game_plays() {
    let mut replay = Replay::new(free());
    replay.generate("bats at night");
    run(&mut replay, Scripted::Prose);
    assert_eq!(asked(&replay).matches("bats at night").count(), 1, "the question again");
    run(&mut replay, Scripted::Broken("TypeError: no"));
    assert!(asked(&replay).contains("TypeError: no"), "what was found");
    run(&mut replay, Scripted::Broken("TypeError: no"));
    run(&mut replay, Scripted::Dead);
    assert!(asked(&replay).contains("answers nothing"), "that it is dead");
    run(&mut replay, Scripted::Plays);
    assert!(replay.job().is_done());
    let expected = [TryKind::First, TryKind::Anew, TryKind::Fix, TryKind::Anew, TryKind::WakeUp];
    assert_eq!(kinds(&replay), expected);
    assert_eq!(replay.job().game().unwrap().path.as_deref().unwrap().to_str(), Some("game-5.html"));
    assert_eq!(replay.job().usage().unwrap().completion_tokens, 5_000);
    assert_eq!(replay.job().prompt.text(), "bats at night");
    let recorded: Vec<_> = replay.recorded.iter().map(|it| (&*it.kind, &*it.grade)).collect();
    let expected = [
        ("first", "no game"),
        ("anew", "broken"),
        ("fix", "broken"),
        ("anew", "loads"),
        ("wake-up", "responds"),
    ];
    assert_eq!(recorded, expected, "what the model came to is remembered");
    assert!(replay.recorded.iter().all(|it| it.job == replay.recorded[0].job));
    let line = replay.job().tries_line().unwrap();
    assert_eq!(line, "try 5 of 6 · best: responds · 10000 tokens · $0.0050");
}

/// The request that was begun last.
fn last_request(replay: &Replay) -> CompletionRequest {
    let asked = replay.effects().iter().rev().find_map(|effect| match effect {
        Effect::Start(_, Task::Job(JobTask::Ask(request))) => Some(request.as_ref().clone()),
        _ => None,
    });
    asked.expect("something was asked")
}

#[test]
fn a_question_that_is_asked_anew_says_why_and_is_sampled_otherwise() {
    let local = LOCAL_SAMPLING;
    let mut replay = Replay::new(free().with(|job| job.terms.sampling = local));
    replay.generate("bats at night");
    assert_eq!(last_request(&replay).sampling, local);
    run(&mut replay, Scripted::Prose);
    assert!(asked(&replay).contains("no complete HTML document"), "{}", asked(&replay));
    let second = last_request(&replay).sampling;
    assert!(second.seed.is_some() && second.temperature != local.temperature);
    run(&mut replay, Scripted::Broken("TypeError: no"));
    run(&mut replay, Scripted::Broken("TypeError: no"));
    let (words, third) = (asked(&replay), last_request(&replay).sampling);
    assert!(words.starts_with("bats at night\n\nAn earlier answer failed"), "{words}");
    assert!(words.contains("TypeError: no"));
    assert_ne!(third.seed, second.seed);
    run(&mut replay, Scripted::Dead);
    run(&mut replay, Scripted::Dead);
    assert!(asked(&replay).contains("answered no key and no click"), "{}", asked(&replay));
}

#[test]
fn a_repetition_is_told_and_punished() {
    let mut replay = Replay::new(free().with(|job| job.terms.sampling = LOCAL_SAMPLING));
    replay.generate("bats at night");
    let answer = Reply { finish: FinishReason::Repetition { start: 5 }, ..Reply::default() };
    replay.hears("<p>\n<p>\n<p>\n").news(JobEvent::Ended(Outcome::Replied(answer)));
    replay.news(JobEvent::DraftKept(Ok("draft.txt".into())));
    assert!(asked(&replay).contains("repeated the same lines"), "{}", asked(&replay));
    assert!(last_request(&replay).sampling.repeat_penalty > LOCAL_SAMPLING.repeat_penalty);
}

#[test]
fn what_a_server_refuses_is_asked_once_and_never_again_in_a_session() {
    let mut replay = Replay::new(free().with(|job| job.terms.sampling = LOCAL_SAMPLING));
    replay.generate("bats at night");
    for name in ["repeat_penalty", "temperature"] {
        let mut trouble =
            InferenceError::local(ErrorCause::Permanent(PermanentCause::Rejected), "no");
        let names = vec![name.to_owned()];
        trouble.adjustment = Some(RequestAdjustment::OmitParameters(names));
        replay.news(JobEvent::Ended(Outcome::Failed(trouble)));
        assert!(last_request(&replay).omitted_parameters.iter().any(|it| it == name));
    }
    run(&mut replay, Scripted::Prose);
    assert_eq!(last_request(&replay).omitted_parameters, ["repeat_penalty", "temperature"]);
}

#[test]
fn the_best_is_kept_when_what_follows_is_worse() {
    let mut replay = Replay::new(free());
    replay.generate("bats");
    run(&mut replay, Scripted::Dead);
    for _ in 0..5 {
        run(&mut replay, Scripted::Prose);
    }
    let job = replay.job();
    assert!(job.is_done());
    assert_eq!(job.stop_reason, Some(StopReason::Tries));
    assert_eq!(job.game().unwrap().version.unwrap().number, 1, "the one that loads");
    assert!(job.played().unwrap().contains("no response"));
    let base = replay.state.current.as_ref().unwrap();
    assert_eq!(base.version.unwrap().number, 1, "and that is what the next prompt changes");
}

#[test]
fn the_library_goes_on_from_the_best_version() {
    let mut replay = Replay::new(free().with(|job| job.budget.tries = 2));
    replay.generate("bats");
    run(&mut replay, Scripted::Dead);
    run(&mut replay, Scripted::Broken("a"));
    let made_current = replay.effects().iter().any(|effect| {
        matches!(effect, Effect::Start(_, Task::Session(SessionTask::MakeCurrent(version)))
            if version.number == 1)
    });
    assert!(made_current);
}

#[test]
fn a_paid_budget_ends_and_the_user_may_add_to_it() {
    let mut replay = Replay::new(free().with(|job| job.budget.tries = 2));
    replay.generate("bats");
    run(&mut replay, Scripted::Broken("a"));
    run(&mut replay, Scripted::Broken("b"));
    assert!(replay.job().is_done());
    assert_eq!(replay.job().stop_reason, Some(StopReason::Tries));
    replay.done();
    assert_eq!(replay.act(Action::job(JobAction::Fix)).done(), ["ask"]);
    run(&mut replay, Scripted::Plays);
    assert!(replay.job().is_done() && !replay.job().can_be_better());
    assert_eq!(replay.job().tries.ended().len(), 3);
}

#[test]
fn a_budget_of_tokens_is_never_passed() {
    let mut replay = Replay::new(free().with(|job| job.budget.tokens = Some(4_500)));
    replay.generate("bats at night");
    let first = last_request(&replay).max_tokens;
    assert!((3_000..4_500).contains(&first), "the question takes some: {first}");
    run(&mut replay, Scripted::Prose);
    let second = last_request(&replay).max_tokens;
    assert!((1_000..2_500).contains(&second), "what is left: {second}");
    run(&mut replay, Scripted::Broken("TypeError: no"));
    let job = replay.job();
    assert!(job.is_done(), "{:?}", job.current.phase);
    assert!(job.usage().unwrap().completion_tokens <= 4_500);
    assert_eq!(job.tries.best(), Some(TryGrade::Broken), "the best is kept");
}

#[test]
fn a_prompt_without_any_game_can_be_asked_again() {
    let mut replay = Replay::new(free().with(|job| job.budget.tries = 1));
    replay.generate("bats");
    run(&mut replay, Scripted::Prose);
    assert!(matches!(replay.failure(), JobError::NoGame(_)));
    replay.act(Action::job(JobAction::Fix));
    run(&mut replay, Scripted::Plays);
    assert!(replay.job().game().is_some());
}

#[test]
fn stopping_keeps_the_best_and_asks_nothing_more() {
    let mut replay = Replay::new(free());
    replay.generate("bats");
    run(&mut replay, Scripted::Broken("a"));
    replay.hears("some").done();
    replay.act(Action::job(JobAction::Stop));
    replay.news(JobEvent::DraftKept(Ok("draft.txt".into())));
    assert!(replay.job().is_done() && replay.job().is_broken());
    assert!(!replay.done().contains(&"ask"));
    assert!(replay.later(600).done().is_empty());
}

#[test]
fn who_goes_on_to_something_else_spends_nothing_more() {
    let mut replay = Replay::new(free());
    replay.generate("bats").act(Action::NewGame).done();
    run(&mut replay, Scripted::Broken("a"));
    assert!(replay.job().is_done());
    assert_eq!(replay.job().stop_reason, Some(StopReason::Left));
    let mut replay = Replay::new(free());
    replay.generate("bats").generate("faster");
    run(&mut replay, Scripted::Broken("a"));
    assert!(asked(&replay).contains("faster"), "the next prompt comes first");
}

#[test]
fn a_file_is_replaced_by_a_better_game_only() {
    let mut replay = Replay::new(
        free().with(|job| job.saving = codeagent::app::SaveTarget::File("mine.html".into())),
    );
    replay.generate("bats");
    run(&mut replay, Scripted::Dead);
    replay.done();
    run(&mut replay, Scripted::Dead);
    assert!(!replay.done().contains(&"overwrite"));
}

/// A script that is drawn from a seed.
trait ScriptedChance {
    fn scripted(&mut self) -> Scripted;
}

impl ScriptedChance for Chance {
    fn scripted(&mut self) -> Scripted {
        match self.below(8) {
            0 | 1 => Scripted::Prose,
            2 => Scripted::Refused,
            3 => Scripted::Broken("a"),
            4 => Scripted::Broken("b"),
            5 | 6 => Scripted::Dead,
            _ => Scripted::Plays,
        }
    }
}

/// `CODEAGENT_RUNS` sets how many; 10,000 take some minutes in a debug build.
#[test]
fn every_run_ends_within_its_budget_in_the_best_of_its_tries() {
    let runs = std::env::var("CODEAGENT_RUNS").ok().and_then(|text| text.parse().ok());
    for seed in 0..runs.unwrap_or(300_u64) {
        one_run(seed);
    }
}

fn one_run(seed: u64) {
    let mut chance = Chance(seed);
    let tries = u32::try_from(chance.below(6)).unwrap() + 1;
    let mut replay = Replay::new(free().with(|job| job.budget.tries = tries));
    replay.generate("bats");
    let stops_at = chance.below(12);
    let mut best = None;
    let mut count = 0;
    while !replay.job().is_done() {
        if count as usize == stops_at {
            replay.done();
            replay.act(Action::job(JobAction::Stop));
            assert!(!replay.done().contains(&"ask"), "{seed}: a request after the stop");
            replay.event(Event::TimerFired);
            break;
        }
        let scripted = chance.scripted();
        best = best.max(Some(scripted.grade()));
        run(&mut replay, scripted);
        count += 1;
        assert!(count <= tries, "{seed}: more tries than the budget");
    }
    let job = replay.job();
    assert!(job.is_done(), "{seed}");
    let told = job.usd().unwrap_or_default();
    assert!((told - f64::from(count) * 0.001).abs() < 1e-9, "{seed}: told {told}, {count} tries");
    let spent = replay.state.shared.counters.spent_usd().unwrap_or_default();
    assert!((spent - told).abs() < 1e-9, "{seed}: counted {spent}, told {told}");
    match best.filter(|grade| *grade >= TryGrade::Broken) {
        None => assert!(job.game().is_none(), "{seed}"),
        Some(grade) => {
            let shown = job.verdict().map(|verdict| TryGrade::from(verdict.grade()));
            assert_eq!(shown, Some(grade), "{seed}");
        }
    }
    let ends_well =
        best == Some(TryGrade::Responds) || count == tries || count as usize == stops_at;
    assert!(ends_well, "{seed}: it gave up early");
}

#[test]
fn the_screen_lists_what_was_tried() {
    let mut replay = Replay::new(free());
    replay.generate("bats at night");
    run(&mut replay, Scripted::Prose);
    run(&mut replay, Scripted::Broken("TypeError: bat is undefined"));
    replay.hears("```html\n<!doctype html>\n");
    let mut ui = crate::screens::ui(&replay);
    insta::assert_snapshot!(
        "tries_in_the_screen",
        crate::screens::draw(&mut ui, &replay, (100, 30))
    );
}
