//! Has Ollama, where it runs and no llama-server is installed, download a model and make the games.

use std::time::Duration;

use super::blocking::blocking;
use super::local_servers::find_local_servers;
use super::now;
use super::remembered_engine::remember_engine;
use crate::app::{Engine, EngineTarget};
use crate::config::{Origin, Settings};
use crate::inference::client::FileStream;
use crate::inference::local_server::{LocalServer, LocalServerKind};
use crate::inference::{Endpoint, InferenceClient, Timeouts};
use crate::library::DataDir;
use crate::local::download::{DownloadProgress, SpeedMeter};
use crate::local::ollama_pull::OllamaPull;
use crate::local::{DownloadError, LocalError, ModelRef};

/// How long Ollama may say nothing: it looks for layers that it has, which takes a while.
const IDLE_TIMEOUT: Duration = Duration::from_mins(5);

/// The Ollama that runs on this machine. `None` if none answers.
pub async fn find_ollama(settings: &Settings) -> Option<LocalServer> {
    let found = find_local_servers(&settings.local).await.found;
    found.into_iter().find(|server| server.kind == LocalServerKind::Ollama)
}

/// Has Ollama download a model from the Hub; returns the model's name there.
///
/// # Errors
///
/// Downloads are forbidden, Ollama cannot get the model, or it is lost.
pub async fn pull_with_ollama(
    settings: &Settings,
    ollama: &LocalServer,
    model: &ModelRef,
    on_progress: &(impl Fn(DownloadProgress) + Sync),
) -> Result<String, LocalError> {
    if let Some(origin) = &settings.local_engine.hub.offline {
        return Err(DownloadError::Offline(origin.to_string()).into());
    }
    let failed = |why: String| LocalError::Download(DownloadError::Ollama(why));
    let name = model.ollama_name();
    let mut stream = open(ollama, &name).await.map_err(failed)?;
    let mut pull = OllamaPull::default();
    let mut meter = SpeedMeter::new(0, now());
    while pull.end.is_none() {
        let next = stream.next().await.map_err(|error| failed(error.to_string()))?;
        let Some(bytes) = next else {
            pull.close();
            break;
        };
        pull.push(&bytes);
        let (done, total) = pull.bytes();
        if total > 0 {
            let speed = meter.on_bytes(done, now());
            on_progress(DownloadProgress { done, total, speed, is_verifying: false });
        }
    }
    match pull.end {
        Some(Ok(())) => Ok(name),
        Some(Err(said)) => Err(failed(said.headline(160))),
        None => Err(failed("it stopped in the middle".to_owned())),
    }
}

async fn open(ollama: &LocalServer, name: &str) -> Result<FileStream, String> {
    let endpoint = Endpoint::on_loopback(ollama.base_url.trim_end_matches("/v1"));
    let endpoint = endpoint.ok_or_else(|| "its address is invalid".to_owned())?;
    let address = endpoint.root_address("api/pull");
    let timeouts = Timeouts { connect: IDLE_TIMEOUT, first_byte: IDLE_TIMEOUT, idle: IDLE_TIMEOUT };
    let client = blocking(move || InferenceClient::new(endpoint, timeouts, None, None)).await?;
    let client = client.map_err(|error| error.to_string())?;
    let question = serde_json::json!({ "model": name, "stream": true }).to_string();
    client.post_for_stream(&address, question).await.map_err(|error| {
        let said = error.message.headline(160);
        if said.is_empty() { error.to_string() } else { said }
    })
}

/// Remembers that a model of Ollama makes the games from now on.
///
/// # Errors
///
/// It cannot be written down: why, as a clause.
pub fn remember_ollama(
    settings: &Settings,
    ollama: &LocalServer,
    model: &str,
) -> Result<(), String> {
    let target =
        EngineTarget::Server { base_url: ollama.base_url.clone(), model: model.to_owned() };
    let data_dir = DataDir::new(settings.files.home.value.clone());
    remember_engine(settings, &target, &data_dir).map(drop)
}

/// Forgets a server of others that was chosen; whether one was.
pub fn forget_found_engine(settings: &Settings) -> bool {
    let file = settings.files.remembered_engine();
    let is_chosen = settings.inference.engine.value == Engine::Endpoint
        && settings.inference.engine.origin == Origin::File(file.clone());
    let data_dir = DataDir::new(settings.files.home.value.clone());
    is_chosen && data_dir.remember_engine(&file, None).is_ok()
}
