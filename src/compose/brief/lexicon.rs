//! All known phrases, with their meanings.
//!
//! The tables are data in `assets/composer/words`; they are merged here, so the order here decides
//! about a phrase that is in two of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::compose::kinds;
use crate::compose::sprites::{self, Sprite, SpriteRole};
use crate::compose::themes::GameTheme;
use crate::compose::words::{Lexicon, PromptWord, lookup_key};

/// The meaning of a phrase; the numbers are indices into the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PhraseMeaning {
    Kind(usize),
    Hint(usize),
    UnsupportedKind(usize),
    Sprite(usize),
    GameOption(usize),
    Theme(GameTheme),
    /// A feature that no kind of game supports.
    OutOfScope,
    /// No meaning of its own.
    StopWord,
}

impl PhraseMeaning {
    /// Whether typo correction applies: a misspelt stop word is more likely an unknown word.
    pub fn is_worth_a_guess(self) -> bool {
        match self {
            Self::Kind(_)
            | Self::UnsupportedKind(_)
            | Self::Sprite(_)
            | Self::GameOption(_)
            | Self::Theme(_) => true,
            Self::Hint(_) | Self::OutOfScope | Self::StopWord => false,
        }
    }
}

/// `assets/composer/words/wishes.toml`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct OptionTable {
    pub wish: Vec<OptionEntry>,
    roles: RolePhrases,
    quiet: StopWords,
    beyond: WordList,
    /// What comes before a number that wins.
    goals: WordList,
    units: BTreeMap<String, Vec<String>>,
    /// What a kind may have a number of, and the words for it.
    amounts: BTreeMap<String, Vec<String>>,
    numbers: BTreeMap<String, u32>,
}

/// An option, the values that it sets, and its phrases.
#[derive(Debug, Deserialize)]
pub(super) struct OptionEntry {
    pub says: BTreeMap<String, toml::Value>,
    pub label: String,
    /// What a kind has to take to honour it, or `all`. `None`: one of the values that it sets.
    pub fits: Option<String>,
    /// What a kind takes that has it already, so that nothing changes. `None`: none has.
    pub already: Option<String>,
    pub words: Vec<String>,
}

/// The phrases around a sprite that assign its role.
#[derive(Debug, Default, Deserialize)]
struct RolePhrases {
    #[serde(flatten)]
    before: BTreeMap<SpriteRole, Vec<String>>,
    after_hero: Vec<String>,
    acts: Vec<String>,
    victims: Vec<String>,
    copulas: Vec<String>,
    foes: Vec<String>,
    instead: Vec<String>,
    none: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct StopWords {
    phrases: Vec<String>,
    words: String,
}

#[derive(Debug, Default, Deserialize)]
struct WordList {
    words: Vec<String>,
}

pub(super) static TABLE: LazyLock<OptionTable> = LazyLock::new(|| {
    // A test ensures that it parses.
    toml::from_str(include_str!("../../../assets/composer/words/wishes.toml")).unwrap_or_default()
});

pub(super) static LEXICON: LazyLock<Lexicon<PhraseMeaning>> = LazyLock::new(|| {
    let mut entries: Vec<(&str, PhraseMeaning)> = Vec::new();
    let mut add = |words: &'static [String], meaning| {
        entries.extend(words.iter().map(|word| (word.as_str(), meaning)));
    };
    for (i, kind) in kinds::all().iter().enumerate() {
        add(&kind.words, PhraseMeaning::Kind(i));
    }
    add(&TABLE.beyond.words, PhraseMeaning::OutOfScope);
    for (i, other) in kinds::unsupported().iter().enumerate() {
        add(&other.words, PhraseMeaning::UnsupportedKind(i));
    }
    for (i, sprite) in sprites::all().iter().enumerate() {
        add(&sprite.words, PhraseMeaning::Sprite(i));
    }
    for theme in GameTheme::ALL {
        add(&theme.data().words, PhraseMeaning::Theme(theme));
    }
    for (i, wish) in TABLE.wish.iter().enumerate() {
        add(&wish.words, PhraseMeaning::GameOption(i));
    }
    for (i, kind) in kinds::all().iter().enumerate() {
        add(&kind.hints, PhraseMeaning::Hint(i));
    }
    entries.extend(
        TABLE.quiet.phrases.iter().map(|phrase| (phrase.as_str(), PhraseMeaning::StopWord)),
    );
    entries
        .extend(TABLE.quiet.words.split_whitespace().map(|word| (word, PhraseMeaning::StopWord)));
    Lexicon::new(entries)
});

