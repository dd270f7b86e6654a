//! The price of models, and the cost of requests.

use std::sync::Arc;

use super::{Endpoint, TokenUsage};

/// USD per million prompt (`input`) and completion (`output`) tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    pub input: f64,
    pub output: f64,
}

/// The price of the default model at its cheapest provider. Source: HuggingFace's model list, August
/// 2026. It is used until the server's list is known.
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

/// What a model costs, according to the server's list: on the requested route, and at each provider
/// that may answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelPrices {
    /// Before the answer that of the provider which the route selects, then that of the provider
    /// which answered. `None` if unknown.
    current: Option<Price>,
    /// By provider.
    providers: Arc<[(String, Price)]>,
}

impl ModelPrices {
    /// `current` is the price at the provider that the requested route selects; `providers` may
    /// answer.
    pub fn new(current: Option<Price>, providers: Vec<(String, Price)>) -> Self {
        Self { current, providers: providers.into() }
    }

    /// Of a model that runs on the user's own machine.
    pub fn free() -> Self {
        Self::new(Some(Price { input: 0.0, output: 0.0 }), Vec::new())
    }

    /// The price as far as it is known now.
    pub fn current(&self) -> Option<Price> {
        self.current
    }

    /// The highest price that a request can have: a policy leaves it to the server who answers.
    pub fn highest(&self) -> Option<Price> {
        let listed = self.providers.iter().map(|(_, price)| *price);
        let all = self.current.into_iter().chain(listed);
        all.max_by(|a, b| a.game_cost().total_cmp(&b.game_cost()))
    }

    /// Notes which provider answered: its price is the one that counts. One that the list does not
    /// know has no known price.
    pub fn answered_by(&mut self, provider: &str) {
        if self.providers.is_empty() {
            return;
        }
        let found = self.providers.iter().find(|(name, _)| name.eq_ignore_ascii_case(provider));
        self.current = found.map(|(_, price)| *price);
    }
}

/// What a server takes for its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerCost {
    /// Nothing: it runs on the user's own machine.
    Free,
    /// What its list says.
    Listed,
}

impl ServerCost {
    /// Of the server behind this address.
    pub fn of(endpoint: &Endpoint) -> Self {
        if endpoint.is_loopback() { Self::Free } else { Self::Listed }
    }

    /// The cost of a typical game at this listed price, in short; `None` if it is unknown.
    pub fn of_a_game(self, price: Option<Price>) -> Option<String> {
        match price {
            Some(price) => Some(format_usd(price.game_cost())),
            None if self == Self::Free => Some("free".to_owned()),
            None => None,
        }
    }
}

/// The cost of a game, with two digits that count: `$0.0022`, `$0.012`, `$1.20`.
pub fn format_usd(usd: f64) -> String {
    match usd {
        ..0.00005 if usd > 0.0 => "<$0.0001".to_owned(),
        ..0.01 if usd > 0.0 => format!("${usd:.4}"),
        ..1.0 if usd > 0.0 => format!("${usd:.3}"),
        _ => format!("${usd:.2}"),
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
    fn an_amount_pays_for_whole_games() {
        let default = Price { input: 0.07, output: 0.26 };
        assert_eq!(default.affordable_games(0.10), Some(45));
        assert_eq!(Price { input: 0.2, output: 1.5 }.affordable_games(0.10), Some(8));
        assert_eq!(Price { input: 3.0, output: 15.0 }.affordable_games(0.10), Some(0));
        assert_eq!(Price { input: 0.0, output: 0.0 }.affordable_games(0.10), None);
        assert_eq!(Price { input: 0.0, output: 1.25 }.affordable_games(0.10), Some(10));
        assert_eq!(known_price("Qwen/Qwen3-Coder-30B-A3B-Instruct:novita"), Some(default));
        assert_eq!(known_price("acme/coder"), None);
    }
    #[test]
    fn the_provider_that_answers_sets_the_price() {
        let (low, high) = (Price { input: 0.1, output: 0.3 }, Price { input: 1.0, output: 3.0 });
        let providers = vec![("novita".to_owned(), low), ("together".to_owned(), high)];
        let mut prices = ModelPrices::new(Some(low), providers);
        assert_eq!((prices.current(), prices.highest()), (Some(low), Some(high)));
        prices.answered_by("Together");
        assert_eq!(prices.current(), Some(high));
        prices.answered_by("newcomer");
        assert_eq!(prices.current(), None, "not the price of another one");
        let mut free = ModelPrices::free();
        free.answered_by("anybody");
        assert_eq!(free.current().map(Price::game_cost), Some(0.0));
    }

    #[test]
    fn small_amounts_keep_the_digits_that_count() {
        let texts = [0.0, 0.000_01, 0.002_22, 0.012_4, 0.5, 1.2].map(format_usd);
        assert_eq!(texts, ["$0.00", "<$0.0001", "$0.0022", "$0.012", "$0.500", "$1.20"]);
    }
}
