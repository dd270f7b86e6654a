//! A question that stands over everything until it is answered.
//!
//! It may open while the user types, so typed text never says yes: until
//! the keyboard has been quiet for a moment no key counts but the one that
//! leaves, a letter only moves the choice, which begins at no, and Enter takes it.

use std::time::{Duration, Instant};

use crate::local::ModelRef;

/// How long no key must have come since the question, before one counts.
pub const QUIET: Duration = Duration::from_millis(400);

/// An open question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// The title, a word or two.
    pub title: String,
    pub question: String,
    pub choice: ConfirmChoice,
    /// What a yes does.
    pub consent: ConfirmAction,
    /// When it opened, or the last key came that did not count.
    last_key_at: Instant,
    accepts_keys: bool,
}

/// What the user may agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmAction {
    /// Games are made with this model from now on.
    Model(String),
    /// This prompt is sent, whatever its replies cost in this session.
    Spend(String),
    /// A model is downloaded, and then makes the games.
    Download(ModelRef),
    /// The program ends.
    Quit,
}

/// The answer that is selected in a dialog.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ConfirmChoice {
    #[default]
    No,
    Yes,
}

impl ConfirmChoice {
    #[must_use]
    fn other(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Yes => Self::No,
        }
    }
}

/// A key, as a question understands it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmKey {
    /// Moves the choice there.
    Choice(ConfirmChoice),
    /// Moves the choice to the other side.
    Turn,
    /// Confirms the current choice.
    Take,
    /// No, at once: it can do no harm.
    Leave,
    /// Any other key, or text that is pasted.
    Other,
}

impl Confirm {
    /// Opens a dialog with "no" selected. It accepts keys once the user has paused.
    pub fn new(title: &str, question: String, consent: ConfirmAction, now: Instant) -> Self {
        Self {
            title: title.to_owned(),
            question,
            choice: ConfirmChoice::No,
            consent,
            last_key_at: now,
            accepts_keys: false,
        }
    }

    /// Takes a key. `Some` once it has decided.
    pub(super) fn press(&mut self, press: ConfirmKey, now: Instant) -> Option<ConfirmChoice> {
        if press == ConfirmKey::Leave {
            return Some(ConfirmChoice::No);
        }
        if !self.accepts_keys {
            self.accepts_keys = now.saturating_duration_since(self.last_key_at) >= QUIET;
            self.last_key_at = now;
            if !self.accepts_keys {
                return None;
            }
        }
        match press {
            ConfirmKey::Choice(choice) => self.choice = choice,
            ConfirmKey::Turn => self.choice = self.choice.other(),
            ConfirmKey::Take => return Some(self.choice),
            ConfirmKey::Leave | ConfirmKey::Other => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(now: Instant) -> Confirm {
        Confirm::new("Model", "really?".to_owned(), ConfirmAction::Model("a/b".to_owned()), now)
    }

    /// Keys with the milliseconds before each; what came of them.
    fn after(keys: &[(u64, ConfirmKey)]) -> Option<ConfirmChoice> {
        #[expect(clippy::disallowed_methods, reason = "a test begins somewhere")]
        let mut now = Instant::now();
        let mut question = question(now);
        keys.iter().find_map(|(wait, press)| {
            now += Duration::from_millis(*wait);
            question.press(*press, now)
        })
    }

    const YES: ConfirmKey = ConfirmKey::Choice(ConfirmChoice::Yes);

    #[test]
    fn somebody_who_types_on_decides_nothing() {
        let letters: Vec<_> = (0..40).flat_map(|_| [(120, YES), (399, ConfirmKey::Take)]).collect();
        assert_eq!(after(&letters), None);
        assert_eq!(after(&[(399, YES), (399, ConfirmKey::Take), (399, ConfirmKey::Take)]), None);
        assert_eq!(
            after(&[(1_000, YES), (1_000, YES), (9, ConfirmKey::Other)]),
            None,
            "letters alone"
        );
    }

    #[test]
    fn the_choice_begins_at_no_and_enter_takes_it() {
        assert_eq!(after(&[(400, ConfirmKey::Take)]), Some(ConfirmChoice::No));
        assert_eq!(after(&[(400, YES), (1, ConfirmKey::Take)]), Some(ConfirmChoice::Yes));
        assert_eq!(
            after(&[(400, ConfirmKey::Turn), (1, ConfirmKey::Take)]),
            Some(ConfirmChoice::Yes)
        );
        let no = [(400, YES), (1, ConfirmKey::Choice(ConfirmChoice::No)), (1, ConfirmKey::Take)];
        assert_eq!(after(&no), Some(ConfirmChoice::No));
        assert_eq!(
            after(&[(0, ConfirmKey::Leave)]),
            Some(ConfirmChoice::No),
            "leaving does no harm"
        );
        assert_eq!(
            after(&[(9, ConfirmKey::Other), (400, YES), (1, ConfirmKey::Take)]),
            Some(ConfirmChoice::Yes)
        );
    }
}
