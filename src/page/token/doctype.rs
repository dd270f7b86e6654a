//! Parses the doctype, which selects standards or quirks mode.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Doctype, Token};

use crate::page::Span;

use super::reference::TextContext;
use super::{SpannedToken, Tokenizer, lexeme};

/// Parses what follows `<!doctype`.
struct DoctypeReader<'t, 's> {
    tokens: &'t Tokenizer<'s>,
    at: usize,
    doctype: Doctype,
}

/// Whether the doctype has ended.
enum DoctypeStep {
    More,
    Over,
    /// Invalid: skip to the `>`.
    Bogus,
}

impl Tokenizer<'_> {
    /// Reads a doctype; the tokenizer is at its `<!doctype`.
    pub(super) fn doctype(&mut self) -> SpannedToken {
        let start = self.at;
        let mut reader = DoctypeReader { tokens: self, at: start + 9, doctype: Doctype::default() };
        reader.read();
        let (end, doctype) = (reader.at, reader.doctype);
        self.at = end;
        lexeme(Token::DoctypeToken(doctype), Span::new(start, end))
    }
}

impl DoctypeReader<'_, '_> {
    fn read(&mut self) {
        let mut step = self.name();
        if matches!(step, DoctypeStep::More) {
            step = self.identifiers();
        }
        if matches!(step, DoctypeStep::Bogus) {
            let rest = self.tokens.rest_from(self.at);
            self.at += rest.find('>').map_or(rest.len(), |at| at + 1);
        }
    }

    fn name(&mut self) -> DoctypeStep {
        if let Some(step) = self.ends() {
            // No name at all.
            self.doctype.force_quirks = true;
            return step;
        }
        let start = self.at;
        self.at += self.take(|byte| !is_space(byte) && byte != b'>');
        let name = self.tokens.decode(start, self.at, TextContext::Verbatim);
        self.doctype.name = Some(StrTendril::from_slice(&name.text().to_ascii_lowercase()));
        DoctypeStep::More
    }

    fn identifiers(&mut self) -> DoctypeStep {
        if let Some(step) = self.ends() {
            return step;
        }
        let word = self.tokens.source.as_bytes().get(self.at..self.at + 6).unwrap_or_default();
        let (public, system) =
            (word.eq_ignore_ascii_case(b"public"), word.eq_ignore_ascii_case(b"system"));
        if !public && !system {
            return self.bogus();
        }
        self.at += 6;
        if public { self.public() } else { self.system() }
    }

    fn public(&mut self) -> DoctypeStep {
        if let Some(step) = self.ends() {
            self.doctype.force_quirks = true;
            return step;
        }
        let Some(id) = self.quoted() else { return self.bogus() };
        self.doctype.public_id = Some(id);
        if self.doctype.force_quirks {
            return DoctypeStep::Over;
        }
        if let Some(step) = self.ends() {
            return step;
        }
        self.system_id()
    }

    fn system(&mut self) -> DoctypeStep {
        if let Some(step) = self.ends() {
            self.doctype.force_quirks = true;
            return step;
        }
        self.system_id()
    }

    fn system_id(&mut self) -> DoctypeStep {
        let Some(id) = self.quoted() else { return self.bogus() };
        self.doctype.system_id = Some(id);
        if self.doctype.force_quirks {
            return DoctypeStep::Over;
        }
        self.ends().unwrap_or(DoctypeStep::Bogus)
    }

    fn bogus(&mut self) -> DoctypeStep {
        self.doctype.force_quirks = true;
        DoctypeStep::Bogus
    }

    /// Parses a quoted identifier; if `>` or the end interrupts it, quirks mode follows.
    fn quoted(&mut self) -> Option<StrTendril> {
        let quote = self.tokens.byte(self.at).filter(|byte| matches!(byte, b'"' | b'\''))?;
        let start = self.at + 1;
        self.at = start;
        let end = start + self.take(|byte| byte != quote && byte != b'>');
        self.doctype.force_quirks = self.tokens.byte(end) != Some(quote);
        self.at = (end + 1).min(self.tokens.source.len());
        let id = self.tokens.decode(start, end, TextContext::Verbatim);
        Some(StrTendril::from_slice(id.text()))
    }

    /// Skips white space. `Some` if the doctype has ended.
    fn ends(&mut self) -> Option<DoctypeStep> {
        self.at += self.take(is_space);
        match self.tokens.byte(self.at) {
            Some(b'>') => {
                self.at += 1;
                Some(DoctypeStep::Over)
            }
            None => {
                self.doctype.force_quirks = true;
                Some(DoctypeStep::Over)
            }
            Some(_) => None,
        }
    }

    fn take(&self, go: impl Fn(u8) -> bool) -> usize {
        self.tokens.rest_from(self.at).bytes().take_while(|byte| go(*byte)).count()
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}
