//! Translates tokens into events: keys as xterm, the Linux console and the Kitty protocol send
//! them, mouse reports and focus reports.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

use super::input_token::InputToken;

/// The event a token stands for. `None` for replies and for tokens without a meaning here.
pub fn token_event(frame: InputToken<'_>) -> Option<Event> {
    match frame {
        InputToken::Char(letter) => Some(Event::Key(character_key(letter))),
        InputToken::Control(byte) => control_key(byte).map(Event::Key),
        InputToken::Esc => Some(Event::Key(KeyCode::Esc.into())),
        InputToken::Alt(letter) => {
            let control = u8::try_from(letter).ok().and_then(control_key);
            Some(Event::Key(with_modifier(
                control.unwrap_or_else(|| character_key(letter)),
                KeyModifiers::ALT,
            )))
        }
        InputToken::Csi(parameters, last) => csi_event(parameters, last),
        InputToken::Ss3(parameters, last) => {
            csi_key(std::str::from_utf8(parameters).ok()?, last).map(Event::Key)
        }
        InputToken::LinuxFunctionKey(last @ b'A'..=b'E') => {
            Some(Event::Key(KeyCode::F(last - b'A' + 1).into()))
        }
        InputToken::X10Mouse([button, column, row]) => {
            let coordinate = |byte: u8| u16::from(byte).checked_sub(33);
            mouse_event(u16::from(button).checked_sub(32)?, coordinate(column)?, coordinate(row)?)
        }
        InputToken::ControlString(..)
        | InputToken::PasteStart
        | InputToken::Invalid
        | InputToken::LinuxFunctionKey(_) => None,
    }
}

/// A typed character; like crossterm, capitals carry Shift.
fn character_key(letter: char) -> KeyEvent {
    let shift = if letter.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    KeyEvent::new(KeyCode::Char(letter), shift)
}

fn control_key(byte: u8) -> Option<KeyEvent> {
    let control =
        |letter: u8| with_modifier(KeyCode::Char(char::from(letter)).into(), KeyModifiers::CONTROL);
    Some(match byte {
        b'\r' => KeyCode::Enter.into(),
        b'\t' => KeyCode::Tab.into(),
        0x7f => KeyCode::Backspace.into(),
        0 => control(b' '),
        1..=0x1a => control(byte - 1 + b'a'),
        0x1c..=0x1f => control(byte - 0x1c + b'4'),
        _ => return None,
    })
}

fn csi_event(parameters: &[u8], last: u8) -> Option<Event> {
    let parameters = std::str::from_utf8(parameters).ok()?;
    match last {
        b'M' | b'm' => parse_mouse_report(parameters, last),
        b'I' if parameters.is_empty() => Some(Event::FocusGained),
        b'O' if parameters.is_empty() => Some(Event::FocusLost),
        b'u' => kitty_key(parameters).map(Event::Key),
        _ => csi_key(parameters, last).map(Event::Key),
    }
}

/// Parses a key as xterm sends it: `1;5A` is Ctrl and ↑, `3~` is Delete, `27;2;13~` is Shift and
/// Enter.
fn csi_key(parameters: &str, last: u8) -> Option<KeyEvent> {
    let mut parameters = parameters.split(';');
    let number = parameters.next().map_or(Some(1), parse_number)?;
    let second = parameters.next();
    let (modifiers, kind) = second.map_or(Some(NO_MODIFIERS), parse_modifiers)?;
    let code = match (last, number) {
        (b'~', 27) => kitty_key_code(parameters.next()?.parse().ok()?, modifiers)?,
        (b'~', _) => key_of_number(number)?,
        (b'Z', _) => {
            return Some(KeyEvent::new(KeyCode::BackTab, modifiers | KeyModifiers::SHIFT));
        }
        // A cursor position report ends like F3, except in the first columns of the first row.
        (b'R', 1) if second.is_none_or(|parameter| parameter.len() == 1) => KeyCode::F(3),
        (b'A'..=b'H' | b'P'..=b'Q' | b'S', 0 | 1) => key_of_final_byte(last)?,
        _ => return None,
    };
    parameters.next().is_none().then(|| KeyEvent::new_with_kind(code, modifiers, kind))
}

/// Parses a parameter; an empty one is 1.
fn parse_number(word: &str) -> Option<u8> {
    if word.is_empty() { Some(1) } else { word.parse().ok() }
}

/// The key named by the final byte alone. `None` if it names none.
fn key_of_final_byte(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'P' => KeyCode::F(1),
        b'Q' => KeyCode::F(2),
        b'S' => KeyCode::F(4),
        _ => return None,
    })
}

fn key_of_number(number: u8) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(number - 10),
        17..=21 => KeyCode::F(number - 11),
        23..=26 => KeyCode::F(number - 12),
        28 | 29 => KeyCode::F(number - 15),
        31..=34 => KeyCode::F(number - 17),
        _ => return None,
    })
}

const NO_MODIFIERS: (KeyModifiers, KeyEventKind) = (KeyModifiers::NONE, KeyEventKind::Press);

