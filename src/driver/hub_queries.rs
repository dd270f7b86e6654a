//! Queries beside the making of games: models, the account of the token, remaining credits.
//!
//! Each is asked once, within a short time, and its answer is kept in the home
//! folder: the list for an hour, the identity for twelve, the credits never.

use std::sync::Arc;
use std::time::Duration;

use super::blocking::blocking;
use super::wall_clock;
use crate::app::Engine;
use crate::config::{Hub, HubError, Setting, Settings, token};
use crate::inference::account::{self, AccountError, Credits, Identity, SessionCost};
use crate::inference::models::{self, CachedCatalogue, Catalogue};
use crate::inference::{
    Endpoint, ErrorCause, InferenceClient, InferenceError, ModelPrices, PermanentCause, Protocol,
    Timeouts, price,
};
use crate::library::{AnswerCache, UnixMillis, sha256};
use crate::secret::Secret;
use crate::untrusted::Untrusted;

/// How long a list counts as new: prices and providers change by the day.
const LIST_MAX_AGE: Duration = Duration::from_hours(1);
/// HuggingFace limits identity requests; its own tools cache them as long.
const IDENTITY_MAX_AGE: Duration = Duration::from_hours(12);

/// Whether a cached answer will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheUse {
    /// One that is not too old.
    Cached,
    /// The same, unless it says that something is missing: that may have changed since.
    CachedIfGood,
    /// The server is asked.
    Refresh,
}

/// The timeout of a query that the user waits for.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Who may be asked, and with what.
#[derive(Debug, Clone)]
pub struct HubQueries {
    endpoint: Endpoint,
    token: Option<Setting<Secret>>,
    hub: Result<Hub, HubError>,
    /// The organisation that pays. `None` if the token's owner does.
    bill_to: Option<String>,
    connect: Duration,
    cache: AnswerCache,
    is_offline: bool,
}

impl HubQueries {
    /// Queries with these settings.
    pub fn new(settings: &Settings) -> Self {
        Self {
            endpoint: settings.network.endpoint.value.clone(),
            token: settings.network.token.clone(),
            hub: settings.network.hub.clone(),
            bill_to: settings.network.bill_to.clone(),
            connect: settings.network.timeouts.connect,
            cache: AnswerCache::new(&settings.files.home.value),
            is_offline: settings.is_offline_by_choice(),
        }
    }

    /// The models that the server serves. If it cannot be asked, an older list is better than none,
    /// and says how old it is.
    ///
    /// # Errors
    ///
    /// The server cannot be asked, or its answer is no list, and no older list is stored.
    pub async fn models(
        &self,
        cache_use: CacheUse,
        timeout: Duration,
    ) -> Result<CachedCatalogue, InferenceError> {
        let cached = self.cached_models().await;
        let (max_age, is_offline) = (LIST_MAX_AGE, self.is_offline);
        match cached {
            Some(cached)
                if is_offline || cache_use != CacheUse::Refresh && cached.age < max_age =>
            {
                Ok(cached)
            }
            None if is_offline => {
                Err(InferenceError::local(ErrorCause::Permanent(PermanentCause::Offline), ""))
            }
            cached => self.ask_models(timeout).await.or_else(|error| match cached {
                Some(cached) if is_away(error.cause) => {
                    Ok(CachedCatalogue { refresh_error: Some(error), ..cached })
                }
                _ => Err(error),
            }),
        }
    }

    /// The list for the screen.
    pub(super) async fn list(&self) -> Result<Arc<CachedCatalogue>, InferenceError> {
        self.models(CacheUse::Cached, DEFAULT_TIMEOUT).await.map(Arc::new)
    }

    async fn ask_models(&self, timeout: Duration) -> Result<CachedCatalogue, InferenceError> {
        let address = self.endpoint.models_address();
        let client = client(self.endpoint.clone(), self.token.clone(), self.connect).await?;
        let asked = client.fetch(&address, models::MAX_LIST_BYTES, timeout).await;
        let body = asked.map_err(|error| list_error(error, self.endpoint.protocol))?;
        let no_list = || {
            InferenceError::local(
                ErrorCause::Permanent(PermanentCause::NotAnAnswer),
                "the response is not a list of models",
            )
        };
        let catalogue = Catalogue::parse(&body).ok_or_else(no_list)?;
        let cache = self.cache.clone();
        // A list that cannot be kept is asked for again.
        drop(blocking(move || cache.store("models", &address, &body, wall_clock())).await);
        Ok(CachedCatalogue { catalogue, age: Duration::ZERO, refresh_error: None })
    }

