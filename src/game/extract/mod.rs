//! Finds the document in a reply, whatever the model has put around it.
//!
//! Models think aloud, fence, explain, repeat themselves, split a page into
//! three files, stop in the middle, or answer with something else altogether.
//! What is cut off is said to be cut off, never passed on as finished.

mod assemble;
mod blocks;
mod placeholder;
mod thought;

use std::ops::Range;

use super::Source;
use crate::page::Page;
use blocks::{Block, Kind};

/// More than this is no reply; the rest is not looked at.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// What a reply holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extraction {
    /// One complete document.
    Whole(Source),
    /// A document that stops in the middle, as far as it goes.
    Cut(Source),
    /// No document at all.
    Nothing(NoGame),
}

/// Why there is no document in a reply, and what helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoGame {
    #[error("The reply is empty. Ask again, or choose another model.")]
    Empty,
    #[error(
        "The model thought until its tokens ran out and wrote no page. Raise --max-tokens, or choose a model that thinks less."
    )]
    ThoughtOnly,
    #[error("The reply is only prose. Ask for one complete HTML file.")]
    Prose,
    #[error(
        "The reply is a program for a server, not a page. Ask for one HTML file that needs no server."
    )]
    ServerCode,
    #[error(
        "The reply leaves code out and puts a comment in its place. Ask for the whole file, with nothing left out."
    )]
    Placeholder,
}

/// Finds the document in a reply.
pub fn extract(reply: &str) -> Extraction {
    let reply = reply.get(..reply.floor_char_boundary(MAX_BYTES)).unwrap_or_default();
    if let Some(inner) = from_json(reply) {
        return extract(&inner);
    }
    let answer = thought::answer(reply);
    if answer.text.trim().is_empty() && answer.thought.is_none() {
        return Extraction::Nothing(NoGame::Empty);
    }
    let found = from_answer(answer.text);
    // Some put the finished page among their thoughts.
    let found = match (found, answer.thought) {
        (Found::Nothing(reason), Some(thought)) => match from_answer(thought) {
            Found::Nothing(NoGame::Placeholder) => Found::Nothing(NoGame::Placeholder),
            Found::Nothing(_) if answer.text.trim().is_empty() => {
                Found::Nothing(NoGame::ThoughtOnly)
            }
            Found::Nothing(_) => Found::Nothing(reason),
            found => found,
        },
        (found, _) => found,
    };
    match found {
        Found::Whole(text) if placeholder::is_elided(&text) => {
            Extraction::Nothing(NoGame::Placeholder)
        }
        Found::Whole(text) => Extraction::Whole(Source::new(text)),
        Found::Cut(text) => Extraction::Cut(Source::new(text)),
        Found::Nothing(reason) => Extraction::Nothing(reason),
    }
}

/// What a model meant to be read, without its thoughts.
pub(super) fn answer(reply: &str) -> &str {
    thought::answer(reply).text
}

/// Where the documents of an answer stand, in bytes.
pub(super) fn pages(answer: &str) -> Vec<Range<usize>> {
    let blocks = blocks::split(answer).into_iter();
    let documents = blocks.filter(|block| block.kind == Kind::Document);
    documents.map(|block| block.start..block.start + block.text.len()).collect()
}

/// Whether a line is a comment that stands where code was left out.
pub(super) fn leaves_out(line: &str) -> bool {
    let line = line.trim();
    let is_comment = ["//", "/*", "<!--", "...", "…"].iter().any(|mark| line.starts_with(mark));
    is_comment && placeholder::says_so(line)
}

/// What one stretch of a reply holds.
enum Found {
    Whole(String),
    Cut(String),
    Nothing(NoGame),
}

fn from_answer(answer: &str) -> Found {
    let blocks = blocks::split(answer);
    let documents = blocks.iter().filter(|block| block.kind == Kind::Document);
    let (whole, cut): (Vec<_>, Vec<_>) = documents.partition(|block| is_complete(block));
    if let Some(last) = whole.last() {
        return Found::Whole(assemble::complete(last.text, &blocks));
    }
    if let Some(last) = cut.last() {
        return Found::Cut(last.text.to_owned());
    }
    if let Some(page) = assemble::from_parts(&blocks) {
        let open = blocks.last().is_some_and(|block| !block.closed && !block.bare);
        return if open { Found::Cut(page) } else { Found::Whole(page) };
    }
    let server = blocks.iter().any(|block| block.kind == Kind::Server);
    Found::Nothing(if server { NoGame::ServerCode } else { NoGame::Prose })
}

/// Whether a document is there to its end.
///
/// Many leave `</html>` away; where the fence was closed, a document whose
/// scripts are closed was meant to end there.
fn is_complete(block: &Block<'_>) -> bool {
    if blocks::find_end(block.text).is_some() {
        return true;
    }
    let page = Page::read(block.text);
    if page.body_end().is_some() {
        return true;
    }
    let scripts = page.scripts();
    let mut ends = scripts.iter().map(|script| page.element(script.element)?.end_tag);
    block.closed && !scripts.is_empty() && ends.all(|end| end.is_some())
}

/// A reply that is JSON with the page in a string.
fn from_json(reply: &str) -> Option<String> {
    let reply = reply.trim();
    if !(reply.starts_with('{') && reply.ends_with('}')) {
        return None;
    }
    let value: serde_json::Value = serde_json::from_str(reply).ok()?;
    let strings = value.as_object()?.values().filter_map(serde_json::Value::as_str);
    let page = strings.filter(|text| blocks::find_start(text).is_some()).max_by_key(|t| t.len())?;
    Some(page.to_owned())
}

#[cfg(test)]
mod tests;
