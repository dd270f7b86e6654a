//! The colours of a line of code, and how things stand behind it.
//!
//! What a line means hangs on all lines before it, so the state between two
//! lines is a value of its own: whoever keeps it can begin there again.

mod grammar;

use std::ops::Range;

use syntect::parsing::{ParseState, Scope, ScopeStackOp, SyntaxSet};

use super::theme::Code;

/// So much of a line is coloured, in bytes: regular expressions take quadratic time on lines that
/// are made for it (28 ms for the worst one of this length that was found).
pub const LONGEST_LINE: usize = 4_000;

/// What runs of bytes in a line are, in their order; the rest is plain.
pub type Painted = Vec<(Code, Range<usize>)>;

/// The syntax of a page, and what its scopes mean.
pub struct Brush {
    syntaxes: SyntaxSet,
    codes: Vec<(Scope, Code)>,
}

impl Brush {
    pub fn new() -> Self {
        let (syntaxes, codes) = grammar::page();
        Self { syntaxes, codes }
    }

    fn code(&self, scope: Scope) -> Code {
        let found = self.codes.iter().find(|(known, _)| *known == scope);
        found.map_or(Code::Plain, |(_, code)| *code)
    }
}

impl Default for Brush {
    fn default() -> Self {
        Self::new()
    }
}

/// How things stand between two lines. A copy costs next to nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Stand {
    parse: ParseState,
    /// What the next letter is in, from the outside in.
    within: Vec<Code>,
}

/// Colours a line after the other, wherever it begins.
pub struct Pen<'b> {
    brush: &'b Brush,
}

impl<'b> Pen<'b> {
    pub fn new(brush: &'b Brush) -> Self {
        Self { brush }
    }

    /// Where every page begins.
    pub fn begin(&self) -> Stand {
        let syntax = self.brush.syntaxes.syntaxes().first();
        let syntax = syntax.expect("a brush is made of one syntax");
        Stand { parse: ParseState::new(syntax), within: Vec::new() }
    }

    /// The colours of the next line. The end of a very long one is not read, so
    /// what comes behind it goes on as if it had not been there.
    pub fn line(&self, stand: &mut Stand, line: &str) -> Painted {
        if line.len() <= LONGEST_LINE {
            return self.whole(stand, line);
        }
        let read = line.get(..line.floor_char_boundary(LONGEST_LINE)).unwrap_or_default();
        self.whole(&mut stand.clone(), read)
    }

    fn whole(&self, stand: &mut Stand, line: &str) -> Painted {
        let Ok(ops) = stand.parse.parse_line(line, &self.brush.syntaxes) else {
            return Vec::new();
        };
        let mut painted = Painted::new();
        let mut done = 0;
        for (at, op) in ops {
            push(&mut painted, stand.innermost(), done..at);
            done = at;
            self.step(stand, &op);
        }
        push(&mut painted, stand.innermost(), done..line.len());
        painted
    }

    fn step(&self, stand: &mut Stand, op: &ScopeStackOp) {
        match op {
            ScopeStackOp::Push(scope) => stand.within.push(self.brush.code(*scope)),
            ScopeStackOp::Pop(count) => {
                stand.within.truncate(stand.within.len().saturating_sub(*count));
            }
            // The grammar has nothing that clears.
            ScopeStackOp::Clear(_) | ScopeStackOp::Restore | ScopeStackOp::Noop => {}
        }
    }
}

impl Stand {
    fn innermost(&self) -> Code {
        self.within.last().copied().unwrap_or(Code::Plain)
    }
}

fn push(painted: &mut Painted, code: Code, range: Range<usize>) {
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
