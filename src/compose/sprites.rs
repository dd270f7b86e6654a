//! The sprites: their words, usual roles and drawing code.

use std::sync::LazyLock;

use serde::Deserialize;

/// A sprite, usable in any game of any theme.
#[derive(Debug, Deserialize)]
pub(super) struct Sprite {
    pub name: String,
    #[serde(rename = "is")]
    pub role: SpriteRole,
    pub words: Vec<String>,
    plural: Option<String>,
}

/// The role of a sprite in a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SpriteRole {
    Foe,
    Food,
    Hero,
    Ball,
}

impl SpriteRole {
    /// Its name in the table of kinds.
    pub fn name(self) -> &'static str {
        match self {
            Self::Foe => "foe",
            Self::Food => "food",
            Self::Hero => "hero",
            Self::Ball => "ball",
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct SpriteTable {
    thing: Vec<Sprite>,
}

static TABLE: LazyLock<SpriteTable> = LazyLock::new(|| {
    // A test ensures that it parses.
    toml::from_str(include_str!("../../assets/composer/words/things.toml")).unwrap_or_default()
});

/// The files of sprites.
fn sprite_files() -> [&'static str; 12] {
    [
        include_str!("../../assets/composer/sprites/spooky.js"),
        include_str!("../../assets/composer/sprites/arcade.js"),
        include_str!("../../assets/composer/sprites/neon.js"),
        include_str!("../../assets/composer/sprites/space.js"),
        include_str!("../../assets/composer/sprites/ocean.js"),
        include_str!("../../assets/composer/sprites/forest.js"),
        include_str!("../../assets/composer/sprites/candy.js"),
        include_str!("../../assets/composer/sprites/winter.js"),
        // Of no theme: what people ask for.
        include_str!("../../assets/composer/sprites/company.js"),
        include_str!("../../assets/composer/sprites/farm.js"),
        include_str!("../../assets/composer/sprites/larder.js"),
        include_str!("../../assets/composer/sprites/traffic.js"),
    ]
}

/// The end of each sprite in its file, which occurs once in it.
const SPRITE_END: &str = "\n  },\n";

/// All sprites that can be drawn.
pub(super) fn all() -> &'static [Sprite] {
    &TABLE.thing
}

/// The drawing code of the sprites with these names.
pub(super) fn sprite_sources<N: AsRef<str>>(names: &[N]) -> String {
    let all = sprite_files().into_iter().flat_map(|file| file.split_inclusive(SPRITE_END));
    all.filter(|sprite| names.iter().any(|name| name.as_ref() == sprite_name(sprite))).collect()
}

fn sprite_name(sprite: &str) -> &str {
    sprite.split('(').next().unwrap_or_default().trim()
}

/// The plural of a sprite's name.
pub(super) fn plural(name: &str) -> String {
    let sprite = all().iter().find(|sprite| sprite.name == name);
    match sprite.and_then(|sprite| sprite.plural.clone()) {
        Some(plural) => plural,
        None if ["ch", "sh", "x"].iter().any(|end| name.ends_with(end)) => format!("{name}es"),
        None => match name.strip_suffix('y') {
            Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
            _ => format!("{name}s"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_has_a_name_can_be_drawn() {
        assert!(all().len() > 50);
        for known in all() {
            let sprite = sprite_sources(&[known.name.as_str()]);
            assert!(sprite.starts_with(&format!("  {}(", known.name)), "{}", known.name);
            assert_eq!(sprite.matches(SPRITE_END).count(), 1, "{}", known.name);
        }
    }

    #[test]
    fn many_things_have_a_word() {
        let words = ["witch", "candy", "fox", "fish", "snowman"].map(plural);
        assert_eq!(words, ["witches", "candies", "foxes", "fish", "snowmen"]);
    }
}
