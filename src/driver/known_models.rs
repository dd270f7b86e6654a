//! The models that are known without asking anybody, for completions.

use super::hub_queries::stored_models;
use super::local_engine::list_local_models;
use crate::config::Settings;

/// The names of all models that are here, that fit this machine, or that the server listed when it was
/// last asked. Nothing is asked of anybody.
pub fn known_models(settings: &Settings) -> Vec<String> {
    let local = list_local_models(settings);
    let here = local.here.into_iter().map(|model| model.model.to_string());
    let offered = local.offers.into_iter().map(|offer| offer.model.to_string());
    let listed = stored_models(settings).into_iter().flat_map(|stored| stored.catalogue.models);
    let mut names: Vec<_> = here.chain(offered).chain(listed.map(|model| model.id)).collect();
    names.sort();
    names.dedup();
    names
}
