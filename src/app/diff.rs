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
