//! What happened, in the past tense, as plain data.

use std::path::PathBuf;
use std::sync::Arc;

use super::confirm::ConfirmKey;
use super::conversation::{BaseVersion, ReceivedChange};
use super::diff::{DiffError, DiffWatch};
use super::engine::LoadingModel;
use super::finished_game::GamePage;
use super::ids::JobId;
use super::picker::{PickerItem, PickerKind};
use super::play_session::{PlayError, PlaySession};
use super::play_test::StoredVerdict;
use super::session_plan::SessionPlan;
use super::startup::StartupMode;
use super::transcript::TranscriptEntry;
use super::variant_mode::VariantMode;
use super::vetting_outcome::VettingOutcome;
use crate::compose::Composition;
use crate::inference::account::{AccountError, Credits};
use crate::inference::limits::{LimitReached, RequestCounters};
use crate::inference::local_server::LocalServers;
use crate::inference::{CachedCatalogue, InferenceError, ModelPrices, Outcome, client};
use crate::library::{
    DiskError, FormTally, GameId, LibraryError, ModelSummary, PageComparison, VersionId,
};
use crate::local::download::DownloadProgress;
use crate::local::{LocalError, LocalModels, ModelRef};
use crate::play::{PlayTestError, PlayTestStage, Verdict};

/// Every input of the machine.
#[derive(Debug, Clone)]
pub enum Event {
    /// The user wants something.
    Acted(Action),
    /// A task reports an event.
    Reported(JobId, TaskEvent),
    /// A deadline of the session has passed.
    TimerFired,
}

/// The jobs that an action means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobRef {
    /// The one in the foreground.
    Foreground,
    Id(JobId),
    /// All that run.
    Running,
}

/// What is to be done with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobAction {
    /// Stops it without asking.
    Stop,
    /// Ends its wait.
    RetryNow,
    /// Saves its game into the current folder.
    Save,
    /// Has a real browser play its game.
    PlayTest,
    /// Asks the model to fix what the play-test found.
    Fix,
    /// Brings it into the foreground.
    Show,
}

/// What keys and flags mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Generate(String),
    /// Once asks, twice within two seconds stops.
    Stop,
    /// Something is to be done with a job.
    Job(JobRef, JobAction),
    /// The diff has come into sight, or left it.
    WatchDiff(DiffWatch),
    /// Makes several games of one prompt, each by this model or that of the plan.
    Vary(String, Vec<Option<String>>, VariantMode),
    /// Shows another variant, or another job if there are no variants.
    StepJob(isize),
    KeepVariant,
    /// The user has changed the page that is shown: it is checked and becomes a version.
    EditPage(String, HandEdit),
    /// Something is to be done with the prompts that wait.
    Queue(QueueAction),
    /// Shows a version in the preview, and changes nothing.
    Look(VersionId),
    /// The preview shows again what the session is about.
    LookAway,
    /// The next prompt changes this version.
    Take(VersionId),
    /// Opens the last finished game in the browser.
    Play,
    /// Shows the version before, or the one that was undone.
    Undo,
    Redo,
    /// The next prompt makes a game of its own.
    NewGame,
    /// The screen has opened: what does the library know?
    LoadStartup(StartupMode),
    /// Opens a list to choose from, or closes it.
    Pick(PickerKind),
    /// The words in the open list.
    Narrow(String),
    /// Moves the selection by this many lines.
    Step(isize),
    Choose,
    /// Goes one version back in the game of the chosen line.
    UndoChosen,
    /// Writes the chosen version into this folder.
    ExportChosen,
    /// Takes the words that were typed, where they are the answer.
    TakeWords,
    /// The text in the editor is now this.
    Edited(String),
    /// Adds to this prompt what it does not say.
    Improve(String),
    /// Something to say that needs no decision.
    Note(String),
    /// Opens a list with these items, or closes it.
    OpenList(PickerKind, Vec<PickerItem>),
    Quit,
    /// The same after a question.
    AskQuit,
    QuitNow,
    /// A key for the open question.
    Answer(ConfirmKey),
    /// Requests the remaining credits.
    Credits,
}

/// How the user changed a page without a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandEdit {
    /// In an editor.
    Editor,
    /// By knobs; this is what was turned.
    Knobs(String),
}

