//! What the Hub says of a repository of weights: its files, their sizes and hashes, its licence.
//!
//! Source: `GET /api/models/OWNER/NAME?blobs=true` of the Hub's API.

use serde_json::Value;

use super::model_ref::ModelRef;
use crate::untrusted::Untrusted;

/// A repository of weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The commit that the files are of, 40 hexadecimal digits.
    pub commit: String,
    /// `None` if the model's page does not say.
    pub licence: Option<Untrusted>,
    pub files: Vec<RepositoryFile>,
}

/// A file that the Hub keeps by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryFile {
    /// Its path in the repository; safe to append to a folder.
    pub path: String,
    /// In bytes.
    pub size: u64,
    /// 64 hexadecimal digits.
    pub sha256: String,
}

impl Repository {
    /// Reads the Hub's answer. `None` if it is none.
    pub fn parse(body: &str) -> Option<Self> {
        let json = serde_json::from_str::<Value>(body).ok()?;
        let commit = json.get("sha")?.as_str().filter(|sha| is_hex(sha, 40))?.to_owned();
        let files = json.get("siblings")?.as_array()?.iter().filter_map(RepositoryFile::parse);
        let licence = json.pointer("/cardData/license").and_then(Value::as_str);
        // Some pages have only a name of their own for it.
        let named = json.pointer("/cardData/license_name").and_then(Value::as_str);
        let licence = named.filter(|_| licence == Some("other")).or(licence).map(Untrusted::new);
        Some(Self { commit, licence, files: files.collect() })
    }

    /// The files of these weights, in their order: one, or the parts of one. Empty if there are none.
    pub fn weights(&self, model: &ModelRef) -> Vec<&RepositoryFile> {
        let found = self.files.iter().filter(|file| model.is_in(file_name(&file.path)));
        let (parts, mut whole): (Vec<_>, Vec<_>) =
            found.partition(|file| part_of(&file.path).is_some());
        // A repository may have both, and quantisations of several makers in folders of their own.
        whole.sort_by_key(|file| (file.path.contains('/'), file.path.len()));
        whole.truncate(1);
        if !whole.is_empty() {
            return whole;
        }
        let Some(base) =
            parts.iter().filter_map(|file| part_of(&file.path)).map(|part| part.0).min()
        else {
            return Vec::new();
        };
        let mut parts: Vec<_> = parts
            .into_iter()
            .filter(|file| part_of(&file.path).is_some_and(|part| part.0 == base))
            .collect();
        parts.sort_by(|a, b| a.path.cmp(&b.path));
        let is_whole = parts.first().and_then(|file| part_of(&file.path)).map(|part| part.1);
        if is_whole == Some(parts.len()) { parts } else { Vec::new() }
    }

    /// The quantisations that its files have, for people.
    pub fn quantisations(&self) -> Vec<String> {
        let mut names: Vec<_> =
            self.files.iter().filter_map(|file| quantisation_of(file_name(&file.path))).collect();
        names.sort();
        names.dedup();
        names
    }
}

impl RepositoryFile {
    fn parse(json: &Value) -> Option<Self> {
        let path = json.get("rfilename")?.as_str().filter(|path| is_safe(path))?.to_owned();
        let lfs = json.get("lfs")?;
        let sha256 = lfs.get("sha256")?.as_str().filter(|sha| is_hex(sha, 64))?.to_owned();
        let size = lfs.get("size")?.as_u64().filter(|size| *size > 0)?;
        Some(Self { path, size, sha256 })
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a path of a stranger stays in its folder and is plain.
fn is_safe(path: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.len() <= 200;
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+');
    path.split('/').all(is_part) && path.chars().all(is_letter)
}

pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// What stands before the numbers of `NAME-00001-of-00002.gguf`, and how many parts there are. `None`
/// for a file that is no part.
pub(super) fn part_of(path: &str) -> Option<(&str, usize)> {
    let (rest, count) = path.strip_suffix(".gguf")?.rsplit_once("-of-")?;
    let (base, number) = rest.rsplit_once('-')?;
    let is_number = |text: &str| text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
    (is_number(number) && is_number(count)).then(|| Some((base, count.parse().ok()?)))?
}

/// `Q4_K_M` of `model-q4_k_m.gguf`.
pub(super) fn quantisation_of(file: &str) -> Option<String> {
    let stem = part_of(file).map_or_else(|| file.strip_suffix(".gguf"), |part| Some(part.0))?;
    let word = stem.rsplit(['-', '.']).next()?.to_ascii_uppercase();
    let is_known = ["Q", "IQ", "F16", "BF16", "F32", "FP16", "MXFP4"];
    is_known.iter().any(|begin| word.starts_with(begin)).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(files: &[&str]) -> String {
        let sha256 = "ab".repeat(32);
        let files = files.iter().map(|name| {
            format!(
                r#"{{"rfilename":"{name}","size":10,"blobId":"x","lfs":{{"sha256":"{sha256}","size":10,"pointerSize":135}}}}"#
            )
        });
        format!(
            r#"{{"id":"o/m","sha":"{}","gated":false,"cardData":{{"license":"apache-2.0"}},
               "siblings":[{{"rfilename":"README.md","size":5}},{}]}}"#,
            "0a".repeat(20),
            files.collect::<Vec<_>>().join(",")
        )
    }

    fn chosen(files: &[&str], model: &str) -> Vec<String> {
        let repository = Repository::parse(&answer(files)).unwrap();
        let files = repository.weights(&model.parse().unwrap());
        files.into_iter().map(|file| file.path.clone()).collect()
    }

    #[test]
    fn one_file_is_better_than_its_parts() {
        let parts = ["m-q4_k_m-00001-of-00002.gguf", "m-q4_k_m-00002-of-00002.gguf"];
        assert_eq!(chosen(&[parts[1], parts[0]], "o/m"), parts);
        assert_eq!(chosen(&[parts[0], "m-q4_k_m.gguf", parts[1]], "o/m"), ["m-q4_k_m.gguf"]);
        assert_eq!(chosen(&parts[..1], "o/m"), [""; 0], "half a model is none");
        assert_eq!(chosen(&["m-q8_0.gguf", "mmproj-q8_0.gguf"], "o/m:Q8_0"), ["m-q8_0.gguf"]);
        assert_eq!(chosen(&["m-q8_0.gguf"], "o/m"), [""; 0]);
    }

    #[test]
    fn what_is_no_plain_path_or_has_no_hash_is_left_out() {
        for hostile in ["../m-q4_k_m.gguf", "/m-q4_k_m.gguf", "a//m-q4_k_m.gguf", ".m-q4_k_m.gguf"]
        {
            assert_eq!(chosen(&[hostile], "o/m"), [""; 0], "{hostile}");
        }
        let plain = r#"{"sha":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","siblings":[{"rfilename":"m-q4_k_m.gguf"}]}"#;
        assert_eq!(Repository::parse(plain).unwrap().files, []);
        for bad in ["", "[]", r#"{"error":"x"}"#, r#"{"sha":"main","siblings":[]}"#] {
            assert_eq!(Repository::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_there_is_instead_can_be_told() {
        let files = ["m-q8_0.gguf", "m-q4_0.gguf", "m.Q2_K-00001-of-00003.gguf", "m-fp16.gguf"];
        let repository = Repository::parse(&answer(&files)).unwrap();
        assert_eq!(repository.quantisations(), ["FP16", "Q2_K", "Q4_0", "Q8_0"]);
        assert_eq!(repository.licence.unwrap().raw(), "apache-2.0");
    }
}
