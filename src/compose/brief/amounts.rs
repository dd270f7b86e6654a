//! The numbers in a prompt, and what they count.

use std::fmt;

use crate::compose::kinds::GameKind;
use crate::compose::sprites;

/// The cells of a board, across and down. A window that is higher than wide has them the other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::compose) struct BoardSize {
    pub columns: u32,
    pub rows: u32,
}

impl BoardSize {
    /// What a hand and an eye can still do with: from 2 to 24 in each direction.
    pub(super) fn new(columns: u32, rows: u32) -> Self {
        Self { columns: columns.clamp(2, 24), rows: rows.clamp(2, 24) }
    }

    /// Whether a kind can have such a board, or always has it.
    pub(super) fn fits(self, kind: &GameKind) -> bool {
        let Self { columns, rows } = self;
        let is_usual = |(across, down)| kind.takes(&format!("grid {across}x{down}"));
        kind.takes("grid") || [(columns, rows), (rows, columns)].into_iter().any(is_usual)
    }
}

impl fmt::Display for BoardSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.columns, self.rows)
    }
}

/// So many of something that some kinds have: mines, questions, rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::compose) struct Amount {
    pub count: u32,
    pub noun: &'static str,
}

impl Amount {
    /// Whether a kind can have so many, or always has them.
    pub fn fits(self, kind: &GameKind) -> bool {
        kind.range_of(self.noun).is_some_and(|range| range.contains(&self.count))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.count, self.noun)
    }
}

/// The explicit numbers in the prompt.
#[derive(Debug, Default)]
pub(super) struct PromptNumbers {
    pub lives: Option<u32>,
    pub more_lives: u32,
    pub seconds: Option<u32>,
    pub foes: Option<u32>,
    pub goal: Option<u32>,
    pub levels: Option<u32>,
    pub grid: Option<BoardSize>,
    pub amount: Option<Amount>,
    /// What the foes are called that this prompt counts: "ghosts", "enemies".
    pub foe_noun: Option<String>,
    /// The board, the amount and the noun of earlier prompts.
    earlier: (Option<BoardSize>, Option<Amount>, Option<String>),
}

impl PromptNumbers {
    /// Another prompt follows: what it does not name stays as it was.
    pub fn begin_prompt(&mut self) {
        let foe_noun = self.foe_noun.take().or_else(|| self.earlier.2.take());
        self.earlier = (self.latest_grid(), self.latest_amount(), foe_noun);
        (self.grid, self.amount) = (None, None);
    }

    /// The board that this prompt wishes for, or else an earlier one.
    pub fn latest_grid(&self) -> Option<BoardSize> {
        self.grid.or(self.earlier.0)
    }

    /// The amount that this prompt wishes for, or else an earlier one.
    pub fn latest_amount(&self) -> Option<Amount> {
        self.amount.or(self.earlier.1)
    }

    /// Counts foes, in the words of the prompt. `None`: they are no more than mentioned, as "a ghost".
    pub fn count_foes(&mut self, number: u32, noun: Option<String>) {
        // More at once is no game.
        self.foes = Some(number.min(9));
        self.foe_noun = noun;
    }

    /// The foes that this prompt counts, or else an earlier one, as it called them: "2 enemies". `None` where
    /// nobody counts them, or there are none.
    pub fn counted_foes(&self) -> Option<String> {
        let noun = self.foe_noun.as_ref().or(self.earlier.2.as_ref())?;
        // What is translated has no plural.
        let is_plural = noun.ends_with('s');
        match self.foes? {
            0 => None,
            1 => Some(format!("1 {noun}")),
            count if is_plural => Some(format!("{count} {noun}")),
            count => Some(format!("{count} {}", sprites::plural(noun))),
        }
    }

    /// Whether a kind can have so many foes at once. A board game has one opponent.
    pub fn fits_foes(&self, kind: &GameKind) -> bool {
        let is_opponent = self.foes == Some(1) && kind.takes("foe") && !kind.takes("foes");
        let range = kind.range_of("foes");
        is_opponent || self.foes.zip(range).is_some_and(|(count, range)| range.contains(&count))
    }

