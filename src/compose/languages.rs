//! Reads prompts in ten other languages: their words become the English phrases that the tables know.
//!
//! There is no grammar here either. A line is in the language of which it has the most words; what
//! stays unknown is left as it was typed and reported like any unknown word. Marks on letters may be
//! missing, words may have endings, and Chinese and Japanese have no spaces.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::slice;
use std::sync::LazyLock;

use super::kinds;
use super::language::Language;
use super::texts::GameTexts;
use super::words::{MAX_PHRASE_WORDS, PromptWord, split_words};

/// The words of a language, read when it is first needed.
fn dictionary_of(language: Language) -> &'static Dictionary {
    static ALL: LazyLock<Vec<Dictionary>> =
        LazyLock::new(|| Language::ALL.map(Dictionary::of).into());
    static NONE: LazyLock<Dictionary> = LazyLock::new(Dictionary::default);
    ALL.get(language as usize).unwrap_or(&NONE)
}

/// `assets/composer/words/languages.toml`: section, English phrase, language, ways to say it.
type PhraseTable = BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>;

static TABLE: LazyLock<PhraseTable> = LazyLock::new(|| {
    // A test ensures that it parses.
    toml::from_str(include_str!("../../assets/composer/words/languages.toml")).unwrap_or_default()
});

/// The English phrase for words of another language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Translation {
    /// Empty for words without a meaning of their own.
    english: &'static str,
    /// Whether it stands after what it is about, where English has it before.
    is_after: bool,
}

/// The words of one language, without marks on letters.
#[derive(Debug, Default)]
struct Dictionary {
    phrases: HashMap<String, Translation>,
    /// The most characters of a phrase, for languages without spaces.
    longest: usize,
}

impl Dictionary {
    fn of(language: Language) -> Self {
        let mut dictionary = Self::default();
        for (phrase, ways) in TABLE.values().flatten() {
            let english = phrase.strip_prefix('<').unwrap_or(phrase);
            let translation = Translation { english, is_after: english != phrase };
            let ways = ways.get(language.code()).into_iter().flat_map(|ways| ways.split('|'));
            ways.for_each(|way| dictionary.add(way, translation));
        }
        // What games call themselves is understood, too.
        let texts = GameTexts::of(Some(language));
        for kind in kinds::all() {
            let english = kind.words.first().map_or("", String::as_str);
            if let Some(name) = texts.kind_name(&kind.name) {
                dictionary.add(name, Translation { english, is_after: false });
            }
        }
        dictionary
    }

    fn add(&mut self, way: &str, translation: Translation) {
        for way in spellings(way) {
            self.longest = self.longest.max(way.chars().count());
            self.phrases.entry(way).or_insert(translation);
        }
    }

    /// The longest phrase at the start of these words without marks, and its number of words.
    fn longest_phrase(&self, folded: &[String]) -> Option<(Translation, usize)> {
        (1..=MAX_PHRASE_WORDS.min(folded.len())).rev().find_map(|count| {
            let typed = folded.get(..count)?.join(" ");
            let found = self.phrases.get(&typed).or_else(|| {
                // An article that melts into its word: l'espace, d'araignées.
                let rest = typed.strip_prefix(['l', 'd']);
                rest.filter(|rest| rest.starts_with(['a', 'e', 'i', 'o', 'u', 'h']))
                    .and_then(|rest| self.phrases.get(rest))
            });
            found.map(|translation| (*translation, count))
        })
    }

    /// The word that this one is a form of, and the ending that it has besides.
    fn inflected<'w>(&self, word: &'w str, language: Language) -> Option<(Translation, &'w str)> {
        const SHORTEST: usize = 4;
        let ends = word.char_indices().map(|(at, _)| at).rev();
        ends.take(language.longest_ending()).find_map(|end| {
            let (front, ending) = word.split_at(end);
            let is_long = front.chars().count() >= SHORTEST;
            let found = self.phrases.get(front).filter(|_| is_long)?;
            Some((*found, ending))
        })
    }
}

/// A phrase without marks, as its words are looked up; German also without its two dots as ae, oe, ue.
fn spellings(phrase: &str) -> Vec<String> {
    let joined = |text: &str| {
        let words: Vec<_> = split_words(text).iter().map(|word| fold(&word.typed)).collect();
        words.join(" ")
    };
    let spelt_out = phrase.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
    let mut all = vec![joined(phrase), joined(&spelt_out)];
    all.dedup();
    all
}

