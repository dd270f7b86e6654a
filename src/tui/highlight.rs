//! Highlights one line and returns the parser state after it.
//!
//! A line's meaning depends on all lines before it, so the state between two lines is a value of
//! its own: highlighting can resume from any saved state.

mod grammar;

use std::ops::Range;

use syntect::parsing::{ParseState, Scope, ScopeStackOp, SyntaxSet};

use super::theme::TokenKind;

/// Bytes of a line that are highlighted: regular expressions take quadratic time on hostile lines
/// (28 ms for the worst one found of this length).
pub const MAX_LINE_BYTES: usize = 4_000;

/// The kinds of byte ranges of a line, in order; bytes outside are plain.
pub type StyledRanges = Vec<(TokenKind, Range<usize>)>;

/// The syntax of a page and the token kinds of its scopes.
pub struct PageSyntax {
    syntaxes: SyntaxSet,
    token_kinds: Vec<(Scope, TokenKind)>,
}

impl PageSyntax {
    /// Loads the built-in grammar.
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

/// The parser state between two lines. Cloning is cheap.
#[derive(Clone, PartialEq, Eq)]
pub struct ParserState {
    parse: ParseState,
    /// The kinds of the enclosing scopes, outermost first.
    scopes: Vec<TokenKind>,
}

/// Highlights lines one by one from any state.
pub struct LineHighlighter<'b> {
    syntax: &'b PageSyntax,
}

impl<'b> LineHighlighter<'b> {
    /// A highlighter at the start of a page.
    pub fn new(syntax: &'b PageSyntax) -> Self {
        Self { syntax }
    }

    /// The state at the start of a page.
    pub fn initial_state(&self) -> ParserState {
        let syntax = self.syntax.syntaxes.syntaxes().first();
        let syntax = syntax.expect("a syntax is made of one syntax");
        ParserState { parse: ParseState::new(syntax), scopes: Vec::new() }
    }

    /// Highlights the next line and advances `state`. The end of a line longer than
    /// [`MAX_LINE_BYTES`] is not parsed and leaves the state unchanged.
    pub fn highlight_line(&self, state: &mut ParserState, line: &str) -> StyledRanges {
        if line.len() <= MAX_LINE_BYTES {
            return self.highlight_text(state, line);
        }
        let read = line.get(..line.floor_char_boundary(MAX_LINE_BYTES)).unwrap_or_default();
        self.highlight_text(&mut state.clone(), read)
    }

    fn highlight_text(&self, state: &mut ParserState, line: &str) -> StyledRanges {
        let Ok(ops) = state.parse.parse_line(line, &self.syntax.syntaxes) else {
            return Vec::new();
        };
        let mut ranges = StyledRanges::new();
        let mut done = 0;
        for (at, op) in ops {
            push_range(&mut ranges, state.innermost(), done..at);
            done = at;
            self.apply_op(state, &op);
        }
        push_range(&mut ranges, state.innermost(), done..line.len());
        ranges
    }

    fn apply_op(&self, state: &mut ParserState, op: &ScopeStackOp) {
        match op {
            ScopeStackOp::Push(scope) => state.scopes.push(self.syntax.token_kind(*scope)),
            ScopeStackOp::Pop(count) => {
                state.scopes.truncate(state.scopes.len().saturating_sub(*count));
            }
            // The grammar never clears scopes.
            ScopeStackOp::Clear(_) | ScopeStackOp::Restore | ScopeStackOp::Noop => {}
        }
    }
}

impl ParserState {
    fn innermost(&self) -> TokenKind {
        self.scopes.last().copied().unwrap_or(TokenKind::Plain)
    }
}

fn push_range(ranges: &mut StyledRanges, code: TokenKind, range: Range<usize>) {
    if range.is_empty() {
        return;
    }
    match ranges.last_mut() {
        Some((last, before)) if *last == code && before.end == range.start => {
            before.end = range.end;
        }
        _ => ranges.push((code, range)),
    }
}

#[cfg(test)]
mod tests;
