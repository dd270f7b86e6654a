//! What asks the engine that is in use, and the change to another one.

use std::sync::Arc;

use super::hub_queries::HubQueries;
use super::inference_service::InferenceService;
use super::remembered_engine::remember_engine;
use crate::app::EngineTarget;
use crate::config::Settings;
use crate::library::DataDir;

/// What asks the engine that is in use. A task that has begun keeps its own.
#[derive(Debug, Clone)]
pub(super) struct EngineServices {
    pub settings: Arc<Settings>,
    pub inference: Arc<InferenceService>,
    pub hub: Arc<HubQueries>,
}

impl EngineServices {
    /// The services of these settings; nothing is asked yet.
    pub fn new(settings: &Settings) -> Self {
        Self {
            settings: Arc::new(settings.clone()),
            inference: Arc::new(InferenceService::new(settings)),
            hub: Arc::new(HubQueries::new(settings)),
        }
    }
}

/// Builds the services of another engine, and remembers it for the next start.
///
/// # Errors
///
/// The address is invalid, or what was chosen cannot be written down: one sentence.
pub(super) fn change_engine(
    settings: &Settings,
    target: &EngineTarget,
    data_dir: &DataDir,
) -> Result<EngineServices, String> {
    Ok(EngineServices::new(&remember_engine(settings, target, data_dir)?))
}
