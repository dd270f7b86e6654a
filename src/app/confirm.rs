//! A question that stands over everything until it is answered.
//!
//! It may come up while somebody types, so what is typed never says yes: until
//! the keyboard has been quiet for a moment no key counts but the one that
//! leaves, a letter only moves the choice, which begins at no, and Enter takes it.

use std::time::{Duration, Instant};

/// How long no key must have come since the question, before one counts.
pub const QUIET: Duration = Duration::from_millis(400);

/// An open question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// What it is about, in a word or two.
    pub title: String,
    pub question: String,
    pub choice: Choice,
    /// What a yes is to.
    pub consent: Consent,
    /// When it opened, or the last key came that did not count.
    stirred: Instant,
    is_awake: bool,
}

/// What the user may agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// Games are made with this model from now on.
    Model(String),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Choice {
    #[default]
    No,
    Yes,
}

impl Choice {
    #[must_use]
    fn other(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Yes => Self::No,
        }
    }
}

/// What a key means to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// Moves the choice there.
    Choice(Choice),
    /// Moves the choice to the other side.
    Turn,
    /// Takes what is chosen.
    Take,
    /// No, at once: it can do no harm.
    Leave,
    /// Any other key, or text that is pasted.
    Other,
}

impl Confirm {
    pub fn new(title: &str, question: String, consent: Consent, now: Instant) -> Self {
        Self {
            title: title.to_owned(),
            question,
            choice: Choice::No,
            consent,
            stirred: now,
            is_awake: false,
        }
    }

    /// Takes a key; answers with what was decided, if it was.
    pub(super) fn press(&mut self, press: Press, now: Instant) -> Option<Choice> {
        if press == Press::Leave {
            return Some(Choice::No);
        }
        if !self.is_awake {
            self.is_awake = now.saturating_duration_since(self.stirred) >= QUIET;
            self.stirred = now;
            if !self.is_awake {
                return None;
            }
        }
        match press {
            Press::Choice(choice) => self.choice = choice,
            Press::Turn => self.choice = self.choice.other(),
            Press::Take => return Some(self.choice),
            Press::Leave | Press::Other => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(now: Instant) -> Confirm {
        Confirm::new("Model", "really?".to_owned(), Consent::Model("a/b".to_owned()), now)
    }

    /// Keys with the milliseconds before each; what came of them.
    fn after(keys: &[(u64, Press)]) -> Option<Choice> {
        #[expect(clippy::disallowed_methods, reason = "a test begins somewhere")]
        let mut now = Instant::now();
        let mut question = question(now);
        keys.iter().find_map(|(wait, press)| {
            now += Duration::from_millis(*wait);
            question.press(*press, now)
        })
    }

    const YES: Press = Press::Choice(Choice::Yes);

    #[test]
    fn somebody_who_types_on_decides_nothing() {
        let letters: Vec<_> = (0..40).flat_map(|_| [(120, YES), (399, Press::Take)]).collect();
        assert_eq!(after(&letters), None);
        assert_eq!(after(&[(399, YES), (399, Press::Take), (399, Press::Take)]), None);
        assert_eq!(after(&[(1_000, YES), (1_000, YES), (9, Press::Other)]), None, "letters alone");
    }

    #[test]
    fn the_choice_begins_at_no_and_enter_takes_it() {
        assert_eq!(after(&[(400, Press::Take)]), Some(Choice::No));
        assert_eq!(after(&[(400, YES), (1, Press::Take)]), Some(Choice::Yes));
        assert_eq!(after(&[(400, Press::Turn), (1, Press::Take)]), Some(Choice::Yes));
        let no = [(400, YES), (1, Press::Choice(Choice::No)), (1, Press::Take)];
        assert_eq!(after(&no), Some(Choice::No));
        assert_eq!(after(&[(0, Press::Leave)]), Some(Choice::No), "leaving does no harm");
        assert_eq!(after(&[(9, Press::Other), (400, YES), (1, Press::Take)]), Some(Choice::Yes));
    }
}
