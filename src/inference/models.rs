//! Parses a server's list of models, without trusting it.
//!
//! HuggingFace's router lists providers, prices and speeds; vLLM, llama.cpp, Ollama and TGI list
//! names and little else; TGI's `/info` describes one model. Any of them may be wrapped in an
//! object, a list, or neither. Models that cannot be requested (a name with blanks or control
//! characters, no text output) are left out.

use std::time::Duration;

use serde_json::Value;

use super::price::{ModelPrices, Price};
use super::{InferenceError, protocol};
use crate::untrusted::{Untrusted, sanitize};

/// The largest list that is read, in bytes: forty times HuggingFace's own.
pub const MAX_LIST_BYTES: usize = 8 << 20;
/// More models than any server lists.
const MAX_MODELS: usize = 5_000;
const MAX_PROVIDERS: usize = 64;
/// The longest name that `--model` takes, in bytes.
const MAX_NAME_BYTES: usize = 200;

/// The models of a server, in its order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    pub models: Vec<Model>,
}

/// A catalogue and its age.
#[derive(Debug, Clone, PartialEq)]
pub struct CachedCatalogue {
    pub catalogue: Catalogue,
    pub age: Duration,
    /// Why it could not be refreshed, if that was tried.
    pub refresh_error: Option<InferenceError>,
}

/// A model that can be requested by its name, which `--model` takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub id: String,
    /// The context in tokens, as listed for the model itself; the router lists it per provider.
    pub context: Option<u64>,
    /// The kind of server, if it has a further route with the true context.
    pub server: Option<ServerKind>,
    /// The price of a server without providers, as OpenRouter lists it. `None` if unknown.
    pub price: Option<Price>,
    /// The providers behind the router; empty if the server runs the model itself.
    pub providers: Vec<Provider>,
}

/// A kind of server whose list says less about the context than another of its routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerKind {
    /// llama.cpp's server, whose older lists hold only the context of the training.
    LlamaCpp,
    Ollama,
}

/// A provider of a model. All but the name may be unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Provider {
    pub name: String,
    pub status: ProviderStatus,
    pub context: Option<u64>,
    pub price: Option<Price>,
    /// Tokens a second.
    pub throughput: Option<f64>,
    pub first_token_ms: Option<f64>,
}

/// Whether a provider currently serves the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderStatus {
    Live,
    Failing,
    /// An unknown status, treated as not live.
    Other(Untrusted),
}

impl ProviderStatus {
    /// The server's word.
    pub fn label(&self) -> String {
        match self {
            Self::Live => "live".to_owned(),
            Self::Failing => "error".to_owned(),
            Self::Other(word) => word.headline(30),
        }
    }
}

impl Catalogue {
    /// Parses an answer; `None` if it is not a list of models.
    pub fn parse(body: &str) -> Option<Self> {
        let json = serde_json::from_str::<Value>(body).ok()?;
        let inner = ["data", "models"].iter().find_map(|name| json.get(name));
        let list = match inner.unwrap_or(&json) {
            Value::Array(list) => list.as_slice(),
            object @ Value::Object(_) if model_name(object).is_some() => {
                std::slice::from_ref(object)
            }
            _ => return None,
        };
        let models = list.iter().take(MAX_MODELS).filter_map(Model::parse);
        let mut catalogue = Self { models: models.collect() };
        // Drop repeated names.
        let mut seen = std::collections::HashSet::new();
        catalogue.models.retain(|model| seen.insert(model.id.clone()));
        Some(catalogue)
    }

    /// Finds a model by name and returns the rest of the name: `owner/model:provider` is split at
    /// its last colon, unless the whole is a model (`llama3:8b` on Ollama).
    pub fn find<'n>(&self, name: &'n str) -> Option<(&Model, &'n str)> {
        let find = |id: &str| self.models.iter().find(|model| model.id == id);
        if let Some(model) = find(name) {
            return Some((model, ""));
        }
        let (id, suffix) = name.rsplit_once(':')?;
        Some((find(id)?, suffix))
    }

    /// As [`Self::find`], but a server with a single model often accepts any name for it.
    pub fn resolve<'n>(&self, name: &'n str) -> Option<(&Model, &'n str)> {
        let alone = || match self.models.as_slice() {
            [model] if model.providers.is_empty() => Some((model, "")),
            _ => None,
        };
        self.find(name).or_else(alone)
    }

    /// The prices of a model, requested by this name; `None` if it is not listed.
    pub fn prices(&self, name: &str) -> Option<ModelPrices> {
        let (model, suffix) = self.find(name)?;
        let providers = model.live_providers().filter(|it| Model::may_answer(it, suffix));
        let providers = providers.filter_map(|it| Some((it.name.clone(), it.price?)));
        let current = model.provider_for(suffix).and_then(|provider| provider.price);
        Some(ModelPrices::new(current.or(model.price), providers.collect()))
    }

    /// The models that match all words, in their name or as the name of a provider.
    pub fn matching(&self, words: &str) -> Vec<&Model> {
        let words: Vec<_> = words.split_whitespace().map(str::to_lowercase).collect();
        let fits = |model: &&Model| {
            let id = model.id.to_lowercase();
            let serves =
                |word: &String| model.providers.iter().any(|provider| provider.name == *word);
            words.iter().all(|word| id.contains(word.as_str()) || serves(word))
        };
        self.models.iter().filter(fits).collect()
    }
}

