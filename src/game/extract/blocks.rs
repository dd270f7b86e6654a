//! Splits an answer into its blocks of code.

use std::borrow::Cow;
use std::ops::Range;

use super::document::{begins_document, find_end, find_start, next_document, own_end};
use super::fences::{FenceLine, FencedCode, find_fenced, split_lines, strip_container_prefix};
use super::file_tags;

/// A block of code in a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CodeBlock<'r> {
    pub text: Cow<'r, str>,
    /// Offset in the answer, in bytes.
    pub start: usize,
    pub kind: BlockKind,
    /// The info string of the fence and the line before it, where file names are given.
    pub label: String,
    /// Whether its fence was closed.
    pub closed: bool,
    /// Whether it is outside of fences.
    pub bare: bool,
}

/// The kind of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockKind {
    Document,
    Fragment,
    Style,
    Script,
    Server,
    Other,
}

impl CodeBlock<'_> {
    pub fn into_owned(self) -> CodeBlock<'static> {
        CodeBlock { text: Cow::Owned(self.text.into_owned()), ..self }
    }
}

/// All blocks of an answer; text outside of fences is searched for a bare document.
pub(super) fn split_blocks(answer: &str) -> Vec<CodeBlock<'_>> {
    let (mut blocks, outside) = fenced_blocks(answer);
    if !blocks.iter().any(|block| block.kind == BlockKind::Document) {
        blocks.extend(outside.into_iter().flat_map(|(at, text)| bare_blocks(at, text)));
    }
    blocks
}

/// The fenced blocks of an answer, and the text between them with its offsets.
pub(super) fn fenced_blocks(answer: &str) -> (Vec<CodeBlock<'_>>, Vec<(usize, &str)>) {
    let lines = split_lines(answer);
    let mut blocks = Vec::new();
    let mut outside = Vec::new();
    let mut free = 0;
    for piece in find_fenced(answer, &lines) {
        outside.push((free, answer.get(free..piece.whole.start).unwrap_or_default()));
        blocks.push(block_from_fence(answer, &lines, &piece));
        free = piece.whole.end;
    }
    outside.push((free, answer.get(free..).unwrap_or_default()));
    (blocks, outside)
}

fn block_from_fence<'r>(
    answer: &'r str,
    lines: &[FenceLine<'r>],
    piece: &FencedCode<'r>,
) -> CodeBlock<'r> {
    let code = answer.get(piece.code.clone()).unwrap_or_default();
    let label = fence_label(lines, piece.line, piece.fence.info);
    let text = strip_container_prefix(code, &piece.fence);
    let mut block = CodePiece { text, label, closed: piece.closed }.into_block(piece.fence.info);
    block.start += piece.code.start;
    block
}

fn fence_label(lines: &[FenceLine<'_>], fence: usize, info: &str) -> String {
    let before = lines.get(..fence).unwrap_or_default();
    let above = before.iter().rev().find(|line| !line.text.trim().is_empty());
    format!("{info}\n{}", above.map_or("", |line| line.text))
}

/// Code whose language is still to be determined.
pub(super) struct CodePiece<'r> {
    pub text: Cow<'r, str>,
    pub label: String,
    /// Whether its enclosing fence or tag was closed, so that it was meant to end there.
    pub closed: bool,
}

impl<'r> CodePiece<'r> {
    /// Classifies the code.
    pub fn into_block(self, info: &str) -> CodeBlock<'r> {
        let Self { text, label, closed } = self;
        let kind = classify(&text, info);
        let range = match kind {
            BlockKind::Document if closed => document_range(&text, find_end),
            // Text may follow it, so it ends with its own end.
            BlockKind::Document => {
                document_range(&text, |text| own_end(text).or_else(|| find_end(text)))
            }
            _ => 0..text.trim_end().len(),
        };
        let start = range.start;
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(range).unwrap_or_default()),
            Cow::Owned(text) => Cow::Owned(text.get(range).unwrap_or_default().to_owned()),
        };
        CodeBlock { text, start, kind, label, closed, bare: false }
    }
}

/// The range of the document in a text.
fn document_range(text: &str, end: impl Fn(&str) -> Option<usize>) -> Range<usize> {
    let start = find_start(text).unwrap_or_default();
    let document = text.get(start..).unwrap_or_default();
    start..start + end(document).unwrap_or(document.trim_end().len())
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

fn classify(text: &str, info: &str) -> BlockKind {
    let first = info.split([' ', ',', ':', '{', '=']).next().unwrap_or_default();
    let language = first.to_ascii_lowercase();
    if is_server(text, &language) {
        return BlockKind::Server;
    }
    if begins_document(text) {
        return BlockKind::Document;
    }
    let lower = text.to_ascii_lowercase();
    match language.as_str() {
        "html" | "htm" | "xhtml" | "xml" | "svg" | "vue" => BlockKind::Fragment,
        "css" | "scss" => BlockKind::Style,
        "js" | "javascript" | "mjs" | "jsx" | "ecmascript" => BlockKind::Script,
        "" | "text" | "txt" | "code" if is_markup(&lower) => BlockKind::Fragment,
        "" if lower.contains("document.") => BlockKind::Script,
        _ => BlockKind::Other,
    }
}

fn is_server(text: &str, language: &str) -> bool {
    let named = matches!(language, "php" | "python" | "py" | "ruby" | "java" | "go" | "rust");
    let head = text.get(..text.floor_char_boundary(4_000)).unwrap_or_default();
    let signs = [
        "<?php",
        "require('express')",
        "require(\"express\")",
        "from 'express'",
        "from \"express\"",
        "from flask",
        "import pygame",
        "http.createServer",
        "#!/usr/bin/env python",
    ];
    named || (!begins_document(text) && signs.iter().any(|sign| head.contains(sign)))
}

fn is_markup(lower: &str) -> bool {
    ["<script", "<canvas", "<body", "<svg"].iter().any(|tag| lower.contains(tag))
}