/// Whether these words are a phrase that the tables know, or a number.
pub(super) fn is_known(words: &[PromptWord]) -> bool {
    LEXICON.longest(words).is_some_and(|(_, count)| count == words.len())
        || matches!(words, [word] if number(word).is_some())
}

/// The value of a number word, in digits or spelled out.
pub(super) fn number(word: &PromptWord) -> Option<u32> {
    word.typed.parse().ok().or_else(|| TABLE.numbers.get(&word.typed).copied())
}

/// Whether the word names this unit, such as `lives` or `seconds`.
pub(super) fn is_unit(unit: &str, word: &PromptWord) -> bool {
    TABLE.units.get(unit).is_some_and(|words| words.contains(&word.stem))
}

/// What this word names that a kind may have a number of, such as `mines`.
pub(super) fn amount(word: &PromptWord) -> Option<&'static str> {
    let mut known = TABLE.amounts.iter();
    known.find(|(_, words)| words.contains(&word.stem)).map(|(noun, _)| noun.as_str())
}

/// The kinds for which these words speak, whatever else they mean: a frog is who crosses the road.
pub(super) fn hinted_kinds(words: &[PromptWord]) -> impl Iterator<Item = usize> {
    let phrase = join_stems(words);
    let kinds = kinds::all().iter().enumerate();
    kinds.filter(move |(_, kind)| contains_phrase(&kind.hints, &phrase)).map(|(place, _)| place)
}

/// The role of the sprites that these words list before one of this role: "avoid wasps and birds". Those
/// who are foes anyway have foes at their side, not a second hero. `None` if they list none.
pub(super) fn role_in_list(words: &[PromptWord], role: SpriteRole) -> Option<SpriteRole> {
    let (and, before) = without_fillers(words).split_last()?;
    if role == SpriteRole::Foe || !["and", "or"].contains(&and.typed.as_str()) {
        return None;
    }
    let (sprite, front) = split_last_sprite(before)?;
    let sprite = Some(sprite).filter(|_| role == SpriteRole::Hero);
    let usual = || sprite.map(|sprite| sprite.role);
    let listed = role_before(front).or_else(|| role_in_list(front, role)).or_else(usual);
    listed.filter(|role| *role != SpriteRole::Hero)
}

/// The sprite that these words end with, and what stands before it. `None` if they end otherwise.
pub(super) fn split_last_sprite(words: &[PromptWord]) -> Option<(&'static Sprite, &[PromptWord])> {
    [2, 1].into_iter().find_map(|count| {
        let (front, last) = words.split_at_checked(words.len().checked_sub(count)?)?;
        match LEXICON.longest(last)? {
            (PhraseMeaning::Sprite(sprite), all) if all == count => {
                Some((sprites::all().get(sprite)?, front))
            }
            _ => None,
        }
    })
}

/// The usual role of the sprite that these words begin with. `None` if they begin otherwise.
pub(super) fn first_role(words: &[PromptWord]) -> Option<SpriteRole> {
    match LEXICON.longest(words)? {
        (PhraseMeaning::Sprite(sprite), _) => sprites::all().get(sprite).map(|sprite| sprite.role),
        _ => None,
    }
}

/// Whether a word names what is behind the game.
pub(super) fn is_background(word: &str) -> bool {
    ["background", "backdrop", "sky"].contains(&word)
}

/// Whether the colour of these words is one of the background: "a blue background", "make the background
/// blue".
pub(super) fn is_about_background(words: &[PromptWord], at: usize, count: usize) -> bool {
    const REACH: usize = 3;
    let is_background = |word: &PromptWord| is_background(&word.typed);
    let before = words.get(at.saturating_sub(REACH)..at).unwrap_or_default();
    before.iter().any(is_background) || words.get(at + count).is_some_and(is_background)
}

/// Whether the words before a number make it the score that wins: "first to 10".
pub(super) fn is_first_to(words: &[PromptWord]) -> bool {
    ends_with(words, [3, 2], &TABLE.goals.words)
}

/// Words between a verb and its sprite without a meaning: "dodge all the evil ghosts".
const FILLER_WORDS: [&str; 12] =
    ["a", "an", "the", "all", "some", "many", "more", "falling", "evil", "scary", "my", "your"];

