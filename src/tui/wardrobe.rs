//! Which theme the screen wears: the chosen one, or the one that suits game and terminal.

use super::theme::{Depth, Theme};
use crate::app::picker::{Item, Value};
use crate::compose;
use crate::config::{Setting, UserThemes};
use crate::untrusted::Untrusted;

/// The themes that are built in, the default first.
pub const BUILT_IN: [(&str, &str); 5] = [
    ("spooky", include_str!("../../assets/themes/spooky.toml")),
    ("arcade", include_str!("../../assets/themes/arcade.toml")),
    ("neon", include_str!("../../assets/themes/neon.toml")),
    ("paper", include_str!("../../assets/themes/paper.toml")),
    ("mono", include_str!("../../assets/themes/mono.toml")),
];

/// The name of the first.
const DEFAULT: &str = "spooky";
/// The name of what chooses by itself.
const AUTO: &str = "auto";

/// What the terminal's own ground is like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ground {
    /// Also where nobody knows.
    #[default]
    Dark,
    Light,
}

/// All themes there are, and which one is chosen.
#[derive(Debug, Clone)]
pub struct Wardrobe {
    /// By name, as text that was found to be a theme; or why it is none.
    own: Vec<(String, Result<String, String>)>,
    chosen: String,
    game: compose::GameTheme,
    ground: Ground,
    depth: Depth,
}

impl Wardrobe {
    /// What is built in, and a theme that suits the game.
    pub fn new(game: compose::GameTheme, depth: Depth) -> Self {
        Self { own: Vec::new(), chosen: AUTO.to_owned(), game, ground: Ground::default(), depth }
    }

    /// With the user's own themes; the one that is asked for has to be there.
    pub fn open(
        asked: &Setting<String>,
        own: &UserThemes,
        game: compose::GameTheme,
        depth: Depth,
    ) -> Result<Self, String> {
        let mut wardrobe = Self::new(game, depth);
        let read = |name: &str| {
            let text = own.read_theme(name)?;
            let checked = Theme::read(name, &text, depth);
            checked.map(|_| text).map_err(|why| {
                format!("the theme {} is broken: {why}", Untrusted::new(name).headline(80))
            })
        };
        // What is built in comes first: a file of the same name is reached by its path.
        let names = own.names().into_iter().filter(|name| !is_known(name));
        wardrobe.own = names.map(|name| (name.clone(), read(&name))).collect();
        let name = asked.value.as_str();
        name.clone_into(&mut wardrobe.chosen);
        if !is_known(name) {
            let text = read(name).map_err(|why| {
                let known: Vec<_> = BUILT_IN.iter().map(|(name, _)| *name).collect();
                let known = known.join(", ");
                format!("screen_theme ({}): {why}; built in are {known}", asked.origin)
            })?;
            wardrobe.own.retain(|(known, _)| known != name);
            wardrobe.own.push((name.to_owned(), Ok(text)));
        }
        Ok(wardrobe)
    }

    pub fn set_ground(&mut self, ground: Ground) {
        self.ground = ground;
    }

    /// Chooses a theme, and says whether there is one of this name.
    pub fn choose(&mut self, name: &str) -> bool {
        let is_there = name == AUTO || self.text(name).is_some();
        if is_there {
            name.clone_into(&mut self.chosen);
        }
        is_there
    }

    /// The name of the theme that is chosen.
    pub fn worn(&self) -> &str {
        self.name(&self.chosen)
    }

    /// The name of the theme that is meant: the default where there is no such one.
    pub fn name<'w>(&'w self, meant: &'w str) -> &'w str {
        match meant {
            AUTO => self.suited(),
            _ if self.text(meant).is_some() => meant,
            _ => DEFAULT,
        }
    }

    /// The theme of this name.
    pub fn theme(&self, name: &str) -> Theme {
        let text = self.text(name).and_then(|text| Theme::read(name, text, self.depth).ok());
        text.unwrap_or_else(|| {
            let (name, text) = BUILT_IN[0];
            Theme::read(name, text, self.depth).expect("a test reads every built-in theme")
        })
    }

