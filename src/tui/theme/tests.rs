//! Tests of the themes: every text is readable at every depth of colour.

use super::super::theme_registry::BUILT_IN;
use super::*;

const TEXTS: [Role; 14] = [
    Role::Text,
    Role::Faint,
    Role::Focus,
    Role::Title,
    Role::Good,
    Role::Wait,
    Role::Bad,
    Role::Code(TokenKind::Tag),
    Role::Code(TokenKind::Name),
    Role::Code(TokenKind::String),
    Role::Code(TokenKind::Number),
    Role::Code(TokenKind::Keyword),
    Role::Code(TokenKind::Function),
    Role::Code(TokenKind::Comment),
];

/// WCAG 2.2, relative luminance.
fn luminance(RgbColor(r, g, b): RgbColor) -> f64 {
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

fn contrast(one: RgbColor, other: RgbColor) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

/// What xterm shows for one of its 256.
fn of_index(index: u8) -> RgbColor {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    if index >= 232 {
        let grey = 8 + 10 * (index - 232);
        return RgbColor(grey, grey, grey);
    }
    let at = |part: u8| STEPS[usize::from(part % 6)];
    let index = index - 16;
    RgbColor(at(index / 36), at(index / 6), at(index))
}

/// What xterm and what VGA show for a name.
fn of_name(name: Color) -> [RgbColor; 2] {
    match name {
        Color::Black => [RgbColor(0, 0, 0); 2],
        Color::White => [RgbColor(255, 255, 255); 2],
        Color::Gray => [RgbColor(229, 229, 229), RgbColor(170, 170, 170)],
        Color::Red => [RgbColor(205, 0, 0), RgbColor(170, 0, 0)],
        Color::Blue => [RgbColor(0, 0, 238), RgbColor(0, 0, 170)],
        Color::Magenta => [RgbColor(205, 0, 205), RgbColor(170, 0, 170)],
        Color::LightRed => [RgbColor(255, 0, 0), RgbColor(255, 85, 85)],
        Color::LightGreen => [RgbColor(0, 255, 0), RgbColor(85, 255, 85)],
        Color::LightYellow => [RgbColor(255, 255, 0), RgbColor(255, 255, 85)],
        Color::LightMagenta => [RgbColor(255, 0, 255), RgbColor(255, 85, 255)],
        Color::LightCyan => [RgbColor(0, 255, 255), RgbColor(85, 255, 255)],
        other => panic!("{other:?} cannot be read everywhere"),
    }
}

/// The colours that a terminal of this depth would show for a style's text and ground.
fn color_pairs(theme: &ScreenTheme, role: Role) -> Vec<(RgbColor, RgbColor)> {
    let style = theme.style(role);
    match (style.fg.unwrap(), style.bg.unwrap()) {
        (Color::Rgb(..), Color::Rgb(..)) => vec![(theme.rgb(role), theme.palette.ground)],
        (Color::Indexed(text), Color::Indexed(ground)) => {
            vec![(of_index(text), of_index(ground))]
        }
        (text, ground) => of_name(text).into_iter().zip(of_name(ground)).collect(),
    }
}

#[test]
fn every_text_of_every_theme_can_be_read_at_every_depth() {
    let depths = [ColorDepth::Sixteen, ColorDepth::Indexed, ColorDepth::True];
    let themes = BUILT_IN.iter().flat_map(|(name, text)| {
        depths.map(|depth| (name, depth, ScreenTheme::parse(name, text, depth).unwrap()))
    });
    for (name, depth, theme) in themes {
        for role in TEXTS {
            // What is selected is the same pair, the other way round.
            let pairs = color_pairs(&theme, role).into_iter();
            let least = pairs.map(|(text, ground)| contrast(text, ground));
            let least = least.fold(f64::INFINITY, f64::min);
            assert!((4.5..22.0).contains(&least), "{name} {depth:?} {role:?}: {least:.1}");
        }
    }
}

#[test]
fn themes_differ_and_only_paper_is_light() {
    let themes =
        BUILT_IN.map(|(name, text)| ScreenTheme::parse(name, text, ColorDepth::True).unwrap());
    for theme in &themes {
        let RgbColor(r, g, b) = theme.palette.ground;
        assert_eq!(is_light(r, g, b), theme.name == "paper");
    }
    let focus: std::collections::BTreeSet<_> =
        themes.iter().map(|theme| format!("{:?}", theme.style(Role::Focus))).collect();
    assert_eq!(focus.len(), themes.len());
}

#[test]
fn a_bad_theme_is_told_in_one_line() {
    let error_of = |text: &str| ScreenTheme::parse("x", text, ColorDepth::True).unwrap_err();
    let (_, spooky) = BUILT_IN[0];
    assert!(error_of(&spooky.replace("#15111d", "black")).contains("`black` is not #rrggbb"));
    assert!(error_of("ground = \"#000000\"").contains("missing field"));
    assert!(!error_of(&format!("{spooky}\nglow = \"#000000\"")).contains('\n'));
}

#[test]
fn the_depth_is_what_the_terminal_has() {
    let depth = |env: &[(&str, &'static str)]| {
        ColorDepth::from_env(|name| {
            env.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
        })
    };
    let table: [(&[_], ColorDepth); 10] = [
        (&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")], ColorDepth::None),
        (&[("NO_COLOR", "")], ColorDepth::Indexed),
        (&[("TERM", "xterm-256color")], ColorDepth::Indexed),
        (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], ColorDepth::True),
        (&[("TERM", "xterm-kitty")], ColorDepth::True),
        (&[("TERM", "screen-256color"), ("COLORTERM", "truecolor")], ColorDepth::Indexed),
        (&[("TERM", "screen-256color"), ("COLORTERM", "24bit"), ("TMUX", "x")], ColorDepth::True),
        (&[("TERM", "linux")], ColorDepth::Sixteen),
        (&[("TERM", "xterm")], ColorDepth::Sixteen),
        (&[("TERM", "vt100")], ColorDepth::None),
    ];
    for (env, expected) in table {
        assert_eq!(depth(env), expected, "{env:?}");
    }
}

#[test]
fn no_color_means_no_colour() {
    let (name, text) = BUILT_IN[0];
    let theme = ScreenTheme::parse(name, text, ColorDepth::None).unwrap();
    assert_eq!(theme.style(Role::Text), Style::new());
}
