//! Cuts texts into words, for the index and for what is searched alike.
//!
//! SQLite's tokenizers know an older Unicode than Rust does, and disagree about
//! marks. So words are cut here, and `tokenize='ascii'` finds the same borders
//! again: between them stands a space, within them no ASCII but letters and
//! digits. A query is made of quoted words alone, so that nothing a person
//! types can be an operator or an error.

use std::collections::BTreeSet;

/// A longer word is data, not a word; its beginning is kept.
const MAX_WORD_CHARS: usize = 32;
/// What a query looks for; more words narrow nothing that these do not.
const MAX_QUERY_WORDS: usize = 8;

/// Each word of the text once. Their order does not matter: the index keeps no places.
pub fn index_words(text: &str) -> String {
    let words: BTreeSet<String> = split_words(text).collect();
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// What the index is asked: every word, each as the beginning of one. Nothing to look for is `None`.
pub fn fts_query(text: &str) -> Option<String> {
    let words: Vec<_> =
        split_words(text).take(MAX_QUERY_WORDS).map(|word| format!("\"{word}\" *")).collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

/// The words as they are compared.
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