    /// The numbers in words, for the line about what was understood.
    pub fn describe(&self) -> impl Iterator<Item = String> {
        let lives = self.lives.map(|n| if n == 1 { "1 life".into() } else { format!("{n} lives") });
        let more = Some(self.more_lives).filter(|n| *n > 0).map(|n| format!("{n} more lives"));
        let levels = self.levels.map(|n| {
            if n == 1 { "ends after 1 level".into() } else { format!("ends after {n} levels") }
        });
        let seconds = self.seconds.map(|n| format!("{n} s"));
        let goal = self.goal.map(|n| format!("won with {n} points"));
        lives.into_iter().chain(more).chain(seconds).chain(goal).chain(levels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::kinds;
    use crate::compose::{GameTheme, compose};

    /// What some kinds have a number of that can be chosen.
    const NOUNS: [&str; 4] = ["mines", "questions", "colours", "rows"];

    #[test]
    fn a_board_that_is_said_to_be_understood_is_in_the_page() {
        let mut taken = 0;
        for kind in kinds::all() {
            let made = compose(&format!("{} 6x5", kind.words[0]), 3, GameTheme::Forest);
            let page = made.source.text();
            let is_there = page.contains("  columns: 6,") && page.contains("  rows: 5,");
            let (told, not) = made.understood.split_once(';').unwrap_or((&made.understood, ""));
            assert_eq!(told.contains("6 × 5"), is_there, "{}", made.understood);
            assert_ne!(not.contains("6 × 5"), is_there, "{}", made.understood);
            taken += usize::from(is_there);
        }
        assert_eq!(taken, 5, "merge tiles, pairs, mines, whack and match three");
        // What the kind has anyway changes nothing.
        let [plain, named] = ["chess", "chess 8 by 8"].map(|it| compose(it, 3, GameTheme::Forest));
        assert!(named.is_same_game_as(plain.source.text()) && named.understood.contains("8 × 8"));
        // A window that is higher than wide is no reason to refuse the usual board.
        assert!(compose("connect four 6x7", 3, GameTheme::Forest).understood.contains("· 6 × 7"));
    }

    #[test]
    fn an_amount_that_is_said_to_be_understood_is_in_the_page() {
        let mut taken = 0;
        for (kind, noun) in kinds::all().iter().flat_map(|kind| NOUNS.map(|noun| (kind, noun))) {
            let made = compose(&format!("{}, 5 {noun}", kind.words[0]), 3, GameTheme::Forest);
            let is_there = made.source.text().contains("  count: 5,");
            let amount = Amount { count: 5, noun };
            assert_eq!(is_there, amount.fits(kind), "{}: {}", kind.name, made.understood);
            let (told, not) = made.understood.split_once(';').unwrap_or((&made.understood, ""));
            assert_eq!(told.contains(&amount.to_string()), is_there, "{}", made.understood);
            assert_ne!(not.contains(&amount.to_string()), is_there, "{}", made.understood);
            taken += usize::from(is_there);
        }
        assert_eq!(taken, 7, "mines, two quizzes, two with colours, two with rows");
        // What the kind has anyway changes nothing, and what is too many is not available.
        let [plain, four] =
            ["rhythm game", "rhythm game, 4 lanes"].map(|it| compose(it, 3, GameTheme::Forest));
        assert!(four.is_same_game_as(plain.source.text()) && four.understood.contains("4 lanes"));
        let many = compose("bubble shooter, 7 colours", 3, GameTheme::Forest);
        assert!(many.understood.ends_with("not available in this kind: '7 colours'"));
        let later = ["minesweeper, 12 mines", "faster"];
        let later = crate::compose::compose_change(&later, 3, GameTheme::Forest);
        assert!(later.understood.contains("12 mines"), "{}", later.understood);
    }

    #[test]
    fn foes_that_are_said_to_be_understood_are_in_the_page() {
        let told = |prompt: &str| {
            let made = compose(prompt, 3, GameTheme::Forest);
            let (told, not) = made.understood.split_once(';').unwrap_or((&made.understood, ""));
            (made.source.text().to_owned(), told.to_owned(), not.to_owned())
        };
        let is_told = |told: &str, part: &str| told.split(" · ").any(|it| it == part);
        for kind in kinds::all() {
            let name = &kind.words[0];
            let (page, some, not) = told(&format!("{name} with seven enemies"));
            let is_there = page.contains("  foes: 7,");
            assert_eq!(is_told(&some, "7 enemies"), is_there, "{name}: {some}");
            assert_ne!(not.contains("7 enemies"), is_there, "{name}: {not}");
            let (page, some, not) = told(&format!("{name} with enemies"));
            let is_there = kind.takes("foes") && !page.contains("  foes: 0,");
            assert_eq!(is_told(&some, "foes"), is_there, "{name}: {some}");
            assert_ne!(not.contains("foes"), is_there, "{name}: {not}");
            let (page, some, not) = told(&format!("{name} where I avoid four ghosts"));
            let is_there = page.contains("  foes: 4,");
            assert!(!is_told(&some, "4 ghosts") || is_there, "{name}: {some}");
            assert!(some.contains("ghosts") || not.contains("ghosts"), "{name}: {some}{not}");
        }
        // Whatever was said before, and in whatever words.
        for (lines, expected) in [
            (["snake with no enemies", "add enemies"], "foes"),
            (["snake with enemies", "no enemies"], "no foes"),
            (["snake with enemies", "3 fast bad guys"], "3 bad guys"),
            (["snake with 2 enemies", "faster"], "2 enemies"),
            (["schlange mit drei gegnern", "schneller"], "3 enemies"),
            (["chess against one opponent", "faster"], "1 opponent"),
        ] {
            let made = crate::compose::compose_change(&lines, 3, GameTheme::Forest);
            assert!(is_told(&made.understood, expected), "{lines:?}: {}", made.understood);
        }
    }
}
