//! What only the screen needs: focus, tabs, overlays, the line in the footer.

use std::time::{Duration, Instant};

use super::confirm::Confirm;
use super::focus::Pane;
use super::picker::Picker;

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
    pub fn toggled(self) -> Self {
        match self {
            Self::Off => Self::On,
            Self::On => Self::Off,
        }
    }
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

/// How long the second press of a key counts.
pub(super) const ARMED_FOR: Duration = Duration::from_secs(2);
