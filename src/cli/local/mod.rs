//! `codeagent local`: models on this machine. What fits, download, start, stop.

mod overview;
mod progress;

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::args::{LaunchArgs, LocalArgs, LocalCommand};
use super::{exit_with_error, print_result, warn};
use crate::app::LoadingModel;
use crate::config::{Origin, Settings};
use crate::driver::{self, MemoryCheck, ModelDownloader};
use crate::inference::local_server::LocalServer;
use crate::inference::models::format_tokens;
use crate::inference::outcome::format_duration;
use crate::local::download::with_unit;
use crate::local::server_process::become_server;
use crate::local::server_record::{ServerLifetime, ServerRecord};
use crate::local::{LocalCatalogue, LocalError, LocalModelRow, MachineResources, ModelRef};
use crate::report::output;
use crate::untrusted::Untrusted;

use progress::DownloadReport;

/// The output of a command, as text and as JSON.
struct LocalOutput {
    human: String,
    json: serde_json::Value,
}

/// Runs the command, prints its output, and returns the exit code.
pub fn run(local: &LocalArgs, settings: &Settings) -> ExitCode {
    let memory_check = if local.force { MemoryCheck::Skipped } else { MemoryCheck::Kept };
    let file = settings.resolved.iter().find(|(name, _)| *name == "model_file");
    let is_file_given = file.is_some_and(|(_, file)| matches!(file.origin, Origin::Flag(_)));
    let done = match &local.command {
        None if is_file_given => start(settings, None, memory_check),
        None | Some(LocalCommand::List) => overview::overview(settings),
        Some(LocalCommand::Pull { model }) => pull(settings, named(settings, model.as_deref())),
        Some(LocalCommand::Start { model }) => {
            start(settings, named(settings, model.as_deref()), memory_check)
        }
        Some(LocalCommand::Stop) => stop(settings),
    };
    match done {
        Ok(output) if local.json => print_result(&format!("{}\n", output.json), 0),
        Ok(output) => print_result(&output.human, 0),
        Err(error) if local.json => {
            let json = json!({ "error": error.code(), "message": error.to_string(), "advice": error.advice() });
            print_result(&format!("{json}\n"), error.exit_code())
        }
        Err(error) => exit_with_error(&format!("{error}\n  {}", error.advice()), error.exit_code()),
    }
}

/// Becomes the model server that another run of this program starts.
pub fn launch(launch: &LaunchArgs) -> ExitCode {
    let lifetime = match launch.lifetime.as_str() {
        "program" => ServerLifetime::Program,
        _ => ServerLifetime::UntilStopped,
    };
    let Some((program, arguments)) = launch.command.split_first() else {
        return ExitCode::from(2);
    };
    let error = become_server(lifetime, launch.starter, Path::new(program), arguments);
    exit_with_error(&format!("cannot execute {}: {error}", Path::new(program).display()), 127)
}

/// The model that was named: as an argument, or by `--model`.
fn named<'a>(settings: &'a Settings, argument: Option<&'a str>) -> Option<&'a str> {
    let by_flag = settings.resolved.iter().find(|(name, _)| *name == "model");
    let by_flag = by_flag.filter(|(_, model)| matches!(model.origin, Origin::Flag(_)));
    argument.or_else(|| by_flag.map(|(_, model)| model.value.as_str()))
}

fn best_fit(catalogue: &LocalCatalogue) -> Result<ModelRef, LocalError> {
    let best = catalogue.recommended(&MachineResources::read(), |_| true);
    best.map(LocalModelRow::model_ref).ok_or(LocalError::NoModel(String::new()))
}

fn pull(settings: &Settings, model: Option<&str>) -> Result<LocalOutput, LocalError> {
    let catalogue = settings.local_engine.catalogue()?;
    let model = match model {
        Some(name) => {
            let bad_name = |why| LocalError::BadName { name: name.to_owned(), why };
            catalogue.resolve(name).map_err(bad_name)?
        }
        None => best_fit(&catalogue)?,
    };
    if driver::find_llama_server(&settings.local_engine).is_err()
        && let Some(ollama) = block_on(async { Ok(driver::find_ollama(settings).await) })?
    {
        return pull_by_ollama(settings, &ollama, &model);
    }
    let downloader = ModelDownloader::new(settings.local_engine.clone(), settings.network.timeouts);
    let work = async {
        let listing = downloader.list(&model).await?;
        let licence = listing.licence().map(|name| format!(", licence {name}")).unwrap_or_default();
        warn(&format!("{model}: {}{licence}", with_unit(listing.bytes())));
        let report = DownloadReport::default();
        let done = downloader.download(&listing, &|progress| report.show(progress)).await;
        report.end();
        done
    };
    let weights = block_on(work)?;
    let path = weights.path.to_string_lossy().into_owned();
    let missing = match driver::find_llama_server(&settings.local_engine) {
        Ok(_) => String::new(),
        Err(error) => format!("{error}. {}\n", error.advice()),
    };
    let name = Untrusted::new(model.to_string()).headline(120);
    Ok(LocalOutput {
        human: format!("{name} is here: `codeagent local start {name}` starts it\n{missing}"),
        json: json!({ "model": model.to_string(), "bytes": weights.bytes, "path": path }),
    })
}

