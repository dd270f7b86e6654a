//! Loads and vets the game that a command names: a file, or a game of the library.

use std::path::Path;

use super::check_file::{CHECKS_PANICKED, FileVerdict, display_name, read_page};
use super::target::{GameTarget, from_library};
use super::{exit_with_error, exit_with_library_error, warn};
use crate::config::Settings;
use crate::driver::{WatchTarget, parallel_map};
use crate::game::{HtmlSource, Rejection, Vetted, vet};
use crate::library::{GameAddress, VersionId};

/// A loaded game before its check.
pub(super) struct LoadedGame {
    pub name: String,
    pub text: String,
    pub follow: WatchTarget,
    pub version: Option<VersionId>,
}

/// Loads the game of that name. On failure it prints the error and returns the exit code as `Err`.
pub(super) fn load_game(game: &str, settings: &Settings) -> Result<LoadedGame, u8> {
    match GameTarget::parse(game) {
        GameTarget::File(path) => {
            let name = display_name(&path);
            let text = read_page(&path).map_err(|why| print_error(&format!("{name}: {why}"), 2))?;
            let is_stream = path == Path::new("-");
            let follow = if is_stream { WatchTarget::Nothing } else { WatchTarget::File(path) };
            Ok(LoadedGame { name, text, follow, version: None })
        }
        GameTarget::Library(address) => {
            let base = from_library(address, settings).map_err(|error| {
                exit_with_library_error(&error);
                error.exit_code()
            })?;
            let follow = match address {
                GameAddress::Game(id) => WatchTarget::Game(id),
                // A named version does not change.
                GameAddress::Version(_) => WatchTarget::Nothing,
            };
            let version = base.version.map(|version| format!("version {version}"));
            let name = version.unwrap_or_else(|| base.title.clone());
            let text = base.source.to_string();
            Ok(LoadedGame { name, text, follow, version: base.version })
        }
    }
}

/// Vets a game. On refusal it prints the findings and returns the exit code as `Err`.
pub(super) fn vet_game(loaded: &LoadedGame) -> Result<Vetted, u8> {
    let texts = [loaded.text.as_str()];
    let vetted =
        parallel_map(&texts, |text| vet(HtmlSource::new(*text))).into_iter().flatten().next();
    match vetted {
        Some(Ok(vetted)) => Ok(vetted),
        Some(Err(rejection)) => {
            print_rejection(&loaded.name, rejection);
            Err(print_error("only games that pass every check can be played", 7))
        }
        None => Err(print_error(&format!("{}: {CHECKS_PANICKED}", loaded.name), 2)),
    }
}

/// Prints an error and returns `code`.
fn print_error(why: &str, code: u8) -> u8 {
    exit_with_error(&why, code);
    code
}

/// Prints why the rules reject a page.
pub(super) fn print_rejection(name: &str, rejection: Rejection) {
    warn(&FileVerdict::from(rejection).report(name));
}