    /// The list of an earlier question, however old. It is a file and no question.
    pub(super) async fn cached_models(&self) -> Option<CachedCatalogue> {
        let (cache, address) = (self.cache.clone(), self.endpoint.models_address());
        blocking(move || load_models(&cache, &address)).await.ok()?
    }

    /// The account of the token.
    ///
    /// # Errors
    ///
    /// HuggingFace is not asked (offline, another server, no token), cannot be reached, or refuses.
    pub async fn identity(
        &self,
        cache_use: CacheUse,
        timeout: Duration,
    ) -> Result<Identity, AccountError> {
        let hub = self.hub.as_ref().map_err(|why| AccountError::NotAsked(why.to_string()))?;
        let address = hub.base.address_below(account::WHOAMI_ROUTE);
        let token = token::current(&hub.token);
        let key = format!("{address} {}", fingerprint(&address, &token));
        if let Some(cached_identity) = self.cached_identity(cache_use, &key).await {
            return Ok(cached_identity);
        }
        let client = client(hub.base.clone(), Some(hub.token.clone()), self.connect).await;
        let asked = client.map_err(AccountError::Failed)?;
        let body = asked.fetch(&address, account::MAX_ANSWER_BYTES, timeout).await;
        let body = body.map_err(AccountError::Failed)?;
        let identity = Identity::parse(&body).ok_or_else(unreadable_answer)?;
        let cache = self.cache.clone();
        let keep = move || {
            let safe = Identity::strip_private(&body)?;
            cache.store("whoami", &key, &safe, wall_clock()).ok()
        };
        // What cannot be kept is asked for again.
        drop(blocking(keep).await);
        Ok(identity)
    }

    async fn cached_identity(&self, cache_use: CacheUse, key: &str) -> Option<Identity> {
        let (cache, key) = (self.cache.clone(), key.to_owned());
        let cached = blocking(move || cache.load("whoami", &key, wall_clock())).await.ok()??;
        let cached_identity =
            Identity::parse(&cached.text).filter(|_| cached.age < IDENTITY_MAX_AGE)?;
        let is_usable = match cache_use {
            CacheUse::Cached => true,
            CacheUse::CachedIfGood => cached_identity.token.may_infer == Some(true),
            CacheUse::Refresh => false,
        };
        is_usable.then_some(cached_identity)
    }

    /// The credits spent since the month began.
    ///
    /// # Errors
    ///
    /// As [`HubQueries::identity`].
    pub(super) async fn spent_this_month(&self) -> Result<Credits, AccountError> {
        let now = wall_clock();
        let identity = self.identity(CacheUse::Cached, DEFAULT_TIMEOUT).await.ok();
        self.credits(billing_start(identity.as_ref(), now), DEFAULT_TIMEOUT).await
    }

    /// What was spent since then, as HuggingFace counts it; that may be half an hour behind.
    ///
    /// # Errors
    ///
    /// As [`HubQueries::identity`].
    pub async fn credits(
        &self,
        since: UnixMillis,
        timeout: Duration,
    ) -> Result<Credits, AccountError> {
        let hub = self.hub.as_ref().map_err(|why| AccountError::NotAsked(why.to_string()))?;
        let seconds = |time: UnixMillis| time.0.div_euclid(1_000);
        let (from, to) = (seconds(since), seconds(wall_clock()));
        let address = hub.base.address_below(account::USAGE_ROUTE);
        let address = format!("{address}?startDate={from}&endDate={to}");
        let client = client(hub.base.clone(), Some(hub.token.clone()), self.connect).await;
        let asked = client.map_err(AccountError::Failed)?;
        let body = asked.fetch(&address, account::MAX_ANSWER_BYTES, timeout).await;
        Credits::parse(&body.map_err(AccountError::Failed)?).ok_or_else(unreadable_answer)
    }

    /// What HuggingFace has settled for each session since `start`, an ISO date; later requests are
    /// pending for about half an hour.
    ///
    /// # Errors
    ///
    /// As [`HubQueries::identity`].
    pub async fn session_costs(
        &self,
        (start, end): (&str, &str),
        timeout: Duration,
    ) -> Result<Vec<SessionCost>, AccountError> {
        let hub = self.hub.as_ref().map_err(|why| AccountError::NotAsked(why.to_string()))?;
        let address = match &self.bill_to {
            Some(name) => hub.base.address_below(&account::organisation_sessions_route(name)),
            None => hub.base.address_below(account::SESSIONS_ROUTE),
        };
        let address = format!("{address}?startDate={start}&endDate={end}");
        let client = client(hub.base.clone(), Some(hub.token.clone()), self.connect).await;
        let asked = client.map_err(AccountError::Failed)?;
        let body = asked.fetch(&address, account::MAX_ANSWER_BYTES, timeout).await;
        let body = body.map_err(AccountError::Failed)?;
        account::parse_session_costs(&body).ok_or_else(unreadable_answer)
    }
}

