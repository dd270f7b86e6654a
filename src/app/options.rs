//! The options of one job. They are fixed when the job begins: a later choice does not change it.

use std::sync::Arc;
use std::time::Duration;

use super::engine::Engine;
use super::prompt::RequestTerms;
use super::session::{AutoPlayTest, LimitPolicy, OutputForm, SaveTarget, SessionPlan};
use crate::compose::GameTheme;
use crate::inference::limits::RequestLimits;
use crate::inference::{Policy, Price};

/// The options of one job.
#[derive(Debug, Clone)]
pub struct JobOptions {
    pub engine: Engine,
    pub model: String,
    /// `None` if no model list names it.
    pub price: Option<Price>,
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
}

impl JobOptions {
    /// How questions to the model are to be answered.
    pub fn terms(&self) -> RequestTerms {
        let Self { price, max_tokens, theme, .. } = *self;
        RequestTerms { model: self.model.clone(), price, max_tokens, theme }
    }
}

impl SessionPlan {
    /// The options of a job that begins now.
    pub(super) fn options(&self) -> Arc<JobOptions> {
        Arc::new(JobOptions {
            engine: self.engine,
            model: self.model.clone(),
            price: self.price,
            has_token: self.has_token,
            theme: self.theme,
            max_tokens: self.max_tokens,
            idle_timeout: self.idle_timeout,
            policy: self.policy,
            seed: self.seed,
            limits: self.limits,
            over_limit: self.over_limit,
            saving: self.saving.clone(),
            form: self.form,
            keep_unsafe: self.keep_unsafe,
            play_test: self.play_test,
        })
    }
}
