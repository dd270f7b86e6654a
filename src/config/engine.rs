//! Selects the engine that the settings imply, explains the choice, and changes it.

use std::sync::Arc;

use super::layers::Layers;
use super::{ConfigError, Origin, Setting, Settings};
use crate::app::{Engine, EngineTarget, LocalModelTarget};
use crate::inference::endpoint::EndpointError;
use crate::inference::{Endpoint, Protocol};
use crate::secret::{Secret, is_token};
use crate::untrusted::sanitize;

/// What a model is called that runs on this machine, until it is known which one.
pub const LOCAL_MODEL: &str = "local-model";

/// The engine that is set, else the one that the other settings imply.
pub(super) fn choose(
    layers: &Layers<'_>,
    token: Option<&Setting<Secret>>,
) -> Result<Setting<Engine>, ConfigError> {
    if !layers.get("engine").value.is_empty() {
        return layers.parse("engine");
    }
    if let Some(origin) = layers.environment.switched_on("HF_HUB_OFFLINE") {
        return Ok(Setting { value: Engine::Offline, origin });
    }
    let protocol = layers.parse::<Protocol>("protocol")?;
    if protocol.value == Protocol::TextGeneration {
        return Ok(Setting { value: Engine::TextGeneration, origin: protocol.origin });
    }
    let file = layers.get("model_file");
    let base = layers.get("base_url");
    if file.origin.strength() > base.origin.strength() {
        return Ok(Setting { value: Engine::Local, origin: file.origin });
    }
    if base.origin != Origin::Default {
        return Ok(Setting { value: Engine::Endpoint, origin: base.origin });
    }
    let value = if token.is_some() { Engine::HuggingFace } else { Engine::Offline };
    Ok(Setting { value, origin: Origin::Default })
}

/// The protocol that is set, else the one that the engine's name asks for.
pub(super) fn protocol(layers: &Layers<'_>) -> Result<Protocol, ConfigError> {
    let protocol = layers.parse::<Protocol>("protocol")?;
    let engine = layers.get("engine").value.parse();
    if protocol.origin == Origin::Default && engine == Ok(Engine::TextGeneration) {
        return Ok(Protocol::TextGeneration);
    }
    Ok(protocol.value)
}

impl Settings {
    /// The settings with another engine, and what the remembered file is to hold; `None` for no file.
    ///
    /// # Errors
    ///
    /// The address of the server is invalid.
    pub fn with_engine(
        &self,
        target: &EngineTarget,
    ) -> Result<(Self, Option<String>), EndpointError> {
        let configured = self.configured.clone().unwrap_or_else(|| Arc::new(self.clone()));
        let mut changed =
            Self { configured: Some(Arc::clone(&configured)), ..(*configured).clone() };
        let origin = Origin::File(self.files.remembered_engine());
        let mut table = toml::Table::new();
        match target {
            EngineTarget::Settings => return Ok(((*configured).clone(), None)),
            EngineTarget::Composer => {
                changed.inference.engine = Setting { value: Engine::Offline, origin };
                table.insert("engine".to_owned(), Engine::Offline.name().into());
            }
            EngineTarget::Local(wanted) => {
                changed.network.endpoint =
                    Setting { value: Endpoint::this_machine()?, origin: origin.clone() };
                (changed.network.token, changed.network.bill_to) = (None, None);
                table.insert("engine".to_owned(), Engine::Local.name().into());
                match wanted {
                    LocalModelTarget::Named(model) => {
                        changed.local_engine.model_file = None;
                        changed.inference.model =
                            Setting { value: model.clone(), origin: origin.clone() };
                        table.insert("model".to_owned(), model.clone().into());
                    }
                    LocalModelTarget::File(path) => {
                        changed.local_engine.model_file = Some(path.clone());
                        let path = path.to_string_lossy().into_owned();
                        table.insert("model_file".to_owned(), path.into());
                    }
                }
                changed.inference.engine = Setting { value: Engine::Local, origin };
            }
            EngineTarget::Server { base_url, model } => {
                let endpoint = Endpoint::new(base_url, Protocol::Chat)?;
                changed.network.endpoint = Setting { value: endpoint, origin: origin.clone() };
                (changed.network.token, changed.network.bill_to) = (None, None);
                changed.inference.model = Setting { value: model.clone(), origin: origin.clone() };
                changed.inference.engine = Setting { value: Engine::Endpoint, origin };
                table.insert("engine".to_owned(), Engine::Endpoint.name().into());
                table.insert("base_url".to_owned(), base_url.clone().into());
                table.insert("model".to_owned(), model.clone().into());
            }
        }
        changed.notices.all.clear();
        Ok((changed, Some(table.to_string())))
    }
}

/// The notices to show at the start, so that no choice is silent.
pub(super) fn notices(
    layers: &Layers<'_>,
    engine: &Setting<Engine>,
    token: Option<&Setting<Secret>>,
) -> Vec<String> {
    let mut notices = Vec::new();
    let unchosen = engine.value == Engine::Offline && engine.origin == Origin::Default;
    if unchosen {
        notices.push(why_offline(layers).to_owned());
    }
    let missing = layers.preset().and_then(|(it, _)| it.missing_key(layers.environment));
    notices.extend(missing);
    if unchosen && token.is_none() && layers.environment.variable("GEMINI_API_KEY").is_some() {
        notices.push("GEMINI_API_KEY is used with --preset gemini and a --model only".to_owned());
    }
    notices
}

fn why_offline(layers: &Layers<'_>) -> &'static str {
    if layers.environment.switched_on("HF_HUB_DISABLE_IMPLICIT_TOKEN").is_some() {
        return "offline: HF_HUB_DISABLE_IMPLICIT_TOKEN is set, so no token is used; the built-in \
                composer makes the game";
    }
    "offline: no HuggingFace token was found, so the built-in composer makes the game"
}

/// The model that is set, else the default one, of which only HuggingFace's router knows `:cheapest`.
/// None, an empty name, for a service elsewhere that is not known to have the default one.
pub(super) fn model(
    layers: &Layers<'_>,
    engine: Engine,
    engine_origin: &Origin,
) -> Result<Setting<String>, ConfigError> {
    let model = layers.parse_with("model", model_name)?;
    let is_weaker = model.origin.strength() < engine_origin.strength();
    if engine == Engine::Local && (model.origin == Origin::Default || is_weaker) {
        return Ok(Setting { value: LOCAL_MODEL.to_owned(), origin: Origin::Default });
    }
    if engine == Engine::HuggingFace || model.origin != Origin::Default {
        return Ok(model);
    }
    let is_elsewhere = layers.preset().is_some_and(|(preset, _)| !preset.is_local());
    let value = if is_elsewhere { "" } else { model.value.split(':').next().unwrap_or_default() };
    Ok(Setting { value: value.to_owned(), origin: model.origin })
}

/// Parses comma-separated model names.
pub(super) fn model_names(names: &str) -> Result<Vec<String>, &'static str> {
    let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(model_name).collect()
}

/// Whether it is safe as part of an address: some servers have the model in the path.
pub(super) fn is_plain_model(name: &str) -> bool {
    model_name(name).is_ok() && !name.contains("..") && !name.contains(['%', '\\'])
}

/// Validates a model id as on the hub, with an optional `:provider` or `:policy`.
pub(super) fn model_name(name: &str) -> Result<String, &'static str> {
    let is_odd = name.contains(char::is_whitespace) || sanitize(name) != name;
    if name.len() > 200 || is_odd || is_token(name) {
        return Err("write a model as `owner/name` or `owner/name:provider`");
    }
    Ok(name.to_owned())
}
