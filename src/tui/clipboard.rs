//! Copies through the terminal (OSC 52), which also works over SSH.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::terminal::Multiplexer;

/// Longest payload in Base64 bytes; terminals silently drop longer ones.
pub const MAX_ENCODED_BYTES: usize = 75_000;

/// Whether the encoded text is short enough for a terminal.
pub fn fits(text: &str) -> bool {
    text.len().div_ceil(3) * 4 <= MAX_ENCODED_BYTES
}

/// The escape sequence that makes the terminal copy the text.
pub fn copy_sequence(text: &str, inside: Multiplexer) -> String {
    let sequence = format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(text));
    match inside {
        Multiplexer::None => sequence,
        // Depending on its configuration tmux handles the sequence itself or forwards it. Sending
        // both copies the same text twice.
        Multiplexer::Tmux => format!("{sequence}{}", inside.wrap(&sequence)),
        Multiplexer::Screen => inside.wrap(&sequence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_comes_as_base64_and_not_without_end() {
        assert_eq!(copy_sequence("bats 幽", Multiplexer::None), "\x1b]52;c;YmF0cyDlub0=\x1b\\");
        let tmux = copy_sequence("a", Multiplexer::Tmux);
        assert!(tmux.starts_with("\x1b]52;c;YQ==\x1b\\") && tmux.contains("\x1bPtmux;"));
        assert!(fits(&"a".repeat(56_250)) && !fits(&"a".repeat(56_251)));
    }
}