impl Model {
    fn parse(json: &Value) -> Option<Self> {
        let outputs = json.pointer("/architecture/output_modalities").and_then(Value::as_array);
        if outputs.is_some_and(|kinds| !kinds.iter().any(|kind| kind == "text")) {
            return None;
        }
        let providers = json.get("providers").and_then(Value::as_array);
        let providers = providers.into_iter().flatten().take(MAX_PROVIDERS);
        let count = |pointer: &&str| parse_count(json.pointer(pointer));
        let loaded =
            protocol::model_fields().flat_map(|fields| fields.loaded_context).find_map(count);
        let other =
            || protocol::model_fields().flat_map(|fields| fields.other_context).find_map(count);
        let owner = json.get("owned_by").and_then(Value::as_str).unwrap_or_default();
        let server = match owner {
            _ if loaded.is_some() => None,
            "llamacpp" => Some(ServerKind::LlamaCpp),
            _ if json.pointer("/meta/n_ctx_train").is_some() => Some(ServerKind::LlamaCpp),
            "library" => Some(ServerKind::Ollama),
            _ => None,
        };
        Some(Self {
            id: model_name(json)?.to_owned(),
            server,
            context: loaded.or_else(other),
            price: token_price(json),
            providers: providers.filter_map(Provider::parse).collect(),
        })
    }

    /// The providers that serve it now.
    pub fn live_providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.iter().filter(|provider| provider.status == ProviderStatus::Live)
    }

    /// Whether it can be requested now; a server without providers serves all that it lists.
    pub fn is_served(&self) -> bool {
        self.providers.is_empty() || self.live_providers().next().is_some()
    }

    /// Whether it can be requested with this suffix: a policy needs any provider, a name that
    /// provider.
    pub fn serves(&self, suffix: &str) -> bool {
        match suffix {
            "" | "cheapest" | "fastest" | "preferred" => self.is_served(),
            name => self.live_providers().any(|provider| provider.name == name),
        }
    }

    /// Whether a request with this suffix may be passed to that provider: a policy prefers one, and
    /// takes another while that one is away.
    fn may_answer(provider: &Provider, suffix: &str) -> bool {
        matches!(suffix, "" | "cheapest" | "fastest" | "preferred") || provider.name == suffix
    }

    /// The provider that the router selects for `:cheapest`: the lowest output price.
    pub fn cheapest(&self) -> Option<&Provider> {
        let priced =
            self.live_providers().filter_map(|provider| Some((provider, provider.price?.output)));
        priced.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(provider, _)| provider)
    }

    /// The price at the cheapest provider, or of a server without any.
    pub fn lowest_price(&self) -> Option<Price> {
        self.cheapest().and_then(|provider| provider.price).or(self.price)
    }

    /// The provider that the router selects for `:fastest`, and for no suffix: the most tokens a
    /// second.
    pub fn fastest(&self) -> Option<&Provider> {
        let timed =
            self.live_providers().filter_map(|provider| Some((provider, provider.throughput?)));
        // Of equally fast ones the first.
        let fastest = timed.reduce(|best, next| if next.1 > best.1 { next } else { best });
        fastest.map(|(provider, _)| provider)
    }

    /// The provider that the router selects for this suffix; `None` if that is not known.
    pub fn provider_for(&self, suffix: &str) -> Option<&Provider> {
        let mut live = self.live_providers();
        match suffix {
            "" | "fastest" => match (live.next(), live.next()) {
                (Some(alone), None) => Some(alone),
                _ => self.fastest(),
            },
            "cheapest" => self.cheapest(),
            name => self.providers.iter().find(|provider| provider.name == name),
        }
    }

    /// The position in a sorted list: by the cost of a game, then unknown prices, then models that
    /// no provider serves.
    pub fn sort_key(&self) -> f64 {
        match self.lowest_price() {
            Some(price) => price.game_cost(),
            None if self.is_served() => 1e9,
            None => 2e9,
        }
    }

    /// The context in tokens with this suffix: its provider's, else the smallest of all.
    pub fn context_for(&self, suffix: &str) -> Option<u64> {
        let named = self.providers.iter().find(|provider| provider.name == suffix);
        named.and_then(|provider| provider.context).or_else(|| self.context())
    }

    /// The context in tokens that every live provider has.
    pub fn context(&self) -> Option<u64> {
        self.live_providers().filter_map(|provider| provider.context).min().or(self.context)
    }
}

