//! What must hold for any text, as functions that panic where it does not.
//!
//! The fuzz targets beside this file call them with what a fuzzer finds;
//! `tests/it/fuzzed.rs` calls them with arbitrary text and with the seeds, so
//! that they hold the ground where no fuzzer runs.

use codeagent::game::{Extraction, HtmlSource, extract, vet};
use codeagent::page::Page;
use codeagent::rules::check;
use codeagent::rules::edit::Edits;

/// Anything may be a reply; what is found in it is never empty.
pub fn extraction(reply: &str) {
    if let Extraction::Whole(source) | Extraction::Truncated(source) = extract(reply) {
        assert!(!source.text().is_empty());
    }
}

/// Reading never fails, and every place lies in the source.
pub fn document(html: &str) {
    let page = Page::read(html);
    for (_, element) in page.elements() {
        let tags = [element.start_tag, element.end_tag];
        assert!(tags.into_iter().flatten().all(|tag| html.get(tag.start..tag.end).is_some()));
        let places = element.attributes.iter().filter_map(|attribute| attribute.place.as_ref());
        for place in places {
            assert!(html.get(place.whole.start..place.whole.end).is_some());
        }
    }
}

/// Findings and edits lie in the source, and nothing outside an edit changes.
pub fn rules_and_repair(html: &str) {
    let mut edits = Edits::default();
    for objection in check(&Page::read(html)) {
        let span = objection.finding.span;
        assert!(html.get(span.start..span.end).is_some(), "{span:?}");
        if let Some(fix) = objection.fix {
            edits.add(&fix.edits);
        }
    }
    let repaired = edits.apply(html);
    let mut rest = repaired.as_str();
    let mut at = 0;
    for edit in edits.iter() {
        let kept = html.get(at..edit.span.start).expect("edits are in order");
        rest = rest.strip_prefix(kept).expect("what is between edits stays");
        rest = rest.strip_prefix(edit.text.as_str()).expect("the edit was made");
        at = edit.span.end;
    }
    assert_eq!(Some(rest), html.get(at..));
}

/// A valid game is valid again, without an open finding, and does not change.
pub fn hardening(html: &str) {
    let Ok(once) = vet(HtmlSource::new(html)) else { return };
    let again = vet(HtmlSource::new(once.html())).expect("what was valid stays valid");
    assert!(again.findings().iter().all(|finding| !finding.denies()));
    assert_eq!(again.html(), once.html());
}
