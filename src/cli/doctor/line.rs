//! One thing that was looked at, for people and for programs.

use serde_json::{Value, json};

use crate::config::Origin;

/// One thing that was looked at.
pub struct Line {
    name: &'static str,
    health: Health,
    words: String,
    /// Where it was set, if it can be.
    origin: Option<String>,
    /// What would help, where something would.
    advice: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Good,
    /// Works with less.
    Less,
    /// Keeps games from being made or kept; a command would end with this code.
    Bad(u8),
}

impl Health {
    fn sign(self) -> char {
        match self {
            Self::Good => '✓',
            Self::Less => '–',
            Self::Bad(_) => '✗',
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Less => "less",
            Self::Bad(_) => "bad",
        }
    }
}

impl Line {
    pub fn good(name: &'static str, words: impl Into<String>) -> Self {
        Self { name, health: Health::Good, words: words.into(), origin: None, advice: None }
    }

    pub fn set(self, origin: &Origin) -> Self {
        Self { origin: Some(origin.to_string()), ..self }
    }

    pub fn with(self, health: Health, advice: impl Into<String>) -> Self {
        Self { health, advice: Some(advice.into()), ..self }
    }

    /// The same with more to say.
    pub fn and(self, more: &str) -> Self {
        Self { words: format!("{}{more}", self.words), ..self }
    }

    pub fn exit_code(&self) -> Option<u8> {
        match self.health {
            Health::Bad(code) => Some(code),
            Health::Good | Health::Less => None,
        }
    }

    pub fn json(&self) -> Value {
        json!({
            "name": self.name,
            "health": self.health.code(),
            "value": self.words,
            "set_by": self.origin,
            "advice": self.advice,
        })
    }

    pub fn human(&self) -> String {
        let origin = self.origin.as_ref().map(|origin| format!("  ({origin})"));
        let advice = self.advice.as_ref().map(|advice| format!("    {advice}\n"));
        let (sign, name, words) = (self.health.sign(), self.name, &self.words);
        let (origin, advice) = (origin.unwrap_or_default(), advice.unwrap_or_default());
        format!("{sign} {name:<10}{words}{origin}\n{advice}")
    }
}
