//! Parses a terminal's replies to the capability queries.

use super::input_token::{ControlStringKind, InputToken};

/// The replies received so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueryReplies {
    pub kitty: bool,
    /// Whether the device attributes (DA1) list sixel graphics. `None` before that reply came.
    pub sixel: Option<bool>,
    /// Width and height of a cell, in pixels.
    pub cell_size: Option<(u16, u16)>,
    /// Whether the Kitty keyboard protocol is supported.
    pub kitty_keys: bool,
    /// The background colour, as RGB.
    pub background: Option<(u8, u8, u8)>,
}

impl QueryReplies {
    /// Records the token if it replies to one of our queries.
    pub fn record(&mut self, frame: InputToken<'_>) {
        match frame {
            InputToken::ControlString(ControlStringKind::Apc, answer) => {
                self.kitty |= is_kitty_ok(answer);
            }
            InputToken::ControlString(ControlStringKind::Osc, answer) => {
                self.background = parse_background(answer).or(self.background);
            }
            InputToken::Csi([b'?', parameters @ ..], b'c') => {
                let mut parameters = parameters.split(|byte| *byte == b';').skip(1);
                self.sixel = Some(parameters.any(|word| word == b"4"));
            }
            InputToken::Csi([b'?', ..], b'u') => self.kitty_keys = true,
            InputToken::Csi(parameters, b't') => {
                self.cell_size = parse_cell_size(parameters).or(self.cell_size);
            }
            _ => {}
        }
    }
}

/// Whether the token is a reply (requested or not) or a mouse report, and so never typed.
pub fn is_terminal_report(frame: InputToken<'_>) -> bool {
    match frame {
        InputToken::ControlString(..) | InputToken::Csi([b'<'..=b'?', ..], _) => true,
        InputToken::Csi(parameters, last) => !parameters.is_empty() && b"cntxyR".contains(&last),
        _ => false,
    }
}

/// Whether this is the content of an OSC colour reply, or the start of one: `11;rgb:1a`.
pub fn is_colour_reply(answer: &[u8]) -> bool {
    let mut fields = answer.rsplit(|byte| *byte == b';');
    let colour = fields.next().unwrap_or_default();
    let is_number = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_digit);
    let numbers: Vec<_> = fields.collect();
    (colour.starts_with(b"rgb") || colour.starts_with(b"#"))
        && !numbers.is_empty()
        && numbers.into_iter().all(is_number)
}

/// Whether a reply may start like this, and hardly a key: `ESC [ ?`, or two parameters.
pub fn may_start_reply(sequence: &[u8]) -> bool {
    matches!(sequence, [0x1b, b'[', b'<'..=b'?', ..] | [0x9b, b'<'..=b'?', ..])
        || matches!(sequence, [0xc2, 0x9b, b'<'..=b'?', ..])
        || sequence.contains(&b';')
}

/// Whether the byte may continue an OSC reply. The form is known only for colour replies (OSC 4 and
/// 10 to 19): `11;rgb:fafa/f6f6/ecec`, or with `rgba:` or `#`.
pub fn may_continue_reply(answer: &[u8], byte: u8) -> bool {
    let is_end = [0x07, 0x1b, 0x9c, 0xc2].contains(&byte);
    let number = answer.split(|byte| *byte == b';').next().unwrap_or_default();
    if number.len() == answer.len() {
        return is_end || byte.is_ascii_digit() || byte == b';';
    }
    let is_colour = matches!(number, [b'4'] | [b'1', b'0'..=b'9']);
    !is_colour || is_end || byte.is_ascii_hexdigit() || b"rg:/;#?".contains(&byte)
}

/// Parses `11;rgb:fafa/f6f6/ecec`, keeping the first two digits of each channel.
fn parse_background(answer: &[u8]) -> Option<(u8, u8, u8)> {
    let text = std::str::from_utf8(answer).ok()?.strip_prefix("11;rgb")?;
    let (_, colours) = text.split_once(':')?;
    let part = |digits: &str| match digits.len() {
        1 => u8::from_str_radix(digits, 16).ok().map(|digit| digit * 17),
        _ => u8::from_str_radix(digits.get(..2)?, 16).ok(),
    };
    let mut colours = colours.split('/').map(part);
    Some((colours.next()??, colours.next()??, colours.next()??))
}

/// Whether this is `Gi=31;OK` and not an error report.
fn is_kitty_ok(answer: &[u8]) -> bool {
    answer.starts_with(b"Gi=31") && answer.ends_with(b";OK")
}

/// Parses `6;20;10`: a cell 20 pixels high and 10 wide.
fn parse_cell_size(fields: &[u8]) -> Option<(u16, u16)> {
    let fields = std::str::from_utf8(fields).ok()?.strip_prefix("6;")?;
    let mut fields = fields.split(';').map(str::parse::<u16>);
    let (height, width) = (fields.next()?.ok()?, fields.next()?.ok()?);
    (width > 0 && height > 0).then_some((width, height))
}
