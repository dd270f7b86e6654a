//! Takes games in from elsewhere. Nothing they claim is believed: every page is checked again.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use super::change::tag_of;
use super::{Told, Trouble, headline};
use crate::app::prompt::LONGEST;
use crate::driver::{self, beside};
use crate::game::{HtmlSource, seal, to_json, vet};
use crate::library::{
    self, Exported, GameId, Library, Making, Manifest, NewVersion, Place, VersionId,
};
use crate::page::LineIndex;
use crate::rules::{Finding, MAX_FILE_BYTES};

/// A manifest holds prompts, not pages.
const LARGEST_MANIFEST: usize = 256 * 1024 * 1024;

/// A game that was taken in.
struct Imported {
    game: GameId,
    title: String,
    versions: usize,
    refused: usize,
}

/// Folders with a manifest, or single pages.
pub(super) fn import<P: AsRef<Path>>(library: &mut Library, paths: &[P]) -> Result<Told, Trouble> {
    let mut all = Vec::new();
    for path in paths.iter().map(AsRef::as_ref) {
        if path.is_dir() {
            folder(library, path, &mut all)?;
        } else {
            all.push(page(library, path)?);
        }
    }
    let human = all.iter().map(line).collect();
    let games: Vec<_> = all.iter().map(to_object).collect();
    let is_valid = all.iter().all(|game| game.refused == 0);
    Ok(Told { human, json: json!({ "games": games }), code: if is_valid { 0 } else { 7 } })
}

fn line(imported: &Imported) -> String {
    let Imported { game, title, versions, refused } = imported;
    let refused = match refused {
        0 => String::new(),
        some => format!(", {some} not valid"),
    };
    let plural = if *versions == 1 { "" } else { "s" };
    format!("{game} {title}: {versions} version{plural}{refused}\n")
}

fn to_object(imported: &Imported) -> Value {
    let Imported { game, title, versions, refused } = imported;
    json!({ "id": game.0, "title": title, "versions": versions, "not_valid": refused })
}

fn page(library: &mut Library, path: &Path) -> Result<Imported, Trouble> {
    let text = read(path)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let prompt = format!("imported from {}", headline(&stem, 80));
    let making = Making { prompt, engine: "import".to_owned(), ..Making::default() };
    let mut new = checked(&[(text, making)])?.pop().ok_or(STUMBLED)?;
    if new.title.is_empty() {
        new.title = headline(&stem, 80);
    }
    let version = library.keep(Place::NewGame, &new, driver::wall())?;
    let refused = usize::from(!new.valid);
    Ok(Imported { game: version.game, title: new.title, versions: 1, refused })
}

fn folder(library: &mut Library, path: &Path, all: &mut Vec<Imported>) -> Result<(), Trouble> {
    let name = path.join("manifest.json");
    let text = library::read_file(&name, LARGEST_MANIFEST)
        .map_err(|why| Trouble::Unreadable { path: name.clone(), why })?;
    let manifest = Manifest::read(&text).map_err(|why| Trouble::Manifest { path: name, why })?;
    for game in &manifest.games {
        // All pages are read first: a missing one leaves no half of a game.
        let pages = pages(path, game)?;
        all.push(exported(library, game, pages)?);
    }
    Ok(())
}

/// A link may lead anywhere, so it is the real place that has to be below the folder.
fn pages(folder: &Path, game: &Exported) -> Result<Vec<NewVersion>, Trouble> {
    let root = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mut pages = Vec::new();
    for version in &game.versions {
        let path = folder.join(&version.file);
        if path.canonicalize().is_ok_and(|real| !real.starts_with(&root)) {
            return Err(Trouble::Usage("a page of the manifest is a link that leads elsewhere"));
        }
        pages.push((read(&path)?, bounded(version.making())));
    }
    checked(&pages)
}

pub(super) const STUMBLED: Trouble =
    Trouble::Usage("the checks broke down on a page; please report it as a defect");

/// The pages as they would have been kept, had they been made here.
fn checked(pages: &[(String, Making)]) -> Result<Vec<NewVersion>, Trouble> {
    let checked = beside(pages, |(text, making)| check(text, making));
    checked.into_iter().collect::<Option<_>>().ok_or(STUMBLED)
}

fn exported(
    library: &mut Library,
    game: &Exported,
    pages: Vec<NewVersion>,
) -> Result<Imported, Trouble> {
    let now = driver::wall();
    let title = headline(&game.title, 80);
    let mut numbers: HashMap<u32, VersionId> = HashMap::new();
    let mut last: Option<VersionId> = None;
    let mut refused = 0;
    for (old, mut new) in game.versions.iter().zip(pages) {
        refused += usize::from(!new.valid);
        new.title = if title.is_empty() { "untitled".to_owned() } else { title.clone() };
        let parent = old.parent.and_then(|parent| numbers.get(&parent).copied()).or(last);
        let place = parent.map_or(Place::NewGame, Place::After);
        let version = library.keep(place, &new, old.created(now))?;
        numbers.insert(old.version, version);
        last = Some(version);
    }
    // A manifest without versions is not read.
    let last = last.ok_or(Trouble::Usage("the manifest names a game without versions"))?;
    let head = numbers.get(&game.head).copied().unwrap_or(last);
    library.restore(head)?;
    for tag in game.tags.iter().filter_map(|tag| tag_of(tag)).take(20) {
        library.tag(last.game, &tag)?;
    }
    Ok(Imported { game: last.game, title, versions: numbers.len(), refused })
}

fn check(text: &str, making: &Making) -> NewVersion {
    let findings = |original: &str, findings: &[Finding]| {
        let lines = LineIndex::new(original);
        findings.iter().map(|finding| to_json(&lines, finding)).collect::<Value>().to_string()
    };
    let making = making.clone();
    match vet(HtmlSource::new(text)) {
        Ok(vetted) => NewVersion {
            title: vetted.title().headline(80),
            html: seal(&vetted, vetted.storage_key()),
            source: vetted.source().to_owned(),
            findings: findings(vetted.original(), vetted.findings()),
            valid: true,
            making,
        },
        Err(rejection) => NewVersion {
            title: String::new(),
            findings: findings(&rejection.source, &rejection.findings),
            html: rejection.source.clone(),
            source: rejection.source,
            valid: false,
            making,
        },
    }
}

/// What a manifest says about the making, no longer than what is made here.
fn bounded(making: Making) -> Making {
    let short = |text: Option<String>| text.map(|text| headline(&text, 200));
    let prompt = making.prompt.char_indices().take_while(|(at, _)| *at < LONGEST);
    Making {
        prompt: prompt.map(|(_, c)| c).collect(),
        engine: headline(&making.engine, 40),
        model: short(making.model),
        provider: short(making.provider),
        request_id: short(making.request_id),
        ..making
    }
}

fn read(path: &Path) -> Result<String, Trouble> {
    library::read_file(path, MAX_FILE_BYTES)
        .map_err(|why| Trouble::Unreadable { path: path.to_owned(), why })
}
