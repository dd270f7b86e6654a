//! Keeps a leading `<think>…</think>` out of a reply, piece by piece.
//!
//! Some providers stream the model's reasoning as part of its answer. It is
//! held back, not thrown away: where the tag never closes, the answer may be
//! inside.

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// A reply on its way through.
#[derive(Debug, Default)]
pub struct Filter {
    state: State,
    held: String,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    /// What came so far may yet become the tag.
    #[default]
    Undecided,
    Inside,
    /// The thought ended; the blank lines behind it belong to it.
    After,
    Outside,
}

impl Filter {
    /// What of this piece is reply; nothing at all while the model thinks.
    pub fn pass(&mut self, text: &str) -> Option<String> {
        match self.state {
            State::Outside => return Some(text.to_owned()),
            State::After => return Some(self.begin(text)),
            State::Undecided | State::Inside => self.held.push_str(text),
        }
        if self.state == State::Undecided {
            let begun = self.held.trim_start();
            if begun.starts_with(OPEN) {
                self.state = State::Inside;
            } else if OPEN.starts_with(begun) {
                return Some(String::new());
            } else {
                self.state = State::Outside;
                return Some(std::mem::take(&mut self.held));
            }
        }
        // Only what is new can hold the end, or the part of it that was missing.
        let mut from = self.held.len().saturating_sub(text.len() + CLOSE.len());
        while !self.held.is_char_boundary(from) {
            from -= 1;
        }
        let end = self.held.get(from..).and_then(|tail| tail.find(CLOSE))?;
        let after = self.held.get(from + end + CLOSE.len()..).unwrap_or_default();
        let after = after.to_owned();
        self.held.clear();
        Some(self.begin(&after))
    }

    /// The reply from its first visible character on.
    fn begin(&mut self, text: &str) -> String {
        let text = text.trim_start();
        self.state = if text.is_empty() { State::After } else { State::Outside };
        text.to_owned()
    }

    /// What was held back to the end.
    pub fn withheld(self) -> Option<String> {
        Some(self.held).filter(|held| !held.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Passes `text` in pieces that end at the given characters.
    fn through(text: &str, size: usize) -> String {
        let chars: Vec<char> = text.chars().collect();
        let mut filter = Filter::default();
        let mut reply = String::new();
        for piece in chars.chunks(size.max(1)) {
            reply.extend(filter.pass(&piece.iter().collect::<String>()));
        }
        reply
    }

    #[test]
    fn a_thought_is_held_back_however_it_is_cut() {
        for size in 1..30 {
            assert_eq!(
                through("\n<think>hm <b> é👻</think>\n\n<!doctype html>", size),
                "<!doctype html>"
            );
            assert_eq!(through("<thinly> veiled", size), "<thinly> veiled");
        }
    }

    #[test]
    fn a_thought_without_end_is_not_lost() {
        let mut filter = Filter::default();
        assert_eq!(filter.pass("<think>the answer is"), None);
        assert_eq!(filter.withheld().as_deref(), Some("<think>the answer is"));
    }

    proptest! {
        #[test]
        fn other_text_passes_unchanged(text in "[^<]{0,40}<?[a-z]{0,9}", size in 1_usize..9) {
            prop_assume!(!OPEN.starts_with(text.trim_start()));
            prop_assert_eq!(through(&text, size), text);
        }
    }
}
