//! Normalises a prompt to words for lookup: lower case, without endings.
//!
//! The prompt is untrusted. Words consist of letters and digits only, so they hold no escape
//! sequences or markup.

use std::collections::HashMap;

/// A word as typed, and its stem for lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PromptWord {
    pub typed: String,
    pub stem: String,
}

/// Splits a text into words; `30s` is the words `30` and `s`.
pub(super) fn split_words(text: &str) -> Vec<PromptWord> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.to_lowercase().replace('×', "x").chars() {
        let is_border = !c.is_alphanumeric() && c != '\'' && c != '’';
        let is_unit = word.ends_with(|last: char| last.is_ascii_digit()) && c.is_alphabetic();
        if is_border || (is_unit && c != 'd') {
            push_word(&mut words, &mut word);
        }
        if c.is_alphanumeric() {
            word.push(c);
        }
    }
    push_word(&mut words, &mut word);
    words
}

fn push_word(words: &mut Vec<PromptWord>, word: &mut String) {
    if !word.is_empty() {
        let typed = std::mem::take(word);
        words.push(PromptWord { stem: stem(&typed), typed });
    }
}

/// Removes a plural ending, or the -s of a verb.
fn stem(word: &str) -> String {
    // The plurals of candy and zombie have the same ending.
    let ending = ["ies", "ie"].iter().find_map(|end| word.strip_suffix(end));
    if let Some(front) = ending.filter(|front| front.len() > 2) {
        return format!("{front}y");
    }
    let sibilant = ["ches", "shes", "xes", "sses"].iter().any(|end| word.ends_with(end));
    if let Some(front) = word.strip_suffix("es").filter(|_| sibilant) {
        return front.to_owned();
    }
    let is_plural = word.len() > 2 && !word.ends_with("ss") && !word.ends_with("us");
    word.strip_suffix('s').filter(|_| is_plural).unwrap_or(word).to_owned()
}

/// The lookup key of a phrase: its stems, separated by spaces.
pub(super) fn lookup_key(phrase: &str) -> String {
    let stems: Vec<_> = split_words(phrase).into_iter().map(|word| word.stem).collect();
    stems.join(" ")
}

/// Phrases of up to four words, with their meanings.
#[derive(Debug)]
pub(super) struct Lexicon<M> {
    meanings: HashMap<String, M>,
    /// The phrases that are long enough for typo correction, as characters.
    guessable: Vec<(Vec<char>, M)>,
}

/// The maximum of words in a phrase.
pub(super) const MAX_PHRASE_WORDS: usize = 4;

/// The minimum length for typo correction: shorter words are too similar.
const MIN_GUESSABLE_CHARS: usize = 5;

impl<M: Copy + Ord> Lexicon<M> {
    /// Builds the lexicon. The first meaning of a phrase counts, so the order of the entries is a
    /// ranking.
    pub fn new<'t>(entries: impl IntoIterator<Item = (&'t str, M)>) -> Self {
        let mut meanings = HashMap::new();
        for (phrase, meaning) in entries {
            meanings.entry(lookup_key(phrase)).or_insert(meaning);
        }
        let letters = |(known, meaning): (&String, &M)| (known.chars().collect(), *meaning);
        let guessable = meanings.iter().map(letters);
        let guessable = guessable
            .filter(|(known, _): &(Vec<char>, M)| known.len() >= MIN_GUESSABLE_CHARS)
            .collect();
        Self { meanings, guessable }
    }

    /// The meaning of the longest phrase at the start of these words, and its number of words.
    pub fn longest(&self, words: &[PromptWord]) -> Option<(M, usize)> {
        (1..=MAX_PHRASE_WORDS.min(words.len())).rev().find_map(|count| {
            let stems: Vec<_> = words.iter().take(count).map(|word| word.stem.as_str()).collect();
            self.meanings.get(&stems.join(" ")).map(|meaning| (*meaning, count))
        })
    }

    /// The meaning of a misspelt phrase; `None` if there is no unique one at distance 1.
    pub fn guess(&self, words: &[PromptWord]) -> Option<M> {
        let stems: Vec<_> = words.iter().map(|word| word.stem.as_str()).collect();
        let typed: Vec<char> = stems.join(" ").chars().collect();
        let gaps = |text: &[char]| text.iter().filter(|c| **c == ' ').count();
        let near = |known: &[char]| {
            typed.len() + 1 >= MIN_GUESSABLE_CHARS
                && has_same_start(&typed, known)
                && known.len().abs_diff(typed.len()) <= 1
                && is_typo(&typed, known)
                && gaps(known) == gaps(&typed)
        };
        let known = self.guessable.iter().filter(|(known, _)| near(known));
        let mut found: Vec<M> = known.map(|(_, meaning)| *meaning).collect();
        found.sort_unstable();
        found.dedup();
        <[M; 1]>::try_from(found).ok().map(|[meaning]| meaning)
    }
}

/// Whether a slip could have made one word of the other: hardly anybody slips at the first letter, but
/// a switch is no witch and a park not dark. Two letters in the wrong order are.
fn has_same_start(typed: &[char], known: &[char]) -> bool {
    let is_space = |c: &char| *c == ' ';
    let mut words = typed.split(is_space).zip(known.split(is_space));
    words.all(|(a, b)| {
        let is_swapped = matches!((a, b), ([a1, a2, ..], [b1, b2, ..]) if a1 == b2 && a2 == b1);
        a.first() == b.first() || is_swapped
    })
}

/// Whether two words differ by one typo: a letter inserted, deleted, replaced, or two swapped.
fn is_typo(a: &[char], b: &[char]) -> bool {
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    match (a, b) {
        ([_, rest @ ..], _) if rest == b => true,
        (_, [_, rest @ ..]) if rest == a => true,
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([a1, a2, a @ ..], [b1, b2, b @ ..]) => a1 == b2 && a2 == b1 && a == b,
        ([_] | [], _) | (_, [_] | []) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_their_endings_and_nothing_else() {
        let stems =
            |text| split_words(text).into_iter().map(|w| w.stem).collect::<Vec<_>>().join(" ");
        assert_eq!(stems("Ghosts, witches & candies!"), "ghost witch candy");
        assert_eq!(stems("it's 30s in 3D; glass focus"), "it 30 s in 3d glass focus");
        assert_eq!(stems("\u{1b}[31m\u{202e}bats</script>"), "31 m bat script");
    }

    #[test]
    fn a_slip_is_forgiven_and_a_guess_between_two_is_not_made() {
        let lexicon = Lexicon::new([
            ("snake", 1),
            ("breakout", 2),
            ("ghost", 3),
            ("horse", 4),
            ("house", 5),
            ("brick breaker", 6),
        ]);
        let guess = |word| lexicon.guess(&split_words(word));
        assert_eq!(guess("snaek"), Some(1));
        assert_eq!(guess("brekout"), Some(2));
        assert_eq!(guess("gosts"), Some(3));
        assert_eq!(guess("hosse"), None);
        assert_eq!(guess("rake"), None);
        assert_eq!(guess("nsake"), Some(1));
        assert_eq!(guess("shouse"), None, "the first letter is meant");
        assert_eq!(guess("brick braeker"), Some(6));
    }

    #[test]
    fn the_longest_phrase_wins() {
        let lexicon = Lexicon::new([("power", 1), ("power up", 2)]);
        assert_eq!(lexicon.longest(&split_words("power-ups everywhere")), Some((2, 2)));
    }
}
