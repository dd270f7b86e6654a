//! SHOWS the work as a screen, and decides nothing.
//!
//! [`UiState`] is everything that can be drawn without a terminal, so tests draw it into memory;
//! [`Screen`] puts it on a real terminal. A frame costs what is visible, and none is drawn without
//! a change.

mod clipboard;
mod command_actions;
mod command_palette;
mod conversation_view;
#[cfg(unix)]
mod decoder;
mod draw;
mod external_editor;
mod features;
mod focus;
mod frame_limiter;
mod guard;
pub mod highlight;
pub mod highlight_worker;
pub mod image_worker;
mod input_thread;
#[cfg_attr(not(unix), expect(dead_code, reason = "keys come as keys there, and not as bytes"))]
mod input_token;
pub mod keymap;
mod knob_list;
pub mod layout;
mod line_frontend;
mod line_reporter;
mod modal;
mod mouse;
mod notifier;
mod pane;
mod pane_frame;
mod preview;
mod preview_cursor;
mod preview_state;
#[cfg_attr(not(unix), expect(dead_code, reason = "keys come as keys there, and not as bytes"))]
mod query_replies;
mod redraw_schedule;
mod screen;
mod search;
mod selection;
mod session_lines;
mod suspend;
mod terminal;
mod terminal_command;
mod terminal_query;
mod terminal_writer;
pub mod theme;
pub mod theme_registry;
#[cfg(unix)]
mod token_event;
mod ui_state;
mod view_state;
mod width_safe_backend;

mod overlay;

use std::io::IsTerminal;
use std::process::ExitCode;

use crate::app::{AutoPlayTest, SaveTarget, Session, SessionPlan};
use crate::config::{ConfigError, PlayTestMode, Settings, Switch};
use crate::driver;
use crate::library::{DataDir, DiskError};
use crate::play::Recording;
use crate::report::{exit_with_error, output};
use crate::untrusted::Untrusted;

use notifier::Notifier;
use terminal_query::{AskBackground, TerminalQuery};
use terminal_writer::ExitReason;
use theme_registry::ThemeRegistry;

pub use crate::report::clock::Clock;
pub use features::features;
pub use focus::Pane;
pub use guard::TerminalGuard;
pub use keymap::Keymap;
pub use screen::Screen;
pub use terminal_command::{EditTarget, TerminalCommand};
pub use ui_state::UiState;
pub use view_state::{PaneZoom, PreviewTab, ViewState, WelcomeState};

/// What the environment tells about the terminal and the editor.
#[derive(Debug, Clone)]
pub struct TerminalEnv {
    pub color_depth: theme::ColorDepth,
    pub graphics_hint: terminal_query::GraphicsHint,
    multiplexer: terminal::Multiplexer,
    notifications: terminal::NotificationSupport,
    editor: Vec<String>,
    output_mode: OutputMode,
}

/// How the work is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OutputMode {
    Screen,
    /// As plain lines: the terminal cannot move its cursor.
    Lines,
}

impl TerminalEnv {
    /// Reads the variables of the environment.
    pub fn from_env<'a>(env: impl Fn(&str) -> Option<&'a str>) -> Self {
        let is_dumb = env("TERM") == Some("dumb");
        Self {
            color_depth: theme::ColorDepth::from_env(&env),
            graphics_hint: terminal_query::GraphicsHint::from_env(&env),
            multiplexer: terminal::Multiplexer::from_env(&env),
            notifications: terminal::NotificationSupport::of(&env),
            editor: external_editor::editor_command(&env),
            output_mode: if is_dumb { OutputMode::Lines } else { OutputMode::Screen },
        }
    }
}

/// What [`Screen::open`] needs.
#[derive(Debug)]
struct ScreenConfig {
    ui: UiState,
    data_dir: DataDir,
    /// The prompt of the command line.
    prompt: Option<String>,
    /// The queries sent to the terminal.
    query: TerminalQuery,
    notifier: Notifier,
    multiplexer: terminal::Multiplexer,
    /// The user's editor and its arguments.
    editor: Vec<String>,
}

