//! One game from near: its versions, their code, and what changed between them.

use serde_json::{Value, json};

use super::list::table;
use super::{Told, Trouble, heading, headline, told};
use crate::app::progress::kilobytes;
use crate::cli::clock;
use crate::library::{self, GameAddress, Library, VersionEntry, VersionId};
use crate::untrusted::sanitize;

/// Every version of a game, or the one that was named.
pub(super) fn versions(library: &Library, address: GameAddress) -> Result<Told, Trouble> {
    let game = library.game(address.game())?;
    let mut versions = library.versions(game.id)?;
    if let GameAddress::Version(version) = address {
        let named = library.resolve(GameAddress::Version(version))?;
        versions.retain(|one| one.id == named);
    }
    let rows: Vec<_> = versions.iter().map(|version| row(version, game.head)).collect();
    let human = format!("{}\n{}", heading(&game), table(&rows));
    let json = json!({
        "id": game.id.0,
        "title": headline(&game.title, 200),
        "current": game.head,
        "tags": game.tags,
        "versions": versions.iter().map(version_json).collect::<Vec<_>>(),
    });
    Ok(told(human, json))
}

fn row(version: &VersionEntry, head: u32) -> Vec<String> {
    let number = version.id.number;
    vec![
        if number == head { "▸".to_owned() } else { String::new() },
        version.id.to_string(),
        version.parent.map(|parent| format!("from {parent}")).unwrap_or_default(),
        clock::date(version.created),
        if version.valid { "valid" } else { "not valid" }.to_owned(),
        kilobytes(usize::try_from(version.bytes).unwrap_or(usize::MAX)),
        headline(version.provenance.model.as_ref().unwrap_or(&version.provenance.engine), 40),
        headline(&version.provenance.prompt, 60),
    ]
}

fn version_json(version: &VersionEntry) -> Value {
    let making = &version.provenance;
    let shown = |text: &Option<String>| text.as_ref().map(|text| headline(text, 200));
    let parsed = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    json!({
        "version": version.id.number,
        "parent": version.parent,
        "prompt": sanitize(&making.prompt),
        "engine": headline(&making.engine, 40),
        "model": shown(&making.model),
        "provider": shown(&making.provider),
        "request_id": shown(&making.request_id),
        "seed": making.seed,
        "valid": version.valid,
        "verdict": version.verdict,
        "findings": parsed(&version.findings),
        "bytes": version.bytes,
        "sha256": version.sha256,
        "created": clock::iso(version.created),
        "prompt_tokens": making.cost.prompt_tokens,
        "completion_tokens": making.cost.completion_tokens,
        "estimated_usd": making.cost.estimated_usd,
    })
}

/// The page as it was saved: the bytes that its hash is of.
pub(super) fn source(library: &Library, address: GameAddress) -> Result<Told, Trouble> {
    let version = library.resolve(address)?;
    let page = library.page_texts(version)?;
    let json = json!({
        "id": version.game.0,
        "version": version.number,
        "html": page.html,
        "source": page.source,
    });
    Ok(told(page.html, json))
}

/// What changed, in the pages before they were hardened: hashes in a policy tell nobody anything.
pub(super) fn diff(
    library: &Library,
    from: GameAddress,
    to: Option<GameAddress>,
) -> Result<Told, Trouble> {
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
    Ok(told(sanitize(&diff.text).into_owned(), json))
}

fn with_parent(library: &Library, to: VersionId) -> Result<(VersionId, VersionId), Trouble> {
    let versions = library.versions(to.game)?;
    let parent = versions.iter().find(|version| version.id == to).and_then(|to| to.parent);
    let parent =
        parent.ok_or(Trouble::Usage("the first version was made from no other: name two"))?;
    Ok((VersionId { number: parent, ..to }, to))
}
