//! What to do, as imperatives, as plain data.

use std::path::PathBuf;
use std::sync::Arc;

use super::conversation::BaseVersion;
use super::diff::{DiffBase, NamedPage};
use super::engine::EngineTarget;
use super::finished_game::GamePage;
use super::ids::JobId;
use super::options::SaveTarget;
use super::picker::PickerKind;
use crate::compose::{GameTheme, OwnMedia};
use crate::game::{HtmlSource, Vetted};
use crate::inference::CompletionRequest;
use crate::library::{
    DraftKind, GameAddress, GameId, ModelTry, Provenance, VersionId, VersionParent,
};
use crate::local::ModelRef;

/// An order to the driver.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Begins a task, which reports under this id.
    Start(JobId, Task),
    /// Ends every task of the job for real: its connection closes.
    Abort(JobId),
}

/// What the library stores beside the page.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionRecord {
    pub place: VersionParent,
    pub title: String,
    pub provenance: Provenance,
}

/// A version in the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionRef {
    /// The one before the current one.
    Undo(GameId),
    /// The one that was undone.
    Redo(GameId),
    Version(GameAddress),
}

/// A playable game and its display name, such as "version 12.4".
#[derive(Debug, Clone)]
pub struct PlayableGame {
    pub game: Arc<Vetted>,
    pub name: String,
}

/// What is kept of a job that saved no game.
#[derive(Debug, Clone)]
pub enum DraftContent {
    /// The reply of the model, or as much of it as came.
    Reply(String),
    /// A game that could not be saved. Its page is made where that may take time.
    Game(GamePage),
}

impl DraftContent {
    /// The text of the file, and what kind of file it is. Slow for a sealed game of 1 MB: some 100 ms.
    pub fn to_file(&self) -> (String, DraftKind) {
        match self {
            Self::Reply(text) => (text.clone(), DraftKind::Reply),
            Self::Game(product) => (product.html(), DraftKind::Page),
        }
    }
}

/// Work that takes time.
#[derive(Debug, Clone)]
pub enum Task {
    Job(JobTask),
    Session(SessionTask),
}

/// Work of a job.
#[derive(Debug, Clone)]
pub enum JobTask {
    Ask(Box<CompletionRequest>),
    Compose {
        /// All prompts of the game, the oldest first: the last one is the wish.
        prompts: Vec<String>,
        /// The game that is changed, whose turned knobs stay. `None` for a new game.
        base: Option<Arc<BaseVersion>>,
        seed: u64,
        theme: GameTheme,
        /// Pictures and sounds besides those that `base` has.
        media: Arc<[OwnMedia]>,
    },
    /// Joins an answer that was cut off with its continuation.
    Stitch {
        cut: String,
        more: String,
    },
    /// Finds the game in a reply, or applies the reply to the game that is changed, and vets it.
    VetReply {
        reply: String,
        base: Option<Arc<BaseVersion>>,
        /// Whose reply it is: the form of a change is counted for it.
        model: String,
    },
    VetSource(HtmlSource),
    /// Writes the file, and keeps the version in the library.
    Save {
        product: GamePage,
        slug: String,
        to: SaveTarget,
        keep: Box<VersionRecord>,
    },
    /// Writes a better game over the file of a worse try.
    Overwrite {
        product: GamePage,
        path: PathBuf,
    },
    /// Keeps what has become no saved game.
    KeepDraft {
        draft: DraftContent,
        slug: String,
    },
    /// Records in the library what a try came to.
    KeepTry(Box<ModelTry>),
    /// Has a real browser play it; the library remembers the verdict of this version.
    PlayTest {
        game: Arc<Vetted>,
        version: Option<VersionId>,
    },
}

/// Work of the session, for no job.
#[derive(Debug, Clone)]
pub enum SessionTask {
    KeepPrompt(String),
    /// Loads what the screen shows at startup from the library.
    LoadStartup,
    /// Looks through the library for what fits these words.
    Search {
        kind: PickerKind,
        query: String,
    },
    /// Takes a version out of the library, to show and to change it.
    Open(VersionRef),
    /// Takes a version out of the library, to show it alone.
    Look(VersionId),
    /// Finds what changed from another page to this one.
    Compare {
        new: NamedPage,
        old: DiffBase,
    },
    /// Writes the file of a version into this folder.
    Export(VersionId),
    /// Writes the shown game to another file.
    SaveCopy {
        product: GamePage,
        slug: String,
        to: SaveTarget,
    },
    /// Undoing and redoing start from this version.
    MakeCurrent(VersionId),
    /// Serves a game and opens the browser.
    Play(PlayableGame),
    /// The page that is open shows this one from now on.
    Replace(PlayableGame),
    /// Reports what the user points at in the served game, until the session ends.
    FollowPointing,
    /// Lists the server's models, from the cache if that is recent.
    ListModels,
    /// Changes to another engine, and remembers it.
    UseEngine(EngineTarget),
    /// Looks for model servers on this machine.
    FindLocalServers,
    /// Looks which models can be run on this machine.
    ListLocalModels,
    /// Downloads a model from the Hub.
    DownloadModel(ModelRef),
    /// Asks HuggingFace what the month has cost.
    Credits,
}

impl Task {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Job(task) => task.name(),
            Self::Session(task) => task.name(),
        }
    }

    /// Whether it writes what would be lost with it: the end of the program waits for it.
    pub fn is_a_write(&self) -> bool {
        match self {
            Self::Job(task) => matches!(
                task,
                JobTask::Save { .. }
                    | JobTask::Overwrite { .. }
                    | JobTask::KeepDraft { .. }
                    | JobTask::KeepTry(_)
            ),
            Self::Session(task) => matches!(
                task,
                SessionTask::KeepPrompt(_)
                    | SessionTask::Export(_)
                    | SessionTask::SaveCopy { .. }
                    | SessionTask::MakeCurrent(_)
            ),
        }
    }
}

impl JobTask {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ask(_) => "ask",
            Self::Compose { .. } => "compose",
            Self::Stitch { .. } => "stitch",
            Self::VetReply { .. } => "vet-reply",
            Self::VetSource(_) => "vet-source",
            Self::Save { .. } => "save",
            Self::Overwrite { .. } => "overwrite",
            Self::KeepDraft { .. } => "keep-draft",
            Self::KeepTry(_) => "keep-try",
            Self::PlayTest { .. } => "play-test",
        }
    }
}

impl SessionTask {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::KeepPrompt(_) => "keep-prompt",
            Self::LoadStartup => "load-startup",
            Self::Search { .. } => "search",
            Self::Open(_) => "open",
            Self::Look(_) => "look",
            Self::Compare { .. } => "compare",
            Self::Export(_) => "export",
            Self::SaveCopy { .. } => "save-copy",
            Self::MakeCurrent(_) => "make-current",
            Self::Play(_) => "play",
            Self::Replace(_) => "replace",
            Self::FollowPointing => "follow-pointing",
            Self::ListModels => "list-models",
            Self::UseEngine(_) => "use-engine",
            Self::FindLocalServers => "find-local-servers",
            Self::ListLocalModels => "list-local-models",
            Self::DownloadModel(_) => "download-model",
            Self::Credits => "credits",
        }
    }
}
