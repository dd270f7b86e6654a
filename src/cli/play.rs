//! `codeagent play`: one game in the user's browser, until they have had enough.
//!
//! Standard output carries the address; what happens meanwhile goes to
//! standard error.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::args::Play;
use super::checked::{STUMBLED, Verdict, name_of, text_of};
use super::named::{Named, from_library};
use super::try_out;
use super::{output, refuse, refuse_library, warn};
use crate::app::{OnHand, PlayTrouble, Playing, Way};
use crate::config::Settings;
use crate::driver::{self, Browser, Follow, PlayNews, beside};
use crate::game::{HtmlSource, Rejection, Vetted, vet};
use crate::library::{GameAddress, VersionId};

/// Shows the game until Ctrl-C, or has the games tested.
pub fn run(play: &Play, settings: &Settings) -> ExitCode {
    if play.test {
        return try_out::run(play, settings);
    }
    let [game] = play.games.as_slice() else {
        return refuse(&"one game is played at a time; `--test` takes several", 2);
    };
    let found = match find(game, settings) {
        Ok(found) => found,
        Err(code) => return ExitCode::from(code),
    };
    let name = found.name.clone();
    let vetted = match checked(&found) {
        Ok(vetted) => vetted,
        Err(code) => return ExitCode::from(code),
    };
    let play = driver::Play {
        on_hand: OnHand { game: Arc::new(vetted), name: found.name },
        text: found.text,
        follow: found.follow,
        browser: if play.no_open { Browser::Leave } else { Browser::Open },
    };
    let mut tell = |news| told(&name, news);
    match driver::block_on(driver::play(play, settings, &mut tell)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(trouble)) => refuse_trouble(&trouble),
        Err(error) => refuse(&format!("the signals cannot be heard: {error}"), 9),
    }
}

/// A game before it is checked.
pub(super) struct Found {
    pub name: String,
    text: String,
    follow: Follow,
    pub version: Option<VersionId>,
}

/// The game of that name. Why there is none is told, and the exit code given back.
pub(super) fn find(game: &str, settings: &Settings) -> Result<Found, u8> {
    match Named::new(game) {
        Named::File(path) => {
            let name = name_of(&path);
            let text = text_of(&path).map_err(|why| told_refusal(&format!("{name}: {why}"), 2))?;
            let is_stream = path == Path::new("-");
            let follow = if is_stream { Follow::Nothing } else { Follow::File(path) };
            Ok(Found { name, text, follow, version: None })
        }
        Named::Library(address) => {
            let base = from_library(address, settings).map_err(|error| {
                refuse_library(&error);
                error.exit_code()
            })?;
            let follow = match address {
                GameAddress::Game(id) => Follow::Game(id),
                // Who names a version wants that one.
                GameAddress::Version(_) => Follow::Nothing,
            };
            let version = base.version.map(|version| format!("version {version}"));
            let name = version.unwrap_or_else(|| base.title.clone());
            let text = base.source.to_string();
            Ok(Found { name, text, follow, version: base.version })
        }
    }
}

/// Only what passes every check is served.
pub(super) fn checked(found: &Found) -> Result<Vetted, u8> {
    let texts = [found.text.as_str()];
    let vetted = beside(&texts, |text| vet(HtmlSource::new(*text))).into_iter().flatten().next();
    match vetted {
        Some(Ok(vetted)) => Ok(vetted),
        Some(Err(rejection)) => {
            explain(&found.name, rejection);
            Err(told_refusal("only a game that passes every check is played", 7))
        }
        None => Err(told_refusal(&format!("{}: {STUMBLED}", found.name), 2)),
    }
}

/// Tells why there is no game, and gives the code for it.
fn told_refusal(why: &str, code: u8) -> u8 {
    refuse(&why, code);
    code
}

fn explain(name: &str, rejection: Rejection) {
    warn(&Verdict::from(rejection).told(name));
}

fn refuse_trouble(trouble: &PlayTrouble) -> ExitCode {
    refuse(&format!("{trouble}\n  {}", trouble.advice()), trouble.exit_code())
}

fn told(name: &str, news: PlayNews) {
    match news {
        PlayNews::At(playing) => told_address(name, &playing),
        PlayNews::Replaced(name) => warn(&format!("{name} is on show")),
        PlayNews::Refused(rejection) => {
            explain(name, rejection);
            warn("the version before stays on show");
        }
        PlayNews::Failed(trouble) => {
            warn(&format!("{trouble}; the version before stays on show\n  {}", trouble.advice()));
        }
    }
}

fn told_address(name: &str, Playing { address, way }: &Playing) {
    // With a reader gone the game is still on show.
    drop(output::write_stdout(format!("{address}\n").as_bytes()));
    let way = match way {
        Way::Opened => "a browser was asked to open it".to_owned(),
        Way::Unasked => "open the address in a browser on this machine".to_owned(),
        Way::NoDisplay => {
            "there is no display here: open the address in a browser on this machine".to_owned()
        }
        Way::Forward(line) => format!(
            "you are here over SSH: type this on your own machine, and open the address there\n  {line}"
        ),
        Way::Unopened(why) => {
            let why = crate::untrusted::Untrusted::new(why.as_str()).headline(200);
            format!("no browser could be opened ({why}): open the address in one yourself")
        }
    };
    warn(&format!("playing {name}: {way}\nCtrl-C ends it"));
}
