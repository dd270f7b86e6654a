//! Splits the bytes a terminal sends into tokens: characters, keys, reports, replies.
//!
//! The forms are those of ECMA-48 and of xterm's "Control Sequences", with introducers and
//! terminators of 7 bits (`ESC [`), of 8 bits (0x9B), and of 8 bits encoded in UTF-8 (0xC2 0x9B).

/// One complete unit of terminal input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputToken<'b> {
    Char(char),
    /// A byte below 0x20, or DEL.
    Control(u8),
    /// The Esc key: an ESC followed by another one or by an 8-bit control.
    Esc,
    /// A key with Alt: ESC before its character or control byte.
    Alt(char),
    /// The bytes between introducer and final byte, and the final byte.
    Csi(&'b [u8], u8),
    Ss3(&'b [u8], u8),
    /// A mouse report of X10: button, column and row, each plus 32.
    X10Mouse([u8; 3]),
    /// A function key of the Linux console, `ESC [ [ A`: its last byte.
    LinuxFunctionKey(u8),
    /// OSC, DCS, APC, PM or SOS, without introducer and terminator.
    ControlString(ControlStringKind, &'b [u8]),
    PasteStart,
    /// Bytes without meaning: an interrupted sequence, or invalid UTF-8.
    Invalid,
}

/// The kind of a control string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlStringKind {
    Osc,
    Dcs,
    Apc,
    /// PM and SOS, which are ignored.
    Other,
}

/// The result of scanning the start of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenScan<'b> {
    /// A token and its length in bytes.
    Complete(InputToken<'b>, usize),
    Incomplete(PartialToken),
}

/// An incomplete token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartialToken {
    Empty,
    Esc,
    /// `ESC [` and the like, which Alt and a letter send too.
    Introducer(char),
    /// A sequence or a character.
    Sequence,
    /// A control string; its content starts at this offset.
    ControlString(ControlStringKind, usize),
}

/// The kind of sequence an introducer starts.
#[derive(Debug, Clone, Copy)]
enum IntroducerKind {
    Csi,
    Ss3,
    ControlString(ControlStringKind),
    /// Another 8-bit control character.
    Unknown,
}

/// Scans the first token of the bytes.
pub fn scan_token(bytes: &[u8]) -> TokenScan<'_> {
    match *bytes {
        [] => TokenScan::Incomplete(PartialToken::Empty),
        [0x1b] => TokenScan::Incomplete(PartialToken::Esc),
        [0x1b, 0x1b | 0x80..=0x9f, ..] | [0x1b, 0xc2, 0x80..=0x9f, ..] => {
            TokenScan::Complete(InputToken::Esc, 1)
        }
        [0x1b, letter, ..] => match introducer(letter) {
            Some(kind) => scan_escaped(bytes, kind, letter),
            None => scan_alt(bytes),
        },
        [0xc2, c1 @ 0x80..=0x9f, ..] => scan_control(bytes, 2, introducer(c1 - 0x40)),
        [c1 @ 0x80..=0x9f, ..] => scan_control(bytes, 1, introducer(c1 - 0x40)),
        [..] => scan_character(bytes),
    }
}

/// The sequence that `ESC` and the letter introduce, `None` if they do not. The letter of an 8-bit
/// control is its code minus 0x40.
fn introducer(letter: u8) -> Option<IntroducerKind> {
    Some(match letter {
        b'[' => IntroducerKind::Csi,
        b'O' => IntroducerKind::Ss3,
        b']' => IntroducerKind::ControlString(ControlStringKind::Osc),
        b'P' => IntroducerKind::ControlString(ControlStringKind::Dcs),
        b'_' => IntroducerKind::ControlString(ControlStringKind::Apc),
        b'X' | b'^' => IntroducerKind::ControlString(ControlStringKind::Other),
        _ => return None,
    })
}

/// A 7-bit sequence, unless it is Alt and the letter.
fn scan_escaped(bytes: &[u8], kind: IntroducerKind, letter: u8) -> TokenScan<'_> {
    let key = TokenScan::Complete(InputToken::Alt(char::from(letter)), 2);
    let Some(&next) = bytes.get(2) else {
        let is_key = matches!(kind, IntroducerKind::ControlString(ControlStringKind::Other));
        return if is_key {
            key
        } else {
            TokenScan::Incomplete(PartialToken::Introducer(char::from(letter)))
        };
    };
    let begins = match kind {
        IntroducerKind::Csi => true,
        IntroducerKind::Ss3 => next.is_ascii_digit() || is_function_key(next),
        IntroducerKind::ControlString(ControlStringKind::Osc) => next.is_ascii_digit(),
        IntroducerKind::ControlString(ControlStringKind::Dcs) => {
            next.is_ascii_digit() || b">!$|=?".contains(&next)
        }
        IntroducerKind::ControlString(ControlStringKind::Apc) => next == b'G',
        IntroducerKind::ControlString(ControlStringKind::Other) | IntroducerKind::Unknown => false,
    };
    if begins { scan_control(bytes, 2, Some(kind)) } else { key }
}

