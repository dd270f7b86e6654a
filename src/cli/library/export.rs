//! Writes games into a folder, with a manifest that brings their history back.

use std::path::Path;

use serde_json::json;

use super::{Told, Trouble, told};
use crate::app::Prompt;
use crate::library::{
    Address, DiskError, Exported, ExportedVersion, Game, Library, Manifest, Slice, Version,
    fresh_folder, write_new,
};

const ALL: Slice = Slice { skip: 0, most: u32::MAX };

/// One page as a file, or games as a folder.
pub(super) fn export(
    library: &Library,
    addresses: &[Address],
    output: &Path,
) -> Result<Told, Trouble> {
    let is_page = output.extension().is_some_and(|extension| extension == "html");
    match addresses {
        [address] if is_page => page(library, *address, output),
        _ if is_page => Err(Trouble::Usage("one file takes one game; name a folder for more")),
        _ => folder(library, addresses, output),
    }
}

fn page(library: &Library, address: Address, output: &Path) -> Result<Told, Trouble> {
    let version = library.resolve(address)?;
    let path = write_new(output, &library.page(version)?.html)?;
    let path = DiskError::shown(&path);
    let json = json!({ "path": path, "games": 1, "versions": 1 });
    Ok(told(format!("{path}\n"), json))
}

fn folder(library: &Library, addresses: &[Address], output: &Path) -> Result<Told, Trouble> {
    let chosen = chosen(library, addresses)?;
    let folder = fresh_folder(output)?;
    let mut games = Vec::new();
    for (versions, game) in chosen {
        games.push(write(library, &folder, game, versions)?);
    }
    let versions: usize = games.iter().map(|game| game.versions.len()).sum();
    let count = games.len();
    let manifest = write_new(&folder.join("manifest.json"), &Manifest::new(games).text())?;
    let path = DiskError::shown(&manifest);
    let json = json!({ "path": path, "games": count, "versions": versions });
    Ok(told(format!("{path}\n"), json))
}

/// The games, each with the versions that were asked for: all of them, or one.
fn chosen(library: &Library, addresses: &[Address]) -> Result<Vec<(Vec<Version>, Game)>, Trouble> {
    if addresses.is_empty() {
        let all = |game: Game| Ok((library.versions(game.id)?, game));
        return library.games(ALL)?.into_iter().map(all).collect();
    }
    let one = |address: &Address| {
        let mut versions = library.versions(address.game())?;
        if let Address::Version(version) = address {
            library.resolve(*address)?;
            versions.retain(|one| one.id == *version);
        }
        Ok((versions, library.game(address.game())?))
    };
    addresses.iter().map(one).collect()
}

fn write(
    library: &Library,
    folder: &Path,
    game: Game,
    versions: Vec<Version>,
) -> Result<Exported, Trouble> {
    let name = format!("{}-{}", Prompt::slug(&game.title), game.id);
    let alone = versions.len() == 1;
    let mut exported = Vec::new();
    fresh_folder(&folder.join(&name))?;
    for mut version in versions {
        let file = format!("{name}/{}.html", version.id.number);
        write_new(&folder.join(&file), &library.page(version.id)?.html)?;
        if alone {
            version.parent = None;
        }
        exported.push(ExportedVersion::new(version, file));
    }
    let has_head = exported.iter().any(|version| version.version == game.head);
    let head = exported.last().filter(|_| !has_head).map_or(game.head, |last| last.version);
    Ok(Exported { title: game.title, head, tags: game.tags, versions: exported })
}
