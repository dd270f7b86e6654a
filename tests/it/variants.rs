//! One prompt, several games: one after the other, side by side, one is kept.

use codeagent::app::picker::PickerValue;
use codeagent::app::{
    Action, Effect, Engine, JobEvent, JobTask, PickerKind, SaveReport, SessionPlan, Task,
    VariantMode,
};
use codeagent::compose::{Composition, GameTheme, compose, compose_change};
use codeagent::inference::{ErrorCause, Outcome, PermanentCause, Reply, TokenUsage};
use codeagent::library::{GameId, VersionId};
use insta::assert_snapshot;

use crate::replay::{GAME, Replay, passed, plan};
use crate::screens::{alt, draw, screens, ui};

fn kept(game: i64, number: u32) -> JobEvent {
    let version = VersionId { game: GameId(game), number };
    JobEvent::Saved(Ok(SaveReport {
        path: Some(format!("bats-{number}.html").into()),
        version: Some(Ok(version)),
    }))
}

/// The job on show becomes a game.
fn finish(replay: &mut Replay, game: i64, number: u32) {
    let usage = Some(TokenUsage { prompt_tokens: 700, completion_tokens: 4_000 });
    replay.later(2).hears(GAME);
    replay.later(9).news(JobEvent::Ended(Outcome::Replied(Reply { usage, ..Reply::default() })));
    replay.news(passed(GAME)).news(kept(game, number));
}

fn begun(models: Vec<Option<String>>) -> Replay {
    let mut replay = Replay::new(
        plan().with(|job| job.terms.model = "Qwen/Qwen3-Coder-30B-A3B-Instruct".into()),
    );
    replay.act(Action::Vary("bats".into(), models, VariantMode::Choice));
    replay
}

#[test]
fn they_are_made_one_after_the_other_and_one_is_kept() {
    let mut replay = begun(vec![None; 3]);
    assert_eq!(replay.done(), ["ask"]);
    finish(&mut replay, 7, 1);
    assert_eq!(replay.done(), ["vet reply", "save", "ask"], "the next begins by itself");
    finish(&mut replay, 8, 1);
    finish(&mut replay, 9, 1);
    assert!(!replay.state.is_busy());
    let mut ui = ui(&replay);
    alt(&mut ui, &mut replay, "4");
    assert_snapshot!(screens(&mut ui, &replay));
    replay.act(Action::StepJob(1)).act(Action::StepJob(1));
    let version = |replay: &Replay| replay.state.current.as_ref().unwrap().version.unwrap();
    assert_eq!(
        version(&replay).game,
        GameId(8),
        "around the end, what is shown is what is changed"
    );
    replay.act(Action::KeepVariant);
    assert!(replay.state.variants.is_none());
    let notice = &replay.state.dialogs.notice.as_ref().unwrap().text;
    assert_eq!(notice, "kept variant 2; in the library: 7.1, 9.1");
    replay.done();
    replay.generate("faster");
    assert_eq!(
        replay.job().current.conversation.base.as_ref().unwrap().version.unwrap().game,
        GameId(8)
    );
}

#[test]
fn the_prompt_makes_room_when_its_first_variant_is_there() {
    let mut replay = Replay::new(plan());
    let mut ui = ui(&replay);
    ui.paste_text("bats");
    replay.act(Action::Edited("bats".into())).act(Action::Vary(
        "bats".into(),
        vec![None; 2],
        VariantMode::Choice,
    ));
    finish(&mut replay, 7, 1);
    assert!(replay.state.is_busy(), "the next is made");
    draw(&mut ui, &replay, (80, 24));
    assert_eq!((ui.prompt_text().as_str(), replay.state.draft.text.as_str()), ("", ""));
}

#[test]
fn one_is_looked_at_while_another_is_made() {
    let mut replay = begun(vec![Some("acme/a".into()), Some("acme/b".into())]);
    assert_eq!(replay.job().current.request.model, "acme/a");
    finish(&mut replay, 7, 1);
    assert_eq!(replay.job().current.request.model, "acme/b");
    let at_work = replay.job().id;
    replay.act(Action::StepJob(-1)).hears("```html\n<!doctype html>");
    assert_eq!(replay.job().id, at_work);
    assert_ne!(replay.state.shown().unwrap().revision().0, at_work);
    let mut ui = ui(&replay);
    alt(&mut ui, &mut replay, "4");
    assert_snapshot!(draw(&mut ui, &replay, (120, 30)));
    replay.act(Action::KeepVariant);
    assert!(replay.state.variants.is_some(), "not while they are made");
    replay.act(Action::StepJob(1));
    assert_eq!(replay.state.shown().unwrap().revision().0, at_work);
}

