//! What is known of sessions before this one.

/// What the library had at the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StartupFacts {
    /// Whether the library was empty: no game and no request yet.
    pub is_first_run: bool,
    /// Earlier prompts, the newest first.
    pub prompts: Vec<String>,
    /// Whether the last game is to be opened again.
    pub mode: StartupMode,
}

/// Whether a session goes on with the last game.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StartupMode {
    /// The next prompt makes a new game: one was given on the command line.
    #[default]
    Fresh,
    /// The last game is there again, with its conversation.
    Resume,
}
