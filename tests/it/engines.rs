//! Changing the engine in the screen: what is offered, what is taken, what is remembered.

use codeagent::app::picker::PickerValue;
use codeagent::app::{
    Action, Engine, EngineChoice, EngineTarget, PickerKind, SessionEvent, SessionPlan,
};
use codeagent::inference::local_server::{LocalModel, LocalServer, LocalServerKind, LocalServers};
use crossterm::event::KeyCode;

use crate::choose::{notice, press, ui};
use crate::replay::{Replay, plan};
use crate::screens::draw;

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
    EngineTarget::Local {
        base_url: "http://127.0.0.1:11434/v1".to_owned(),
        model: "qwen2.5-coder:7b".to_owned(),
    }
}

#[test]
fn a_model_on_this_machine_is_taken_by_choosing_it() {
    let mut replay = Replay::new(offline());
    let mut ui = ui(&replay);
    replay.act(Action::LoadStartup);
    assert_eq!(replay.done(), ["greet", "find local servers"]);
    press(&mut ui, &mut replay, 0, &[KeyCode::F(4)]);
    assert_eq!(replay.done(), ["find local servers"]);
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
    replay.act(Action::Pick(PickerKind::Models));
    replay.answers(SessionEvent::LocalServersFound(LocalServers::default()));
    let text = notice(&replay);
    assert!(text.contains("A free model runs on this machine: install"), "{text}");
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
