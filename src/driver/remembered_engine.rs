//! Writes down the engine that was chosen, for the next start.

use crate::app::EngineTarget;
use crate::config::Settings;
use crate::library::DataDir;

/// Remembers an engine for the next start, and returns the settings with it.
///
/// # Errors
///
/// The address is invalid, or what was chosen cannot be written down: one sentence.
pub(super) fn remember_engine(
    settings: &Settings,
    target: &EngineTarget,
    data_dir: &DataDir,
) -> Result<Settings, String> {
    let (changed, text) = settings.with_engine(target).map_err(|error| error.to_string())?;
    let file = changed.files.remembered_engine();
    data_dir.remember_engine(&file, text.as_deref()).map_err(|error| error.to_string())?;
    Ok(changed)
}
