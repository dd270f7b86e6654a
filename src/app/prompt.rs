//! Validates the user's prompt, and says in words what a model is to know beside it.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::game::UnmatchedBlock;
use crate::page::LineIndex;
use crate::play::Verdict;
use crate::rules::{self, Finding};
use crate::untrusted::Untrusted;

/// The longest prompt, in bytes: some three thousand words, and far below what
/// any server takes.
pub const LONGEST: usize = 20_000;

/// Words that are worth asking about: not blank, not endless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt(Arc<str>);

impl Default for Prompt {
    fn default() -> Self {
        Self("a game".into())
    }
}

/// Why some text is no prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    #[error("the prompt is empty: describe the game in a sentence")]
    Empty,
    #[error("the prompt is {0} bytes long, the limit is {LONGEST}: shorten it")]
    TooLong(usize),
}

impl Prompt {
    /// The text without spaces around it.
    ///
    /// # Errors
    ///
    /// Nothing is left of it, or more than [`LONGEST`] bytes are.
    pub fn new(text: &str) -> Result<Self, PromptError> {
        let text = text.trim();
        match text.len() {
            0 => Err(PromptError::Empty),
            1..=LONGEST => Ok(Self(text.into())),
            length => Err(PromptError::TooLong(length)),
        }
    }

    /// The prompt as it was typed, without blanks around it.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// A name for a file: lower-case words joined by hyphens, from any title.
    ///
    /// Only letters and digits survive, so no title can name another folder.
    pub fn slug(title: &str) -> String {
        const LONGEST: usize = 40;
        let mut slug = String::new();
        for part in title.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
            let part = part.to_lowercase();
            if !slug.is_empty() && slug.len() + part.len() >= LONGEST {
                break;
            }
            if !slug.is_empty() {
                slug.push('-');
            }
            slug.extend(part.chars().take(LONGEST));
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

/// What a play-test found and what the checks left open, as the model is told: with lines,
/// excerpts and the way there, in the text that the model is shown.
pub fn describe_problems(verdict: &Verdict, source: &str, findings: &[Finding]) -> String {
    let lines = LineIndex::new(source);
    // A model is to mend the first; more of them only make it longer.
    let text = verdict.problems.iter().take(5).map(|problem| {
        let mut text = format!("- {}", problem.message.headline(300));
        for (depth, at) in problem.stack.iter().enumerate() {
            // Writing to a String cannot fail.
            let line = lines.position(at.repaired).line;
            let function = at.function.headline(60);
            let within =
                if function.is_empty() { String::new() } else { format!(" in {function}") };
            let _ = write!(text, "\n  at line {line}{within}");
            if depth == 0 {
                let excerpt = Untrusted::new(lines.text(line)).headline(200);
                let _ = write!(text, ": `{excerpt}`");
            }
        }
        text
    });
    text.chain(open_findings(findings)).collect::<Vec<_>>().join("\n")
}

/// The first findings that the checks left open, a line each.
fn open_findings(findings: &[Finding]) -> impl Iterator<Item = String> + '_ {
    let open = findings.iter().filter(|finding| finding.state == rules::FindingState::Open);
    open.take(5).map(|finding| {
        let why = Untrusted::new(finding.why.as_str()).headline(200);
        format!("- {}: {why}; {}", finding.rule, finding.help)
    })
}

/// What the checks refused a page for, as the model is told.
pub fn describe_findings(findings: &[Finding]) -> String {
    open_findings(findings).collect::<Vec<_>>().join("\n")
}

/// That a game answers no input, as the model is told: what was tried, and what stands still.
pub fn describe_idle(verdict: &Verdict, findings: &[Finding]) -> String {
    let names: Vec<_> = verdict.tried.iter().map(|input| input.name()).collect();
    let tried = match names.as_slice() {
        [] => "every key and click".to_owned(),
        names => names.join(", "),
    };
    let mut text = format!(
        "- The page loads, but the game answers nothing. Tried without any change: {tried}."
    );
    if verdict.checks.alive != Some(true) {
        text.push_str("\n- Nothing moves by itself: no frame differs from the first.");
    }
    text.push_str("\n- Start the game on Enter, Space and a click, and let its controls change what is drawn.");
    open_findings(findings).fold(text, |text, finding| format!("{text}\n{finding}"))
}

/// What went wrong with an earlier answer, as the model is told when it is asked anew.
#[derive(Debug, Clone, PartialEq)]
pub enum PreviousFault {
    /// It repeated itself until it was stopped.
    Repeated,
    /// It did not come to its end.
    TooLong,
    /// It held no document.
    NoDocument,
    /// It was the game that was to be changed, as it was.
    Unchanged,
    /// It broke rules: each in a line, as [`describe_findings`] writes them.
    Refused(String),
    /// The error that a browser met.
    Failed(String),
    /// It answered no input.
    Dead,
}

impl PreviousFault {
    /// A paragraph to follow the prompt.
    pub fn describe(&self) -> String {
        match self {
            Self::Repeated => {
                "An earlier answer repeated the same lines until it was stopped: fill \
                long lists in a loop, and write nothing twice."
                    .to_owned()
            }
            Self::TooLong => "An earlier answer was cut off: write a shorter game.".to_owned(),
            Self::NoDocument => "An earlier answer held no complete HTML document: answer with \
                nothing else."
                .to_owned(),
            Self::Unchanged => {
                "An earlier answer was the game as it was, with nothing changed: write \
                the lines that have to be different."
                    .to_owned()
            }
            Self::Refused(findings) => format!("An earlier answer broke these rules:\n{findings}"),
            Self::Failed(error) => format!(
                "An earlier answer failed in the browser with \"{error}\": define every name and \
                 every element that is used."
            ),
            Self::Dead => {
                "An earlier game showed itself and answered no key and no click: start it \
                on Enter, Space and a click, and let its controls change what is drawn."
                    .to_owned()
            }
        }
    }
}

/// The prompt that asks again for blocks that did not match.
pub fn retry_blocks_prompt(unmatched: &[UnmatchedBlock]) -> String {
    let problems: Vec<_> = unmatched.iter().map(UnmatchedBlock::to_prompt).collect();
    let text = include_str!("../../assets/prompts/again.txt");
    text.trim_end().replace("{problems}", &problems.join("\n\n"))
}

/// The prompt that asks for the rest of an answer that was cut off.
pub fn continue_prompt() -> String {
    include_str!("../../assets/prompts/go-on.txt").trim_end().to_owned()
}

/// The prompt that asks to close a game behind which the answer repeated itself.
pub fn close_prompt() -> String {
    include_str!("../../assets/prompts/go-on-repeat.txt").trim_end().to_owned()
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
