//! One line of the diagnosis, as text and as JSON.

use serde_json::{Value, json};

use crate::config::Origin;

/// One diagnosed item.
pub struct DoctorLine {
    name: &'static str,
    health: CheckHealth,
    value: String,
    /// Where it was set; `None` if it is not a setting.
    origin: Option<String>,
    /// The remedy, if there is one.
    advice: Option<String>,
}

/// The state of a diagnosed item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckHealth {
    Good,
    /// Works with restrictions.
    Degraded,
    /// Prevents games from being made or saved; a command would end with this exit code.
    Broken(u8),
}

impl CheckHealth {
    fn sign(self) -> char {
        match self {
            Self::Good => '✓',
            Self::Degraded => '–',
            Self::Broken(_) => '✗',
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Degraded => "less",
            Self::Broken(_) => "bad",
        }
    }
}

impl DoctorLine {
    /// A line for an item without problems.
    pub fn good(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, health: CheckHealth::Good, value: text.into(), origin: None, advice: None }
    }

    /// Adds where the setting comes from.
    pub fn with_origin(self, origin: &Origin) -> Self {
        Self { origin: Some(origin.to_string()), ..self }
    }

    /// Sets the state and the remedy of a problem.
    pub fn with_advice(self, health: CheckHealth, advice: impl Into<String>) -> Self {
        Self { health, advice: Some(advice.into()), ..self }
    }

    /// The state of the item.
    pub fn health(&self) -> CheckHealth {
        self.health
    }

    /// Appends to the value.
    pub fn append(self, more: &str) -> Self {
        Self { value: format!("{}{more}", self.value), ..self }
    }

    /// The exit code of a command that needs this item; `None` if it would not fail.
    pub fn exit_code(&self) -> Option<u8> {
        match self.health {
            CheckHealth::Broken(code) => Some(code),
            CheckHealth::Good | CheckHealth::Degraded => None,
        }
    }

    /// The line as an object for `--json`.
    pub fn json(&self) -> Value {
        json!({
            "name": self.name,
            "health": self.health.code(),
            "value": self.value,
            "set_by": self.origin,
            "advice": self.advice,
        })
    }

    /// The line for people, with its advice below it.
    pub fn human(&self) -> String {
        let origin = self.origin.as_ref().map(|origin| format!("  ({origin})"));
        let indented = |advice: &String| format!("    {}\n", advice.replace('\n', "\n    "));
        let advice = self.advice.as_ref().map(indented);
        let (sign, name, text) = (self.health.sign(), self.name, &self.value);
        let (origin, advice) = (origin.unwrap_or_default(), advice.unwrap_or_default());
        format!("{sign} {name:<10}{text}{origin}\n{advice}")
    }
}
