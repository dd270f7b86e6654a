//! The requests of this process: one client, what is known of the models, and a record of each
//! request.

use std::sync::{Arc, Mutex, PoisonError};

use super::TaskContext;
use super::blocking::blocking;
use super::hub_queries::HubQueries;
use super::library_thread::LibraryHandle;
use super::local_engine::LocalEngine;
use super::local_start::MemoryCheck;
use super::model_facts::{KnownModels, ModelFacts};
use super::request_recorder::{FLUSH_INTERVAL, RequestRecorder};
use crate::app::{Engine, JobEvent};
use crate::config::{Origin, Setting, Settings, token};
use crate::inference::{
    CompletionRequest, Endpoint, ErrorCause, InferenceClient, InferenceError, ModelPrices, Outcome,
    PermanentCause, RequestLimits, Timeouts, client,
};
use crate::local::LocalError;
use crate::local::server_record::{ServerLifetime, ServerRecord};
use crate::secret::Secret;

/// Sends requests to the model server. The client is built for the first request: loading
/// certificates must not delay the first frame.
#[derive(Debug)]
pub(super) struct InferenceService {
    endpoint: Endpoint,
    timeouts: Timeouts,
    token: Option<Setting<Secret>>,
    bill_to: Option<String>,
    engine: &'static str,
    limits: RequestLimits,
    models: KnownModels,
    /// The model that is asked because none was named. `None` if the user named one.
    default_model: Option<String>,
    client: Mutex<Option<CachedClient>>,
    /// The server that this program runs. `None` for those of others.
    local: Option<LocalEngine>,
}

/// The client of the last question, and the token it carries.
#[derive(Debug)]
struct CachedClient {
    token: Option<Secret>,
    client: InferenceClient,
}

impl InferenceService {
    /// A service with these settings. Its client is built with the first request.
    pub fn new(settings: &Settings) -> Self {
        Self {
            endpoint: settings.network.endpoint.value.clone(),
            timeouts: settings.network.timeouts,
            token: settings.network.token.clone(),
            bill_to: settings.network.bill_to.clone(),
            engine: settings.inference.engine.value.name(),
            limits: settings.usage.limits,
            models: KnownModels::default(),
            default_model: default_model(settings),
            client: Mutex::new(None),
            local: (settings.inference.engine.value == Engine::Local)
                .then(|| LocalEngine::new(settings, ServerLifetime::Program, MemoryCheck::Kept)),
        }
    }

    /// Sends the request and reports its progress. `None` if a limit holds it, which was sent.
    pub async fn ask(
        self: Arc<Self>,
        mut request: CompletionRequest,
        (library, hub): (&Arc<LibraryHandle>, &HubQueries),
        events: &TaskContext,
    ) -> Option<Outcome> {
        let served = match self.running_server(events).await {
            Ok(served) => served,
            Err(error) => {
                events.send(JobEvent::LocalEngineFailed(error));
                return None;
            }
        };
        let service = Arc::clone(&self);
        let broke = |why| InferenceError::local(ErrorCause::Permanent(PermanentCause::Broken), why);
        let record = served.clone();
        let built = blocking(move || service.client(record.as_ref())).await;
        let client = match built.map_err(broke).flatten() {
            Ok(client) => client,
            Err(error) => return Some(Outcome::Failed(error)),
        };
        let facts = if let Some(record) = served {
            // What it was started with is known.
            request.model = record.name;
            let (context, prices) = (Some(record.context.into()), Some(ModelPrices::free()));
            ModelFacts { context, prices, substitute: None }
        } else {
            let asked = (request.model.as_str(), self.default_model.as_deref());
            self.models.facts_of(asked, (&client, &self.endpoint), hub).await
        };
        if let Some(model) = &facts.substitute {
            request.model.clone_from(model);
            events.send(JobEvent::ModelFound(model.clone()));
        }
        apply_facts(&mut request, facts, events);
        // The job has seen the prices, too, and asks the user.
        if request.costs_too_much().is_some() {
            return None;
        }
        request.is_settled = self.engine == Engine::HuggingFace.name();
        let recorder =
            RequestRecorder::begin(library, self.engine, self.limits, &request, events).await?;
        tracing::debug!(job = events.id().0, model = request.model, "request");
        let outcome = listen(&client, request, &recorder, events).await;
        log_outcome(events, &outcome);
        recorder.end(&outcome);
        Some(outcome)
    }

