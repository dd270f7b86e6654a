//! The models that are known without asking anybody, for completions.

use super::local_engine::list_local_models;
use super::wall_clock;
use crate::config::Settings;
use crate::inference::Catalogue;
use crate::library::AnswerCache;

/// The names of all models that are here, that fit this machine, or that the server listed when it was
/// last asked. Nothing is asked of anybody.
pub fn known_models(settings: &Settings) -> Vec<String> {
    let local = list_local_models(settings);
    let here = local.here.into_iter().map(|model| model.model.to_string());
    let offered = local.offers.into_iter().map(|offer| offer.model.to_string());
    let cache = AnswerCache::new(&settings.files.home.value);
    let address = settings.network.endpoint.value.models_address();
    let cached = cache.load("models", &address, wall_clock());
    let listed = cached.and_then(|cached| Catalogue::parse(&cached.text));
    let listed = listed.into_iter().flat_map(|listed| listed.models);
    let mut names: Vec<_> = here.chain(offered).chain(listed.map(|model| model.id)).collect();
    names.sort();
    names.dedup();
    names
}
