//! Splits texts and queries into words for the full-text index.
//!
//! SQLite's tokenizers know an older Unicode than Rust does, and disagree about marks. So words are
//! split here, and `tokenize='ascii'` finds the same boundaries: words are separated by spaces and
//! hold no ASCII but letters and digits. A query consists of quoted words only, so that no input is
//! an operator or an error.

use std::collections::BTreeSet;

/// A longer word is probably data; it is cut after this many characters.
const MAX_WORD_CHARS: usize = 32;
/// The number of words in a query; further words are ignored.
const MAX_QUERY_WORDS: usize = 8;

/// Each word of the text once, sorted; the index stores no positions.
pub fn index_words(text: &str) -> String {
    let words: BTreeSet<String> = split_words(text).collect();
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// The FTS query that matches all words by prefix; `None` if the text has no words.
pub fn fts_query(text: &str) -> Option<String> {
    let words: Vec<_> =
        split_words(text).take(MAX_QUERY_WORDS).map(|word| format!("\"{word}\" *")).collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

/// The normalised words of a text.
pub fn split_words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.to_lowercase().chars().take(MAX_WORD_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_words_and_never_syntax() {
        assert_eq!(fts_query("Ghost-snake* NOT \"x").unwrap().matches('"').count(), 8);
        assert_eq!(fts_query("gho").as_deref(), Some("\"gho\" *"));
        assert_eq!(fts_query(" *\"(^: "), None);
    }

    #[test]
    fn a_text_keeps_each_word_once() {
        assert_eq!(index_words("the Cat, the CAT_and émile"), "and cat the émile");
    }
}
