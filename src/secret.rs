//! The type of secrets, and the redaction of secrets in foreign text.
//!
//! `Debug` shows `***`, the memory is cleared on drop, and only the HTTP client reads the text
//! itself.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};

/// How HuggingFace's tokens begin.
const PREFIXES: [&str; 2] = ["hf_", "api_org_"];

/// A bearer token.
#[derive(Clone)]
pub struct Secret(SecretString);

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Secret {
    /// Wraps a token.
    pub fn new(text: &str) -> Self {
        Self(SecretString::from(text.to_owned()))
    }

    /// Whether it has the form of a HuggingFace token; other servers' keys have other forms.
    pub fn is_huggingface(&self) -> bool {
        PREFIXES.iter().any(|prefix| self.expose().starts_with(prefix))
    }

    /// The text itself, only for the `Authorization` header and for hashing.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Replaces everything that looks like a HuggingFace token with `***`.
///
/// Servers quote requests, and users paste logs. The forms are `hf_…` (also `hf_oauth_…`,
/// `hf_jwt_…`) and the older `api_org_…`.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut safe = String::new();
    let mut copied = 0;
    for (start, _) in text.char_indices() {
        let rest = text.get(start..).unwrap_or_default();
        if start < copied || !begins_word(text, start) {
            continue;
        }
        let Some(prefix) = PREFIXES.iter().find(|prefix| rest.starts_with(**prefix)) else {
            continue;
        };
        let tail = rest.get(prefix.len()..).unwrap_or_default();
        let length = tail.find(|c: char| !is_token_char(c)).unwrap_or(tail.len());
        if length < 6 {
            continue;
        }
        safe.push_str(text.get(copied..start).unwrap_or_default());
        safe.push_str("***");
        copied = start + prefix.len() + length;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    safe.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(safe)
}

/// How other servers' keys begin.
const FOREIGN_PREFIXES: [&str; 12] = [
    "sk-",
    "pk-",
    "AIza",
    "gsk_",
    "ghp_",
    "github_pat_",
    "glpat-",
    "nvapi-",
    "xai-",
    "r8_",
    "AKIA",
    "eyJ",
];

/// The minimum length of a word of letters and digits that counts as a key, in bytes.
const MIN_KEY_LENGTH: usize = 20;

/// Whether a text has the form of a token of HuggingFace or another server.
pub fn is_token(text: &str) -> bool {
    let begins =
        |prefix: &&str, least| text.strip_prefix(*prefix).is_some_and(|tail| tail.len() >= least);
    text.chars().all(is_token_char)
        && (PREFIXES.iter().any(|prefix| begins(prefix, 6))
            || FOREIGN_PREFIXES.iter().any(|prefix| begins(prefix, 12)))
}

/// Redacts the value of a setting for display, in case a key was pasted there by mistake.
///
/// Replaces words with the form of a key, long words of letters and digits, and in an address
/// everything before `@` and after `?`.
pub fn redact_value(text: &str) -> Cow<'_, str> {
    let text = redact_address(text);
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(start) = rest.find(is_token_char) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|c| !is_token_char(c)).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        let word = if is_token(word) || holds_key(word) { "***" } else { word };
        safe.extend([before, word]);
        rest = after;
    }
    safe.push_str(rest);
    if safe == text { text } else { Cow::Owned(safe) }
}

fn redact_address(text: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = text.split_once("://") else { return Cow::Borrowed(text) };
    let (rest, query) = match rest.split_once(['?', '#']) {
        Some((rest, _)) => (rest, "?***"),
        None => (rest, ""),
    };
    // A password may contain a slash: then this is not a valid address, but still a password.
    match (rest.rsplit_once('@'), query) {
        (None, "") => Cow::Borrowed(text),
        (None, _) => Cow::Owned(format!("{scheme}://{rest}{query}")),
        (Some((_, rest)), _) => Cow::Owned(format!("{scheme}://***@{rest}{query}")),
    }
}

fn holds_key(word: &str) -> bool {
    let is_key = |part: &str| {
        part.len() >= MIN_KEY_LENGTH
            && part.contains(|c: char| c.is_ascii_digit())
            && part.contains(|c: char| c.is_ascii_alphabetic())
    };
    word.split(['-', '.']).any(is_key)
}

fn begins_word(text: &str, start: usize) -> bool {
    let before = text.get(..start).and_then(|head| head.chars().next_back());
    !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", Secret::new("hf_abcdefghijkl")), "***");
    }

    #[test]
    fn tokens_in_foreign_text_are_blotted_out() {
        let cases = [
            ("bad token hf_AbCdEfGhIj!", "bad token ***!"),
            ("Bearer hf_oauth_a.b-c_d é", "Bearer *** é"),
            ("api_org_abcdefgh,hf_123456", "***,***"),
            ("shelf_abcdefgh hf_ab", "shelf_abcdefgh hf_ab"),
        ];
        for (text, safe) in cases {
            assert_eq!(redact(text), safe);
        }
    }

    #[test]
    fn a_key_in_the_wrong_place_is_not_shown() {
        let cases = [
            ("hf_abcdefgh", "***"),
            ("two hf_abcdefgh words", "two *** words"),
            ("sk-proj-0123456789abcdef", "***"),
            ("AIzaSyA0123456789abcdefghij", "***"),
            ("0123456789abcdef0123456789abcdef", "***"),
            ("https://ann:geheim@host.example/v1", "https://***@host.example/v1"),
            ("https://host.example/v1?key=geheim", "https://host.example/v1?***"),
            ("https://ann:ge/heim@host", "https://***@host"),
        ];
        for (text, safe) in cases {
            assert_eq!(redact_value(text), safe);
        }
        for plain in ["Qwen/Qwen3-Coder-30B-A3B-Instruct:cheapest", "disco", "16000", "/a/b-1.toml"]
        {
            assert!(matches!(redact_value(plain), Cow::Borrowed(_)), "{plain}");
            assert!(!is_token(plain));
        }
    }
}
