//! The thread that reads the terminal, and how it is made to leave it alone.
//!
//! At rest it waits without a timeout, so nothing runs; only what has begun and is not whole is
//! waited for. And it reads only when something has come, so an editor that gets the terminal for
//! a while gets all of its keys.

use crossterm::event::Event;

use super::probe::{Found, Question};

pub use listener::Ears;

/// What the thread has to tell.
#[derive(Debug)]
pub enum Heard {
    Event(Event),
    /// The terminal has answered, or has not in time.
    Found(Found),
    /// What the user's editor has left.
    Edited(Result<String, String>),
}

#[cfg(unix)]
#[path = "ears/unix.rs"]
mod listener;

#[cfg(not(unix))]
#[path = "ears/elsewhere.rs"]
mod listener;