/// Parses `5:3`: the modifier bits plus one, and whether the key is pressed, repeated or released.
fn parse_modifiers(word: &str) -> Option<(KeyModifiers, KeyEventKind)> {
    let (mask, kind) = word.split_once(':').unwrap_or((word, "1"));
    let bits = parse_number(mask)?.saturating_sub(1);
    // Crossterm orders the bits differently.
    let bits_in_order = [
        KeyModifiers::SHIFT,
        KeyModifiers::ALT,
        KeyModifiers::CONTROL,
        KeyModifiers::SUPER,
        KeyModifiers::HYPER,
        KeyModifiers::META,
    ];
    let modifiers = bits_in_order.into_iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1);
    let kind = match kind {
        "2" => KeyEventKind::Repeat,
        "3" => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    Some((modifiers.map(|(_, modifier)| modifier).collect(), kind))
}

/// Parses a key of the Kitty protocol: `97:65;2:1` is the key's code, its shifted code, and the
/// modifiers.
fn kitty_key(parameters: &str) -> Option<KeyEvent> {
    let mut parameters = parameters.split(';');
    let mut codes = parameters.next()?.split(':');
    let code = codes.next()?.parse().ok()?;
    let (modifiers, kind) = parameters.next().map_or(Some(NO_MODIFIERS), parse_modifiers)?;
    let shifted = codes.next().and_then(|code| char::from_u32(code.parse().ok()?));
    let (code, modifiers) = match shifted {
        Some(shifted) if modifiers.contains(KeyModifiers::SHIFT) => {
            (KeyCode::Char(shifted), modifiers.difference(KeyModifiers::SHIFT))
        }
        _ => (kitty_key_code(code, modifiers)?, modifiers),
    };
    Some(KeyEvent::new_with_kind(code, modifiers, kind))
}

/// The key with a code of the Kitty protocol: a character, or a code from a private area of
/// Unicode.
fn kitty_key_code(code: u32, modifiers: KeyModifiers) -> Option<KeyCode> {
    const PAD: [KeyCode; 19] = [
        KeyCode::Char('.'),
        KeyCode::Char('/'),
        KeyCode::Char('*'),
        KeyCode::Char('-'),
        KeyCode::Char('+'),
        KeyCode::Enter,
        KeyCode::Char('='),
        KeyCode::Char(','),
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Insert,
        KeyCode::Delete,
        KeyCode::KeypadBegin,
    ];
    Some(match code {
        0x1b => KeyCode::Esc,
        0x0d => KeyCode::Enter,
        0x09 if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        0x09 => KeyCode::Tab,
        0x7f | 0x08 => KeyCode::Backspace,
        57376..=57398 => KeyCode::F(u8::try_from(code - 57376 + 13).ok()?),
        57399..=57408 => KeyCode::Char(char::from_digit(code - 57399, 10)?),
        57409..=57427 => *PAD.get(usize::try_from(code - 57409).ok()?)?,
        // Lock keys, lone modifiers and media keys.
        0xe000..=0xf8ff => return None,
        _ => KeyCode::Char(char::from_u32(code).filter(|letter| !letter.is_control())?),
    })
}

/// Parses a mouse report: `<0;3;4M` (SGR) or `32;3;4M` (rxvt).
fn parse_mouse_report(parameters: &str, last: u8) -> Option<Event> {
    let (parameters, offset) =
        parameters.strip_prefix('<').map_or((parameters, 32), |parameters| (parameters, 0));
    let mut parameters = parameters.split(';').map(|word| word.parse::<u16>().ok());
    let (button, column, row) = (parameters.next()??, parameters.next()??, parameters.next()??);
    let (column, row) = (column.checked_sub(1)?, row.checked_sub(1)?);
    let event = mouse_event(button.checked_sub(offset)?, column, row)?;
    Some(match event {
        Event::Mouse(MouseEvent { kind: MouseEventKind::Down(button), column, row, modifiers })
            if last == b'm' =>
        {
            Event::Mouse(MouseEvent { kind: MouseEventKind::Up(button), column, row, modifiers })
        }
        event => event,
    })
}

/// The bits hold the button number (0, 1, 6, 7), Shift, Alt, Ctrl and whether the mouse moves.
fn mouse_event(bits: u16, column: u16, row: u16) -> Option<Event> {
    let moves = bits & 32 != 0;
    let kind = match (bits & 3 | (bits & 0xc0) >> 4, moves) {
        (0, false) => MouseEventKind::Down(MouseButton::Left),
        (1, false) => MouseEventKind::Down(MouseButton::Middle),
        (2, false) => MouseEventKind::Down(MouseButton::Right),
        (0, true) => MouseEventKind::Drag(MouseButton::Left),
        (1, true) => MouseEventKind::Drag(MouseButton::Middle),
        (2, true) => MouseEventKind::Drag(MouseButton::Right),
        (3, false) => MouseEventKind::Up(MouseButton::Left),
        (3..=5, true) => MouseEventKind::Moved,
        (4, false) => MouseEventKind::ScrollUp,
        (5, false) => MouseEventKind::ScrollDown,
        (6, false) => MouseEventKind::ScrollLeft,
        (7, false) => MouseEventKind::ScrollRight,
        _ => return None,
    };
    let pressed = [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)];
    let pressed = pressed.into_iter().filter(|(bit, _)| bits & bit != 0);
    let modifiers = pressed.map(|(_, modifier)| modifier).collect();
    Some(Event::Mouse(MouseEvent { kind, column, row, modifiers }))
}

fn with_modifier(key: KeyEvent, modifier: KeyModifiers) -> KeyEvent {
    KeyEvent { modifiers: key.modifiers | modifier, ..key }
}
