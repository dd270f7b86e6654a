//! The progress of a job, in order: for `--jsonl`, for lines on
//! standard error, and for the history in the status pane.

use serde::Serialize;

/// One step of a job. Text in it is safe to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum JobProgress {
    Started {
        engine: &'static str,
        model: Option<String>,
    },
    Requested {
        attempt: u32,
        attempts: u32,
    },
    Failed {
        attempt: u32,
        status: Option<u16>,
        /// For programs; stable.
        cause: &'static str,
        /// The same for people.
        words: &'static str,
        /// What the server said.
        said: String,
    },
    Waiting {
        attempt: u32,
        attempts: u32,
        wait_ms: u64,
    },
    Held {
        /// For programs; stable.
        limit: &'static str,
        /// The same for people.
        words: String,
        wait_ms: u64,
    },
    /// The answer was cut off and is asked to go on.
    Continued {
        why: String,
        part: u32,
        parts: u32,
    },
    /// Blocks of the answer do not fit the game.
    Unmatched {
        words: String,
    },
    /// Blocks that change nothing were left out of the change.
    Idle {
        words: String,
    },
    /// The change is asked for again: as blocks that fit, or as the whole game.
    AsksAgain {
        whole: bool,
    },
    Adjusted {
        how: String,
    },
    Answering {
        provider: Option<String>,
        request_id: Option<String>,
    },
    /// No model was named; the server has this one.
    ModelFound {
        model: String,
    },
    /// The model is loaded into this machine's memory first.
    Loading {
        model: String,
        /// How long that takes, as far as one can tell.
        estimate_ms: u64,
    },
    /// The context leaves less for the answer than was wanted.
    Bounded {
        tokens: u32,
        context: u64,
    },
    Thinking,
    /// The server sends keep-alives and no text.
    Alive,
    Streaming,
    /// The answer has paused; it is given up after this silence.
    Silent {
        silent_ms: u64,
        gives_up_ms: u64,
    },
    Received {
        bytes: usize,
    },
    Composed {
        understood: String,
    },
    Checked {
        valid: bool,
        repaired: usize,
        open: usize,
    },
    Saved {
        path: String,
    },
    /// The library has it, as this version.
    Kept {
        version: String,
    },
    /// The library could not do its part, and the job went on without it.
    Library {
        trouble: String,
    },
    /// A version of the library was opened; no game was made.
    Opened {
        version: String,
    },
    DraftKept {
        path: String,
    },
    /// A browser plays the game.
    Playing {
        what: &'static str,
    },
    Played {
        /// `None` if there is none.
        verdict: Option<&'static str>,
        words: String,
    },
    /// The answer repeats itself and was stopped, after some tokens of at most so many.
    Repeats {
        tokens: u64,
        most: u32,
    },
    /// A try has ended.
    TryEnded {
        number: u32,
        of: u32,
        /// For programs; stable.
        grade: &'static str,
        words: String,
    },
    /// No further try follows, although the game does not play.
    TriesStopped {
        /// For programs; stable.
        reason: &'static str,
        words: String,
    },
    /// The next try begins.
    TryStarted {
        number: u32,
        /// For programs; stable.
        kind: &'static str,
    },
    /// The model is asked to fix what the play-test found.
    Fixing {
        problems: usize,
    },
    FixEnded {
        /// For programs; stable.
        outcome: &'static str,
        /// The same in words, with the cost.
        words: String,
    },
}

/// What a try came to, with its grade in front unless the words begin with it.
pub fn graded(grade: &str, words: &str) -> String {
    if words.starts_with(grade) { words.to_owned() } else { format!("{grade}, {words}") }
}

/// `0.4 kB`: tenths, so that a slow stream can be seen to move.
pub fn kilobytes(bytes: usize) -> String {
    format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100)
}
