//! What is made of prompts as people type them.

use super::{Theme, compose};

fn understood(prompt: &str) -> String {
    compose(prompt, 7, Theme::Spooky).understood
}

#[test]
fn prompts_are_read_as_they_are_meant() {
    for (prompt, expected) in
        [("a snake game where ghosts steal your tail", "snake · spooky · ghosts · stealing")]
    {
        assert_eq!(understood(prompt), expected, "{prompt}");
    }
}
