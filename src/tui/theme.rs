//! Colours by role. The code names roles; only the theme files name colours.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::compose;

/// What a piece of text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Text,
    Faint,
    Border,
    Focus,
    Title,
    Good,
    Wait,
    Bad,
    Code(Code),
}

/// What a piece of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    Plain,
    Tag,
    Name,
    String,
    Number,
    Keyword,
    Function,
    Comment,
}

/// A style for each role.
#[derive(Debug, Clone)]
pub struct Theme {
    pub name: String,
    palette: Palette,
    depth: Depth,
}

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    None,
    /// The 256 of xterm.
    Indexed,
    True,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Palette {
    ground: Rgb,
    text: Rgb,
    faint: Rgb,
    border: Rgb,
    focus: Rgb,
    title: Rgb,
    good: Rgb,
    wait: Rgb,
    bad: Rgb,
    tag: Rgb,
    name: Rgb,
    string: Rgb,
    number: Rgb,
    keyword: Rgb,
    function: Rgb,
    comment: Rgb,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Rgb(u8, u8, u8);

impl TryFrom<String> for Rgb {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let number = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, r, g, b] = number.ok_or_else(|| format!("`{text}` is not #rrggbb"))?.to_be_bytes();
        Ok(Self(r, g, b))
    }
}

/// The screen's side of a game's theme.
pub fn load(theme: compose::Theme, depth: Depth) -> Theme {
    // One screen suits every game; a screen of a theme's own would go here.
    let text = include_str!("../../assets/themes/spooky.toml");
    let palette = toml::from_str(text).expect("a test reads every theme that is built in");
    Theme { name: theme.to_string(), palette, depth }
}

impl Depth {
    /// What the environment says: `NO_COLOR` (no-color.org) and `COLORTERM`.
    pub fn of(no_color: Option<&str>, colorterm: Option<&str>) -> Self {
        if no_color.is_some_and(|value| !value.is_empty()) {
            return Self::None;
        }
        let full = matches!(colorterm, Some("truecolor" | "24bit"));
        if full { Self::True } else { Self::Indexed }
    }
}

impl Theme {
    pub fn style(&self, role: Role) -> Style {
        let style = match self.depth {
            Depth::None => Style::new(),
            Depth::Indexed | Depth::True => {
                Style::new().fg(self.color(self.rgb(role))).bg(self.color(self.palette.ground))
            }
        };
        match role {
            Role::Title | Role::Focus => style.add_modifier(Modifier::BOLD),
            Role::Faint if self.depth == Depth::None => style.add_modifier(Modifier::DIM),
            Role::Bad if self.depth == Depth::None => style.add_modifier(Modifier::BOLD),
            _ => style,
        }
    }

    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// A colour of a picture, as the terminal can show it.
    pub fn seen(&self, r: u8, g: u8, b: u8) -> Color {
        self.color(Rgb(r, g, b))
    }

    fn rgb(&self, role: Role) -> Rgb {
        let palette = &self.palette;
        match role {
            Role::Text | Role::Code(Code::Plain) => palette.text,
            Role::Faint => palette.faint,
            Role::Border => palette.border,
            Role::Focus => palette.focus,
            Role::Title => palette.title,
            Role::Good => palette.good,
            Role::Wait => palette.wait,
            Role::Bad => palette.bad,
            Role::Code(Code::Tag) => palette.tag,
            Role::Code(Code::Name) => palette.name,
            Role::Code(Code::String) => palette.string,
            Role::Code(Code::Number) => palette.number,
            Role::Code(Code::Keyword) => palette.keyword,
            Role::Code(Code::Function) => palette.function,
            Role::Code(Code::Comment) => palette.comment,
        }
    }

    fn color(&self, Rgb(r, g, b): Rgb) -> Color {
        if self.depth == Depth::True {
            Color::Rgb(r, g, b)
        } else {
            Color::Indexed(nearest(r, g, b))
        }
    }
}

/// The nearest of xterm's 6×6×6 cube and its grey ramp.
fn nearest(r: u8, g: u8, b: u8) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |value: u8| {
        let (index, _) = STEPS
            .iter()
            .enumerate()
            .min_by_key(|(_, step)| step.abs_diff(value))
            .unwrap_or((0, &0));
        u8::try_from(index).unwrap_or_default()
    };
    let spread = r.max(g).max(b) - r.min(g).min(b);
    let mean = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    if spread < 16 && (8..=238).contains(&mean) {
        return 232 + u8::try_from((mean - 8) / 10).unwrap_or_default();
    }
    16 + 36 * step(r) + 6 * step(g) + step(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [Role; 14] = [
        Role::Text,
        Role::Faint,
        Role::Focus,
        Role::Title,
        Role::Good,
        Role::Wait,
        Role::Bad,
        Role::Code(Code::Tag),
        Role::Code(Code::Name),
        Role::Code(Code::String),
        Role::Code(Code::Number),
        Role::Code(Code::Keyword),
        Role::Code(Code::Function),
        Role::Code(Code::Comment),
    ];

    /// WCAG 2.2, relative luminance.
    fn luminance(Rgb(r, g, b): Rgb) -> f64 {
        let linear = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    #[test]
    fn every_text_can_be_read_on_its_ground() {
        let theme = load(compose::Theme::Spooky, Depth::True);
        let ground = luminance(theme.palette.ground);
        for role in TEXTS {
            let contrast = (luminance(theme.rgb(role)) + 0.05) / (ground + 0.05);
            assert!(contrast >= 4.5, "{role:?} has a contrast of {contrast:.1}");
        }
    }

    #[test]
    fn no_color_means_no_colour() {
        let theme = load(compose::Theme::Spooky, Depth::of(Some("1"), Some("truecolor")));
        assert_eq!(theme.style(Role::Text), Style::new());
        assert_eq!(Depth::of(Some(""), None), Depth::Indexed);
    }
}
