//! How a play-test looks: in the status pane and in the preview's tab.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use codeagent::app::{
    Action, AutoPlayTest, BaseVersion, Engine, GamePage, JobAction, JobEvent, OpenPurpose,
    OpenedVersion, SessionPlan, StoredVerdict,
};
use codeagent::game::{HtmlSource, vet};
use codeagent::library::{GameId, VersionId};
use codeagent::play::{
    ConsoleLine, FindBrowserError, Motion, PlayChecks, PlayProblem, PlayProblemKind, PlayTestError,
    PlayTestStage, PlayerInput, SourceFrame, Verdict,
};
use codeagent::tui::theme::ColorDepth;
use codeagent::tui::{PreviewTab, UiState};
use codeagent::untrusted::Untrusted;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::replay::{GAME, Replay, passed, plan, saved};
use crate::screens::alt;

fn draw(ui: &mut UiState, replay: &Replay, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    ui.sync(&replay.state);
    terminal.draw(|frame| ui.draw(frame, &replay.state, replay.now)).unwrap();
    terminal.backend().to_string()
}

/// A screen with the play-test's tab open.
fn playing(replay: &mut Replay, depth: ColorDepth) -> UiState {
    let ui = crate::screens::ui_in(replay, depth);
    assert_eq!(ui.view().tab, PreviewTab::Play);
    ui
}

/// What is seen with the play-test's tab open: wide, then each pane of a small screen.
fn screens(replay: &mut Replay) -> String {
    let mut ui = playing(replay, ColorDepth::None);
    let mut all = String::new();
    for (pane, size) in [("", (120, 30)), ("3", (120, 30)), ("1", (80, 24)), ("4", (80, 24))] {
        alt(&mut ui, replay, pane);
        let screen = draw(&mut ui, replay, size);
        writeln!(all, "{}×{}\n{screen}", size.0, size.1).unwrap();
    }
    all
}

/// A game is made, and its play-test has begun.
fn made(plan: SessionPlan) -> Replay {
    let mut replay = Replay::new(plan.with(|job| job.play_test = AutoPlayTest::On));
    replay.generate("bats").replies(GAME).news(passed(GAME));
    replay.news(saved("bats.html"));
    replay
}

pub fn verdict(problems: Vec<PlayProblem>) -> JobEvent {
    let yes = Some(true);
    let is_good = problems.is_empty();
    let levels = PlayChecks {
        complete: yes,
        loads: Some(is_good),
        visible: yes,
        alive: yes,
        responds: if is_good { yes } else { None },
        lasts: if is_good { yes } else { None },
        restarts: None,
        touch: Some(false),
    };
    JobEvent::PlayTested(Ok(Box::new(Verdict {
        checks: levels,
        inputs: ["ArrowLeft", "ArrowRight", "Space"]
            .map(|key| PlayerInput::from_code(key).unwrap())
            .into(),
        untried: vec![PlayerInput::from_code("KeyW").unwrap()],
        tried: Vec::new(),
        problems,
        console: vec![ConsoleLine {
            level: "warning",
            text: Untrusted::new("\u{1b}[2J no sound"),
            times: 3,
        }],
        requests: Vec::new(),
        picture: None,
        motion: Motion::default(),
        elapsed: Duration::from_secs(3),
        stage_starts: Vec::new(),
    })))
}

fn broken() -> JobEvent {
    let mut first = PlayProblem::new(PlayProblemKind::Error, "ReferenceError: hp is not defined");
    let at = GAME.find("requestAnimationFrame").unwrap();
    let function = Untrusted::new("hit");
    first.stack.push(SourceFrame { function, original: at, repaired: at });
    first.times = 12;
    let hostile = "TypeError: \u{1b}]0;owned\u{7} reads the length of something that is not there";
    verdict(vec![first, PlayProblem::new(PlayProblemKind::Rejection, hostile)])
}

#[test]
fn while_a_game_is_played() {
    let mut replay = made(plan());
    replay.news(JobEvent::PlayTestStage(PlayTestStage::Trying)).later(2);
    insta::assert_snapshot!(screens(&mut replay));
}

#[test]
fn a_game_that_responds() {
    let mut replay = made(plan());
    replay.later(3).news(verdict(Vec::new()));
    insta::assert_snapshot!(screens(&mut replay));
}

