//! The options of a game, as its script reads them.

use super::amounts::{Amount, BoardSize, PromptNumbers};
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

/// Whether an option wants somebody to play against, however many.
pub(super) fn wants_foes(option: usize) -> bool {
    let foes = TABLE.wish.get(option).and_then(|option| option.says.get("foes"));
    foes.and_then(toml::Value::as_str) == Some("some")
}

/// The number of foes after an option; `None`: the kind's own.
pub(super) fn foes_after(option: usize, so_far: Option<u32>) -> Option<u32> {
    option_foes(option).or(so_far.filter(|count| !wants_foes(option) || *count > 0))
}

/// Whether an option is about how many one plays against.
pub(super) fn is_crowd(option: usize) -> bool {
    TABLE.wish.get(option).is_some_and(|option| option.says.contains_key("crowd"))
}

/// Whether an earlier option means nothing any more after a later one: of sizes and amounts the latest
/// counts, and the usual speed ends the other ones.
pub(super) fn is_overruled(earlier: usize, later: usize) -> bool {
    const ONE_EACH: [&str; 5] = ["crowd", "size", "extent", "language", "foes"];
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::kinds;
    use crate::compose::{Composition, GameTheme, compose};

    /// What a game may have already: that nobody is there, that there is no limit, that one plays alone.
    const MAY_BE_SO: [&str; 7] =
        ["foes", "no foes", "no time limit", "one player", "few", "normal speed", "normal size"];

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

    /// The prompt, if its wish is said to be understood and the page is the same without it.
    fn told_in_vain(option: &OptionEntry, name: &str, plain: &Composition) -> Option<String> {
        let prompt = format!("{name}, {}", option.words.first().expect("a word"));
        let made = compose(&prompt, 3, GameTheme::Forest);
        let (told, _) = made.understood.split_once(';').unwrap_or((&made.understood, ""));
        let is_told = told.split(" · ").any(|part| part == option.label);
        (is_told && made.is_same_game_as(plain.source.text())).then_some(prompt)
    }
}
