//! Why a model is not downloaded, and what helps.

use std::path::PathBuf;

use super::download::with_unit;
use crate::untrusted::Untrusted;

/// What went wrong, each as a clause without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DownloadError {
    /// The switch that forbids it.
    #[error("nothing is downloaded: {0} is set")]
    Offline(String),
    #[error("{0} does not exist on HuggingFace, or is private")]
    NoRepository(String),
    #[error("{0} is open only to those who have accepted its terms")]
    Gated(String),
    /// The quantisations that there are.
    #[error("{model} has no such weights{}", describe_quantisations(.there))]
    NoWeights { model: String, there: Vec<String> },
    #[error("what answered at {0} is not HuggingFace")]
    NotTheHub(String),
    #[error("the Hub cannot be asked: {0}")]
    Hub(String),
    /// In Ollama's own words.
    #[error("Ollama cannot get the model: {0}")]
    Ollama(String),
    #[error("the download stopped at {}: {why}", with_unit(*.done))]
    Interrupted { done: u64, why: String },
    #[error("{file} is not what the Hub promised ({what}); it was removed")]
    Damaged { file: String, what: &'static str },
    #[error("the disk has {} free, and {} are needed in {}", with_unit(*.free), with_unit(*.need), Untrusted::new(.folder.to_string_lossy()).headline(240))]
    NoDisk { need: u64, free: u64, folder: PathBuf },
}

impl DownloadError {
    /// The remedy, as one sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Offline(_) => {
                "Unset it to download, or use --model-file with a file that is here."
            }
            Self::NoRepository(_) => {
                "Check the spelling; for a private repository set HF_TOKEN. `codeagent local` lists \
                 models that make games."
            }
            Self::Gated(_) => {
                "Accept the terms on its page (https://huggingface.co/ and its name) and set HF_TOKEN, \
                 or choose another model: `codeagent local` lists some."
            }
            Self::NoWeights { .. } => {
                "Name one that there is after a colon, as in `owner/name:Q4_K_M`; repositories for \
                 llama.cpp end in -GGUF."
            }
            Self::NotTheHub(_) => {
                "Check HF_ENDPOINT, and for a VPN, a company proxy or a login page of the network."
            }
            Self::Hub(_) => {
                "Check the network; HTTPS_PROXY names a proxy, HF_ENDPOINT a mirror of the Hub."
            }
            Self::Ollama(_) => {
                "Check the name and the network, and `ollama serve`; started again, it goes on."
            }
            Self::Interrupted { .. } => "Start it again: it goes on where it stopped.",
            Self::Damaged { .. } => {
                "Start it again; if it happens twice, something on the way changes it."
            }
            Self::NoDisk { .. } => {
                "Free some space, choose a smaller model, or set HF_HUB_CACHE to a folder on another disk."
            }
        }
    }

    /// The process's exit code, as the README documents them.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoWeights { .. } => 2,
            Self::Gated(_) => 3,
            Self::Offline(_)
            | Self::Hub(_)
            | Self::Ollama(_)
            | Self::Interrupted { .. }
            | Self::Damaged { .. }
            | Self::NotTheHub(_) => 5,
            Self::NoDisk { .. } => 9,
            Self::NoRepository(_) => 10,
        }
    }

    /// A word for programs; stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Offline(_) => "offline",
            Self::NoRepository(_) => "no-repository",
            Self::Gated(_) => "gated",
            Self::NoWeights { .. } => "no-weights",
            Self::NotTheHub(_) => "not-the-hub",
            Self::Hub(_) => "hub",
            Self::Ollama(_) => "ollama",
            Self::Interrupted { .. } => "interrupted",
            Self::Damaged { .. } => "damaged",
            Self::NoDisk { .. } => "no-disk",
        }
    }
}

fn describe_quantisations(names: &[String]) -> String {
    match names {
        [] => ": it has no GGUF files".to_owned(),
        names => format!(": it has {}", names.join(", ")),
    }
}
