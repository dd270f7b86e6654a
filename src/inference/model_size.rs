//! The size of a model, as far as its name tells it.

/// Parameters in billions by which a model still counts as small: it runs on any computer, follows an
/// example, and mends nothing. Measured with 1.5 billion (`benches/models.md`); what has 7 is another class.
const SMALL_BILLIONS: f64 = 4.0;

/// Whether the name says that the model is small. A name without a size may be any model's.
pub fn is_small(model: &str) -> bool {
    billions(model).is_some_and(|size| size <= SMALL_BILLIONS)
}

/// The parameters in billions by the model's name: `Qwen2.5-Coder-1.5B`, `qwen2.5-coder:7b`,
/// `SmolLM2-360M`, `Mixtral-8x7B` (56). `None` if it names no size. Of several numbers the largest counts:
/// `30B-A3B` has 30 billion, of which 3 are active.
pub fn billions(model: &str) -> Option<f64> {
    let is_border = |c: char| !c.is_alphanumeric() && c != '.';
    model.split(is_border).filter_map(size_of).reduce(f64::max)
}

/// The size that one word of a name says.
fn size_of(word: &str) -> Option<f64> {
    let lower = word.to_ascii_lowercase();
    let (digits, unit) = match (lower.strip_suffix('b'), lower.strip_suffix('m')) {
        (Some(digits), _) => (digits, 1.0),
        (None, Some(digits)) => (digits, 0.001),
        (None, None) => return None,
    };
    let (experts, each) = digits.split_once('x').unwrap_or(("1", digits));
    let number = |text: &str| {
        let is_number = text.starts_with(|c: char| c.is_ascii_digit());
        is_number.then(|| text.parse::<f64>().ok()).flatten()
    };
    Some(number(experts)? * number(each)? * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_how_large_a_model_is() {
        let cases = [
            ("Qwen/Qwen2.5-Coder-1.5B-Instruct", Some(1.5)),
            ("qwen2.5-coder-1.5b-instruct-q4_k_m.gguf", Some(1.5)),
            ("qwen2.5-coder:7b", Some(7.0)),
            ("codellama/CodeLlama-7b-Instruct-hf", Some(7.0)),
            ("Qwen/Qwen3-Coder-30B-A3B-Instruct:cheapest", Some(30.0)),
            ("Qwen/Qwen3-Coder-480B-A35B-Instruct", Some(480.0)),
            ("HuggingFaceTB/SmolLM2-360M-Instruct", Some(0.36)),
            ("mistralai/Mixtral-8x7B-Instruct-v0.1", Some(56.0)),
            ("deepseek-ai/DeepSeek-V3", None),
            ("acme/coder", None),
            ("gpt-5-mini", None),
            ("model-q4b1-4bit", None),
            ("", None),
        ];
        for (name, size) in cases {
            assert_eq!(billions(name), size, "{name}");
        }
        assert!(is_small("a/b-3b") && !is_small("a/b-7b") && !is_small("a/b"));
    }
}
