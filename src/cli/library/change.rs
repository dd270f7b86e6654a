//! Changes to a game: current version, title, tags, removal; and recovery of drafts.

use serde_json::json;

use super::list::game_json;
use super::{CommandOutput, LibraryCommandError, game_heading, headline, success_output};
use crate::app::Prompt;
use crate::config::Settings;
use crate::driver;
use crate::library::{
    DataDir, DiskError, DraftKind, GameAddress, GameId, Library, LibraryError, VersionId,
};
use crate::report::clock;
use crate::untrusted::sanitize;

/// The output for a new current version.
pub(super) fn current_version(
    moved: Result<VersionId, LibraryError>,
) -> Result<CommandOutput, LibraryCommandError> {
    let version = moved?;
    let json = json!({ "id": version.game.0, "version": version.number });
    Ok(success_output(format!("{version}\n"), json))
}

/// Copies a version as a new game.
///
/// # Errors
///
/// The version does not exist, or the library fails.
pub(super) fn fork(
    library: &mut Library,
    address: GameAddress,
) -> Result<CommandOutput, LibraryCommandError> {
    let version = library.resolve(address)?;
    current_version(library.fork(version, driver::wall_clock()))
}

/// Changes the title of a game.
///
/// # Errors
///
/// The title is empty, the game does not exist, or the library fails.
pub(super) fn rename(
    library: &mut Library,
    game: GameId,
    title: &str,
) -> Result<CommandOutput, LibraryCommandError> {
    let title = headline(title, 80);
    if title.is_empty() {
        return Err(LibraryCommandError::Usage("the title is empty"));
    }
    library.rename(game, &title)?;
    game_output(library, game)
}

/// Adds a tag to a game.
///
/// # Errors
///
/// The tag is no single word, the game does not exist, or the library fails.
pub(super) fn tag(
    library: &mut Library,
    game: GameId,
    tag: &str,
) -> Result<CommandOutput, LibraryCommandError> {
    library.tag(
        game,
        &parse_tag(tag).ok_or(LibraryCommandError::Usage("a tag is one word of letters"))?,
    )?;
    game_output(library, game)
}

/// Removes a tag from a game.
///
/// # Errors
///
/// The game does not exist, or the library fails.
pub(super) fn untag(
    library: &mut Library,
    game: GameId,
    tag: &str,
) -> Result<CommandOutput, LibraryCommandError> {
    library.untag(game, &parse_tag(tag).unwrap_or_default())?;
    game_output(library, game)
}

/// Normalises a tag: one short lower-case word, possibly with hyphens; `None` if it is not one.
pub(super) fn parse_tag(text: &str) -> Option<String> {
    let tag = text.trim().trim_start_matches('#').to_lowercase();
    let is_word = tag.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    (is_word && !tag.is_empty() && tag.len() <= 60).then_some(tag)
}

/// Removes a game; it can be restored for thirty days.
///
/// # Errors
///
/// The game does not exist, or the library fails.
pub(super) fn remove(
    library: &mut Library,
    game: GameId,
) -> Result<CommandOutput, LibraryCommandError> {
    let title = headline(&library.game(game)?.title, 60);
    library.remove(game, driver::wall_clock())?;
    let human = format!(
        "removed {game} {title}; `codeagent library rm {game} --undo` restores it within thirty \
         days\n"
    );
    Ok(success_output(human, json!({ "id": game.0, "removed": true })))
}

/// Restores a removed game.
///
/// # Errors
///
/// The game does not exist any more, or the library fails.
pub(super) fn undelete(
    library: &mut Library,
    game: GameId,
) -> Result<CommandOutput, LibraryCommandError> {
    library.undelete(game)?;
    game_output(library, game)
}

fn game_output(library: &Library, game: GameId) -> Result<CommandOutput, LibraryCommandError> {
    let game = library.game(game)?;
    Ok(success_output(game_heading(&game) + "\n", game_json(&game)))
}

/// Saves the partial replies of dead processes as drafts; without a reply, the prompt.
pub(super) fn recover(
    library: &mut Library,
    settings: &Settings,
) -> Result<CommandOutput, LibraryCommandError> {
    let data_dir = DataDir::new(settings.files.home.value.clone());
    let mut saved = Vec::new();
    let mut human = String::new();
    for draft in library.unfinished_replies()? {
        let text = if draft.reply.is_empty() { &draft.prompt } else { &draft.reply };
        let path = data_dir.save_draft(&Prompt::slug(&draft.prompt), text, DraftKind::Reply)?;
        library.delete_draft(draft.id)?;
        let path = DiskError::display_path(&path);
        human.extend([path.as_str(), "\n"]);
        saved.push(json!({
            "prompt": sanitize(&draft.prompt),
            "model": draft.model.map(|model| headline(&model, 200)),
            "began": clock::format_iso(draft.began),
            "bytes": draft.reply.len(),
            "path": path,
        }));
    }
    Ok(success_output(human, json!({ "recovered": saved })))
}
