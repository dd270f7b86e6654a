//! Every phrase that is known, and what it means.
//!
//! The tables are data in `assets/composer/words`; this is where they meet, so
//! the order here decides when one phrase stands in two of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::compose::kinds;
use crate::compose::themes::Theme;
use crate::compose::things::{self, Part};
use crate::compose::words::{Lexicon, Word, key};

/// What a phrase means; the numbers are places in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    Kind(usize),
    Hint(usize),
    Elsewhere(usize),
    Thing(usize),
    Wish(usize),
    Theme(Theme),
    /// Something that no game here can do.
    Beyond,
    /// Nothing by itself.
    Quiet,
}

impl Meaning {
    /// A misspelt filler is more likely a word that is not known at all.
    pub fn is_worth_a_guess(self) -> bool {
        match self {
            Self::Kind(_)
            | Self::Elsewhere(_)
            | Self::Thing(_)
            | Self::Wish(_)
            | Self::Theme(_) => true,
            Self::Hint(_) | Self::Beyond | Self::Quiet => false,
        }
    }
}

/// `assets/composer/words/wishes.toml`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Table {
    pub wish: Vec<Wish>,
    roles: Roles,
    quiet: Quiet,
    beyond: Words,
    units: BTreeMap<String, Vec<String>>,
    numbers: BTreeMap<String, u32>,
}

/// Something to wish for, what it changes and how it is said.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    pub says: BTreeMap<String, toml::Value>,
    pub label: String,
    words: Vec<String>,
}

/// What the words around a thing make of it.
#[derive(Debug, Default, Deserialize)]
struct Roles {
    #[serde(flatten)]
    before: BTreeMap<Part, Vec<String>>,
    after_hero: Vec<String>,
    instead: Vec<String>,
    none: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Quiet {
    phrases: Vec<String>,
    words: String,
}

#[derive(Debug, Default, Deserialize)]
struct Words {
    words: Vec<String>,
}

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // That it parses is a test's business; a build that fails it is not shipped.
    toml::from_str(include_str!("../../../assets/composer/words/wishes.toml")).unwrap_or_default()
});

pub(super) static LEXICON: LazyLock<Lexicon<Meaning>> = LazyLock::new(|| {
    let mut entries: Vec<(&str, Meaning)> = Vec::new();
    let mut add = |words: &'static [String], meaning| {
        entries.extend(words.iter().map(|word| (word.as_str(), meaning)));
    };
    for (i, kind) in kinds::all().iter().enumerate() {
        add(&kind.words, Meaning::Kind(i));
    }
    add(&TABLE.beyond.words, Meaning::Beyond);
    for (i, other) in kinds::elsewhere().iter().enumerate() {
        add(&other.words, Meaning::Elsewhere(i));
    }
    for (i, thing) in things::all().iter().enumerate() {
        add(&thing.words, Meaning::Thing(i));
    }
    for theme in Theme::ALL {
        add(&theme.look().words, Meaning::Theme(theme));
    }
    for (i, wish) in TABLE.wish.iter().enumerate() {
        add(&wish.words, Meaning::Wish(i));
    }
    for (i, kind) in kinds::all().iter().enumerate() {
        add(&kind.hints, Meaning::Hint(i));
    }
    entries.extend(TABLE.quiet.phrases.iter().map(|phrase| (phrase.as_str(), Meaning::Quiet)));
    entries.extend(TABLE.quiet.words.split_whitespace().map(|word| (word, Meaning::Quiet)));
    Lexicon::new(entries)
});

/// The number that a word is, in digits or spelled.
pub(super) fn number(word: &Word) -> Option<u32> {
    word.typed.parse().ok().or_else(|| TABLE.numbers.get(&word.typed).copied())
}

pub(super) fn is_unit(unit: &str, word: &Word) -> bool {
    TABLE.units.get(unit).is_some_and(|words| words.contains(&word.stem))
}

/// Words between a verb and its thing that change nothing: "dodge all the evil ghosts".
const BETWEEN: [&str; 12] =
    ["a", "an", "the", "all", "some", "many", "more", "falling", "evil", "scary", "my", "your"];

/// What the words before a thing say that it is for.
pub(super) fn part_before(words: &[Word]) -> Option<Part> {
    let front = without_fillers(words);
    let mut said = [2, 1].into_iter().filter_map(|count| Some(stems(last(front, count)?)));
    said.find_map(|said| {
        let role = TABLE.roles.before.iter().find(|(_, phrases)| holds(phrases, &said));
        role.map(|(part, _)| *part)
    })
}

/// What the words before a thing have against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unwished {
    /// Another one comes in its place.
    Instead,
    Gone,
}

/// Whether the words before a thing wish it away.
pub(super) fn unwished(words: &[Word]) -> Option<Unwished> {
    let front = without_fillers(words);
    let said = [3, 2, 1].into_iter().filter_map(|count| Some(stems(last(front, count)?)));
    let said: Vec<_> = said.collect();
    let is_in = |phrases: &[String]| said.iter().any(|said| holds(phrases, said));
    let gone = || is_in(&TABLE.roles.none).then_some(Unwished::Gone);
    is_in(&TABLE.roles.instead).then_some(Unwished::Instead).or_else(gone)
}

/// Whether the words after one of a thing say that it is the player.
pub(super) fn is_hero_before(words: &[Word]) -> bool {
    let mut said = [2, 1].into_iter().filter_map(|count| Some(stems(words.get(..count)?)));
    said.any(|said| holds(&TABLE.roles.after_hero, &said))
}

fn without_fillers(words: &[Word]) -> &[Word] {
    let is_filler =
        |word: &Word| BETWEEN.contains(&word.typed.as_str()) || word.typed.parse::<u32>().is_ok();
    let end = words.iter().rposition(|word| !is_filler(word)).map_or(0, |last| last + 1);
    words.get(..end).unwrap_or_default()
}

fn last(words: &[Word], count: usize) -> Option<&[Word]> {
    words.get(words.len().checked_sub(count)?..)
}

fn stems(words: &[Word]) -> String {
    words.iter().map(|word| word.stem.as_str()).collect::<Vec<_>>().join(" ")
}

fn holds(phrases: &[String], said: &str) -> bool {
    phrases.iter().any(|phrase| key(phrase) == said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_there_and_no_phrase_is_too_long() {
        assert!(TABLE.wish.len() > 20 && TABLE.units.len() == 4 && TABLE.roles.before.len() == 4);
        let phrases = TABLE.wish.iter().flat_map(|wish| &wish.words);
        for phrase in phrases.chain(kinds::all().iter().flat_map(|kind| &kind.words)) {
            assert!(key(phrase).split(' ').count() <= 4, "{phrase}");
        }
    }
}