    /// The server that this program runs, once its model is loaded. `None` where others run it.
    async fn running_server(
        &self,
        events: &TaskContext,
    ) -> Result<Option<ServerRecord>, LocalError> {
        let Some(local) = &self.local else { return Ok(None) };
        let on_loading = |loading| events.send(JobEvent::ModelLoading(loading));
        let record = local.ready(&on_loading).await?;
        events.send(JobEvent::ModelLoaded);
        Ok(Some(record))
    }

    /// The one client, rebuilt only if the token was renewed, or the server is another one: building
    /// reads the system's certificates. `server` is the one that this program runs.
    fn client(&self, server: Option<&ServerRecord>) -> Result<InferenceClient, InferenceError> {
        let own_key = server.map(|record| Secret::new(&record.key));
        let token = own_key.or_else(|| self.token.as_ref().map(token::current));
        let mut cached = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cached) = cached.as_ref().filter(|cached| cached.token == token) {
            return Ok(cached.client.clone());
        }
        let own = server.and_then(|record| Endpoint::on_loopback(&record.root()));
        let endpoint = own.unwrap_or_else(|| self.endpoint.clone());
        let bill_to = self.bill_to.as_deref();
        let client = InferenceClient::new(endpoint, self.timeouts, token.as_ref(), bill_to)?;
        *cached = Some(CachedClient { token, client: client.clone() });
        Ok(client)
    }
}

fn default_model(settings: &Settings) -> Option<String> {
    let (engine, model) = (settings.inference.engine.value, &settings.inference.model);
    let is_default = engine != Engine::HuggingFace && model.origin == Origin::Default;
    is_default.then(|| model.value.clone())
}

/// Lets the request ask for no more than the context has room for, and notes what it costs.
fn apply_facts(request: &mut CompletionRequest, facts: ModelFacts, events: &TaskContext) {
    if let Some(context) = facts.context {
        let tokens = request.answer_room(context);
        if tokens < request.max_tokens {
            request.max_tokens = tokens;
            let bounded = client::StreamProgress::Bounded { tokens, context };
            events.send(JobEvent::StreamProgress(bounded));
        }
    }
    if let Some(prices) = facts.prices.filter(|_| request.prices.is_none()) {
        request.prices = Some(prices.clone());
        events.send(JobEvent::PricesListed(prices));
    }
}

/// Asks, reports every piece, and has the recorder write the pieces to disk as they come.
async fn listen(
    client: &InferenceClient,
    request: CompletionRequest,
    recorder: &RequestRecorder,
    events: &TaskContext,
) -> Outcome {
    let on_progress = |progress: client::StreamProgress| {
        if let client::StreamProgress::Content(text) = &progress {
            recorder.append(text);
        }
        events.send(JobEvent::StreamProgress(progress));
    };
    let mut asked = std::pin::pin!(client.ask(request, on_progress));
    loop {
        tokio::select! {
            outcome = &mut asked => return outcome,
            () = tokio::time::sleep(FLUSH_INTERVAL) => recorder.flush(),
        }
    }
}

fn log_outcome(events: &TaskContext, outcome: &Outcome) {
    let job = events.id().0;
    match outcome {
        Outcome::Replied(reply) => {
            tracing::debug!(job, finish = ?reply.finish, usage = ?reply.usage, "reply");
        }
        Outcome::Interrupted(error) | Outcome::Failed(error) => {
            tracing::warn!(job, cause = error.cause.code(), status = ?error.status, "no reply");
        }
    }
}