/// Latin letters without their marks.
fn fold(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => plain.push('a'),
            'ç' | 'ć' => plain.push('c'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' => plain.push('e'),
            'ğ' => plain.push('g'),
            'í' | 'ì' | 'î' | 'ï' | 'ı' => plain.push('i'),
            'ł' => plain.push('l'),
            'ñ' | 'ń' => plain.push('n'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' => plain.push('o'),
            'ş' | 'ś' => plain.push('s'),
            'ú' | 'ù' | 'û' | 'ü' => plain.push('u'),
            'ź' | 'ż' => plain.push('z'),
            'ß' => plain.push_str("ss"),
            'œ' => plain.push_str("oe"),
            // Marks that are characters of their own.
            '\u{300}'..='\u{36f}' => {}
            c => plain.push(c),
        }
    }
    plain
}

/// All English phrases of the table.
#[cfg(test)]
pub(super) fn english_phrases() -> impl Iterator<Item = &'static str> {
    TABLE.values().flatten().map(|(phrase, _)| phrase.strip_prefix('<').unwrap_or(phrase))
}

/// A line, with the words of another language as English ones, and that language. `None` if it is English.
pub(super) fn translate(
    words: &[PromptWord],
    is_english: impl Fn(&[PromptWord]) -> bool,
) -> (Vec<PromptWord>, Option<Language>) {
    let folded: Vec<_> = words.iter().map(|word| fold(&word.typed)).collect();
    let found = script_language(words).or_else(|| likely_language(words, &folded, &is_english));
    let Some(language) = found else { return (words.to_vec(), None) };
    let line = if language.has_spaces() {
        translate_spaced(words, &folded, language)
    } else {
        translate_joined(words, language)
    };
    (line.words, Some(language))
}

/// Whether all its letters are of English or of the other languages.
pub(super) fn has_known_letters(word: &str) -> bool {
    let is_latin = |c: char| c <= '\u{24f}';
    word.chars().all(|c| !c.is_alphabetic() || is_latin(c) || is_kana(c) || is_han(c))
}

fn is_kana(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}')
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

/// The words so far, and where the last piece of them begins.
#[derive(Debug, Default)]
struct EnglishLine {
    words: Vec<PromptWord>,
    last: usize,
}

impl EnglishLine {
    fn push(&mut self, translation: Translation) {
        if translation.is_after {
            self.words.splice(self.last..self.last, split_words(translation.english));
        } else {
            self.push_text(translation.english);
        }
    }

    /// Adds English words, or unknown ones as they were typed.
    fn push_text(&mut self, text: &str) {
        let words = split_words(text);
        if !words.is_empty() {
            self.last = self.words.len();
            self.words.extend(words);
        }
    }
}

fn translate_spaced(words: &[PromptWord], folded: &[String], language: Language) -> EnglishLine {
    const WITHOUT: Translation = Translation { english: "without", is_after: true };
    let dictionary = dictionary_of(language);
    let mut line = EnglishLine::default();
    let mut at = 0;
    while let (Some(word), Some(ahead @ [plain, ..])) = (words.get(at), folded.get(at..)) {
        if let Some((translation, count)) = dictionary.longest_phrase(ahead) {
            line.push(translation);
            at += count;
            continue;
        }
        match dictionary.inflected(plain, language) {
            Some((translation, ending)) => {
                line.push(translation);
                // Turkish says "without" by an ending.
                if language == Language::Turkish && ["siz", "suz"].contains(&ending) {
                    line.push(WITHOUT);
                }
            }
            None => line.push_text(&word.typed),
        }
        at += 1;
    }
    line
}

fn translate_joined(words: &[PromptWord], language: Language) -> EnglishLine {
    let mut line = EnglishLine::default();
    for word in words {
        translate_run(&word.typed, language, &mut line);
    }
    line
}

/// Splits what has no spaces by the longest phrases that it begins with.
fn translate_run(typed: &str, language: Language, line: &mut EnglishLine) {
    let dictionary = dictionary_of(language);
    let letters: Vec<char> = typed.chars().collect();
    let mut unknown = String::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        let most = dictionary.longest.min(letters.len() - at);
        let found = (1..=most).rev().find_map(|count| {
            let phrase: String = letters.get(at..at + count)?.iter().collect();
            Some((*dictionary.phrases.get(&phrase)?, count))
        });
        let Some((translation, count)) = found else {
            unknown.push(*letter);
            at += 1;
            continue;
        };
        line.push_text(&std::mem::take(&mut unknown));
        line.push(translation);
        at += count;
    }
    line.push_text(&unknown);
}

/// The language that has its own letters.
fn script_language(words: &[PromptWord]) -> Option<Language> {
    let letters = || words.iter().flat_map(|word| word.typed.chars());
    if letters().any(is_kana) {
        return Some(Language::Japanese);
    }
    // Both are written so: which knows more of it?
    let unknown = |language: &Language| {
        let line = translate_joined(words, *language);
        line.words.iter().flat_map(|word| word.typed.chars()).filter(|c| is_han(*c)).count()
    };
    let both = [Language::Chinese, Language::Japanese];
    letters().any(is_han).then(|| both.into_iter().min_by_key(unknown)).flatten()
}

