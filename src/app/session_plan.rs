//! How games are to be made from now on, and what the screen says about it.

use std::sync::Arc;

use super::engine::EngineChoice;
use super::options::JobOptions;
use crate::inference::ServerCost;

/// How games are to be made and kept, and what the screen says about it.
#[derive(Debug, Clone)]
pub struct SessionPlan {
    /// The options of jobs that begin from now on.
    pub job: Arc<JobOptions>,
    /// Models that may make one variant each.
    pub variant_models: Vec<String>,
    /// A month's credits in US dollars, to compare with. `None` if the user has not set any.
    pub credits_usd: Option<f64>,
    /// What the server takes for a game.
    pub server_cost: ServerCost,
    /// Whether the user chose the engine, as opposed to the one that is there without a token.
    pub engine_choice: EngineChoice,
    /// The address of the server, as `--base-url` takes it.
    pub base_url: String,
    /// What the settings ask where another engine was chosen, for people. `None` if they ask the
    /// engine in use, or nothing but the composer.
    pub configured: Option<String>,
    /// The server's name, for people.
    pub host: String,
    /// Notices about the settings, one sentence each.
    pub notices: Vec<String>,
}

impl SessionPlan {
    /// The same with other options for jobs.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut JobOptions)) -> Self {
        change(Arc::make_mut(&mut self.job));
        self
    }
}

#[cfg(test)]
impl SessionPlan {
    /// A plan of which only the engine matters.
    pub(crate) fn bare(engine: super::engine::Engine) -> Self {
        Self {
            job: Arc::new(JobOptions::bare(engine)),
            variant_models: Vec::new(),
            credits_usd: None,
            server_cost: ServerCost::Listed,
            engine_choice: EngineChoice::User,
            base_url: String::new(),
            configured: None,
            host: String::new(),
            notices: Vec::new(),
        }
    }
}
