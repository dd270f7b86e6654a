//! Finds the document in a reply, whatever surrounds it.
//!
//! Models think aloud, fence, explain, repeat themselves, split a page into three files, stop in
//! the middle, or answer something else. A cut-off document is reported as such, never as complete.

mod assemble;
mod blocks;
mod code_block;
mod document;
mod document_choice;
mod entities;
mod fences;
mod file_tags;
mod json;
mod placeholder;
mod thought;

use std::borrow::Cow;
use std::ops::Range;

use super::HtmlSource;
use code_block::{BlockKind, CodeBlock};
use document_choice::ReplyDocument;

/// Bytes of a reply that are examined.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// The content of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extraction {
    /// One complete document.
    Whole(HtmlSource),
    /// A cut-off document, as far as it goes.
    Truncated(HtmlSource),
    /// No document at all.
    NoDocument(ExtractError),
}

/// Why there is no document in a reply, with advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
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
    let answer = thought::split_thought(reply);
    if answer.text.trim().is_empty() && answer.thought.is_none() {
        return Extraction::NoDocument(ExtractError::Empty);
    }
    let found = find_in_answer(answer.text);
    // Some models put the finished page into their thoughts; parts of a page there do not count.
    let found = match (found, answer.thought) {
        (StretchContent::NoDocument(reason), Some(thought)) => match find_in_thought(thought) {
            StretchContent::NoDocument(ExtractError::Placeholder) => {
                StretchContent::NoDocument(ExtractError::Placeholder)
            }
            StretchContent::NoDocument(_) if answer.text.trim().is_empty() => {
                StretchContent::NoDocument(ExtractError::ThoughtOnly)
            }
            StretchContent::NoDocument(_) => StretchContent::NoDocument(reason),
            found => found,
        },
        (found, _) => found,
    };
    match found {
        StretchContent::Whole(text) if placeholder::is_elided(&text) => {
            Extraction::NoDocument(ExtractError::Placeholder)
        }
        StretchContent::Whole(text) => Extraction::Whole(HtmlSource::new(text)),
        StretchContent::Truncated(text) => Extraction::Truncated(HtmlSource::new(text)),
        StretchContent::NoDocument(reason) => Extraction::NoDocument(reason),
    }
}

/// The answer without the model's thoughts.
pub(super) fn answer_text(reply: &str) -> &str {
    thought::split_thought(reply).text
}

/// The byte ranges of the documents in an answer.
pub(super) fn document_ranges(answer: &str) -> Vec<Range<usize>> {
    let blocks = blocks::split_blocks(answer).into_iter();
    let documents = blocks.filter(|block| block.kind == BlockKind::Document);
    documents.map(|block| block.start..block.start + block.text.len()).collect()
}

/// The answer with its entities decoded, if markers or a page arrived as such.
pub(super) fn decode_entities(answer: &str) -> Option<String> {
    entities::decode_entities(answer)
}

/// Whether a line is a comment in place of omitted code.
pub(super) fn is_placeholder(line: &str) -> bool {
    let line = line.trim();
    let is_comment = ["//", "/*", "<!--", "...", "…"].iter().any(|mark| line.starts_with(mark));
    is_comment && placeholder::says_omitted(line)
}

/// The content of one part of a reply.
enum StretchContent {
    Whole(String),
    Truncated(String),
    NoDocument(ExtractError),
}

/// Most levels of escaped entities.
const MAX_ENTITY_ROUNDS: usize = 2;

fn find_in_answer(answer: &str) -> StretchContent {
    let mut answer = Cow::Borrowed(answer);
    for _ in 0..MAX_ENTITY_ROUNDS {
        match entities::decode_entities(&answer).filter(|_| document::find_start(&answer).is_none())
        {
            Some(decoded) => answer = Cow::Owned(decoded),
            None => break,
        }
    }
    let blocks = blocks::split_blocks(&answer);
    let is_json = answer.trim_start().starts_with(['{', '[']);
    let is_fenced = blocks.iter().any(|block| block.kind == BlockKind::Document && !block.bare);
    if is_json || !is_fenced {
        // In JSON a page looks bare, with its line breaks escaped.
        let files = json::json_files(&answer);
        if let found @ (StretchContent::Whole(_) | StretchContent::Truncated(_)) =
            choose_from_blocks(&files)
        {
            return found;
        }
    }
    choose_from_blocks(&blocks)
}

/// Finds a whole document in the thoughts of a model.
fn find_in_thought(thought: &str) -> StretchContent {
    let blocks = blocks::split_blocks(thought);
    let documents = blocks.into_iter().filter(|block| block.kind == BlockKind::Document);
    choose_from_blocks(&documents.collect::<Vec<_>>())
}

fn choose_from_blocks(blocks: &[CodeBlock<'_>]) -> StretchContent {
    match document_choice::choose_document(blocks) {
        Some(ReplyDocument { text, is_whole: true, .. }) => return StretchContent::Whole(text),
        Some(ReplyDocument { text, .. }) => return StretchContent::Truncated(text),
        None => {}
    }
    if let Some(page) = assemble::from_parts(blocks) {
        let open = blocks.last().is_some_and(|block| !block.closed && !block.bare);
        return if open { StretchContent::Truncated(page) } else { StretchContent::Whole(page) };
    }
    let server = blocks.iter().any(|block| block.kind == BlockKind::Server);
    StretchContent::NoDocument(if server { ExtractError::ServerCode } else { ExtractError::Prose })
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wrapping_tests;