#[test]
fn a_broken_game_that_can_be_mended() {
    let mut replay = made(plan());
    replay.later(3).news(broken());
    // The fix that is asked for at once brings the same error.
    replay.later(1).replies(GAME).news(passed(GAME)).news(saved("bats-2.html"));
    replay.later(3).news(broken());
    insta::assert_snapshot!(screens(&mut replay));
    let footer = |replay: &Replay| {
        let mut ui = crate::screens::ui(replay);
        draw(&mut ui, replay, (220, 30)).lines().last().unwrap().to_owned()
    };
    assert!(footer(&replay).contains("F5 play-test  F6 fix  "), "{}", footer(&replay));
    replay.act(Action::job(JobAction::Fix));
    assert!(!footer(&replay).contains("play-test"), "not while something runs");
}

#[test]
fn a_version_of_the_library_is_played_again() {
    let mut replay = Replay::new(plan());
    let version = VersionId { game: GameId(4), number: 1 };
    let base =
        BaseVersion { version: Some(version), title: "Bats".into(), ..BaseVersion::default() };
    let product = GamePage::Vetted(Arc::new(vet(HtmlSource::new(GAME)).unwrap()));
    let headline = "broken: \u{1b}[2J (line 3)".to_owned();
    let played = Some(StoredVerdict { headline, picture: None });
    let opened = OpenedVersion {
        base: Arc::new(base),
        product,
        played,
        purpose: OpenPurpose::Change,
        transcript: Vec::new(),
    };
    replay.opens(opened);
    let mut all = screens(&mut replay);
    replay
        .act(Action::job(JobAction::PlayTest))
        .news(JobEvent::PlayTestStage(PlayTestStage::Loading))
        .later(2);
    all.push_str(&screens(&mut replay));
    insta::assert_snapshot!(all);
}

/// A picture in the tab: drawn once it is ready, as high as the words leave room for.
#[test]
fn a_picture_is_drawn_when_it_is_ready() {
    let mut replay = made(plan());
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/pictures/ghost-snake.png");
    let picture = std::fs::read(file).unwrap();
    let JobEvent::PlayTested(Ok(mut verdict)) = verdict(Vec::new()) else {
        panic!("it was played")
    };
    verdict.picture = Some(Arc::from(picture));
    replay.news(JobEvent::PlayTested(Ok(verdict)));
    let mut ui = playing(&mut replay, ColorDepth::True);
    let is_picture = |screen: &str| screen.contains('▀') && screen.contains('▄');
    let first = draw(&mut ui, &replay, (120, 30));
    assert!(first.contains("│…  ") && !is_picture(&first), "{first}");
    let order = ui.take_image_request().unwrap();
    ui.set_image(order.render());
    let then = draw(&mut ui, &replay, (120, 30));
    assert!(is_picture(&then) && then.contains("✓ responds to ← → Space"), "{then}");
    assert!(ui.take_image_request().is_none(), "it is there");
    alt(&mut ui, &mut replay, "1");
    draw(&mut ui, &replay, (100, 30));
    assert!(ui.take_image_request().is_none(), "the preview is not seen");
    draw(&mut ui, &replay, (160, 50));
    assert!(ui.take_image_request().is_some(), "another size is another picture");
    let mut grey = playing(&mut replay, ColorDepth::None);
    let screen = draw(&mut grey, &replay, (120, 30));
    assert!(screen.contains("NO_COLOR is set") && grey.take_image_request().is_none(), "{screen}");
}

#[test]
fn without_a_browser() {
    let mut replay = made(plan().with(|job| job.engine = Engine::Offline));
    replay.news(JobEvent::PlayTested(Err(PlayTestError::BrowserNotFound(
        FindBrowserError::NotFound,
    ))));
    assert!(!screens(&mut replay).contains('✗'), "that is no error");
    insta::assert_snapshot!(screens(&mut replay));
}

#[test]
fn a_play_test_that_was_stopped() {
    let mut replay = made(plan());
    replay.act(Action::Stop).act(Action::Stop);
    let screens = screens(&mut replay);
    assert!(screens.contains("◐ not played: the play-test was stopped"), "{screens}");
}

#[test]
fn a_tab_without_a_play_test() {
    let mut replay = Replay::new(plan());
    let mut all = screens(&mut replay);
    replay.generate("bats").replies(GAME);
    replay.news(passed(GAME)).news(saved("bats.html"));
    all.push_str(&screens(&mut replay));
    insta::assert_snapshot!(all);
}
