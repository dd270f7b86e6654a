//! Looks whether code is too deep for a parser that calls itself, before it is parsed.
//!
//! A stack overflow ends the process, so depth is measured first, in one pass
//! and without a stack of calls. Brackets nest; so do chains of operators,
//! which become trees as deep as they are long: `!!!!x`, `a + b + c`,
//! `if (a) if (b) …`, `else if …`.

/// Brackets open at the same time.
pub const MAX_NESTING: usize = 512;
/// Operators, calls and keywords that hang together, over all open brackets.
pub const MAX_CHAIN: usize = 6_000;

/// What the last token means for the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing or an operator: an operand comes, `/` starts a pattern.
    Operator,
    /// A name, number, string or closing bracket: `/` divides.
    Operand,
    /// `if (…)` and the like: a statement comes.
    Header,
    /// `if`, `for`, `while`, `with`: its bracket is a header.
    HeaderWord,
}

struct Level {
    opener: u8,
    header: bool,
    /// What hangs together at this level since the last statement began.
    chain: usize,
    /// Whether a `}` ends a block, after which a statement begins.
    block: bool,
}

struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
    levels: Vec<Level>,
    last: Last,
    chains: usize,
}

/// `Err` with the place where it becomes too deep.
pub(super) fn check(text: &str) -> Result<(), usize> {
    let ground = Level { opener: 0, header: false, chain: 0, block: true };
    let bytes = text.as_bytes();
    let mut scan = Scan { bytes, at: 0, levels: vec![ground], last: Last::Operator, chains: 0 };
    while scan.at < bytes.len() {
        let before = scan.at;
        scan.step();
        if scan.levels.len() > MAX_NESTING || scan.chains > MAX_CHAIN {
            return Err(before);
        }
        scan.at = scan.at.max(before + 1);
    }
    Ok(())
}

impl Scan<'_> {
    fn step(&mut self) {
        let Some(byte) = self.peek(0) else { return };
        match byte {
            b'/' => self.slash(),
            b'"' | b'\'' => self.string(byte),
            b'`' => {
                self.operand();
                self.template();
            }
            b'(' | b'[' | b'{' => self.open(byte),
            b')' | b']' | b'}' => self.close(byte),
            b';' | b',' => {
                self.reset();
                self.last = Last::Operator;
                self.at += 1;
            }
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'\\' | b'#' | 0x80.. => {
                self.word();
            }
            b'.' | b'?' | b':' | b'=' | b'<' | b'>' | b'!' | b'~' | b'+' | b'-' | b'*' | b'%'
            | b'&' | b'|' | b'^' | b'@' => self.operator(),
            // White space, and what is no token at all.
            _ => self.at += 1,
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn slash(&mut self) {
        match self.peek(1) {
            Some(b'/') => self.skip_to(|rest| rest.first() == Some(&b'\n')),
            Some(b'*') => {
                self.at += 2;
                self.skip_to(|rest| rest.starts_with(b"*/"));
                self.at += 2;
            }
            _ if self.last == Last::Operand => self.operator(),
            _ => self.pattern(),
        }
    }

    /// A regular expression.
    fn pattern(&mut self) {
        self.operand();
        self.at += 1;
        let mut class = false;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => return,
                b'\\' => self.at += 1,
                b'[' => class = true,
                b']' => class = false,
                b'/' if !class => {
                    self.at += 1;
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn string(&mut self, quote: u8) {
        self.operand();
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'\n' => return,
                byte if byte == quote => return,
                _ => {}
            }
        }
    }

    /// From a backtick, or from the `}` inside one, to its end or to the next `${`.
    fn template(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.at += 1,
                b'`' => {
                    self.at += 1;
                    return;
                }
                b'$' if self.peek(1) == Some(b'{') => {
                    self.at += 2;
                    self.push(Level { opener: b'`', header: false, chain: 0, block: false });
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn open(&mut self, byte: u8) {
        let header = byte == b'(' && self.last == Last::HeaderWord;
        // A call or an index hangs on what is before it.
        if self.last == Last::Operand {
            self.hang();
        }
        let block = byte == b'{' && self.last != Last::Operator || self.levels.len() == 1;
        self.push(Level { opener: byte, header, chain: 0, block });
        self.at += 1;
    }

    fn push(&mut self, level: Level) {
        self.levels.push(level);
        self.last = Last::Operator;
    }

    fn close(&mut self, byte: u8) {
        let pair = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let Some(level) = self.levels.last() else { return };
        let fits = level.opener == pair;
        let resumes = level.opener == b'`' && byte == b'}';
        if (fits || resumes)
            && let Some(level) = self.levels.pop()
        {
            self.chains -= level.chain;
            let statement = level.header || byte == b'}' && level.block;
            self.last = if statement { Last::Header } else { Last::Operand };
        }
        if resumes {
            self.last = Last::Operand;
            self.template();
        } else {
            self.at += 1;
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let is_word = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'\\' | b'#' | 0x80..)
        };
        while self.peek(0).is_some_and(is_word) {
            self.at += 1;
        }
        let after_dot = start.checked_sub(1).and_then(|i| self.bytes.get(i)) == Some(&b'.');
        let word = self.bytes.get(start..self.at).unwrap_or_default();
        match word {
            _ if after_dot => self.last = Last::Operand,
            b"if" | b"for" | b"while" | b"with" => self.keyword(Last::HeaderWord),
            b"else" => {
                // No statement begins here: the ifs of a chain hang together.
                self.hang();
                self.last = Last::Header;
            }
            b"do" | b"try" | b"switch" | b"class" | b"function" | b"return" | b"throw"
            | b"case" | b"var" | b"let" | b"const" | b"finally" => self.keyword(Last::Operator),
            b"new" | b"typeof" | b"void" | b"delete" | b"await" | b"yield" | b"in"
            | b"instanceof" | b"of" | b"extends" | b"async" => {
                self.hang();
                self.last = Last::Operator;
            }
            _ => self.operand(),
        }
    }

    /// A word that begins a statement, unless a header is before it.
    fn keyword(&mut self, last: Last) {
        if self.last == Last::Operand {
            self.reset();
        }
        self.hang();
        self.last = last;
    }

    /// Two operands in a row: a new statement has begun.
    fn operand(&mut self) {
        if self.last == Last::Operand {
            self.reset();
        }
        self.last = Last::Operand;
    }

    fn operator(&mut self) {
        let postfix = matches!(
            (self.peek(0), self.peek(1)),
            (Some(b'+'), Some(b'+')) | (Some(b'-'), Some(b'-'))
        );
        self.hang();
        self.at += if postfix { 2 } else { 1 };
        if !(postfix && self.last == Last::Operand) {
            self.last = Last::Operator;
        }
    }

    fn hang(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.chain += 1;
            self.chains += 1;
        }
    }

    fn reset(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            self.chains -= level.chain;
            level.chain = 0;
        }
    }

    fn skip_to(&mut self, found: impl Fn(&[u8]) -> bool) {
        while self.at < self.bytes.len() && !found(self.bytes.get(self.at..).unwrap_or_default()) {
            self.at += 1;
        }
    }
}
