//! Reads a prompt: the kind, the cast, the options, and what was not understood.
//!
//! There is no grammar. Known phrases are looked up, the longest first; a number applies to the
//! word after it, and a sprite's role depends on the word before it. Unknown words are reported, so
//! that nothing is misread silently.

mod amounts;
mod lexicon;
mod options;
mod own_texts;
mod reader;
mod report;

use std::iter;

use super::kinds::{GameKind, KindControls};
use super::language::Language;
use super::languages;
use super::media::MediaPlan;
use super::texts::GameTexts;
use super::themes::{Cast, GameTheme};
use super::{sprites, words};
pub(super) use amounts::BoardSize;
pub(super) use options::GameOptions;
pub(super) use own_texts::OwnTexts;
use reader::PromptReader;
use report::PromptReport;

/// The specification of a page.
#[derive(Debug)]
pub(super) struct Brief {
    pub kind: &'static GameKind,
    pub theme: GameTheme,
    pub cast: Cast,
    pub options: GameOptions,
    named_title: Option<String>,
    pub own_texts: OwnTexts,
    pub media: MediaPlan,
    /// The language of the last line that is not in English. `None` if all are.
    language: Option<Language>,
    has_named_foe: bool,
    has_named_hero: bool,
    /// How the kind was chosen, if the prompt does not name it.
    remark: Option<String>,
    report: PromptReport,
}

/// Reads the wishes of a game, the oldest first; never fails.
pub(super) fn read(prompts: &[&str], seed: u64, theme: GameTheme) -> Brief {
    let mut reader = PromptReader::new(theme);
    let mut named_title = None;
    let mut own_texts = OwnTexts::default();
    let mut spoken = None;
    for prompt in prompts {
        reader.begin_prompt();
        let (title, rest) = extract_title(&without_pointed(prompt));
        named_title = title.or(named_title);
        let (texts, rest) = own_texts::extract(&rest);
        own_texts = own_texts.then(texts);
        for line in rest.lines() {
            let (words, language) =
                languages::translate(&words::split_words(line), lexicon::is_known);
            reader.read(&words);
            spoken = language.or(spoken);
        }
    }
    Brief { language: spoken, own_texts, ..reader.finish(seed, named_title) }
}

/// Removes what the user pointed at, as in `At the thing I clicked [canvas, x 3, y 9]: `: its words
/// are no wishes.
fn without_pointed(prompt: &str) -> String {
    const START: &str = "at the thing i clicked [";
    let mut rest = prompt.to_owned();
    while let Some(start) = rest.to_ascii_lowercase().find(START) {
        let end = rest[start..].find(']').map_or(rest.len(), |end| start + end + 1);
        rest.replace_range(start..end, "");
    }
    rest
}

/// What is added to a story: for two in another language than English, without walls, in the dark.
pub(super) const STORY_LINES: [&str; 3] = [
    "Two play, each with keys of their own.",
    "What leaves on one side comes back on the other.",
    "It is dark: you see only what is near.",
];

/// The phrases that introduce a title.
const TITLE_MARKERS: [&str; 15] = [
    "called ",
    "named ",
    "titled ",
    "call it ",
    "call this ",
    "name it ",
    "title it ",
    "title: ",
    "title to ",
    "name to ",
    "rename it to ",
    "rename the game to ",
    "rename this to ",
    "rename it ",
    "the title ",
];

/// Extracts the title after such a phrase, and returns it with the rest of the prompt.
fn extract_title(prompt: &str) -> (Option<String>, String) {
    let lower = prompt.to_ascii_lowercase();
    let found = TITLE_MARKERS.iter().find_map(|word| {
        let start = lower.find(word)?;
        // Not the end of another word, as in "so-called".
        let is_word =
            start == 0 || lower.get(..start).is_some_and(|front| front.ends_with([' ', '\n', ',']));
        is_word.then_some((start, start + word.len()))
    });
    let Some((start, after)) = found else { return (None, prompt.to_owned()) };
    let front = prompt.get(..start).unwrap_or_default();
    let tail = prompt.get(after..).unwrap_or_default().trim_start();
    let quoted = tail.strip_prefix(['"', '“', '\'', '‘']);
    let ends: &[char] =
        if quoted.is_some() { &['"', '”', '\'', '’'] } else { &[',', '.', ';', '\n', '('] };
    let tail = quoted.unwrap_or(tail);
    let phrase = [" with ", " where ", " in which ", " but ", " that "];
    let phrase = phrase.iter().filter_map(|word| tail.find(word)).min();
    let mark = tail.find(ends);
    // A quoted title may contain any word.
    let end = if quoted.is_some() { mark } else { mark.into_iter().chain(phrase).min() };
    let end = end.unwrap_or(tail.len());
    let (title, rest) = tail.split_at(end);
    let title = clean_title(title);
    (Some(title).filter(|title| !title.is_empty()), format!("{front} {rest}"))
}

