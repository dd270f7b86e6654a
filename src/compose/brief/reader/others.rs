//! Wishes about others than the player: "lots of bats", "more of them", "green apples".

use super::super::lexicon;
use super::{PromptWord, SpriteRole};

/// How far from its noun an amount may stand: "lots of really fast zombies".
const NEAR: usize = 4;

/// Whether an amount is about those one plays against; "more fun" and "lots of levels" are not. At the end of
/// a line it is about what stands before it: "let them shoot more".
pub(super) fn is_about_foes(words: &[PromptWord], at: usize, count: usize) -> bool {
    let after = words.get(at + count..).unwrap_or_default();
    let near = if after.is_empty() {
        words.get(at.saturating_sub(NEAR)..at).unwrap_or_default()
    } else {
        after
    };
    (0..near.len().min(NEAR)).filter_map(|place| near.get(place..)).any(is_foe)
}

/// Whether a colour is one of foes or of food, which have their own: "green apples", "make the ghosts blue".
pub(super) fn is_about_others(words: &[PromptWord], at: usize, count: usize) -> bool {
    let before = words.get(..at).unwrap_or_default();
    let said = lexicon::before_copula(before);
    let subject = said.unwrap_or(before);
    // "Snake with ghosts, blue" is two wishes.
    let is_made = |words: &[PromptWord]| said.is_some() || lexicon::is_made(words);
    let is_theirs = (1..=2).any(|count| {
        let parts = subject.len().checked_sub(count).and_then(|at| subject.split_at_checked(at));
        parts.is_some_and(|(front, subject)| is_other(subject) && is_made(front))
    });
    is_theirs || words.get(at + count..).is_some_and(is_other)
}

/// Whether these words begin with a foe or with food.
fn is_other(words: &[PromptWord]) -> bool {
    is_foe(words)
        || words.first().is_some_and(|word| word.typed == "food")
        || lexicon::first_role(words) == Some(SpriteRole::Food)
}

/// Whether these words begin with somebody one plays against.
fn is_foe(words: &[PromptWord]) -> bool {
    lexicon::foe_noun(words).is_some() || lexicon::first_role(words) == Some(SpriteRole::Foe)
}
