//! What only the screen knows of itself: which pane has the keys, what it shows, what covers it.

use super::focus::Pane;
use crate::app::diff::DiffWatch;
use crate::app::{Action, Session};

/// What the user sees of the session. The session knows nothing of it but whether the diff is
/// watched, and line mode has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewState {
    /// The pane that has the keys. It never moves by itself.
    pub focus: Pane,
    /// Whether the help is open.
    pub help: bool,
    /// The open tab of the preview.
    pub tab: PreviewTab,
    pub welcome: WelcomeState,
    pub zoom: PaneZoom,
    /// The pane that is shown where several share one area: never the prompt.
    pub upper: Pane,
    pub follow: ViewFollow,
    /// How often the editor has added what the user pointed at.
    pub(super) pointed: u64,
    /// How often it has taken a prompt that was made full.
    pub(super) improved: u64,
}

impl Default for ViewState {
    fn default() -> Self {
        Self {
            focus: Pane::default(),
            help: false,
            tab: PreviewTab::default(),
            welcome: WelcomeState::default(),
            zoom: PaneZoom::default(),
            upper: Pane::Session,
            follow: ViewFollow::default(),
            pointed: 0,
            improved: 0,
        }
    }
}

/// Whether what is shown follows what happens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ViewFollow {
    /// The code while it comes, the picture when the game was played.
    #[default]
    Job,
    /// The user has chosen a tab or a pane since the last prompt was sent.
    Off,
}

/// What the user wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ViewCommand {
    Focus(Pane),
    NextPane,
    PreviousPane,
    Show(PreviewTab),
    NextTab,
    /// Gives the pane with the keys the whole screen, or takes it back.
    ToggleZoom,
    ToggleHelp,
    CloseWelcome,
    /// A prompt was sent: what is shown follows its game.
    FollowJob,
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

impl PaneZoom {
    #[must_use]
    fn toggled(self) -> Self {
        match self {
            Self::Off => Self::On,
            Self::On => Self::Off,
        }
    }
}

/// The tabs of the preview.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PreviewTab {
    /// The picture and the verdict of the play-test.
    #[default]
    Play,
    Code,
    /// Findings of the checks and the play-test.
    Findings,
    /// What changed since another version.
    Diff,
}

impl PreviewTab {
    /// All tabs, in the order of their names on the screen.
    pub const ALL: [Self; 4] = [Self::Play, Self::Code, Self::Findings, Self::Diff];

    /// The tab after this one, in a circle.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Play => Self::Code,
            Self::Code => Self::Findings,
            Self::Findings => Self::Diff,
            Self::Diff => Self::Play,
        }
    }

    /// The tab's name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Code => "Code",
            Self::Findings => "Findings",
            Self::Diff => "Diff",
            Self::Play => "Play",
        }
    }

    /// Whether the session has to keep the diff up to date for it.
    fn diff_watch(self) -> DiffWatch {
        match self {
            Self::Diff => DiffWatch::On,
            Self::Code | Self::Findings | Self::Play => DiffWatch::Off,
        }
    }
}

impl ViewState {
    /// Shows what the user wants to see. Returns what the session has to know of it.
    pub(super) fn apply(&mut self, command: ViewCommand) -> Vec<Action> {
        let before = self.tab.diff_watch();
        self.skip_welcome();
        match command {
            ViewCommand::Focus(pane) => self.focus_on(pane),
            ViewCommand::NextPane => self.focus_on(self.focus.next()),
            ViewCommand::PreviousPane => self.focus_on(self.focus.back()),
            ViewCommand::Show(tab) => self.show(tab),
            ViewCommand::NextTab => self.show(self.tab.next()),
            ViewCommand::ToggleZoom => self.zoom = self.zoom.toggled(),
            ViewCommand::ToggleHelp => self.help = !self.help,
            ViewCommand::CloseWelcome => self.welcome = WelcomeState::Over,
            ViewCommand::FollowJob => {
                self.follow = ViewFollow::Job;
                self.upper = Pane::Session;
                self.tab = PreviewTab::Code;
            }
        }
        let watch = self.tab.diff_watch();
        if watch == before { Vec::new() } else { vec![Action::WatchDiff(watch)] }
    }

    fn focus_on(&mut self, pane: Pane) {
        self.focus = pane;
        if pane != Pane::Prompt {
            self.upper = pane;
            self.follow = ViewFollow::Off;
        }
    }

    fn show(&mut self, tab: PreviewTab) {
        self.tab = tab;
        self.upper = Pane::Preview;
        self.follow = ViewFollow::Off;
    }

    /// Shows what there is to see of the session, unless the user has chosen something since the
    /// last prompt was sent: the code while it comes, the picture when the game was played.
    pub(super) fn follow_session(&mut self, state: &Session) {
        let Some(shown) = state.shown().filter(|_| self.follow == ViewFollow::Job) else { return };
        let is_played = shown.is_done() && shown.game().is_some() && shown.played().is_some();
        self.tab = if is_played { PreviewTab::Play } else { PreviewTab::Code };
        // Why nothing came of the last prompt is in the session, not in the game that is still there.
        let failed = state.job().is_some_and(|job| job.current.failure().is_some());
        self.upper = if is_played && !failed { Pane::Preview } else { Pane::Session };
    }

    /// Opens the welcome on the first run, unless the user has begun.
    pub(super) fn open_welcome(&mut self, state: &Session) {
        if !state.startup.is_first_run || self.welcome != WelcomeState::Due {
            return;
        }
        let is_untouched = state.draft.text.is_empty() && state.jobs.in_front().is_none();
        self.welcome = if is_untouched { WelcomeState::Shown } else { WelcomeState::Over };
    }

    /// Whoever acts before the library has answered needs no welcome.
    pub(super) fn skip_welcome(&mut self) {
        if self.welcome == WelcomeState::Due {
            self.welcome = WelcomeState::Over;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_told_when_the_diff_comes_into_sight_and_leaves_it() {
        let mut view = ViewState::default();
        let show = |view: &mut ViewState, tab| view.apply(ViewCommand::Show(tab));
        assert_eq!(show(&mut view, PreviewTab::Findings), []);
        assert_eq!(view.apply(ViewCommand::NextTab), [Action::WatchDiff(DiffWatch::On)]);
        assert_eq!(show(&mut view, PreviewTab::Diff), [], "it is watched already");
        assert_eq!(view.apply(ViewCommand::Focus(Pane::Preview)), []);
        assert_eq!(show(&mut view, PreviewTab::Play), [Action::WatchDiff(DiffWatch::Off)]);
    }
}