/// The role that the words before a sprite assign; `None` if they do not.
pub(super) fn role_before(words: &[PromptWord]) -> Option<SpriteRole> {
    let front = without_fillers(words);
    // "Two players with ghosts" says who is there, "a player with a hat" who the player is.
    let is_one = |words: &&[PromptWord]| words.iter().all(|word| word.typed != "players");
    let words = [2, 1].into_iter().filter_map(|count| last_words(front, count)).filter(is_one);
    words.map(join_stems).find_map(|phrase| {
        let role = TABLE.roles.before.iter().find(|(_, known)| contains_phrase(known, &phrase));
        role.map(|(part, _)| *part)
    })
}

/// The noun that these words begin with, if it is what one plays against, whatever it looks like: "enemies",
/// "them". `None` for another.
pub(super) fn foe_noun(words: &[PromptWord]) -> Option<&[PromptWord]> {
    beginning(words, &TABLE.roles.foes)
}

/// Whether these words end with one of those nouns.
pub(super) fn ends_with_foe_noun(words: &[PromptWord]) -> bool {
    ends_with(words, [2, 1], &TABLE.roles.foes)
}

/// Whom the words before a sprite are about, if they say what somebody is: "the ghosts" in "the ghosts look
/// like". `None` if they do not.
pub(super) fn before_copula(words: &[PromptWord]) -> Option<&[PromptWord]> {
    let front = without_fillers(words);
    [3, 2, 1].into_iter().find_map(|count| {
        let is_copula =
            contains_phrase(&TABLE.roles.copulas, &join_stems(last_words(front, count)?));
        front.get(..front.len() - count).filter(|_| is_copula)
    })
}

/// Whether these words make something of what follows: "make the", "the snake red and the".
pub(super) fn is_made(words: &[PromptWord]) -> bool {
    const VERBS: [&str; 6] = ["make", "paint", "color", "colour", "turn", "want"];
    let last = without_fillers(words).last();
    let is_listed = || last_words(words, 2).is_some_and(|words| join_stems(words) == "and the");
    last.is_some_and(|word| VERBS.contains(&word.typed.as_str())) || is_listed()
}

/// Whether the words before a sprite that is replaced come after who replaces it: "cats instead of".
pub(super) fn is_after_its_substitute(words: &[PromptWord]) -> bool {
    ends_with(without_fillers(words), [3, 2], &TABLE.roles.instead)
}

/// What stands between who is replaced and its substitute.
const FOR_WHOM: [&str; 5] = ["with", "for", "by", "to", "into"];

/// Whether what follows names the substitute of the sprite that these words begin with: "ghosts with cats".
pub(super) fn is_before_its_substitute(words: &[PromptWord]) -> bool {
    words.iter().take(3).any(|word| FOR_WHOM.contains(&word.typed.as_str()))
}

/// Who is replaced by what follows: "replace the ghosts" in "replace the ghosts with". `None` if nobody is.
pub(super) fn before_substitute(words: &[PromptWord]) -> Option<&[PromptWord]> {
    const REACH: usize = 5;
    const VERBS: [&str; 5] = ["replace", "swap", "exchange", "change", "trade"];
    let (last, front) = without_fillers(words).split_last()?;
    let mut near = front.iter().rev().take(REACH);
    let is_replaced = FOR_WHOM.contains(&last.typed.as_str())
        && near.any(|word| VERBS.contains(&word.stem.as_str()));
    is_replaced.then_some(front)
}

/// How the words before a sprite remove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Removal {
    /// Another sprite replaces it.
    Replace,
    Remove,
}

/// Whether the words before a sprite remove it; `None` if they do not.
pub(super) fn removal_before(words: &[PromptWord]) -> Option<Removal> {
    let front = without_fillers(words);
    let phrase =
        [3, 2, 1].into_iter().filter_map(|count| Some(join_stems(last_words(front, count)?)));
    let phrase: Vec<_> = phrase.collect();
    let is_in = |phrases: &[String]| phrase.iter().any(|phrase| contains_phrase(phrases, phrase));
    let gone = || is_in(&TABLE.roles.none).then_some(Removal::Remove);
    is_in(&TABLE.roles.instead).then_some(Removal::Replace).or_else(gone)
}

