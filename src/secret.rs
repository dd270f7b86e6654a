//! A secret, and the blotting out of secrets in other people's text.
//!
//! `Debug` shows nothing, the memory is cleared when it is dropped, and only the
//! HTTP client asks for the text itself.

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
    pub fn new(text: &str) -> Self {
        Self(SecretString::from(text.to_owned()))
    }

    /// Whether it has the form of HuggingFace's own; other servers' keys look otherwise.
    pub fn is_huggingface(&self) -> bool {
        PREFIXES.iter().any(|prefix| self.expose().starts_with(prefix))
    }

    /// The text itself, for the `Authorization` header and a hash, and nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Puts `***` where a text holds something that looks like a HuggingFace token.
///
/// Servers quote what they were sent, and people paste logs. The forms are
/// `hf_…` (also `hf_oauth_…`, `hf_jwt_…`) and the older `api_org_…`.
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
}
