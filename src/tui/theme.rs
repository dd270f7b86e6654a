//! Colours by role. The code names roles; only the theme files name colours.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::untrusted::sanitize;

/// The role of a piece of text.
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
    Code(TokenKind),
}

/// The kind of a token of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
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
pub struct ScreenTheme {
    pub name: String,
    palette: ThemeColors,
    depth: ColorDepth,
}

/// The number of colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorDepth {
    None,
    /// The names that every terminal knows.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    True,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeColors {
    ground: RgbColor,
    text: RgbColor,
    faint: RgbColor,
    border: RgbColor,
    focus: RgbColor,
    title: RgbColor,
    good: RgbColor,
    wait: RgbColor,
    bad: RgbColor,
    tag: RgbColor,
    name: RgbColor,
    string: RgbColor,
    number: RgbColor,
    keyword: RgbColor,
    function: RgbColor,
    comment: RgbColor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct RgbColor(u8, u8, u8);

impl TryFrom<String> for RgbColor {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let number = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, r, g, b] = number.ok_or_else(|| format!("`{text}` is not #rrggbb"))?.to_be_bytes();
        Ok(Self(r, g, b))
    }
}

impl ColorDepth {
    /// The depth according to `NO_COLOR` (no-color.org), `COLORTERM` and `TERM`.
    pub fn from_env<'a>(env: impl Fn(&str) -> Option<&'a str>) -> Self {
        let env_of = |name| env(name).filter(|value| !value.is_empty());
        if env_of("NO_COLOR").is_some() {
            return Self::None;
        }
        let term = env_of("TERM").unwrap_or("xterm-256color");
        // GNU screen forwards a COLORTERM that it does not support.
        let is_narrow = term.starts_with("screen") && env_of("TMUX").is_none();
        let is_full = matches!(env_of("COLORTERM"), Some("truecolor" | "24bit"))
            || TRUE_COLOR_TERMS.iter().any(|name| term.contains(name));
        if is_full && !is_narrow {
            return Self::True;
        }
        match term {
            _ if term.contains("256color") => Self::Indexed,
            "dumb" | "vt52" | "vt100" | "vt102" | "vt220" => Self::None,
            _ => Self::Sixteen,
        }
    }
}

/// Terminals with full colour, also without `COLORTERM`, as over SSH.
const TRUE_COLOR_TERMS: [&str; 7] =
    ["-direct", "kitty", "ghostty", "alacritty", "foot", "wezterm", "contour"];

impl ScreenTheme {
    /// Parses a theme file.
    ///
    /// # Errors
    /// One sentence if the text is no theme.
    pub fn parse(name: &str, text: &str, depth: ColorDepth) -> Result<Self, String> {
        let palette = toml::from_str(text)
            .map_err(|e| sanitize(&e.message().replace('\n', " ")).into_owned())?;
        Ok(Self { name: name.to_owned(), palette, depth })
    }

    /// The style of a role at this depth of colour.
    pub fn style(&self, role: Role) -> Style {
        let style = match self.depth {
            ColorDepth::None => Style::new(),
            ColorDepth::Sixteen | ColorDepth::Indexed | ColorDepth::True => {
                Style::new().fg(self.color(self.rgb(role))).bg(self.color(self.palette.ground))
            }
        };
        match role {
            Role::Title | Role::Focus => style.add_modifier(Modifier::BOLD),
            Role::Faint if self.depth == ColorDepth::None => style.add_modifier(Modifier::DIM),
            Role::Bad if self.depth == ColorDepth::None => style.add_modifier(Modifier::BOLD),
            _ => style,
        }
    }

    /// The depth of colour that it is drawn with.
    pub fn depth(&self) -> ColorDepth {
        self.depth
    }

    /// A picture's colour, reduced to what the terminal can show.
    pub fn terminal_color(&self, r: u8, g: u8, b: u8) -> Color {
        self.color(RgbColor(r, g, b))
    }

