//! Puts a saved game into the library as well. What fails here costs no game.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::books::Books;
use super::{Tell, wall};
use crate::app::{JobId, Keep, Product, Saved};
use crate::game::to_json;
use crate::library::{DiskError, NewVersion};
use crate::page::Lines;

/// Where the file went, and where the version is.
pub(super) async fn kept(
    saved: Result<(Option<PathBuf>, String), DiskError>,
    product: Product,
    keep: Option<Box<Keep>>,
    books: &Arc<Books>,
    tell: &Tell,
) -> Result<Saved, DiskError> {
    let (path, html) = saved?;
    let Some(keep) = keep else { return Ok(Saved { path, kept: None }) };
    let kept = books.ask(move |library| {
        let place = keep.place;
        let version = library.save_version(place, &version(&product, html, *keep), wall())?;
        Ok((version, library.take_quarantined()))
    });
    let kept = kept.await.map(|(version, set_aside)| {
        tell.set_aside(set_aside);
        version
    });
    end_draft(books, tell);
    Ok(Saved { path, kept: Some(kept) })
}

/// What the job received is in a file now.
pub(super) fn end_draft(books: &Books, tell: &Tell) {
    let JobId(job) = tell.id();
    books.tell(move |library| library.end_draft(job));
}

fn version(product: &Product, html: String, keep: Keep) -> NewVersion {
    let source = match product {
        Product::Vetted(vetted) | Product::Sealed { game: vetted, .. } => vetted.source(),
        Product::Unsafe(rejection) => &rejection.source,
    };
    let lines = Lines::new(product.source());
    let findings = product.findings().iter().map(|finding| to_json(&lines, finding));
    NewVersion {
        title: keep.title,
        provenance: keep.making,
        html,
        source: source.to_owned(),
        findings: findings.collect::<Value>().to_string(),
        valid: !matches!(product, Product::Unsafe(_)),
    }
}