/// Whether the words before a theme or an option take it back.
pub(super) fn is_denied(words: &[PromptWord]) -> bool {
    const DENIALS: [&str; 9] =
        ["not", "no", "non", "without", "isnt", "dont", "doesnt", "never", "nothing"];
    const BETWEEN: [&str; 11] =
        ["too", "so", "that", "very", "be", "make", "it", "want", "have", "any", "really"];
    let is_between = |word: &&PromptWord| BETWEEN.contains(&word.typed.as_str()) || is_filler(word);
    let before = words.iter().rev().find(|word| !is_between(word));
    before.is_some_and(|word| DENIALS.contains(&word.typed.as_str()))
        || removal_before(words) == Some(Removal::Remove)
}

/// Whether the words after a sprite make it the player.
pub(super) fn is_hero_before(words: &[PromptWord]) -> bool {
    beginning(words, &TABLE.roles.after_hero).is_some() || is_act(words)
}

/// Whether these words say what somebody does, and not to the player: "who catches stars".
fn is_act(words: &[PromptWord]) -> bool {
    const PRONOUNS: [&str; 3] = ["who", "that", "which"];
    let is_pronoun = |word: &PromptWord| PRONOUNS.contains(&word.typed.as_str());
    let (verb, rest) = match words {
        [first, verb, rest @ ..] if is_pronoun(first) => (verb, rest),
        [verb, rest @ ..] => (verb, rest),
        [] => return false,
    };
    let is_victim = |word: &PromptWord| TABLE.roles.victims.contains(&word.typed);
    verb.typed.ends_with('s')
        && contains_phrase(&TABLE.roles.acts, &verb.stem)
        && !rest.iter().find(|word| !is_article(word)).is_some_and(is_victim)
}

fn is_article(word: &PromptWord) -> bool {
    ["a", "an", "the", "all", "at"].contains(&word.typed.as_str())
}

fn is_filler(word: &PromptWord) -> bool {
    FILLER_WORDS.contains(&word.typed.as_str()) || word.typed.parse::<u32>().is_ok()
}

fn without_fillers(words: &[PromptWord]) -> &[PromptWord] {
    let end = words.iter().rposition(|word| !is_filler(word)).map_or(0, |last| last + 1);
    words.get(..end).unwrap_or_default()
}

fn last_words(words: &[PromptWord], count: usize) -> Option<&[PromptWord]> {
    words.get(words.len().checked_sub(count)?..)
}

/// The first two words, or the first one, if they are one of these phrases.
fn beginning<'a>(words: &'a [PromptWord], phrases: &[String]) -> Option<&'a [PromptWord]> {
    let mut begins = [2, 1].into_iter().filter_map(|count| words.get(..count));
    begins.find(|words| contains_phrase(phrases, &join_stems(words)))
}

/// Whether as many of the last words are one of these phrases.
fn ends_with<const N: usize>(words: &[PromptWord], counts: [usize; N], phrases: &[String]) -> bool {
    let mut ends = counts.into_iter().filter_map(|count| last_words(words, count));
    ends.any(|words| contains_phrase(phrases, &join_stems(words)))
}

fn join_stems(words: &[PromptWord]) -> String {
    words.iter().map(|word| word.stem.as_str()).collect::<Vec<_>>().join(" ")
}

fn contains_phrase(phrases: &[String], phrase: &str) -> bool {
    phrases.iter().any(|known| lookup_key(known) == phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_there_and_no_phrase_is_too_long() {
        assert!(TABLE.wish.len() > 20 && TABLE.units.len() == 7 && TABLE.roles.before.len() == 4);
        let phrases = TABLE.wish.iter().flat_map(|wish| &wish.words);
        for phrase in phrases.chain(kinds::all().iter().flat_map(|kind| &kind.words)) {
            assert!(lookup_key(phrase).split(' ').count() <= 4, "{phrase}");
        }
    }

    #[test]
    fn what_other_languages_are_read_as_has_a_meaning() {
        for phrase in crate::compose::languages::english_phrases() {
            let words = crate::compose::words::split_words(phrase);
            let is_unit = |word| ["lives", "seconds", "minutes"].iter().any(|u| is_unit(u, word));
            let is_known = words.is_empty() || is_known(&words) || words.iter().all(is_unit);
            assert!(is_known, "{phrase}");
        }
    }
}
