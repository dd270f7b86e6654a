//! A game as people name it on the command line: a file, or one of the library.

use std::path::{Path, PathBuf};

use super::library;
use crate::app::BaseVersion;
use crate::config::Settings;
use crate::driver;
use crate::library::{GameAddress, LibraryError};

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GameTarget {
    /// `-` is standard input.
    File(PathBuf),
    Library(GameAddress),
}

impl GameTarget {
    /// A name like `12.3` is a version, unless there is a file of that name.
    pub fn parse(game: &str) -> Self {
        let address = game.parse().ok().filter(|_| !Path::new(game).exists());
        address.map_or_else(|| Self::File(PathBuf::from(game)), Self::Library)
    }
}

/// A game of the library, by its current version or by the one that was named.
pub(super) fn from_library(
    address: GameAddress,
    settings: &Settings,
) -> Result<BaseVersion, LibraryError> {
    let library = library::open(settings)?;
    driver::base(&library, library.resolve(address)?)
}
