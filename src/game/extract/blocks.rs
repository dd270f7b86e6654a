//! Splits an answer into its blocks of code.

use std::borrow::Cow;

use super::code_block::{BlockKind, CodeBlock, fenced_blocks, is_markup, is_server};
use super::document::{find_end, find_start, next_document, own_end};
use super::file_tags;

/// All blocks of an answer; text outside of fences is searched for a bare document.
pub(super) fn split_blocks(answer: &str) -> Vec<CodeBlock<'_>> {
    let (mut blocks, outside) = fenced_blocks(answer);
    if !blocks.iter().any(|block| block.kind == BlockKind::Document) {
        blocks.extend(outside.into_iter().flat_map(|(at, text)| bare_blocks(at, text)));
    }
    blocks
}

/// Documents and fragments outside of fences.
fn bare_blocks(at: usize, text: &str) -> Vec<CodeBlock<'_>> {
    let mut blocks = file_tags::tagged_files(at, text);
    if !blocks.is_empty() {
        return blocks;
    }
    let of = |text: &'_ str, start, kind| {
        let (text, closed) = (Cow::Owned(text.to_owned()), kind != BlockKind::Document);
        CodeBlock { text, start: at + start, kind, label: String::new(), closed, bare: true }
    };
    let mut done = 0;
    while let Some(start) = text.get(done..).and_then(find_start).map(|start| start + done) {
        let rest = text.get(start..).unwrap_or_default();
        let (document, next) = bare_document(rest);
        if has_content(document) {
            blocks.push(of(document, start, BlockKind::Document));
        }
        done = start + next;
    }
    let trimmed = text.trim();
    if blocks.is_empty() && trimmed.starts_with('<') && is_markup(&trimmed.to_ascii_lowercase()) {
        blocks.push(of(trimmed, 0, BlockKind::Fragment));
    }
    if blocks.is_empty() && is_server(trimmed, "") {
        blocks.push(of(trimmed, 0, BlockKind::Server));
    }
    blocks
}

/// The document at the start of a text, and where the next one may start.
fn bare_document(text: &str) -> (&str, usize) {
    let own = own_end(text);
    let from = own.unwrap_or(1);
    let next = text.get(from - 1..).and_then(next_document);
    let next = next.map_or(text.len(), |next| next + from - 1);
    let document = text.get(..own.unwrap_or(next)).unwrap_or_default();
    let end = own.or_else(|| find_end(document)).unwrap_or(document.trim_end().len());
    (document.get(..end).unwrap_or_default(), next)
}

/// Whether it is a document and not a mention of one.
fn has_content(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["<head", "<body", "<script", "<style", "<canvas", "<meta"]
        .iter()
        .any(|tag| lower.contains(tag))
}
