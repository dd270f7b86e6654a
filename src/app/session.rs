//! All that the program knows while it runs.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::confirm::Confirm;
use super::conversation::BaseVersion;
use super::credits::ReportedCredits;
use super::diff::DiffView;
use super::effect::PlayableGame;
use super::engine::Engine;
use super::event::JobIds;
use super::focus::Pane;
use super::job::Job;
use super::picker::Picker;
use super::prompt::Prompt;
use super::session_tasks::SessionTasks;
use super::shared::SharedFacts;
use super::variants::Variants;
use crate::compose::GameTheme;
use crate::inference::limits::RequestLimits;
use crate::inference::{CachedCatalogue, Policy, Price};

/// The state of the machine: what is rendered, and what [`update`](super::update()) decides on.
#[derive(Debug, Clone)]
pub struct Session {
    pub plan: SessionPlan,
    pub job: Option<Job>,
    /// The game that the next prompt changes. `None` if it makes a new one.
    pub current: Option<Arc<BaseVersion>>,
    pub next_game: NextGame,
    /// Prompts that wait for the running job to end.
    pub queue: VecDeque<Prompt>,
    pub queue_mode: QueueMode,
    /// The games of one prompt, of which one is to be kept.
    pub variants: Option<Variants>,
    /// The last finished game that passed every check.
    pub latest_playable: Option<PlayableGame>,
    /// Whether a page in a browser shows it, and is to show what comes after it.
    pub(super) is_served: bool,
    /// The diff of the displayed game. `None` until its tab is opened.
    pub diff: Option<DiffView>,
    /// What all jobs share.
    pub shared: SharedFacts,
    /// What HuggingFace said was spent, once it was asked.
    pub reported_credits: Option<ReportedCredits>,
    /// The server's models. `None` until they were listed.
    pub(super) models: Option<Arc<CachedCatalogue>>,
    pub view: ViewState,
    pub draft: PromptDraft,
    pub quitting: bool,
    /// Every file written in this session, for the words at the end.
    pub saved_paths: Vec<PathBuf>,
    pub(super) ids: JobIds,
    pub(super) tasks: SessionTasks,
}

/// How the next prompt relates to a game that finishes now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NextGame {
    /// The one that it changes.
    #[default]
    Changed,
    /// It makes a new game: the user asked for one while this one was made.
    New,
}

/// What prompts that were queued wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueueMode {
    /// The end of the job before them.
    #[default]
    Runs,
    /// The user, too: the job before them was stopped or failed.
    Held,
}

/// How games are to be made and kept.
#[derive(Debug, Clone)]
pub struct SessionPlan {
    pub engine: Engine,
    pub model: String,
    /// Models that may make one variant each.
    pub variant_models: Vec<String>,
    /// The model's price. `None` if no model list names it.
    pub price: Option<Price>,
    /// Credits included per month in US dollars, to compare with.
    pub credits_usd: f64,
    /// The server's name, for people.
    pub host: String,
    pub has_token: bool,
    pub theme: GameTheme,
    pub max_tokens: u32,
    /// How long an answer that has begun may be silent before it is given up.
    pub idle_timeout: Duration,
    pub policy: Policy,
    pub seed: u64,
    pub limits: RequestLimits,
    pub over_limit: LimitPolicy,
    pub saving: SaveTarget,
    pub form: OutputForm,
    /// Whether a page that breaks a rule is saved all the same, marked.
    pub keep_unsafe: bool,
    pub play_test: AutoPlayTest,
    /// Notices about the settings, one sentence each.
    pub notices: Vec<String>,
}

/// Whether a finished game is played by a browser.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AutoPlayTest {
    #[default]
    Off,
    On,
}

/// Whether the welcome overlay is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WelcomeState {
    /// Not known yet: the library is still asked whether this is the first run.
    #[default]
    Due,
    Shown,
    /// Closed, or not needed: it would interrupt a user who has begun.
    Over,
}

/// Whether the pane that has the keys has the whole screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PaneZoom {
    #[default]
    Off,
    On,
}

/// The tabs of the preview.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PreviewTab {
    #[default]
    Code,
    /// Findings of the checks and the play-test.
    Findings,
    /// What changed since another version.
    Diff,
    /// The picture and the verdict of the play-test.
    Play,
}

impl PreviewTab {
    pub const ALL: [Self; 4] = [Self::Code, Self::Findings, Self::Diff, Self::Play];

    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Code => Self::Findings,
            Self::Findings => Self::Diff,
            Self::Diff => Self::Play,
            Self::Play => Self::Code,
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Code => "Code",
            Self::Findings => "Findings",
            Self::Diff => "Diff",
            Self::Play => "Play",
        }
    }
}

/// What happens to a request that reaches a local limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LimitPolicy {
    /// It waits, with a countdown.
    #[default]
    Wait,
    /// The job ends and says when it may start. Only for others to finish it waits a little.
    Fail,
}

