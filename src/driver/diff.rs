//! Compares a game with another page: the one it came from, or one of the library.

use std::sync::Arc;

use super::blocking::blocking;
use super::library_thread::LibraryHandle;
use crate::app::{DiffBase, DiffError, NamedPage};
use crate::library::{Library, LibraryError, PageComparison, VersionId, compare_pages};

/// What changed from the old page to the new one.
pub(super) async fn compared(
    new: NamedPage,
    old: DiffBase,
    library: &Arc<LibraryHandle>,
) -> Result<Box<PageComparison>, DiffError> {
    let old = match old {
        DiffBase::Page(side) => side,
        DiffBase::Parent(version) => {
            let parent = library.ask(move |library| parent(library, version)).await;
            parent.map_err(|error| DiffError::Library { error })?.ok_or(DiffError::First)?
        }
        DiffBase::Version(version) => {
            let side = library.ask(move |library| side(library, version)).await;
            side.map_err(|error| DiffError::Library { error })?
        }
    };
    let work = move || compare_pages((&old.name, &old.source), (&new.name, &new.source));
    blocking(work).await.map(Box::new).map_err(DiffError::Broke)
}

fn parent(library: &Library, version: VersionId) -> Result<Option<NamedPage>, LibraryError> {
    let versions = library.versions(version.game)?;
    let parent = versions.iter().find(|entry| entry.id == version).and_then(|entry| entry.parent);
    parent.map(|number| side(library, VersionId { number, ..version })).transpose()
}

fn side(library: &Library, version: VersionId) -> Result<NamedPage, LibraryError> {
    let page = library.page_texts(version)?;
    Ok(NamedPage { name: format!("version {version}"), source: page.source.into() })
}
