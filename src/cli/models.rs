//! `codeagent models`: the server's models, and what a game costs with each.

mod local;
mod table;

use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};

use super::args::ModelsArgs;
use super::{exit_with_error, print_result, warn, width};
use crate::app::{Engine, JobError, ModelRecords};
use crate::config::Settings;
use crate::driver::{self, CacheUse};
use crate::inference::local_server::LocalServers;
use crate::inference::models::{Model, Provider};
use crate::inference::price::round_usd;
use crate::inference::{CachedCatalogue, InferenceError, ServerCost};
use crate::library::ModelSummary;

use local::{local_json, local_text};
use table::ModelTable;

/// Prints the models and returns the exit code.
pub fn run(models: &ModelsArgs, settings: &Settings) -> ExitCode {
    let cache = if models.refresh { CacheUse::Refresh } else { CacheUse::Cached };
    let asked = driver::block_on(async { Ok(driver::list_models(settings, cache).await) });
    let (listed, local) = match asked {
        Ok((Ok(listed), local)) => (listed, local),
        Ok((Err(error), local)) => return without_list(models, &local, error),
        Err(error) => return exit_with_error(&error, 9),
    };
    if settings.is_offline_by_choice() {
        warn(&format!("offline: this list is {} old", format_age(listed.age)));
    }
    if let Some(notice) = stale_notice(&listed) {
        warn(&notice);
    }
    let query = models.words.join(" ");
    let records = records(settings);
    let found = listed.catalogue.matching(&query);
    if models.json {
        let json = models_json((&listed, &local), &found, &records, settings);
        return print_result(&format!("{json}\n"), 0);
    }
    let local = local_text(&local, &query);
    if settings.inference.engine.value == Engine::Local {
        let hint = "engine local makes games on this machine: `codeagent local` lists its models\n";
        return print_result(&format!("{local}{hint}"), 0);
    }
    if found.is_empty() && !local.is_empty() {
        return print_result(&local, 0);
    }
    if found.is_empty() {
        warn(if query.is_empty() { "the server serves no models" } else { "no model matches" });
        return ExitCode::SUCCESS;
    }
    let table = ModelTable {
        found,
        server_cost: ServerCost::of(&settings.network.endpoint.value),
        chosen: &settings.inference.model.value,
        records: &records,
        engine: settings.inference.engine.value,
        // A search also lists the providers.
        in_detail: !query.is_empty(),
    };
    print_result(&format!("{local}{}", table.text(width::output_width())), 0)
}

/// The server's list could not be had: what runs on this machine can be used all the same.
fn without_list(models: &ModelsArgs, local: &LocalServers, error: InferenceError) -> ExitCode {
    let failure = JobError::of(error);
    let text = format!("{}\n  {}", failure.message(), failure.advice());
    if local.offered().is_none() {
        let text = format!("{text}\n{}", local.advice(std::env::consts::OS));
        return exit_with_error(&text.trim_end(), failure.exit_code());
    }
    warn(&text);
    if models.json {
        let json = json!({ "models": [], "local": local_json(local), "stale": failure.message() });
        return print_result(&format!("{json}\n"), 0);
    }
    print_result(&local_text(local, &models.words.join(" ")), 0)
}

/// What models came to before. Nothing is known without a library.
fn records(settings: &Settings) -> ModelRecords {
    let mut records = ModelRecords::default();
    let known = driver::library(settings).and_then(|library| library.model_summaries());
    records.load(known.unwrap_or_default());
    records
}

/// Why the list could not be refreshed, and its age; `None` if it is current.
fn stale_notice(listed: &CachedCatalogue) -> Option<String> {
    let error = listed.refresh_error.clone()?;
    let why = JobError::of(error).message();
    Some(format!("{why}; this list is {} old", format_age(listed.age)))
}

/// `5 minutes`, `3 hours`, `2 days`.
fn format_age(age: Duration) -> String {
    let minutes = age.as_secs() / 60;
    match minutes {
        0..=1 => "a minute".to_owned(),
        2..=119 => format!("{minutes} minutes"),
        120..=2_879 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}

fn models_json(
    (listed, local): (&CachedCatalogue, &LocalServers),
    found: &[&Model],
    records: &ModelRecords,
    settings: &Settings,
) -> Value {
    let credits = settings.usage.credits_usd;
    let engine = settings.inference.engine.value;
    let model_json = |model: &&Model| {
        let sums = records.sums(engine, &model.id);
        model_json(model, sums.as_ref(), credits)
    };
    json!({
        "models": found.iter().map(model_json).collect::<Vec<_>>(),
        "local": local_json(local),
        "host": settings.network.endpoint.value.host(),
        "credits_usd": credits,
        "age_s": listed.age.as_secs(),
        "stale": listed.refresh_error.clone().map(|error| JobError::of(error).message()),
    })
}

fn model_json(model: &Model, sums: Option<&ModelSummary>, credits: Option<f64>) -> Value {
    let name = |provider: Option<&Provider>| provider.map(|provider| provider.name.clone());
    let providers = model.providers.iter().map(|provider| provider_json(provider, credits));
    json!({
        "id": model.id,
        "context_length": model.context(),
        "providers": providers.collect::<Vec<_>>(),
        "cheapest": name(model.cheapest()),
        "fastest": name(model.fastest()),
        "usd_a_game": model.lowest_price().map(|price| round_usd(price.game_cost())),
        "games_a_month": model.cheapest().and_then(|provider| affordable_games(provider, credits)),
        "your_games": sums.map(record_json),
    })
}

/// What a model came to before: sums over all prompts whose games were played.
fn record_json(sums: &ModelSummary) -> Value {
    json!({
        "prompts": sums.jobs,
        "play": sums.plays,
        "tries": sums.tries,
        "tokens": sums.tokens,
        "seconds": sums.milliseconds / 1_000,
        "usd": sums.usd,
    })
}

fn provider_json(provider: &Provider, credits: Option<f64>) -> Value {
    json!({
        "provider": provider.name,
        "context_length": provider.context,
        "input_usd": provider.price.map(|price| price.input),
        "output_usd": provider.price.map(|price| price.output),
        "throughput": provider.throughput,
        "first_token_ms": provider.first_token_ms,
        "status": provider.status.label(),
        "usd_a_game": usd_a_game(provider),
        "games_a_month": affordable_games(provider, credits),
    })
}

/// What a typical game costs. `None` if the price is unknown.
fn usd_a_game(provider: &Provider) -> Option<f64> {
    Some(round_usd(provider.price?.game_cost()))
}

/// How many games the month's credits pay for. `None` if these or the price are unknown.
fn affordable_games(provider: &Provider, credits: Option<f64>) -> Option<u32> {
    provider.price?.affordable_games(credits?)
}
