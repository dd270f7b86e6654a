//! The languages of prompts.

/// A language that prompts may be written in, besides English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Language {
    German,
    Spanish,
    French,
    Portuguese,
    Italian,
    Polish,
    Dutch,
    Turkish,
    Chinese,
    Japanese,
}

impl Language {
    pub const ALL: [Self; 10] = [
        Self::German,
        Self::Spanish,
        Self::French,
        Self::Portuguese,
        Self::Italian,
        Self::Polish,
        Self::Dutch,
        Self::Turkish,
        Self::Chinese,
        Self::Japanese,
    ];

    /// Its code after ISO 639-1, as in the tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::German => "de",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Portuguese => "pt",
            Self::Italian => "it",
            Self::Polish => "pl",
            Self::Dutch => "nl",
            Self::Turkish => "tr",
            Self::Chinese => "zh",
            Self::Japanese => "ja",
        }
    }

    /// The language with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The most letters that an ending adds to a word of the table.
    pub fn longest_ending(self) -> usize {
        match self {
            Self::Turkish => 8,
            Self::Polish => 3,
            _ => 2,
        }
    }

    pub fn has_spaces(self) -> bool {
        !matches!(self, Self::Chinese | Self::Japanese)
    }
}
