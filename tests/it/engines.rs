//! Changing the engine in the screen: what is offered, what is taken, what is remembered.

use codeagent::app::picker::PickerValue;
use std::time::Duration;

use codeagent::app::{
    Action, Engine, EngineChoice, EngineTarget, Event, JobEvent, LoadingModel, PickerKind,
    SessionEvent, SessionPlan, StartupMode,
};
use codeagent::inference::local_server::{LocalModel, LocalServer, LocalServerKind, LocalServers};
use codeagent::local::download::DownloadProgress;
use codeagent::local::{DownloadError, DownloadOffer, DownloadedModel, LocalError, LocalModels};
use codeagent::tui::UiState;
use crossterm::event::KeyCode;

use crate::choose::{notice, press};
use crate::replay::{Replay, plan};
use crate::screens::draw;
use crate::screens::ui;

fn offline() -> SessionPlan {
    let mut plan = plan().with(|job| job.engine = Engine::Offline);
    plan.engine_choice = EngineChoice::Nobody;
    plan
}

fn ollama() -> LocalServers {
    let model = |id: &str, is_loaded| LocalModel {
        id: id.to_owned(),
        bytes: Some(4_683_087_332),
        context: Some(8_192),
        is_loaded: Some(is_loaded),
    };
    let server = LocalServer {
        kind: LocalServerKind::Ollama,
        base_url: "http://127.0.0.1:11434/v1".to_owned(),
        models: vec![model("qwen2.5-coder:7b", true), model("llama3:8b", false)],
        is_loading: false,
    };
    LocalServers { found: vec![server], ..LocalServers::default() }
}

fn local() -> EngineTarget {
    EngineTarget::Server {
        base_url: "http://127.0.0.1:11434/v1".to_owned(),
        model: "qwen2.5-coder:7b".to_owned(),
    }
}

#[test]
fn a_model_on_this_machine_is_taken_by_choosing_it() {
    let mut replay = Replay::new(offline());
    let mut ui = ui(&replay);
    replay.act(Action::LoadStartup(StartupMode::Fresh));
    assert_eq!(replay.done(), ["greet", "find local servers"]);
    press(&mut ui, &mut replay, 0, &[KeyCode::F(4)]);
    assert_eq!(replay.done(), ["find local servers", "list local models"]);
    replay.answers(SessionEvent::LocalServersFound(ollama()));
    ui.sync(&replay.state);
    insta::assert_snapshot!(draw(&mut ui, &replay, (100, 30)));
    press(&mut ui, &mut replay, 500, &[KeyCode::Down, KeyCode::Enter]);
    assert_eq!(replay.done(), ["use engine"]);
    let mut taken = plan().with(|job| {
        job.engine = Engine::Endpoint;
        job.terms.model = "qwen2.5-coder:7b".to_owned();
    });
    taken.host = "127.0.0.1".to_owned();
    replay.answers(SessionEvent::EngineChanged(Ok(Box::new(taken))));
    let plan = &replay.state.plan;
    assert_eq!(
        (plan.job.engine, plan.job.terms.model.as_str()),
        (Engine::Endpoint, "qwen2.5-coder:7b")
    );
    let text = notice(&replay);
    assert!(text.contains("qwen2.5-coder:7b at 127.0.0.1 makes them"), "{text}");
}

#[test]
fn who_looks_for_a_model_and_has_none_is_told_how_to_get_one() {
    let mut replay = Replay::new(offline());
    let mut ui = ui(&replay);
    replay.act(Action::Pick(PickerKind::Models));
    replay.answers(SessionEvent::LocalServersFound(LocalServers::default()));
    for size in [(100, 30), (40, 12)] {
        ui.sync(&replay.state);
        let name = format!("a_list_without_a_model_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name, draw(&mut ui, &replay, size));
    }
    replay.act(Action::Pick(PickerKind::Models)).act(Action::Pick(PickerKind::Models));
    replay.answers(SessionEvent::LocalServersFound(ollama()));
    assert_eq!(replay.state.dialogs.picker.as_ref().unwrap().note, None, "there is one");
}

fn offer() -> DownloadOffer {
    DownloadOffer {
        model: "Qwen/Qwen2.5-Coder-7B-Instruct-GGUF:Q4_K_M".parse().unwrap(),
        name: "Qwen2.5-Coder-7B".to_owned(),
        bytes: 4_683_073_536,
        licence: "Apache-2.0".to_owned(),
        is_slow: false,
    }
}

/// The list is open, and knows what fits.
fn choosing() -> (Replay, UiState) {
    let mut replay = Replay::new(offline());
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, 0, &[KeyCode::F(4)]);
    let here = DownloadedModel {
        model: "o/m-GGUF:Q8_0".parse().unwrap(),
        bytes: 1_117_320_768,
        is_running: false,
    };
    let models = LocalModels { has_program: true, here: vec![here], offers: vec![offer()] };
    replay.answers(SessionEvent::LocalModelsListed(models));
    ui.sync(&replay.state);
    (replay, ui)
}