/// Runs the screen and returns the exit code; blocks until it closes.
pub fn run(prompt: Option<&str>, settings: &Settings, terminal_env: TerminalEnv) -> ExitCode {
    if settings.screen.screen_reader == Switch::On || terminal_env.output_mode == OutputMode::Lines
    {
        let reason = (settings.screen.screen_reader == Switch::Off)
            .then_some("TERM is dumb: plain-text mode");
        return line_frontend::run(prompt, settings, screen_plan(settings), reason);
    }
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        let error = "the screen needs a terminal; use `codeagent new PROMPT` in scripts and pipes";
        return exit_with_error(&error, 2);
    }
    let keymap = match load_keymap(settings) {
        Ok(keymap) => keymap,
        Err(error) => return exit_with_error(&error, 2),
    };
    let screen = &settings.screen;
    let game = settings.game.theme.value;
    let themes = match ThemeRegistry::open(
        &screen.theme,
        &screen.user_themes,
        game,
        terminal_env.color_depth,
    ) {
        Ok(themes) => themes,
        Err(error) => return exit_with_error(&error, 2),
    };
    match run_screen(prompt, settings, terminal_env, themes, keymap) {
        Ok((state, end)) => {
            print_saved_paths(&state);
            match end {
                ExitReason::Quit => ExitCode::SUCCESS,
                ExitReason::Signal => ExitCode::from(130),
                ExitReason::TerminalClosed => exit_with_error(&"the terminal was closed", 9),
            }
        }
        Err(error) => exit_with_error(&format!("the terminal failed: {error}"), 9),
    }
}

/// The built-in keys with the user's changes.
fn load_keymap(settings: &Settings) -> Result<Keymap, ConfigError> {
    let Some((path, own)) = &settings.files.keys else { return Ok(Keymap::built_in()) };
    Keymap::with_overrides(own).map_err(|reason| ConfigError::BadKeys {
        path: DiskError::display_path(path),
        why: Untrusted::new(reason).headline(300),
    })
}

fn run_screen(
    prompt: Option<&str>,
    settings: &Settings,
    terminal_env: TerminalEnv,
    themes: ThemeRegistry,
    keymap: Keymap,
) -> std::io::Result<(Session, ExitReason)> {
    let theme = themes.theme(themes.active());
    let keymap = keymap.with_enter(settings.screen.enter);
    let mut ui = UiState::new(theme, keymap, Clock::local(driver::now()));
    ui.set_theme_registry(themes);
    ui.terminal.mouse = settings.screen.mouse;
    ui.set_animations(settings.screen.animations);
    driver::block_on(async {
        let recording = match settings.screen.animations {
            Switch::On => Recording::Sampled,
            Switch::Off => Recording::Off,
        };
        let executor = driver::system_executor(settings, recording);
        let mut screen = Screen::open(ScreenConfig {
            ui,
            data_dir: executor.data_dir().clone(),
            prompt: prompt.map(str::to_owned),
            query: terminal_query(settings, &terminal_env),
            notifier: Notifier::new(
                settings.screen.notify,
                terminal_env.notifications,
                terminal_env.multiplexer,
            ),
            multiplexer: terminal_env.multiplexer,
            editor: terminal_env.editor,
        })?;
        let state = driver::state(screen_plan(settings));
        let state = driver::run(state, None, &executor, &mut screen).await?;
        Ok((state, screen.exit_reason))
    })
}

/// The plan of the screen: unlike commands it play-tests by default, because the user watches.
fn screen_plan(settings: &Settings) -> SessionPlan {
    let play_test = match settings.play.test_mode {
        PlayTestMode::Off => AutoPlayTest::Off,
        PlayTestMode::Auto | PlayTestMode::On => AutoPlayTest::On,
    };
    driver::plan(settings, SaveTarget::GamesFolder).with(|job| job.play_test = play_test)
}

/// Selects the terminal queries whose replies the screen will use.
fn terminal_query(settings: &Settings, terminal_env: &TerminalEnv) -> TerminalQuery {
    let is_drawn_in_colours = terminal_env.color_depth != theme::ColorDepth::None;
    let is_shown = settings.play.test_mode != PlayTestMode::Off && is_drawn_in_colours;
    let is_auto = settings.screen.theme.value == "auto";
    TerminalQuery {
        graphics: Some(terminal_env.graphics_hint).filter(|_| is_shown),
        background: if is_auto && is_drawn_in_colours {
            AskBackground::Yes
        } else {
            AskBackground::No
        },
    }
}

/// Prints the saved paths once the terminal is restored.
fn print_saved_paths(state: &Session) {
    for path in &state.saved_paths {
        // Without a reader of standard output the files are saved all the same.
        drop(output::write_stdout(format!("{}\n", DiskError::display_path(path)).as_bytes()));
    }
}
