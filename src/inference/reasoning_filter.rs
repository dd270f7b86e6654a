//! Removes a leading `<think>…</think>` from a streamed reply.
//!
//! Some providers stream the model's reasoning as part of its answer. It is held back, not
//! discarded: if the tag never closes, the answer may be inside. A game drafted there may contain
//! the closing tag in its own text, so the tag counts only outside fences and pages, or once the
//! answer starts again behind it. The result does not depend on how the reply is cut into pieces.

/// The opening and closing marks of reasoning.
const MARKS: &[(&str, &str)] = &[
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
];

/// How much of a line is examined, in bytes: a fence, a doctype or the mark of a block is at its
/// start.
const MAX_SCANNED_BYTES: usize = 200;

/// The filter's state between pieces.
#[derive(Debug, Default)]
pub struct ReasoningFilter {
    state: ReasoningState,
    withheld: String,
    scan: ReasoningScan,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum ReasoningState {
    /// The text so far may still become an opening mark.
    #[default]
    Undecided,
    /// Inside the reasoning, which ends with this mark.
    Inside(&'static str),
    /// Behind the reasoning; blank lines there are dropped.
    After,
    Outside,
}

/// The constructs that are open in the reasoning, and where it may have ended.
#[derive(Debug, Default)]
struct ReasoningScan {
    line: String,
    fence: Option<(char, usize)>,
    in_page: bool,
    /// The offset behind a closing mark in a fence or a page, which may turn out to be the end.
    doubtful: Option<usize>,
    /// The offset behind a closing mark that follows a quote; the next character decides.
    quoted: Option<usize>,
}

impl ReasoningFilter {
    /// Returns the part of this piece that belongs to the reply; `None` while the model reasons.
    pub fn filter(&mut self, text: &str) -> Option<String> {
        match self.state {
            ReasoningState::Outside => return Some(text.to_owned()),
            ReasoningState::After => return Some(self.begin_reply(text)),
            ReasoningState::Undecided => return self.detect_mark(text),
            ReasoningState::Inside(_) => {}
        }
        self.scan_thought(text)
    }

    fn detect_mark(&mut self, text: &str) -> Option<String> {
        self.withheld.push_str(text);
        let begun = self.withheld.trim_start();
        if let Some((open, close)) = MARKS.iter().find(|(open, _)| begun.starts_with(open)) {
            let rest = begun.get(open.len()..).unwrap_or_default().to_owned();
            self.withheld.truncate(self.withheld.len() - rest.len());
            self.state = ReasoningState::Inside(close);
            return self.scan_thought(&rest);
        }
        if MARKS.iter().any(|(open, _)| open.starts_with(begun)) {
            return Some(String::new());
        }
        self.state = ReasoningState::Outside;
        Some(std::mem::take(&mut self.withheld))
    }

    /// Scans a piece of the reasoning, character by character, until it ends.
    fn scan_thought(&mut self, text: &str) -> Option<String> {
        let ReasoningState::Inside(close) = self.state else { return None };
        for (at, c) in text.char_indices() {
            self.withheld.push(c);
            let Some(end) = self.scan.push_char(c, &self.withheld, close) else { continue };
            let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
            let after = [self.withheld.get(end..).unwrap_or_default(), rest].concat();
            self.withheld.clear();
            return Some(self.begin_reply(&after));
        }
        None
    }

    /// Returns the reply from its first visible character on.
    fn begin_reply(&mut self, text: &str) -> String {
        let text = text.trim_start();
        self.state = if text.is_empty() { ReasoningState::After } else { ReasoningState::Outside };
        text.to_owned()
    }

    /// The text that was still held back at the end; `None` if there is none.
    pub fn withheld(self) -> Option<String> {
        Some(self.withheld).filter(|withheld| !withheld.is_empty())
    }
}

impl ReasoningScan {
    /// Scans one character, the last of `held`; returns the offset where the reasoning ended, if it
    /// did.
    fn push_char(&mut self, c: char, withheld: &str, close: &str) -> Option<usize> {
        if let Some(end) = self.quoted.take().filter(|_| !is_quote(c)) {
            return Some(end);
        }
        if c == '\n' {
            self.end_line();
            return None;
        }
        if self.line.len() < MAX_SCANNED_BYTES {
            self.line.push(c);
        }
        if self.begins_anew() {
            // The draft counts as abandoned, so its state no longer matters.
            self.in_page |= self.fence.is_none() && is_page(&self.line);
            if let Some(end) = self.doubtful.take() {
                return Some(end);
            }
        }
        if c == '>' && ends_with(withheld, "</html>") {
            (self.in_page, self.doubtful) = (false, self.doubtful.filter(|_| self.fence.is_some()));
        }
        if !withheld.ends_with(close) {
            return None;
        }
        let before =
            withheld.get(..withheld.len() - close.len()).and_then(|text| text.chars().next_back());
        match before {
            _ if self.fence.is_some() || self.in_page => {
                self.doubtful = Some(withheld.len());
                // Only text behind the mark can start again.
                self.line.clear();
            }
            Some(before) if is_quote(before) => self.quoted = Some(withheld.len()),
            _ => return Some(withheld.len()),
        }
        None
    }

    /// Opens or closes a fence on the line that ended.
    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let Some((mark, length, info)) = fence(&line) else { return };
        match self.fence {
            None => self.fence = Some((mark, length)),
            Some((open, least)) if mark == open && length >= least && info.is_empty() => {
                (self.fence, self.in_page, self.doubtful) = (None, false, None);
            }
            Some(_) => {}
        }
    }

    /// Whether the line starts a fence with a language, a page or a block.
    fn begins_anew(&self) -> bool {
        let is_fence = fence(&self.line).is_some_and(|(_, _, info)| !info.is_empty());
        is_fence || is_page(&self.line) || self.line.trim_start().starts_with("<<<<<")
    }
}

fn is_page(line: &str) -> bool {
    let head = line.trim_start().get(..9).unwrap_or_default();
    head.eq_ignore_ascii_case("<!doctype")
}

fn is_quote(c: char) -> bool {
    "`\"'“”‘’".contains(c)
}

fn ends_with(text: &str, end: &str) -> bool {
    let tail = text.len().checked_sub(end.len()).and_then(|at| text.as_bytes().get(at..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
}

/// The sign of a fence, how many of it there are, and what is said behind them.
fn fence(line: &str) -> Option<(char, usize, &str)> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = line.trim_start_matches(mark);
    let length = line.len() - info.len();
    (length >= 3 && !info.contains('`')).then_some((mark, length, info.trim()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Passes `text` in pieces that end at the given characters.
    fn through(text: &str, size: usize) -> String {
        let chars: Vec<char> = text.chars().collect();
        let mut filter = ReasoningFilter::default();
        let mut reply = String::new();
        for piece in chars.chunks(size.max(1)) {
            reply.extend(filter.filter(&piece.iter().collect::<String>()));
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
        let mut filter = ReasoningFilter::default();
        assert_eq!(filter.filter("<think>the answer is"), None);
        assert_eq!(filter.withheld().as_deref(), Some("<think>the answer is"));
    }

    /// All of a reply, also what was held back to its end.
    fn all(text: &str, size: usize) -> (String, Option<String>) {
        let chars: Vec<char> = text.chars().collect();
        let mut filter = ReasoningFilter::default();
        let pieces = chars.chunks(size.max(1));
        let passed = pieces.filter_map(|piece| filter.filter(&piece.iter().collect::<String>()));
        (passed.collect(), filter.withheld())
    }

    #[test]
    fn a_tag_in_a_game_ends_no_thought() {
        let page = "<!DOCTYPE html>\n<script>const t = ['<think>a</think>'];</script></html>";
        let inside = [
            format!("<think>here:\n```html\n{page}\n```\nand that was it"),
            format!("<think>\n{page}\n"),
            format!("<think>\n{}", page.replace('\n', "")),
            "<think>say \"</think>\" then".to_owned(),
        ];
        for text in inside {
            for size in 1..40 {
                assert_eq!(all(&text, size), (String::new(), Some(text.clone())), "{size}");
            }
        }
        let ended = [
            format!("<think>```html\n{page}\n```\nno</think>\n{page}"),
            format!("<thought>a page such as <!DOCTYPE html>, hm</thought>\n{page}"),
            format!("<think>\n```html\n<b>no\n</think>\n\n{page}"),
            format!("<think>such as:\n<!DOCTYPE html>\n</think>{page}").replace("k><!D", "k>\n<!D"),
            format!("[THINK]`[/THINK]` ends it[/THINK]{page}"),
        ];
        for text in ended {
            for size in 1..40 {
                assert_eq!(all(&text, size), (page.to_owned(), None), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn however_it_is_cut_the_same_passes(
            pieces in prop::collection::vec(prop::sample::select(&["<think>", "</think>", "```", "```html\n", "\n", "`", "<!doctype html>", "</html>", "<<<<<<<", "é", " ", "</", "think>"][..]), 0..16),
            size in 1_usize..9,
            leads in prop::sample::select(&["", "<think>", "\n<thought>"][..]),
        ) {
            let text = [leads, &pieces.concat()].concat();
            prop_assert_eq!(all(&text, size), all(&text, usize::MAX));
        }

        #[test]
        fn other_text_passes_unchanged(text in "[^<]{0,40}<?[a-z]{0,9}", size in 1_usize..9) {
            prop_assume!(!MARKS.iter().any(|(open, _)| open.starts_with(text.trim_start())));
            prop_assert_eq!(through(&text, size), text);
        }
    }
}
