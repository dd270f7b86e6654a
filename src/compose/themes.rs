//! The themes: what a game looks and sounds like, and who can appear in it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::Deserialize;

/// What a composed game looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    #[default]
    Spooky,
}

impl Theme {
    /// Every theme there is, in the order they are offered.
    pub const ALL: [Self; 1] = [Self::Spooky];

    pub fn name(self) -> &'static str {
        match self {
            Self::Spooky => "spooky",
        }
    }

    /// Its words and colours.
    pub(super) fn look(self) -> &'static Look {
        match self {
            Self::Spooky => &SPOOKY,
        }
    }

    /// Its scenery and sounds, with a gap for the sprites that a game needs.
    pub(super) fn script(self) -> &'static str {
        match self {
            Self::Spooky => include_str!("../../assets/composer/themes/spooky.js"),
        }
    }

    /// The source of its sprites of these names.
    pub(super) fn sprites(self, names: &[&str]) -> String {
        let all = match self {
            Self::Spooky => include_str!("../../assets/composer/themes/spooky-sprites.js"),
        };
        let wanted = |sprite: &&str| names.contains(&sprite_name(sprite));
        all.split_inclusive(SPRITE_END).filter(wanted).collect()
    }
}

/// How each sprite ends in its file: the only such line in it.
const SPRITE_END: &str = "\n  },\n";

fn sprite_name(sprite: &str) -> &str {
    sprite.split('(').next().unwrap_or_default().trim()
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A theme that does not exist was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no theme of that name; known themes: {}", known())]
pub struct UnknownTheme;

fn known() -> String {
    Theme::ALL.map(Theme::name).join(", ")
}

impl FromStr for Theme {
    type Err = UnknownTheme;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let name = name.trim().to_lowercase();
        Self::ALL.into_iter().find(|theme| theme.name() == name).ok_or(UnknownTheme)
    }
}

/// The part of a theme that is data.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Look {
    pub words: Vec<String>,
    pub places: Vec<String>,
    pub colours: BTreeMap<String, String>,
    pub cast: Cast,
    pub thing: Vec<Thing>,
}

/// Who plays which part, by the names of sprites.
#[derive(Debug, Default, Clone, Deserialize)]
pub(super) struct Cast {
    /// One or more, in the order they appear.
    pub foe: Vec<String>,
    pub food: String,
    pub treat: String,
    pub hero: String,
    pub ball: String,
}

/// Something that can be drawn.
#[derive(Debug, Deserialize)]
pub(super) struct Thing {
    pub name: String,
    #[serde(rename = "is")]
    pub part: Part,
    pub words: Vec<String>,
    plural: Option<String>,
}

/// What something is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Part {
    Foe,
    Food,
    Hero,
    Ball,
}

impl Part {
    /// What the table of kinds calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Foe => "foe",
            Self::Food => "food",
            Self::Hero => "hero",
            Self::Ball => "ball",
        }
    }
}

impl Look {
    /// More than one of these, in words.
    pub fn plural(&self, name: &str) -> String {
        let thing = self.thing.iter().find(|thing| thing.name == name);
        match thing.and_then(|thing| thing.plural.clone()) {
            Some(plural) => plural,
            None if name.ends_with("ch") => format!("{name}es"),
            None => format!("{name}s"),
        }
    }
}

static SPOOKY: LazyLock<Look> = LazyLock::new(|| {
    // That it parses is a test's business; a build that fails it is not shipped.
    toml::from_str(include_str!("../../assets/composer/words/spooky.toml")).unwrap_or_default()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_is_found_by_its_name_and_a_mistake_is_told_what_there_is() {
        for theme in Theme::ALL {
            assert_eq!(theme.to_string().parse(), Ok(theme));
        }
        let mistake = "Spoky".parse::<Theme>().expect_err("no such theme");
        assert_eq!(mistake.to_string(), "there is no theme of that name; known themes: spooky");
    }

    #[test]
    fn everything_that_has_a_name_can_be_drawn() {
        for theme in Theme::ALL {
            let look = theme.look();
            assert!(look.thing.len() > 10 && look.colours.len() == 7);
            let Cast { foe, food, treat, hero, ball } = &look.cast;
            let things = look.thing.iter().map(|thing| &thing.name);
            for name in things.chain(foe).chain([food, treat, hero, ball]) {
                let sprite = theme.sprites(&[name.as_str()]);
                assert!(sprite.starts_with(&format!("  {name}(")), "{name} has no sprite");
                assert!(sprite.ends_with(SPRITE_END));
            }
        }
    }
}
