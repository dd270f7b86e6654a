//! The knobs of a game in the screen: they are listed, turned, typed and tried, and stay where they
//! were put when the composer is asked for more.

use codeagent::app::{Effect, JobEvent, JobTask, KnobPanel, SaveReport, Task, keep_turned};
use codeagent::compose::{GameTheme, compose, compose_change, kind_prompts};
use codeagent::library::{GameId, VersionId};
use codeagent::tui::UiState;
use crossterm::event::{KeyCode, KeyModifiers};

use crate::replay::{GAME, Replay, passed, plan};
use crate::screens::{alt, draw, ui};
use crate::tabs::{key, letters, press, with};

const WIDE: (u16, u16) = (100, 30);

/// A game with two constants, a colour and a state, of which a model's answer is made.
fn game() -> String {
    let script = "<script>const SPEED = 1.5; // how fast\nconst LIVES = 3, INK = '#ff0000'; let score = 0; score += LIVES;\n";
    GAME.replacen("<script>", script, 1)
}

fn with_a_game(page: &str) -> (Replay, UiState) {
    let mut replay = Replay::new(plan());
    let ui = ui(&replay);
    replay.generate("bats").replies(page).news(passed(page));
    let version = VersionId { game: GameId(4), number: 1 };
    let saved = SaveReport { path: Some("bats.html".into()), version: Some(Ok(version)) };
    replay.news(JobEvent::Saved(Ok(saved))).later(1).done();
    (replay, ui)
}

#[test]
fn knobs_are_turned_by_keys_and_tried_as_a_version() {
    let page = game();
    let (mut replay, mut ui) = with_a_game(&page);
    alt(&mut ui, &mut replay, "m");
    let right = with(KeyModifiers::SHIFT, ' ');
    press(&mut ui, &mut replay, &[key(KeyCode::Right), key(KeyCode::Down)]);
    press(&mut ui, &mut replay, &letters("25"));
    press(&mut ui, &mut replay, &[key(KeyCode::Enter), key(KeyCode::Down), right]);
    let screen = draw(&mut ui, &replay, WIDE);
    insta::assert_snapshot!(screen);
    // Nothing has been asked for, and nothing is checked before Enter.
    assert!(replay.done().is_empty());
    press(&mut ui, &mut replay, &[key(KeyCode::Enter)]);
    let Some(Effect::Start(_, Task::Job(JobTask::VetSource(source)))) = replay.effects().last()
    else {
        panic!("it is not checked")
    };
    for value in ["SPEED = 1.6;", "LIVES = 25", "INK = '#ff4000'", "let score = 0;"] {
        assert!(source.text().contains(value), "{value}");
    }
    assert_eq!(replay.done(), ["vet source"]);
    let screen = draw(&mut ui, &replay, (140, 30));
    assert!(screen.contains("turned: SPEED 1.5 → 1.6, LIVES 3 → 25"), "{screen}");
}

#[test]
fn what_was_turned_is_not_lost_when_the_list_is_closed() {
    let page = game();
    let (mut replay, mut ui) = with_a_game(&page);
    alt(&mut ui, &mut replay, "m");
    press(&mut ui, &mut replay, &letters("nonsense"));
    press(&mut ui, &mut replay, &[key(KeyCode::Down)]);
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains("nonsense is no value for SPEED"), "{screen}");
    press(&mut ui, &mut replay, &[key(KeyCode::Right), key(KeyCode::Esc)]);
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains("1 knob is turned and not tried; Alt+M shows it again"), "{screen}");
    alt(&mut ui, &mut replay, "m");
    assert!(draw(&mut ui, &replay, WIDE).contains("was 1.5"));
    press(&mut ui, &mut replay, &[key(KeyCode::Backspace), key(KeyCode::Enter)]);
    assert!(draw(&mut ui, &replay, WIDE).contains("no knob is turned yet"));
    assert!(replay.done().is_empty());
}

/// At every size the list is whole and says how it is left.
#[test]
fn knobs_at_every_size() {
    let page = compose("snake with ghosts", 7, GameTheme::Spooky).source.into_text();
    let (mut replay, mut ui) = with_a_game(&page);
    alt(&mut ui, &mut replay, "m");
    for size in [(200, 60), (80, 24), (40, 12)] {
        let screen = draw(&mut ui, &replay, size);
        assert!(screen.contains("GAME.") && screen.contains("Enter tries them"), "{screen}");
    }
    assert!(replay.done().is_empty());
}

#[test]
fn a_page_without_constants_says_so() {
    let (mut replay, mut ui) = with_a_game(GAME);
    alt(&mut ui, &mut replay, "m");
    let screen = draw(&mut ui, &replay, WIDE);
    assert!(screen.contains("no plain number, switch or colour"), "{screen}");
}

/// Every composed game has its settings as knobs, and every knob that is turned is in the next game.
#[test]
fn knobs_of_composed_games_stay_where_they_were_put() {
    for kind in kind_prompts() {
        let made = compose(kind, 7, GameTheme::Candy).source.into_text();
        let mut panel = KnobPanel::new(&made);
        let at = panel.knobs().iter().position(|knob| knob.name == "GAME.lives");
        let Some(at) = at else { continue };
        panel.get_mut(at).unwrap().turn(4);
        let lives = panel.knobs()[at].text();
        let next = compose_change(&[kind, "in the ocean"], 7, GameTheme::Candy).source;
        let kept = keep_turned(&made, &panel.turned_page(), next.clone());
        assert_ne!(kept, next, "{kind}");
        assert!(kept.text().contains(&format!("  lives: {lives},")), "{kind}");
        // A later wish about the same thing counts.
        let more = compose_change(&[kind, "9 lives"], 7, GameTheme::Candy).source;
        let kept = keep_turned(&made, &panel.turned_page(), more);
        assert!(kept.text().contains("  lives: 9,"), "{kind}");
    }
}
