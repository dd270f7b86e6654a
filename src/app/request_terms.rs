//! Builds the requests that are sent to a model: rules, example, game and wish, in this order.

use super::prompt::Prompt;
use crate::compose::GameTheme;
use crate::inference::{ChatTurn, CompletionRequest, ModelPrices, Sampling, model_size};

/// Five lines are some 150 tokens; some models think before they write. In tokens.
const MAX_IMPROVEMENT: u32 = 2_000;

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

    /// The question for a change of a game, as blocks. A small model sees a change first: without it, it
    /// writes the whole game out again, and loses lines. Measured, `benches/models.md`.
    pub fn change(&self, game: &str, prompt: &Prompt) -> CompletionRequest {
        let text = fill_template(include_str!("../../assets/prompts/wish.txt"), game, prompt);
        let mut request =
            self.question(include_str!("../../assets/prompts/answer-blocks.txt"), text, prompt);
        if model_size::is_small(&self.model) {
            request.turns.splice(0..0, example_change());
        }
        request
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

    /// The question what a prompt leaves open.
    pub fn improvement(&self, prompt: &Prompt) -> CompletionRequest {
        CompletionRequest {
            system: include_str!("../../assets/prompts/improve.txt").trim_end().to_owned(),
            max_tokens: self.max_tokens.min(MAX_IMPROVEMENT),
            is_for_game: false,
            ..self.question("", prompt.text().to_owned(), prompt)
        }
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
            is_for_game: true,
            max_tokens: self.max_tokens,
            sampling: self.sampling,
            omitted_parameters: Vec::new(),
            is_settled: false,
            ask_above_usd: None,
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

/// A change of a small game, as blocks.
fn example_change() -> [ChatTurn; 2] {
    const GAME: &str = include_str!("../../assets/prompts/example-game.html");
    const BLOCKS: &str = include_str!("../../assets/prompts/example-change.txt");
    let wish = Prompt::new("move faster, and count what was caught").unwrap_or_default();
    let question =
        fill_template(include_str!("../../assets/prompts/wish.txt"), GAME.trim_end(), &wish);
    [ChatTurn::User(question), ChatTurn::Model(BLOCKS.trim_end().to_owned())]
}

/// Fills the game and the prompt into a template. Placeholders inside them are left alone.
fn fill_template(text: &str, game: &str, prompt: &Prompt) -> String {
    let (before, rest) = text.trim_end().split_once("{game}").unwrap_or((text, ""));
    let (between, after) = rest.split_once("{wish}").unwrap_or((rest, ""));
    [before, game.trim_end(), between, prompt.text(), after].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::{EditOutcome, apply_change, vet};

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
    fn the_example_of_a_change_is_one() {
        let [ChatTurn::User(question), ChatTurn::Model(blocks)] = example_change() else {
            unreachable!("a question and its answer")
        };
        let game = include_str!("../../assets/prompts/example-game.html").trim_end();
        assert!(question.contains(game));
        let EditOutcome::Patched(patched) = apply_change(&blocks, game) else {
            unreachable!("{blocks}")
        };
        assert_eq!((patched.applied, patched.idle.len()), (3, 0));
        assert!(vet(patched.source).is_ok());
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
        let changes = |model: &str| terms(model).change("<p>", &prompt).turns.len();
        assert_eq!((changes("o/m-1.5B"), changes("o/m-480B")), (3, 1));
        let small = turns("o/m-1.5B");
        assert!(
            matches!(&small[1], ChatTurn::Model(game) if game.starts_with("```html\n<!doctype"))
        );
        assert_eq!(small.last(), Some(&ChatTurn::User("bats".into())));
    }
}
