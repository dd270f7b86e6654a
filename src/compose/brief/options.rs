//! The options of a game, as its script reads them.

use super::lexicon::TABLE;
use crate::compose::kinds::GameKind;

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
    pub powers: Vec<String>,
    pub foes: u32,
    /// What the foes do: hurt, chase or steal.
    pub rule: String,
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

/// The index of the option with this label.
pub(super) fn option_index(label: &str) -> Option<usize> {
    TABLE.wish.iter().position(|option| option.label == label)
}

impl GameOptions {
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
            powers: Vec::new(),
            foes,
            rule: "hurt".to_owned(),
        }
    }

    /// Applies an option; returns whether this kind uses it.
    pub(super) fn apply_option(&mut self, option: usize, kind: &GameKind) -> bool {
        let Some(option) = TABLE.wish.get(option) else { return false };
        let mut is_granted = false;
        for (name, value) in &option.says {
            let name = name.as_str();
            // Every game can be played alone, and without sound.
            let is_alone = name == "players" && value.as_integer() == Some(1);
            is_granted |= is_alone
                || name == "mute"
                || kind.takes(if name == "crowd" { "foes" } else { name });
            self.set_option(name, value);
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
            "colour" => self.colour = value.as_str().map(str::to_owned),
            "rule" => value.as_str().unwrap_or("hurt").clone_into(&mut self.rule),
            "powers" => self.add_powers(value),
            _ => {}
        }
    }

    fn add_powers(&mut self, value: &toml::Value) {
        for power in value.as_array().into_iter().flatten().filter_map(toml::Value::as_str) {
            if !self.powers.iter().any(|known| known == power) {
                self.powers.push(power.to_owned());
            }
        }
    }

    /// Explicit numbers take precedence over implied ones.
    pub(super) fn set_numbers(&mut self, numbers: &PromptNumbers) {
        self.lives = (numbers.lives.unwrap_or(self.lives) + numbers.more_lives).min(99);
        self.seconds = numbers.seconds.unwrap_or(self.seconds);
        match numbers.foes {
            Some(foes) => self.foes = foes,
            None if self.crowd > 1.0 => self.foes += 2,
            None if self.crowd < 1.0 => self.foes = self.foes.min(1),
            None => {}
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
}

impl PromptNumbers {
    /// The numbers in words, for the line about what was understood.
    pub fn describe(&self) -> impl Iterator<Item = String> {
        let lives = self.lives.map(|n| if n == 1 { "1 life".into() } else { format!("{n} lives") });
        let more = Some(self.more_lives).filter(|n| *n > 0).map(|n| format!("{n} more lives"));
        lives.into_iter().chain(more).chain(self.seconds.map(|n| format!("{n} s")))
    }
}
