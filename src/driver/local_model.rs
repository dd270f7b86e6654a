//! Which weights on this machine are meant: a file, a model by its name, or the best that is here.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::config::LocalEngineSettings;
use crate::inference::model_size::billions;
use crate::local::gguf::GgufHeader;
use crate::local::hub_cache::parts_of;
use crate::local::{
    LocalCatalogue, LocalError, LocalModelRow, MachineResources, MemoryPlan, ModelRef,
};
use crate::untrusted::sanitize;

/// The weights to load, and what is known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalModelChoice {
    /// What the model is called, in lists and in the library.
    pub name: String,
    pub weights: PathBuf,
    pub memory: MemoryPlan,
    /// llama.cpp's name of its prompt format. `None` for the one in the file.
    pub template: Option<String>,
}

/// What the model is called that would be loaded, without a look into the file if its own name will
/// do. `None` if there is none.
pub(super) fn model_name(settings: &LocalEngineSettings, model: Option<&str>) -> Option<String> {
    if let Some(path) = &settings.model_file {
        let stem = path.file_stem()?.to_string_lossy().into_owned();
        let is_telling = billions(&stem).is_some();
        return if is_telling {
            Some(file_label(&stem))
        } else {
            Some(choose_file(path).ok()?.name)
        };
    }
    let catalogue = settings.catalogue().ok()?;
    match model {
        Some(name) => Some(catalogue.resolve(name).ok()?.to_string()),
        None => Some(best_here(settings, &catalogue).ok()?.to_string()),
    }
}

/// A name without spaces, as names of models have none.
fn file_label(name: &str) -> String {
    sanitize(name).split_whitespace().collect::<Vec<_>>().join("-")
}

/// Which weights are meant: the file that is named, the model that is named, or the best model that is
/// here.
///
/// # Errors
///
/// What is meant is not here, or is no model.
pub fn choose_model(
    settings: &LocalEngineSettings,
    model: Option<&str>,
) -> Result<LocalModelChoice, LocalError> {
    if let Some(path) = &settings.model_file {
        return choose_file(path);
    }
    let catalogue = settings.catalogue()?;
    let Some(name) = model else {
        let best = best_here(settings, &catalogue)?.to_string();
        return choose_named(settings, &catalogue, &best);
    };
    choose_named(settings, &catalogue, name)
}

/// The best model of the table that is here, else any that is here.
fn best_here(
    settings: &LocalEngineSettings,
    catalogue: &LocalCatalogue,
) -> Result<ModelRef, LocalError> {
    let machine = MachineResources::read();
    let here = settings.cache.models();
    let is_here = |row: &LocalModelRow| here.contains(&row.model_ref());
    let known = catalogue.recommended(&machine, is_here).map(LocalModelRow::model_ref);
    known.or_else(|| here.into_iter().next()).ok_or_else(|| {
        let suggestion = catalogue.recommended(&machine, |_| true).map(|row| row.name.clone());
        LocalError::NoModel(suggestion.unwrap_or_default())
    })
}

fn choose_named(
    settings: &LocalEngineSettings,
    catalogue: &LocalCatalogue,
    name: &str,
) -> Result<LocalModelChoice, LocalError> {
    let bad_name = |why| LocalError::BadName { name: name.to_owned(), why };
    let model = catalogue.resolve(name).map_err(bad_name)?;
    let row = catalogue.find(&model.to_string());
    let missing =
        || LocalError::NotDownloaded { model: model.to_string(), bytes: row.map(|row| row.bytes) };
    let weights = settings.cache.find(&model).ok_or_else(missing)?;
    let header = read_header(&weights.path)?;
    Ok(LocalModelChoice {
        name: model.to_string(),
        memory: header.memory(weights.bytes),
        weights: weights.path,
        template: row.and_then(|row| row.template.clone()).filter(|_| !header.has_template),
    })
}

/// A file that the user names. It is called as it is, unless only its header says how large a model
/// it is.
fn choose_file(path: &Path) -> Result<LocalModelChoice, LocalError> {
    let header = read_header(path)?;
    let bytes = parts_of(path).iter().map(|part| length(part)).sum();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let named = header.name.as_deref().map(file_label);
    let named = named.filter(|name| billions(&stem).is_none() && billions(name).is_some());
    let name = named.unwrap_or_else(|| file_label(&stem));
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    Ok(LocalModelChoice { name, memory: header.memory(bytes), weights: path, template: None })
}

/// The size of a file in bytes; 0 if there is none.
pub(super) fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |about| about.len())
}

/// Reads the header of a file, and whether the file goes beyond it.
fn read_header(path: &Path) -> Result<GgufHeader, LocalError> {
    let bad = |why: String| LocalError::BadFile { path: path.to_owned(), why };
    let about = std::fs::metadata(path).map_err(|error| bad(error.to_string()))?;
    if !about.is_file() {
        return Err(bad("it is no file".to_owned()));
    }
    let file = std::fs::File::open(path).map_err(|error| bad(error.to_string()))?;
    let header = GgufHeader::read(std::io::BufReader::new(file));
    let header = header.map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => bad("it is incomplete".to_owned()),
        _ => bad(error.to_string()),
    })?;
    if header.last_tensor >= about.len() {
        return Err(bad("it is incomplete".to_owned()));
    }
    Ok(header)
}
