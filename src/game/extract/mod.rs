//! Finds the document in a reply, whatever the model has put around it.
//!
//! Models think aloud, fence, explain, repeat themselves, split a page into
//! three files, stop in the middle, or answer with something else altogether.
//! What is cut off is said to be cut off, never passed on as finished.

mod assemble;
mod blocks;
mod choose;
mod document;
mod entities;
mod fences;
mod json;
mod placeholder;
mod thought;
mod wrapped;

use std::borrow::Cow;
use std::ops::Range;

use super::Source;
use blocks::{Block, Kind};
use choose::Document;

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
    let answer = thought::answer(reply);
    if answer.text.trim().is_empty() && answer.thought.is_none() {
        return Extraction::Nothing(NoGame::Empty);
    }
    let found = from_answer(answer.text);
    // Some put the finished page among their thoughts; parts of one are no more than a thought.
    let found = match (found, answer.thought) {
        (Found::Nothing(reason), Some(thought)) => match from_thought(thought) {
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

/// The answer with its entities read, where marks or a page came as such.
pub(super) fn decoded(answer: &str) -> Option<String> {
    entities::decoded(answer)
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

/// How often entities stand for the signs of entities, at most.
const ESCAPED: usize = 2;

fn from_answer(answer: &str) -> Found {
    let mut answer = Cow::Borrowed(answer);
    for _ in 0..ESCAPED {
        match entities::decoded(&answer).filter(|_| document::find_start(&answer).is_none()) {
            Some(decoded) => answer = Cow::Owned(decoded),
            None => break,
        }
    }
    let blocks = blocks::split(&answer);
    let is_json = answer.trim_start().starts_with(['{', '[']);
    let is_fenced = blocks.iter().any(|block| block.kind == Kind::Document && !block.bare);
    if is_json || !is_fenced {
        // In JSON a page seems to stand there bare, with its line breaks escaped.
        let files = json::files(&answer);
        if let found @ (Found::Whole(_) | Found::Cut(_)) = found(&files) {
            return found;
        }
    }
    found(&blocks)
}

/// A whole document in the thoughts of a model.
fn from_thought(thought: &str) -> Found {
    let blocks = blocks::split(thought);
    let documents = blocks.into_iter().filter(|block| block.kind == Kind::Document);
    found(&documents.collect::<Vec<_>>())
}

fn found(blocks: &[Block<'_>]) -> Found {
    match choose::choose(blocks) {
        Some(Document { text, is_whole: true, .. }) => return Found::Whole(text),
        Some(Document { text, .. }) => return Found::Cut(text),
        None => {}
    }
    if let Some(page) = assemble::from_parts(blocks) {
        let open = blocks.last().is_some_and(|block| !block.closed && !block.bare);
        return if open { Found::Cut(page) } else { Found::Whole(page) };
    }
    let server = blocks.iter().any(|block| block.kind == Kind::Server);
    Found::Nothing(if server { NoGame::ServerCode } else { NoGame::Prose })
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wrapping_tests;
