//! Selectors of one part, as they are given to lookups of elements.

/// What a lookup asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Selector {
    Id(String),
    Class(String),
    Tag(String),
}

impl Selector {
    /// A selector of one part. `None` for others.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (kind, name) = match text.split_at_checked(1)? {
            ("#", name) => ("#", name),
            (".", name) => (".", name),
            _ => ("", text),
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || !name.chars().all(is_plain) {
            return None;
        }
        Some(match kind {
            "#" => Self::Id(name.to_owned()),
            "." => Self::Class(name.to_owned()),
            _ => Self::Tag(name.to_ascii_lowercase()),
        })
    }
}
