//! The file beside exported pages, with which they are imported including their history.
//!
//! A manifest to import is untrusted: it is parsed into these types and validated before use.

use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use super::version::{Provenance, RequestCost, UnixMillis, VersionEntry};

/// The format version that this program writes and reads.
const FORMAT_VERSION: u32 = 1;
/// More versions than a person makes.
const MAX_VERSIONS: usize = 200_000;

/// Exported games.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExportManifest {
    codeagent: u32,
    pub games: Vec<ExportedGame>,
}

/// One game and those of its versions that were exported, in order.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExportedGame {
    pub title: String,
    /// The number of the current version.
    pub head: u32,
    #[serde(default)]
    pub tags: Vec<String>,
    pub versions: Vec<ExportedVersion>,
}

/// One version, and the file with its page.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExportedVersion {
    pub version: u32,
    pub parent: Option<u32>,
    pub file: String,
    pub sha256: String,
    pub valid: bool,
    pub prompt: String,
    pub engine: String,
    pub model: Option<String>,
    pub provider: Option<String>,
    pub request_id: Option<String>,
    pub seed: Option<u64>,
    pub prompt_tokens: Option<u64>,
    pub completion_tokens: Option<u64>,
    pub estimated_usd: Option<f64>,
    /// Milliseconds since 1970.
    pub created: i64,
}

/// Why a manifest is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    #[error("it is not a codeagent manifest: {0}")]
    Malformed(String),
    #[error(
        "it was written by a newer codeagent (its format is {0}, this one supports \
         {FORMAT_VERSION})"
    )]
    Newer(u32),
    #[error("it names more than {MAX_VERSIONS} versions")]
    TooMany,
    #[error("game {0} has versions that are out of order, or none")]
    Disorder(usize),
    #[error("game {0} names a file outside the folder")]
    Outside(usize),
}

impl ExportManifest {
    /// A manifest of the current format.
    pub fn new(games: Vec<ExportedGame>) -> Self {
        Self { codeagent: FORMAT_VERSION, games }
    }

    /// The file's text.
    pub fn to_json(&self) -> String {
        // Plain data with text keys always serialises.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Parses a manifest and validates all that does not need its files.
    ///
    /// # Errors
    ///
    /// It is not a manifest, of a newer format or too long, its versions are out of order, or a
    /// file is outside the folder.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self =
            serde_json::from_str(text).map_err(|e| ManifestError::Malformed(e.to_string()))?;
        if manifest.codeagent > FORMAT_VERSION {
            return Err(ManifestError::Newer(manifest.codeagent));
        }
        if manifest.games.iter().map(|game| game.versions.len()).sum::<usize>() > MAX_VERSIONS {
            return Err(ManifestError::TooMany);
        }
        for (number, game) in (1..).zip(&manifest.games) {
            game.check(number)?;
        }
        Ok(manifest)
    }
}

impl ExportedGame {
    /// Version numbers must rise, parents must precede, and files must be below the manifest.
    fn check(&self, number: usize) -> Result<(), ManifestError> {
        let rises = self.versions.is_sorted_by(|a, b| a.version < b.version);
        let follows = |version: &ExportedVersion| {
            version.version > 0 && version.parent.is_none_or(|parent| parent < version.version)
        };
        if self.versions.is_empty() || !rises || !self.versions.iter().all(follows) {
            return Err(ManifestError::Disorder(number));
        }
        let is_inside = |version: &ExportedVersion| is_relative_path(&version.file);
        if self.versions.iter().all(is_inside) {
            Ok(())
        } else {
            Err(ManifestError::Outside(number))
        }
    }
}

/// Whether the path only descends, on any platform.
fn is_relative_path(file: &str) -> bool {
    let mut parts = Path::new(file).components();
    !file.contains(['\\', ':', '\0']) && parts.all(|part| matches!(part, Component::Normal(_)))
}

impl ExportedVersion {
    /// The entry of a version that was exported to this file.
    pub fn new(version: VersionEntry, file: String) -> Self {
        let Provenance { prompt, engine, model, provider, request_id, seed, cost } =
            version.provenance;
        Self {
            version: version.id.number,
            parent: version.parent,
            file,
            sha256: version.sha256,
            valid: version.valid,
            prompt,
            engine,
            model,
            provider,
            request_id,
            seed,
            prompt_tokens: cost.prompt_tokens,
            completion_tokens: cost.completion_tokens,
            estimated_usd: cost.estimated_usd,
            created: version.created.0,
        }
    }

    /// How the version was made, as the manifest says.
    pub fn provenance(&self) -> Provenance {
        Provenance {
            prompt: self.prompt.clone(),
            engine: self.engine.clone(),
            model: self.model.clone(),
            provider: self.provider.clone(),
            request_id: self.request_id.clone(),
            seed: self.seed,
            cost: RequestCost {
                prompt_tokens: self.prompt_tokens,
                completion_tokens: self.completion_tokens,
                estimated_usd: self.estimated_usd,
            },
        }
    }

    /// The time of creation, but at most `now`.
    pub fn created(&self, now: UnixMillis) -> UnixMillis {
        UnixMillis(self.created.clamp(0, now.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(file: &str, versions: &[(u32, Option<u32>)]) -> String {
        let versions = versions.iter().map(|(version, parent)| {
            serde_json::json!({
                "version": version, "parent": parent, "file": file, "sha256": "", "valid": true,
                "prompt": "", "engine": "offline", "created": 0
            })
        });
        let versions: Vec<_> = versions.collect();
        let game = serde_json::json!({ "title": "x", "head": 1, "versions": versions });
        serde_json::json!({ "codeagent": 1, "games": [game] }).to_string()
    }

    #[test]
    fn no_file_outside_the_folder_is_named() {
        let outside =
            ["../x", "/etc/passwd", "a/../../x", "C:\\x", "c:x", "a\\..\\x", "./x", "a\0"];
        for file in outside {
            let read = ExportManifest::parse(&manifest(file, &[(1, None)]));
            assert_eq!(read.unwrap_err(), ManifestError::Outside(1), "{file}");
        }
        assert!(ExportManifest::parse(&manifest("a/1.html", &[(1, None), (3, Some(1))])).is_ok());
    }

    #[test]
    fn versions_follow_each_other() {
        let bad: [&[(u32, Option<u32>)]; 5] =
            [&[], &[(0, None)], &[(1, Some(1))], &[(2, None), (1, None)], &[(1, None), (1, None)]];
        for versions in bad {
            let read = ExportManifest::parse(&manifest("a", versions));
            assert_eq!(read.unwrap_err(), ManifestError::Disorder(1), "{versions:?}");
        }
        let newer = manifest("a", &[(1, None)]).replace("\"codeagent\":1", "\"codeagent\":2");
        assert_eq!(ExportManifest::parse(&newer).unwrap_err(), ManifestError::Newer(2));
        assert!(matches!(ExportManifest::parse("{}"), Err(ManifestError::Malformed(_))));
    }
}
