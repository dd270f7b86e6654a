//! `codeagent play`: serves one game to the user's browser until Ctrl-C.
//!
//! Standard output carries the address; events go to standard error.

use std::process::ExitCode;
use std::sync::Arc;

use super::args::PlayArgs;
use super::load_game::{load_game, print_rejection, vet_game};
use super::play_test;
use super::{exit_with_error, output, warn};
use crate::app::{OpenOutcome, PlayError, PlaySession, PlayableGame};
use crate::config::Settings;
use crate::driver::{self, BrowserLaunch, PlayEvent};

/// Serves the game until Ctrl-C, or play-tests the games.
pub fn run(play: &PlayArgs, settings: &Settings) -> ExitCode {
    if play.test {
        return play_test::run(play, settings);
    }
    let [game] = play.games.as_slice() else {
        return exit_with_error(&"one game is played at a time; `--test` takes several", 2);
    };
    let loaded = match load_game(game, settings) {
        Ok(loaded) => loaded,
        Err(code) => return ExitCode::from(code),
    };
    let name = loaded.name.clone();
    let vetted = match vet_game(&loaded) {
        Ok(vetted) => vetted,
        Err(code) => return ExitCode::from(code),
    };
    let play = driver::PlayOptions {
        playable: PlayableGame { game: Arc::new(vetted), name: loaded.name },
        text: loaded.text,
        follow: loaded.follow,
        browser: if play.no_open { BrowserLaunch::Leave } else { BrowserLaunch::Open },
    };
    let mut on_event = |event| print_event(&name, event);
    match driver::block_on(driver::play(play, settings, &mut on_event)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => exit_with_play_error(&error),
        Err(error) => exit_with_error(&format!("cannot listen for signals: {error}"), 9),
    }
}

fn exit_with_play_error(error: &PlayError) -> ExitCode {
    exit_with_error(&format!("{error}\n  {}", error.advice()), error.exit_code())
}

fn print_event(name: &str, event: PlayEvent) {
    match event {
        PlayEvent::At(playing) => print_address(name, &playing),
        PlayEvent::Replaced(name) => warn(&format!("now showing {name}")),
        PlayEvent::Refused(rejection) => {
            print_rejection(name, rejection);
            warn("still showing the previous version");
        }
        PlayEvent::Failed(error) => {
            warn(&format!("{error}; still showing the previous version\n  {}", error.advice()));
        }
    }
}

fn print_address(name: &str, PlaySession { address, outcome: instruction }: &PlaySession) {
    // The game is served even if standard output is closed.
    drop(output::write_stdout(format!("{address}\n").as_bytes()));
    let instruction = match instruction {
        OpenOutcome::Opened => "opening it in your browser".to_owned(),
        OpenOutcome::Unasked => "open the address in a browser on this machine".to_owned(),
        OpenOutcome::NoDisplay => {
            "no display here: open the address in a browser on this machine".to_owned()
        }
        OpenOutcome::Forward(line) => format!(
            "this is an SSH session: run this on your own machine, and open the address there\n  \
             {line}"
        ),
        OpenOutcome::Unopened(why) => {
            let why = crate::untrusted::Untrusted::new(why.as_str()).headline(200);
            format!("cannot open a browser ({why}): open the address yourself")
        }
    };
    warn(&format!("playing {name}: {instruction}\nCtrl-C stops"));
}