/// The same by Ollama, which keeps models itself.
fn pull_by_ollama(
    settings: &Settings,
    ollama: &LocalServer,
    model: &ModelRef,
) -> Result<LocalOutput, LocalError> {
    warn(&format!("{model}: downloaded by Ollama at {}", ollama.base_url));
    let name = block_on(async {
        let report = DownloadReport::default();
        let show = |progress| report.show(progress);
        let pulled = driver::pull_with_ollama(settings, ollama, model, &show).await;
        report.end();
        pulled
    })?;
    Ok(LocalOutput {
        human: format!(
            "Ollama has {name}: `codeagent local start {model}` has it make the games\n"
        ),
        json: json!({ "model": name, "base_url": ollama.base_url }),
    })
}

/// Has a model of Ollama make the games: it starts by itself, with the first of them.
fn start_by_ollama(
    settings: &Settings,
    ollama: &LocalServer,
    model: Option<&str>,
) -> Result<LocalOutput, LocalError> {
    let wanted = match model {
        Some(name) => settings.local_engine.catalogue()?.resolve(name).ok(),
        None => None,
    };
    let is_wanted = |id: &str| match (&wanted, model) {
        (Some(wanted), _) => id.eq_ignore_ascii_case(&wanted.ollama_name()),
        (None, Some(name)) => id == name,
        (None, None) => true,
    };
    let found = ollama.models.iter().map(|model| model.id.as_str()).find(|id| is_wanted(id));
    let missing = || LocalError::NotDownloaded {
        model: wanted.as_ref().map_or_else(|| "a model".to_owned(), ToString::to_string),
        bytes: None,
    };
    let name = found.ok_or_else(missing)?;
    let shown = Untrusted::new(name).headline(120);
    let human = match driver::remember_ollama(settings, ollama, name) {
        Ok(()) => format!(
            "From now on {shown} of Ollama makes the games; `codeagent local stop` ends that.\n"
        ),
        Err(why) => {
            format!("--preset ollama --model {shown} uses it; it cannot be remembered ({why}).\n")
        }
    };
    Ok(LocalOutput { human, json: json!({ "model": name, "base_url": ollama.base_url }) })
}

fn start(
    settings: &Settings,
    model: Option<&str>,
    memory_check: MemoryCheck,
) -> Result<LocalOutput, LocalError> {
    if settings.local_engine.model_file.is_none()
        && driver::find_llama_server(&settings.local_engine).is_err()
        && let Some(ollama) = block_on(async { Ok(driver::find_ollama(settings).await) })?
    {
        return start_by_ollama(settings, &ollama, model);
    }
    let on_loading = |loading: LoadingModel| {
        let name = Untrusted::new(loading.model.as_str()).headline(80);
        warn(&format!("loading {name} into memory, about {}", format_duration(loading.estimate)));
    };
    let started = driver::start_local_server(settings, model, memory_check, &on_loading);
    let record = block_on(started)?;
    let remembered = driver::remember_local_engine(settings, model, &record);
    let use_line = match remembered {
        Ok(true) => "From now on it makes the games; `codeagent local stop` ends it.".to_owned(),
        Ok(false) => {
            "The settings name another engine: `--engine local` uses it; `codeagent local stop` ends it."
                .to_owned()
        }
        Err(why) => format!("`--engine local` uses it: that it is in use cannot be remembered ({why})."),
    };
    let name = Untrusted::new(record.name.as_str()).headline(120);
    Ok(LocalOutput {
        human: format!(
            "{name} runs at {}/v1, with a context of {}\n{use_line}\n",
            record.root(),
            format_tokens(record.context.into())
        ),
        json: record_json(&record),
    })
}

fn stop(settings: &Settings) -> Result<LocalOutput, LocalError> {
    let ended = driver::stop_local_servers(settings)?;
    if ended.is_empty() && !driver::forget_found_engine(settings) {
        return Err(LocalError::NothingRuns);
    }
    if ended.is_empty() {
        let human = "games are made as before; the server is not ours and goes on\n".to_owned();
        return Ok(LocalOutput { human, json: json!({ "ended": [] }) });
    }
    let lines = ended
        .iter()
        .map(|record| format!("ended {}\n", Untrusted::new(record.name.as_str()).headline(120)));
    Ok(LocalOutput {
        human: lines.collect(),
        json: json!({ "ended": ended.iter().map(record_json).collect::<Vec<_>>() }),
    })
}

/// A server for programs, with the key that it asks for.
fn record_json(record: &ServerRecord) -> serde_json::Value {
    json!({
        "model": record.name,
        "base_url": format!("{}/v1", record.root()),
        "api_key": record.key,
        "context_length": record.context,
        "file": record.weights.to_string_lossy(),
        "pid": record.server.pid,
    })
}

/// Waits for the work, unless Ctrl+C ends it: what arrived by then is kept.
fn block_on<T>(work: impl Future<Output = Result<T, LocalError>>) -> Result<T, LocalError> {
    let done = driver::block_on_interruptible(work);
    match done {
        Ok(Some(result)) => result,
        Ok(None) => {
            if output::is_stderr_terminal() {
                output::erase_line();
            }
            Err(LocalError::Cancelled)
        }
        Err(error) => Err(LocalError::Ended(error.to_string())),
    }
}
