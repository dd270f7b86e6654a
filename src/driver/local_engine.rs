//! The model server that this program starts on the user's machine: which weights it gets, who may use
//! it, and when it ends.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::blocking::blocking;
use super::local_model::{LocalModelChoice, choose_model, length};
use super::local_start::{
    MemoryCheck, UsedServer, find_program, find_running, folder_error, start,
};
use super::remembered_engine::remember_engine;
use crate::app::{Engine, EngineTarget, LoadingModel, LocalModelTarget};
use crate::config::{LocalEngineSettings, Origin, Setting, Settings};
use crate::inference::models::MAX_PROPS_BYTES;
use crate::inference::{Endpoint, InferenceClient, Timeouts};
use crate::library::DataDir;
use crate::local::hub_cache::parts_of;
use crate::local::launch::HEALTH_ROUTE;
use crate::local::server_log::{explain_end, is_port_taken};
use crate::local::server_record::{ServerLifetime, ServerRecord, ServerRecords};
use crate::local::{
    DownloadOffer, DownloadedModel, LocalError, LocalModelRow, LocalModels, MachineResources,
};

/// How often a server that loads is asked whether it is ready.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How long it has to answer that.
const POLL_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a model may take to load: 20 GB from a slow disk.
const LOADING_TIMEOUT: Duration = Duration::from_mins(15);
/// How often another port is tried.
const MAX_PORTS: u32 = 3;
/// Bytes that are loaded in a second, where no earlier start says it: a usual solid-state disk.
const LOADING_BYTES_A_SECOND: u64 = 500_000_000;

/// Starts, finds and ends the server of this program.
#[derive(Debug)]
pub struct LocalEngine {
    settings: LocalEngineSettings,
    /// The name of the model that the user chose. `None` for the best that is there.
    model: Option<String>,
    records: ServerRecords,
    lifetime: ServerLifetime,
    memory_check: MemoryCheck,
    current: tokio::sync::Mutex<Option<UsedServer>>,
}

impl LocalEngine {
    /// The engine with these settings; nothing is started yet.
    pub fn new(settings: &Settings, lifetime: ServerLifetime, memory_check: MemoryCheck) -> Self {
        Self {
            settings: settings.local_engine.clone(),
            model: settings.inference.chosen_model().map(str::to_owned),
            records: ServerRecords::new(&settings.files.home.value),
            lifetime,
            memory_check,
            current: tokio::sync::Mutex::new(None),
        }
    }

    /// The server, started if none runs, once its model is loaded. What it takes long for is reported.
    ///
    /// # Errors
    ///
    /// There is no program or no model, the memory is too small, or the server ends by itself.
    pub async fn ready(
        &self,
        on_loading: &(impl Fn(LoadingModel) + Sync),
    ) -> Result<ServerRecord, LocalError> {
        let mut current = self.current.lock().await;
        if let Some(used) = current.take().filter(UsedServer::is_alive) {
            let record = used.record.clone();
            *current = Some(used);
            // One that has just died is replaced.
            if let Ok(record) = self.loaded(record, &mut current, on_loading).await {
                return Ok(record);
            }
        }
        for attempt in 1..=MAX_PORTS {
            let used = self.find_or_start().await?;
            let record = used.record.clone();
            let port = record.port;
            *current = Some(used);
            let loaded = self.loaded(record, &mut current, on_loading).await;
            let is_last = attempt == MAX_PORTS || !is_port_taken(&self.records.log_tail(port));
            if loaded.is_ok() || is_last {
                return loaded;
            }
        }
        Err(LocalError::Ended("no port was free".to_owned()))
    }

    /// Uses a server that has these weights, or starts one.
    async fn find_or_start(&self) -> Result<UsedServer, LocalError> {
        let (settings, model, records) =
            (self.settings.clone(), self.model.clone(), self.records.clone());
        let (lifetime, memory_check) = (self.lifetime, self.memory_check);
        let work = move || {
            let choice =
                choose_model(&settings, model.as_deref()).map_err(|error| match error {
                    // Without a program no download helps.
                    LocalError::NoModel(_) | LocalError::NotDownloaded { .. } => {
                        find_program(&settings).err().unwrap_or(error)
                    }
                    error => error,
                })?;
            // Two runs at once would start two servers.
            let _lock = records.lock().map_err(|error| folder_error(&records, &error))?;
            match find_running(&records, &choice, lifetime)? {
                Some(used) => Ok(used),
                None => start(&settings, &choice, &records, (lifetime, memory_check)),
            }
        };
        blocking(work).await.unwrap_or_else(|why| Err(LocalError::Ended(why)))
    }

