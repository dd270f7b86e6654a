//! Who makes the game: the engine, its models, and how often it is asked.

use crate::app::Engine;
use crate::config::keys::{SettingKey, ValueKind};
use crate::config::layers::Layers;
use crate::config::{ConfigError, Origin, Setting, engine};
use crate::inference::Policy;

/// The default model costs about $0.002 a game at its cheapest provider (30 B parameters, $0.07 /
/// $0.26 per million tokens in August 2026). Without `:cheapest` the router takes the fastest one,
/// which costs up to ten times as much.
pub(super) const ROWS: [SettingKey; 6] = [
    SettingKey::new(
        "engine",
        ValueKind::Choice(|| vec!["huggingface", "local", "endpoint", "text-generation", "offline"]),
        "",
        "`huggingface` with a token, otherwise `offline`; also `local` (a model on this machine), `endpoint`, \
         `text-generation`",
    )
    .flag("--engine", "NAME", "huggingface, local, endpoint, text-generation or offline")
    .flag_that_sets("--offline", "offline", "Use the built-in composer: no model, no network")
    .env("CODEAGENT_ENGINE")
    // A project may keep prompts on this machine, but not send them anywhere.
    .for_projects(|name| name == "offline"),
    SettingKey::new(
        "model",
        ValueKind::Text,
        "Qwen/Qwen3-Coder-30B-A3B-Instruct:cheapest",
        "`Qwen/Qwen3-Coder-30B-A3B-Instruct:cheapest`",
    )
    .flag("--model", "ID", "A model on that server, as owner/name or owner/name:provider")
    .env("CODEAGENT_MODEL")
    .for_projects(engine::is_plain_model),
    SettingKey::new(
        "variant_models",
        ValueKind::Text,
        "",
        "none: models separated by commas, each of which makes one variant",
    ),
    SettingKey::new(
        "max_tokens",
        ValueKind::Number { min: 1, max: 1_000_000 },
        "16000",
        "16000, and never more than a known context has room for",
    )
    .flag("--max-tokens", "N", "The maximum length of a reply, in tokens"),
    SettingKey::new("retry.attempts", ValueKind::Number { min: 1, max: 20 }, "5", "5").flag(
        "--attempts",
        "N",
        "The number of attempts before giving up",
    ),
    SettingKey::new(
        "retry.budget",
        ValueKind::Number { min: 0, max: 86_400 },
        "300",
        "300 s for all waits together",
    ),
];

/// Who makes the game, and how it is asked.
#[derive(Debug, Clone)]
pub struct InferenceSettings {
    pub engine: Setting<Engine>,
    pub model: Setting<String>,
    /// The models that make one variant of a prompt each.
    pub variant_models: Vec<String>,
    /// The maximum length of a reply, in tokens.
    pub max_tokens: Setting<u32>,
    pub policy: Policy,
}

impl InferenceSettings {
    /// The model that the user chose. `None` for the default one.
    pub fn chosen_model(&self) -> Option<&str> {
        (self.model.origin != Origin::Default).then_some(self.model.value.as_str())
    }

    /// Reads the settings of this group.
    ///
    /// # Errors
    ///
    /// A value is invalid.
    pub(in crate::config) fn read(
        layers: &Layers<'_>,
        engine: Setting<Engine>,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            model: engine::model(layers, engine.value, &engine.origin)?,
            engine,
            variant_models: layers.parse_with("variant_models", engine::model_names)?.value,
            max_tokens: layers.number("max_tokens")?,
            policy: Policy {
                attempts: layers.number("retry.attempts")?.value,
                budget: layers.seconds("retry.budget")?,
                ..Policy::default()
            },
        })
    }
}