/// When the account's billing month began; without an account that says so, the calendar's.
pub fn billing_start(identity: Option<&Identity>, now: UnixMillis) -> UnixMillis {
    let end = identity.and_then(|identity| identity.period_end);
    let end = end.map(|seconds| UnixMillis(seconds.saturating_mul(1_000)));
    // A cached identity may be of the month before.
    let current = end.map(|end| if end.0 <= now.0 { end } else { end.month_before() });
    let is_recent = |start: &UnixMillis| (0..=32 * 86_400_000).contains(&(now.0 - start.0));
    current.filter(is_recent).unwrap_or_else(|| now.month_start())
}

/// The model's prices from a cached list: no server is waited for before the first frame. What runs
/// on this machine costs nothing. Reading the list is left to the first request where the built-in
/// price will do until then: without a budget in money.
pub(super) fn cached_prices(settings: &Settings) -> Option<ModelPrices> {
    let endpoint = &settings.network.endpoint.value;
    match settings.inference.engine.value {
        Engine::Offline => return None,
        Engine::Endpoint | Engine::TextGeneration | Engine::Local if endpoint.is_loopback() => {
            return Some(ModelPrices::free());
        }
        Engine::HuggingFace | Engine::Endpoint | Engine::TextGeneration | Engine::Local => {}
    }
    let model = &settings.inference.model.value;
    if settings.usage.budget_usd.is_none() && price::known_price(model).is_some() {
        return None;
    }
    stored_models(settings)?.catalogue.prices(model)
}

/// The list that the configured server gave last, however old. Nothing is asked of anybody.
pub(super) fn stored_models(settings: &Settings) -> Option<CachedCatalogue> {
    let cache = AnswerCache::new(&settings.files.home.value);
    load_models(&cache, &settings.network.endpoint.value.models_address())
}

fn load_models(cache: &AnswerCache, address: &str) -> Option<CachedCatalogue> {
    let cached = cache.load("models", address, wall_clock())?;
    let catalogue = Catalogue::parse(&cached.text)?;
    Some(CachedCatalogue { catalogue, age: cached.age, refresh_error: None })
}

/// Building a client reads the system's certificates. No billing account: these queries are free.
async fn client(
    endpoint: Endpoint,
    token: Option<Setting<Secret>>,
    connect: Duration,
) -> Result<InferenceClient, InferenceError> {
    let timeouts = Timeouts { connect, first_byte: DEFAULT_TIMEOUT, idle: DEFAULT_TIMEOUT };
    let build = move || {
        let token = token.as_ref().map(token::current);
        InferenceClient::new(endpoint, timeouts, token.as_ref(), None)
    };
    let crashed = |why| InferenceError::local(ErrorCause::Permanent(PermanentCause::Broken), why);
    blocking(build).await.map_err(crashed)?
}

/// A cache key that differs per token and does not reveal it.
fn fingerprint(address: &str, token: &Secret) -> String {
    let hash = sha256(&format!("codeagent {address} {}", token.expose()));
    hash.get(..16).unwrap_or_default().to_owned()
}

/// Whether the server gave no answer, as opposed to a refusal.
fn is_away(cause: ErrorCause) -> bool {
    let ErrorCause::Permanent(lasting) = cause else { return true };
    matches!(
        lasting,
        PermanentCause::Broken
            | PermanentCause::NotAnAnswer
            | PermanentCause::Blocked
            | PermanentCause::NoCertificates
            | PermanentCause::BadCertificate
    )
}

/// A server without that route serves models all the same.
fn list_error(error: InferenceError, protocol: Protocol) -> InferenceError {
    let has_no_route = error.status.is_some_and(|status| protocol.lacks_list(status));
    if error.cause == ErrorCause::Permanent(PermanentCause::AnswerTooLarge) {
        let message = Untrusted::new("its list is larger than 8 MiB");
        return InferenceError {
            cause: ErrorCause::Permanent(PermanentCause::NotAnAnswer),
            message,
            ..error
        };
    }
    // A refusal by a proxy says nothing about the server's routes.
    if error.cause != ErrorCause::Permanent(PermanentCause::Blocked) && has_no_route {
        return InferenceError { cause: ErrorCause::Permanent(PermanentCause::NoList), ..error };
    }
    error
}

fn unreadable_answer() -> AccountError {
    let cause = ErrorCause::Permanent(PermanentCause::NotAnAnswer);
    AccountError::Failed(InferenceError::local(cause, "the response is not in the expected form"))
}
