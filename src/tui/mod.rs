//! SHOWS the work as a screen, and decides nothing.
//!
//! [`Desk`] is everything that can be drawn without a terminal, so a test draws
//! it into memory; [`Screen`] is a desk on a real terminal. A frame costs what
//! is visible, and there is none without a change.

mod answers;
mod desk;
mod draw;
mod features;
mod frame;
mod guard;
pub mod highlight;
pub mod keys;
pub mod layout;
mod over;
mod pace;
mod palette;
mod pane;
pub mod picture;
mod preview;
mod probe;
mod reading;
mod screen;
mod search;
pub mod theme;

mod overlay;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use crate::app::{Plan, PlayTest, Saving, State};
use crate::cli::refuse;
use crate::config::{ConfigError, PlayWish, Settings};
use crate::driver;
use crate::library::DiskError;
use crate::untrusted::Untrusted;

pub use crate::cli::clock::Clock;
pub use desk::Desk;
pub use features::features;
pub use guard::Guard;
pub use keys::Keymap;
pub use screen::Screen;

/// What the environment says of the terminal.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    pub depth: theme::Depth,
    pub hint: probe::Hint,
}

impl Looks {
    pub fn of<'a>(env: impl Fn(&str) -> Option<&'a str>) -> Self {
        let depth = theme::Depth::of(env("NO_COLOR"), env("COLORTERM"));
        Self { depth, hint: probe::Hint::of(env) }
    }
}

/// Opens the screen and answers with the exit code when it closes.
pub fn run(prompt: Option<&str>, settings: &Settings, looks: Looks) -> ExitCode {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        let error = "the screen needs a terminal; use `codeagent new PROMPT` in scripts and pipes";
        return refuse(&error, 2);
    }
    let keys = match keys(settings) {
        Ok(keys) => keys,
        Err(error) => return refuse(&error, 2),
    };
    match open(prompt, settings, looks, keys) {
        Ok((state, by_signal)) => {
            tell_written(&state);
            ExitCode::from(if by_signal { 130 } else { 0 })
        }
        Err(error) => refuse(&format!("the terminal failed: {error}"), 9),
    }
}

/// The built-in keys with the user's own.
fn keys(settings: &Settings) -> Result<Keymap, ConfigError> {
    let Some((path, own)) = &settings.keys else { return Ok(Keymap::built_in()) };
    Keymap::with(own).map_err(|why| ConfigError::BadKeys {
        path: DiskError::shown(path),
        why: Untrusted::new(why).headline(300),
    })
}

fn open(
    prompt: Option<&str>,
    settings: &Settings,
    looks: Looks,
    keys: Keymap,
) -> std::io::Result<(State, bool)> {
    let theme = theme::load(settings.theme.value, looks.depth);
    let desk = Desk::new(theme, Clock::local(driver::now())).with_keys(keys);
    driver::block_on(async {
        let world = driver::world(settings);
        let mut screen =
            Screen::open(desk, world.shelf().clone(), prompt, question(settings, looks))?;
        let state = driver::state(plan(settings));
        let state = driver::run(state, None, &world, &mut screen).await?;
        Ok((state, screen.ended_by_signal()))
    })
}

/// In the screen somebody waits who wants to see what was made.
fn plan(settings: &Settings) -> Plan {
    let play_test = match settings.play_test {
        PlayWish::Off => PlayTest::Off,
        PlayWish::Auto | PlayWish::On => PlayTest::On,
    };
    Plan { play_test, ..driver::plan(settings, Saving::Shelf) }
}

/// What the terminal is to be asked: nothing, where it would change nothing.
fn question(settings: &Settings, looks: Looks) -> Option<probe::Hint> {
    let is_vain = settings.play_test == PlayWish::Off
        || looks.depth == theme::Depth::None
        || looks.hint == probe::Hint::Halfblocks;
    (!is_vain).then_some(looks.hint)
}

/// What was saved and where, once the terminal is as it was.
fn tell_written(state: &State) {
    let mut out = std::io::stdout().lock();
    for path in &state.written {
        drop(writeln!(out, "{}", DiskError::shown(path)));
    }
}
