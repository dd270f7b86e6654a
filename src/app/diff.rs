//! The diff between the displayed game and its parent, or any other version.

use std::sync::Arc;

use super::ids::Revision;
use crate::library::{LibraryError, PageComparison, VersionId};

/// A page with a display name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPage {
    pub name: String,
    pub source: Arc<str>,
}

/// The page to compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiffBase {
    Page(NamedPage),
    /// The version that this one came from.
    Parent(VersionId),
    Version(VersionId),
}

/// The diff of the displayed game.
#[derive(Debug, Clone, Default)]
pub struct DiffState {
    pub(super) watch: DiffWatch,
    /// `None` until it is watched.
    pub view: Option<DiffView>,
}

/// Whether anybody looks at the diff: a comparison is computed for nobody else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DiffWatch {
    #[default]
    Off,
    On,
}

/// A comparison that was asked for.
#[derive(Debug, Clone)]
pub struct DiffView {
    /// Whose game it is.
    pub revision: Revision,
    /// The version that the user chose. `None` for the game it came from.
    pub against: Option<VersionId>,
    /// `None` while the comparison runs.
    pub result: Option<Result<Arc<PageComparison>, DiffError>>,
}

/// Why there is no comparison.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DiffError {
    #[error("first version, nothing to compare")]
    First,
    #[error("{error}. {}", .error.advice())]
    Library { error: LibraryError },
    #[error("the comparison failed: {0}")]
    Broke(String),
}
