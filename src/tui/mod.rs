//! SHOWS the work as a screen, and decides nothing.
//!
//! [`Desk`] is everything that can be drawn without a terminal, so a test draws
//! it into memory; [`Screen`] is a desk on a real terminal. A frame costs what
//! is visible, and there is none without a change.

mod desk;
mod draw;
mod frame;
mod guard;
pub mod highlight;
pub mod keys;
pub mod layout;
mod pane;
mod preview;
mod screen;
pub mod theme;

mod overlay;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use crate::app::{Saving, State};
use crate::cli::refuse;
use crate::config::Settings;
use crate::driver;
use crate::library::DiskError;

pub use crate::cli::clock::Clock;
pub use desk::Desk;
pub use guard::Guard;
pub use screen::Screen;

/// Opens the screen and answers with the exit code when it closes.
pub fn run(prompt: Option<&str>, settings: &Settings, depth: theme::Depth) -> ExitCode {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        let error = "the screen needs a terminal; use `codeagent new PROMPT` in scripts and pipes";
        return refuse(&error, 2);
    }
    match open(prompt, settings, depth) {
        Ok((state, by_signal)) => {
            tell_written(&state);
            ExitCode::from(if by_signal { 130 } else { 0 })
        }
        Err(error) => refuse(&format!("the terminal failed: {error}"), 9),
    }
}

fn open(
    prompt: Option<&str>,
    settings: &Settings,
    depth: theme::Depth,
) -> std::io::Result<(State, bool)> {
    let desk = Desk::new(theme::load(settings.theme.value, depth), Clock::local(driver::now()));
    driver::block_on(async {
        let world = driver::world(settings);
        let mut screen = Screen::open(desk, world.shelf().clone(), prompt)?;
        let state = driver::state(driver::plan(settings, Saving::Shelf));
        let state = driver::run(state, None, &world, &mut screen).await?;
        Ok((state, screen.ended_by_signal()))
    })
}

/// What was saved and where, once the terminal is as it was.
fn tell_written(state: &State) {
    let mut out = std::io::stdout().lock();
    for path in &state.written {
        drop(writeln!(out, "{}", DiskError::shown(path)));
    }
}
