//! Numbers in a prompt: of lives, of seconds, of foes, of a board's cells, and the score that wins.

use super::{PromptReader, join_typed};
use crate::compose::brief::amounts::{Amount, BoardSize};
use crate::compose::brief::lexicon::{self, LEXICON, PhraseMeaning};
use crate::compose::brief::options;
use crate::compose::kinds::GameKind;
use crate::compose::sprites::{self, SpriteRole};
use crate::compose::words::PromptWord;

impl PromptReader {
    /// Reads a number and its unit; returns the number of words used.
    pub(super) fn read_number(&mut self, at: usize, ahead: &[PromptWord]) -> Option<usize> {
        let number = lexicon::number(ahead.first()?)?;
        if let Some(count) = self.read_grid(number, ahead.get(1..)?) {
            return Some(1 + count);
        }
        if let Some(count) = self.read_goal(number, at, ahead.get(1..)?) {
            return Some(1 + count);
        }
        let unit = ahead.get(1)?;
        if let Some(noun) = lexicon::amount(unit).filter(|_| number > 1) {
            self.numbers.amount = Some(Amount { count: number, noun });
            return Some(2);
        }
        // "A second level" is another one.
        if ahead.first()?.typed == "a" && unit.typed == "second" {
            return None;
        }
        let is_more = matches!(unit.typed.as_str(), "more" | "extra" | "additional");
        if is_more && ahead.get(2).is_some_and(|unit| lexicon::is_unit("lives", unit)) {
            self.numbers.more_lives += number.min(99);
            return Some(3);
        }
        if lexicon::is_unit("lives", unit) && unit.typed != "live" {
            self.numbers.lives = Some(number.clamp(1, 99));
        } else if lexicon::is_unit("seconds", unit) {
            self.numbers.seconds = Some(number.clamp(5, 3600));
        } else if lexicon::is_unit("minutes", unit) {
            self.numbers.seconds = Some(number.saturating_mul(60).clamp(5, 3600));
        } else if lexicon::is_unit("age", unit) {
            // A game for a child of four or seven years.
            self.options.extend(options::option_index("easy").filter(|_| number < 10));
        } else {
            return self.read_count(number, at, ahead.get(1..)?);
        }
        Some(2)
    }

    /// Reads the cells of a board: "5x5", "5 by 5". Returns the number of words used after the first
    /// number.
    fn read_grid(&mut self, columns: u32, ahead: &[PromptWord]) -> Option<usize> {
        let number = |word: &str| word.parse().ok().filter(|number| *number > 1);
        let sign = &ahead.first()?.typed;
        let joined = sign.strip_prefix('x').and_then(number);
        let apart = || {
            let is_sign = lexicon::is_unit("times", ahead.first()?);
            ahead.get(1).filter(|_| is_sign).and_then(|word| number(&word.typed))
        };
        let (rows, count) = joined.map(|rows| (rows, 1)).or_else(|| Some((apart()?, 2)))?;
        // "2 x 30 seconds" is a time.
        let is_time = |word: &PromptWord| {
            ["seconds", "minutes"].iter().any(|unit| lexicon::is_unit(unit, word))
        };
        if ahead.get(count).is_some_and(is_time) {
            return None;
        }
        self.numbers.grid = Some(BoardSize::new(columns, rows));
        Some(count)
    }

    /// Reads how a game is won: by points or after levels. Not "10 points for each star", nor "level 5".
    /// Returns the number of words used after the number.
    fn read_goal(&mut self, number: u32, at: usize, ahead: &[PromptWord]) -> Option<usize> {
        const EACH: [&str; 6] = ["for", "per", "each", "every", "when", "if"];
        let word = |place: usize| ahead.get(place).map_or("", |word| word.typed.as_str());
        let is_unit = |unit: &str| ahead.first().is_some_and(|word| lexicon::is_unit(unit, word));
        let is_points = is_unit("points") && !EACH.contains(&word(1));
        if number < 2 {
            None
        } else if is_unit("levels") {
            self.numbers.levels = Some(number.min(99));
            Some(1)
        } else if is_points || lexicon::is_first_to(self.words.get(..at)?) && !is_unit("seconds") {
            self.numbers.goal = Some(number.min(1_000_000));
            Some(usize::from(is_points))
        } else {
            None
        }
    }

