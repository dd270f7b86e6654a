//! The games' own texts in the languages of prompts.
//!
//! The scripts and the page hold them in English. Each is replaced as a whole by what it is in
//! another language, so that such a page is as readable as the English one.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use include_dir::{Dir, File, include_dir};
use serde::Deserialize;

use super::language::Language;

/// A table for each language but English, called after its code.
static TABLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/composer/words/texts");

/// The texts of one language, by the English ones.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GameTexts {
    /// What is typed or guessed, letter by letter, in the letters a to z that any keyboard has. `None`: the
    /// theme's English words.
    words: Option<String>,
    /// Of the page, and of what the scripts draw.
    page: BTreeMap<String, String>,
    /// The questions and answers of the quiz.
    quiz: BTreeMap<String, String>,
    /// What a player presses.
    keys: BTreeMap<String, String>,
    /// What that does.
    actions: BTreeMap<String, String>,
    /// The themes, by their names.
    themes: BTreeMap<String, String>,
    /// The kinds, by their names.
    kinds: BTreeMap<String, KindTexts>,
}

/// What a kind is called, and its story, which names nobody: each theme brings its own.
#[derive(Debug, Default, Deserialize)]
struct KindTexts {
    name: String,
    story: String,
}

impl GameTexts {
    /// The texts of a language, read once. None in English, and in a broken build, which a test would tell.
    pub fn of(language: Option<Language>) -> &'static Self {
        static ALL: [OnceLock<GameTexts>; Language::ALL.len()] =
            [const { OnceLock::new() }; Language::ALL.len()];
        static ENGLISH: LazyLock<GameTexts> = LazyLock::new(GameTexts::default);
        let place = language.and_then(|language| Some((language, ALL.get(language as usize)?)));
        place.map_or(&ENGLISH, |(language, texts)| texts.get_or_init(|| Self::read(language)))
    }

    fn read(language: Language) -> Self {
        let file = TABLES.get_file(format!("{}.toml", language.code()));
        let text = file.and_then(File::contents_utf8).unwrap_or_default();
        toml::from_str(text).unwrap_or_default()
    }

    /// A text of the page or of a script.
    pub fn page<'t>(&'t self, english: &'t str) -> &'t str {
        self.page.get(english).map_or(english, String::as_str)
    }

    /// What is typed or guessed. `None` where the theme's English words are.
    pub fn words(&self) -> Option<&str> {
        self.words.as_deref()
    }

    /// A line about the controls: what is pressed, and what that does.
    pub fn control<'t>(&'t self, (keys, action): &'t (String, String)) -> (&'t str, &'t str) {
        (self.keys.get(keys).unwrap_or(keys), self.actions.get(action).unwrap_or(action))
    }

    /// The texts of all languages, English first.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        let others = Language::ALL.into_iter().map(Some);
        std::iter::once(None).chain(others).map(Self::of)
    }

    /// What a theme is called.
    pub fn theme<'t>(&'t self, theme: &'t str) -> &'t str {
        self.themes.get(theme).map_or(theme, String::as_str)
    }

    /// What a kind is called. `None` in English.
    pub fn kind_name(&self, kind: &str) -> Option<&str> {
        self.kinds.get(kind).map(|kind| kind.name.as_str())
    }

    /// The story of a kind. `None` in English.
    pub fn story(&self, kind: &str) -> Option<&str> {
        self.kinds.get(kind).map(|kind| kind.story.as_str())
    }

    /// The title of a game of that kind in that theme. `None` in English.
    pub fn title(&self, kind: &str, theme: &str) -> Option<String> {
        Some(format!("{} · {}", self.kind_name(kind)?, self.themes.get(theme)?))
    }

    /// The script with its strings in this language. A string is replaced where all of it is a text.
    pub fn translate_strings(&self, script: &str, literal: impl Fn(&str) -> String) -> String {
        let mut translated = String::with_capacity(script.len());
        let mut rest = script;
        while let Some((before, after)) = rest.split_once('\'') {
            translated.push_str(before);
            let text = after.split_once('\'');
            let own =
                text.and_then(|(text, _)| self.page.get(text).or_else(|| self.quiz.get(text)));
            rest = after;
            if let (Some(own), Some((_, after))) = (own, text) {
                translated.push_str(&literal(own));
                rest = after;
            } else {
                translated.push('\'');
            }
        }
        translated.push_str(rest);
        translated
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::brief::STORY_LINES;
    use super::super::improve;
    use super::super::kinds;
    use super::super::page::WORDS;
    use super::super::themes::GameTheme;
    use super::*;

    fn all() -> impl Iterator<Item = (Language, &'static GameTexts)> {
        Language::ALL.into_iter().map(|language| (language, GameTexts::of(Some(language))))
    }

    #[test]
    fn what_is_typed_any_keyboard_has() {
        let lists: Vec<_> = all().filter_map(|(_, texts)| texts.words()).collect();
        assert_eq!(lists.len(), 8, "all but Chinese and Japanese");
        for list in lists {
            let words: Vec<_> = list.split(' ').collect();
            let is_plain = |word: &&str| word.bytes().all(|letter| letter.is_ascii_lowercase());
            assert!(words.len() >= 24 && words.iter().all(is_plain), "{list}");
            assert!(words.is_sorted_by_key(|word| word.len()), "the short ones first: {list}");
        }
        let page = crate::compose::compose("Galgenmännchen", 7, super::super::GameTheme::Spooky);
        assert!(page.source.text().contains("laterne"));
    }

    #[test]
    fn every_language_has_every_text() {
        let controls = || {
            kinds::all()
                .iter()
                .flat_map(|kind| kind.controls.alone.iter().chain(&kind.controls.two))
        };
        let keys: BTreeSet<_> = controls().map(|(keys, _)| keys.as_str()).collect();
        let actions: BTreeSet<_> = controls().map(|(_, action)| action.as_str()).collect();
        let themes: BTreeSet<_> = GameTheme::ALL.iter().map(ToString::to_string).collect();
        let names: BTreeSet<_> = kinds::all().iter().map(|kind| kind.name.as_str()).collect();
        let (_, first) = all().next().unwrap();
        for (language, texts) in all() {
            let of =
                |table: &BTreeMap<String, String>| table.keys().cloned().collect::<BTreeSet<_>>();
            assert!(texts.keys.keys().map(String::as_str).eq(keys.iter().copied()), "{language:?}");
            assert!(
                texts.actions.keys().map(String::as_str).eq(actions.iter().copied()),
                "{language:?}"
            );
            assert!(
                texts.kinds.keys().map(String::as_str).eq(names.iter().copied()),
                "{language:?}"
            );
            assert_eq!(of(&texts.themes), themes, "{language:?}");
            assert_eq!(
                (of(&texts.page), of(&texts.quiz)),
                (of(&first.page), of(&first.quiz)),
                "{language:?}"
            );
            let stories = texts.kinds.values().flat_map(|kind| [&kind.name, &kind.story]);
            let tables = [&texts.page, &texts.quiz, &texts.keys, &texts.actions, &texts.themes];
            let values: Vec<_> =
                tables.into_iter().flat_map(BTreeMap::values).chain(stories).collect();
            assert!(
                values
                    .iter()
                    .all(|text| !text.trim().is_empty() && !text.contains(['{', '<', '"', '\\'])),
                "{language:?}"
            );
        }
    }

    /// Whether a string of a script is for players, and no name or code.
    fn is_for_players(text: &str) -> bool {
        const CODES: [&str; 7] =
            ["Key", "Arrow", "Digit", "Escape", "Enter", "Backspace", "Palatino"];
        let (bare, is_joined) = (text.trim(), text.trim().len() < text.len());
        let mut letters = bare.chars();
        let is_capital = letters.next().is_some_and(char::is_uppercase);
        let is_word = letters.next().is_some_and(char::is_lowercase);
        let is_code = CODES.iter().any(|code| bare.starts_with(code));
        let is_joined = is_joined && bare.chars().all(|c| c.is_alphabetic() || c == ' ');
        bare.len() > 1 && !is_code && (is_capital && is_word || is_joined && bare != "bold")
    }

    #[test]
    fn every_text_of_the_scripts_is_in_every_language() {
        let scripts = kinds::all().iter().map(kinds::GameKind::script);
        let scripts = scripts.chain([include_str!("../../assets/composer/runtime.js")]);
        let strings: BTreeSet<_> = scripts
            .flat_map(str::lines)
            .map(|line| line.split_once("  // ").map_or(line, |(code, _)| code))
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(|line| line.split('\'').skip(1).step_by(2))
            .collect();
        let (_, texts) = all().next().unwrap();
        let known: BTreeSet<_> =
            texts.page.keys().chain(texts.quiz.keys()).map(String::as_str).collect();
        let missing: Vec<_> =
            strings.iter().filter(|text| is_for_players(text) && !known.contains(*text)).collect();
        assert!(missing.is_empty(), "texts without translations: {missing:?}");
        let missing: Vec<_> = improve::texts().filter(|text| !known.contains(text)).collect();
        assert!(missing.is_empty(), "words of improved prompts without translations: {missing:?}");
        let is_used = |text: &&str| {
            strings.contains(text)
                || WORDS.contains(text)
                || STORY_LINES.contains(text)
                || improve::texts().any(|own| own == *text)
        };
        let unused: Vec<_> = known.iter().filter(|text| !is_used(text)).collect();
        assert!(unused.is_empty(), "texts that no script has: {unused:?}");
    }

    #[test]
    fn a_string_is_replaced_as_a_whole() {
        let texts: GameTexts = toml::from_str(
            "quiz = {}\nkeys = {}\nactions = {}\nthemes = {}\nkinds = {}\n[page]\n'Paused' = \"L'arrêt\"\n' of ' = ' sur '",
        )
        .unwrap();
        let script = "// The player's turn\nsay('Paused', 'Paused twice', a + ' of ' + b);";
        let literal = |text: &str| format!("'{}'", text.replace('\'', "\\'"));
        assert_eq!(
            texts.translate_strings(script, literal),
            "// The player's turn\nsay('L\\'arrêt', 'Paused twice', a + ' sur ' + b);"
        );
    }
}
