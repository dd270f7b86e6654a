//! How long a model's context is and what it costs, where that is known before the first paid
//! question.
//!
//! The server's list names both; it costs nothing. Of a server on this machine it is asked for anew,
//! which takes a moment: vLLM names `max_model_len` there, llama.cpp's server `meta.n_ctx`. Where
//! the list does not, llama.cpp's `/props` and Ollama's `/api/show` do. HuggingFace's router is asked
//! only if no list of it is kept, any other server not at all.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::hub_queries::{CacheUse, HubQueries};
use super::local_servers;
use crate::inference::{Catalogue, Endpoint, InferenceClient, ModelPrices, models};

/// How long a server on this machine has to answer; a busy one is asked for a game all the same.
const QUERY_TIMEOUT: Duration = Duration::from_millis(1_500);

/// What is known of a model before it is asked.
#[derive(Debug, Clone, Default)]
pub(super) struct ModelFacts {
    /// The context window in tokens. `None` if the server does not tell it.
    pub context: Option<u64>,
    /// `None` if the server lists none.
    pub prices: Option<ModelPrices>,
    /// The model to ask in place of a default one that the server does not have: the only one, or on
    /// this machine one that is in memory. `None` where the model is there, or nobody can tell.
    pub substitute: Option<String>,
}

/// The facts of each model, so that a server is asked only once.
#[derive(Debug, Default)]
pub(super) struct KnownModels {
    known: Mutex<HashMap<String, ModelFacts>>,
}

impl KnownModels {
    /// The facts of this model, as far as anybody knows them. `default_model` is asked because none was
    /// named, and may be replaced; `None` if the user named one.
    pub async fn facts_of(
        &self,
        (model, default_model): (&str, Option<&str>),
        (client, endpoint): (&InferenceClient, &Endpoint),
        hub: &HubQueries,
    ) -> ModelFacts {
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(model) {
            return known.clone();
        }
        let found = query_facts((model, default_model), (client, endpoint), hub).await;
        let found = found.unwrap_or_default();
        lock().insert(model.to_owned(), found.clone());
        found
    }
}

async fn query_facts(
    (model, default_model): (&str, Option<&str>),
    (client, endpoint): (&InferenceClient, &Endpoint),
    hub: &HubQueries,
) -> Option<ModelFacts> {
    let has_list = endpoint.protocol.is_list_asked_first();
    let is_local = endpoint.is_loopback() && has_list;
    let kept = if is_local { None } else { hub.cached_models().await };
    let listed = match kept {
        None if has_list && (is_local || endpoint.is_huggingface()) => {
            hub.models(CacheUse::Refresh, QUERY_TIMEOUT).await.ok()
        }
        kept => kept,
    };
    let catalogue = &listed.as_ref()?.catalogue;
    if default_model == Some(model)
        && catalogue.find(model).is_none()
        && let Some(other) = substitute(catalogue, endpoint).await
    {
        let facts = Box::pin(query_facts((&other, None), (client, endpoint), hub)).await;
        return Some(ModelFacts { substitute: Some(other), ..facts.unwrap_or_default() });
    }
    let (found, suffix) = catalogue.resolve(model)?;
    let more = match found.server.filter(|_| is_local) {
        Some(models::ServerKind::LlamaCpp) => {
            let address = endpoint.root_address("props");
            let body = client.fetch(&address, models::MAX_PROPS_BYTES, QUERY_TIMEOUT);
            body.await.ok().and_then(|body| models::parse_props_context(&body))
        }
        Some(models::ServerKind::Ollama) => {
            let question = serde_json::json!({ "model": found.id }).to_string();
            let address = endpoint.root_address("api/show");
            let body = client.post(&address, question, models::MAX_PROPS_BYTES, QUERY_TIMEOUT);
            body.await.ok().and_then(|body| models::parse_show_context(&body))
        }
        None => None,
    };
    let prices = catalogue.prices(model);
    let context = more.or_else(|| found.context_for(suffix));
    Some(ModelFacts { context, prices, substitute: None })
}

/// The model that is meant where none was named: the only one, or on this machine the one that is in
/// memory, else the first. A list of many elsewhere leaves the choice to the user.
async fn substitute(catalogue: &Catalogue, endpoint: &Endpoint) -> Option<String> {
    let is_router = catalogue.models.iter().any(|model| !model.providers.is_empty());
    if is_router {
        return None;
    }
    if endpoint.is_loopback() {
        let root = endpoint.root_address("");
        let server = local_servers::probe(root.trim_end_matches('/').to_owned()).await?;
        return server.offered().map(|model| model.id.clone());
    }
    match catalogue.models.as_slice() {
        [only] => Some(only.id.clone()),
        _ => None,
    }
}
