//! The thread that reads the terminal, and how it is made to leave it alone.
//!
//! At rest it waits without a timeout, so nothing runs; only what has begun and is not whole is
//! waited for. And it reads only when something has come, so an editor that gets the terminal for
//! a while gets all of its keys.

use crossterm::event::Event;

use super::terminal_query::{TerminalCapabilities, TerminalQuery};

pub use listener::InputThread;

/// What the thread has to tell.
#[derive(Debug)]
pub enum InputEvent {
    Terminal(Event),
    /// The terminal has answered, or has not in time.
    Capabilities(TerminalCapabilities),
    /// What the user's editor has left.
    EditorClosed(Result<String, String>),
}

#[cfg(unix)]
#[path = "input_thread/unix.rs"]
mod listener;

#[cfg(not(unix))]
#[path = "input_thread/other.rs"]
mod listener;
