//! What is open to be answered, and the last thing said.

use std::time::{Duration, Instant};

use super::confirm::Confirm;
use super::picker::Picker;

/// What waits for the user's answer, and the notice.
///
/// It is no matter of the screen: line mode shows it as well, and the session decides by it. Words
/// narrow the open list and a choice opens what it stands for, a yes to the question is the consent
/// before money is spent, and only a second press stops or quits.
#[derive(Debug, Clone, Default)]
pub struct Dialogs {
    pub picker: Option<Picker>,
    /// A question over all else.
    pub confirm: Option<Confirm>,
    pub notice: Option<Notice>,
    /// A key that has to be pressed twice, and until when the second counts.
    pub armed: Option<(ArmedKey, Instant)>,
}

/// A key that does something only when it is pressed again soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArmedKey {
    Stop,
    Quit,
}

/// One line: in the footer of the screen, or printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub tone: Tone,
}

/// How a notice is meant: it decides the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Plain,
    Bad,
}

/// How long the second press of a key counts.
pub(super) const ARMED_FOR: Duration = Duration::from_secs(2);
