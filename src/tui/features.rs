//! Reports the terminal's features for `doctor`, from the environment alone.

use super::TerminalEnv;
use super::terminal_query::GraphicsHint;
use super::theme::ColorDepth;
use crate::report::TerminalCheck;
use crate::untrusted::Untrusted;

/// Each feature with its state and advice.
pub fn features<'a>(
    terminal_env: &TerminalEnv,
    env: impl Fn(&str) -> Option<&'a str>,
) -> Vec<TerminalCheck> {
    vec![
        terminal_feature(&env),
        colour_feature(terminal_env.color_depth, &env),
        picture_feature(terminal_env.graphics_hint, &env),
        keyboard_feature(&env),
        clipboard_feature(&env),
    ]
}

fn is_set<'a>(env: &impl Fn(&str) -> Option<&'a str>, name: &str) -> bool {
    env(name).is_some_and(|value| !value.is_empty())
}

fn is_tmux<'a>(env: &impl Fn(&str) -> Option<&'a str>) -> bool {
    is_set(env, "TMUX") || env("TERM").is_some_and(|term| term.starts_with("tmux"))
}

fn terminal_feature<'a>(env: &impl Fn(&str) -> Option<&'a str>) -> TerminalCheck {
    let term = env("TERM").unwrap_or_default();
    let program = env("TERM_PROGRAM").filter(|name| !name.is_empty());
    let is_screen = is_set(env, "STY") || term.starts_with("screen");
    let inside = if is_tmux(env) { Some("in tmux") } else { is_screen.then_some("in screen") };
    let over_ssh = is_set(env, "SSH_CONNECTION").then_some("over SSH");
    let name = if term.is_empty() { "TERM is not set" } else { term };
    let parts = [Some(name), program, inside, over_ssh].into_iter().flatten();
    let text = parts.map(|part| Untrusted::new(part).headline(60)).collect::<Vec<_>>().join(", ");
    let is_poor = term.is_empty() || term == "dumb";
    let advice = is_poor.then(|| {
        "The screen needs a terminal that can move the cursor; `codeagent new` works without \
         one."
            .to_owned()
    });
    TerminalCheck { name: "terminal", value: text, advice }
}

fn colour_feature<'a>(depth: ColorDepth, env: &impl Fn(&str) -> Option<&'a str>) -> TerminalCheck {
    let colorterm = Untrusted::new(env("COLORTERM").unwrap_or_default()).headline(30);
    let term = Untrusted::new(env("TERM").unwrap_or_default()).headline(30);
    let (text, advice) = match depth {
        ColorDepth::None if is_set(env, "NO_COLOR") => ("none: NO_COLOR is set".to_owned(), None),
        ColorDepth::None => (format!("none: TERM is {term}"), None),
        ColorDepth::Sixteen => {
            let advice = "If the terminal supports more, set TERM to match it (xterm-256color) or \
                set COLORTERM=truecolor.";
            (format!("16: TERM is {term}"), Some(advice.to_owned()))
        }
        ColorDepth::True if colorterm.is_empty() => (format!("16 million: TERM is {term}"), None),
        ColorDepth::True => (format!("16 million: COLORTERM is {colorterm}"), None),
        ColorDepth::Indexed => {
            let why = if colorterm.is_empty() {
                "is not set".to_owned()
            } else {
                format!("is {colorterm}")
            };
            let advice =
                "If the terminal supports more, set COLORTERM=truecolor (SSH often drops it).";
            (format!("256: COLORTERM {why}"), Some(advice.to_owned()))
        }
    };
    TerminalCheck { name: "colours", value: text, advice }
}

fn picture_feature<'a>(
    hint: GraphicsHint,
    env: &impl Fn(&str) -> Option<&'a str>,
) -> TerminalCheck {
    let text = match hint {
        _ if cfg!(not(feature = "pictures")) => {
            "left out of this build: the feature `pictures` brings them"
        }
        GraphicsHint::Query => {
            "Kitty or sixel graphics if the terminal reports them, otherwise half-blocks"
        }
        GraphicsHint::Iterm => "iTerm2 graphics",
        GraphicsHint::Halfblocks if is_tmux(env) => "half-blocks, because of tmux",
        GraphicsHint::Halfblocks if is_set(env, "KONSOLE_VERSION") => {
            "half-blocks, because Konsole supports Kitty graphics only in part"
        }
        GraphicsHint::Halfblocks => "half-blocks",
    };
    TerminalCheck { name: "pictures", value: text.to_owned(), advice: None }
}

/// The screen queries the protocol when it starts; before that only TERM is known.
fn keyboard_feature<'a>(env: &impl Fn(&str) -> Option<&'a str>) -> TerminalCheck {
    const KNOWN: [&str; 6] = ["kitty", "ghostty", "foot", "wezterm", "alacritty", "contour"];
    let term = env("TERM").unwrap_or_default();
    let text = match KNOWN.iter().find(|name| term.contains(*name)) {
        Some(name) => format!("Kitty keyboard protocol, as {name} supports it: Esc acts at once"),
        None => {
            "Kitty keyboard protocol if the terminal reports it; otherwise a short delay tells \
             Esc from Alt"
                .to_owned()
        }
    };
    TerminalCheck { name: "keyboard", value: text, advice: None }
}

/// Support for OSC 52 cannot be queried, so this is a note and not a finding.
fn clipboard_feature<'a>(env: &impl Fn(&str) -> Option<&'a str>) -> TerminalCheck {
    let text = "y and the mouse copy through OSC 52; terminals do not report support for it. F2 \
        gives the terminal the mouse back";
    let advice = is_tmux(env).then(|| {
        "For tmux to pass it on, put `set -g set-clipboard on` into ~/.tmux.conf.".to_owned()
    });
    TerminalCheck { name: "clipboard", value: text.to_owned(), advice }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features_of(env: &[(&str, &'static str)]) -> Vec<TerminalCheck> {
        let env_of = |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, it)| *it);
        features(&TerminalEnv::from_env(env_of), env_of)
    }

    #[test]
    fn each_feature_says_why_and_what_would_help() {
        let plain = features_of(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]);
        assert!(plain.iter().all(|seen| seen.advice.is_none()), "{plain:?}");
        assert_eq!(plain[0].value, "xterm-256color");
        assert_eq!(plain[1].value, "16 million: COLORTERM is truecolor");
        let tmux = features_of(&[("TERM", "tmux-256color"), ("SSH_CONNECTION", "a 1 b 22")]);
        assert_eq!(tmux[0].value, "tmux-256color, in tmux, over SSH");
        assert!(tmux[1].value.starts_with("256: COLORTERM is not set") && tmux[1].advice.is_some());
        assert!(tmux[2].value.contains("because of tmux"), "{tmux:?}");
        assert!(tmux[4].advice.as_ref().unwrap().contains("set-clipboard"), "{tmux:?}");
        let none = features_of(&[("NO_COLOR", "1"), ("TERM", "dumb\u{1b}[2J")]);
        assert_eq!(none[1].value, "none: NO_COLOR is set");
        assert!(!none[0].value.contains('\u{1b}'));
        assert!(features_of(&[("TERM", "dumb")])[0].advice.is_some());
    }
}
