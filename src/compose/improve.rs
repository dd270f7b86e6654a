//! Makes a short wish a full one: goal, controls, losing, growth and look, by what the composer knows
//! of its kinds and themes.
//!
//! What is added is true of the game that the composer makes of the wish, so those lines are no wishes
//! when the prompt comes back: they are recognised and left out. A line that the user has changed is
//! read like any other.

use super::brief::{self, Brief};
use super::texts::GameTexts;
use super::themes::GameTheme;

const GOAL: &str = "Goal";
const CONTROLS: &str = "Controls";
const LOSING: &str = "Losing";
const GROWING: &str = "Growing";
const LOOK: &str = "Look";

/// Where no kind is known.
const ANY_GOAL: &str = "Collect, reach or defeat something, and score for it.";
const ANY_CONTROLS: &str = "Arrow keys or WASD, the mouse or a finger; P pauses.";

const MISTAKES: &str = "Each mistake costs a life; without any the game is over.";
const LEVELS: &str = "Each level is faster and harder, and the best score is kept.";
const AT_A_GLANCE: &str =
    "The player, foes and things are told apart at a glance, and every hit is seen and heard.";

const LABELS: [&str; 5] = [GOAL, CONTROLS, LOSING, GROWING, LOOK];

const SAME: [&str; 5] = [ANY_GOAL, ANY_CONTROLS, MISTAKES, LEVELS, AT_A_GLANCE];

/// The words of an improved prompt, for the tables of other languages.
#[cfg(test)]
pub(super) fn texts() -> impl Iterator<Item = &'static str> {
    LABELS.into_iter().chain(SAME)
}

/// The prompt with what it does not say. One that was improved before is improved anew.
pub fn improve(prompt: &str, seed: u64, theme: GameTheme) -> String {
    let wish = without_details(&[], prompt, seed, theme);
    let brief = brief::read(&[&wish], seed, theme);
    let is_said = |detail: &&String| {
        let label = detail.split_once(": ").map_or("", |(label, _)| label);
        wish.lines().any(|line| line.starts_with(label))
    };
    let details = details(&brief);
    let missing = details.iter().filter(|detail| !is_said(detail)).map(String::as_str);
    std::iter::once(wish.trim_end()).chain(missing).collect::<Vec<_>>().join("\n")
}

/// What the user wishes by each of these prompts, the oldest first.
pub(super) fn wishes(prompts: &[&str], seed: u64, theme: GameTheme) -> Vec<String> {
    prompts.iter().fold(Vec::new(), |mut wishes, prompt| {
        wishes.push(wish_of(&wishes, prompt, seed, theme));
        wishes
    })
}

/// What the user wishes by a prompt, in a game of these wishes before it: no line that its improvement
/// added, and of one that was changed no label and no sentence that was not.
fn wish_of(before: &[String], prompt: &str, seed: u64, theme: GameTheme) -> String {
    let own = without_details(before, prompt, seed, theme);
    let lines = own
        .lines()
        .map(|line| if is_labelled(line) { changed_part(line) } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}

/// The prompt without the lines that its improvement added.
fn without_details(before: &[String], prompt: &str, seed: u64, theme: GameTheme) -> String {
    if !prompt.lines().any(is_labelled) {
        return prompt.to_owned();
    }
    let wish: Vec<_> = prompt.lines().filter(|line| !is_labelled(line)).collect();
    let wish = wish.join("\n");
    let wishes: Vec<&str> = before.iter().map(String::as_str).chain([wish.as_str()]).collect();
    let known = details(&brief::read(&wishes, seed, theme));
    let is_known = |line: &&str| known.iter().any(|known| known == line);
    prompt.lines().filter(|line| !is_known(line)).collect::<Vec<_>>().join("\n")
}

/// Whether a line begins as one that is added, in any language.
fn is_labelled(line: &str) -> bool {
    let Some((label, _)) = line.split_once(": ") else { return false };
    GameTexts::all().any(|texts| LABELS.iter().any(|own| texts.page(own) == label))
}

/// A line without its label and without the sentences that are the same for all games.
fn changed_part(line: &str) -> String {
    let rest = line.split_once(": ").map_or(line, |(_, rest)| rest);
    let same = |texts: &'static GameTexts| SAME.iter().map(|text| texts.page(text));
    GameTexts::all().flat_map(same).fold(rest.to_owned(), |rest, same| rest.replace(same, ""))
}

/// What is true of the game, a line each.
fn details(brief: &Brief) -> Vec<String> {
    let texts = brief.texts();
    let mut lines = Vec::new();
    let mut add = |label: &str, text: &str| lines.push(format!("{}: {text}", texts.page(label)));
    if brief.has_named_kind() {
        add(GOAL, &brief.story(texts));
        let controls: Vec<_> = brief
            .controls()
            .iter()
            .map(|control| {
                let (keys, action) = texts.control(control);
                format!("{keys}: {action}")
            })
            .collect();
        add(CONTROLS, &controls.join("; "));
    } else {
        add(GOAL, texts.page(ANY_GOAL));
        add(CONTROLS, texts.page(ANY_CONTROLS));
    }
    add(LOSING, &format!("{} ♥. {}", brief.options.lives, texts.page(MISTAKES)));
    add(GROWING, texts.page(LEVELS));
    let theme = brief.theme.to_string();
    add(LOOK, &format!("{}. {}", texts.theme(&theme), texts.page(AT_A_GLANCE)));
    lines
}

#[cfg(test)]
mod tests {
    use super::super::{compose, compose_change, kind_prompts};
    use super::*;

    #[test]
    fn an_improved_wish_says_everything_and_makes_the_same_game() {
        let others = [
            "ein Schlangenspiel mit Geistern",
            "un laberinto con murciélagos",
            "贪吃蛇",
            "a game about my cat",
        ];
        for wish in kind_prompts().chain(others) {
            let full = improve(wish, 7, GameTheme::Winter);
            assert_eq!(full.lines().count(), 6, "{full}");
            assert!(full.starts_with(wish), "{full}");
            assert_eq!(improve(&full, 7, GameTheme::Winter), full, "twice is once");
            let (short, long) =
                (compose(wish, 7, GameTheme::Winter), compose(&full, 7, GameTheme::Winter));
            assert!(long.is_same_game_as(short.source.text()), "{full}");
            assert_eq!(long.understood, short.understood, "{full}");
        }
    }

    #[test]
    fn a_line_that_the_user_changed_is_a_wish() {
        let full = improve("snake", 7, GameTheme::Winter);
        let changed = full.replace("3 ♥", "5 lives");
        assert_ne!(changed, full);
        let made = compose(&changed, 7, GameTheme::Winter);
        assert!(made.source.text().contains("lives: 5,"), "{}", made.understood);
        assert_eq!(improve(&changed, 7, GameTheme::Winter).lines().count(), 6);
        let more = compose_change(&[full.as_str(), "5 lives"], 7, GameTheme::Winter);
        assert!(
            more.source.text().contains("lives: 5,") && !more.understood.contains("not understood")
        );
    }
}