    fn rgb(&self, role: Role) -> RgbColor {
        let palette = &self.palette;
        match role {
            Role::Text | Role::Code(TokenKind::Plain) => palette.text,
            Role::Faint => palette.faint,
            Role::Border => palette.border,
            Role::Focus => palette.focus,
            Role::Title => palette.title,
            Role::Good => palette.good,
            Role::Wait => palette.wait,
            Role::Bad => palette.bad,
            Role::Code(TokenKind::Tag) => palette.tag,
            Role::Code(TokenKind::Name) => palette.name,
            Role::Code(TokenKind::String) => palette.string,
            Role::Code(TokenKind::Number) => palette.number,
            Role::Code(TokenKind::Keyword) => palette.keyword,
            Role::Code(TokenKind::Function) => palette.function,
            Role::Code(TokenKind::Comment) => palette.comment,
        }
    }

    fn color(&self, colour @ RgbColor(r, g, b): RgbColor) -> Color {
        match self.depth {
            ColorDepth::True => Color::Rgb(r, g, b),
            ColorDepth::Indexed => Color::Indexed(nearest_indexed(r, g, b)),
            ColorDepth::Sixteen | ColorDepth::None => nearest_named(colour, self.palette.ground),
        }
    }
}

/// Colours that are readable on black, and on white, however a terminal renders its sixteen names;
/// each with the colour it stands for.
const ON_BLACK: [(Color, RgbColor); 7] = [
    (Color::White, RgbColor(255, 255, 255)),
    (Color::Gray, RgbColor(190, 190, 190)),
    (Color::LightRed, RgbColor(255, 85, 85)),
    (Color::LightGreen, RgbColor(85, 255, 85)),
    (Color::LightYellow, RgbColor(255, 255, 85)),
    (Color::LightMagenta, RgbColor(255, 85, 255)),
    (Color::LightCyan, RgbColor(85, 255, 255)),
];
const ON_WHITE: [(Color, RgbColor); 4] = [
    (Color::Black, RgbColor(0, 0, 0)),
    (Color::Red, RgbColor(180, 0, 0)),
    (Color::Blue, RgbColor(0, 0, 200)),
    (Color::Magenta, RgbColor(180, 0, 180)),
];

/// The nearest named colour that is readable on the background.
fn nearest_named(colour: RgbColor, ground: RgbColor) -> Color {
    let is_light = is_light(ground.0, ground.1, ground.2);
    if colour == ground {
        return if is_light { Color::White } else { Color::Black };
    }
    // Greys stay grey: the nearest name of a dim one would be a colour.
    let names: &[_] = if is_light {
        if spread(colour) < 40 { &ON_WHITE[..1] } else { &ON_WHITE }
    } else if spread(colour) < 40 {
        &ON_BLACK[..2]
    } else {
        &ON_BLACK[2..]
    };
    let away = |known: &&(Color, RgbColor)| {
        let squared = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        let RgbColor(r, g, b) = known.1;
        squared(r, colour.0) + squared(g, colour.1) + squared(b, colour.2)
    };
    names.iter().min_by_key(away).map_or(Color::Reset, |(name, _)| *name)
}

fn spread(RgbColor(r, g, b): RgbColor) -> u8 {
    r.max(g).max(b) - r.min(g).min(b)
}

/// Whether the colour is light, so that dark text is readable on it.
pub fn is_light(r: u8, g: u8, b: u8) -> bool {
    2 * u32::from(r) + 5 * u32::from(g) + u32::from(b) > 8 * 128
}

/// The nearest colour of xterm's 6×6×6 cube and its grey ramp.
fn nearest_indexed(r: u8, g: u8, b: u8) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |value: u8| {
        let (index, _) = STEPS
            .iter()
            .enumerate()
            .min_by_key(|(_, step)| step.abs_diff(value))
            .unwrap_or((0, &0));
        u8::try_from(index).unwrap_or_default()
    };
    let spread = spread(RgbColor(r, g, b));
    let mean = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    if spread < 16 && (8..=238).contains(&mean) {
        return 232 + u8::try_from((mean - 8) / 10).unwrap_or_default();
    }
    16 + 36 * step(r) + 6 * step(g) + step(b)
}

#[cfg(test)]
mod tests;
