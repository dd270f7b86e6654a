//! Puts a saved game into the library as well. What fails here costs no game.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::library_thread::LibraryHandle;
use super::{TaskContext, wall_clock};
use crate::app::{GamePage, JobId, SaveReport, VersionRecord};
use crate::game::to_json;
use crate::library::{DiskError, NewVersion};
use crate::page::LineIndex;

/// Where the file went, and where the version is.
pub(super) async fn kept(
    saved: Result<(Option<PathBuf>, String), DiskError>,
    product: GamePage,
    keep: Box<VersionRecord>,
    library: &Arc<LibraryHandle>,
    events: &TaskContext,
) -> Result<SaveReport, DiskError> {
    let (path, html) = saved?;
    let kept = library.ask(move |library| {
        let place = keep.place;
        let version = library.save_version(place, &version(&product, html, *keep), wall_clock())?;
        Ok((version, library.take_quarantined()))
    });
    let kept = kept.await.map(|(version, set_aside)| {
        events.send_quarantined(set_aside);
        version
    });
    end_draft(library, events);
    Ok(SaveReport { path, version: Some(kept) })
}

/// Ends the draft of the job: its content is in a file now.
pub(super) fn end_draft(library: &LibraryHandle, events: &TaskContext) {
    let JobId(job) = events.id();
    library.tell(move |library| library.end_draft(job));
}

fn version(product: &GamePage, html: String, keep: VersionRecord) -> NewVersion {
    let source = match product {
        GamePage::Vetted(vetted) | GamePage::Sealed { game: vetted, .. } => vetted.source(),
        GamePage::Unsafe(rejection) => &rejection.source,
    };
    let lines = LineIndex::new(product.source());
    let findings = product.findings().iter().map(|finding| to_json(&lines, finding));
    NewVersion {
        title: keep.title,
        provenance: keep.provenance,
        html,
        source: source.to_owned(),
        findings: findings.collect::<Value>().to_string(),
        valid: !matches!(product, GamePage::Unsafe(_)),
    }
}