    fn text(&self, name: &str) -> Option<&str> {
        let own = self.own.iter().find(|(known, _)| known == name);
        let own = own.and_then(|(_, text)| text.as_deref().ok());
        let built_in = BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        built_in.or(own)
    }

    /// The theme for a light terminal; else the one named like the game's; else the default.
    fn suited(&self) -> &'static str {
        let wanted = match self.ground {
            Ground::Light => "paper",
            Ground::Dark => self.game.name(),
        };
        BUILT_IN.iter().map(|(name, _)| *name).find(|name| *name == wanted).unwrap_or(DEFAULT)
    }

    /// Everything that can be chosen, for a list.
    pub fn items(&self) -> Vec<Item> {
        let item = |name: &str, detail: String| Item {
            label: name.to_owned(),
            detail: if name == self.chosen { format!("{detail} · chosen") } else { detail },
            value: Value::Theme(name.to_owned()),
        };
        let auto = item(AUTO, format!("suits game and terminal: now {}", self.suited()));
        let built_in = BUILT_IN.iter().map(|(name, text)| item(name, about(text)));
        let own = self.own.iter().map(|(name, text)| match text {
            Ok(_) => item(name, "your own".to_owned()),
            Err(why) => item(name, why.clone()),
        });
        std::iter::once(auto).chain(built_in).chain(own).collect()
    }
}

fn is_known(name: &str) -> bool {
    name == AUTO || BUILT_IN.iter().any(|(known, _)| *known == name)
}

/// The first sentence of the comment that a theme opens with.
fn about(text: &str) -> String {
    let comment = text.lines().map_while(|line| line.strip_prefix('#')).map(str::trim);
    let comment = comment.collect::<Vec<_>>().join(" ");
    comment.split('.').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::GameTheme as Game;
    use crate::config::Origin;

    #[test]
    fn by_itself_it_suits_the_game_and_the_terminal() {
        let mut wardrobe = Wardrobe::new(Game::Neon, Depth::True);
        assert_eq!(wardrobe.worn(), "neon");
        wardrobe.set_ground(Ground::Light);
        assert_eq!(wardrobe.worn(), "paper");
        assert!(wardrobe.choose("mono") && !wardrobe.choose("no such theme"));
        assert_eq!(wardrobe.theme(wardrobe.worn()).name, "mono");
        assert_eq!(Wardrobe::new(Game::Ocean, Depth::True).worn(), "spooky");
        assert_eq!(wardrobe.name("no such theme"), "spooky");
    }

    #[test]
    fn own_themes_are_offered_and_a_broken_one_only_matters_when_it_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("moon.toml");
        let (_, spooky) = BUILT_IN[0];
        std::fs::write(&path, spooky.replace("#15111d", "#000000")).unwrap();
        let broken = folder.path().join("bog.toml");
        std::fs::write(&broken, "ground = 1").unwrap();
        let open = |name: &std::path::Path| {
            let value = name.to_str().unwrap().to_owned();
            let asked = Setting { value, origin: Origin::Flag("--screen-theme") };
            Wardrobe::open(&asked, &UserThemes::default(), Game::Spooky, Depth::True)
        };
        let wardrobe = open(&path).unwrap();
        assert_eq!(wardrobe.worn(), path.to_str().unwrap());
        assert!(wardrobe.items().last().unwrap().detail.contains("your own · chosen"));
        let why = open(&broken).unwrap_err();
        assert!(why.starts_with("screen_theme (--screen-theme): ") && why.contains("is broken"));
    }

    #[test]
    fn every_theme_says_what_it_is() {
        for item in Wardrobe::new(Game::Spooky, Depth::True).items() {
            assert!(item.detail.len() > 10, "{item:?}");
        }
    }
}