/// How much of a line is of a language, in words.
#[derive(Debug, Default, Clone, Copy)]
struct LanguageScore {
    own: usize,
    /// The phrases of them that mean something, articles and the like aside.
    meant: usize,
    english: usize,
    unknown: usize,
}

impl LanguageScore {
    /// Whether the line is of it. One article among unknown words is no more than a chance.
    fn is_enough(self) -> bool {
        self.own > 0 && self.own >= self.english && (self.meant > 0 || self.own > self.unknown)
    }
}

/// The language with Latin letters that at least half of the words are of. `None` if more are English.
fn likely_language(
    words: &[PromptWord],
    folded: &[String],
    is_english: &impl Fn(&[PromptWord]) -> bool,
) -> Option<Language> {
    // Most prompts are: no table of another language need be read for them.
    if words.iter().all(|word| is_english(slice::from_ref(word))) {
        return None;
    }
    let score = |language: &Language| {
        let dictionary = dictionary_of(*language);
        let mut score = LanguageScore::default();
        let mut at = 0;
        while let Some(ahead @ [plain, ..]) = folded.get(at..) {
            let found = dictionary.longest_phrase(ahead);
            let form = || dictionary.inflected(plain, *language).map(|(form, _)| (form, 1));
            let own = found.or_else(form);
            let count = own.map_or(1, |(_, count)| count);
            // A phrase is read as a whole: "pac man" has nothing of German.
            let is_phrase = |count: &usize| words.get(at..at + count).is_some_and(is_english);
            let longer = (count + 1..=MAX_PHRASE_WORDS).rev().find(is_phrase);
            match (longer.is_some() || is_phrase(&count), own.filter(|_| longer.is_none())) {
                (true, None) => score.english += 1,
                (false, Some((translation, count))) => {
                    score.own += count;
                    score.meant += usize::from(!translation.english.is_empty());
                }
                (false, None) => score.unknown += 1,
                // Words of both say little.
                (true, Some(_)) => {}
            }
            at += longer.unwrap_or(count);
        }
        score
    };
    let scores = Language::ALL.into_iter().map(|language| (score(&language), language));
    let best = scores.rev().max_by_key(|(score, _)| (score.own, Reverse(score.english)))?;
    let (score, language) = best;
    score.is_enough().then_some(language)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(text: &str) -> String {
        let known =
            ["a", "snake", "game", "with", "the", "no", "in", "space", "fast", "can", "you"];
        let is_english =
            |words: &[PromptWord]| words.iter().all(|word| known.contains(&word.typed.as_str()));
        let (words, language) = translate(&split_words(text), is_english);
        let words: Vec<_> = words.into_iter().map(|word| word.typed).collect();
        format!("{} {}", language.map_or("en", Language::code), words.join(" "))
    }

    #[test]
    fn each_language_is_read_with_and_without_its_marks() {
        for (prompt, expected) in [
            ("ein Schlangenspiel mit drei Geistern im Weltraum", "de snake with 3 ghosts space"),
            ("ein Spiel ohne Fledermaeuse", "de without bats"),
            ("un juego de serpiente rapido sin fantasmas", "es snake fast without ghosts"),
            ("un casse-briques dans l'espace avec des araignées", "fr breakout space with spiders"),
            ("um labirinto no fundo do mar com tubarões", "pt maze ocean with sharks"),
            ("un labirinto nel bosco con ragni", "it maze forest with spiders"),
            ("straszny wąż z duchami", "pl spooky snake ghosts"),
            ("een doolhof met spoken zonder vleermuizen", "nl maze with ghosts without bats"),
            ("uzayda hayaletsiz bir yılan oyunu", "tr space without ghost snake"),
            ("太空里的贪吃蛇，有三个幽灵", "zh space snake 3 ghost"),
            ("コウモリなしのヘビゲーム", "ja without bats snake"),
            ("a snake game with the bats", "en a snake game with the bats"),
        ] {
            assert_eq!(english(prompt), expected, "{prompt}");
        }
    }

    #[test]
    fn a_mixed_sentence_is_read_and_an_english_one_left_alone() {
        assert_eq!(
            english("snake game mit Geistern und Kürbissen"),
            "de snake game with ghosts pumpkins"
        );
        assert_eq!(english("can you game in space no fast"), "en can you game in space no fast");
    }

    #[test]
    fn the_table_is_there_in_every_language() {
        for language in Language::ALL {
            let count = dictionary_of(language).phrases.len();
            assert!(count > 150, "{language:?} has {count} words");
        }
    }
}
