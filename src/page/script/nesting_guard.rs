//! Checks, before parsing, whether code is too deep for a recursive parser.
//!
//! A stack overflow ends the process, so depth is measured first, in one pass without recursion.
//! Brackets nest, and so do operator chains, which become trees as deep as they are long: `!!!!x`,
//! `a + b + c`, `if (a) if (b) …`, `else if …`. What only a parser can tell apart, a regular
//! expression and a division after `}`, is read both ways if it matters.

mod texts;

use super::ParseGoal;
use texts::ends_line;

/// Most open brackets.
pub const MAX_NESTING: usize = 512;
/// Most chained operators, calls and keywords over all open brackets.
pub const MAX_CHAIN: usize = 6_000;

/// Most commas within round brackets. The parser examines all parameters once for each of them.
const MAX_LIST: usize = 4_096;

/// Most open brackets in a regular expression, whose parser is recursive too.
const MAX_PATTERN_NESTING: usize = 128;

/// Most readings of one text: each regular expression that may be a division doubles them.
const MAX_READINGS: usize = 16;

/// The length of `instanceof`: longer words are names.
const MAX_KEYWORD_BYTES: usize = 10;

/// What the last token means for the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LastToken {
    /// None or an operator: an operand follows, `/` starts a regular expression.
    Operator,
    /// A name, number, string or closing bracket: `/` divides.
    Operand,
    /// `if (…)` and the like: a statement follows.
    Header,
    /// A word that may be a name: `/` may start a regular expression or divide.
    Either,
    /// A `}` of a block or an object: as above, and a statement keyword starts a statement.
    Block,
    /// A dot: a name follows, even if it is a keyword elsewhere.
    Dot,
    /// `if`, `for`, `while`, `with`: the next bracket is a header.
    HeaderWord,
}

#[derive(Clone, Default)]
struct BracketLevel {
    opener: u8,
    /// Commas at this level.
    commas: usize,
    header: bool,
    /// Chain length at this level since the last statement started.
    chain: usize,
    /// Open `else`s and `do`s at this level, which a statement end does not close.
    pending: usize,
}

#[derive(Clone)]
struct NestingScan<'t> {
    bytes: &'t [u8],
    at: usize,
    levels: Vec<BracketLevel>,
    last: LastToken,
    chains: usize,
    /// Whether `<!--` and `-->` start comments, as outside of modules.
    is_sloppy: bool,
    /// Whether only white space and comments precede on the line.
    at_line_start: bool,
    /// Where a limit was exceeded.
    excess: Option<usize>,
    /// The scan for the case that the regular expression is a division.
    division: Option<Box<Self>>,
}

/// Checks the nesting of code. `Err` is the offset at which it becomes too deep.
///
/// # Errors
/// The offset at which the code exceeds a limit.
pub(super) fn check_nesting(text: &str, goal: ParseGoal) -> Result<(), usize> {
    let mut scan = NestingScan {
        bytes: text.as_bytes(),
        at: 0,
        levels: vec![BracketLevel::default()],
        last: LastToken::Operator,
        chains: 0,
        is_sloppy: goal != ParseGoal::Module,
        at_line_start: true,
        excess: None,
        division: None,
    };
    if scan.bytes.starts_with(b"#!") {
        scan.skip_line();
    }
    let mut readings = vec![scan];
    let mut begun = readings.len();
    while let Some(mut scan) = readings.pop() {
        while let Some(division) = scan.run()? {
            if begun == MAX_READINGS {
                return Err(division.at);
            }
            readings.push(division);
            begun += 1;
        }
    }
    Ok(())
}

impl<'t> NestingScan<'t> {
    /// Continues to the end, or to the next regular expression that may be a division; then the
    /// alternative scan is returned.
    fn run(&mut self) -> Result<Option<NestingScan<'t>>, usize> {
        while self.at < self.bytes.len() {
            let before = self.at;
            self.step();
            if self.levels.len() > MAX_NESTING || self.chains > MAX_CHAIN || self.excess.is_some() {
                return Err(self.excess.unwrap_or(before));
            }
            self.at = self.at.max(before + 1);
            if let Some(division) = self.division.take() {
                return Ok(Some(*division));
            }
        }
        Ok(None)
    }
}

