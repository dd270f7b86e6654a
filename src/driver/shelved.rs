//! Takes games out of the library: as they can be changed, and as they can be shown.

use std::path::Path;
use std::sync::Arc;

use super::{now, storage_key, tree, wall};
use crate::app::picker::Value;
use crate::app::{Base, Greeting, Item, Opened, Product, Remembered, Stock, Which};
use crate::game::{HtmlSource, vet};
use crate::inference::limits::Counters;
use crate::library::{Game, Hit, Library, LibraryError, Slice, Version, VersionId, offers};

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
    // Its versions follow from the first one, which names what all of them store.
    let key = storage_key(library, version.game).ok();
    let source = page.source.into();
    Ok(Base { version: Some(version), title: game.title, source, key, wishes, seed })
}

fn find(versions: &[Version], number: u32) -> Option<&Version> {
    versions.iter().find(|version| version.id.number == number)
}

/// What the library knows at the start.
pub(super) fn greet(library: &mut Library) -> Result<Greeting, LibraryError> {
    let load = library.load(wall())?;
    let spent = library.spent(wall().month())?;
    let unfinished = library.unfinished()?.into_iter().map(|left| left.prompt);
    let is_first =
        library.games(Slice { skip: 0, most: 1 })?.is_empty() && library.prompts("", 1)?.is_empty();
    Ok(Greeting {
        is_first,
        counters: Counters::of(&load.ages, load.running, now()).with_spent(spent.estimated_usd),
        unfinished: unfinished.collect(),
    })
}

/// How many lines a list has at most: more are found by more words.
const MOST: u32 = 200;

/// How many games are listed with all their versions.
const MOST_GAMES: u32 = 100;

/// What fits the words, the newest first where there are none.
pub(super) fn look(
    library: &Library,
    stock: Stock,
    words: &str,
) -> Result<Vec<Item>, LibraryError> {
    Ok(match stock {
        Stock::Prompts => library.prompts(words, MOST)?.into_iter().map(prompt).collect(),
        Stock::Games | Stock::Against if words.trim().is_empty() => {
            let games = library.games(Slice { skip: 0, most: MOST_GAMES })?;
            let of = |game: &Game| Ok(tree::items(game, &library.versions(game.id)?));
            games.iter().map(of).collect::<Result<Vec<_>, LibraryError>>()?.concat()
        }
        Stock::Games | Stock::Against => {
            library.search(words, MOST as usize)?.into_iter().map(hit).collect()
        }
        // Those are not in the library.
        Stock::Paths | Stock::Variants | Stock::Models | Stock::Routes | Stock::Themes => {
            Vec::new()
        }
    })
}

/// The files and folders that begin like the words.
pub(super) fn places(words: &str, user_home: Option<&Path>) -> Vec<Item> {
    let item = |path: String| Item {
        label: path.clone(),
        detail: String::new(),
        value: Value::Words(path),
    };
    offers(words, user_home, MOST as usize).into_iter().map(item).collect()
}

fn prompt(text: String) -> Item {
    Item { label: text.clone(), detail: String::new(), value: Value::Prompt(text) }
}

fn hit(hit: Hit) -> Item {
    Item {
        label: hit.title,
        detail: format!("{}: {}", hit.place.name(), hit.excerpt.trim()),
        value: Value::Version(hit.version),
    }
}

/// Goes to a version and takes it out.
pub(super) fn open(
    library: &mut Library,
    which: Which,
) -> Result<(Base, Option<Remembered>), LibraryError> {
    let version = match which {
        Which::Undo(game) => library.undo(game)?,
        Which::Redo(game) => library.redo(game)?,
        Which::Version(address) => library.resolve(address)?,
    };
    let played = library
        .play(version)?
        .map(|play| Remembered { headline: play.headline, picture: play.picture.map(Arc::from) });
    Ok((base(library, version)?, played))
}

/// A version with its page checked again: rules may have been added since.
pub(super) fn opened(base: Base, played: Option<Remembered>) -> Opened {
    let product = match vet(HtmlSource::new(base.source.as_ref())) {
        Ok(vetted) => {
            let key = base.key.clone().unwrap_or_else(|| vetted.storage_key().clone());
            Product::Sealed { game: Arc::new(vetted), key }
        }
        Err(rejection) => Product::Unsafe(Arc::new(rejection)),
    };
    Opened { base: Arc::new(base), product, played }
}
