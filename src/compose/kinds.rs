//! The kinds of game: words, titles, stories and scripts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// A kind of game, from `assets/composer/words/kinds.toml`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct GameKind {
    pub name: String,
    label: Option<String>,
    pub words: Vec<String>,
    pub hints: Vec<String>,
    pub titles: BTreeMap<String, String>,
    /// The options that have an effect in this kind.
    pub takes: Vec<String>,
    pub foes: u32,
    pub foes_when_named: u32,
    pub story: BTreeMap<String, String>,
    pub story_wrap: String,
    pub controls: Vec<(String, String)>,
    /// The controls for two players.
    #[serde(default)]
    pub controls_for_two: Vec<(String, String)>,
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

    /// The kind's script.
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
