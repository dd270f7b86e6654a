//! The options of a game, as its script reads them.

use std::fmt;

use super::lexicon::{OptionEntry, TABLE};
use crate::compose::kinds::GameKind;
use crate::compose::language::Language;

/// The options of a game besides its kind and its cast.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::compose) struct GameOptions {
    pub lives: u32,
    /// 1 is normal.
    pub speed: f64,
    pub size: f64,
    pub crowd: f64,
    /// 0: no time limit.
    pub seconds: u32,
    pub switches: GameSwitches,
    /// The number of players.
    pub players: u32,
    pub colour: Option<String>,
    pub additions: GameAdditions,
    pub win: WinCondition,
    pub foes: u32,
    /// What the foes do: hurt, chase or steal.
    pub rule: String,
}

/// What a game has besides.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::compose) struct GameAdditions {
    pub powers: Vec<String>,
    /// What falls over the game, such as `rain`. `None`: nothing.
    pub weather: Option<String>,
    /// The colour of the background. `None`: the theme's.
    pub ground: Option<String>,
    /// The language of the texts. `None`: that of the prompt.
    pub language: Option<Language>,
    /// Anything else, as the marks in the scripts call it.
    pub extras: Vec<String>,
    /// The cells of the board. `None`: as many as the kind has.
    pub grid: Option<BoardSize>,
    /// How many of what a kind is about, as mines. `None`: as many as the level wants.
    pub amount: Option<Amount>,
}

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

/// How a game is won. By default it goes on until it is lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::compose) struct WinCondition {
    /// The score that wins, or the rounds. 0: none.
    pub goal: u32,
    /// The level after which the game is won. 0: none.
    pub levels: u32,
}

/// What is on or off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one wish")]
pub(in crate::compose) struct GameSwitches {
    /// Only what is near the player is seen.
    pub dark: bool,
    /// What leaves the field on one side comes back on the other.
    pub wrap: bool,
    /// The game begins without sound; a key turns it on.
    pub mute: bool,
}

/// The label of an option in the table.
pub(super) fn option_label(option: usize) -> String {
    TABLE.wish.get(option).map(|option| option.label.clone()).unwrap_or_default()
}

/// The number of foes that an option sets. `None` for the others.
pub(super) fn option_foes(option: usize) -> Option<u32> {
    let foes = TABLE.wish.get(option)?.says.get("foes")?;
    foes.as_integer().and_then(|count| count.try_into().ok())
}

/// Whether an option is about how many one plays against.
pub(super) fn is_crowd(option: usize) -> bool {
    TABLE.wish.get(option).is_some_and(|option| option.says.contains_key("crowd"))
}

/// Whether an earlier option means nothing any more after a later one: of sizes and amounts the latest
/// counts, and the usual speed ends the other ones.
pub(super) fn is_overruled(earlier: usize, later: usize) -> bool {
    const ONE_EACH: [&str; 4] = ["crowd", "size", "extent", "language"];
    let (Some(earlier), Some(later)) = (TABLE.wish.get(earlier), TABLE.wish.get(later)) else {
        return false;
    };
    let resets = later.says.get("usual").and_then(toml::Value::as_str);
    let is_over = |name: &String| {
        resets == Some(name.as_str())
            || ONE_EACH.contains(&name.as_str()) && later.says.contains_key(name)
    };
    earlier.says.keys().all(is_over) && !earlier.says.is_empty()
}

/// The colour that an option sets. `None` for the others.
pub(super) fn option_colour(option: usize) -> Option<&'static str> {
    TABLE.wish.get(option)?.says.get("colour")?.as_str()
}

/// The label of the option that adds this to a game.
pub(super) fn extra_label(extra: &str) -> String {
    let adds = |option: &&OptionEntry| {
        let is_it = |value: &toml::Value| value.as_str() == Some(extra);
        let extras = option.says.get("extras").and_then(toml::Value::as_array);
        extras.is_some_and(|extras| extras.iter().any(is_it))
            || option.says.get("weather").is_some_and(is_it)
    };
    TABLE.wish.iter().find(adds).map(|option| option.label.clone()).unwrap_or_default()
}

/// What a kind has to take to honour an option. `None` if that follows from its values.
pub(super) fn option_need(option: usize) -> Option<&'static str> {
    TABLE.wish.get(option)?.fits.as_deref()
}

/// The index of the option with this label.
pub(super) fn option_index(label: &str) -> Option<usize> {
    TABLE.wish.iter().position(|option| option.label == label)
}

impl GameOptions {
    /// What foes do if nothing is said.
    pub const USUAL_RULE: &str = "hurt";

    /// The usual options, for a game with so many foes.
    pub(super) fn new(foes: u32) -> Self {
        Self {
            lives: 3,
            speed: 1.0,
            size: 1.0,
            crowd: 1.0,
            seconds: 0,
            switches: GameSwitches::default(),
            players: 1,
            colour: None,
            additions: GameAdditions::default(),
            win: WinCondition::default(),
            foes,
            rule: Self::USUAL_RULE.to_owned(),
        }
    }

