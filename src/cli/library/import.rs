//! Imports games. The files are untrusted: every page is checked again.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use super::change::parse_tag;
use super::{CommandOutput, LibraryCommandError, headline};
use crate::app::prompt::LONGEST;
use crate::driver::{self, parallel_map};
use crate::game::{HtmlSource, seal, to_json, vet};
use crate::library::{
    self, ExportManifest, ExportedGame, GameId, Library, NewVersion, Provenance, UnixMillis,
    VersionId, VersionParent,
};
use crate::page::LineIndex;
use crate::rules::{Finding, MAX_FILE_BYTES};

/// The largest manifest, in bytes: it holds prompts, not pages.
const MAX_MANIFEST_BYTES: usize = 256 * 1024 * 1024;

/// An imported game.
struct ImportedGame {
    game: GameId,
    title: String,
    /// How many were added.
    versions: usize,
    /// How many the library had already.
    known: usize,
    refused: usize,
}

/// Imports folders with a manifest, or single pages.
pub(super) fn import<P: AsRef<Path>>(
    library: &mut Library,
    paths: &[P],
) -> Result<CommandOutput, LibraryCommandError> {
    let mut imported = Vec::new();
    for path in paths.iter().map(AsRef::as_ref) {
        if path.is_dir() {
            import_folder(library, path, &mut imported)?;
        } else {
            imported.push(import_page(library, path)?);
        }
    }
    let human = imported.iter().map(imported_line).collect();
    let games: Vec<_> = imported.iter().map(imported_json).collect();
    let is_valid = imported.iter().all(|game| game.refused == 0);
    Ok(CommandOutput { human, json: json!({ "games": games }), code: if is_valid { 0 } else { 7 } })
}

fn imported_line(imported: &ImportedGame) -> String {
    let ImportedGame { game, title, versions, known, refused } = imported;
    if *versions == 0 {
        return format!("{game} {title}: in the library already\n");
    }
    let known = match known {
        0 => String::new(),
        some => format!(", {some} were there already"),
    };
    let refused = match refused {
        0 => String::new(),
        some => format!(", {some} not valid"),
    };
    let plural = if *versions == 1 { "" } else { "s" };
    format!("{game} {title}: {versions} version{plural}{known}{refused}\n")
}

fn imported_json(imported: &ImportedGame) -> Value {
    let ImportedGame { game, title, versions, known, refused } = imported;
    let (id, not_valid) = (game.0, refused);
    json!({ "id": id, "title": title, "versions": versions, "known": known, "not_valid": not_valid })
}

fn import_page(library: &mut Library, path: &Path) -> Result<ImportedGame, LibraryCommandError> {
    let text = read_page(path)?;
    if let Some(known) = library.find_by_content(&text)? {
        let title = library.game(known.game)?.title;
        return Ok(ImportedGame { game: known.game, title, versions: 0, known: 1, refused: 0 });
    }
    let (version, new) = keep_page(library, path, text)?;
    let refused = usize::from(!new.valid);
    Ok(ImportedGame { game: version.game, title: new.title, versions: 1, known: 0, refused })
}

/// Adds a page from elsewhere as a game of its own.
///
/// # Errors
///
/// The checks crash, or the library cannot be written.
pub(in crate::cli) fn keep_page(
    library: &mut Library,
    path: &Path,
    text: String,
) -> Result<(VersionId, NewVersion), LibraryCommandError> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let prompt = format!("imported from {}", headline(&stem, 80));
    let engine = Provenance::IMPORT_ENGINE.to_owned();
    let provenance = Provenance { prompt, engine, ..Provenance::default() };
    let mut new = check_pages(&[(text, provenance)])?.pop().ok_or(CHECKS_PANICKED)?;
    if new.title.is_empty() {
        new.title = headline(&stem, 80);
    }
    let version = library.save_version(VersionParent::NewGame, &new, driver::wall_clock())?;
    Ok((version, new))
}

/// The version of the library that an exported one is, if it is there: made at the same time for the
/// same prompt, and the same page.
fn known_version(
    library: &Library,
    created: UnixMillis,
    new: &NewVersion,
) -> Result<Option<VersionId>, LibraryCommandError> {
    for version in library.versions_made(created, &new.provenance.prompt)? {
        if library.page_texts(version)?.source == new.source {
            return Ok(Some(version));
        }
    }
    Ok(None)
}

fn import_folder(
    library: &mut Library,
    path: &Path,
    imported: &mut Vec<ImportedGame>,
) -> Result<(), LibraryCommandError> {
    let name = path.join("manifest.json");
    let text = library::read_text_file(&name, MAX_MANIFEST_BYTES)
        .map_err(|why| LibraryCommandError::Unreadable { path: name.clone(), why })?;
    let manifest = ExportManifest::parse(&text)
        .map_err(|why| LibraryCommandError::Manifest { path: name, why })?;
    for game in &manifest.games {
        // All pages are read first, so that a missing one leaves no partial game.
        let pages = read_pages(path, game)?;
        imported.push(import_game(library, game, pages)?);
    }
    Ok(())
}

