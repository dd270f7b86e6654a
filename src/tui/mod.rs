//! SHOWS the work as a screen, and decides nothing.
//!
//! [`Desk`] is everything that can be drawn without a terminal, so a test draws
//! it into memory; [`Screen`] is a desk on a real terminal. A frame costs what
//! is visible, and there is none without a change.

#[cfg_attr(not(unix), expect(dead_code, reason = "keys come as keys there, and not as bytes"))]
mod answers;
mod clipboard;
mod columns;
#[cfg(unix)]
mod decoder;
mod desk;
mod draw;
mod ears;
mod editor;
mod errand;
mod features;
mod frame;
#[cfg_attr(not(unix), expect(dead_code, reason = "keys come as keys there, and not as bytes"))]
mod frames;
mod guard;
pub mod highlight;
pub mod keys;
pub mod layout;
mod mouse;
mod notify;
mod out;
mod over;
mod pace;
pub mod painter;
mod palette;
mod pane;
pub mod picture;
mod preview;
mod probe;
mod reader;
mod reading;
#[cfg(unix)]
mod reports;
mod screen;
mod search;
mod seconds;
mod selection;
mod suspend;
mod terminal;
pub mod theme;
mod told;
pub mod wardrobe;

mod overlay;

use std::io::IsTerminal;
use std::process::ExitCode;

use crate::app::{Plan, PlayTest, Saving, State};
use crate::cli::{exit_with_error, output};
use crate::config::{ConfigError, PlayTestMode, Settings, Switch};
use crate::driver;
use crate::library::{DataDir, DiskError};
use crate::untrusted::Untrusted;

use notify::Herald;
use out::End;
use probe::{Ask, Question};
use wardrobe::Wardrobe;

pub use crate::cli::clock::Clock;
pub use desk::Desk;
pub use errand::Errand;
pub use features::features;
pub use guard::Guard;
pub use keys::Keymap;
pub use screen::Screen;

/// What the environment says of the terminal, and of the editor.
#[derive(Debug, Clone)]
pub struct Looks {
    pub depth: theme::Depth,
    pub hint: probe::Hint,
    inside: terminal::Inside,
    toasts: terminal::Toasts,
    editor: Vec<String>,
    form: Form,
}

/// What the terminal can be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Screen,
    /// It does not even move its cursor.
    LinesAlone,
}

impl Looks {
    pub fn of<'a>(env: impl Fn(&str) -> Option<&'a str>) -> Self {
        let is_dumb = env("TERM") == Some("dumb");
        Self {
            depth: theme::Depth::of(&env),
            hint: probe::Hint::of(&env),
            inside: terminal::Inside::of(&env),
            toasts: terminal::Toasts::of(&env),
            editor: editor::of(&env),
            form: if is_dumb { Form::LinesAlone } else { Form::Screen },
        }
    }
}

/// What a screen is made of.
#[derive(Debug)]
struct Stuff {
    desk: Desk,
    shelf: DataDir,
    /// What the command line brought.
    prompt: Option<String>,
    /// What the terminal is asked.
    question: Question,
    herald: Herald,
    inside: terminal::Inside,
    /// The user's editor and its arguments.
    editor: Vec<String>,
}

/// Opens the screen and answers with the exit code when it closes.
pub fn run(prompt: Option<&str>, settings: &Settings, looks: Looks) -> ExitCode {
    if settings.screen.screen_reader == Switch::On || looks.form == Form::LinesAlone {
        let why = (settings.screen.screen_reader == Switch::Off)
            .then_some("TERM is dumb, so the screen is told in lines");
        return reader::run(prompt, settings, plan(settings), why);
    }
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        let error = "the screen needs a terminal; use `codeagent new PROMPT` in scripts and pipes";
        return exit_with_error(&error, 2);
    }
    let keys = match keys(settings) {
        Ok(keys) => keys,
        Err(error) => return exit_with_error(&error, 2),
    };
    let screen = &settings.screen;
    let game = settings.theme.value;
    let wardrobe = match Wardrobe::open(&screen.theme, &screen.user_themes, game, looks.depth) {
        Ok(wardrobe) => wardrobe,
        Err(error) => return exit_with_error(&error, 2),
    };
    match open(prompt, settings, looks, wardrobe, keys) {
        Ok((state, end)) => {
            tell_written(&state);
            match end {
                End::Left => ExitCode::SUCCESS,
                End::Signal => ExitCode::from(130),
                End::Gone => exit_with_error(&"the terminal has gone", 9),
            }
        }
        Err(error) => exit_with_error(&format!("the terminal failed: {error}"), 9),
    }
}

/// The built-in keys with the user's own.
fn keys(settings: &Settings) -> Result<Keymap, ConfigError> {
    let Some((path, own)) = &settings.keys else { return Ok(Keymap::built_in()) };
    Keymap::with(own).map_err(|why| ConfigError::BadKeys {
        path: DiskError::display_path(path),
        why: Untrusted::new(why).headline(300),
    })
}

fn open(
    prompt: Option<&str>,
    settings: &Settings,
    looks: Looks,
    wardrobe: Wardrobe,
    keys: Keymap,
) -> std::io::Result<(State, End)> {
    let theme = wardrobe.theme(wardrobe.worn());
    let mut desk = Desk::new(theme, Clock::local(driver::now())).with_keys(keys);
    desk.dress(wardrobe);
    desk.mouse = settings.screen.mouse;
    desk.set_animations(settings.screen.animations);
    driver::block_on(async {
        let world = driver::world(settings);
        let mut screen = Screen::open(Stuff {
            desk,
            shelf: world.shelf().clone(),
            prompt: prompt.map(str::to_owned),
            question: question(settings, &looks),
            herald: Herald::new(settings.screen.notify, looks.toasts, looks.inside),
            inside: looks.inside,
            editor: looks.editor,
        })?;
        let state = driver::state(plan(settings));
        let state = driver::run(state, None, &world, &mut screen).await?;
        Ok((state, screen.end))
    })
}

/// In the screen somebody waits who wants to see what was made.
fn plan(settings: &Settings) -> Plan {
    let play_test = match settings.play_test {
        PlayTestMode::Off => PlayTest::Off,
        PlayTestMode::Auto | PlayTestMode::On => PlayTest::On,
    };
    Plan { play_test, ..driver::plan(settings, Saving::Shelf) }
}

/// What the terminal is to be asked: nothing that would change nothing.
fn question(settings: &Settings, looks: &Looks) -> Question {
    let is_drawn_in_colours = looks.depth != theme::Depth::None;
    let is_shown = settings.play_test != PlayTestMode::Off && is_drawn_in_colours;
    let is_auto = settings.screen.theme.value == "auto";
    Question {
        pictures: Some(looks.hint).filter(|_| is_shown),
        ground: if is_auto && is_drawn_in_colours { Ask::Yes } else { Ask::No },
    }
}

/// What was saved and where, once the terminal is as it was.
fn tell_written(state: &State) {
    for path in &state.written {
        // With the reader gone the files are there all the same.
        drop(output::write_stdout(format!("{}\n", DiskError::display_path(path)).as_bytes()));
    }
}
