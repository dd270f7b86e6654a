//! Names of models on the Hub as llama.cpp and Ollama write them: `owner/repository:quantisation`.

use std::fmt;
use std::str::FromStr;

/// What both llama.cpp and Ollama take where a name has none.
const DEFAULT_QUANTISATION: &str = "Q4_K_M";

/// A repository on the Hub, and which of its weights are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRef {
    /// `owner/name`.
    pub repository: String,
    /// As in the names of files: `Q4_K_M`.
    pub quantisation: String,
}

impl ModelRef {
    /// Whether a file of this name holds these weights, or a part of them.
    pub fn is_in(&self, file: &str) -> bool {
        let (file, wanted) = (file.to_ascii_lowercase(), self.quantisation.to_ascii_lowercase());
        let is_weights = file.rsplit('.').next() == Some("gguf") && !file.contains("mmproj");
        // `IQ4_K_M` is not `Q4_K_M`, and `Q4_K` not `Q4_K_M`.
        let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_');
        let names = |(at, _): (usize, &str)| {
            let (before, from) = file.split_at(at);
            is_edge(before.chars().last()) && is_edge(from.chars().nth(wanted.len()))
        };
        is_weights && file.match_indices(&wanted).any(names)
    }
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.repository, self.quantisation)
    }
}

impl FromStr for ModelRef {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str =
            "write a model as `owner/name` or `owner/name:Q4_K_M`, as on huggingface.co";
        let bare = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        let bare = bare.unwrap_or(text);
        let hosts = ["huggingface.co/", "hf.co/"];
        let bare = hosts.iter().find_map(|host| bare.strip_prefix(host)).unwrap_or(bare);
        let (repository, quantisation) =
            bare.trim_end_matches('/').split_once(':').unwrap_or((bare.trim_end_matches('/'), ""));
        let quantisation =
            if quantisation.is_empty() { DEFAULT_QUANTISATION } else { quantisation };
        let parts: Vec<_> = repository.split('/').collect();
        let is_valid =
            parts.len() == 2 && parts.iter().copied().all(is_name) && is_name(quantisation);
        is_valid
            .then(|| Self {
                repository: repository.to_owned(),
                quantisation: quantisation.to_owned(),
            })
            .ok_or(FORM)
    }
}

/// The letters that the Hub allows; what is left is safe in addresses and in names of files.
fn is_name(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !text.is_empty()
        && text.len() <= 96
        && text.chars().all(is_letter)
        && !text.starts_with(['.', '-'])
        && !text.contains("..")
        && !text.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_come_from_the_browser_or_from_another_tool() {
        let parsed = |text: &str| text.parse::<ModelRef>().map(|model| model.to_string());
        for (text, expected) in [
            ("Qwen/Q2-GGUF:Q8_0", "Qwen/Q2-GGUF:Q8_0"),
            ("Qwen/Q2-GGUF", "Qwen/Q2-GGUF:Q4_K_M"),
            ("https://huggingface.co/Qwen/Q2-GGUF/", "Qwen/Q2-GGUF:Q4_K_M"),
            ("hf.co/Qwen/Q2-GGUF:q4_0", "Qwen/Q2-GGUF:q4_0"),
        ] {
            assert_eq!(parsed(text).as_deref(), Ok(expected), "{text}");
        }
        for bad in
            ["", "qwen", "a/b/c", "../x", "a/..", "a/b:..", "a b/c", "a/b:x/y", "-a/b", "a//b"]
        {
            assert!(parsed(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_quantisation_is_a_whole_word_of_the_file_s_name() {
        let model: ModelRef = "o/m:Q4_K_M".parse().unwrap();
        assert!(model.is_in("m-q4_k_m.gguf") && model.is_in("m.Q4_K_M-00001-of-00002.gguf"));
        for other in ["m-iq4_k_m.gguf", "m-q4_k_m.bin", "mmproj-q4_k_m.gguf", "m-q4_k_ml.gguf"] {
            assert!(!model.is_in(other), "{other}");
        }
        let short: ModelRef = "o/m:Q4_K".parse().unwrap();
        assert!(!short.is_in("m-q4_k_m.gguf"));
    }
}