/// In what form a game is saved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OutputForm {
    /// In a frame that it cannot leave, as one file.
    #[default]
    Sealed,
    /// The hardened page alone.
    Plain,
}

/// Where a finished game goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveTarget {
    /// Nowhere: it is printed.
    Nowhere,
    /// Into a folder, under its own name; never over another file.
    Folder(PathBuf),
    /// To this file, or beside it where that name is taken.
    File(PathBuf),
    /// To this file, replacing what is there.
    Over(PathBuf),
    /// Into the program's own folder of games.
    GamesFolder,
}

/// View state of the screen; commands do not use it.
#[derive(Debug, Clone, Default)]
pub struct ViewState {
    pub focus: Pane,
    pub help: bool,
    pub tab: PreviewTab,
    pub welcome: WelcomeState,
    pub zoom: PaneZoom,
    pub picker: Option<Picker>,
    /// A question over all else.
    pub confirm: Option<Confirm>,
    pub notice: Option<Notice>,
    /// A key that has to be pressed twice, and until when the second counts.
    pub armed: Option<(ArmedKey, Instant)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArmedKey {
    Stop,
    Quit,
}

/// One line for the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub tone: Tone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Plain,
    Bad,
}

/// The text in the editor, and whether it is on disk.
#[derive(Debug, Clone, Default)]
pub struct PromptDraft {
    pub text: String,
    /// When it is to be saved. `None` if it is saved as it is.
    pub due: Option<Instant>,
    pub kept: bool,
    /// The text that was sent: the editor clears it.
    pub sent: Option<String>,
    /// A prompt that made no game: put back into an empty editor.
    pub returned: Option<String>,
}

/// How long the second press of a key counts.
pub(super) const ARMED_FOR: Duration = Duration::from_secs(2);
/// At most this much typing can be lost.
pub(super) const DRAFT_EVERY: Duration = Duration::from_secs(2);

impl Session {
    /// `seed` seeds the jitter of waits. The ids are shared by all sessions of the process.
    pub fn new(plan: SessionPlan, seed: u64, ids: JobIds) -> Self {
        Self {
            plan,
            job: None,
            current: None,
            next_game: NextGame::default(),
            queue: VecDeque::new(),
            queue_mode: QueueMode::Runs,
            variants: None,
            latest_playable: None,
            is_served: false,
            diff: None,
            shared: SharedFacts::new(seed),
            reported_credits: None,
            models: None,
            view: ViewState::default(),
            draft: PromptDraft::default(),
            quitting: false,
            saved_paths: Vec::new(),
            ids,
            tasks: SessionTasks::default(),
        }
    }

    /// The next deadline of the session. `None` if it only waits for events.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let retry = self.job.as_ref().and_then(Job::poll_timeout);
        let lull = self.job.as_ref().and_then(Job::lull_deadline);
        let armed = self.view.armed.map(|(_, until)| until);
        [retry, lull, armed, self.draft.due].into_iter().flatten().min()
    }

    /// The displayed job: the current one, or a variant that the user looks at.
    pub fn shown(&self) -> Option<&Job> {
        let looked_at = self
            .variants
            .as_ref()
            .and_then(|variants| variants.slots.get(variants.looked_at?)?.job.as_deref());
        looked_at.or(self.job.as_ref())
    }

    /// Whether a job runs.
    pub fn is_busy(&self) -> bool {
        self.job.as_ref().is_some_and(|job| !job.is_done())
    }

    /// Whether the program may end: the user has quit and everything is saved.
    pub fn is_over(&self) -> bool {
        self.quitting && !self.is_busy() && self.draft.due.is_none()
    }

    pub fn is_armed(&self, armed: ArmedKey) -> bool {
        self.view.armed.is_some_and(|(which, _)| which == armed)
    }

    pub(super) fn notify(&mut self, tone: Tone, text: impl Into<String>) {
        self.view.notice = Some(Notice { text: text.into(), tone });
    }
}

#[cfg(test)]
impl SessionPlan {
    /// A plan of which only the engine matters.
    pub(crate) fn bare(engine: Engine) -> Self {
        Self {
            engine,
            model: String::new(),
            variant_models: Vec::new(),
            price: None,
            credits_usd: 0.1,
            host: String::new(),
            has_token: false,
            theme: GameTheme::Spooky,
            max_tokens: 1,
            idle_timeout: Duration::from_secs(30),
            policy: Policy::default(),
            seed: 0,
            limits: RequestLimits::default(),
            over_limit: LimitPolicy::Wait,
            saving: SaveTarget::GamesFolder,
            form: OutputForm::default(),
            keep_unsafe: false,
            play_test: AutoPlayTest::Off,
            notices: Vec::new(),
        }
    }
}
