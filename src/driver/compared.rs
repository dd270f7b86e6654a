//! Compares a game with another page: the one it came from, or one of the library.

use std::sync::Arc;

use super::books::Books;
use super::world::blocking;
use crate::app::{Against, Side, Uncompared};
use crate::library::{Library, LibraryError, PageComparison, VersionId, compare_pages};

/// What changed from the old page to the new one.
pub(super) async fn compared(
    new: Side,
    old: Against,
    books: &Arc<Books>,
) -> Result<Box<PageComparison>, Uncompared> {
    let old = match old {
        Against::Page(side) => side,
        Against::Parent(version) => {
            let parent = books.ask(move |library| parent(library, version)).await;
            parent.map_err(|error| Uncompared::Library { error })?.ok_or(Uncompared::First)?
        }
        Against::Version(version) => {
            let side = books.ask(move |library| side(library, version)).await;
            side.map_err(|error| Uncompared::Library { error })?
        }
    };
    let work = move || compare_pages((&old.name, &old.source), (&new.name, &new.source));
    blocking(work).await.map(Box::new).map_err(Uncompared::Broke)
}

fn parent(library: &Library, version: VersionId) -> Result<Option<Side>, LibraryError> {
    let versions = library.versions(version.game)?;
    let parent = versions.iter().find(|one| one.id == version).and_then(|one| one.parent);
    parent.map(|number| side(library, VersionId { number, ..version })).transpose()
}

fn side(library: &Library, version: VersionId) -> Result<Side, LibraryError> {
    let page = library.page_texts(version)?;
    Ok(Side { name: format!("version {version}"), source: page.source.into() })
}
