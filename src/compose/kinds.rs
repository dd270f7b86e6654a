//! The kinds of game: words, titles, stories and scripts.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use include_dir::{Dir, File, include_dir};
use serde::Deserialize;

/// The scripts of all kinds, each a file of its own.
static SCRIPTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/composer/kinds");

/// A kind of game, from `assets/composer/words/kinds.toml`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct GameKind {
    pub name: String,
    label: Option<String>,
    /// The file of its script, without `.js`. `None` if it is called as the kind is.
    script: Option<String>,
    pub words: Vec<String>,
    pub hints: Vec<String>,
    pub titles: BTreeMap<String, String>,
    /// The parts of the engine that it needs besides, as the marks in the scripts call them.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The options that have an effect in this kind.
    pub takes: Vec<String>,
    #[serde(flatten)]
    pub foes: FoeCounts,
    story: BTreeMap<String, String>,
    /// Whether it suits a prompt that names no kind: somebody moves about among others.
    #[serde(default)]
    pub suits_any: bool,
    #[serde(flatten)]
    pub controls: KindControls,
}

/// How many foes a game begins with.
#[derive(Debug, Default, Deserialize)]
pub(super) struct FoeCounts {
    #[serde(rename = "foes")]
    pub usual: u32,
    /// Where the prompt names them.
    #[serde(rename = "foes_when_named")]
    pub named: u32,
}

/// The lines about keys and fingers: which, and what they do.
#[derive(Debug, Default, Deserialize)]
pub(super) struct KindControls {
    #[serde(rename = "controls")]
    pub alone: Vec<(String, String)>,
    /// The lines of a game for two, where they are others.
    #[serde(default, rename = "controls_for_two")]
    pub two: Vec<(String, String)>,
}

/// A common kind that is not supported, with the nearest supported one.
#[derive(Debug, Deserialize)]
pub(super) struct UnsupportedKind {
    pub name: String,
    pub near: String,
    pub words: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct KindTable {
    kind: Vec<GameKind>,
    elsewhere: Vec<UnsupportedKind>,
}

static TABLE: LazyLock<KindTable> = LazyLock::new(|| {
    // A test ensures that it parses.
    toml::from_str(include_str!("../../assets/composer/words/kinds.toml")).unwrap_or_default()
});

/// All kinds; the first one is the default.
pub(super) fn all() -> &'static [GameKind] {
    &TABLE.kind
}

/// The kinds that a prompt may name and the composer cannot make.
pub(super) fn unsupported() -> &'static [UnsupportedKind] {
    &TABLE.elsewhere
}

/// A placeholder for an empty table, which only a broken build has.
pub(super) static EMPTY_KIND: LazyLock<GameKind> = LazyLock::new(GameKind::default);

impl GameKind {
    /// Its name in a sentence.
    pub fn label(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.name)
    }

    /// Whether an option or a role has an effect in this kind.
    pub fn takes(&self, option: &str) -> bool {
        self.takes.iter().any(|known| known == option)
    }

    /// How many of something it can have, which it `takes` as "mines 1-99". `None`: none, or as many as
    /// it likes.
    pub fn range_of(&self, noun: &str) -> Option<RangeInclusive<u32>> {
        let mut ranges =
            self.takes.iter().filter_map(|it| it.strip_prefix(noun)?.strip_prefix(' '));
        let (least, most) = ranges.find_map(|range| range.split_once('-'))?;
        Some(least.parse().ok()?..=most.parse().ok()?)
    }

    /// Its script. Empty only in a broken build, which a test would tell.
    pub fn script(&self) -> &'static str {
        let name = self.script.as_deref().unwrap_or(&self.name);
        let file = SCRIPTS.get_file(format!("{name}.js"));
        file.and_then(File::contents_utf8).unwrap_or_default()
    }

    /// What is to be done, and how one loses, under this rule: `hurt`, `chase`, `steal`, `friend` or
    /// `plain`, which is told where a rule changes nothing.
    pub fn story(&self, rule: &str) -> &str {
        self.story.get(rule).or_else(|| self.story.get("plain")).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_a_script_and_every_nearest_kind_exists() {
        for kind in all() {
            let (name, script) = (&kind.name, kind.script());
            assert!(script.contains("function setUp()"), "{name} has no script");
        }
        let names = all().iter().map(|kind| kind.script.as_ref().unwrap_or(&kind.name));
        let used: BTreeSet<_> = names.map(|name| format!("{name}.js")).collect();
        let files: BTreeSet<_> =
            SCRIPTS.files().map(|file| file.path().display().to_string()).collect();
        assert_eq!(used, files, "each script belongs to a kind");
        assert!(unsupported().len() > 10);
        for other in unsupported() {
            assert!(all().iter().any(|kind| kind.name == other.near), "{}", other.name);
        }
    }

    #[test]
    fn every_kind_can_tell_its_stories_and_has_its_titles() {
        for kind in all() {
            for rule in ["plain", "hurt", "chase", "steal"] {
                assert!(!kind.story(rule).is_empty(), "{} has no story for {rule}", kind.name);
            }
            assert_eq!(kind.takes("players"), kind.story.contains_key("friend"), "{}", kind.name);
            assert!(kind.titles.contains_key("foe") && kind.titles.contains_key("plain"));
        }
    }
}
