//! The kinds of game: their words, their titles and stories, and their script.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// One kind of game, as `assets/composer/words/kinds.toml` describes it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct GameKind {
    pub name: String,
    label: Option<String>,
    pub words: Vec<String>,
    pub hints: Vec<String>,
    pub titles: BTreeMap<String, String>,
    /// The wishes that change something in this kind.
    pub takes: Vec<String>,
    pub foes: u32,
    pub foes_when_named: u32,
    pub story: BTreeMap<String, String>,
    pub story_wrap: String,
    pub controls: Vec<(String, String)>,
    /// The keys of two people.
    #[serde(default)]
    pub controls_for_two: Vec<(String, String)>,
}

/// A kind that people ask for and that is not here.
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
    // That it parses is a test's business; a build that fails it is not shipped.
    toml::from_str(include_str!("../../assets/composer/words/kinds.toml")).unwrap_or_default()
});

/// Every kind, the first one being what is made when nothing else is known.
pub(super) fn all() -> &'static [GameKind] {
    &TABLE.kind
}

pub(super) fn unsupported() -> &'static [UnsupportedKind] {
    &TABLE.elsewhere
}

/// Stands in where the table is empty, which only a broken build can have.
pub(super) static EMPTY_KIND: LazyLock<GameKind> = LazyLock::new(GameKind::default);

impl GameKind {
    /// What to call it in a sentence.
    pub fn label(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.name)
    }

    pub fn takes(&self, wish: &str) -> bool {
        self.takes.iter().any(|known| known == wish)
    }

    /// The part of the page that makes it this kind.
    pub fn script(&self) -> &'static str {
        match self.name.as_str() {
            "dodge" => include_str!("../../assets/composer/kinds/dodge.js"),
            "breakout" => include_str!("../../assets/composer/kinds/breakout.js"),
            "invaders" => include_str!("../../assets/composer/kinds/invaders.js"),
            "maze" => include_str!("../../assets/composer/kinds/maze.js"),
            "blocks" => include_str!("../../assets/composer/kinds/blocks.js"),
            "merge" => include_str!("../../assets/composer/kinds/merge.js"),
            "pairs" => include_str!("../../assets/composer/kinds/pairs.js"),
            "flappy" => include_str!("../../assets/composer/kinds/flappy.js"),
            "mines" => include_str!("../../assets/composer/kinds/mines.js"),
            "whack" => include_str!("../../assets/composer/kinds/whack.js"),
            "pong" => include_str!("../../assets/composer/kinds/pong.js"),
            "asteroids" => include_str!("../../assets/composer/kinds/asteroids.js"),
            "platformer" => include_str!("../../assets/composer/kinds/platformer.js"),
            "typing" => include_str!("../../assets/composer/kinds/typing.js"),
            "towers" => include_str!("../../assets/composer/kinds/towers.js"),
            "runner" => include_str!("../../assets/composer/kinds/runner.js"),
            _ => include_str!("../../assets/composer/kinds/snake.js"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_script_and_every_nearest_kind_exists() {
        let mut scripts: Vec<_> = all().iter().map(GameKind::script).collect();
        scripts.sort_unstable();
        scripts.dedup();
        assert_eq!((all().len(), scripts.len()), (17, 17));
        assert!(unsupported().len() > 10);
        for other in unsupported() {
            assert!(all().iter().any(|kind| kind.name == other.near), "{}", other.name);
        }
    }

    #[test]
    fn every_kind_can_tell_each_of_its_stories() {
        for kind in all() {
            for rule in ["plain", "hurt", "chase", "steal"] {
                assert!(kind.story.contains_key(rule), "{} has no story for {rule}", kind.name);
            }
            assert!(kind.titles.contains_key("foe") && kind.titles.contains_key("plain"));
        }
    }
}