fn is_function_key(last: u8) -> bool {
    matches!(last, b'A'..=b'D' | b'F' | b'H' | b'P'..=b'S')
}

/// Scans a sequence whose introducer has `length` bytes.
fn scan_control(bytes: &[u8], length: usize, kind: Option<IntroducerKind>) -> TokenScan<'_> {
    match kind.unwrap_or(IntroducerKind::Unknown) {
        IntroducerKind::Csi => scan_csi(bytes, length),
        IntroducerKind::Ss3 => scan_parameters(bytes, length, InputToken::Ss3),
        IntroducerKind::ControlString(family) => scan_control_string(bytes, length, family),
        IntroducerKind::Unknown => TokenScan::Complete(InputToken::Invalid, length),
    }
}

fn scan_csi(bytes: &[u8], length: usize) -> TokenScan<'_> {
    match bytes.get(length..).unwrap_or_default() {
        [b'[', last, ..] => TokenScan::Complete(InputToken::LinuxFunctionKey(*last), length + 2),
        [b'M', button, column, row, ..] => {
            TokenScan::Complete(InputToken::X10Mouse([*button, *column, *row]), length + 4)
        }
        [b'[' | b'M', ..] => TokenScan::Incomplete(PartialToken::Sequence),
        rest if rest.starts_with(b"200~") => {
            TokenScan::Complete(InputToken::PasteStart, length + 4)
        }
        _ => scan_parameters(bytes, length, InputToken::Csi),
    }
}

/// Parameter and intermediate bytes up to a final byte. Any other byte interrupts the sequence and
/// is scanned by itself.
fn scan_parameters<'b>(
    bytes: &'b [u8],
    length: usize,
    frame: impl FnOnce(&'b [u8], u8) -> InputToken<'b>,
) -> TokenScan<'b> {
    let rest = bytes.get(length..).unwrap_or_default();
    let end = rest.iter().position(|byte| !(0x20..=0x3f).contains(byte));
    let Some((end, last)) = end.and_then(|end| Some((end, *rest.get(end)?))) else {
        return TokenScan::Incomplete(PartialToken::Sequence);
    };
    if (0x40..=0x7e).contains(&last) {
        let parameters = rest.get(..end).unwrap_or_default();
        TokenScan::Complete(frame(parameters, last), length + end + 1)
    } else {
        TokenScan::Complete(InputToken::Invalid, length + end)
    }
}

/// A control string, ended by BEL or ST. ESC with another byte, or a control byte, interrupts it.
fn scan_control_string(bytes: &[u8], length: usize, family: ControlStringKind) -> TokenScan<'_> {
    let mut at = length;
    let whole = |at: usize, end: usize| {
        TokenScan::Complete(
            InputToken::ControlString(family, bytes.get(length..at).unwrap_or_default()),
            end,
        )
    };
    while let Some(rest) = bytes.get(at..) {
        at += match rest {
            [0x07 | 0x9c, ..] => return whole(at, at + 1),
            [0x1b, b'\\', ..] | [0xc2, 0x9c, ..] => return whole(at, at + 2),
            [] | [0x1b] => break,
            [0..=0x1f | 0x7f, ..] => return TokenScan::Complete(InputToken::Invalid, at),
            [0xc2..=0xf4, ..] => character_length(rest),
            [..] => 1,
        };
    }
    TokenScan::Incomplete(PartialToken::ControlString(family, length))
}

/// Bytes of the character as far as they arrived: a continuation byte is no ST.
fn character_length(bytes: &[u8]) -> usize {
    let tail = bytes.iter().skip(1).take(3).take_while(|byte| (0x80..=0xbf).contains(*byte));
    1 + tail.count()
}

fn scan_alt(bytes: &[u8]) -> TokenScan<'_> {
    match scan_character(bytes.get(1..).unwrap_or_default()) {
        TokenScan::Complete(InputToken::Char(letter), length) => {
            TokenScan::Complete(InputToken::Alt(letter), length + 1)
        }
        TokenScan::Complete(InputToken::Control(byte), length) => {
            TokenScan::Complete(InputToken::Alt(char::from(byte)), length + 1)
        }
        TokenScan::Complete(_, length) => TokenScan::Complete(InputToken::Invalid, length + 1),
        TokenScan::Incomplete(_) => TokenScan::Incomplete(PartialToken::Sequence),
    }
}

/// A UTF-8 character or a control byte.
fn scan_character(bytes: &[u8]) -> TokenScan<'_> {
    let bytes = bytes.get(..bytes.len().min(4)).unwrap_or_default();
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(valid).unwrap_or_default()
        }
        Err(error) => {
            let noise = |length| TokenScan::Complete(InputToken::Invalid, length);
            return error.error_len().map_or(TokenScan::Incomplete(PartialToken::Sequence), noise);
        }
    };
    match valid.chars().next() {
        None => TokenScan::Incomplete(PartialToken::Empty),
        Some(byte @ ('\0'..='\x1f' | '\x7f')) => {
            TokenScan::Complete(InputToken::Control(u8::try_from(byte).unwrap_or_default()), 1)
        }
        Some(letter) => TokenScan::Complete(InputToken::Char(letter), letter.len_utf8()),
    }
}
