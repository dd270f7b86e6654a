//! The play-test of a job's game, and what became of fixing it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::inference::TokenUsage;
use crate::inference::price::format_usd;
use crate::library::VersionId;
use crate::play::{Motion, PlayTestError, PlayTestStage, Verdict};

/// The play-test of a job's game.
#[derive(Debug, Clone, Default)]
pub struct PlayTestState {
    /// The current stage of the play-test.
    pub stage: Option<PlayTestStage>,
    pub verdict: Option<Result<Arc<Verdict>, PlayTestError>>,
    /// The stored verdict of an earlier play-test.
    pub stored: Option<StoredVerdict>,
    /// What became of fixing the game that stood here before, or this one.
    pub fixed: Option<FixResult>,
    pub(super) occasion: PlayOccasion,
    /// The game in motion. `None` where it was not recorded, and once it was shown.
    pub playback: Option<Playback>,
}

/// A game in motion, which is shown once.
#[derive(Debug, Clone, PartialEq)]
pub struct Playback {
    motion: Motion,
    began: Instant,
}

impl Playback {
    /// Begins to show it now. `None` if it was not recorded.
    pub fn new(motion: Motion, now: Instant) -> Option<Self> {
        let is_shown = !motion.frames.is_empty() && motion.frame_ms > 0;
        is_shown.then_some(Self { motion, began: now })
    }

    /// The frame to show, as a PNG. `None` once it is over.
    pub fn frame_at(&self, now: Instant) -> Option<&Arc<[u8]>> {
        self.motion.frames.get(self.number_at(now))
    }

    /// When the frame changes next, or the last one ends. `None` once it is over.
    pub fn next_change(&self, now: Instant) -> Option<Instant> {
        self.frame_at(now)?;
        let ended = u32::try_from(self.number_at(now)).unwrap_or(u32::MAX).saturating_add(1);
        Some(self.began + self.interval() * ended)
    }

    fn number_at(&self, now: Instant) -> usize {
        let elapsed = now.saturating_duration_since(self.began).as_millis();
        let number = elapsed.checked_div(self.interval().as_millis()).unwrap_or_default();
        usize::try_from(number).unwrap_or(usize::MAX)
    }

    fn interval(&self) -> Duration {
        Duration::from_millis(u64::from(self.motion.frame_ms))
    }
}

/// Why a game is played.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum PlayOccasion {
    /// To see what a try has come to.
    #[default]
    Try,
    /// Once more, because the user wants to know: no try follows.
    Again,
}

/// An earlier play-test, out of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVerdict {
    pub headline: String,
    pub picture: Option<Arc<[u8]>>,
}

/// The result of a fix, and its cost.
#[derive(Debug, Clone, PartialEq)]
pub struct FixResult {
    pub outcome: FixOutcome,
    /// The version that was to be fixed, if the library has it.
    pub before: Option<VersionId>,
    pub usage: Option<TokenUsage>,
    pub estimated_usd: Option<f64>,
}

/// What a round of fixing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixOutcome {
    /// The game is no longer broken.
    Fixed,
    /// The same error again: another request would pay for the same.
    Same,
    /// Another error came.
    Other,
    /// No fixed game came; why.
    Failed(String),
    /// The fixed game was not played.
    Unknown,
}

impl FixOutcome {
    /// For programs; stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Same => "same",
            Self::Other => "other",
            Self::Failed(_) => "failed",
            Self::Unknown => "unknown",
        }
    }
}

impl FixResult {
    /// `fixed in one round, 1,234 tokens, about $0.0008`, as a person reads it.
    pub fn describe(&self) -> String {
        let what = match &self.outcome {
            FixOutcome::Fixed => "fixed in one round".to_owned(),
            FixOutcome::Same => "not fixed: the same error is there again".to_owned(),
            FixOutcome::Other => "not fixed: now another error is there".to_owned(),
            FixOutcome::Failed(why) => format!("not fixed: {why}"),
            FixOutcome::Unknown => "changed, but not played again".to_owned(),
        };
        format!("{what}{}", self.cost())
    }

    fn cost(&self) -> String {
        let Some(usage) = self.usage else { return String::new() };
        let paid = self.estimated_usd.filter(|usd| *usd > 0.0);
        let dollars = paid.map(|usd| format!(", about {}", format_usd(usd)));
        let tokens = usage.total();
        format!(" ({tokens} tokens{})", dollars.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_shown_once_frame_by_frame() {
        let began = crate::driver::now();
        let frames = [b"a", b"b", b"c"].map(|png| Arc::from(*png)).to_vec();
        let playback = Playback::new(Motion { frames, frame_ms: 200 }, began).unwrap();
        let at = |millis| began + Duration::from_millis(millis);
        let seen = [0, 199, 200, 450, 599, 600, 60_000].map(|millis| {
            playback
                .frame_at(at(millis))
                .map(|png| char::from(png.first().copied().unwrap_or_default()))
        });
        assert_eq!(seen, [Some('a'), Some('a'), Some('b'), Some('c'), Some('c'), None, None]);
        assert_eq!(playback.next_change(at(0)), Some(at(200)));
        assert_eq!(playback.next_change(at(450)), Some(at(600)), "the picture comes after it");
        assert_eq!(playback.next_change(at(600)), None, "nothing moves at rest");
    }

    #[test]
    fn what_was_not_recorded_is_not_shown() {
        assert_eq!(Playback::new(Motion::default(), crate::driver::now()), None);
    }
}
