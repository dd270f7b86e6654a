//! Copies through the terminal (OSC 52), which also works from afar.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::terminal::Inside;

/// Terminals drop longer ones, and say nothing.
pub const MOST: usize = 75_000;

/// Whether a terminal can be expected to take it.
pub fn fits(text: &str) -> bool {
    text.len().div_ceil(3) * 4 <= MOST
}

/// What has the terminal copy the text.
pub fn sequence(text: &str, inside: Inside) -> String {
    let sequence = format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(text));
    match inside {
        Inside::Nothing => sequence,
        // Tmux takes it for itself, or passes it on, as it is set up: the same text twice
        // is the same text.
        Inside::Tmux => format!("{sequence}{}", inside.wrapped(&sequence)),
        Inside::Screen => inside.wrapped(&sequence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_comes_as_base64_and_not_without_end() {
        assert_eq!(sequence("bats 幽", Inside::Nothing), "\x1b]52;c;YmF0cyDlub0=\x1b\\");
        let tmux = sequence("a", Inside::Tmux);
        assert!(tmux.starts_with("\x1b]52;c;YQ==\x1b\\") && tmux.contains("\x1bPtmux;"));
        assert!(fits(&"a".repeat(56_250)) && !fits(&"a".repeat(56_251)));
    }
}
