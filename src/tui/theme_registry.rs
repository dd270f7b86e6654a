//! The themes, and which one is active: the chosen one, or one that fits game and terminal.

use super::theme::{ColorDepth, ScreenTheme};
use crate::app::picker::{PickerItem, PickerValue};
use crate::compose;
use crate::config::{Setting, UserThemes};
use crate::untrusted::Untrusted;

/// The built-in themes, the default first.
pub const BUILT_IN: [(&str, &str); 5] = [
    ("spooky", include_str!("../../assets/themes/spooky.toml")),
    ("arcade", include_str!("../../assets/themes/arcade.toml")),
    ("neon", include_str!("../../assets/themes/neon.toml")),
    ("paper", include_str!("../../assets/themes/paper.toml")),
    ("mono", include_str!("../../assets/themes/mono.toml")),
];

/// The name of the default theme.
const DEFAULT: &str = "spooky";
/// The name that selects a theme automatically.
const AUTO: &str = "auto";

/// Whether the terminal's background is light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Background {
    /// Also if unknown.
    #[default]
    Dark,
    Light,
}

/// All themes, and the chosen one.
#[derive(Debug, Clone)]
pub struct ThemeRegistry {
    /// The user's themes by name: the validated text, or why it is invalid.
    user_themes: Vec<(String, Result<String, String>)>,
    chosen: String,
    game: compose::GameTheme,
    background: Background,
    depth: ColorDepth,
}

/// The theme that fits a game, at this colour depth.
pub fn load(game: compose::GameTheme, depth: ColorDepth) -> ScreenTheme {
    let themes = ThemeRegistry::new(game, depth);
    themes.theme(themes.active())
}

impl ThemeRegistry {
    /// The built-in themes, with the automatic choice.
    pub fn new(game: compose::GameTheme, depth: ColorDepth) -> Self {
        Self {
            user_themes: Vec::new(),
            chosen: AUTO.to_owned(),
            game,
            background: Background::default(),
            depth,
        }
    }

    /// Adds the user's themes and chooses one.
    ///
    /// # Errors
    /// One sentence if the chosen theme does not exist or is invalid.
    pub fn open(
        asked: &Setting<String>,
        own: &UserThemes,
        game: compose::GameTheme,
        depth: ColorDepth,
    ) -> Result<Self, String> {
        let mut themes = Self::new(game, depth);
        let read = |name: &str| {
            let text = own.read_theme(name).map_err(|why| why.to_string())?;
            let checked = ScreenTheme::parse(name, &text, depth);
            checked.map(|_| text).map_err(|why| {
                format!("the theme {} is invalid: {why}", Untrusted::new(name).headline(80))
            })
        };
        // Built-in themes come first: a file with the same name is selected by its path.
        let names = own.names().into_iter().filter(|name| !is_built_in(name));
        themes.user_themes = names.map(|name| (name.clone(), read(&name))).collect();
        let name = asked.value.as_str();
        name.clone_into(&mut themes.chosen);
        if !is_built_in(name) {
            let text = read(name).map_err(|why| {
                let known: Vec<_> = BUILT_IN.iter().map(|(name, _)| *name).collect();
                let known = known.join(", ");
                format!("screen_theme ({}): {why}; built-in themes: {known}", asked.origin)
            })?;
            themes.user_themes.retain(|(known, _)| known != name);
            themes.user_themes.push((name.to_owned(), Ok(text)));
        }
        Ok(themes)
    }

    /// Sets whether the terminal is light or dark, for the theme `auto`.
    pub fn set_background(&mut self, background: Background) {
        self.background = background;
    }

    /// Chooses a theme. Returns whether it exists.
    pub fn choose(&mut self, name: &str) -> bool {
        let is_there = name == AUTO || self.text(name).is_some();
        if is_there {
            name.clone_into(&mut self.chosen);
        }
        is_there
    }

    /// The name of the active theme.
    pub fn active(&self) -> &str {
        self.resolve(&self.chosen)
    }

    /// Resolves a name: the automatic choice, the theme of that name, or the default.
    pub fn resolve<'w>(&'w self, name: &'w str) -> &'w str {
        match name {
            AUTO => self.auto_theme(),
            _ if self.text(name).is_some() => name,
            _ => DEFAULT,
        }
    }

    /// The theme of this name, or else the default.
    pub fn theme(&self, name: &str) -> ScreenTheme {
        let text = self.text(name).and_then(|text| ScreenTheme::parse(name, text, self.depth).ok());
        text.unwrap_or_else(|| {
            let (name, text) = BUILT_IN[0];
            ScreenTheme::parse(name, text, self.depth).expect("a test reads every built-in theme")
        })
    }

    fn text(&self, name: &str) -> Option<&str> {
        let own = self.user_themes.iter().find(|(known, _)| known == name);
        let own = own.and_then(|(_, text)| text.as_deref().ok());
        let built_in = BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        built_in.or(own)
    }

    /// The theme for a light terminal, or else the one named like the game's, or else the default.
    fn auto_theme(&self) -> &'static str {
        let wanted = match self.background {
            Background::Light => "paper",
            Background::Dark => self.game.name(),
        };
        BUILT_IN.iter().map(|(name, _)| *name).find(|name| *name == wanted).unwrap_or(DEFAULT)
    }

    /// All choices, for a list.
    pub fn items(&self) -> Vec<PickerItem> {
        let item = |name: &str, detail: String| PickerItem {
            label: name.to_owned(),
            detail: if name == self.chosen { format!("{detail} · selected") } else { detail },
            value: PickerValue::Theme(name.to_owned()),
        };
        let auto = item(AUTO, format!("matches game and terminal: now {}", self.auto_theme()));
        let built_in = BUILT_IN.iter().map(|(name, text)| item(name, theme_summary(text)));
        let own = self.user_themes.iter().map(|(name, text)| match text {
            Ok(_) => item(name, "your own".to_owned()),
            Err(why) => item(name, why.clone()),
        });
        std::iter::once(auto).chain(built_in).chain(own).collect()
    }
}

fn is_built_in(name: &str) -> bool {
    name == AUTO || BUILT_IN.iter().any(|(known, _)| *known == name)
}

/// The first sentence of the comment that opens a theme file.
fn theme_summary(text: &str) -> String {
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
        let mut themes = ThemeRegistry::new(Game::Neon, ColorDepth::True);
        assert_eq!(themes.active(), "neon");
        themes.set_background(Background::Light);
        assert_eq!(themes.active(), "paper");
        assert!(themes.choose("mono") && !themes.choose("no such theme"));
        assert_eq!(themes.theme(themes.active()).name, "mono");
        assert_eq!(ThemeRegistry::new(Game::Ocean, ColorDepth::True).active(), "spooky");
        assert_eq!(themes.resolve("no such theme"), "spooky");
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
            ThemeRegistry::open(&asked, &UserThemes::default(), Game::Spooky, ColorDepth::True)
        };
        let themes = open(&path).unwrap();
        assert_eq!(themes.active(), path.to_str().unwrap());
        assert!(themes.items().last().unwrap().detail.contains("your own · selected"));
        let why = open(&broken).unwrap_err();
        assert!(why.starts_with("screen_theme (--screen-theme): ") && why.contains("is invalid"));
    }

    #[test]
    fn every_theme_says_what_it_is() {
        for item in ThemeRegistry::new(Game::Spooky, ColorDepth::True).items() {
            assert!(item.detail.len() > 10, "{item:?}");
        }
    }
}
