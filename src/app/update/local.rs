//! Engines to change to: model servers on this machine are looked for, offered, and taken.

use std::sync::Arc;

use crate::app::dialogs::Tone;
use crate::app::effect::SessionTask;
use crate::app::effects::Effects;
use crate::app::engine::{Engine, EngineChoice, EngineTarget};
use crate::app::options::JobOptions;
use crate::app::picker::{PickerItem, PickerValue};
use crate::app::session::Session;
use crate::app::session_plan::SessionPlan;
use crate::inference::local_server::{LocalModel, LocalServer, LocalServers};

/// After the first frame: what the library knows, and what is on this machine.
pub(super) fn load_startup(session: &mut Session, effects: &mut Effects) {
    session.start_task(SessionTask::LoadStartup, effects);
    if session.plan.engine_choice == EngineChoice::Nobody {
        session.start_task(SessionTask::FindLocalServers, effects);
    }
}

/// What was found is offered, and never chosen.
pub(super) fn on_local_servers_found(session: &mut Session, found: LocalServers) {
    let is_new = session.served.local.as_ref() != Some(&found);
    if let Some(offer) = found.headline().filter(|_| is_new && session.dialogs.picker.is_none()) {
        session.notify(Tone::Plain, format!("{offer}: choose it in the list of models"));
    }
    // Who looks for one is told how to get it.
    let advice = found.advice(std::env::consts::OS).replace('\n', " ");
    if session.dialogs.picker.is_some() && found.offered().is_none() && !advice.is_empty() {
        session.notify(Tone::Plain, advice);
    }
    session.served.local = Some(found);
    session.fill_picker();
}

/// Jobs that begin from now on are made by this engine; how games are saved and played stays.
pub(super) fn on_engine_changed(session: &mut Session, changed: Result<Box<SessionPlan>, String>) {
    let plan = match changed {
        Ok(plan) => plan,
        Err(why) => return session.notify(Tone::Bad, format!("the engine stays as it was: {why}")),
    };
    let before = Arc::clone(&session.plan.job);
    let next = &plan.job;
    let job = JobOptions {
        engine: next.engine,
        terms: next.terms.clone(),
        has_token: next.has_token,
        budget: next.budget,
        ..(*before).clone()
    };
    let who = match job.engine {
        Engine::Offline => "the built-in composer".to_owned(),
        Engine::HuggingFace | Engine::Endpoint | Engine::TextGeneration => {
            format!("{} at {}", job.terms.model, plan.host)
        }
    };
    session.plan = SessionPlan { job: Arc::new(job), engine_choice: EngineChoice::User, ..*plan };
    session.served.listed = None;
    session.notify(Tone::Good, format!("from the next game on, {who} makes them"));
}

/// The engines that can be changed to, to stand below the models of the server in use.
pub(super) fn engine_items(plan: &SessionPlan, local: Option<&LocalServers>) -> Vec<PickerItem> {
    let mut items = Vec::new();
    let in_use = if plan.job.engine == Engine::Offline { "in use · " } else { "" };
    items.push(PickerItem {
        label: "the built-in composer".to_owned(),
        detail: format!("{in_use}free, no network"),
        value: PickerValue::Engine(EngineTarget::Composer),
    });
    let servers = local.into_iter().flat_map(|local| &local.found);
    // The models of the server in use are listed already.
    let others = servers
        .filter(|server| plan.job.engine == Engine::Offline || server.base_url != plan.base_url);
    for server in others {
        items.extend(server.models.iter().map(|model| local_item(server, model)));
    }
    items.extend(plan.configured.clone().map(|who| PickerItem {
        label: who,
        detail: "as the settings say".to_owned(),
        value: PickerValue::Engine(EngineTarget::Settings),
    }));
    items
}

fn local_item(server: &LocalServer, model: &LocalModel) -> PickerItem {
    let facts = [server.kind.name().to_owned()].into_iter().chain(model.facts());
    PickerItem {
        label: model.id.clone(),
        detail: facts.chain(["free".to_owned()]).collect::<Vec<_>>().join(" · "),
        value: PickerValue::Engine(EngineTarget::Local {
            base_url: server.base_url.clone(),
            model: model.id.clone(),
        }),
    }
}
