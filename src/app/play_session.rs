//! A served game: its address, how the browser was opened, or why it is not served.

use super::effect::PlayableGame;

/// The last finished game that passed every check.
#[derive(Debug, Clone, Default)]
pub struct LatestPlayable {
    /// `None` until there is one.
    pub game: Option<PlayableGame>,
    /// Whether a page in a browser shows it, and is to show what comes after it.
    pub(super) is_served: bool,
}

/// A game that a browser can be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaySession {
    pub address: String,
    pub outcome: OpenOutcome,
}

/// How the browser gets to the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenOutcome {
    /// A browser was asked to open it.
    Opened,
    /// Nobody wanted one opened.
    Unasked,
    /// There is no display to open one on.
    NoDisplay,
    /// The user sits at another machine: what to type there first.
    Forward(String),
    /// No browser could be opened, and why.
    Unopened(String),
}

/// Why a game is not served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlayError {
    #[error("cannot open a port on 127.0.0.1: {0}")]
    NoPort(String),
    #[error("preparing the game crashed: {0}")]
    Broke(String),
    #[error("this build leaves out the server for games, which the feature `server` brings")]
    LeftOut,
}

impl PlaySession {
    /// One line for the screen.
    pub fn describe(&self) -> String {
        let Self { address, outcome } = self;
        match outcome {
            OpenOutcome::Opened | OpenOutcome::Unasked => format!("playing at {address}"),
            OpenOutcome::NoDisplay => format!("playing at {address} (no display here)"),
            OpenOutcome::Forward(line) => {
                format!("playing at {address}; first run, on your machine: {line}")
            }
            OpenOutcome::Unopened(why) => format!("playing at {address} (no browser: {why})"),
        }
    }
}

impl PlayError {
    /// The exit code of a command that ends with this error.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::LeftOut => 2,
            Self::NoPort(_) => 5,
            Self::Broke(_) => 9,
        }
    }

    /// What the user can do about it, as a sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NoPort(_) => {
                "Check whether a sandbox forbids listening on loopback, or all ports are in use."
            }
            Self::LeftOut => "Open the game's file in a browser: it is sealed for that.",
            Self::Broke(_) => "This is a bug in codeagent: please report it.",
        }
    }
}
