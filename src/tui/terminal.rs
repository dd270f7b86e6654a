//! What the environment tells about the terminal besides colours and graphics.

/// The multiplexer between program and terminal, which forwards only wrapped sequences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Multiplexer {
    #[default]
    None,
    Tmux,
    /// GNU screen.
    Screen,
}

/// What a terminal does with OSC 9.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NotificationSupport {
    /// It shows the text as a notification.
    Osc9,
    /// Something else, or unknown.
    #[default]
    Unknown,
}

/// GNU screen forwards no longer chunk, in bytes.
const MAX_CHUNK_BYTES: usize = 700;

impl Multiplexer {
    /// Detects a multiplexer from the environment.
    pub fn from_env<'a>(env: impl Fn(&str) -> Option<&'a str>) -> Self {
        let is_set = |name| env(name).is_some_and(|value| !value.is_empty());
        if is_set("TMUX") {
            Self::Tmux
        } else if is_set("STY") {
            Self::Screen
        } else {
            Self::None
        }
    }

    /// Wraps a sequence for the terminal itself.
    pub fn wrap(self, sequence: &str) -> String {
        match self {
            Self::None => sequence.to_owned(),
            Self::Tmux => format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b")),
            Self::Screen => {
                // The string terminator would end the wrapping too: BEL replaces it.
                let sequence = sequence.replace("\x1b\\", "\x07");
                let pieces = sequence.as_bytes().chunks(MAX_CHUNK_BYTES);
                let wrap = |piece| format!("\x1bP{}\x1b\\", String::from_utf8_lossy(piece));
                pieces.map(wrap).collect()
            }
        }
    }
}

impl NotificationSupport {
    /// Detects from the environment how the terminal can notify the user.
    pub fn of<'a>(env: impl Fn(&str) -> Option<&'a str>) -> Self {
        let term = env("TERM").unwrap_or_default();
        let by_term =
            ["kitty", "ghostty", "foot", "wezterm"].iter().any(|name| term.contains(name));
        let by_program = ["iTerm.app", "WezTerm", "ghostty", "WarpTerminal", "kitty"];
        let is_known = by_program.contains(&env("TERM_PROGRAM").unwrap_or_default()) || by_term;
        // A multiplexer forwards the bell, and wrapped text mostly not.
        if is_known && Multiplexer::from_env(&env) == Multiplexer::None {
            Self::Osc9
        } else {
            Self::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env<'a>(set: &'a [(&str, &'static str)]) -> impl Fn(&str) -> Option<&'static str> + 'a {
        |name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    #[test]
    fn what_stands_between_passes_on_only_what_is_wrapped() {
        assert_eq!(
            Multiplexer::from_env(env(&[("TMUX", "/tmp/x,1,0"), ("STY", "1.pts")])),
            Multiplexer::Tmux
        );
        assert_eq!(
            Multiplexer::from_env(env(&[("TMUX", ""), ("STY", "1.pts")])),
            Multiplexer::Screen
        );
        assert_eq!(Multiplexer::None.wrap("\x1b]9;x\x1b\\"), "\x1b]9;x\x1b\\");
        let wrapped = Multiplexer::Tmux.wrap("\x1b]9;x\x1b\\");
        assert_eq!(wrapped, "\x1bPtmux;\x1b\x1b]9;x\x1b\x1b\\\x1b\\");
        let long = format!("\x1b]52;c;{}\x1b\\", "a".repeat(1_500));
        let wrapped = Multiplexer::Screen.wrap(&long);
        assert_eq!(wrapped.matches("\x1bP").count(), 3);
        let joined = wrapped.replace("\x1bP", "").replace("\x1b\\", "");
        assert_eq!(joined, long.replace("\x1b\\", "\x07"));
    }

    #[test]
    fn only_terminals_that_are_known_to_show_them_get_notifications() {
        assert_eq!(
            NotificationSupport::of(env(&[("TERM", "xterm-kitty")])),
            NotificationSupport::Osc9
        );
        assert_eq!(
            NotificationSupport::of(env(&[("TERM_PROGRAM", "iTerm.app")])),
            NotificationSupport::Osc9
        );
        assert_eq!(
            NotificationSupport::of(env(&[("TERM", "xterm-kitty"), ("TMUX", "x")])),
            NotificationSupport::Unknown
        );
        assert_eq!(
            NotificationSupport::of(env(&[("TERM", "xterm-256color")])),
            NotificationSupport::Unknown
        );
    }
}