impl NestingScan<'_> {
    fn step(&mut self) {
        let Some(byte) = self.peek(0) else { return };
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        // In modules the parser skips the first of these at a line start, with an error.
        let comment = match byte {
            b'<' => (self.is_sloppy || self.at_line_start) && rest.starts_with(b"<!--"),
            b'-' => self.is_sloppy && self.at_line_start && rest.starts_with(b"-->"),
            _ => false,
        };
        if comment {
            return self.skip_line();
        }
        if ends_line(rest) {
            self.at_line_start = true;
            self.at += 1;
            return;
        }
        let block = byte == b'/' && self.peek(1) == Some(b'*');
        self.at_line_start &= byte.is_ascii_whitespace() || byte >= 0x80 || block;
        match byte {
            b'/' => self.slash(),
            b'"' | b'\'' => self.string(byte),
            b'`' => {
                // After an operand it is a call.
                if matches!(self.last, LastToken::Operand | LastToken::Either | LastToken::Block) {
                    self.extend_chain();
                }
                self.last = LastToken::Operand;
                self.template();
            }
            b'(' | b'[' | b'{' => self.open(byte),
            b')' | b']' | b'}' => self.close(byte),
            b';' | b',' => {
                self.count_comma(byte);
                self.end_chain();
                self.last = LastToken::Operator;
                self.at += 1;
            }
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'\\' | b'#' | 0x80.. => {
                self.word();
            }
            b'.' | b'?' | b':' | b'=' | b'<' | b'>' | b'!' | b'~' | b'+' | b'-' | b'*' | b'%'
            | b'&' | b'|' | b'^' | b'@' => self.operator(),
            // White space and invalid characters.
            _ => self.at += 1,
        }
    }

    /// Counts commas within round brackets.
    fn count_comma(&mut self, byte: u8) {
        let at = self.at;
        let Some(level) = self.levels.last_mut().filter(|level| level.opener == b'(') else {
            return;
        };
        level.commas += usize::from(byte == b',');
        if level.commas > MAX_LIST {
            self.excess = Some(at);
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn open(&mut self, byte: u8) {
        let header = byte == b'(' && self.last == LastToken::HeaderWord;
        // A call or an index extends the chain.
        if matches!(self.last, LastToken::Operand | LastToken::Either | LastToken::Block) {
            self.extend_chain();
        }
        self.push(BracketLevel { opener: byte, header, ..BracketLevel::default() });
        self.at += 1;
    }

    fn push(&mut self, level: BracketLevel) {
        self.levels.push(level);
        self.last = LastToken::Operator;
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
            self.chains -= level.chain + level.pending;
            self.last = match byte {
                b'}' => LastToken::Block,
                _ if level.header => LastToken::Header,
                _ => LastToken::Operand,
            };
        }
        if resumes {
            self.last = LastToken::Operand;
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
        // The dot of a number belongs to it: `1./x` divides.
        let number = self.bytes.get(start).is_some_and(u8::is_ascii_digit);
        if number && self.last != LastToken::Dot && self.peek(0) == Some(b'.') {
            self.at += 1;
            while self.peek(0).is_some_and(is_word) {
                self.at += 1;
            }
        }
        let after_dot = self.last == LastToken::Dot;
        let word = self.bytes.get(start..self.at).unwrap_or_default();
        match word {
            _ if after_dot => self.last = LastToken::Operand,
            // Most words are names.
            [first, ..] if word.len() > MAX_KEYWORD_BYTES || !first.is_ascii_lowercase() => {
                self.operand();
            }
            b"if" | b"for" | b"while" | b"with" => self.keyword(LastToken::HeaderWord),
            // No statement starts here: the ifs of a chain nest.
            b"else" => self.add_pending(LastToken::Header),
            // Its end is a `while` that may be far away.
            b"do" => self.add_pending(LastToken::Operator),
            // The statement before the `try` continues after it.
            b"finally" | b"catch" => {
                self.extend_chain();
                self.last = LastToken::Operand;
            }
            b"await" if self.last == LastToken::HeaderWord => {}
            b"await" if !self.is_sloppy => {
                self.extend_chain();
                self.last = LastToken::Operator;
            }
            b"break" | b"continue" | b"debugger" | b"let" => self.keyword(LastToken::Either),
            b"await" | b"yield" | b"of" | b"async" => {
                self.extend_chain();
                self.last = LastToken::Either;
            }
            b"try" | b"switch" | b"class" | b"function" | b"return" | b"throw" | b"case"
            | b"var" | b"const" => self.keyword(LastToken::Operator),
            b"new" | b"typeof" | b"void" | b"delete" | b"in" | b"instanceof" | b"extends" => {
                self.extend_chain();
                self.last = LastToken::Operator;
            }
            _ => self.operand(),
        }
    }

    /// A keyword that starts a statement unless a header precedes it.
    fn keyword(&mut self, last: LastToken) {
        if matches!(self.last, LastToken::Operand | LastToken::Block) {
            self.end_chain();
        }
        self.extend_chain();
        self.last = last;
    }

    /// A keyword that joins statements until its level is closed.
    fn add_pending(&mut self, last: LastToken) {
        if let Some(level) = self.levels.last_mut() {
            level.pending += 1;
            self.chains += 1;
        }
        self.last = last;
    }

    /// Two operands in a row: a new statement has started.
    fn operand(&mut self) {
        if matches!(self.last, LastToken::Operand | LastToken::Block) {
            self.end_chain();
        }
        self.last = LastToken::Operand;
    }

    fn operator(&mut self) {
        let postfix = matches!(
            (self.peek(0), self.peek(1)),
            (Some(b'+'), Some(b'+')) | (Some(b'-'), Some(b'-'))
        );
        self.extend_chain();
        let dot = self.peek(0) == Some(b'.');
        let spread = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(b"..."));
        self.at += if spread {
            3
        } else if postfix {
            2
        } else {
            1
        };
        if !(postfix
            && matches!(self.last, LastToken::Operand | LastToken::Either | LastToken::Block))
        {
            self.last = if dot && !spread { LastToken::Dot } else { LastToken::Operator };
        }
    }

    fn extend_chain(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.chain += 1;
            self.chains += 1;
        }
    }

    fn end_chain(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            self.chains -= level.chain;
            level.chain = 0;
        }
    }
}
