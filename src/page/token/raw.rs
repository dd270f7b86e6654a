//! Text that only one end tag ends: scripts, styles, titles, text areas.

use crate::page::Span;

use super::reference::In;
use super::{Lexeme, Mode, Tokenizer, lexeme_of_text};

/// How deep a script is in the standard's oldest accident: `<!-- <script>`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    None,
    Comment,
    Script,
}

impl Tokenizer<'_> {
    /// The text up to its end tag, or the end tag.
    pub(super) fn raw(&mut self) -> Option<Lexeme> {
        let start = self.at;
        let end = if self.mode == Mode::Script { self.script_end() } else { self.raw_end() };
        if end == start {
            let lexeme = self.end_tag();
            self.mode = Mode::Data;
            return lexeme;
        }
        let place = if self.mode == Mode::Rcdata { In::Text } else { In::Verbatim };
        let decoded = self.decode(start, end, place);
        self.at = end;
        Some(lexeme_of_text(decoded, Span::new(start, end)))
    }

    pub(super) fn plaintext(&mut self) -> Lexeme {
        let (start, end) = (self.at, self.source.len());
        self.at = end;
        let decoded = self.decode(start, end, In::Verbatim);
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

    /// Where a script ends: inside `<!-- <script>` the next end tag does not count.
    fn script_end(&self) -> usize {
        let mut escape = Escape::None;
        let mut opened = 0;
        let mut at = self.at;
        while let Some(step) = self.rest_from(at).find(['<', '>']) {
            at += step;
            let rest = self.rest_from(at);
            match escape {
                _ if escape != Escape::Script && self.is_own_end(at) => return at,
                Escape::None if rest.starts_with("<!--") => {
                    escape = Escape::Comment;
                    opened = at + 2;
                    // `<!-->` is over at once: its own dashes count.
                    at += 3;
                }
                Escape::Comment | Escape::Script if self.ends_comment(at, opened) => {
                    escape = Escape::None;
                }
                Escape::Comment if self.is_tag(at, "<script") => escape = Escape::Script,
                Escape::Script if self.is_tag(at, "</script") => escape = Escape::Comment,
                Escape::None | Escape::Comment | Escape::Script => {}
            }
            at += 1;
        }
        self.source.len()
    }

    /// Whether the byte is the `>` of a `-->` whose dashes are not older than the comment.
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
