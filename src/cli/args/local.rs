//! The arguments of `codeagent local`.

use clap::{Args as ClapArgs, Subcommand};

/// Models on this machine, free: what fits, download, start, stop
///
/// Without a command it lists models that make games, says which of them fit this machine, and what
/// is here already. With --model-file it starts a server for that file.
#[derive(Debug, ClapArgs)]
pub struct LocalArgs {
    #[command(subcommand)]
    pub command: Option<LocalCommand>,
    /// Start a model even if the memory looks too small for it
    #[arg(long, global = true)]
    pub force: bool,
    /// Print one JSON object
    #[arg(long, global = true)]
    pub json: bool,
}

/// A MODEL is a name of the list, or `owner/name:Q4_K_M` as on huggingface.co
#[derive(Debug, Subcommand)]
pub enum LocalCommand {
    /// List models that make games, and what fits this machine
    List,
    /// Download a model from HuggingFace, or go on with a download
    Pull {
        /// The model [default: the best one that fits]
        model: Option<String>,
    },
    /// Start a model server in the background; games are made by it from then on
    Start {
        /// The model [default: the best one that is here]
        model: Option<String>,
    },
    /// End the servers that were started here
    Stop,
}
