//! Cuts the bytes that a terminal sends into whole frames: characters, keys, reports, answers.
//!
//! The forms are those of ECMA-48 and of xterm's "Control Sequences", with introducers and
//! terminators of 7 bits (`ESC [`), of 8 bits (0x9B), and of 8 bits written in UTF-8 (0xC2 0x9B).

/// One whole thing that the terminal has sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'b> {
    Char(char),
    /// A byte below 0x20, or DEL.
    Control(u8),
    /// The Esc key: an ESC that another one, or a control of 8 bits, follows.
    Esc,
    /// A key with Alt: ESC before its character or its control byte.
    Alt(char),
    /// The bytes between introducer and final byte, and the final byte.
    Csi(&'b [u8], u8),
    Ss3(&'b [u8], u8),
    /// A mouse report of X10: button, column and row, each plus 32.
    Mouse([u8; 3]),
    /// A function key of the Linux console, `ESC [ [ A`: its last byte.
    Console(u8),
    /// OSC, DCS, APC, PM or SOS, without introducer and terminator.
    Text(Family, &'b [u8]),
    PasteBegins,
    /// Bytes without a meaning: broken off, or no UTF-8.
    Noise,
}

/// Which control string it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Osc,
    Dcs,
    Apc,
    /// PM and SOS, which mean nothing here.
    Other,
}

/// What stands first in some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut<'b> {
    /// A frame and its length in bytes.
    Whole(Frame<'b>, usize),
    More(Begun),
}

/// What has begun and is not whole yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    Nothing,
    Esc,
    /// `ESC [` and its like, which Alt and a letter send as well.
    Introducer(char),
    /// A sequence or a character.
    Sequence,
    /// A control string whose content so far begins here.
    Text(Family, usize),
}

/// What an introducer begins.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Csi,
    Ss3,
    Text(Family),
    /// Another control character of 8 bits.
    Unknown,
}

/// The first frame of the bytes.
pub fn cut(bytes: &[u8]) -> Cut<'_> {
    match *bytes {
        [] => Cut::More(Begun::Nothing),
        [0x1b] => Cut::More(Begun::Esc),
        [0x1b, 0x1b | 0x80..=0x9f, ..] | [0x1b, 0xc2, 0x80..=0x9f, ..] => Cut::Whole(Frame::Esc, 1),
        [0x1b, letter, ..] => match by_letter(letter) {
            Some(kind) => escaped(bytes, kind, letter),
            None => alt(bytes),
        },
        [0xc2, c1 @ 0x80..=0x9f, ..] => control(bytes, 2, by_letter(c1 - 0x40)),
        [c1 @ 0x80..=0x9f, ..] => control(bytes, 1, by_letter(c1 - 0x40)),
        [..] => character(bytes),
    }
}

/// What `ESC` and the letter introduce. The letter of an 8-bit control is its code minus 0x40.
fn by_letter(letter: u8) -> Option<Kind> {
    Some(match letter {
        b'[' => Kind::Csi,
        b'O' => Kind::Ss3,
        b']' => Kind::Text(Family::Osc),
        b'P' => Kind::Text(Family::Dcs),
        b'_' => Kind::Text(Family::Apc),
        b'X' | b'^' => Kind::Text(Family::Other),
        _ => return None,
    })
}

/// A sequence of 7 bits, unless it is Alt and the letter.
fn escaped(bytes: &[u8], kind: Kind, letter: u8) -> Cut<'_> {
    let key = Cut::Whole(Frame::Alt(char::from(letter)), 2);
    let Some(&next) = bytes.get(2) else {
        let is_key = matches!(kind, Kind::Text(Family::Other));
        return if is_key { key } else { Cut::More(Begun::Introducer(char::from(letter))) };
    };
    let begins = match kind {
        Kind::Csi => true,
        Kind::Ss3 => next.is_ascii_digit() || is_function(next),
        Kind::Text(Family::Osc) => next.is_ascii_digit(),
        Kind::Text(Family::Dcs) => next.is_ascii_digit() || b">!$|=?".contains(&next),
        Kind::Text(Family::Apc) => next == b'G',
        Kind::Text(Family::Other) | Kind::Unknown => false,
    };
    if begins { control(bytes, 2, Some(kind)) } else { key }
}

fn is_function(last: u8) -> bool {
    matches!(last, b'A'..=b'D' | b'F' | b'H' | b'P'..=b'S')
}

