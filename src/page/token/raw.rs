//! Reads text that only one end tag ends: scripts, styles, titles, text areas.

use crate::page::Span;

use super::reference::TextContext;
use super::{SpannedToken, TextMode, Tokenizer, lexeme_of_text};

/// The escape state of a script: `<!-- <script>`, the standard's oldest oddity.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ScriptEscape {
    None,
    Comment,
    Script,
}

impl Tokenizer<'_> {
    /// The text up to its end tag, or the end tag.
    pub(super) fn raw(&mut self) -> Option<SpannedToken> {
        let start = self.at;
        let end = if self.mode == TextMode::Script { self.script_end() } else { self.raw_end() };
        if end == start {
            let lexeme = self.end_tag();
            self.mode = TextMode::Data;
            return lexeme;
        }
        let place =
            if self.mode == TextMode::Rcdata { TextContext::Text } else { TextContext::Verbatim };
        let decoded = self.decode(start, end, place);
        self.at = end;
        Some(lexeme_of_text(decoded, Span::new(start, end)))
    }

    /// Reads all that is left as text.
    pub(super) fn plaintext(&mut self) -> SpannedToken {
        let (start, end) = (self.at, self.source.len());
        self.at = end;
        let decoded = self.decode(start, end, TextContext::Verbatim);
        lexeme_of_text(decoded, Span::new(start, end))
    }

    fn raw_end(&self) -> usize {
        let mut at = self.at;
        while let Some(step) = self.rest_from(at).find("</") {
            at += step;
            if self.is_own_end(at) {
                return at;
            }
            at += 2;
        }
        self.source.len()
    }

    /// The end of a script: inside `<!-- <script>` the next end tag does not count.
    fn script_end(&self) -> usize {
        let mut escape = ScriptEscape::None;
        let mut opened = 0;
        let mut at = self.at;
        while let Some(step) = self.rest_from(at).find(['<', '>']) {
            at += step;
            let rest = self.rest_from(at);
            match escape {
                _ if escape != ScriptEscape::Script && self.is_own_end(at) => return at,
                ScriptEscape::None if rest.starts_with("<!--") => {
                    escape = ScriptEscape::Comment;
                    opened = at + 2;
                    // `<!-->` ends at once: its own dashes count.
                    at += 3;
                }
                ScriptEscape::Comment | ScriptEscape::Script if self.ends_comment(at, opened) => {
                    escape = ScriptEscape::None;
                }
                ScriptEscape::Comment if self.is_tag(at, "<script") => {
                    escape = ScriptEscape::Script;
                }
                ScriptEscape::Script if self.is_tag(at, "</script") => {
                    escape = ScriptEscape::Comment;
                }
                ScriptEscape::None | ScriptEscape::Comment | ScriptEscape::Script => {}
            }
            at += 1;
        }
        self.source.len()
    }

    /// Whether the byte is the `>` of a `-->` whose dashes are not before the comment.
    fn ends_comment(&self, at: usize, opened: usize) -> bool {
        let dashes = at.checked_sub(2).filter(|from| *from >= opened);
        self.byte(at) == Some(b'>')
            && dashes.is_some_and(|from| self.rest_from(from).starts_with("--"))
    }

    fn is_own_end(&self, at: usize) -> bool {
        let name = at + 2..at + 2 + self.last_start_length();
        self.rest_from(at).starts_with("</")
            && self.source.get(name.clone()).is_some_and(|name| self.is_last_start(name))
            && self.ends_name(name.end)
    }

    fn is_tag(&self, at: usize, opening: &str) -> bool {
        let end = at + opening.len();
        let word = self.source.as_bytes().get(at..end).unwrap_or_default();
        word.eq_ignore_ascii_case(opening.as_bytes()) && self.ends_name(end)
    }

    fn ends_name(&self, at: usize) -> bool {
        matches!(self.byte(at), Some(b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' | b'/' | b'>'))
    }
}
