//! Validates the user's prompt and builds the requests that are sent to the model.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::compose::GameTheme;
use crate::game::UnmatchedBlock;
use crate::inference::{ChatTurn, CompletionRequest, ModelPrices, Sampling, model_size};
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

/// How a question to a model is to be answered, and by whom.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestTerms {
    pub model: String,
    /// The model's prices. `None` before the server's list is known.
    pub prices: Option<ModelPrices>,
    pub max_tokens: u32,
    pub theme: GameTheme,
    /// Of a first question; see `sampling_of`.
    pub sampling: Sampling,
}

impl RequestTerms {
    /// The question for a new game: our rules first, then the user's words.
    pub fn new_game(&self, prompt: &Prompt) -> CompletionRequest {
        self.question(
            include_str!("../../assets/prompts/answer-page.txt"),
            prompt.text().to_owned(),
            prompt,
        )
    }

    /// The same after an answer that did not play. A small model sees a game first, which it can follow.
    /// It would follow it too closely from the beginning: measured, `benches/models.md`.
    pub fn new_game_again(&self, prompt: &Prompt) -> CompletionRequest {
        let mut request = self.new_game(prompt);
        if model_size::is_small(&self.model) {
            request.turns.splice(0..0, example());
        }
        request
    }

    /// The question for a change of a game, as blocks.
    pub fn change(&self, game: &str, prompt: &Prompt) -> CompletionRequest {
        let text = fill_template(include_str!("../../assets/prompts/wish.txt"), game, prompt);
        self.question(include_str!("../../assets/prompts/answer-blocks.txt"), text, prompt)
    }

    /// The same where blocks have failed: the whole game is to be written anew.
    pub fn rewrite(&self, game: &str, prompt: &Prompt) -> CompletionRequest {
        let text = fill_template(include_str!("../../assets/prompts/whole.txt"), game, prompt);
        self.question(include_str!("../../assets/prompts/answer-page.txt"), text, prompt)
    }

    /// The request to fix what a play-test found, as blocks.
    pub fn fix(&self, game: &str, problems: &str, prompt: &Prompt) -> CompletionRequest {
        let text = fill_template(include_str!("../../assets/prompts/fix.txt"), game, prompt);
        let (before, after) = text.rsplit_once("{problems}").unwrap_or((&text, ""));
        let text = [before, problems.trim_end(), after].concat();
        self.question(include_str!("../../assets/prompts/answer-blocks.txt"), text, prompt)
    }

    /// Our rules for a change that is to come as the whole game.
    pub fn whole_change(&self) -> String {
        self.rules(include_str!("../../assets/prompts/answer-whole.txt"))
    }

    fn rules(&self, answer: &str) -> String {
        const GAME: &str = include_str!("../../assets/prompts/game.txt");
        let rules = GAME.replace("{theme}", &self.theme.to_string());
        format!("{}\n\n{}", answer.trim_end(), rules.trim_end())
    }

    fn question(&self, answer: &str, text: String, prompt: &Prompt) -> CompletionRequest {
        CompletionRequest {
            model: self.model.clone(),
            prices: self.prices.clone(),
            system: self.rules(answer),
            turns: vec![ChatTurn::User(text)],
            user_prompt: prompt.text().to_owned(),
            max_tokens: self.max_tokens,
            sampling: self.sampling,
            omitted_parameters: Vec::new(),
            trace: 0,
        }
    }
}

/// A small game as the answer to a question.
fn example() -> [ChatTurn; 2] {
    const GAME: &str = include_str!("../../assets/prompts/example.html");
    let answer = format!("```html\n{}\n```", GAME.trim_end());
    [ChatTurn::User("catch moths with a lantern".to_owned()), ChatTurn::Model(answer)]
}

/// Fills the game and the prompt into a template. Placeholders inside them are left alone.
fn fill_template(text: &str, game: &str, prompt: &Prompt) -> String {
    let (before, rest) = text.trim_end().split_once("{game}").unwrap_or((text, ""));
    let (between, after) = rest.split_once("{wish}").unwrap_or((rest, ""));
    [before, game.trim_end(), between, prompt.text(), after].concat()
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
    fn a_question_holds_the_game_and_the_wish_as_they_are() {
        let terms = RequestTerms {
            model: "m".into(),
            prices: None,
            max_tokens: 1,
            theme: GameTheme::Spooky,
            sampling: Sampling::default(),
        };
        let prompt = Prompt::new("faster {game}").unwrap();
        let asked = terms.change("<p>{wish}</p>\n", &prompt);
        let Some(ChatTurn::User(text)) = asked.turns.first() else { unreachable!("one turn") };
        assert_eq!(text, "The file:\n\n```html\n<p>{wish}</p>\n```\n\nThe wish: faster {game}");
        assert!(
            asked.system.contains("<<<<<<< SEARCH") && asked.system.contains("The look is spooky")
        );
        let whole = terms.whole_change();
        assert!(whole.contains("whole changed file") && whole.contains("The look is spooky"));
        assert!(terms.rewrite("", &prompt).system.starts_with("You write small browser games."));
    }

    #[test]
    fn a_small_model_sees_an_example_when_it_is_asked_again() {
        let terms = |model: &str| RequestTerms {
            model: model.into(),
            prices: None,
            max_tokens: 1,
            theme: GameTheme::Spooky,
            sampling: Sampling::default(),
        };
        let prompt = Prompt::new("bats").unwrap();
        let turns = |model: &str| terms(model).new_game_again(&prompt).turns;
        assert_eq!(terms("o/m-1.5B").new_game(&prompt).turns.len(), 1, "not at first");
        assert_eq!(turns("o/m-480B").len(), 1);
        let small = turns("o/m-1.5B");
        assert!(
            matches!(&small[1], ChatTurn::Model(game) if game.starts_with("```html\n<!doctype"))
        );
        assert_eq!(small.last(), Some(&ChatTurn::User("bats".into())));
    }

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