/// Reduces a title to letters, digits and plain punctuation, at most 40 characters.
fn clean_title(title: &str) -> String {
    let is_plain = |c: &char| c.is_alphanumeric() || " '’!?&-:+#".contains(*c);
    let plain: String = title.chars().filter(is_plain).take(40).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Brief {
    /// Adds pictures and sounds of the user's own.
    pub fn place_media(&mut self, plan: MediaPlan) {
        self.report.understood.extend(plan.told.iter().cloned());
        self.report.unfit.extend(plan.unfit.iter().cloned());
        self.media = plan;
    }

    /// Leaves out the last thing that was wished besides, for want of room. Returns whether there was one.
    pub fn drop_last_extra(&mut self) -> bool {
        let additions = &mut self.options.additions;
        let dropped = additions.extras.pop().or_else(|| additions.weather.take());
        let Some(label) = dropped.map(|extra| options::extra_label(&extra)) else { return false };
        self.report.understood.retain(|told| *told != label);
        self.report.left_out.push(label);
        true
    }

    /// The code of the language of the game's own texts.
    pub fn language_code(&self) -> &'static str {
        self.texts_language().map_or("en", Language::code)
    }

    fn texts_language(&self) -> Option<Language> {
        self.options.additions.language.or(self.language)
    }

    /// The texts in that language.
    pub fn texts(&self) -> &'static GameTexts {
        GameTexts::of(self.texts_language())
    }

    /// The requested title, else one derived from the cast, or from the kind in another language.
    pub fn title(&self, seed: u64) -> String {
        let theme = self.theme.to_string();
        let own = || self.texts().title(&self.kind.name, &theme);
        self.named_title.clone().or_else(own).unwrap_or_else(|| self.english_title(seed))
    }

    fn english_title(&self, seed: u64) -> String {
        let titles = &self.kind.titles;
        let named = [("hero", self.has_named_hero), ("foe", self.has_named_foe), ("plain", true)];
        let mut named = named.into_iter().filter(|(_, is_named)| *is_named);
        let pattern = named.find_map(|(name, _)| titles.get(name));
        let places = &self.theme.data().places;
        let pick = usize::try_from(seed).unwrap_or_default() % places.len().max(1);
        let place_name = places.get(pick).map(String::as_str).unwrap_or_default();
        let foe = self.foe();
        pattern
            .map(String::as_str)
            .unwrap_or_default()
            .replace("{Foes}", &capital(&sprites::plural(foe)))
            .replace("{Foe}", &capital(foe))
            .replace("{Hero}", &capital(&self.cast.hero))
            .replace("{Place}", place_name)
    }

    /// The instructions for the player.
    pub fn story(&self, texts: &GameTexts) -> String {
        if let Some(story) = &self.own_texts.story {
            return story.clone();
        }
        let own = texts.story(&self.kind.name);
        let [for_two, without_walls, in_the_dark] = STORY_LINES;
        let more = [
            (own.is_some() && self.is_two_player(), for_two),
            (self.has_no_walls(), without_walls),
            (self.options.switches.dark, in_the_dark),
        ];
        let more = more.into_iter().filter(|(is_so, _)| *is_so).map(|(_, text)| texts.page(text));
        let story = own.map_or_else(|| self.english_story(), str::to_owned);
        iter::once(story.as_str()).chain(more).collect::<Vec<_>>().join(" ")
    }

    fn english_story(&self) -> String {
        let has_foes = self.options.foes > 0 && (self.has_named_foe || self.kind.foes.usual > 0);
        let key = if has_foes { self.options.rule.as_str() } else { "plain" };
        let key = if self.is_two_player() { "friend" } else { key };
        let story = self.kind.story(key).replace("{foes}", &self.foes());
        story.replace("{foods}", &sprites::plural(&self.cast.food))
    }

    fn has_no_walls(&self) -> bool {
        self.options.switches.wrap && self.kind.takes("wrap")
    }

    /// Whether the prompt names the kind, or it was clear from what it says.
    pub fn has_named_kind(&self) -> bool {
        self.remark.is_none()
    }

    /// What is pressed, and what that does.
    pub fn controls(&self) -> &'static [(String, String)] {
        let KindControls { alone, two } = &self.kind.controls;
        if self.is_two_player() && !two.is_empty() { two } else { alone }
    }

    /// Whether it is a game for two players.
    pub fn is_two_player(&self) -> bool {
        self.options.players == 2 && self.kind.takes("players")
    }

    /// The features of this game, for the marks in the script.
    pub fn features(&self) -> Vec<&str> {
        let options = &self.options;
        let takes = |option, is_on| is_on && self.kind.takes(option);
        let switches = [
            ("foes", options.foes > 0),
            ("powers", takes("powers", !options.additions.powers.is_empty())),
            ("dark", takes("dark", options.switches.dark)),
            ("wrap", self.has_no_walls()),
            ("time", takes("seconds", options.seconds > 0)),
            ("friend", self.is_two_player()),
            ("weather", options.additions.weather.is_some()),
            ("goal", options.win.goal > 0),
            ("ending", self.own_texts.ending.is_some()),
            ("levels", options.win.levels > 0),
            ("grid", takes("grid", options.additions.grid.is_some())),
            ("count", options.additions.amount.is_some_and(|amount| amount.fits(self.kind))),
        ];
        let on = switches.into_iter().filter_map(|(name, is_on)| is_on.then_some(name));
        let needs = self.kind.needs.iter().chain(&options.additions.extras).map(String::as_str);
        on.chain(self.media.features())
            .chain(needs)
            .chain([self.kind.name.as_str(), options.rule.as_str()])
            .collect()
    }

    /// The first of the foes, which the title names.
    fn foe(&self) -> &str {
        self.cast.foe.first().map(String::as_str).unwrap_or_default()
    }

    fn foes(&self) -> String {
        let names: Vec<_> = self.cast.foe.iter().map(|foe| sprites::plural(foe)).collect();
        names.join(" and ")
    }

    /// How the prompt was understood, in one line.
    pub fn understood(&self) -> String {
        let head = self.remark.clone().unwrap_or_else(|| self.kind.label().to_owned());
        let mut parts = vec![head, self.theme.to_string()];
        parts.extend(self.report.understood.iter().cloned());
        parts.extend(self.own_texts.describe());
        parts.extend(self.language.map(|language| format!("read as {language:?}")));
        parts.join(" · ") + &self.report.shortfalls()
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + chars.as_str())
        .unwrap_or_default()
}
