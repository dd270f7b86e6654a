//! Why a model does not run on this machine, and what helps.

use std::path::PathBuf;

use super::download::with_unit;
use super::download_error::DownloadError;
use crate::untrusted::Untrusted;

/// What went wrong, each as a clause without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocalError {
    #[error("no llama-server was found on this machine")]
    NoProgram,
    /// The path of the setting.
    #[error("{} is no program that can be started", show_path(.0))]
    BadProgram(PathBuf),
    #[error("`{}` is no name of a model: {why}", Untrusted::new(name.as_str()).headline(80))]
    BadName { name: String, why: &'static str },
    #[error("the table of models in {path} is invalid: {why}")]
    BadTable { path: String, why: String },
    /// What fits this machine; empty if nothing does.
    #[error("no model is on this machine yet{}", describe_suggestion(.0))]
    NoModel(String),
    /// The model, and its size where it is known.
    #[error("{model} is not on this machine yet{}", describe_size(*.bytes))]
    NotDownloaded { model: String, bytes: Option<u64> },
    #[error(transparent)]
    Download(#[from] DownloadError),
    #[error("{} cannot be written: {why}", show_path(.path))]
    Disk { path: PathBuf, why: String },
    #[error("{model} needs {} of memory, and {} are free", with_unit(*.need), with_unit(*.free))]
    NoMemory { model: String, need: u64, free: u64 },
    #[error("{} cannot be used: {why}", show_path(.path))]
    BadFile { path: PathBuf, why: String },
    /// What its log says.
    #[error("llama-server ended: {0}")]
    Ended(String),
    #[error("llama-server did not load the model within {0} minutes")]
    TooSlow(u64),
    #[error("no server that was started here runs")]
    NothingRuns,
    #[error("stopped")]
    Cancelled,
}

impl LocalError {
    /// The remedy, as one sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Download(error) => error.advice(),
            Self::NoProgram => install_advice(std::env::consts::OS),
            Self::BadProgram(_) => {
                "Set `llama_server` or CODEAGENT_LLAMA_SERVER to llama.cpp's server, or unset it."
            }
            Self::BadName { .. } => "`codeagent local` lists models that make games.",
            Self::BadTable { .. } => "Correct the file, or remove it.",
            Self::NoModel(_) | Self::NotDownloaded { .. } => {
                "`codeagent local pull` downloads it; `codeagent local` lists others."
            }
            Self::Disk { .. } => {
                "Check the folder's permissions, or set HF_HUB_CACHE to another one."
            }
            Self::NoMemory { .. } => {
                "Close other programs, or choose a smaller model: `codeagent local` says what fits. \
                 --force starts it all the same, as for a graphics card with memory of its own."
            }
            Self::BadFile { .. } => "Download it again, or choose another file with --model-file.",
            Self::Ended(_) => "The whole log is in the folder that `codeagent doctor` names.",
            Self::TooSlow(_) => "Choose a smaller model: `codeagent local` says what fits.",
            Self::NothingRuns => "`codeagent local start` starts one.",
            Self::Cancelled => "Start it again to go on.",
        }
    }

    /// The process's exit code, as the README documents them.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::BadProgram(_)
            | Self::BadName { .. }
            | Self::BadTable { .. }
            | Self::NoProgram
            | Self::NoModel(_)
            | Self::NotDownloaded { .. }
            | Self::NothingRuns => 2,
            Self::Download(error) => error.exit_code(),
            Self::Disk { .. } | Self::BadFile { .. } => 9,
            Self::NoMemory { .. } | Self::Ended(_) | Self::TooSlow(_) => 10,
            Self::Cancelled => 130,
        }
    }

    /// A word for programs; stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Download(error) => error.code(),
            Self::NoProgram => "no-llama-server",
            Self::BadProgram(_) => "bad-llama-server",
            Self::BadName { .. } => "bad-name",
            Self::BadTable { .. } => "bad-table",
            Self::NoModel(_) => "no-local-model",
            Self::NotDownloaded { .. } => "not-downloaded",
            Self::Disk { .. } => "disk",
            Self::NoMemory { .. } => "no-memory",
            Self::BadFile { .. } => "bad-file",
            Self::Ended(_) => "ended",
            Self::TooSlow(_) => "too-slow",
            Self::NothingRuns => "nothing-runs",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How to get llama.cpp on an operating system, as in [`std::env::consts::OS`].
pub fn install_advice(os: &str) -> &'static str {
    match os {
        "macos" => {
            "Install llama.cpp: `brew install llama.cpp`; or use Ollama (https://ollama.com/download)."
        }
        "windows" => {
            "Install llama.cpp: `winget install llama.cpp`; or use Ollama (https://ollama.com/download)."
        }
        _ => {
            "Install llama.cpp (https://github.com/ggml-org/llama.cpp/releases) so that `llama-server` is \
             on the PATH, or use Ollama (https://ollama.com/download)."
        }
    }
}

/// A path, for people.
pub(super) fn show_path(path: &std::path::Path) -> String {
    Untrusted::new(path.to_string_lossy()).headline(240)
}

fn describe_suggestion(model: &str) -> String {
    if model.is_empty() { String::new() } else { format!("; {model} fits it") }
}

fn describe_size(bytes: Option<u64>) -> String {
    bytes.map(|bytes| format!(" ({})", with_unit(bytes))).unwrap_or_default()
}
