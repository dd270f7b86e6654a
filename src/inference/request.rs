//! A completion request, in no protocol yet.

use super::{ModelPrices, Price, ResponseMeta, Sampling, TokenUsage, price, protocol, sampling};
use crate::untrusted::Untrusted;

/// One request to a model.
#[derive(Debug, Clone, PartialEq)]
pub struct CompletionRequest {
    pub model: String,
    /// The model's prices. `None` before the server's list is known.
    pub prices: Option<ModelPrices>,
    pub system: String,
    /// The conversation, which starts and ends with the user.
    pub turns: Vec<ChatTurn>,
    /// The user's own prompt, for the records.
    pub user_prompt: String,
    /// Whether the answer is a game, which is written down as it comes.
    pub is_for_game: bool,
    pub max_tokens: u32,
    pub sampling: Sampling,
    /// What this server rejected: names of parameters, or the role `system`. What is sent in their
    /// place is the protocol's matter.
    pub omitted_parameters: Vec<String>,
    /// Whether HuggingFace settles what it costs, under the trace as the id of its session.
    pub is_settled: bool,
    /// What it may cost before the user is asked, in USD. `None` for any sum.
    pub ask_above_usd: Option<f64>,
    /// Returned inside the router's request id, so that both logs can be matched.
    pub trace: u128,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatTurn {
    User(String),
    Model(String),
}

/// A change to a request that the server's message asks for; applied at most once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestAdjustment {
    /// The maximum of tokens in the answer.
    MaxTokens(u32),
    /// The maximum of tokens in prompt and answer together.
    ContextLimit(u32),
    /// The server does not accept these parameters, or the role `system`.
    OmitParameters(Vec<String>),
}

impl RequestAdjustment {
    /// Describes the changed request, to follow “asked again”.
    pub fn describe(&self, request: &CompletionRequest) -> String {
        let names = match self {
            Self::MaxTokens(_) | Self::ContextLimit(_) => {
                return format!("with at most {} tokens", request.max_tokens);
            }
            Self::OmitParameters(names) => names,
        };
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        protocol::describe_omission(&names).map_or_else(
            || format!("without {}", Untrusted::new(names.join(", ")).headline(120)),
            str::to_owned,
        )
    }
}

/// Tokens of the context that are left free, because chat templates add some to every message.
const TEMPLATE_MARGIN: u64 = 256;
/// The lowest limit that an estimate sets for an answer: fewer tokens make no game, and the server
/// knows the true number.
const MIN_ANSWER_TOKENS: u32 = 1_000;

impl CompletionRequest {
    /// Applies a change that the server asked for.
    pub fn adjust(&mut self, adjustment: RequestAdjustment) {
        match adjustment {
            RequestAdjustment::MaxTokens(limit) => self.max_tokens = limit.min(self.max_tokens),
            RequestAdjustment::ContextLimit(context) => {
                self.max_tokens = self.answer_room(u64::from(context));
            }
            RequestAdjustment::OmitParameters(names) => self.omitted_parameters.extend(names),
        }
    }

    /// Whether an adjustment changes the request; an unchanged one need not be sent again.
    pub fn would_change(&self, adjustment: &RequestAdjustment) -> bool {
        match adjustment {
            RequestAdjustment::MaxTokens(limit) => *limit < self.max_tokens,
            RequestAdjustment::ContextLimit(context) => {
                self.answer_room(u64::from(*context)) < self.max_tokens
            }
            RequestAdjustment::OmitParameters(names) => names.iter().any(|name| self.sends(name)),
        }
    }

    /// The tokens left for the answer in a context of `context` tokens, but at most `max_tokens`.
    pub fn answer_room(&self, context: u64) -> u32 {
        let left = context.saturating_sub(self.prompt_tokens()).saturating_sub(TEMPLATE_MARGIN);
        u32::try_from(left).unwrap_or(u32::MAX).max(MIN_ANSWER_TOKENS).min(self.max_tokens)
    }

    /// Estimates the tokens of the prompt. Code and English have three to four bytes a token with
    /// today's vocabularies; three are assumed, so the estimate is rather too high.
    fn prompt_tokens(&self) -> u64 {
        let text = |turn: &ChatTurn| match turn {
            ChatTurn::User(words) | ChatTurn::Model(words) => words.len(),
        };
        let bytes = self.system.len() + self.turns.iter().map(text).sum::<usize>();
        bytes as u64 / 3
    }

    /// Whether the server did not reject this parameter, or the role `system`.
    pub(super) fn accepts(&self, name: &str) -> bool {
        !self.omitted_parameters.iter().any(|unknown| unknown == name)
    }

    /// Whether a parameter is in the request: one of sampling only if it is chosen.
    fn sends(&self, name: &str) -> bool {
        let is_left_to_server = sampling::NAMES.contains(&name)
            && self.sampling.without(|other| other == name) == self.sampling;
        self.accepts(name) && !is_left_to_server
    }

