//! Splits a document into tokens by the WHATWG rules, each with its span.
//!
//! Existing tokenizers drop the spans or are a few bytes off in corner cases, and a repair that is
//! one byte off breaks a page. All text is in memory, so the standard's states become scans; a
//! property test compares the result with html5ever's own tokenizer on arbitrary input.

mod doctype;
mod raw;
mod reference;
mod tag;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::Token;

use super::{DecodedText, Span};

/// A token for the tree builder, with what the tree builder would lose.
pub(super) struct SpannedToken {
    pub token: Token,
    pub span: Span,
    /// For a start tag: the places of its attributes, in order.
    pub places: Vec<AttributePlace>,
    /// For text: the same text mapped to the source.
    pub decoded: DecodedText,
}

/// The place of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributePlace {
    /// From its name to the end of its value, quotes included.
    pub whole: Span,
    pub name: Span,
    /// The decoded value, mapped to the source within the quotes.
    pub value: DecodedText,
    /// The quote character. `None` without quotes.
    pub quote: Option<u8>,
}

/// How text is read until the next tag, as set by the last element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextMode {
    Data,
    Rcdata,
    Rawtext,
    Script,
    Plaintext,
    /// Inside `<![CDATA[`.
    Section,
}

/// Whether `<![CDATA[` starts a section: only inside `<svg>` and `<math>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenContent {
    Html,
    Foreign,
}

/// Splits the source into tokens with their positions.
pub(super) struct Tokenizer<'s> {
    source: &'s str,
    at: usize,
    pub mode: TextMode,
    /// The last start tag: the only one whose end tag ends raw text.
    last_start: String,
}

impl<'s> Tokenizer<'s> {
    /// A tokenizer at the beginning of the source.
    pub fn new(source: &'s str) -> Self {
        // A byte order mark belongs to the encoding, not to the document.
        let at = if source.starts_with('\u{feff}') { 3 } else { 0 };
        Self { source, at, mode: TextMode::Data, last_start: String::new() }
    }

    /// The next token. `None` at the end.
    pub fn next(&mut self, content: TokenContent) -> Option<SpannedToken> {
        while self.at < self.source.len() {
            let lexeme = match self.mode {
                TextMode::Data => self.data(content),
                TextMode::Rcdata | TextMode::Rawtext | TextMode::Script => self.raw(),
                TextMode::Plaintext => Some(self.plaintext()),
                TextMode::Section => self.section(),
            };
            if lexeme.is_some() {
                return lexeme;
            }
        }
        None
    }

    fn data(&mut self, content: TokenContent) -> Option<SpannedToken> {
        match (self.peek(0), self.peek(1), self.peek(2)) {
            (Some(0), ..) => Some(self.null()),
            (Some(b'<'), Some(b'!'), _) => self.declaration(content),
            (Some(b'<'), Some(b'?'), _) => Some(self.bogus_comment(1)),
            (Some(b'<'), Some(next), _) if next.is_ascii_alphabetic() => self.start_tag(),
            (Some(b'<'), Some(b'/'), Some(b'>')) => {
                self.at += 3;
                None
            }
            (Some(b'<'), Some(b'/'), Some(next)) if next.is_ascii_alphabetic() => self.end_tag(),
            (Some(b'<'), Some(b'/'), Some(_)) => Some(self.bogus_comment(2)),
            _ => Some(self.text()),
        }
    }

    /// Text up to the next markup.
    fn text(&mut self) -> SpannedToken {
        let start = self.at;
        let mut end = start;
        loop {
            let rest = self.rest_from(end).bytes();
            end += rest.take_while(|byte| !matches!(byte, b'<' | 0)).count();
            if self.byte(end) != Some(b'<') || self.opens_something(end) {
                break;
            }
            end += 1;
        }
        let decoded = self.decode(start, end, reference::TextContext::Text);
        self.at = end;
        lexeme_of_text(decoded, Span::new(start, end))
    }

