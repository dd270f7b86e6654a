//! The library's errors, with their remedies.

use std::path::{Path, PathBuf};

use super::files::DiskError;
use super::version::{GameId, VersionId};

/// An error of the library. `Display` is one sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    #[error("the library {} is locked by another program", DiskError::display_path(.0))]
    Locked(PathBuf),
    #[error("cannot write to the library {}", DiskError::display_path(.0))]
    ReadOnly(PathBuf),
    #[error("the disk is too full for the library {}", DiskError::display_path(.0))]
    Full(PathBuf),
    #[error("the library {} is damaged", DiskError::display_path(.0))]
    Damaged(PathBuf),
    #[error(
        "the library {} was written by a newer codeagent (its schema is {found}, this one \
         supports {known})",
        DiskError::display_path(path)
    )]
    Newer { path: PathBuf, found: u32, known: u32 },
    #[error("cannot open the library {}: {why}", DiskError::display_path(path))]
    CannotOpen { path: PathBuf, why: String },
    #[error("the library {} failed: {why}", DiskError::display_path(path))]
    Failed { path: PathBuf, why: String },
    #[error("there is no game {0}")]
    NoGame(GameId),
    #[error("there is no version {0}")]
    NoVersion(VersionId),
    #[error("game {0} has nothing to undo: its first version is current")]
    NothingToUndo(GameId),
    #[error("game {0} has nothing to redo: its last version is current")]
    NothingToRedo(GameId),
}

impl LibraryError {
    /// The remedy, as one sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Locked(_) => "Close the other program, or try again.",
            Self::ReadOnly(_) | Self::CannotOpen { .. } => {
                "Correct its permissions, or choose another folder with --home."
            }
            Self::Full(_) => "Free some space, or choose another folder with --home.",
            Self::Damaged(_) => "Move the file elsewhere: the next start creates a new library.",
            Self::Newer { .. } => {
                "Use that version of codeagent, or choose another folder with --home."
            }
            Self::Failed { .. } => "This is a bug in codeagent: please report it.",
            Self::NoGame(_) | Self::NoVersion(_) => "`codeagent library list` lists all games.",
            Self::NothingToUndo(_) | Self::NothingToRedo(_) => {
                "`codeagent library show` lists its versions."
            }
        }
    }

    /// The process's exit code: 2 for an unknown game or version, 9 for a failing library.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoGame(_)
            | Self::NoVersion(_)
            | Self::NothingToUndo(_)
            | Self::NothingToRedo(_) => 2,
            Self::Locked(_)
            | Self::ReadOnly(_)
            | Self::Full(_)
            | Self::Damaged(_)
            | Self::Newer { .. }
            | Self::CannotOpen { .. }
            | Self::Failed { .. } => 9,
        }
    }

    /// Whether an immediate retry may help.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Locked(_))
    }

    /// The same error with the library's path.
    pub(super) fn with_path(self, path: &Path) -> Self {
        let path = path.to_owned();
        match self {
            Self::Locked(_) => Self::Locked(path),
            Self::ReadOnly(_) => Self::ReadOnly(path),
            Self::Full(_) => Self::Full(path),
            Self::Damaged(_) => Self::Damaged(path),
            Self::Newer { found, known, .. } => Self::Newer { path, found, known },
            Self::CannotOpen { why, .. } => Self::CannotOpen { path, why },
            Self::Failed { why, .. } => Self::Failed { path, why },
            Self::NoGame(_)
            | Self::NoVersion(_)
            | Self::NothingToUndo(_)
            | Self::NothingToRedo(_) => self,
        }
    }
}
