//! What the UI state asks a real terminal to do, and what it learns from it.

use std::io::{Write, stdout};

use crate::app::Action;
use crate::config::Switch;

/// A request that needs a real terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminalCommand {
    Copy(String),
    Mouse(Switch),
    Suspend,
    Edit(EditTarget),
}

/// What the user's editor changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditTarget {
    Prompt,
    /// This page, as it was before.
    Page(String),
}

/// What the UI state asks the terminal for.
#[derive(Debug)]
pub(super) struct TerminalRequests {
    /// Whether the screen captures the mouse.
    pub mouse: Switch,
    /// Not taken by the screen yet.
    pub commands: Vec<TerminalCommand>,
}

impl Default for TerminalRequests {
    fn default() -> Self {
        Self { mouse: Switch::On, commands: Vec::new() }
    }
}

/// Writes text outside of frames.
///
/// # Errors
/// If the terminal rejects the write.
pub fn write_to_terminal(text: &str) -> std::io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}

/// Turns a failed terminal write into a notice. A closed terminal is detected by the input thread.
pub fn failure_notice(done: std::io::Result<()>) -> Vec<Action> {
    let error = done.err();
    error.map(|e| Action::Note(format!("the terminal failed: {e}"))).into_iter().collect()
}
