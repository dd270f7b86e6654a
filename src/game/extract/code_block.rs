//! Finds the fenced code of an answer, and classifies code.

use std::borrow::Cow;
use std::ops::Range;

use super::document::{begins_document, find_end, find_start, own_end};
use super::fences::{FenceLine, FencedCode, find_fenced, split_lines, strip_container_prefix};

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
    /// The same block with its text copied, so that it outlives the reply.
    pub fn into_owned(self) -> CodeBlock<'static> {
        CodeBlock { text: Cow::Owned(self.text.into_owned()), ..self }
    }
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

/// Whether code is that of a server.
pub(super) fn is_server(text: &str, language: &str) -> bool {
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

/// Whether lower-case text contains tags of a page.
pub(super) fn is_markup(lower: &str) -> bool {
    ["<script", "<canvas", "<body", "<svg"].iter().any(|tag| lower.contains(tag))
}