/// What an introducer of so many bytes has begun.
fn control(bytes: &[u8], length: usize, kind: Option<Kind>) -> Cut<'_> {
    match kind.unwrap_or(Kind::Unknown) {
        Kind::Csi => csi(bytes, length),
        Kind::Ss3 => parameters(bytes, length, Frame::Ss3),
        Kind::Text(family) => text(bytes, length, family),
        Kind::Unknown => Cut::Whole(Frame::Noise, length),
    }
}

fn csi(bytes: &[u8], length: usize) -> Cut<'_> {
    match bytes.get(length..).unwrap_or_default() {
        [b'[', last, ..] => Cut::Whole(Frame::Console(*last), length + 2),
        [b'M', button, column, row, ..] => {
            Cut::Whole(Frame::Mouse([*button, *column, *row]), length + 4)
        }
        [b'[' | b'M', ..] => Cut::More(Begun::Sequence),
        rest if rest.starts_with(b"200~") => Cut::Whole(Frame::PasteBegins, length + 4),
        _ => parameters(bytes, length, Frame::Csi),
    }
}

/// Parameter and intermediate bytes and a final one. Any other byte breaks the sequence off, and
/// is read by itself.
fn parameters<'b>(
    bytes: &'b [u8],
    length: usize,
    frame: impl FnOnce(&'b [u8], u8) -> Frame<'b>,
) -> Cut<'b> {
    let rest = bytes.get(length..).unwrap_or_default();
    let end = rest.iter().position(|byte| !(0x20..=0x3f).contains(byte));
    let Some((end, last)) = end.and_then(|end| Some((end, *rest.get(end)?))) else {
        return Cut::More(Begun::Sequence);
    };
    if (0x40..=0x7e).contains(&last) {
        let words = rest.get(..end).unwrap_or_default();
        Cut::Whole(frame(words, last), length + end + 1)
    } else {
        Cut::Whole(Frame::Noise, length + end)
    }
}

/// A control string, which BEL or ST ends. ESC and something else, or a control byte, breaks it
/// off.
fn text(bytes: &[u8], length: usize, family: Family) -> Cut<'_> {
    let mut at = length;
    let whole = |at: usize, end: usize| {
        Cut::Whole(Frame::Text(family, bytes.get(length..at).unwrap_or_default()), end)
    };
    while let Some(rest) = bytes.get(at..) {
        at += match rest {
            [0x07 | 0x9c, ..] => return whole(at, at + 1),
            [0x1b, b'\\', ..] | [0xc2, 0x9c, ..] => return whole(at, at + 2),
            [] | [0x1b] => break,
            [0..=0x1f | 0x7f, ..] => return Cut::Whole(Frame::Noise, at),
            [0xc2..=0xf4, ..] => character_length(rest),
            [..] => 1,
        };
    }
    Cut::More(Begun::Text(family, length))
}

/// How many bytes the character takes, as far as they are there: a continuation byte is no ST.
fn character_length(bytes: &[u8]) -> usize {
    let tail = bytes.iter().skip(1).take(3).take_while(|byte| (0x80..=0xbf).contains(*byte));
    1 + tail.count()
}

fn alt(bytes: &[u8]) -> Cut<'_> {
    match character(bytes.get(1..).unwrap_or_default()) {
        Cut::Whole(Frame::Char(letter), length) => Cut::Whole(Frame::Alt(letter), length + 1),
        Cut::Whole(Frame::Control(byte), length) => {
            Cut::Whole(Frame::Alt(char::from(byte)), length + 1)
        }
        Cut::Whole(_, length) => Cut::Whole(Frame::Noise, length + 1),
        Cut::More(_) => Cut::More(Begun::Sequence),
    }
}

/// A character of UTF-8, or a control byte.
fn character(bytes: &[u8]) -> Cut<'_> {
    let bytes = bytes.get(..bytes.len().min(4)).unwrap_or_default();
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(valid).unwrap_or_default()
        }
        Err(error) => {
            let noise = |length| Cut::Whole(Frame::Noise, length);
            return error.error_len().map_or(Cut::More(Begun::Sequence), noise);
        }
    };
    match valid.chars().next() {
        None => Cut::More(Begun::Nothing),
        Some(byte @ ('\0'..='\x1f' | '\x7f')) => {
            Cut::Whole(Frame::Control(u8::try_from(byte).unwrap_or_default()), 1)
        }
        Some(letter) => Cut::Whole(Frame::Char(letter), letter.len_utf8()),
    }
}
