//! What a prompt came to, for the line that tells it.

/// The words of a prompt, by what became of them.
#[derive(Debug, Default)]
pub(super) struct PromptReport {
    pub understood: Vec<String>,
    /// What this kind of game cannot do.
    pub unfit: Vec<String>,
    /// What there was no room for.
    pub left_out: Vec<String>,
    pub unknown: Vec<String>,
}

impl PromptReport {
    /// What did not come to anything, and why. Empty if all of it did.
    pub fn shortfalls(&self) -> String {
        let lists = [
            ("; not available in this kind: ", &self.unfit),
            ("; no room left for: ", &self.left_out),
            ("; not understood: ", &self.unknown),
        ];
        let told = lists.into_iter().filter(|(_, list)| !list.is_empty());
        told.flat_map(|(why, list)| [why.to_owned(), quoted(list)]).collect()
    }
}

/// The first distinct words in quotes; a long prompt must not make a long line.
fn quoted(words: &[String]) -> String {
    const MAX_WORDS: usize = 6;
    let mut once: Vec<&String> = Vec::new();
    for word in words {
        if !once.contains(&word) {
            once.push(word);
        }
    }
    let shown: Vec<_> =
        once.iter().take(MAX_WORDS).map(|word| format!("'{}'", short(word))).collect();
    let rest = if once.len() > MAX_WORDS { " …" } else { "" };
    format!("{}{rest}", shown.join(", "))
}

fn short(word: &str) -> String {
    word.chars().take(24).collect()
}
