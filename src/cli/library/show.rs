//! Shows one game: its versions, their code, and the changes between them.

use serde_json::{Value, json};

use super::list::format_table;
use super::{CommandOutput, LibraryCommandError, game_heading, headline, success_output};
use crate::app::progress::kilobytes;
use crate::library::{self, GameAddress, Library, VersionEntry, VersionId};
use crate::report::clock;
use crate::untrusted::sanitize;

/// Lists the versions of a game, or the named one.
pub(super) fn show_versions(
    library: &Library,
    address: GameAddress,
) -> Result<CommandOutput, LibraryCommandError> {
    let game = library.game(address.game())?;
    let mut versions = library.versions(game.id)?;
    if let GameAddress::Version(version) = address {
        let named = library.resolve(GameAddress::Version(version))?;
        versions.retain(|version| version.id == named);
    }
    let rows: Vec<_> = versions.iter().map(|version| version_row(version, game.head)).collect();
    let human = format!("{}\n{}", game_heading(&game), format_table(&rows));
    let json = json!({
        "id": game.id.0,
        "title": headline(&game.title, 200),
        "current": game.head,
        "tags": game.tags,
        "versions": versions.iter().map(version_json).collect::<Vec<_>>(),
    });
    Ok(success_output(human, json))
}

fn version_row(version: &VersionEntry, head: u32) -> Vec<String> {
    let number = version.id.number;
    vec![
        if number == head { "▸".to_owned() } else { String::new() },
        version.id.to_string(),
        version.parent.map(|parent| format!("from {parent}")).unwrap_or_default(),
        clock::format_date(version.created),
        if version.valid { "valid" } else { "not valid" }.to_owned(),
        kilobytes(usize::try_from(version.bytes).unwrap_or(usize::MAX)),
        headline(version.provenance.model.as_ref().unwrap_or(&version.provenance.engine), 40),
        headline(&version.provenance.prompt, 60),
    ]
}

fn version_json(version: &VersionEntry) -> Value {
    let provenance = &version.provenance;
    let shown = |text: &Option<String>| text.as_ref().map(|text| headline(text, 200));
    let parsed = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    json!({
        "version": version.id.number,
        "parent": version.parent,
        "prompt": sanitize(&provenance.prompt),
        "engine": headline(&provenance.engine, 40),
        "model": shown(&provenance.model),
        "provider": shown(&provenance.provider),
        "request_id": shown(&provenance.request_id),
        "seed": provenance.seed,
        "valid": version.valid,
        "verdict": version.verdict,
        "findings": parsed(&version.findings),
        "bytes": version.bytes,
        "sha256": version.sha256,
        "created": clock::format_iso(version.created),
        "prompt_tokens": provenance.cost.prompt_tokens,
        "completion_tokens": provenance.cost.completion_tokens,
        "estimated_usd": provenance.cost.estimated_usd,
    })
}

/// The saved page, byte for byte as hashed.
pub(super) fn show_source(
    library: &Library,
    address: GameAddress,
) -> Result<CommandOutput, LibraryCommandError> {
    let version = library.resolve(address)?;
    let page = library.page_texts(version)?;
    let json = json!({
        "id": version.game.0,
        "version": version.number,
        "html": page.html,
        "source": page.source,
    });
    Ok(success_output(page.html, json))
}

/// The diff of the pages before hardening, because the hashes in a policy are no useful change.
pub(super) fn show_diff(
    library: &Library,
    from: GameAddress,
    to: Option<GameAddress>,
) -> Result<CommandOutput, LibraryCommandError> {
    let (from, to) = match to {
        Some(to) => (library.resolve(from)?, library.resolve(to)?),
        None => with_parent(library, library.resolve(from)?)?,
    };
    let (old, new) = (library.page_texts(from)?.source, library.page_texts(to)?.source);
    let diff = library::unified_diff((&from.to_string(), &old), (&to.to_string(), &new));
    let json = json!({
        "from": from.to_string(),
        "to": to.to_string(),
        "added": diff.added,
        "removed": diff.removed,
        "diff": diff.text,
    });
    Ok(success_output(sanitize(&diff.text).into_owned(), json))
}

fn with_parent(
    library: &Library,
    to: VersionId,
) -> Result<(VersionId, VersionId), LibraryCommandError> {
    let versions = library.versions(to.game)?;
    let parent = versions.iter().find(|version| version.id == to).and_then(|to| to.parent);
    let parent = parent
        .ok_or(LibraryCommandError::Usage("the first version has no parent: name two versions"))?;
    Ok((VersionId { number: parent, ..to }, to))
}
