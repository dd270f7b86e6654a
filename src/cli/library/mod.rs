//! `codeagent library`: lists, compares, changes and exports games and versions.

mod change;
mod export;
mod import;
mod list;
mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::Value;

pub(super) use self::import::keep_page;
use super::args::{LibraryArgs, LibraryCommand};
use super::{exit_with_error, exit_with_library_error, print_result};
use crate::app::OutputForm;
use crate::config::Settings;
use crate::driver;
use crate::library::{DiskError, GameEntry, Library, LibraryError, ManifestError, ReadError};
use crate::untrusted::Untrusted;

/// The output of a command, as text and as JSON.
struct CommandOutput {
    human: String,
    json: Value,
    /// The exit code.
    code: u8,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum LibraryCommandError {
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

impl LibraryCommandError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Library(error) => error.exit_code(),
            Self::Disk(_) => 9,
            Self::Unreadable { .. } | Self::Manifest { .. } | Self::Usage(_) => 2,
        }
    }
}

/// Runs the command, prints its output, and returns the exit code.
pub fn run(arguments: LibraryArgs, settings: &Settings) -> ExitCode {
    let mut library = match open(settings) {
        Ok(library) => library,
        Err(error) => return exit_with_library_error(&error),
    };
    match run_command(arguments.command, &mut library, settings) {
        Ok(output) if arguments.json => print_result(&format!("{}\n", output.json), output.code),
        Ok(output) => print_result(&output.human, output.code),
        Err(error) => exit_with_error(&error, error.exit_code()),
    }
}

/// Opens the library of these settings; prints a notice if a damaged one was moved away.
///
/// # Errors
///
/// The library cannot be opened.
pub(super) fn open(settings: &Settings) -> Result<Library, LibraryError> {
    let mut library = driver::library(settings)?;
    if let Some(path) = library.take_quarantined() {
        super::warn(&format!(
            "the library was damaged and moved to {}; a new one is in use",
            DiskError::display_path(&path)
        ));
    }
    Ok(library)
}

fn run_command(
    command: LibraryCommand,
    library: &mut Library,
    settings: &Settings,
) -> Result<CommandOutput, LibraryCommandError> {
    match command {
        LibraryCommand::List { number } => list::list(library, number),
        LibraryCommand::Search { words, number } => list::search(library, &words.join(" "), number),
        LibraryCommand::Show { address, source: false } => show::show_versions(library, address),
        LibraryCommand::Show { address, source: true } => show::show_source(library, address),
        LibraryCommand::Diff { from, to } => show::show_diff(library, from, to),
        LibraryCommand::Undo { game } => change::current_version(library.undo(game)),
        LibraryCommand::Redo { game } => change::current_version(library.redo(game)),
        LibraryCommand::Restore { version } => change::current_version(library.restore(version)),
        LibraryCommand::Fork { address } => change::fork(library, address),
        LibraryCommand::Rename { game, title } => change::rename(library, game, &title),
        LibraryCommand::Tag { game, tag, remove: false } => change::tag(library, game, &tag),
        LibraryCommand::Tag { game, tag, remove: true } => change::untag(library, game, &tag),
        LibraryCommand::Rm { game, undo: false } => change::remove(library, game),
        LibraryCommand::Rm { game, undo: true } => change::undelete(library, game),
        LibraryCommand::Export { addresses, output, plain } => {
            let form = if plain { OutputForm::Plain } else { OutputForm::Sealed };
            export::export(library, &addresses, &output, form)
        }
        LibraryCommand::Import { paths } => import::import(library, &paths),
        LibraryCommand::Recover => change::recover(library, settings),
    }
}

/// Foreign text on one line of at most `width` characters, safe to display.
fn headline(text: &str, width: usize) -> String {
    Untrusted::new(text).headline(width)
}

/// The number, title and tags of a game: `12 Ghost Snake spooky`.
fn game_heading(game: &GameEntry) -> String {
    let title = format!("{} {}", game.id, headline(&game.title, 60));
    let tags = game.tags.iter().map(|tag| headline(tag, 30));
    [title].into_iter().chain(tags).collect::<Vec<_>>().join("  ")
}

fn success_output(human: String, json: Value) -> CommandOutput {
    CommandOutput { human, json, code: 0 }
}