    /// Applies an option; returns whether this kind uses it.
    pub(super) fn apply_option(&mut self, option: usize, kind: &GameKind) -> bool {
        let Some(option) = TABLE.wish.get(option) else { return false };
        let takes = |name: &str| kind.takes(if name == "crowd" { "foes" } else { name });
        if option.already.as_deref().is_some_and(takes) {
            return true;
        }
        let is_granted = match option.fits.as_deref() {
            Some("all") => true,
            Some(need) => kind.takes(need),
            None => option.says.keys().any(|name| takes(name)),
        };
        let is_extra = |name: &str| name == "extras" && !is_granted;
        for (name, value) in option.says.iter().filter(|(name, _)| !is_extra(name)) {
            match (name.as_str(), value.as_float()) {
                // A board of smaller cells has more of them.
                ("extent", Some(extent)) if kind.takes("cells") => self.size = 1.0 / extent,
                ("extent", Some(extent)) => self.size = extent,
                _ => self.set_option(name, value),
            }
        }
        is_granted
    }

    fn set_option(&mut self, name: &str, value: &toml::Value) {
        let number = value.as_float();
        let whole = value.as_integer().and_then(|n| u32::try_from(n).ok());
        match name {
            "lives" => self.lives = whole.unwrap_or(self.lives),
            "seconds" => self.seconds = whole.unwrap_or(self.seconds),
            // Two words for speed multiply: "hard and fast".
            "speed" => self.speed = (self.speed * number.unwrap_or(1.0)).clamp(0.5, 2.2),
            "size" => self.size = number.unwrap_or(self.size),
            "crowd" => self.crowd = number.unwrap_or(self.crowd),
            "dark" => self.switches.dark = true,
            "wrap" => self.switches.wrap = true,
            "mute" => self.switches.mute = true,
            "players" => self.players = whole.unwrap_or(self.players),
            "language" => self.additions.language = value.as_str().and_then(Language::from_code),
            "colour" => self.colour = value.as_str().map(str::to_owned),
            "rule" => value.as_str().unwrap_or(Self::USUAL_RULE).clone_into(&mut self.rule),
            "weather" => self.additions.weather = value.as_str().map(str::to_owned),
            "powers" => add_missing(&mut self.additions.powers, value),
            "extras" => add_missing(&mut self.additions.extras, value),
            _ => {}
        }
    }

    /// Explicit numbers take precedence over implied ones.
    pub(super) fn set_numbers(&mut self, numbers: &PromptNumbers) {
        self.lives = (numbers.lives.unwrap_or(self.lives) + numbers.more_lives).min(99);
        self.seconds = numbers.seconds.unwrap_or(self.seconds);
        self.win.goal = numbers.goal.unwrap_or(self.win.goal);
        self.win.levels = numbers.levels.unwrap_or(self.win.levels);
        self.additions.grid = numbers.latest_grid().or(self.additions.grid);
        self.additions.amount = numbers.latest_amount().or(self.additions.amount);
        match numbers.foes {
            Some(foes) => self.foes = foes,
            None if self.crowd > 1.0 => self.foes += 2,
            None if self.crowd < 1.0 => self.foes = self.foes.min(1),
            None => {}
        }
    }
}

/// Adds the words of a list that another does not hold yet.
fn add_missing(list: &mut Vec<String>, words: &toml::Value) {
    for word in words.as_array().into_iter().flatten().filter_map(toml::Value::as_str) {
        if !list.iter().any(|known| known == word) {
            list.push(word.to_owned());
        }
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
    /// The board and the amount of earlier prompts.
    earlier: (Option<BoardSize>, Option<Amount>),
}

impl PromptNumbers {
    /// Another prompt follows: what it does not name stays as it was.
    pub fn begin_prompt(&mut self) {
        self.earlier = (self.latest_grid(), self.latest_amount());
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
    use crate::compose::{Composition, GameTheme, compose};

    /// What a game may have already: that nobody is there, that there is no limit, that one plays alone.
    const MAY_BE_SO: [&str; 6] =
        ["no foes", "no time limit", "one player", "few", "normal speed", "normal size"];

    /// What some kinds have a number of that can be chosen.
    const NOUNS: [&str; 4] = ["mines", "questions", "colours", "rows"];

    #[test]
    fn what_is_said_to_be_understood_is_in_the_page() {
        let seen = |option: &&OptionEntry| {
            !option.says.is_empty() && !MAY_BE_SO.contains(&option.label.as_str())
        };
        // What the runtime does for every kind, it does for these.
        let is_sample = |kind: &GameKind| ["snake", "chess", "quiz"].contains(&kind.name.as_str());
        let unseen: Vec<_> = kinds::all()
            .iter()
            .flat_map(|kind| {
                let name = kind.words.first().expect("a word");
                let plain = compose(name, 3, GameTheme::Forest);
                let is_due = |option: &&OptionEntry| {
                    let has_it = option.already.as_deref().is_some_and(|have| kind.takes(have));
                    seen(option)
                        && !has_it
                        && (option.fits.as_deref() != Some("all") || is_sample(kind))
                };
                let due: Vec<_> = TABLE.wish.iter().filter(is_due).collect();
                due.into_iter().filter_map(move |option| told_in_vain(option, name, &plain))
            })
            .collect();
        assert!(unseen.is_empty(), "told, but the page is the same:\n{}", unseen.join("\n"));
    }

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

    /// The prompt, if its wish is said to be understood and the page is the same without it.
    fn told_in_vain(option: &OptionEntry, name: &str, plain: &Composition) -> Option<String> {
        let prompt = format!("{name}, {}", option.words.first().expect("a word"));
        let made = compose(&prompt, 3, GameTheme::Forest);
        let (told, _) = made.understood.split_once(';').unwrap_or((&made.understood, ""));
        let is_told = told.split(" · ").any(|part| part == option.label);
        (is_told && made.is_same_game_as(plain.source.text())).then_some(prompt)
    }
}
