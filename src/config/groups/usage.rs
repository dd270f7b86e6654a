//! How much may be asked of model servers, and what that may cost.

use crate::config::ConfigError;
use crate::config::keys::{SettingKey, ValueKind};
use crate::config::layers::Layers;
use crate::inference::RequestLimits;

pub(super) const ROWS: [SettingKey; 5] = [
    SettingKey::new("limits.minute", LIMIT, "50", "50 requests in a minute; 0 is no limit"),
    SettingKey::new("limits.hour", LIMIT, "3000", "3000 requests in an hour; 0 is no limit"),
    SettingKey::new("limits.day", LIMIT, "30000", "30000 requests in a day; 0 is no limit"),
    SettingKey::new("limits.running", LIMIT, "10", "10 requests at once; 0 is no limit"),
    SettingKey::new(
        "credits_usd",
        ValueKind::Text,
        "0.10",
        "0.10: what a month's credits are, for estimates and for comparing models",
    ),
];

const LIMIT: ValueKind = ValueKind::Number { min: 0, max: 1_000_000 };

/// The limits of requests and of money.
#[derive(Debug, Clone)]
pub struct UsageSettings {
    /// How many requests are sent; 0 means no limit.
    pub limits: RequestLimits,
    /// The monthly credits in USD, for comparison.
    pub credits_usd: f64,
}

impl UsageSettings {
    pub(in crate::config) fn read(layers: &Layers<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            limits: RequestLimits {
                minute: layers.number("limits.minute")?.value,
                hour: layers.number("limits.hour")?.value,
                day: layers.number("limits.day")?.value,
                running: layers.number("limits.running")?.value,
            },
            credits_usd: layers.parse_with("credits_usd", parse_dollars)?.value,
        })
    }
}

fn parse_dollars(text: &str) -> Result<f64, &'static str> {
    let amount = text.parse().ok().filter(|amount: &f64| (0.0..=1e6).contains(amount));
    amount.ok_or("use an amount in dollars like 0.10")
}
