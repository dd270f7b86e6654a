//! Who makes the game.

use std::str::FromStr;

/// Who makes the game. A closed set: this is no plugin system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Chat completions on HuggingFace's router.
    HuggingFace,
    /// Chat completions on any other base URL.
    Endpoint,
    /// `{inputs, parameters}`, as TGI and dedicated endpoints speak it.
    TextGeneration,
    /// The built-in composer: no model, no network.
    Offline,
}

/// An engine to change to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineTarget {
    /// The built-in composer.
    Composer,
    /// A model of a server on this machine.
    Local { base_url: String, model: String },
    /// What the settings say.
    Settings,
}

/// Who chose the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineChoice {
    /// A setting, or the token that is there.
    User,
    /// Nobody: without a token or a server the composer is left.
    Nobody,
}

impl Engine {
    /// Its name in settings, in JSON and in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::HuggingFace => "huggingface",
            Self::Endpoint => "endpoint",
            Self::TextGeneration => "text-generation",
            Self::Offline => "offline",
        }
    }
}

impl FromStr for Engine {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "huggingface" => Ok(Self::HuggingFace),
            "endpoint" => Ok(Self::Endpoint),
            "text-generation" => Ok(Self::TextGeneration),
            "offline" => Ok(Self::Offline),
            _ => Err("use huggingface, endpoint, text-generation or offline"),
        }
    }
}
