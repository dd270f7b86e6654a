//! Exports games into a folder, with a manifest for their history.

use std::path::Path;

use serde_json::json;

use super::import::CHECKS_PANICKED;
use super::{CommandOutput, LibraryCommandError, success_output};
use crate::app::{OutputForm, Prompt};
use crate::cli::warn;
use crate::driver::{self, ReissuedGame, parallel_map};
use crate::library::{
    DiskError, ExportManifest, ExportedGame, ExportedVersion, GameAddress, GameEntry, Library,
    LibraryError, ListRange, VersionEntry, VersionId, create_empty_folder, sha256, write_new,
};

const ALL: ListRange = ListRange { offset: 0, limit: u32::MAX };

/// Exports one page as a file, or games as a folder.
pub(super) fn export(
    library: &Library,
    addresses: &[GameAddress],
    output: &Path,
    form: OutputForm,
) -> Result<CommandOutput, LibraryCommandError> {
    let is_page = output.extension().is_some_and(|extension| extension == "html");
    match addresses {
        [address] if is_page => export_page(library, *address, output, form),
        _ if is_page => {
            Err(LibraryCommandError::Usage("one file holds one game; name a folder for more"))
        }
        _ => export_folder(library, addresses, output, form),
    }
}

fn export_page(
    library: &Library,
    address: GameAddress,
    output: &Path,
    form: OutputForm,
) -> Result<CommandOutput, LibraryCommandError> {
    let version = library.resolve(address)?;
    let files = reissue_versions(library, &[version], form)?;
    let path = write_new(output, files.first().map_or("", |file| &file.html))?;
    let path = DiskError::display_path(&path);
    let json = json!({ "path": path, "games": 1, "versions": 1 });
    Ok(success_output(format!("{path}\n"), json))
}

/// Regenerates the files of versions of one game, as they would be saved today.
fn reissue_versions(
    library: &Library,
    versions: &[VersionId],
    form: OutputForm,
) -> Result<Vec<ReissuedGame>, LibraryCommandError> {
    let Some(game) = versions.first().map(|version| version.game) else { return Ok(Vec::new()) };
    let key = driver::storage_key(library, game)?;
    let sources = versions.iter().map(|version| Ok(library.page_texts(*version)?.source));
    let sources = sources.collect::<Result<Vec<_>, LibraryError>>()?;
    let files = parallel_map(&sources, |source| driver::reissue(source, &key, form));
    let files = files.into_iter().collect::<Option<Vec<_>>>().ok_or(CHECKS_PANICKED)?;
    for (version, file) in versions.iter().zip(&files) {
        if let Some(why) = &file.refused {
            warn(&format!("{version} is not valid (any more) and is marked as such: {why}"));
        }
    }
    Ok(files)
}

fn export_folder(
    library: &Library,
    addresses: &[GameAddress],
    output: &Path,
    form: OutputForm,
) -> Result<CommandOutput, LibraryCommandError> {
    let chosen = select_versions(library, addresses)?;
    let folder = create_empty_folder(output)?;
    let mut games = Vec::new();
    for (versions, game) in chosen {
        games.push(export_game(library, &folder, game, versions, form)?);
    }
    let versions: usize = games.iter().map(|game| game.versions.len()).sum();
    let count = games.len();
    let manifest = write_new(&folder.join("manifest.json"), &ExportManifest::new(games).to_json())?;
    let path = DiskError::display_path(&manifest);
    let json = json!({ "path": path, "games": count, "versions": versions });
    Ok(success_output(format!("{path}\n"), json))
}

/// The addressed games, each with all versions or the addressed one.
fn select_versions(
    library: &Library,
    addresses: &[GameAddress],
) -> Result<Vec<(Vec<VersionEntry>, GameEntry)>, LibraryCommandError> {
    if addresses.is_empty() {
        let with_versions = |game: GameEntry| Ok((library.versions(game.id)?, game));
        return library.games(ALL)?.into_iter().map(with_versions).collect();
    }
    let version = |address: &GameAddress| {
        let mut versions = library.versions(address.game())?;
        if let GameAddress::Version(version) = address {
            library.resolve(*address)?;
            versions.retain(|entry| entry.id == *version);
        }
        Ok((versions, library.game(address.game())?))
    };
    addresses.iter().map(version).collect()
}

fn export_game(
    library: &Library,
    folder: &Path,
    game: GameEntry,
    versions: Vec<VersionEntry>,
    form: OutputForm,
) -> Result<ExportedGame, LibraryCommandError> {
    let name = format!("{}-{}", Prompt::slug(&game.title), game.id);
    let alone = versions.len() == 1;
    let mut exported = Vec::new();
    create_empty_folder(&folder.join(&name))?;
    let ids: Vec<_> = versions.iter().map(|version| version.id).collect();
    for (mut version, page) in versions.into_iter().zip(reissue_versions(library, &ids, form)?) {
        let file = format!("{name}/{}.html", version.id.number);
        write_new(&folder.join(&file), &page.html)?;
        version.sha256 = sha256(&page.html);
        if alone {
            version.parent = None;
        }
        exported.push(ExportedVersion::new(version, file));
    }
    let has_head = exported.iter().any(|version| version.version == game.head);
    let head = exported.last().filter(|_| !has_head).map_or(game.head, |last| last.version);
    Ok(ExportedGame { title: game.title, head, tags: game.tags, versions: exported })
}