/// Reads and checks the pages. Resolved paths have to be below the folder, because links may lead
/// anywhere.
fn read_pages(folder: &Path, game: &ExportedGame) -> Result<Vec<NewVersion>, LibraryCommandError> {
    let root = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mut pages = Vec::new();
    for version in &game.versions {
        let path = folder.join(&version.file);
        if path.canonicalize().is_ok_and(|real| !real.starts_with(&root)) {
            return Err(LibraryCommandError::Usage(
                "a page in the manifest is a link out of the folder",
            ));
        }
        pages.push((read_page(&path)?, bound_provenance(version.provenance())));
    }
    check_pages(&pages)
}

pub(super) const CHECKS_PANICKED: LibraryCommandError =
    LibraryCommandError::Usage("the checks crashed on a page; please report this bug");

/// Checks the pages and prepares them for saving.
fn check_pages(pages: &[(String, Provenance)]) -> Result<Vec<NewVersion>, LibraryCommandError> {
    let checked = parallel_map(pages, |(text, provenance)| check_page(text, provenance));
    checked.into_iter().collect::<Option<_>>().ok_or(CHECKS_PANICKED)
}

fn import_game(
    library: &mut Library,
    game: &ExportedGame,
    pages: Vec<NewVersion>,
) -> Result<ImportedGame, LibraryCommandError> {
    let now = driver::wall_clock();
    let title = headline(&game.title, 80);
    let mut numbers: HashMap<u32, VersionId> = HashMap::new();
    let mut last: Option<VersionId> = None;
    let (mut refused, mut known) = (0, 0);
    for (old, mut new) in game.versions.iter().zip(pages) {
        if let Some(version) = known_version(library, old.created(now), &new)? {
            numbers.insert(old.version, version);
            last = Some(version);
            known += 1;
            continue;
        }
        refused += usize::from(!new.valid);
        new.title = if title.is_empty() { "untitled".to_owned() } else { title.clone() };
        let parent = old.parent.and_then(|parent| numbers.get(&parent).copied()).or(last);
        let parent = parent.map_or(VersionParent::NewGame, VersionParent::After);
        let version = library.save_version(parent, &new, old.created(now))?;
        numbers.insert(old.version, version);
        last = Some(version);
    }
    // Manifests without versions are rejected before.
    let last =
        last.ok_or(LibraryCommandError::Usage("the manifest names a game without versions"))?;
    let versions = numbers.len() - known;
    if versions == 0 {
        let title = library.game(last.game)?.title;
        return Ok(ImportedGame { game: last.game, title, versions, known, refused });
    }
    let head = numbers.get(&game.head).copied().unwrap_or(last);
    library.restore(head)?;
    for tag in game.tags.iter().filter_map(|tag| parse_tag(tag)).take(20) {
        library.tag(last.game, &tag)?;
    }
    Ok(ImportedGame { game: last.game, title, versions, known, refused })
}

fn check_page(text: &str, provenance: &Provenance) -> NewVersion {
    let findings = |original: &str, findings: &[Finding]| {
        let lines = LineIndex::new(original);
        findings.iter().map(|finding| to_json(&lines, finding)).collect::<Value>().to_string()
    };
    let provenance = provenance.clone();
    match vet(HtmlSource::new(text)) {
        Ok(vetted) => NewVersion {
            title: vetted.title().headline(80),
            html: seal(&vetted, vetted.storage_key()),
            source: vetted.source().to_owned(),
            findings: findings(vetted.original(), vetted.findings()),
            valid: true,
            provenance,
        },
        Err(rejection) => NewVersion {
            title: String::new(),
            findings: findings(&rejection.source, &rejection.findings),
            html: rejection.source.clone(),
            source: rejection.source,
            valid: false,
            provenance,
        },
    }
}

/// Truncates the fields of a manifest to the lengths of our own.
fn bound_provenance(provenance: Provenance) -> Provenance {
    let short = |text: Option<String>| text.map(|text| headline(&text, 200));
    let prompt = provenance.prompt.char_indices().take_while(|(at, _)| *at < LONGEST);
    Provenance {
        prompt: prompt.map(|(_, c)| c).collect(),
        engine: headline(&provenance.engine, 40),
        model: short(provenance.model),
        provider: short(provenance.provider),
        request_id: short(provenance.request_id),
        ..provenance
    }
}

fn read_page(path: &Path) -> Result<String, LibraryCommandError> {
    library::read_text_file(path, MAX_FILE_BYTES)
        .map_err(|why| LibraryCommandError::Unreadable { path: path.to_owned(), why })
}
