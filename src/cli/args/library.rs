//! The arguments of `codeagent library`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use crate::library::{GameAddress, GameId, VersionId};

/// Games and their versions: find, compare, undo, export
#[derive(Debug, ClapArgs)]
pub struct LibraryArgs {
    #[command(subcommand)]
    pub command: LibraryCommand,
    /// Print one JSON object
    #[arg(long, global = true)]
    pub json: bool,
}

/// Write a game as `12`, a version as `12.3`
#[derive(Debug, Subcommand)]
pub enum LibraryCommand {
    /// List all games, the newest first
    List {
        /// The maximum number of games
        #[arg(short, long, default_value_t = 50, value_name = "N")]
        number: u32,
    },
    /// Search titles, prompts and code
    Search {
        /// Words or beginnings of words
        #[arg(required = true, value_name = "WORD")]
        words: Vec<String>,
        /// The maximum number of games
        #[arg(short, long, default_value_t = 20, value_name = "N")]
        number: u32,
    },
    /// Show the versions of a game, or the code of one
    Show {
        #[arg(value_name = "GAME")]
        address: GameAddress,
        /// Print the page itself; for a game, its current version
        #[arg(long)]
        source: bool,
    },
    /// Compare two versions
    Diff {
        /// A version; on its own, it is compared with its parent
        #[arg(value_name = "GAME")]
        from: GameAddress,
        #[arg(value_name = "GAME")]
        to: Option<GameAddress>,
    },
    /// Go back to the parent of the current version
    Undo { game: GameId },
    /// Revert an undo
    Redo { game: GameId },
    /// Make a version current
    Restore { version: VersionId },
    /// Start a new game from a copy of a version
    Fork {
        #[arg(value_name = "GAME")]
        address: GameAddress,
    },
    /// Rename a game
    Rename { game: GameId, title: String },
    /// Tag a game
    Tag {
        game: GameId,
        tag: String,
        /// Remove the tag instead
        #[arg(long)]
        remove: bool,
    },
    /// Remove a game; it can be restored for thirty days
    Rm {
        game: GameId,
        /// Restore it
        #[arg(long)]
        undo: bool,
    },
    /// Export games to a new folder, with a manifest; by default all games
    Export {
        #[arg(value_name = "GAME")]
        addresses: Vec<GameAddress>,
        /// The folder; or, for one game, the HTML file
        #[arg(short, long, value_name = "PATH", default_value = "codeagent-library")]
        output: PathBuf,
        /// Write only the hardened pages, without the sandbox pages around them
        #[arg(long)]
        plain: bool,
    },
    /// Import an exported folder or HTML files; every page is checked again
    Import {
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Save the partial replies of a killed codeagent as drafts
    Recover,
}
