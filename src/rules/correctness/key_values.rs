//! What the keyboard's events say: the values of `key` and `code`.
//!
//! The names are those of UI Events (W3C, its lists of values for both); the old ones are what
//! Internet Explorer and Firefox before version 37 said.

/// Keys with the same name in `key` and `code`.
const COMMON: &[&str] = &[
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "Enter",
    "Escape",
    "Tab",
    "Backspace",
    "Delete",
    "Insert",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "CapsLock",
];

/// Keys that stand twice on a keyboard, by their `key`, and their `code` on the left.
const DOUBLE: &[(&str, &str)] =
    &[("Shift", "ShiftLeft"), ("Control", "ControlLeft"), ("Alt", "AltLeft"), ("Meta", "MetaLeft")];

/// What is often written, and the key that is meant.
const OTHER: &[(&str, &str)] = &[
    ("Space", " "),
    ("Spacebar", " "),
    ("Left", "ArrowLeft"),
    ("Right", "ArrowRight"),
    ("Up", "ArrowUp"),
    ("Down", "ArrowDown"),
    ("Esc", "Escape"),
    ("Del", "Delete"),
    ("Return", "Enter"),
    ("Ctrl", "Control"),
];

/// The part of an event that names a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyField {
    Key,
    /// `key`, in lower case.
    LowerKey,
    Code,
    /// `keyCode` or `which`: a number.
    Number,
}

impl KeyField {
    /// The name of the property.
    pub fn name(self) -> &'static str {
        match self {
            Self::Key | Self::LowerKey => "key",
            Self::Code => "code",
            Self::Number => "keyCode",
        }
    }

    /// What this field says where a text that it never says was meant. `None` if it may say that,
    /// or if nothing certain is known of it.
    pub fn meant(self, text: &str) -> Option<String> {
        let meant = match self {
            Self::Key => meant_key(text),
            Self::LowerKey => {
                meant_key(text).unwrap_or_else(|| text.to_owned()).to_lowercase().into()
            }
            Self::Code => meant_code(text),
            Self::Number => None,
        };
        meant.filter(|meant| meant != text)
    }
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

fn meant_key(text: &str) -> Option<String> {
    let named = COMMON.iter().copied().chain(DOUBLE.iter().map(|(key, _)| *key));
    let other = OTHER.iter().find(|(old, _)| same(old, text)).map(|(_, key)| *key);
    let one = ["Key", "Digit"].iter().find_map(|start| only_char(text.strip_prefix(start)?));
    let right = named.into_iter().find(|key| same(key, text)).or(other).map(str::to_owned);
    right.or(one.map(|c| c.to_ascii_lowercase().to_string()))
}

fn meant_code(text: &str) -> Option<String> {
    if let Some(c) = only_char(text) {
        return match c {
            ' ' => Some("Space".to_owned()),
            'a'..='z' | 'A'..='Z' => Some(format!("Key{}", c.to_ascii_uppercase())),
            '0'..='9' => Some(format!("Digit{c}")),
            _ => None,
        };
    }
    let cased = |start: &str| {
        let (first, rest) = text.split_at_checked(start.len())?;
        let c = only_char(rest).filter(char::is_ascii_alphanumeric)?;
        same(first, start).then(|| format!("{start}{}", c.to_ascii_uppercase()))
    };
    let common = COMMON.iter().copied().chain(["Space"]).find(|code| same(code, text));
    let double = DOUBLE.iter().find(|(key, _)| same(key, text)).map(|(_, code)| *code);
    let other = OTHER.iter().find(|(old, _)| same(old, text)).map(|(_, key)| match *key {
        " " => "Space",
        "Control" => "ControlLeft",
        key => key,
    });
    let right = common.or(double).or(other).map(str::to_owned);
    right.or_else(|| cased("Key")).or_else(|| cased("Digit"))
}

fn only_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_key_says_is_known_by_what_was_meant() {
        for (field, text, meant) in [
            (KeyField::Key, "Space", Some(" ")),
            (KeyField::Key, "spacebar", Some(" ")),
            (KeyField::Key, "Left", Some("ArrowLeft")),
            (KeyField::Key, "arrowleft", Some("ArrowLeft")),
            (KeyField::Key, "KeyA", Some("a")),
            (KeyField::Key, "Digit1", Some("1")),
            (KeyField::Key, "ArrowLeft", None),
            (KeyField::Key, "a", None),
            (KeyField::Key, "A", None),
            (KeyField::Key, " ", None),
            (KeyField::Key, "MediaPlay", None),
            (KeyField::LowerKey, "ArrowLeft", Some("arrowleft")),
            (KeyField::LowerKey, "W", Some("w")),
            (KeyField::LowerKey, "space", Some(" ")),
            (KeyField::LowerKey, "arrowup", None),
            (KeyField::Code, " ", Some("Space")),
            (KeyField::Code, "a", Some("KeyA")),
            (KeyField::Code, "7", Some("Digit7")),
            (KeyField::Code, "keya", Some("KeyA")),
            (KeyField::Code, "Left", Some("ArrowLeft")),
            (KeyField::Code, "Shift", Some("ShiftLeft")),
            (KeyField::Code, "Space", None),
            (KeyField::Code, "Numpad0", None),
            (KeyField::Number, "Left", None),
        ] {
            assert_eq!(field.meant(text).as_deref(), meant, "{field:?} {text}");
        }
    }
}
