//! Small changes: which version is current, what a game is called, whether it is there.

use serde_json::json;

use super::list::game_json;
use super::{Told, Trouble, heading, headline, told};
use crate::app::Prompt;
use crate::cli::clock;
use crate::config::Settings;
use crate::driver;
use crate::library::{
    DataDir, DiskError, DraftKind, GameAddress, GameId, Library, LibraryError, VersionId,
};
use crate::untrusted::sanitize;

/// The version that is current now.
pub(super) fn moved(moved: Result<VersionId, LibraryError>) -> Result<Told, Trouble> {
    let version = moved?;
    let json = json!({ "id": version.game.0, "version": version.number });
    Ok(told(format!("{version}\n"), json))
}

pub(super) fn fork(library: &mut Library, address: GameAddress) -> Result<Told, Trouble> {
    let version = library.resolve(address)?;
    moved(library.fork(version, driver::wall()))
}

pub(super) fn rename(library: &mut Library, game: GameId, title: &str) -> Result<Told, Trouble> {
    let title = headline(title, 80);
    if title.is_empty() {
        return Err(Trouble::Usage("a title needs a letter or two"));
    }
    library.rename(game, &title)?;
    changed(library, game)
}

pub(super) fn tag(library: &mut Library, game: GameId, tag: &str) -> Result<Told, Trouble> {
    library.tag(game, &tag_of(tag).ok_or(Trouble::Usage("a tag is one word of letters"))?)?;
    changed(library, game)
}

pub(super) fn untag(library: &mut Library, game: GameId, tag: &str) -> Result<Told, Trouble> {
    library.untag(game, &tag_of(tag).unwrap_or_default())?;
    changed(library, game)
}

/// A tag as it is kept: one short lower-case word, perhaps with hyphens.
pub(super) fn tag_of(text: &str) -> Option<String> {
    let tag = text.trim().trim_start_matches('#').to_lowercase();
    let is_word = tag.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    (is_word && !tag.is_empty() && tag.len() <= 60).then_some(tag)
}

pub(super) fn remove(library: &mut Library, game: GameId) -> Result<Told, Trouble> {
    let title = headline(&library.game(game)?.title, 60);
    library.remove(game, driver::wall())?;
    let human = format!(
        "removed {game} {title}; `codeagent library rm {game} --undo` brings it back for thirty days\n"
    );
    Ok(told(human, json!({ "id": game.0, "removed": true })))
}

pub(super) fn bring_back(library: &mut Library, game: GameId) -> Result<Told, Trouble> {
    library.undelete(game)?;
    changed(library, game)
}

fn changed(library: &Library, game: GameId) -> Result<Told, Trouble> {
    let game = library.game(game)?;
    Ok(told(heading(&game) + "\n", game_json(&game)))
}

/// Saves what killed processes had received as drafts; where nothing had come, the prompt.
pub(super) fn recover(library: &mut Library, settings: &Settings) -> Result<Told, Trouble> {
    let shelf = DataDir::new(settings.home.value.clone());
    let mut saved = Vec::new();
    let mut human = String::new();
    for draft in library.unfinished_replies()? {
        let text = if draft.reply.is_empty() { &draft.prompt } else { &draft.reply };
        let path = shelf.save_draft(&Prompt::slug(&draft.prompt), text, DraftKind::Reply)?;
        library.delete_draft(draft.id)?;
        let path = DiskError::display_path(&path);
        human.extend([path.as_str(), "\n"]);
        saved.push(json!({
            "prompt": sanitize(&draft.prompt),
            "model": draft.model.map(|model| headline(&model, 200)),
            "began": clock::iso(draft.began),
            "bytes": draft.reply.len(),
            "path": path,
        }));
    }
    Ok(told(human, json!({ "recovered": saved })))
}
