//! `codeagent models`: what the server serves, and how far the free credits go with it.

mod table;

use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};

use super::args::Models;
use super::{put, refuse, warn, width};
use crate::app::Failure;
use crate::config::Settings;
use crate::driver::{self, Inquiry, PATIENCE, Wish};
use crate::inference::CachedCatalogue;
use crate::inference::models::{Model, Provider};

use table::Table;

/// Tells what there is, and answers with the exit code.
pub fn run(models: &Models, settings: &Settings) -> ExitCode {
    let wish = if models.refresh { Wish::Anew } else { Wish::Kept };
    let asked = driver::block_on(async { Ok(Inquiry::new(settings).models(wish, PATIENCE).await) });
    let listed = match asked {
        Ok(Ok(listed)) => listed,
        Ok(Err(trouble)) => {
            let failure = Failure::of(trouble);
            let words = format!("{}\n  {}", failure.message(), failure.advice());
            return refuse(&words, failure.exit_code());
        }
        Err(error) => return refuse(&error, 9),
    };
    if settings.is_offline_by_choice() {
        warn(&format!("offline: this list is {} old", age(listed.age)));
    }
    if let Some(words) = stale(&listed) {
        warn(&words);
    }
    let words = models.words.join(" ");
    let found = listed.catalogue.matching(&words);
    if models.json {
        return put(&format!("{}\n", told(&listed, &found, settings)), 0);
    }
    if found.is_empty() {
        warn(if words.is_empty() { "the server serves no models" } else { "no model fits" });
        return ExitCode::SUCCESS;
    }
    let table = Table {
        found,
        credits_usd: settings.credits_usd,
        chosen: &settings.model.value,
        // Who looked for something wants to know who serves it.
        in_detail: !words.is_empty(),
    };
    put(&table.text(width::of_output()), 0)
}

/// Why the list is an old one, and how old.
fn stale(listed: &CachedCatalogue) -> Option<String> {
    let trouble = listed.refresh_error.clone()?;
    let why = Failure::of(trouble).message();
    Some(format!("{why}; this list is {} old", age(listed.age)))
}

/// `5 minutes`, `3 hours`, `2 days`.
fn age(age: Duration) -> String {
    let minutes = age.as_secs() / 60;
    match minutes {
        0..=1 => "a minute".to_owned(),
        2..=119 => format!("{minutes} minutes"),
        120..=2_879 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}

fn told(listed: &CachedCatalogue, found: &[&Model], settings: &Settings) -> Value {
    let credits = settings.credits_usd;
    json!({
        "models": found.iter().map(|model| model_told(model, credits)).collect::<Vec<_>>(),
        "host": settings.endpoint.value.host(),
        "credits_usd": credits,
        "age_s": listed.age.as_secs(),
        "stale": listed.refresh_error.clone().map(|trouble| Failure::of(trouble).message()),
    })
}

fn model_told(model: &Model, credits: f64) -> Value {
    let name = |provider: Option<&Provider>| provider.map(|provider| provider.name.clone());
    let providers = model.providers.iter().map(|it| provider_told(it, credits));
    json!({
        "id": model.id,
        "context_length": model.context(),
        "providers": providers.collect::<Vec<_>>(),
        "cheapest": name(model.cheapest()),
        "fastest": name(model.fastest()),
        "games_a_month": model.cheapest().and_then(|it| games(it, credits)),
    })
}

fn provider_told(provider: &Provider, credits: f64) -> Value {
    json!({
        "provider": provider.name,
        "context_length": provider.context,
        "input_usd": provider.price.map(|price| price.input),
        "output_usd": provider.price.map(|price| price.output),
        "throughput": provider.throughput,
        "first_token_ms": provider.first_token_ms,
        "status": provider.status.label(),
        "games_a_month": games(provider, credits),
    })
}

/// Nothing where the price is unknown, or nothing.
fn games(provider: &Provider, credits: f64) -> Option<u32> {
    provider.price?.affordable_games(credits)
}
