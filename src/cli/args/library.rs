//! The arguments of `codeagent library`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use crate::library::{GameAddress, GameId, VersionId};

/// Games and all their versions: find, compare, undo, export
#[derive(Debug, ClapArgs)]
pub struct LibraryArgs {
    #[command(subcommand)]
    pub command: LibraryCommand,
    /// Print one JSON object
    #[arg(long, global = true)]
    pub json: bool,
}

/// A game is named like `12`, one of its versions like `12.3`
#[derive(Debug, Subcommand)]
pub enum LibraryCommand {
    /// Every game, the newest first
    List {
        /// How many
        #[arg(short, long, default_value_t = 50, value_name = "N")]
        number: u32,
    },
    /// Games by the words in their titles, prompts and code
    Search {
        /// Words, or how they begin
        #[arg(required = true, value_name = "WORD")]
        words: Vec<String>,
        /// How many
        #[arg(short, long, default_value_t = 20, value_name = "N")]
        number: u32,
    },
    /// The versions of a game, or the code of one
    Show {
        #[arg(value_name = "GAME")]
        address: GameAddress,
        /// Print the page itself: of a game, the current version
        #[arg(long)]
        source: bool,
    },
    /// What changed from one version to another
    Diff {
        /// A version; alone, it is compared with the one it was made from
        #[arg(value_name = "GAME")]
        from: GameAddress,
        #[arg(value_name = "GAME")]
        to: Option<GameAddress>,
    },
    /// Make the version current that the current one was made from
    Undo { game: GameId },
    /// Take an undo back
    Redo { game: GameId },
    /// Make a version current
    Restore { version: VersionId },
    /// Begin a new game with a copy of a version
    Fork {
        #[arg(value_name = "GAME")]
        address: GameAddress,
    },
    /// Give a game another title
    Rename { game: GameId, title: String },
    /// Give a game a tag
    Tag {
        game: GameId,
        tag: String,
        /// Take it away instead
        #[arg(long)]
        remove: bool,
    },
    /// Remove a game; for thirty days it can be brought back
    Rm {
        game: GameId,
        /// Bring it back
        #[arg(long)]
        undo: bool,
    },
    /// Write games into a new folder, with a manifest; without a name all of them
    Export {
        #[arg(value_name = "GAME")]
        addresses: Vec<GameAddress>,
        /// The folder; or, for one game, the HTML file
        #[arg(short, long, value_name = "PATH", default_value = "codeagent-library")]
        output: PathBuf,
        /// Write the hardened pages alone, without the pages around them whose frames they cannot leave
        #[arg(long)]
        plain: bool,
    },
    /// Take in an exported folder, or HTML files; every page is checked again
    Import {
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Save what had arrived when codeagent was killed
    Recover,
}
