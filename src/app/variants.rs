//! Variants: several games of one prompt, of which one is kept.
//!
//! To choose from, they are made one at a time: they share the user's limits, a provider streams to
//! one as fast as to four, and the play-test of each wants the whole machine. In a race they are made
//! side by side, and the first that plays ends it.

use std::sync::Arc;
use std::time::Duration;

use super::conversation::BaseVersion;
use super::ids::JobId;
use super::job::Job;
use super::prompt::Prompt;
use super::variant_mode::VariantMode;

/// The most that are made of one prompt.
pub const MAX_VARIANTS: usize = 4;

/// The games of one prompt.
#[derive(Debug, Clone)]
pub struct Variants {
    pub prompt: Prompt,
    /// The game that all of them change. `None` for new games.
    pub(super) base: Option<Arc<BaseVersion>>,
    pub slots: Vec<VariantSlot>,
    /// The variant in the foreground.
    pub at: usize,
    pub mode: VariantMode,
    /// The job whose game plays first in a race. `None` before there is one.
    pub(super) winner: Option<JobId>,
    /// The variant that is displayed while another is made. `None` for the current one.
    pub viewed: Option<usize>,
}

/// One of the games.
#[derive(Debug, Clone)]
pub struct VariantSlot {
    /// The model that makes it. `None` for the model of the session.
    pub model: Option<String>,
    /// Its job. `None` before it begins.
    pub job: Option<JobId>,
}

impl Variants {
    /// Variants of one prompt, one for each entry of `models`; `None` there means the current
    /// model.
    pub(super) fn new(
        prompt: Prompt,
        base: Option<Arc<BaseVersion>>,
        models: Vec<Option<String>>,
        mode: VariantMode,
    ) -> Self {
        let slots =
            models.into_iter().take(MAX_VARIANTS).map(|model| VariantSlot { model, job: None });
        Self { prompt, base, slots: slots.collect(), at: 0, mode, winner: None, viewed: None }
    }

    /// Whether one is still to be begun.
    pub(super) fn has_next(&self) -> bool {
        self.at + 1 < self.slots.len()
            && self.slots.iter().skip(self.at + 1).all(|slot| slot.job.is_none())
    }

    /// Whether a job is one of them.
    pub(super) fn contains(&self, job: JobId) -> bool {
        self.slots.iter().any(|slot| slot.job == Some(job))
    }

    /// Whether a job is one of a race that is still open.
    pub(super) fn races(&self, job: JobId) -> bool {
        self.mode == VariantMode::Race && self.winner.is_none() && self.contains(job)
    }

    /// Whether a job is one of a race that another has won.
    pub(super) fn has_lost(&self, job: JobId) -> bool {
        self.winner.is_some_and(|winner| winner != job) && self.contains(job)
    }

    /// The displayed variant.
    pub fn shown(&self) -> usize {
        self.viewed.unwrap_or(self.at)
    }
}

impl Job {
    /// The time from the prompt to the saved game, over all tries, and its cost in US dollars, if known.
    pub fn duration_and_cost(&self) -> (Option<Duration>, Option<f64>) {
        let times = &self.current.timeline;
        let made = times.saved.or(times.ended);
        (made.map(|end| end.saturating_duration_since(self.began)), self.usd())
    }
}
