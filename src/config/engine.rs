//! Selects the engine that the settings imply, and explains the choice.

use super::layers::Layers;
use super::{ConfigError, Origin, Setting};
use crate::app::Engine;
use crate::inference::Protocol;
use crate::secret::{Secret, is_token};
use crate::untrusted::sanitize;

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
    let base = layers.get("base_url");
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
    if unchosen && token.is_none() && layers.environment.variable("GEMINI_API_KEY").is_some() {
        notices.push(
            "GEMINI_API_KEY alone is no longer enough: set HF_TOKEN to a HuggingFace token, or \
             set CODEAGENT_BASE_URL to Gemini's OpenAI-compatible address and HF_TOKEN to that key"
                .to_owned(),
        );
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

/// The model that is set, else the default one. Only HuggingFace's router knows `:cheapest`.
pub(super) fn model(layers: &Layers<'_>, engine: Engine) -> Result<Setting<String>, ConfigError> {
    let model = layers.parse_with("model", model_name)?;
    if engine == Engine::HuggingFace || model.origin != Origin::Default {
        return Ok(model);
    }
    let value = model.value.split(':').next().unwrap_or_default().to_owned();
    Ok(Setting { value, ..model })
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