    /// Waits until the model is loaded. A server that ends meanwhile is forgotten.
    async fn loaded(
        &self,
        record: ServerRecord,
        current: &mut Option<UsedServer>,
        on_loading: &(impl Fn(LoadingModel) + Sync),
    ) -> Result<ServerRecord, LocalError> {
        let began = now();
        let mut is_reported = false;
        let client = health_client(&record).await?;
        while !is_healthy(&client, &record).await {
            let Some(used) = current.as_ref().filter(|used| used.is_alive()) else {
                let status = current.take().and_then(|used| used.process?.exit_status());
                self.records.forget(record.port);
                let log = self.records.log_tail(record.port);
                return Err(LocalError::Ended(explain_end(&log, status)));
            };
            if now() > began + LOADING_TIMEOUT {
                used.end();
                *current = None;
                return Err(LocalError::TooSlow(LOADING_TIMEOUT.as_secs() / 60));
            }
            if !is_reported {
                let estimate = self.loading_time(&record);
                on_loading(LoadingModel { model: record.name.clone(), estimate });
                is_reported = true;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        if is_reported {
            self.records.remember_loading(&record.weights, now() - began);
        }
        Ok(record)
    }

    /// How long the model takes to load: as long as the last time, else as its size lets expect.
    fn loading_time(&self, record: &ServerRecord) -> Duration {
        let bytes: u64 = parts_of(&record.weights).iter().map(|part| length(part)).sum();
        let known = self.records.loading_time(&record.weights);
        known.unwrap_or(Duration::from_secs(1 + bytes / LOADING_BYTES_A_SECOND))
    }

    /// Leaves the server to run on, for the runs to come.
    pub async fn release(&self) {
        if let Some(used) = self.current.lock().await.as_mut() {
            used.is_ours = false;
        }
    }
}

impl Drop for LocalEngine {
    /// Ends with this program what should not outlive it.
    fn drop(&mut self) {
        if let Some(used) = self.current.get_mut().take().filter(|used| used.is_ours) {
            used.end();
            self.records.forget(used.record.port);
            self.records.remove_log(used.record.port);
        }
    }
}

/// The address of a server that was started here.
///
/// # Errors
///
/// None as a rule: its record is one of ours.
fn endpoint_of(record: &ServerRecord) -> Result<Endpoint, LocalError> {
    Endpoint::on_loopback(&record.root()).ok_or(LocalError::NothingRuns)
}

async fn health_client(record: &ServerRecord) -> Result<InferenceClient, LocalError> {
    let endpoint = endpoint_of(record)?;
    let timeouts = Timeouts { connect: POLL_TIMEOUT, first_byte: POLL_TIMEOUT, idle: POLL_TIMEOUT };
    let built = blocking(move || InferenceClient::new(endpoint, timeouts, None, None)).await;
    built.and_then(|built| built.map_err(|error| error.to_string())).map_err(LocalError::Ended)
}

async fn is_healthy(client: &InferenceClient, record: &ServerRecord) -> bool {
    let address = format!("{}/{HEALTH_ROUTE}", record.root());
    client.fetch(&address, MAX_PROPS_BYTES, POLL_TIMEOUT).await.is_ok()
}

/// What the local engine would do for the next game.
#[derive(Debug)]
pub struct LocalEngineStatus {
    pub program: Result<PathBuf, LocalError>,
    pub model: Result<LocalModelChoice, LocalError>,
    /// The servers that were started here and run.
    pub running: Vec<ServerRecord>,
}

/// Looks at what the local engine needs; starts nothing.
pub fn check_local_engine(settings: &Settings) -> LocalEngineStatus {
    LocalEngineStatus {
        program: find_program(&settings.local_engine),
        model: choose_model(&settings.local_engine, settings.inference.chosen_model()),
        running: running_servers(&settings.files.home.value),
    }
}

/// What the local engine can run on this machine; nothing is asked of anybody.
pub(super) fn list_local_models(settings: &Settings) -> LocalModels {
    let local = &settings.local_engine;
    let catalogue = local.catalogue().unwrap_or_default();
    let machine = MachineResources::read();
    let running = running_servers(&settings.files.home.value);
    let here = local.cache.models();
    let recommended = catalogue.recommended(&machine, |_| true).map(LocalModelRow::model_ref);
    let offered = catalogue.models.iter().filter(|row| !here.contains(&row.model_ref()));
    let mut offers: Vec<_> =
        offered.filter_map(|row| DownloadOffer::of(row, &machine)).rev().collect();
    offers.sort_by_key(|offer| (Some(&offer.model) != recommended.as_ref(), offer.is_slow));
    let downloaded = here.into_iter().filter_map(|model| {
        let weights = local.cache.find(&model)?;
        let is_running = running.iter().any(|record| record.weights == weights.path);
        Some(DownloadedModel { model, bytes: weights.bytes, is_running })
    });
    LocalModels { has_program: find_program(local).is_ok(), here: downloaded.collect(), offers }
}

/// The servers that were started here and run.
pub fn running_servers(home: &Path) -> Vec<ServerRecord> {
    ServerRecords::new(home).running()
}

/// Starts a server that stays, or finds one, and waits until its model is loaded. `model` is the name
/// that the user gave; without one the best that is here is taken.
///
/// # Errors
///
/// There is no program or no model, the memory is too small, or the server ends by itself.
pub async fn start_local_server(
    settings: &Settings,
    model: Option<&str>,
    memory_check: MemoryCheck,
    on_loading: &(impl Fn(LoadingModel) + Sync),
) -> Result<ServerRecord, LocalError> {
    let mut settings = settings.clone();
    settings.inference.model = match model {
        Some(name) => Setting { value: name.to_owned(), origin: Origin::Flag("MODEL") },
        None => Setting { value: String::new(), origin: Origin::Default },
    };
    if model.is_some() {
        settings.local_engine.model_file = None;
    }
    let engine = LocalEngine::new(&settings, ServerLifetime::UntilStopped, memory_check);
    let record = engine.ready(on_loading).await?;
    engine.release().await;
    Ok(record)
}

/// Remembers that this server makes the games from now on. `false` where the settings name another
/// engine, which is stronger.
///
/// # Errors
///
/// It cannot be written down: why, as a clause.
pub fn remember_local_engine(
    settings: &Settings,
    model: Option<&str>,
    record: &ServerRecord,
) -> Result<bool, String> {
    let target = match &settings.local_engine.model_file {
        Some(_) if model.is_none() => LocalModelTarget::File(record.weights.clone()),
        _ => LocalModelTarget::Named(record.name.clone()),
    };
    let data_dir = DataDir::new(settings.files.home.value.clone());
    remember_engine(settings, &EngineTarget::Local(target), &data_dir)?;
    let file = settings.files.remembered_engine();
    let engine = &settings.inference.engine;
    let is_set = engine.origin != Origin::Default && engine.value != Engine::Local;
    Ok(!is_set || engine.origin == Origin::File(file))
}

/// Ends all servers that were started to stay, and orphans; games are made as before. Returns what was
/// ended.
///
/// # Errors
///
/// The remembered engine cannot be forgotten.
pub fn stop_local_servers(settings: &Settings) -> Result<Vec<ServerRecord>, LocalError> {
    let home = &settings.files.home.value;
    let records = ServerRecords::new(home);
    let is_to_end = |record: &ServerRecord| {
        record.lifetime == ServerLifetime::UntilStopped || record.is_orphan()
    };
    let ended: Vec<_> = records.running().into_iter().filter(is_to_end).collect();
    for record in &ended {
        records.end(record);
    }
    let file = settings.files.remembered_engine();
    let engine = &settings.inference.engine;
    if engine.value == Engine::Local && engine.origin == Origin::File(file.clone()) {
        let forgotten = DataDir::new(home.clone()).remember_engine(&file, None);
        forgotten.map_err(|error| LocalError::Disk { path: file, why: error.to_string() })?;
    }
    Ok(ended)
}

fn now() -> Instant {
    super::now()
}
