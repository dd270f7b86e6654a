//! A game as named on the command line: a file, or a game of the library.

use std::path::{Path, PathBuf};

use super::library;
use crate::app::BaseVersion;
use crate::config::Settings;
use crate::driver;
use crate::library::{GameAddress, LibraryError};

/// The target of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GameTarget {
    /// `-` is standard input.
    File(PathBuf),
    Library(GameAddress),
}

impl GameTarget {
    /// Parses a name. `12.3` is a version, unless there is a file of that name.
    pub fn parse(game: &str) -> Self {
        let address = game.parse().ok().filter(|_| !Path::new(game).exists());
        address.map_or_else(|| Self::File(PathBuf::from(game)), Self::Library)
    }
}

/// The base version from the library: a game's current version, or the named one.
pub(super) fn from_library(
    address: GameAddress,
    settings: &Settings,
) -> Result<BaseVersion, LibraryError> {
    let library = library::open(settings)?;
    driver::base(&library, library.resolve(address)?)
}

/// Whether a name means standard output, also where that is a file: what a shell has redirected is
/// not to be replaced.
pub(super) fn is_standard_output(path: &Path) -> bool {
    let names = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
    names.iter().any(|name| path == Path::new(name))
}
