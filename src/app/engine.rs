//! Who makes the game.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Who makes the game. A closed set: this is no plugin system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Chat completions on HuggingFace's router.
    HuggingFace,
    /// Chat completions on any other base URL.
    Endpoint,
    /// `{inputs, parameters}`, as TGI and dedicated endpoints speak it.
    TextGeneration,
    /// A server on this machine that this program starts and ends.
    Local,
    /// The built-in composer: no model, no network.
    Offline,
}

/// An engine to change to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineTarget {
    /// The built-in composer.
    Composer,
    /// A model of a server on this machine that somebody else runs.
    Server { base_url: String, model: String },
    /// A model that this program runs on this machine.
    Local(LocalModelTarget),
    /// What the settings say.
    Settings,
}

/// A model that is on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalModelTarget {
    /// By its name on the Hub.
    Named(String),
    /// By its file.
    File(PathBuf),
}

/// A model that is being loaded into memory, on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadingModel {
    pub model: String,
    /// How long that takes, as far as one can tell.
    pub estimate: Duration,
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
    /// Whether somebody else's server lists its models.
    pub fn has_model_list(self) -> bool {
        match self {
            Self::HuggingFace | Self::Endpoint | Self::TextGeneration => true,
            Self::Local | Self::Offline => false,
        }
    }

    /// Its name in settings, in JSON and in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::HuggingFace => "huggingface",
            Self::Endpoint => "endpoint",
            Self::TextGeneration => "text-generation",
            Self::Local => "local",
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
            "local" => Ok(Self::Local),
            "offline" => Ok(Self::Offline),
            _ => Err("use huggingface, local, endpoint, text-generation or offline"),
        }
    }
}