    /// The sampling, as far as the server did not reject it.
    pub(super) fn accepted_sampling(&self) -> Sampling {
        self.sampling.without(|name| !self.accepts(name))
    }

    /// How many tokens an answer may have, so that question and answer take at most this many.
    pub fn tokens_left_of(&self, tokens: u64) -> u32 {
        u32::try_from(tokens.saturating_sub(self.prompt_tokens())).unwrap_or(u32::MAX)
    }

    /// How many tokens an answer may have, so that question and answer cost at most `usd`, whoever
    /// answers; 0 if the question alone costs more. `None` if the model's price is unknown.
    pub fn affordable_tokens(&self, usd: f64) -> Option<u32> {
        let price = self.price(ModelPrices::highest)?;
        let prompt = TokenUsage { prompt_tokens: self.prompt_tokens(), completion_tokens: 0 };
        Some(price.affordable_tokens(usd - price.cost(prompt)))
    }

    /// The usage of a reply of this many bytes that was not read to its end, so that no server
    /// reported it: four bytes are taken for a token.
    pub fn estimated_usage(&self, reply_bytes: usize) -> TokenUsage {
        TokenUsage {
            prompt_tokens: self.prompt_tokens(),
            completion_tokens: (reply_bytes as u64).div_ceil(4),
        }
    }

    /// The most that the reply can cost in USD, with its question; `None` if the model's price is
    /// unknown.
    pub fn most_usd(&self) -> Option<f64> {
        let price = self.price(ModelPrices::highest)?;
        let completion_tokens = self.max_tokens.into();
        Some(price.cost(TokenUsage { prompt_tokens: self.prompt_tokens(), completion_tokens }))
    }

    /// What it may cost at most, and the limit above which the user is asked; `None` where no question
    /// is needed, or the price is unknown.
    pub fn costs_too_much(&self) -> Option<(f64, f64)> {
        let limit = self.ask_above_usd?;
        self.most_usd().filter(|most| *most > limit).map(|most| (most, limit))
    }

    /// The cost of `usage` in USD; `None` if the model's price is unknown.
    pub fn estimated_usd(&self, usage: TokenUsage) -> Option<f64> {
        let price = self.price(ModelPrices::current)?;
        Some(price::round_usd(price.cost(usage)))
    }

    /// Of the list; only without one the built-in price.
    fn price(&self, of: impl Fn(&ModelPrices) -> Option<Price>) -> Option<Price> {
        match &self.prices {
            Some(prices) => of(prices),
            None => price::known_price(&self.model),
        }
    }

    /// Notes who answered, whose price it is then.
    pub fn answered_by(&mut self, meta: &ResponseMeta) {
        if let (Some(prices), Some(provider)) = (&mut self.prices, &meta.provider) {
            prices.answered_by(provider.raw().trim());
        }
    }

    /// The cost of what a server reported, if it reported anything: without usage nothing was spent.
    /// `None` if the model's price is unknown.
    pub fn usd_of(&self, usage: Option<TokenUsage>) -> Option<f64> {
        usage.map_or(Some(0.0), |usage| self.estimated_usd(usage))
    }

    /// The value of `X-Amzn-Trace-Id`, in the form of a random UUID (RFC 9562, version 4).
    pub fn trace_id(&self) -> String {
        let uuid = uuid::Builder::from_random_bytes(self.trace.to_be_bytes()).into_uuid();
        uuid.hyphenated().to_string()
    }

    /// An answer without the question that some servers repeat in front of it.
    pub fn strip_echo<'t>(&self, text: &'t str) -> &'t str {
        protocol::strip_echo(self, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> CompletionRequest {
        CompletionRequest {
            model: "o/m:cheapest".into(),
            prices: None,
            system: "S".into(),
            turns: vec![ChatTurn::User("U".into())],
            user_prompt: "U".into(),
            is_for_game: true,
            max_tokens: 7,
            sampling: Sampling::default(),
            omitted_parameters: Vec::new(),
            is_settled: false,
            ask_above_usd: None,
            trace: 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef,
        }
    }

    #[test]
    fn a_trace_id_is_a_random_uuid() {
        assert_eq!(request().trace_id(), "01234567-89ab-4def-8123-456789abcdef");
    }

    #[test]
    fn an_answer_gets_what_the_context_leaves() {
        let mut request = request();
        request.max_tokens = 16_000;
        request.turns = vec![ChatTurn::User("x".repeat(9_000))];
        assert_eq!(request.answer_room(8_192), 4_936);
        assert_eq!(request.answer_room(1_000_000), 16_000, "never more than was wanted");
        assert_eq!(request.answer_room(2_048), 1_000, "the server knows better");
        assert!(!request.would_change(&RequestAdjustment::ContextLimit(40_000)));
        request.adjust(RequestAdjustment::ContextLimit(8_192));
        assert!(!request.would_change(&RequestAdjustment::MaxTokens(5_000)));
        assert_eq!(request.max_tokens, 4_936);
    }
}