impl Provider {
    fn parse(json: &Value) -> Option<Self> {
        let name = json.get("provider").or_else(|| json.get("name"))?.as_str()?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if name.is_empty() || name.len() > 60 || !name.chars().all(is_plain) {
            return None;
        }
        let status = match json.get("status").and_then(Value::as_str) {
            Some("live") => ProviderStatus::Live,
            Some("error") => ProviderStatus::Failing,
            word => ProviderStatus::Other(Untrusted::new(word.unwrap_or("unknown"))),
        };
        // The list writes 0 for a price that it does not know; no provider gives games away.
        let usd = |name: &str| parse_amount(json.pointer(name)).filter(|usd| *usd > 0.0);
        Some(Self {
            name: name.to_owned(),
            status,
            context: parse_count(json.get("context_length")),
            price: usd("/pricing/input")
                .zip(usd("/pricing/output"))
                .map(|(input, output)| Price { input, output }),
            throughput: parse_amount(json.get("throughput")).filter(|rate| *rate > 0.0),
            first_token_ms: parse_amount(json.get("first_token_latency_ms")),
        })
    }
}

/// The largest answer about a server or one model, in bytes: Ollama's holds a licence and
/// templates.
pub const MAX_PROPS_BYTES: usize = 4 << 20;

/// The context that a model was loaded with, from llama.cpp's `/props` (`tools/server/README.md` of
/// llama.cpp); `None` if it is missing, or 0 as from its router.
pub fn parse_props_context(body: &str) -> Option<u64> {
    let json = serde_json::from_str::<Value>(body).ok()?;
    let pointers = ["/default_generation_settings/n_ctx", "/n_ctx"];
    pointers.iter().find_map(|pointer| parse_count(json.pointer(pointer)))
}

/// The context of a model, from Ollama's `/api/show` (`docs/api.md` of Ollama): the `num_ctx` of
/// its model file, else the context of the training (`<architecture>.context_length`).
pub fn parse_show_context(body: &str) -> Option<u64> {
    let json = serde_json::from_str::<Value>(body).ok()?;
    let parameters = json.get("parameters").and_then(Value::as_str).unwrap_or_default();
    let set = parameters.lines().find_map(|line| {
        line.trim().strip_prefix("num_ctx")?.trim().parse::<u64>().ok().filter(|count| *count > 0)
    });
    let info = json.get("model_info").and_then(Value::as_object);
    let trained = info.into_iter().flatten().find(|(name, _)| name.ends_with(".context_length"));
    set.or_else(|| parse_count(trained.map(|(_, value)| value)))
}

/// A short form of a token count: `262k`, `1M`.
pub fn format_tokens(tokens: u64) -> String {
    match tokens {
        0..1_000 => tokens.to_string(),
        1_000..999_500 => format!("{}k", (tokens + 500) / 1_000),
        // A power of two is shown as the round number below it.
        _ if tokens % 1_000_000 < 50_000 => format!("{}M", tokens / 1_000_000),
        _ => format!("{}.{}M", tokens / 1_000_000, tokens % 1_000_000 / 100_000),
    }
}

/// The size of a file of weights: `4.7 GB`, `986 MB`.
pub fn format_size(bytes: u64) -> String {
    match bytes / 1_000_000 {
        megabytes @ 0..1_000 => format!("{megabytes} MB"),
        megabytes => format!("{}.{} GB", megabytes / 1_000, megabytes % 1_000 / 100),
    }
}

/// The name to request a model by; `None` if it has none that `--model` takes.
fn model_name(json: &Value) -> Option<&str> {
    let mut fields = protocol::model_fields().flat_map(|fields| fields.name).chain(&["/name"]);
    let name = fields.find_map(|name| json.pointer(name)?.as_str())?;
    let is_odd = name.contains(char::is_whitespace) || sanitize(name) != name;
    (!name.is_empty() && name.len() <= MAX_NAME_BYTES && !is_odd).then_some(name)
}

pub(super) fn parse_count(value: Option<&Value>) -> Option<u64> {
    let value = value?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).filter(|count| *count > 0)
}

/// A price a token, as OpenRouter lists it (`pricing.prompt` and `pricing.completion`, texts). 0 is taken
/// for unknown: what costs nothing there is limited otherwise.
fn token_price(json: &Value) -> Option<Price> {
    let usd = |pointer| parse_amount(json.pointer(pointer)).filter(|usd| *usd > 0.0);
    let (input, output) = usd("/pricing/prompt").zip(usd("/pricing/completion"))?;
    Some(Price { input: input * 1e6, output: output * 1e6 })
}

/// A finite number of at least 0.
fn parse_amount(value: Option<&Value>) -> Option<f64> {
    let value = value?;
    let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
    number.filter(|number| number.is_finite() && *number >= 0.0)
}

#[cfg(test)]
mod tests;
