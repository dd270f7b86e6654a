//! How much may be asked of model servers, and what that may cost.

use crate::config::ConfigError;
use crate::config::keys::{SettingKey, ValueKind};
use crate::config::layers::Layers;
use crate::inference::RequestLimits;

pub(super) const ROWS: [SettingKey; 9] = [
    SettingKey::new("limits.minute", LIMIT, "50", "50 requests in a minute; 0 is no limit"),
    SettingKey::new("limits.hour", LIMIT, "3000", "3000 requests in an hour; 0 is no limit"),
    SettingKey::new("limits.day", LIMIT, "30000", "30000 requests in a day; 0 is no limit"),
    SettingKey::new("limits.running", LIMIT, "10", "10 requests at once; 0 is no limit"),
    SettingKey::new(
        "credits_usd",
        ValueKind::Text,
        "none",
        "none: a month's credits in US dollars to compare with, for an account that cannot be asked",
    ),
    SettingKey::new(
        "tries",
        ValueKind::Text,
        "auto",
        "`auto`: 6 with a model on this machine, 2 with a paid one; 1 to 20 tries at a game that plays",
    )
    .env("CODEAGENT_TRIES")
    .flag("--tries", "N", "The maximum number of tries at a game that plays, 1 to 20"),
    SettingKey::new(
        "budget_usd",
        ValueKind::Text,
        "none",
        "none: the most that one game may cost in US dollars, over all its tries",
    )
    .flag("--budget", "USD", "The most that one game may cost, in US dollars"),
    SettingKey::new(
        "ask_above_usd",
        ValueKind::Text,
        "0.10",
        "0.10: a reply that may cost more US dollars than this is asked for only after a question; `none`",
    )
    .flag("--ask-above", "USD", "Ask before a reply that may cost more than this, in US dollars"),
    SettingKey::new(
        "budget_tokens",
        ValueKind::Text,
        "none",
        "none: the most tokens of questions and answers for one game, over all its tries",
    )
    .flag("--budget-tokens", "N", "The most tokens that one game may take, over all its tries"),
];

const LIMIT: ValueKind = ValueKind::Number { min: 0, max: 1_000_000 };

/// The limits of requests and of money.
#[derive(Debug, Clone)]
pub struct UsageSettings {
    /// How many requests are sent; 0 means no limit.
    pub limits: RequestLimits,
    /// A month's credits in US dollars, to compare with. `None` without any.
    pub credits_usd: Option<f64>,
    /// At most this many tries at a game that plays. `None`: as many as the engine suggests.
    pub tries: Option<u32>,
    /// The most that one game may cost, in US dollars. `None` without such a limit.
    pub budget_usd: Option<f64>,
    /// What a reply may cost without a question, in US dollars. `None` for any sum.
    pub ask_above_usd: Option<f64>,
    /// The most tokens that one game may take. `None` without such a limit.
    pub budget_tokens: Option<u64>,
}

impl UsageSettings {
    /// Reads the settings of this group.
    ///
    /// # Errors
    ///
    /// A value is invalid.
    pub(in crate::config) fn read(layers: &Layers<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            limits: RequestLimits {
                minute: layers.number("limits.minute")?.value,
                hour: layers.number("limits.hour")?.value,
                day: layers.number("limits.day")?.value,
                running: layers.number("limits.running")?.value,
            },
            credits_usd: layers.parse_with("credits_usd", parse_dollars)?.value,
            tries: layers.parse_with("tries", parse_tries)?.value,
            budget_usd: layers.parse_with("budget_usd", parse_budget)?.value,
            ask_above_usd: layers.parse_with("ask_above_usd", parse_dollars)?.value,
            budget_tokens: layers.parse_with("budget_tokens", parse_tokens)?.value,
        })
    }
}

fn parse_dollars(text: &str) -> Result<Option<f64>, &'static str> {
    if text == "none" {
        return Ok(None);
    }
    let amount = text.parse().ok().filter(|amount: &f64| (0.0..=1e6).contains(amount));
    amount.map(Some).ok_or("use an amount in dollars like 2.00, or none")
}

/// More tries than this are no persistence any more.
const MAX_TRIES: u32 = 20;

fn parse_tries(text: &str) -> Result<Option<u32>, &'static str> {
    if text == "auto" {
        return Ok(None);
    }
    let count = text.parse().ok().filter(|count| (1..=MAX_TRIES).contains(count));
    count.map(Some).ok_or("use auto, or a number from 1 to 20")
}

fn parse_budget(text: &str) -> Result<Option<f64>, &'static str> {
    if text == "none" {
        return Ok(None);
    }
    let amount = text.parse().ok().filter(|amount: &f64| *amount > 0.0 && *amount <= 1e6);
    amount.map(Some).ok_or("use an amount in dollars like 0.02, or none")
}

/// Fewer tokens make no game.
const MIN_TOKENS: u64 = 1_000;

fn parse_tokens(text: &str) -> Result<Option<u64>, &'static str> {
    if text == "none" {
        return Ok(None);
    }
    let count = text.parse().ok().filter(|count| (MIN_TOKENS..=1_000_000_000).contains(count));
    count.map(Some).ok_or("use a number from 1000, or none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_and_budgets_have_bounds() {
        assert_eq!((parse_tries("auto"), parse_tries("3")), (Ok(None), Ok(Some(3))));
        for bad in ["0", "21", "-1", "many", ""] {
            assert!(parse_tries(bad).is_err(), "{bad}");
        }
        assert_eq!((parse_budget("none"), parse_budget("0.02")), (Ok(None), Ok(Some(0.02))));
        assert_eq!((parse_tokens("none"), parse_tokens("20000")), (Ok(None), Ok(Some(20_000))));
        for bad in ["0", "999", "-1", "1e4", "many", ""] {
            assert!(parse_tokens(bad).is_err(), "{bad}");
        }
        for bad in ["0", "-1", "NaN", "inf", "cheap", ""] {
            assert!(parse_budget(bad).is_err(), "{bad}");
        }
    }
}
