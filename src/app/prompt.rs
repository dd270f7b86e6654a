//! What the user asks for, and what the model is told around it.

use std::sync::Arc;

use crate::compose::Theme;
use crate::inference::{Request, Turn};

/// The longest prompt, in bytes: some three thousand words, and far below what
/// any server takes.
pub const LONGEST: usize = 20_000;

/// Words that are worth asking about: not blank, not endless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt(Arc<str>);

/// Why some text is no prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    #[error("the prompt is empty: describe the game in a sentence")]
    Empty,
    #[error("the prompt is {0} bytes long, the most is {LONGEST}: shorten it")]
    TooLong(usize),
}

impl Prompt {
    pub fn new(text: &str) -> Result<Self, PromptError> {
        let text = text.trim();
        match text.len() {
            0 => Err(PromptError::Empty),
            1..=LONGEST => Ok(Self(text.into())),
            length => Err(PromptError::TooLong(length)),
        }
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    /// A name for a file: lower-case words joined by hyphens, from any title.
    ///
    /// Only letters and digits survive, so no title can name another folder.
    pub fn slug(title: &str) -> String {
        const LONGEST: usize = 40;
        let mut slug = String::new();
        for word in title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let word = word.to_lowercase();
            if !slug.is_empty() && slug.len() + word.len() >= LONGEST {
                break;
            }
            if !slug.is_empty() {
                slug.push('-');
            }
            slug.extend(word.chars().take(LONGEST));
        }
        if slug.is_empty() || is_reserved(&slug) {
            format!("game-{slug}").trim_end_matches('-').into()
        } else {
            slug
        }
    }
}

/// Names that Windows keeps for devices.
fn is_reserved(name: &str) -> bool {
    let numbered = |prefix| {
        name.strip_prefix(prefix).is_some_and(|rest: &str| {
            rest.len() == 1 && rest.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    matches!(name, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

/// The question for a model: our rules for a game first, then the user's words.
pub fn request(prompt: &Prompt, model: &str, max_tokens: u32, theme: Theme) -> Request {
    const SYSTEM: &str = include_str!("../../assets/prompts/system.txt");
    Request {
        model: model.to_owned(),
        system: SYSTEM.replace("{theme}", &theme.to_string()).trim_end().to_owned(),
        turns: vec![Turn::User(prompt.text().to_owned())],
        max_tokens,
        without: Vec::new(),
        trace: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_make_a_prompt() {
        assert_eq!(Prompt::new(" \n\t"), Err(PromptError::Empty));
        assert_eq!(Prompt::new(&"x".repeat(20_001)), Err(PromptError::TooLong(20_001)));
        assert_eq!(Prompt::new("  a maze \n").unwrap().text(), "a maze");
    }

    #[test]
    fn a_slug_names_one_file_in_one_folder() {
        let cases = [
            ("Ghost Snake!", "ghost-snake"),
            ("../../etc/passwd", "etc-passwd"),
            ("Ünïcode 幽霊", "ünïcode-幽霊"),
            ("\u{202e}\x1b[31m", "31m"),
            ("  ", "game"),
            ("CON", "game-con"),
            ("lpt1", "game-lpt1"),
        ];
        for (title, slug) in cases {
            assert_eq!(Prompt::slug(title), slug);
        }
        assert!(Prompt::slug(&"word ".repeat(50)).len() <= 40);
    }
}