#[test]
fn a_model_that_fits_is_downloaded_after_a_question_and_then_used() {
    let (mut replay, mut ui) = choosing();
    insta::assert_snapshot!("a_list_with_a_download", draw(&mut ui, &replay, (100, 30)));
    replay.done();
    press(&mut ui, &mut replay, 500, &[KeyCode::Down, KeyCode::Down, KeyCode::Enter]);
    assert_eq!(replay.done(), [""; 0], "gigabytes are asked for first");
    let question = replay.state.dialogs.confirm.as_ref().unwrap().question.clone();
    assert!(question.contains("4.68 GB, licence Apache-2.0"), "{question}");
    press(&mut ui, &mut replay, 1_000, &[KeyCode::Char('y'), KeyCode::Enter]);
    let id = replay.ids("download model")[0];
    assert_eq!(replay.done(), ["download model"]);
    let progress = DownloadProgress {
        done: 1_200_000_000,
        total: 4_683_073_536,
        speed: Some(12_300_000.0),
        is_verifying: false,
    };
    replay.event(Event::Reported(id, SessionEvent::DownloadProgressed(progress).into()));
    ui.sync(&replay.state);
    insta::assert_snapshot!("a_model_on_its_way", draw(&mut ui, &replay, (100, 30)));
    replay.answers(SessionEvent::ModelDownloaded(Ok(offer().model)));
    assert!(replay.state.served.download.is_none());
    assert_eq!(replay.done(), ["use engine", "list local models"]);
}

#[test]
fn a_download_is_stopped_like_a_game_and_a_failure_says_what_helps() {
    let (mut replay, mut ui) = choosing();
    let begin = |replay: &mut Replay, ui: &mut UiState| {
        press(ui, replay, 500, &[KeyCode::Down, KeyCode::Down, KeyCode::Enter]);
        press(ui, replay, 1_000, &[KeyCode::Char('y'), KeyCode::Enter]);
    };
    begin(&mut replay, &mut ui);
    press(&mut ui, &mut replay, 100, &[KeyCode::Esc]);
    assert!(replay.state.served.download.is_some(), "once only asks");
    press(&mut ui, &mut replay, 100, &[KeyCode::Esc]);
    assert!(replay.state.served.download.is_none());
    assert!(notice(&replay).contains("chosen again, it goes on"), "{}", notice(&replay));
    press(&mut ui, &mut replay, 100, &[KeyCode::F(4)]);
    begin(&mut replay, &mut ui);
    let gone = DownloadError::Interrupted { done: 1_200_000_000, why: "lost".to_owned() };
    replay.answers(SessionEvent::ModelDownloaded(Err(gone.into())));
    let text = notice(&replay);
    assert!(text.contains("stopped at 1.20 GB: lost. Start it again"), "{text}");
}

#[test]
fn a_model_that_is_here_is_taken_at_once() {
    let (mut replay, mut ui) = choosing();
    replay.done();
    press(&mut ui, &mut replay, 500, &[KeyCode::Down, KeyCode::Enter]);
    assert_eq!(replay.done(), ["use engine"]);
    let mut taken = plan().with(|job| {
        job.engine = Engine::Local;
        job.terms.model = "o/m-GGUF:Q8_0".to_owned();
    });
    taken.host = "127.0.0.1".to_owned();
    replay.answers(SessionEvent::EngineChanged(Ok(Box::new(taken))));
    assert!(notice(&replay).contains("o/m-GGUF:Q8_0 on this machine makes them"));
    replay.generate("bats");
    let loading =
        LoadingModel { model: "o/m-GGUF:Q8_0".to_owned(), estimate: Duration::from_secs(8) };
    replay.news(JobEvent::ModelLoading(loading));
    replay.later(3);
    ui.sync(&replay.state);
    insta::assert_snapshot!("a_model_is_loaded", draw(&mut ui, &replay, (100, 30)));
    replay.news(JobEvent::LocalEngineFailed(LocalError::NoProgram));
    let failure = replay.failure().clone();
    assert_eq!((failure.exit_code(), failure.kind()), (2, "no-llama-server"));
}

#[test]
fn a_change_that_cannot_be_remembered_changes_nothing() {
    let mut replay = Replay::new(offline());
    let mut ui = ui(&replay);
    press(&mut ui, &mut replay, 0, &[KeyCode::F(4), KeyCode::Enter]);
    let why = "cannot write /home/x/engine.toml: the disk is full".to_owned();
    replay.answers(SessionEvent::EngineChanged(Err(why)));
    assert_eq!(replay.state.plan.job.engine, Engine::Offline);
    let text = notice(&replay);
    assert!(text.contains("the engine stays as it was: cannot write"), "{text}");
}

#[test]
fn the_engine_of_the_settings_can_be_had_again() {
    let mut before = offline();
    before.configured = Some("acme/coder at router.huggingface.co".to_owned());
    let mut replay = Replay::new(before);
    replay.act(Action::Pick(PickerKind::Models));
    let items = replay.state.dialogs.picker.as_ref().unwrap().items.clone().unwrap();
    let values: Vec<_> = items.into_iter().map(|item| item.value).collect();
    let expected = [EngineTarget::Composer, EngineTarget::Settings].map(PickerValue::Engine);
    assert_eq!(values, expected);
    replay.answers(SessionEvent::LocalServersFound(ollama()));
    let items = replay.state.dialogs.picker.as_ref().unwrap().items.clone().unwrap();
    assert_eq!(items[1].value, PickerValue::Engine(local()));
    assert_eq!(items.len(), 4);
}