    /// The board, the amount and the foes that this kind has, and those of this prompt that it does not have.
    pub(super) fn describe_amounts(&self, kind: &GameKind) -> (Vec<String>, Vec<String>) {
        let numbers = &self.numbers;
        let grid = numbers.latest_grid().filter(|grid| grid.fits(kind));
        let amount = numbers.latest_amount().filter(|amount| amount.fits(kind));
        let other_grid = numbers.grid.filter(|grid| !grid.fits(kind));
        let other_amount = numbers.amount.filter(|amount| !amount.fits(kind));
        let counted = numbers.counted_foes();
        // Who they are is told with how many they are.
        let is_named = self.named.iter().any(|(part, _)| *part == SpriteRole::Foe);
        let (foes, other_foes) = if numbers.fits_foes(kind) {
            (counted.filter(|_| !is_named), None)
        } else {
            (None, counted.filter(|_| numbers.foe_noun.is_some()))
        };
        let told = |grid: Option<BoardSize>, amount: Option<Amount>, foes| {
            let texts = grid.map(|grid| grid.to_string()).into_iter();
            texts.chain(amount.map(|amount| amount.to_string())).chain(foes).collect()
        };
        (told(grid, amount, foes), told(other_grid, other_amount, other_foes))
    }

    /// Reads the count of a sprite, or of foes whatever they look like.
    fn read_count(&mut self, number: u32, at: usize, ahead: &[PromptWord]) -> Option<usize> {
        let word = ahead.first()?;
        let known = LEXICON.longest(ahead);
        // "Two enemies", "two fast enemies"; only the number is used, because "enemies shoot" is a wish.
        let is_sprite = matches!(known, Some((PhraseMeaning::Sprite(_), _)));
        let places = [Some(ahead), known.and_then(|(_, count)| ahead.get(count..))];
        let noun = places.into_iter().flatten().find_map(lexicon::foe_noun);
        if let Some(noun) = noun.filter(|_| !is_sprite) {
            self.withdraw_options(|option| options::option_foes(option).is_some());
            self.numbers.count_foes(number, Some(join_typed(noun)));
            return Some(1);
        }
        let guess = || Some((LEXICON.guess(ahead.get(..1)?)?, 1));
        let (meaning, count) = known.or_else(guess)?;
        if let PhraseMeaning::GameOption(_) | PhraseMeaning::StopWord = meaning {
            return self.read_count_beyond(number, ahead.get(count..)?);
        }
        let PhraseMeaning::Sprite(sprite) = meaning else { return None };
        let is_hero = lexicon::is_hero_before(ahead.get(count..)?);
        if number == 1 && is_hero {
            self.name_hero(sprite);
            return Some(1 + count);
        }
        if known.is_none() {
            self.record_guess(std::slice::from_ref(word), meaning);
        }
        if self.assign_role(sprite, at) == Some(SpriteRole::Foe) {
            let noun = ahead.get(..count).filter(|_| number > 1);
            self.numbers.count_foes(number, noun.map(join_typed));
        }
        Some(1 + count)
    }

    /// Reads a count with a word in between ("3 slow ghosts"); uses only the number.
    fn read_count_beyond(&mut self, number: u32, ahead: &[PromptWord]) -> Option<usize> {
        let (PhraseMeaning::Sprite(sprite), count) = LEXICON.longest(ahead)? else { return None };
        let sprite = sprites::all().get(sprite)?;
        if sprite.role != SpriteRole::Foe {
            return None;
        }
        let noun = ahead.get(..count).filter(|_| number > 1);
        self.numbers.count_foes(number, noun.map(join_typed));
        Some(1)
    }
}

/// Phrases such as "one life" and "no second chance", whose first word is not a number by itself.
pub(super) fn is_fixed_phrase(ahead: &[PromptWord]) -> bool {
    LEXICON.longest(ahead).is_some_and(|(meaning, count)| {
        count > 1 && !matches!(meaning, PhraseMeaning::Sprite(_) | PhraseMeaning::StopWord)
    })
}