#[test]
fn variants_of_a_change_all_begin_from_the_same_game() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").replies(GAME).news(passed(GAME)).news(kept(7, 1));
    replay.act(Action::Vary("faster".into(), vec![None; 2], VariantMode::Choice));
    let base =
        |replay: &Replay| replay.job().current.conversation.base.as_ref().unwrap().version.unwrap();
    assert_eq!(base(&replay).number, 1);
    finish(&mut replay, 7, 2);
    assert_eq!(base(&replay).number, 1);
    finish(&mut replay, 7, 3);
    replay.act(Action::StepJob(1)).done();
    replay.act(Action::KeepVariant);
    assert_eq!(replay.done(), ["make current"], "undo goes back from the one that was kept");
}

#[test]
fn what_would_fail_again_is_not_asked_again() {
    let mut replay = begun(vec![None; 4]);
    replay.fails(ErrorCause::Permanent(PermanentCause::BadToken));
    assert!(!replay.state.is_busy());
    assert_eq!(replay.state.variants.as_ref().unwrap().slots.len(), 1);
    let mut replay = begun(vec![None; 4]);
    replay.act(Action::Stop).act(Action::Stop);
    assert!(!replay.state.is_busy());
    let mut replay = begun(vec![None; 2]);
    replay.replies("I cannot do that.").news(JobEvent::Vetted(
        codeagent::app::VettingOutcome::Nothing(codeagent::game::ExtractError::Prose),
    ));
    replay.news(JobEvent::DraftKept(Ok("d.txt".into())));
    assert!(replay.state.is_busy(), "another answer may be better");
}

#[test]
fn the_composer_draws_other_numbers_for_each() {
    let plan = plan().with(|job| {
        job.engine = Engine::Offline;
        job.seed = 5;
    });
    let mut replay = Replay::new(plan);
    replay.act(Action::Vary("snake".into(), vec![None; 2], VariantMode::Choice));
    let mut pages = Vec::new();
    for number in 1..=2 {
        let Some(Effect::Start(_, Task::Job(JobTask::Compose { prompts, seed, theme, .. }))) =
            replay.effects().last()
        else {
            panic!("it is composed")
        };
        let composition: Composition = compose_change(prompts, *seed, *theme);
        let page = composition.source.text().to_owned();
        replay
            .news(JobEvent::Composed(Box::new(composition)))
            .news(passed(&page))
            .news(kept(number, 1));
        pages.push(page);
    }
    assert_eq!(pages.len(), 2);
    assert_ne!(pages[0], pages[1]);
    assert_eq!(pages[1], compose("snake", 6, GameTheme::Spooky).source.text());
}

#[test]
fn how_many_is_chosen_from_a_list() {
    let models = vec!["acme/a".to_owned(), "acme/b".to_owned()];
    let mut replay = Replay::new(SessionPlan { variant_models: models, ..plan() });
    replay.act(Action::Pick(PickerKind::Variants));
    let picker = replay.state.dialogs.picker.as_ref().unwrap();
    let labels: Vec<_> = picker.items.iter().flatten().map(|item| item.label.as_str()).collect();
    assert_eq!(
        labels,
        [
            "2 variants",
            "3 variants",
            "4 variants",
            "2 variants, one from each model",
            "3 at once, the first that plays",
        ]
    );
    let last = &picker.items.as_ref().unwrap()[3];
    assert_eq!(
        last.value,
        PickerValue::Variants(
            vec![Some("acme/a".into()), Some("acme/b".into())],
            VariantMode::Choice
        )
    );
    replay.act(Action::Narrow("4 var".into()));
    let narrowed = replay.state.dialogs.picker.as_ref().unwrap().items.as_ref().unwrap();
    assert_eq!(narrowed.len(), 1);
    assert!(replay.done().is_empty(), "the library is not asked");
}
