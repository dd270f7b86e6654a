//! The thread that reads the terminal, and how to pause it.
//!
//! When idle it blocks without a timeout, so nothing runs; only incomplete sequences have a
//! deadline. It reads only when input is ready, so an editor that takes over the terminal gets all
//! of its keys.

use crossterm::event::Event;

use super::terminal_command::EditTarget;
use super::terminal_query::{TerminalCapabilities, TerminalQuery};

pub use listener::InputThread;

/// What the thread reports.
#[derive(Debug)]
pub enum InputEvent {
    Terminal(Event),
    /// The terminal's capabilities: it replied, or did not in time.
    Capabilities(TerminalCapabilities),
    /// The editor's text, or why there is none.
    EditorClosed(EditTarget, Result<String, String>),
}

#[cfg(unix)]
#[path = "input_thread/unix.rs"]
mod listener;

#[cfg(not(unix))]
#[path = "input_thread/other.rs"]
mod listener;
