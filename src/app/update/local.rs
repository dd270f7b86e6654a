//! Engines to change to: model servers on this machine are looked for, offered, and taken.

use std::sync::Arc;
use std::time::Instant;

use crate::app::confirm::{Confirm, ConfirmAction};
use crate::app::dialogs::Tone;
use crate::app::effect::SessionTask;
use crate::app::effects::Effects;
use crate::app::engine::{Engine, EngineChoice, EngineTarget, LocalModelTarget};
use crate::app::options::{GameAuthor, JobOptions};
use crate::app::picker::{PickerItem, PickerValue};
use crate::app::session::{RunningDownload, ServedModels, Session};
use crate::app::session_plan::SessionPlan;
use crate::inference::local_server::{LocalModel, LocalServer, LocalServers};
use crate::local::download::{DownloadProgress, with_unit};
use crate::local::{DownloadOffer, DownloadedModel, LocalError, LocalModels, ModelRef};

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
        author: GameAuthor::default(),
        terms: next.terms.clone(),
        has_token: next.has_token,
        budget: next.budget,
        ..(*before).clone()
    };
    let who = match job.engine {
        Engine::Offline => "the built-in composer".to_owned(),
        Engine::Local => format!("{} on this machine", job.terms.model),
        Engine::HuggingFace | Engine::Endpoint | Engine::TextGeneration => {
            format!("{} at {}", job.terms.model, plan.host)
        }
    };
    session.plan = SessionPlan { job: Arc::new(job), engine_choice: EngineChoice::User, ..*plan };
    session.served.listed = None;
    session.notify(Tone::Good, format!("from the next game on, {who} makes them"));
}

/// How to get a model on this machine, once it is known that there is none, and one of HuggingFace's. `None` for who
/// has both.
pub(super) fn engines_note(plan: &SessionPlan, served: &ServedModels) -> Option<String> {
    const PAID: &str =
        "HuggingFace's models are paid: set HF_TOKEN to a token and start codeagent again.";
    let local = served.local.as_ref().filter(|local| local.offered().is_none());
    let free = local.map(|local| local.advice(std::env::consts::OS).replace('\n', " "));
    let is_without = plan.job.engine == Engine::Offline && !plan.job.has_token;
    let notes = free.into_iter().chain(is_without.then(|| PAID.to_owned()));
    let notes: Vec<_> = notes.filter(|note| !note.is_empty()).collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}

/// The engines that can be changed to, to stand below the models of the server in use.
pub(super) fn engine_items(plan: &SessionPlan, served: &ServedModels) -> Vec<PickerItem> {
    let mut items = Vec::new();
    let in_use = if plan.job.engine == Engine::Offline { "in use · " } else { "" };
    items.push(PickerItem {
        label: "the built-in composer".to_owned(),
        detail: format!("{in_use}free, no network"),
        value: PickerValue::Engine(EngineTarget::Composer),
    });
    items.extend(served.models.iter().flat_map(|models| local_model_items(plan, models)));
    let servers = served.local.iter().flat_map(|local| &local.found);
    // The models of the server in use are listed already.
    let others = servers
        .filter(|server| !plan.job.engine.has_model_list() || server.base_url != plan.base_url);
    for server in others {
        items.extend(server.models.iter().map(|model| local_item(server, model)));
    }
    items.extend(served.models.iter().flat_map(|models| offer_items(served, models)));
    items.extend(plan.configured.clone().map(|who| PickerItem {
        label: who,
        detail: "as the settings say".to_owned(),
        value: PickerValue::Engine(EngineTarget::Settings),
    }));
    items
}

/// Models that are here, for a server that this program starts.
fn local_model_items(plan: &SessionPlan, models: &LocalModels) -> Vec<PickerItem> {
    let here = models.here.iter().filter(|_| models.has_program);
    let item = |found: &DownloadedModel| {
        let name = found.model.to_string();
        let in_use = plan.job.engine == Engine::Local && plan.job.terms.model == name;
        let state = match (in_use, found.is_running) {
            (true, _) => "in use · ",
            (false, true) => "loaded · ",
            (false, false) => "",
        };
        PickerItem {
            detail: format!("{state}on this machine · {} · free", with_unit(found.bytes)),
            label: name.clone(),
            value: PickerValue::Engine(EngineTarget::Local(LocalModelTarget::Named(name))),
        }
    };
    here.map(item).collect()
}

/// Models that fit this machine, to be downloaded.
fn offer_items(served: &ServedModels, models: &LocalModels) -> Vec<PickerItem> {
    let offers = models.offers.iter().filter(|_| models.has_program && served.download.is_none());
    let item = |offer: &DownloadOffer| PickerItem {
        label: offer.name.clone(),
        detail: offer.facts(),
        value: PickerValue::Download(offer.clone()),
    };
    offers.map(item).collect()
}

/// What can be run here is known.
pub(super) fn on_local_models_listed(session: &mut Session, models: LocalModels) {
    session.served.models = Some(models);
    session.fill_picker();
}

/// Asks whether to download a model.
pub(super) fn ask_download(session: &mut Session, offer: &DownloadOffer, now: Instant) {
    let slow = if offer.is_slow { " It is slow without a graphics card." } else { "" };
    let question = format!(
        "Download {} from HuggingFace, {}, licence {}? Then it makes the games here, free.{slow}",
        offer.name,
        with_unit(offer.bytes),
        offer.licence
    );
    let consent = ConfirmAction::Download(offer.model.clone());
    session.dialogs.confirm =
        Some(Confirm::new("A model for this machine", question, consent, now));
}

/// The user has agreed.
pub(super) fn start_download(session: &mut Session, model: ModelRef, effects: &mut Effects) {
    let name = model.to_string();
    session.served.download = Some(RunningDownload { model: name.clone(), progress: None });
    session.notify(Tone::Plain, format!("downloading {name}: go on as usual meanwhile"));
    session.start_task(SessionTask::DownloadModel(model), effects);
}

/// More of it has come.
pub(super) fn on_progress(session: &mut Session, progress: DownloadProgress) {
    if let Some(download) = &mut session.served.download {
        download.progress = Some(progress);
    }
}

/// The download has ended.
pub(super) fn on_downloaded(
    session: &mut Session,
    done: Result<ModelRef, LocalError>,
    effects: &mut Effects,
) {
    session.served.download = None;
    match done {
        Ok(model) => {
            let target = LocalModelTarget::Named(model.to_string());
            session.start_task(SessionTask::UseEngine(EngineTarget::Local(target)), effects);
            session.start_task(SessionTask::ListLocalModels, effects);
        }
        Err(error) => session.notify(Tone::Bad, format!("{error}. {}", error.advice())),
    }
}

/// The user wants the download to end; what has come stays.
pub(super) fn stop_download(session: &mut Session, effects: &mut Effects) {
    if session.served.download.take().is_some() {
        session.tasks.stop_download(effects);
        session.notify(Tone::Plain, "download stopped: chosen again, it goes on where it was");
    }
}

fn local_item(server: &LocalServer, model: &LocalModel) -> PickerItem {
    let facts = [server.kind.name().to_owned()].into_iter().chain(model.facts());
    PickerItem {
        label: model.id.clone(),
        detail: facts.chain(["free".to_owned()]).collect::<Vec<_>>().join(" · "),
        value: PickerValue::Engine(EngineTarget::Server {
            base_url: server.base_url.clone(),
            model: model.id.clone(),
        }),
    }
}
