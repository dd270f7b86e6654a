//! Takes the thoughts and the left-over tokens off a reply.

/// A reply in two parts.
pub(super) struct Answer<'r> {
    pub text: &'r str,
    /// What was thought before, if the reply marks thoughts.
    pub thought: Option<&'r str>,
}

/// Marks after which the answer begins; the last one in the reply counts.
const ENDS: &[&str] = &[
    "</think>",
    "</thinking>",
    "</reasoning>",
    "</thought>",
    "</analysis>",
    "◁/think▷",
    "[/THINK]",
    "<|channel|>final<|message|>",
    "<|end_of_thought|>",
    "</seed:think>",
];
/// Marks that begin thoughts.
const STARTS: &[&str] = &[
    "<think>",
    "<thinking>",
    "<reasoning>",
    "<thought>",
    "◁think▷",
    "[THINK]",
    "<|channel|>analysis<|message|>",
    "<|begin_of_thought|>",
    "<seed:think>",
];
/// Tokens that servers forget to take away.
const LEFT_OVER: &[&str] = &[
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|end|>",
    "<|return|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "<eos>",
    "</s>",
    "<｜end▁of▁sentence｜>",
    "[/INST]",
    "<|im_start|>",
];

/// What the model meant to be read.
pub(super) fn answer(reply: &str) -> Answer<'_> {
    let reply = without_tokens(reply);
    let ends = ENDS.iter().filter_map(|mark| Some((reply.rfind(mark)?, mark.len())));
    if let Some((at, length)) = ends.max() {
        let (thought, rest) = reply.split_at(at);
        let text = without_tokens(rest.get(length..).unwrap_or_default());
        return Answer { text, thought: Some(thought) };
    }
    let head = reply.trim_start();
    match STARTS.iter().find_map(|mark| head.strip_prefix(mark)) {
        // Never closed: all of it may be thought.
        Some(thought) => Answer { text: "", thought: Some(thought) },
        None => Answer { text: reply, thought: None },
    }
}

fn without_tokens(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(rest) = LEFT_OVER.iter().find_map(|token| text.strip_suffix(token)) {
        text = rest.trim_end();
    }
    while let Some(rest) = LEFT_OVER.iter().find_map(|token| text.strip_prefix(token)) {
        text = rest.trim_start();
    }
    text
}
