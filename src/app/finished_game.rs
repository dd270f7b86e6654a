//! A finished game: its page, and why the page may be saved.

use std::path::PathBuf;
use std::sync::Arc;

use crate::game::{Rejection, StorageKey, Vetted, seal};
use crate::library::VersionId;
use crate::rules::Finding;

/// A finished game.
#[derive(Debug, Clone)]
pub struct FinishedGame {
    pub product: GamePage,
    pub title: String,
    /// Where it was saved, if it was.
    pub path: Option<PathBuf>,
    /// Its place in the library, if it has one.
    pub version: Option<VersionId>,
}

/// A page that may be saved as a game, and why it may.
#[derive(Debug, Clone)]
pub enum GamePage {
    /// It passed every check.
    Vetted(Arc<Vetted>),
    /// It passed, and is saved in a sandboxed frame. Its data are stored under this key.
    Sealed { game: Arc<Vetted>, key: StorageKey },
    /// It did not, and the user asked for it all the same.
    Unsafe(Arc<Rejection>),
}

impl GamePage {
    /// The bytes of the file.
    pub fn html(&self) -> String {
        match self {
            Self::Vetted(vetted) => vetted.html().to_owned(),
            Self::Sealed { game, key } => seal(game, key),
            Self::Unsafe(rejection) => rejection.with_warning(),
        }
    }

    /// The key under which its data are stored.
    pub fn storage_key(&self) -> Option<&StorageKey> {
        match self {
            Self::Vetted(game) => Some(game.storage_key()),
            Self::Sealed { key, .. } => Some(key),
            Self::Unsafe(_) => None,
        }
    }

    /// The game, where it passed every check.
    pub fn vetted(&self) -> Option<&Arc<Vetted>> {
        match self {
            Self::Vetted(vetted) | Self::Sealed { game: vetted, .. } => Some(vetted),
            Self::Unsafe(_) => None,
        }
    }

    /// The page as extracted from the reply; spans of findings refer to it.
    pub fn source(&self) -> &str {
        match self {
            Self::Vetted(vetted) | Self::Sealed { game: vetted, .. } => vetted.original(),
            Self::Unsafe(rejection) => &rejection.source,
        }
    }

    /// The page before hardening; the next change starts from it.
    pub fn unhardened(&self) -> &str {
        match self {
            Self::Vetted(vetted) | Self::Sealed { game: vetted, .. } => vetted.source(),
            Self::Unsafe(rejection) => &rejection.source,
        }
    }

    /// What the rules found in the page, repaired or open.
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Vetted(vetted) | Self::Sealed { game: vetted, .. } => vetted.findings(),
            Self::Unsafe(rejection) => &rejection.findings,
        }
    }
}