    /// Whether the `<` at this offset starts markup.
    fn opens_something(&self, at: usize) -> bool {
        match (self.byte(at + 1), self.byte(at + 2)) {
            (Some(b'!' | b'?'), _) | (Some(b'/'), Some(_)) => true,
            (Some(next), _) => next.is_ascii_alphabetic(),
            (None, _) => false,
        }
    }

    fn null(&mut self) -> SpannedToken {
        let span = Span::new(self.at, self.at + 1);
        self.at += 1;
        lexeme(Token::NullCharacterToken, span)
    }

    fn declaration(&mut self, content: TokenContent) -> Option<SpannedToken> {
        let rest = self.rest_from(self.at + 2);
        if rest.starts_with("--") {
            return Some(self.comment());
        }
        if rest.as_bytes().get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"doctype")) {
            return Some(self.doctype());
        }
        if content == TokenContent::Foreign && rest.starts_with("[CDATA[") {
            self.at += "<![CDATA[".len();
            self.mode = TextMode::Section;
            return None;
        }
        Some(self.bogus_comment(2))
    }

    /// `<!-- … -->`, also the odd ways to end one.
    fn comment(&mut self) -> SpannedToken {
        let start = self.at;
        let body = start + 4;
        let rest = self.rest_from(body);
        let (length, closer) = if rest.starts_with('>') {
            (0, 1)
        } else if rest.starts_with("->") {
            (0, 2)
        } else {
            comment_end(rest)
        };
        self.at = body + length + closer;
        self.comment_lexeme(start, Span::new(body, body + length))
    }

    /// `<!x>`, `<?x>`, `</ x>`: up to the next `>`.
    fn bogus_comment(&mut self, skip: usize) -> SpannedToken {
        let start = self.at;
        let body = start + skip;
        let rest = self.rest_from(body);
        let length = rest.find('>').unwrap_or(rest.len());
        self.at = (body + length + 1).min(self.source.len());
        self.comment_lexeme(start, Span::new(body, body + length))
    }

    fn comment_lexeme(&self, start: usize, body: Span) -> SpannedToken {
        let text = self.decode(body.start, body.end, reference::TextContext::Verbatim);
        lexeme(Token::CommentToken(text.text().into()), Span::new(start, self.at))
    }

    /// Inside a CDATA section: text without references, up to `]]>`.
    fn section(&mut self) -> Option<SpannedToken> {
        let start = self.at;
        let rest = self.rest_from(start);
        let text = rest.split('\0').next().unwrap_or_default();
        let length = text.find("]]>").unwrap_or(text.len());
        if length == 0 && self.peek(0) == Some(0) {
            return Some(self.null());
        }
        if length == 0 {
            self.at += "]]>".len();
            self.mode = TextMode::Data;
            return None;
        }
        self.at += length;
        let decoded = self.decode(start, self.at, reference::TextContext::Verbatim);
        Some(lexeme_of_text(decoded, Span::new(start, self.at)))
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.byte(self.at + ahead)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.source.as_bytes().get(at).copied()
    }

    fn rest_from(&self, at: usize) -> &'s str {
        self.source.get(at..).unwrap_or_default()
    }
}

/// The length of a comment's text and of its end.
fn comment_end(rest: &str) -> (usize, usize) {
    let mut at = 0;
    while let Some(step) = rest.get(at..).and_then(|rest| rest.find("--")) {
        at += step;
        match rest.as_bytes().get(at + 2..) {
            Some([b'>', ..]) => return (at, 3),
            Some([b'!', b'>', ..]) => return (at, 4),
            _ => at += 1,
        }
    }
    // Cut off: a partial end is no text.
    let tail = ["--!", "--", "-"].iter().find(|tail| rest.ends_with(*tail));
    let closer = tail.map_or(0, |tail| tail.len());
    (rest.len() - closer, closer)
}

fn lexeme(token: Token, span: Span) -> SpannedToken {
    SpannedToken { token, span, places: Vec::new(), decoded: DecodedText::default() }
}

fn lexeme_of_text(decoded: DecodedText, span: Span) -> SpannedToken {
    let token = Token::CharacterTokens(StrTendril::from_slice(decoded.text()));
    SpannedToken { token, span, places: Vec::new(), decoded }
}
