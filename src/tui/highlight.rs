//! The colours of a line of code, and how things stand behind it.
//!
//! What a line means hangs on all lines before it, so the state between two
//! lines is a value of its own: whoever keeps it can begin there again.

mod grammar;

use std::ops::Range;

use syntect::parsing::{ParseState, Scope, ScopeStackOp, SyntaxSet};

use super::theme::TokenKind;

/// So much of a line is coloured, in bytes: regular expressions take quadratic time on lines that
/// are made for it (28 ms for the worst one of this length that was found).
pub const MAX_LINE_BYTES: usize = 4_000;

/// What runs of bytes in a line are, in their order; the rest is plain.
pub type StyledRanges = Vec<(TokenKind, Range<usize>)>;

/// The syntax of a page, and what its scopes mean.
pub struct PageSyntax {
    syntaxes: SyntaxSet,
    token_kinds: Vec<(Scope, TokenKind)>,
}

impl PageSyntax {
    pub fn new() -> Self {
        let (syntaxes, codes) = grammar::page_syntax();
        Self { syntaxes, token_kinds: codes }
    }

    fn token_kind(&self, scope: Scope) -> TokenKind {
        let found = self.token_kinds.iter().find(|(known, _)| *known == scope);
        found.map_or(TokenKind::Plain, |(_, code)| *code)
    }
}

impl Default for PageSyntax {
    fn default() -> Self {
        Self::new()
    }
}

/// How things stand between two lines. A copy costs next to nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ParserState {
    parse: ParseState,
    /// What the next letter is in, from the outside in.
    scopes: Vec<TokenKind>,
}

/// Colours a line after the other, wherever it begins.
pub struct LineHighlighter<'b> {
    syntax: &'b PageSyntax,
}

impl<'b> LineHighlighter<'b> {
    pub fn new(syntax: &'b PageSyntax) -> Self {
        Self { syntax }
    }

    /// Where every page begins.
    pub fn initial_state(&self) -> ParserState {
        let syntax = self.syntax.syntaxes.syntaxes().first();
        let syntax = syntax.expect("a syntax is made of one syntax");
        ParserState { parse: ParseState::new(syntax), scopes: Vec::new() }
    }

    /// The colours of the next line. The end of a very long one is not read, so
    /// what comes behind it goes on as if it had not been there.
    pub fn highlight_line(&self, stand: &mut ParserState, line: &str) -> StyledRanges {
        if line.len() <= MAX_LINE_BYTES {
            return self.highlight_text(stand, line);
        }
        let read = line.get(..line.floor_char_boundary(MAX_LINE_BYTES)).unwrap_or_default();
        self.highlight_text(&mut stand.clone(), read)
    }

    fn highlight_text(&self, stand: &mut ParserState, line: &str) -> StyledRanges {
        let Ok(ops) = stand.parse.parse_line(line, &self.syntax.syntaxes) else {
            return Vec::new();
        };
        let mut painted = StyledRanges::new();
        let mut done = 0;
        for (at, op) in ops {
            push_range(&mut painted, stand.innermost(), done..at);
            done = at;
            self.apply_op(stand, &op);
        }
        push_range(&mut painted, stand.innermost(), done..line.len());
        painted
    }

    fn apply_op(&self, stand: &mut ParserState, op: &ScopeStackOp) {
        match op {
            ScopeStackOp::Push(scope) => stand.scopes.push(self.syntax.token_kind(*scope)),
            ScopeStackOp::Pop(count) => {
                stand.scopes.truncate(stand.scopes.len().saturating_sub(*count));
            }
            // The grammar has nothing that clears.
            ScopeStackOp::Clear(_) | ScopeStackOp::Restore | ScopeStackOp::Noop => {}
        }
    }
}

impl ParserState {
    fn innermost(&self) -> TokenKind {
        self.scopes.last().copied().unwrap_or(TokenKind::Plain)
    }
}

fn push_range(painted: &mut StyledRanges, code: TokenKind, range: Range<usize>) {
    if range.is_empty() {
        return;
    }
    match painted.last_mut() {
        Some((last, before)) if *last == code && before.end == range.start => {
            before.end = range.end;
        }
        _ => painted.push((code, range)),
    }
}

#[cfg(test)]
mod tests;
