//! How long a model's context is, where that is known before the first paid question.
//!
//! A cached model list names them for any server. A server on this machine is asked
//! for its list, which costs nothing and takes a moment: vLLM names `max_model_len` there,
//! llama.cpp's server `meta.n_ctx`. Where the list does not, llama.cpp's `/props` and
//! Ollama's `/api/show` do.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::hub_queries::{CacheUse, HubQueries};
use crate::inference::{Endpoint, InferenceClient, models};

/// How long a server on this machine has to answer; a busy one is asked for a game all the same.
const QUERY_TIMEOUT: Duration = Duration::from_millis(1_500);

/// The context window of each model, in tokens; `None` if the server does not tell it, so that it is
/// asked only once.
#[derive(Debug, Default)]
pub(super) struct ContextWindows {
    known: Mutex<HashMap<String, Option<u64>>>,
}

impl ContextWindows {
    /// The context of this model, if anybody knows it.
    pub async fn context_of(
        &self,
        model: &str,
        (client, endpoint): (&InferenceClient, &Endpoint),
        hub: &HubQueries,
    ) -> Option<u64> {
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(model) {
            return *known;
        }
        let found = query_context(model, (client, endpoint), hub).await;
        lock().insert(model.to_owned(), found);
        found
    }
}

async fn query_context(
    model: &str,
    (client, endpoint): (&InferenceClient, &Endpoint),
    hub: &HubQueries,
) -> Option<u64> {
    let is_local = endpoint.is_loopback() && endpoint.protocol.is_list_asked_first();
    let listed = if is_local {
        hub.models(CacheUse::Refresh, QUERY_TIMEOUT).await.ok()
    } else {
        hub.cached_models().await
    };
    let (found, suffix) = listed.as_ref()?.catalogue.resolve(model)?;
    let more = match found.server.filter(|_| is_local) {
        Some(models::ServerKind::LlamaCpp) => {
            let address = endpoint.root_address("props");
            let body = client.fetch(&address, models::MAX_PROPS_BYTES, QUERY_TIMEOUT);
            models::parse_props_context(&body.await.ok()?)
        }
        Some(models::ServerKind::Ollama) => {
            let question = serde_json::json!({ "model": found.id }).to_string();
            let address = endpoint.root_address("api/show");
            let body = client.post(&address, question, models::MAX_PROPS_BYTES, QUERY_TIMEOUT);
            models::parse_show_context(&body.await.ok()?)
        }
        None => None,
    };
    more.or_else(|| found.context_for(suffix))
}
