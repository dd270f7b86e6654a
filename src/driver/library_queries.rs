//! Takes games out of the library: as they can be changed, and as they can be shown.

use std::path::Path;
use std::sync::Arc;

use super::{now, storage_key, transcripts, version_tree, wall_clock};
use crate::app::picker::PickerValue;
use crate::app::{
    BaseVersion, GamePage, OpenPurpose, OpenedVersion, PickerItem, PickerKind, StartupSummary,
    StoredVerdict, TranscriptEntry, VersionRef,
};
use crate::game::{HtmlSource, vet};
use crate::inference::limits::RequestCounters;
use crate::library::{
    GameEntry, Library, LibraryError, ListRange, SearchHit, VersionEntry, VersionId, complete_path,
};

/// A version as one that may be changed, with all that was asked for on the way to it.
///
/// # Errors
///
/// The version is not in the library, or the library cannot be read.
pub fn base(library: &Library, version: VersionId) -> Result<BaseVersion, LibraryError> {
    let versions = library.versions(version.game)?;
    let game = library.game(version.game)?;
    let page = library.page_texts(version)?;
    let mut prompts = Vec::new();
    let mut seed = None;
    let mut next = Some(version.number);
    while let Some(version_entry) = next.and_then(|number| find(&versions, number)) {
        if version_entry.provenance.is_prompted() {
            prompts.push(version_entry.provenance.prompt.clone());
        }
        if version_entry.id == version {
            seed = version_entry.provenance.seed;
        }
        // A parent is older, so this ends.
        next = version_entry.parent.filter(|parent| *parent < version_entry.id.number);
    }
    prompts.reverse();
    prompts.retain(|prompt| !prompt.trim().is_empty());
    // Its versions follow from the first one, which names what all of them store.
    let key = storage_key(library, version.game).ok();
    let source = page.source.into();
    Ok(BaseVersion { version: Some(version), title: game.title, source, key, prompts, seed })
}

fn find(versions: &[VersionEntry], number: u32) -> Option<&VersionEntry> {
    versions.iter().find(|version| version.id.number == number)
}

/// What the library holds at startup.
pub(super) fn startup_summary(library: &mut Library) -> Result<StartupSummary, LibraryError> {
    let load = library.current_load(wall_clock())?;
    let spent = library.spending_since(wall_clock().month_start())?;
    let unfinished = library.unfinished_replies()?.into_iter().map(|reply| reply.prompt);
    let last_game = library.games(ListRange { offset: 0, limit: 1 })?.first().map(|game| game.id);
    let prompts = library.prompts("", RECALLED_PROMPTS)?;
    Ok(StartupSummary {
        is_first: last_game.is_none() && prompts.is_empty(),
        prompts,
        last_game,
        counters: RequestCounters::from_ages(&load.ages, load.running, now())
            .with_spent(spent.estimated_usd),
        unfinished: unfinished.collect(),
    })
}

/// How many earlier prompts can be brought back into the editor, one by one.
const RECALLED_PROMPTS: u32 = 100;

/// How many lines a list has at most: more are found by more words.
const MAX_ITEMS: u32 = 200;

/// How many games are listed with all their versions.
const MAX_GAMES: u32 = 100;

/// What fits the words, the newest first where there are none.
pub(super) fn search(
    library: &Library,
    kind: PickerKind,
    query: &str,
) -> Result<Vec<PickerItem>, LibraryError> {
    Ok(match kind {
        PickerKind::Prompts => library.prompts(query, MAX_ITEMS)?.into_iter().map(prompt).collect(),
        PickerKind::Games | PickerKind::DiffBase if query.trim().is_empty() => {
            let games = library.games(ListRange { offset: 0, limit: MAX_GAMES })?;
            let of = |game: &GameEntry| Ok(version_tree::items(game, &library.versions(game.id)?));
            games.iter().map(of).collect::<Result<Vec<_>, LibraryError>>()?.concat()
        }
        PickerKind::Games | PickerKind::DiffBase => {
            library.search(query, MAX_ITEMS as usize)?.into_iter().map(hit).collect()
        }
        // Those are not in the library.
        PickerKind::Paths
        | PickerKind::Variants
        | PickerKind::Models
        | PickerKind::Routes
        | PickerKind::Themes => Vec::new(),
    })
}

/// The files and folders that begin like the words.
pub(super) fn path_items(query: &str, user_home: Option<&Path>) -> Vec<PickerItem> {
    let item = |path: String| PickerItem {
        label: path.clone(),
        detail: String::new(),
        value: PickerValue::Words(path),
    };
    complete_path(query, user_home, MAX_ITEMS as usize).into_iter().map(item).collect()
}

fn prompt(text: String) -> PickerItem {
    PickerItem { label: text.clone(), detail: String::new(), value: PickerValue::Prompt(text) }
}

fn hit(hit: SearchHit) -> PickerItem {
    PickerItem {
        label: hit.title,
        detail: format!("{}: {}", hit.matched.name(), hit.excerpt.trim()),
        value: PickerValue::Version(hit.version),
    }
}

/// Goes to a version and takes it out.
pub(super) fn open(
    library: &mut Library,
    target: VersionRef,
) -> Result<LoadedVersion, LibraryError> {
    let version = match target {
        VersionRef::Undo(game) => library.undo(game)?,
        VersionRef::Redo(game) => library.redo(game)?,
        VersionRef::Version(address) => library.resolve(address)?,
    };
    let played = library.play_record(version)?.map(|play| StoredVerdict {
        headline: play.headline,
        picture: play.picture.map(Arc::from),
    });
    let transcript = transcripts::transcript(library, version.game)?;
    Ok(LoadedVersion { base: base(library, version)?, played, transcript })
}

/// What the library has of a version, before its page is checked.
pub(super) struct LoadedVersion {
    pub base: BaseVersion,
    pub played: Option<StoredVerdict>,
    pub transcript: Vec<TranscriptEntry>,
}

/// A version with its page checked again: rules may have been added since.
pub(super) fn opened(loaded: LoadedVersion, purpose: OpenPurpose) -> OpenedVersion {
    let LoadedVersion { base, played, transcript } = loaded;
    let product = match vet(HtmlSource::new(base.source.as_ref())) {
        Ok(vetted) => {
            let key = base.key.clone().unwrap_or_else(|| vetted.storage_key().clone());
            GamePage::Sealed { game: Arc::new(vetted), key }
        }
        Err(rejection) => GamePage::Unsafe(Arc::new(rejection)),
    };
    OpenedVersion { base: Arc::new(base), product, played, purpose, transcript }
}
