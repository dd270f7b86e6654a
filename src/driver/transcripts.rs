//! The conversation that made a game, out of the library.

use std::collections::BTreeMap;

use crate::app::{TranscriptEntry, TranscriptKind, TryGrade, TryKind, TryReport};
use crate::inference::TokenUsage;
use crate::library::{GameId, Library, LibraryError, VersionEntry};

/// The prompts of a game, the oldest first, each with the versions that it made.
///
/// # Errors
///
/// There is no such game, or the library cannot be read.
pub(super) fn transcript(
    library: &Library,
    game: GameId,
) -> Result<Vec<TranscriptEntry>, LibraryError> {
    let headlines: BTreeMap<_, _> = library.play_headlines(game)?.into_iter().collect();
    let mut entries: Vec<TranscriptEntry> = Vec::new();
    for version in library.versions(game)? {
        let report = report(&version, headlines.get(&version.id.number));
        let prompt = version.provenance.prompt;
        if let Some(entry) = entries.last_mut().filter(|entry| entry.prompt == prompt) {
            entry.tries.push(report);
            continue;
        }
        let kind = match version.parent {
            None => TranscriptKind::NewGame,
            Some(_) => TranscriptKind::Change,
        };
        entries.push(TranscriptEntry { job: None, prompt, kind, tries: vec![report] });
    }
    Ok(entries)
}

/// What a version came to, as far as the library tells.
fn report(version: &VersionEntry, headline: Option<&String>) -> TryReport {
    let grades = [TryGrade::Responds, TryGrade::Loads, TryGrade::Broken];
    let verdict = version.verdict.as_deref();
    let played = grades.into_iter().find(|grade| verdict == Some(grade.name()));
    let grade = played.unwrap_or(if version.valid { TryGrade::Checked } else { TryGrade::Refused });
    let words = match headline {
        Some(headline) => headline.clone(),
        None if version.valid => "passed every check".to_owned(),
        None => "refused by the checks".to_owned(),
    };
    let cost = version.provenance.cost;
    let usage = cost.completion_tokens.map(|completion_tokens| TokenUsage {
        prompt_tokens: cost.prompt_tokens.unwrap_or_default(),
        completion_tokens,
    });
    TryReport {
        kind: TryKind::First,
        grade,
        fault: None,
        findings: 0,
        words,
        usage,
        usd: cost.estimated_usd,
        elapsed: None,
        version: Some(version.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{NewVersion, PlayRecord, Provenance, UnixMillis, VersionParent};

    #[test]
    fn versions_of_one_prompt_are_its_tries() {
        let home = tempfile::tempdir().unwrap();
        let mut library = Library::open(home.path(), "test").unwrap();
        let version = |prompt: &str| NewVersion {
            provenance: Provenance { prompt: prompt.to_owned(), ..Provenance::default() },
            valid: true,
            ..NewVersion::default()
        };
        let now = UnixMillis(1);
        let mut last = VersionParent::NewGame;
        for prompt in ["bats", "bats", "faster"] {
            let saved = library.save_version(last, &version(prompt), now).unwrap();
            last = VersionParent::After(saved);
        }
        let VersionParent::After(newest) = last else { unreachable!("three were saved") };
        let played = PlayRecord {
            grade: "responds".to_owned(),
            headline: "responds to Space".to_owned(),
            ..PlayRecord::default()
        };
        library.save_play(newest, &played, now).unwrap();
        let entries = transcript(&library, newest.game).unwrap();
        let told: Vec<_> = entries
            .iter()
            .map(|entry| (entry.prompt.as_str(), entry.kind, entry.tries.len()))
            .collect();
        let expected =
            [("bats", TranscriptKind::NewGame, 2), ("faster", TranscriptKind::Change, 1)];
        assert_eq!(told, expected);
        let last = entries.last().and_then(|entry| entry.tries.last()).unwrap();
        assert_eq!((last.grade, last.words.as_str()), (TryGrade::Responds, "responds to Space"));
    }
}