/// What is to be done with the prompts that wait. Places count from 0, the next one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueAction {
    /// Takes the newest out: its words go back into the editor, which is the screen's.
    TakeLast,
    /// The same with the one at this place.
    TakeBack(usize),
    Remove(usize),
    /// Moves it by so many places.
    Move(usize, isize),
    /// Lets those go on that wait for the user.
    Resume,
}

impl Action {
    /// Something is to be done with the job in the foreground.
    pub fn job(action: JobAction) -> Self {
        Self::Job(JobRef::Foreground, action)
    }
}

/// An event that a task sends.
#[derive(Debug, Clone)]
pub enum TaskEvent {
    /// To the job that began the task.
    Job(JobEvent),
    /// To the session.
    Session(SessionEvent),
}

/// An event of a task that a job began.
#[derive(Debug, Clone)]
pub enum JobEvent {
    /// The ledger let the request pass; these are the requests of all processes.
    Admitted(RequestCounters),
    /// The ledger refused; nothing was sent.
    LimitReached(LimitReached, RequestCounters),
    /// There is no ledger: from now on this process counts for itself alone.
    LedgerUnavailable(LibraryError),
    /// No model was named, and the server has this one: it is asked.
    ModelFound(String),
    /// The model is being loaded into this machine's memory, before it is asked.
    ModelLoading(LoadingModel),
    ModelLoaded,
    /// The model does not run on this machine; nothing was asked.
    LocalEngineFailed(LocalError),
    /// The server's list, asked for before the request, names prices.
    PricesListed(ModelPrices),
    StreamProgress(client::StreamProgress),
    Ended(Outcome),
    Composed(Box<Composition>),
    /// A change came in this form; what became of it follows.
    ChangeReceived(ReceivedChange),
    /// An answer that was cut off is joined with its continuation.
    Stitched(String),
    Vetted(VettingOutcome),
    Saved(Result<SaveReport, DiskError>),
    /// The current stage of the play-test.
    PlayTestStage(PlayTestStage),
    PlayTested(Result<Box<Verdict>, PlayTestError>),
    /// A better game is in the file of a worse try, or why not.
    Overwritten(Result<PathBuf, DiskError>),
    /// A partial or refused reply is on disk.
    DraftKept(Result<PathBuf, DiskError>),
}

/// An event of a task that the session began.
#[derive(Debug, Clone)]
pub enum SessionEvent {
    /// The library was damaged: a new one is in use, the old one is here. A task of a job may notice
    /// it, too.
    LibraryQuarantined(PathBuf),
    /// In which form models managed to change games before.
    EditFormsLoaded(Vec<FormTally>),
    /// What models came to before, out of the library.
    ModelRecordsLoaded(Vec<ModelSummary>),
    /// What the library holds at startup.
    StartupLoaded(Result<StartupSummary, LibraryError>),
    /// What fits these words, for the open list.
    Found { kind: PickerKind, query: String, items: Result<Vec<PickerItem>, LibraryError> },
    /// A version was taken out of the library.
    Opened(Result<Box<OpenedVersion>, LibraryError>),
    /// A version is in a file in the current folder, or why not.
    Exported(Result<PathBuf, ExportError>),
    /// The shown game is in another file, too, or why not.
    CopySaved(Result<SaveReport, DiskError>),
    /// Undoing starts from another version now, or why not.
    MadeCurrent(Result<(), LibraryError>),
    /// The diff of the job's game, or why there is none.
    Compared(Result<Box<PageComparison>, DiffError>),
    /// The game is served, or why not. `None` if the page that is open shows another game now.
    Played(Result<Option<PlaySession>, PlayError>),
    /// The user has pointed at something in the running game: the beginning of a prompt.
    Pointed(String),
    /// The text in the editor is on disk.
    PromptKept(Result<(), DiskError>),
    /// The models of the server.
    ModelsListed(Result<Arc<CachedCatalogue>, InferenceError>),
    /// The model servers on this machine.
    LocalServersFound(LocalServers),
    /// What can be run on this machine.
    LocalModelsListed(LocalModels),
    /// How far the download is.
    DownloadProgressed(DownloadProgress),
    /// The model is here, or why not.
    ModelDownloaded(Result<ModelRef, LocalError>),
    /// Another engine is in use from now on, as this plan says; or why not.
    EngineChanged(Result<Box<SessionPlan>, String>),
    /// What HuggingFace says was spent.
    CreditsLoaded(Result<Credits, AccountError>),
}

