//! Reads `config.toml` into names and text values, which [`super::resolve`] parses.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{ConfigError, setting_keys};
use crate::secret::redact_value;
use crate::untrusted::{Untrusted, sanitize};

/// A configuration file as dotted names and their values.
#[derive(Debug, Default)]
pub(super) struct ConfigFile {
    pub path: PathBuf,
    values: BTreeMap<String, String>,
}

impl ConfigFile {
    /// Whether it sets nothing.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value of this setting. `None` if the file does not set it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }
}

/// An absent file, as on a first run.
pub(super) fn no_file() -> ConfigFile {
    ConfigFile::default()
}

/// Reads a configuration file. A missing file sets nothing.
///
/// # Errors
///
/// The file cannot be read, is no TOML, or has an unknown setting.
pub(super) fn read_config(path: &Path) -> Result<ConfigFile, ConfigError> {
    let shown = || Untrusted::new(path.to_string_lossy()).display_safe().into_owned();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(no_file());
        }
        Err(e) => return Err(ConfigError::Unreadable { path: shown(), why: e.to_string() }),
    };
    let table = text.parse::<toml::Table>().map_err(|e| ConfigError::Malformed {
        path: shown(),
        line: e.span().map_or(1, |span| line_of(&text, span.start)),
        why: sanitize(&redact_value(e.message())).into_owned(),
    })?;
    let mut values = BTreeMap::new();
    flatten("", &table, &mut values);
    if let Some(key) = values.keys().find(|name| !is_known(name)) {
        let hint = hint(key);
        return Err(ConfigError::UnknownKey {
            path: shown(),
            key: Untrusted::new(redact_value(key)).headline(60),
            hint,
        });
    }
    Ok(ConfigFile { path: path.to_owned(), values })
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
}

fn flatten(prefix: &str, table: &toml::Table, values: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => flatten(&name, inner, values),
            toml::Value::String(text) => drop(values.insert(name, text.clone())),
            other => drop(values.insert(name, other.to_string())),
        }
    }
}

fn is_known(name: &str) -> bool {
    setting_keys().any(|key| key.in_file && key.name == name)
}

fn hint(name: &str) -> String {
    if name.contains("token") || name.contains("key") {
        return "tokens are never read from this file: set HF_TOKEN instead".to_owned();
    }
    let known: Vec<_> = setting_keys().filter(|key| key.in_file).map(|key| key.name).collect();
    format!("known are {}", known.join(", "))
}

/// The path and text of a file beside `config.toml`; `None` if there is none.
pub(super) fn read_beside(
    config: &Path,
    name: &str,
) -> Result<Option<(PathBuf, String)>, ConfigError> {
    let path = config.with_file_name(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(ConfigError::Unreadable {
            path: Untrusted::new(path.to_string_lossy()).display_safe().into_owned(),
            why: e.to_string(),
        }),
    }
}
