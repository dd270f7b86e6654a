//! What a terminal says when it is asked what it can show.

use super::input_token::{ControlStringKind, InputToken};

/// What the terminal can do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueryReplies {
    pub kitty: bool,
    /// Told by the device answer (DA1): whether there is sixel graphics. `None` before it came.
    pub sixel: Option<bool>,
    /// Pixels of a cell, across and down.
    pub cell_size: Option<(u16, u16)>,
    /// Whether Kitty's way of telling keys is known.
    pub kitty_keys: bool,
    /// The colour of the ground.
    pub background: Option<(u8, u8, u8)>,
}

impl QueryReplies {
    /// Takes note of the frame, if it is an answer to a question of ours.
    pub fn record(&mut self, frame: InputToken<'_>) {
        match frame {
            InputToken::ControlString(ControlStringKind::Apc, answer) => {
                self.kitty |= is_kitty_ok(answer);
            }
            InputToken::ControlString(ControlStringKind::Osc, answer) => {
                self.background = parse_background(answer).or(self.background);
            }
            InputToken::Csi([b'?', words @ ..], b'c') => {
                let mut words = words.split(|byte| *byte == b';').skip(1);
                self.sixel = Some(words.any(|word| word == b"4"));
            }
            InputToken::Csi([b'?', ..], b'u') => self.kitty_keys = true,
            InputToken::Csi(words, b't') => {
                self.cell_size = parse_cell_size(words).or(self.cell_size);
            }
            _ => {}
        }
    }
}

/// Whether nobody types what this is: an answer, asked for or not, or a report of the mouse.
pub fn is_terminal_report(frame: InputToken<'_>) -> bool {
    match frame {
        InputToken::ControlString(..) | InputToken::Csi([b'<'..=b'?', ..], _) => true,
        InputToken::Csi(words, last) => !words.is_empty() && b"cntxyR".contains(&last),
        _ => false,
    }
}

/// Whether it is the content of an OSC answer about a colour, or the begin of one: `11;rgb:1a`.
pub fn is_colour_reply(answer: &[u8]) -> bool {
    let mut words = answer.rsplit(|byte| *byte == b';');
    let colour = words.next().unwrap_or_default();
    let is_number = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_digit);
    let numbers: Vec<_> = words.collect();
    (colour.starts_with(b"rgb") || colour.starts_with(b"#"))
        && !numbers.is_empty()
        && numbers.into_iter().all(is_number)
}

/// Whether an answer may begin like that, and hardly a key: `ESC [ ?`, or two parameters.
pub fn may_start_reply(sequence: &[u8]) -> bool {
    matches!(sequence, [0x1b, b'[', b'<'..=b'?', ..] | [0x9b, b'<'..=b'?', ..])
        || matches!(sequence, [0xc2, 0x9b, b'<'..=b'?', ..])
        || sequence.contains(&b';')
}

/// Whether an OSC answer may go on with the byte. Only those about a colour (OSC 4, 10 to 19) are
/// known so well: `11;rgb:fafa/f6f6/ecec`, with `rgba:` and `#` as other ways to begin.
pub fn may_continue_reply(answer: &[u8], byte: u8) -> bool {
    let is_end = [0x07, 0x1b, 0x9c, 0xc2].contains(&byte);
    let number = answer.split(|byte| *byte == b';').next().unwrap_or_default();
    if number.len() == answer.len() {
        return is_end || byte.is_ascii_digit() || byte == b';';
    }
    let is_colour = matches!(number, [b'4'] | [b'1', b'0'..=b'9']);
    !is_colour || is_end || byte.is_ascii_hexdigit() || b"rg:/;#?".contains(&byte)
}

/// `11;rgb:fafa/f6f6/ecec`, of which the first two digits of each count.
fn parse_background(answer: &[u8]) -> Option<(u8, u8, u8)> {
    let words = std::str::from_utf8(answer).ok()?.strip_prefix("11;rgb")?;
    let (_, colours) = words.split_once(':')?;
    let part = |digits: &str| match digits.len() {
        1 => u8::from_str_radix(digits, 16).ok().map(|digit| digit * 17),
        _ => u8::from_str_radix(digits.get(..2)?, 16).ok(),
    };
    let mut colours = colours.split('/').map(part);
    Some((colours.next()??, colours.next()??, colours.next()??))
}

/// `Gi=31;OK`, and no error in its place.
fn is_kitty_ok(answer: &[u8]) -> bool {
    answer.starts_with(b"Gi=31") && answer.ends_with(b";OK")
}

/// `6;20;10`: a cell is 20 high and 10 wide.
fn parse_cell_size(words: &[u8]) -> Option<(u16, u16)> {
    let words = std::str::from_utf8(words).ok()?.strip_prefix("6;")?;
    let mut words = words.split(';').map(str::parse::<u16>);
    let (height, width) = (words.next()?.ok()?, words.next()?.ok()?);
    (width > 0 && height > 0).then_some((width, height))
}
