//! The themes of games: look, sound and cast.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::Deserialize;

/// The theme of a composed game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum GameTheme {
    #[default]
    Spooky,
    Arcade,
    Neon,
    Space,
    Ocean,
    Forest,
    Candy,
    Winter,
}

impl GameTheme {
    /// All themes, in display order.
    pub const ALL: [Self; 8] = [
        Self::Spooky,
        Self::Arcade,
        Self::Neon,
        Self::Space,
        Self::Ocean,
        Self::Forest,
        Self::Candy,
        Self::Winter,
    ];

    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spooky => "spooky",
            Self::Arcade => "arcade",
            Self::Neon => "neon",
            Self::Space => "space",
            Self::Ocean => "ocean",
            Self::Forest => "forest",
            Self::Candy => "candy",
            Self::Winter => "winter",
        }
    }

    /// Its words, colours and cast.
    pub(super) fn data(self) -> &'static ThemeData {
        TABLE.theme.iter().find(|data| data.name == self.name()).unwrap_or(&EMPTY_THEME)
    }

    /// Its scenery.
    pub(super) fn script(self) -> &'static str {
        match self {
            Self::Spooky => include_str!("../../assets/composer/themes/spooky.js"),
            Self::Arcade => include_str!("../../assets/composer/themes/arcade.js"),
            Self::Neon => include_str!("../../assets/composer/themes/neon.js"),
            Self::Space => include_str!("../../assets/composer/themes/space.js"),
            Self::Ocean => include_str!("../../assets/composer/themes/ocean.js"),
            Self::Forest => include_str!("../../assets/composer/themes/forest.js"),
            Self::Candy => include_str!("../../assets/composer/themes/candy.js"),
            Self::Winter => include_str!("../../assets/composer/themes/winter.js"),
        }
    }
}

impl fmt::Display for GameTheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no theme of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no theme of that name; known themes: {}", known_themes())]
pub struct UnknownThemeError;

fn known_themes() -> String {
    GameTheme::ALL.map(GameTheme::name).join(", ")
}

impl FromStr for GameTheme {
    type Err = UnknownThemeError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let name = name.trim().to_lowercase();
        Self::ALL.into_iter().find(|theme| theme.name() == name).ok_or(UnknownThemeError)
    }
}

/// The data of a theme, from `assets/composer/words/themes.toml`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ThemeData {
    name: String,
    pub words: Vec<String>,
    pub places: Vec<String>,
    pub colours: BTreeMap<String, String>,
    /// Six colours for multi-coloured things such as bricks.
    pub bricks: Vec<String>,
    /// Sprites for cards besides the cast.
    pub deck: Vec<String>,
    /// The words of the typing game.
    pub typed: String,
    pub voice: Voice,
    pub cast: Cast,
}

/// The waveforms and the pitch of its sounds.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Voice {
    pub soft: String,
    pub lead: String,
    pub harsh: String,
    pub pitch: f64,
}

/// The sprite of each role, by name.
#[derive(Debug, Default, Clone, Deserialize)]
pub(super) struct Cast {
    /// One or more, in the order they appear.
    pub foe: Vec<String>,
    pub food: String,
    pub treat: String,
    pub hero: String,
    pub ball: String,
    /// The sprite that holds a power.
    pub gift: String,
    /// The sprite of obstacles.
    pub stone: String,
}

#[derive(Debug, Default, Deserialize)]
struct ThemeTable {
    theme: Vec<ThemeData>,
}

static TABLE: LazyLock<ThemeTable> = LazyLock::new(|| {
    // A test ensures that it parses.
    toml::from_str(include_str!("../../assets/composer/words/themes.toml")).unwrap_or_default()
});

/// A placeholder for an empty table, which only a broken build has.
static EMPTY_THEME: LazyLock<ThemeData> = LazyLock::new(ThemeData::default);

#[cfg(test)]
mod tests {
    use super::super::sprites;
    use super::*;

    #[test]
    fn a_theme_is_found_by_its_name_and_a_mistake_is_told_what_there_is() {
        for theme in GameTheme::ALL {
            assert_eq!(theme.to_string().parse(), Ok(theme));
        }
        let mistake = "Spoky".parse::<GameTheme>().expect_err("no such theme");
        let message = "there is no theme of that name; known themes: spooky, arcade, neon, space, \
                    ocean, forest, candy, winter";
        assert_eq!(mistake.to_string(), message);
    }

    #[test]
    fn every_theme_has_its_colours_a_scenery_and_a_cast_that_can_be_drawn() {
        for theme in GameTheme::ALL {
            let data = theme.data();
            assert_eq!((data.colours.len(), data.bricks.len()), (12, 6), "{theme}");
            assert!(theme.script().contains("function paintScenery(w, h)"), "{theme}");
            let Cast { foe, food, treat, hero, ball, gift, stone } = &data.cast;
            let parts = [food, treat, hero, ball, gift, stone];
            let mut cast: Vec<_> = foe.iter().chain(parts).chain(&data.deck).collect();
            for name in &cast {
                assert!(!sprites::sprite_sources(&[name.as_str()]).is_empty(), "{theme}: {name}");
            }
            cast.sort();
            cast.dedup();
            assert!(cast.len() >= 11, "{theme}: a deck needs different cards");
        }
    }
}
