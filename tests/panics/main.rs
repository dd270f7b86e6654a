//! A program that takes the terminal and panics, for `tests/it/pty.rs`.

fn main() {
    let _guard = codeagent::tui::Guard::take().expect("it runs in a terminal");
    #[expect(clippy::panic, reason = "that is what it is for")]
    {
        panic!("a defect, on purpose");
    }
}
