//! What a request costs, as far as the price of its model is known.

use super::Usage;

/// What the default model costs: USD for a million prompt and completion tokens.
/// Source: HuggingFace's model list, August 2026. Prices of other models come with their list.
const PRICES: [(&str, f64, f64); 1] = [("Qwen/Qwen3-Coder-30B-A3B-Instruct", 0.07, 0.26)];

/// An estimate, and only where the price is known.
pub fn estimated_usd(model: &str, usage: Usage) -> Option<f64> {
    let name = model.split(':').next().unwrap_or(model);
    let (_, input, output) = PRICES.iter().find(|(known, ..)| *known == name)?;
    let tokens = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / 1e6;
    let usd = tokens(usage.prompt_tokens) * input + tokens(usage.completion_tokens) * output;
    // Millionths of a dollar: more digits would promise more than an estimate holds.
    Some((usd * 1e6).round() / 1e6)
}
