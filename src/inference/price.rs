//! The price of models, and the cost of requests.

use super::TokenUsage;

/// USD per million prompt (`input`) and completion (`output`) tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    pub input: f64,
    pub output: f64,
}

/// The price of the default model. Source: HuggingFace's model list, August 2026. Other prices come
/// from the server's list.
const PRICES: [(&str, Price); 1] =
    [("Qwen/Qwen3-Coder-30B-A3B-Instruct", Price { input: 0.07, output: 0.26 })];

/// The usage of one typical game, to compare models: about 2,000 tokens of rules and prompt, and
/// 8,000 of reply, which is a game of about 24 kB. Nine of ten games are smaller. Reasoning costs
/// extra, and no list says how much.
pub const TYPICAL_GAME: TokenUsage = TokenUsage { prompt_tokens: 2_000, completion_tokens: 8_000 };

// Prices are parsed by one function, which accepts only finite numbers.
impl Eq for Price {}

impl Price {
    /// The cost of `usage` in USD.
    pub fn cost(self, usage: TokenUsage) -> f64 {
        let tokens = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / 1e6;
        tokens(usage.prompt_tokens) * self.input + tokens(usage.completion_tokens) * self.output
    }

    /// The cost of [`TYPICAL_GAME`] in USD.
    pub fn game_cost(self) -> f64 {
        self.cost(TYPICAL_GAME)
    }

    /// The completion tokens that `usd` pays for, rounded down.
    pub fn affordable_tokens(self, usd: f64) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the count is clamped to the range"
        )]
        let whole = |count: f64| count.clamp(0.0, f64::from(u32::MAX)) as u32;
        if self.output <= 0.0 { u32::MAX } else { whole((usd / self.output * 1e6).floor()) }
    }

    /// The number of games that `usd` pays for; `None` if a game costs nothing.
    pub fn affordable_games(self, usd: f64) -> Option<u32> {
        let count = (usd / self.game_cost()).floor();
        // A rounding error must not cost a whole game.
        let count =
            if ((count + 1.0) * self.game_cost() - usd).abs() < 1e-9 { count + 1.0 } else { count };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the count lies within the range"
        )]
        let whole = |count: f64| count.clamp(0.0, 1e9) as u32;
        count.is_finite().then(|| whole(count))
    }
}

/// The built-in price of a model; `None` if it has none.
pub fn known_price(model: &str) -> Option<Price> {
    let name = model.split(':').next().unwrap_or(model);
    PRICES.iter().find(|(known, _)| *known == name).map(|(_, price)| *price)
}

/// Rounds to millionths of a dollar: more digits would exceed the precision of an estimate.
pub fn round_usd(usd: f64) -> f64 {
    (usd * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_credits_make_as_many_games_as_the_readme_says() {
        let default = Price { input: 0.07, output: 0.26 };
        assert_eq!(default.affordable_games(0.10), Some(45));
        assert_eq!(Price { input: 0.2, output: 1.5 }.affordable_games(0.10), Some(8));
        assert_eq!(Price { input: 3.0, output: 15.0 }.affordable_games(0.10), Some(0));
        assert_eq!(Price { input: 0.0, output: 0.0 }.affordable_games(0.10), None);
        assert_eq!(Price { input: 0.0, output: 1.25 }.affordable_games(0.10), Some(10));
        assert_eq!(known_price("Qwen/Qwen3-Coder-30B-A3B-Instruct:novita"), Some(default));
        assert_eq!(known_price("acme/coder"), None);
    }
}
