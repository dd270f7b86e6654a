//! A program that takes the terminal with every mode and panics, for `tests/it/pty.rs`.

use codeagent::config::Switch;

fn main() {
    let mut guard =
        codeagent::tui::TerminalGuard::acquire(Switch::On).expect("it runs in a terminal");
    guard.enable_kitty_keys().expect("it is still there");
    #[expect(clippy::panic, reason = "that is what it is for")]
    {
        panic!("a defect, on purpose");
    }
}
