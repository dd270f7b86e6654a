//! Takes games out of the library: as they can be changed, and as they can be shown.

use std::sync::Arc;

use crate::app::{Base, Opened, Product, Which};
use crate::game::{Source, vet};
use crate::library::{Library, LibraryError, Version, VersionId};

/// A version as one that may be changed, with all that was asked for on the way to it.
pub fn base(library: &Library, version: VersionId) -> Result<Base, LibraryError> {
    let versions = library.versions(version.game)?;
    let game = library.game(version.game)?;
    let page = library.page(version)?;
    let mut wishes = Vec::new();
    let mut seed = None;
    let mut next = Some(version.number);
    while let Some(one) = next.and_then(|number| find(&versions, number)) {
        wishes.push(one.making.prompt.clone());
        if one.id == version {
            seed = one.making.seed;
        }
        // A parent is older, so this ends.
        next = one.parent.filter(|parent| *parent < one.id.number);
    }
    wishes.reverse();
    wishes.retain(|wish| !wish.trim().is_empty());
    Ok(Base { version: Some(version), title: game.title, source: page.source.into(), wishes, seed })
}

fn find(versions: &[Version], number: u32) -> Option<&Version> {
    versions.iter().find(|version| version.id.number == number)
}

/// Goes to a version and takes it out.
pub(super) fn open(library: &mut Library, which: Which) -> Result<Base, LibraryError> {
    let version = match which {
        Which::Undo(game) => library.undo(game)?,
        Which::Redo(game) => library.redo(game)?,
        Which::Version(address) => library.resolve(address)?,
    };
    base(library, version)
}

/// A version with its page checked again: rules may have been added since.
pub(super) fn opened(base: Base) -> Opened {
    let product = match vet(Source::new(base.source.as_ref())) {
        Ok(vetted) => Product::Vetted(Arc::new(vetted)),
        Err(rejection) => Product::Unsafe(Arc::new(rejection)),
    };
    Opened { base: Arc::new(base), product }
}
