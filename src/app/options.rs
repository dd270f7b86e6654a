//! The options of one job. They are fixed when the job begins: a later choice does not change it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::engine::Engine;
use super::failure::JobError;
use super::request_terms::RequestTerms;
use super::tries::TryBudget;
#[cfg(test)]
use crate::compose::GameTheme;
use crate::compose::OwnMedia;
use crate::inference::Policy;
#[cfg(test)]
use crate::inference::Sampling;
use crate::inference::limits::RequestLimits;

/// The options of one job.
#[derive(Debug, Clone)]
pub struct JobOptions {
    pub engine: Engine,
    pub author: GameAuthor,
    /// How questions to the model are to be answered.
    pub terms: RequestTerms,
    pub has_token: bool,
    /// How long an answer that has begun may be silent before it is given up.
    pub idle_timeout: Duration,
    pub policy: Policy,
    pub seed: u64,
    /// Pictures and sounds of the user's own, for the composer.
    pub media: Arc<[OwnMedia]>,
    pub limits: RequestLimits,
    pub over_limit: LimitPolicy,
    pub saving: SaveTarget,
    pub form: OutputForm,
    /// Whether a page that breaks a rule is saved all the same, marked.
    pub keep_unsafe: bool,
    pub play_test: AutoPlayTest,
    /// How many tries at a game that plays, and what they may cost.
    pub budget: TryBudget,
    /// What a reply may cost before the user is asked, in US dollars. `None` for any sum.
    pub ask_above_usd: Option<f64>,
}

impl JobOptions {
    /// Whether there is what asking the engine needs.
    ///
    /// # Errors
    ///
    /// There is no token, or no model.
    pub(super) fn check_engine(&self) -> Result<(), JobError> {
        if self.engine == Engine::HuggingFace && !self.has_token {
            return Err(JobError::NoToken);
        }
        if self.engine.has_model_list() && self.terms.model.is_empty() {
            return Err(JobError::NoModel);
        }
        Ok(())
    }
}

/// Who writes the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GameAuthor {
    /// A model, or the composer.
    #[default]
    Engine,
    /// The user, in an editor: nobody is asked for anything.
    User,
    /// The user, by turning knobs: what the engine made is there all the same.
    Knobs,
}

/// Whether a finished game is played by a browser.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AutoPlayTest {
    #[default]
    Off,
    On,
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

#[cfg(test)]
impl JobOptions {
    /// Options of which only the engine matters.
    pub(super) fn bare(engine: Engine) -> Self {
        Self {
            engine,
            author: GameAuthor::default(),
            terms: RequestTerms {
                model: String::new(),
                prices: None,
                max_tokens: 1,
                theme: GameTheme::Spooky,
                sampling: Sampling::default(),
            },
            has_token: false,
            idle_timeout: Duration::from_secs(30),
            policy: Policy::default(),
            seed: 0,
            media: Arc::default(),
            limits: RequestLimits::default(),
            over_limit: LimitPolicy::Wait,
            saving: SaveTarget::GamesFolder,
            form: OutputForm::default(),
            keep_unsafe: false,
            play_test: AutoPlayTest::Off,
            budget: TryBudget::ONE,
            ask_above_usd: None,
        }
    }
}
