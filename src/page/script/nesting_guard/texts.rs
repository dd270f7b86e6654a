//! Skips what may contain unrelated brackets: strings, templates, regular expressions, comments.

use super::{BracketLevel, LastToken, MAX_PATTERN_NESTING, NestingScan};

impl NestingScan<'_> {
    /// Skips the comment, regular expression or division that begins here.
    pub(super) fn slash(&mut self) {
        match self.peek(1) {
            Some(b'/') => self.skip_line(),
            Some(b'*') => {
                let start = self.at;
                self.at += 2;
                self.skip_to(|rest| rest.starts_with(b"*/"));
                self.at += 2;
                let inside = self.bytes.get(start..self.at.min(self.bytes.len()));
                self.at_line_start |= inside.is_some_and(|inside| inside.contains(&b'\n'));
            }
            _ if matches!(self.last, LastToken::Operand | LastToken::Dot) => self.operator(),
            _ if matches!(self.last, LastToken::Either | LastToken::Block) => {
                self.regex_or_division();
            }
            _ => self.regex(),
        }
    }

    /// A regular expression or a division. Either is fine if both end at the same place.
    fn regex_or_division(&mut self) {
        let start = self.at;
        let mut division = self.clone();
        division.last = LastToken::Operand;
        division.operator();
        self.regex();
        let inside = self.bytes.get(start + 1..self.at).unwrap_or_default();
        let Some((b'/', inside)) = inside.split_last() else {
            // No regular expression ends here, so it divides.
            *self = division;
            return;
        };
        let plain = |byte: &u8| !b"\"'`()[]{}\\<>/*".contains(byte);
        if !inside.iter().all(plain) {
            self.division = Some(Box::new(division));
        }
    }

    /// A regular expression.
    fn regex(&mut self) {
        self.operand();
        self.at += 1;
        let mut class = false;
        let mut opened = 0_usize;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'(' | b'[' => opened += 1,
                b')' | b']' => opened = opened.saturating_sub(1),
                _ => {}
            }
            if opened > MAX_PATTERN_NESTING {
                self.excess = Some(self.at);
            }
            match byte {
                _ if ends_line(self.bytes.get(self.at..).unwrap_or_default()) => return,
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

    /// Skips the string that begins with this quote.
    pub(super) fn string(&mut self, quote: u8) {
        self.operand();
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'\n' | b'\r' => return,
                byte if byte == quote => return,
                _ => {}
            }
        }
    }

    /// From a backtick, or the `}` inside a template, to its end or the next `${`.
    pub(super) fn template(&mut self) {
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
                    self.push(BracketLevel { opener: b'`', ..BracketLevel::default() });
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Skips the rest of the line.
    pub(super) fn skip_line(&mut self) {
        self.skip_to(ends_line);
    }

    fn skip_to(&mut self, found: impl Fn(&[u8]) -> bool) {
        while self.at < self.bytes.len() && !found(self.bytes.get(self.at..).unwrap_or_default()) {
            self.at += 1;
        }
    }
}

/// Whether a line ends here, by any of the four line terminators.
pub(super) fn ends_line(rest: &[u8]) -> bool {
    matches!(rest, [b'\n' | b'\r', ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..])
}
