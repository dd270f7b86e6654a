//! `codeagent library`: every game and version, and all that can be done with them.

mod change;
mod export;
mod import;
mod list;
mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::Value;

use super::args::{Errand, Library as Arguments};
use super::{put, refuse, refuse_library};
use crate::app::OutputForm;
use crate::config::Settings;
use crate::driver;
use crate::library::{DiskError, GameEntry, Library, LibraryError, ManifestError, ReadError};
use crate::untrusted::Untrusted;

/// What an errand has to tell, for people and for programs.
struct Told {
    human: String,
    json: Value,
    /// What the process ends with.
    code: u8,
}

/// Why an errand failed.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("{0}\n  {advice}", advice = .0.advice())]
    Library(#[from] LibraryError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("{}: {why}", DiskError::display_path(path))]
    Unreadable { path: PathBuf, why: ReadError },
    #[error("{}: {why}", DiskError::display_path(path))]
    Manifest { path: PathBuf, why: ManifestError },
    #[error("{0}")]
    Usage(&'static str),
}

impl Trouble {
    fn code(&self) -> u8 {
        match self {
            Self::Library(error) => error.exit_code(),
            Self::Disk(_) => 9,
            Self::Unreadable { .. } | Self::Manifest { .. } | Self::Usage(_) => 2,
        }
    }
}

/// Does the errand, and answers with the exit code.
pub fn run(arguments: Arguments, settings: &Settings) -> ExitCode {
    let mut library = match open(settings) {
        Ok(library) => library,
        Err(error) => return refuse_library(&error),
    };
    match errand(arguments.errand, &mut library, settings) {
        Ok(told) if arguments.json => put(&format!("{}\n", told.json), told.code),
        Ok(told) => put(&told.human, told.code),
        Err(trouble) => refuse(&trouble, trouble.code()),
    }
}

/// The library of these settings; that it had to be made anew is told.
pub(super) fn open(settings: &Settings) -> Result<Library, LibraryError> {
    let mut library = driver::library(settings)?;
    if let Some(place) = library.take_quarantined() {
        super::warn(&format!(
            "the library was damaged and is kept as {}; a new one is in use",
            DiskError::display_path(&place)
        ));
    }
    Ok(library)
}

fn errand(errand: Errand, library: &mut Library, settings: &Settings) -> Result<Told, Trouble> {
    match errand {
        Errand::List { number } => list::list(library, number),
        Errand::Search { words, number } => list::search(library, &words.join(" "), number),
        Errand::Show { address, source: false } => show::versions(library, address),
        Errand::Show { address, source: true } => show::source(library, address),
        Errand::Diff { from, to } => show::diff(library, from, to),
        Errand::Undo { game } => change::moved(library.undo(game)),
        Errand::Redo { game } => change::moved(library.redo(game)),
        Errand::Restore { version } => change::moved(library.restore(version)),
        Errand::Fork { address } => change::fork(library, address),
        Errand::Rename { game, title } => change::rename(library, game, &title),
        Errand::Tag { game, tag, remove: false } => change::tag(library, game, &tag),
        Errand::Tag { game, tag, remove: true } => change::untag(library, game, &tag),
        Errand::Rm { game, undo: false } => change::remove(library, game),
        Errand::Rm { game, undo: true } => change::bring_back(library, game),
        Errand::Export { addresses, output, plain } => {
            let form = if plain { OutputForm::Plain } else { OutputForm::Sealed };
            export::export(library, &addresses, &output, form)
        }
        Errand::Import { paths } => import::import(library, &paths),
        Errand::Recover => change::recover(library, settings),
    }
}

/// Foreign text on one line of at most so many characters.
fn headline(text: &str, width: usize) -> String {
    Untrusted::new(text).headline(width)
}

/// `12 Ghost Snake  spooky`: what a game is called.
fn heading(game: &GameEntry) -> String {
    let title = format!("{} {}", game.id, headline(&game.title, 60));
    let tags = game.tags.iter().map(|tag| headline(tag, 30));
    [title].into_iter().chain(tags).collect::<Vec<_>>().join("  ")
}

fn told(human: String, json: Value) -> Told {
    Told { human, json, code: 0 }
}
