//! `codeagent play`: serves one game to the user's browser until Ctrl-C.
//!
//! Standard output carries the address; events go to standard error.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::args::PlayArgs;
use super::check_file::{CHECKS_PANICKED, FileVerdict, display_name, read_page};
use super::play_test;
use super::target::{GameTarget, from_library};
use super::{exit_with_error, exit_with_library_error, output, warn};
use crate::app::{OpenOutcome, PlayError, PlaySession, PlayableGame};
use crate::config::Settings;
use crate::driver::{self, BrowserLaunch, PlayEvent, WatchTarget, parallel_map};
use crate::game::{HtmlSource, Rejection, Vetted, vet};
use crate::library::{GameAddress, VersionId};

/// Serves the game until Ctrl-C, or play-tests the games.
pub fn run(play: &PlayArgs, settings: &Settings) -> ExitCode {
    if play.test {
        return play_test::run(play, settings);
    }
    let [game] = play.games.as_slice() else {
        return exit_with_error(&"one game is played at a time; `--test` takes several", 2);
    };
    let found = match load_game(game, settings) {
        Ok(found) => found,
        Err(code) => return ExitCode::from(code),
    };
    let name = found.name.clone();
    let vetted = match vet_game(&found) {
        Ok(vetted) => vetted,
        Err(code) => return ExitCode::from(code),
    };
    let play = driver::PlayOptions {
        on_hand: PlayableGame { game: Arc::new(vetted), name: found.name },
        text: found.text,
        follow: found.follow,
        browser: if play.no_open { BrowserLaunch::Leave } else { BrowserLaunch::Open },
    };
    let mut tell = |news| print_news(&name, news);
    match driver::block_on(driver::play(play, settings, &mut tell)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => exit_with_play_error(&error),
        Err(error) => exit_with_error(&format!("the signals cannot be heard: {error}"), 9),
    }
}

/// A loaded game before its check.
pub(super) struct LoadedGame {
    pub name: String,
    text: String,
    follow: WatchTarget,
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
pub(super) fn vet_game(found: &LoadedGame) -> Result<Vetted, u8> {
    let texts = [found.text.as_str()];
    let vetted =
        parallel_map(&texts, |text| vet(HtmlSource::new(*text))).into_iter().flatten().next();
    match vetted {
        Some(Ok(vetted)) => Ok(vetted),
        Some(Err(rejection)) => {
            print_rejection(&found.name, rejection);
            Err(print_error("only a game that passes every check is played", 7))
        }
        None => Err(print_error(&format!("{}: {CHECKS_PANICKED}", found.name), 2)),
    }
}

/// Prints an error and returns `code`.
fn print_error(why: &str, code: u8) -> u8 {
    exit_with_error(&why, code);
    code
}

fn print_rejection(name: &str, rejection: Rejection) {
    warn(&FileVerdict::from(rejection).report(name));
}

fn exit_with_play_error(error: &PlayError) -> ExitCode {
    exit_with_error(&format!("{error}\n  {}", error.advice()), error.exit_code())
}

fn print_news(name: &str, news: PlayEvent) {
    match news {
        PlayEvent::At(playing) => print_address(name, &playing),
        PlayEvent::Replaced(name) => warn(&format!("{name} is on show")),
        PlayEvent::Refused(rejection) => {
            print_rejection(name, rejection);
            warn("the version before stays on show");
        }
        PlayEvent::Failed(error) => {
            warn(&format!("{error}; the version before stays on show\n  {}", error.advice()));
        }
    }
}

fn print_address(name: &str, PlaySession { address, outcome: way }: &PlaySession) {
    // The game is served even if standard output is closed.
    drop(output::write_stdout(format!("{address}\n").as_bytes()));
    let way = match way {
        OpenOutcome::Opened => "a browser was asked to open it".to_owned(),
        OpenOutcome::Unasked => "open the address in a browser on this machine".to_owned(),
        OpenOutcome::NoDisplay => {
            "there is no display here: open the address in a browser on this machine".to_owned()
        }
        OpenOutcome::Forward(line) => format!(
            "you are here over SSH: type this on your own machine, and open the address there\n  {line}"
        ),
        OpenOutcome::Unopened(why) => {
            let why = crate::untrusted::Untrusted::new(why.as_str()).headline(200);
            format!("no browser could be opened ({why}): open the address in one yourself")
        }
    };
    warn(&format!("playing {name}: {way}\nCtrl-C ends it"));
}
