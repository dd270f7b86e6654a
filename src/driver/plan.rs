//! What the settings mean for the machine: the options of jobs, and the plan of a session.

use std::sync::Arc;

use super::{hub_queries, local_model};
use crate::app::{
    AutoPlayTest, Engine, EngineChoice, FREE_TRIES, GameAuthor, JobOptions, LimitPolicy,
    OutputForm, PAID_TRIES, RequestTerms, SaveTarget, SessionPlan, TryBudget,
};
use crate::config::Settings;
use crate::inference::sampling::LOCAL_SAMPLING;
use crate::inference::{Sampling, ServerCost};

/// How many tries at a game that plays. What runs on this machine costs nothing; the composer makes
/// the same game each time.
fn try_budget(settings: &Settings) -> TryBudget {
    let is_free = settings.network.endpoint.value.is_loopback();
    let suggested = match settings.inference.engine.value {
        Engine::Offline => 1,
        Engine::HuggingFace | Engine::Endpoint | Engine::TextGeneration | Engine::Local
            if is_free =>
        {
            FREE_TRIES
        }
        Engine::HuggingFace | Engine::Endpoint | Engine::TextGeneration | Engine::Local => {
            PAID_TRIES
        }
    };
    let tries = settings.usage.tries.unwrap_or(suggested);
    // No list names a price of what runs here, because it costs nothing.
    let usd = settings.usage.budget_usd.filter(|_| !is_free);
    TryBudget { tries, usd, tokens: settings.usage.budget_tokens }
}

/// How a first question is sampled. The router's providers know best what their models need; a server
/// of this machine often knows nothing.
fn sampling(settings: &Settings) -> Sampling {
    if settings.network.endpoint.value.is_loopback() { LOCAL_SAMPLING } else { Sampling::default() }
}

/// The model that will be asked. Of a model on this machine the name depends on which one is here.
fn model_name(settings: &Settings) -> String {
    let model = &settings.inference.model;
    if settings.inference.engine.value != Engine::Local {
        return model.value.clone();
    }
    let wanted = settings.inference.chosen_model();
    let name = local_model::model_name(&settings.local_engine, wanted);
    name.unwrap_or_else(|| model.value.clone())
}

/// The plan of a session with these settings.
pub fn plan(settings: &Settings, saving: SaveTarget) -> SessionPlan {
    let job = JobOptions {
        engine: settings.inference.engine.value,
        author: GameAuthor::default(),
        terms: RequestTerms {
            model: model_name(settings),
            prices: hub_queries::cached_prices(settings),
            max_tokens: settings.inference.max_tokens.value,
            theme: settings.game.theme.value,
            sampling: sampling(settings),
        },
        has_token: settings.network.token.is_some(),
        idle_timeout: settings.network.timeouts.idle,
        policy: settings.inference.policy,
        seed: settings.game.seed,
        media: Arc::default(),
        limits: settings.usage.limits,
        over_limit: LimitPolicy::default(),
        saving,
        form: OutputForm::default(),
        keep_unsafe: false,
        play_test: AutoPlayTest::default(),
        budget: try_budget(settings),
        ask_above_usd: settings.usage.ask_above_usd,
    };
    SessionPlan {
        job: Arc::new(job),
        variant_models: settings.inference.variant_models.clone(),
        credits_usd: settings.usage.credits_usd,
        server_cost: ServerCost::of(&settings.network.endpoint.value),
        engine_choice: engine_choice(settings),
        base_url: settings.network.endpoint.value.base_url(),
        configured: settings.configured.as_ref().and_then(|configured| describe_engine(configured)),
        host: settings.network.endpoint.value.host().to_owned(),
        notices: settings.notices.all.clone(),
    }
}

/// What these settings ask, for people. `None` for the composer.
fn describe_engine(settings: &Settings) -> Option<String> {
    let host = settings.network.endpoint.value.host();
    let model = &settings.inference.model.value;
    (settings.inference.engine.value != Engine::Offline).then(|| format!("{model} at {host}"))
}

fn engine_choice(settings: &Settings) -> EngineChoice {
    let is_unchosen =
        settings.inference.engine.value == Engine::Offline && !settings.is_offline_by_choice();
    if is_unchosen { EngineChoice::Nobody } else { EngineChoice::User }
}