impl From<JobEvent> for TaskEvent {
    fn from(event: JobEvent) -> Self {
        Self::Job(event)
    }
}

impl From<SessionEvent> for TaskEvent {
    fn from(event: SessionEvent) -> Self {
        Self::Session(event)
    }
}

impl TaskEvent {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Job(event) => event.name(),
            Self::Session(event) => event.name(),
        }
    }
}

impl JobEvent {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Admitted(..) => "admitted",
            Self::LimitReached(..) => "limit-reached",
            Self::LedgerUnavailable(..) => "ledger-unavailable",
            Self::ModelFound(..) => "model-found",
            Self::ModelLoading(..) => "model-loading",
            Self::ModelLoaded => "model-loaded",
            Self::LocalEngineFailed(..) => "local-engine-failed",
            Self::PricesListed(..) => "prices-listed",
            Self::StreamProgress(..) => "stream-progress",
            Self::Ended(..) => "ended",
            Self::Composed(..) => "composed",
            Self::ChangeReceived(..) => "change-received",
            Self::Stitched(..) => "stitched",
            Self::Vetted(..) => "vetted",
            Self::Saved(..) => "saved",
            Self::PlayTestStage(..) => "play-test-stage",
            Self::PlayTested(..) => "play-tested",
            Self::Overwritten(..) => "overwritten",
            Self::DraftKept(..) => "draft-kept",
        }
    }
}

impl SessionEvent {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::LibraryQuarantined(..) => "library-quarantined",
            Self::EditFormsLoaded(..) => "edit-forms-loaded",
            Self::ModelRecordsLoaded(..) => "model-records-loaded",
            Self::StartupLoaded(..) => "startup-loaded",
            Self::Found { .. } => "found",
            Self::Opened(..) => "opened",
            Self::Exported(..) => "exported",
            Self::CopySaved(..) => "copy-saved",
            Self::MadeCurrent(..) => "made-current",
            Self::Compared(..) => "compared",
            Self::Played(..) => "played",
            Self::Pointed(..) => "pointed",
            Self::PromptKept(..) => "prompt-kept",
            Self::ModelsListed(..) => "models-listed",
            Self::EngineChanged(..) => "engine-changed",
            Self::LocalServersFound(..) => "local-servers-found",
            Self::LocalModelsListed(..) => "local-models-listed",
            Self::DownloadProgressed(..) => "download-progressed",
            Self::ModelDownloaded(..) => "model-downloaded",
            Self::CreditsLoaded(..) => "credits-loaded",
        }
    }
}

/// What the library holds when the screen opens.
#[derive(Debug, Clone)]
pub struct StartupSummary {
    /// The requests of all processes.
    pub counters: RequestCounters,
    /// Whether the library is empty: no game and no request yet.
    pub is_first: bool,
    /// The prompts whose replies a killed process left unfinished.
    pub unfinished: Vec<String>,
    /// Earlier prompts, the newest first.
    pub prompts: Vec<String>,
    /// The game that was changed last. `None` without games.
    pub last_game: Option<GameId>,
}

/// A version out of the library.
#[derive(Debug, Clone)]
pub struct OpenedVersion {
    pub base: Arc<BaseVersion>,
    pub product: GamePage,
    /// The stored verdict of its last play-test. `None` if it was not played.
    pub played: Option<StoredVerdict>,
    pub purpose: OpenPurpose,
    /// All prompts of its game, and what came of them.
    pub transcript: Vec<TranscriptEntry>,
}

/// Why a version is taken out of the library.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OpenPurpose {
    /// The next prompt changes it.
    #[default]
    Change,
    /// It is shown alone; the next prompt changes what it changed before.
    Look,
}

/// Why a version is not in a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    #[error("{0}. {advice}", advice = .0.advice())]
    Library(LibraryError),
    #[error(transparent)]
    Disk(DiskError),
}

/// Where a game went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveReport {
    /// `None` if the game goes to standard output.
    pub path: Option<PathBuf>,
    /// Its place in the library, where it was to have one.
    pub version: Option<Result<VersionId, LibraryError>>,
}
