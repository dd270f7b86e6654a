//! Splits an answer into the blocks of code it shows.

/// A piece of code in a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block<'r> {
    pub text: &'r str,
    pub kind: Kind,
    /// What the fence says, and the line before it: where file names stand.
    pub label: String,
    /// Whether its fence was closed.
    pub closed: bool,
    /// Whether it stands in the text without a fence.
    pub bare: bool,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Document,
    Fragment,
    Style,
    Script,
    Server,
    Other,
}

/// A line that can open or close a block of code.
struct Fence<'r> {
    mark: u8,
    length: usize,
    info: &'r str,
}

/// A line with its place.
#[derive(Clone, Copy)]
struct Line<'r> {
    start: usize,
    text: &'r str,
}

/// All blocks of an answer; what is not fenced is looked at for a bare document.
pub(super) fn split(answer: &str) -> Vec<Block<'_>> {
    let lines = lines(answer);
    let mut blocks = Vec::new();
    let mut outside = Vec::new();
    let mut free = 0;
    let mut i = 0;
    while let Some(line) = lines.get(i) {
        let Some(fence) = fence(line.text) else {
            i += 1;
            continue;
        };
        outside.push(answer.get(free..line.start).unwrap_or_default());
        let label = label(&lines, i, fence.info);
        let close = closing(answer, &lines, i, &fence);
        let start = lines.get(i + 1).map_or(answer.len(), |line| line.start);
        let end = close.and_then(|close| lines.get(close)).map_or(answer.len(), |line| line.start);
        let text = answer.get(start..end).unwrap_or_default();
        blocks.push(block(text, fence.info, label, close.is_some()));
        i = close.map_or(lines.len(), |close| close + 1);
        free = lines.get(i).map_or(answer.len(), |line| line.start);
    }
    outside.push(answer.get(free..).unwrap_or_default());
    if !blocks.iter().any(|block| block.kind == Kind::Document) {
        blocks.extend(outside.into_iter().flat_map(bare));
    }
    blocks
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|text| {
            let line = Line { start, text: text.trim_end_matches(['\n', '\r']) };
            start += text.len();
            line
        })
        .collect()
}

fn fence(line: &str) -> Option<Fence<'_>> {
    let line = line.trim_start();
    let mark = line.bytes().next().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = line.bytes().take_while(|byte| *byte == mark).count();
    let info = line.get(length..)?.trim();
    (length >= 3 && !info.contains('`')).then_some(Fence { mark, length, info })
}

fn closes(line: &str, open: &Fence<'_>) -> bool {
    fence(line).is_some_and(|close| {
        close.mark == open.mark && close.length >= open.length && close.info.is_empty()
    })
}

/// The line that closes a block.
///
/// A game can hold fences of its own, in a string. So a document that has not
/// ended at a fence goes on to a later one, if it ends before that.
fn closing(answer: &str, lines: &[Line<'_>], open: usize, fence: &Fence<'_>) -> Option<usize> {
    let start = lines.get(open + 1)?.start;
    let mut closers = (open + 1..lines.len())
        .filter(|i| lines.get(*i).is_some_and(|line| closes(line.text, fence)));
    let first = closers.next()?;
    let until = |i: usize| answer.get(start..lines.get(i)?.start);
    let begins = until(first).is_some_and(|text| begins_document(text));
    if !begins || until(first).is_some_and(|text| find_end(text).is_some()) {
        return Some(first);
    }
    let rest = lines.get(first)?.start;
    let Some(ends) = answer.get(rest..).and_then(find_end).map(|end| end + rest) else {
        return Some(first);
    };
    let between = answer.get(rest..ends).unwrap_or_default();
    // Another document in between: the first one was only cut off.
    if find_start(between).is_some() {
        return Some(first);
    }
    closers.find(|i| lines.get(*i).is_some_and(|line| line.start >= ends)).or(Some(first))
}

fn label(lines: &[Line<'_>], fence: usize, info: &str) -> String {
    let before = lines.get(..fence).unwrap_or_default();
    let above = before.iter().rev().find(|line| !line.text.trim().is_empty());
    format!("{info}\n{}", above.map_or("", |line| line.text))
}

fn block<'r>(text: &'r str, info: &str, label: String, closed: bool) -> Block<'r> {
    let kind = kind(text, info);
    let text = if kind == Kind::Document { document(text) } else { text.trim_end() };
    Block { text, kind, label, closed, bare: false }
}

/// From where a document begins to where it ends, if it does.
fn document(text: &str) -> &str {
    let text = text.get(find_start(text).unwrap_or_default()..).unwrap_or_default();
    let end = find_end(text).unwrap_or(text.trim_end().len());
    text.get(..end).unwrap_or_default()
}

/// Documents and fragments that stand in the text itself.
fn bare(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = find_start(rest) {
        let after = start + 1;
        let next = rest.get(after..).and_then(next_document).map_or(rest.len(), |at| at + after);
        let text = document(rest.get(start..next).unwrap_or_default());
        if has_content(text) {
            let (kind, label) = (Kind::Document, String::new());
            blocks.push(Block { text, kind, label, closed: false, bare: true });
        }
        rest = rest.get(next..).unwrap_or_default();
    }
    let trimmed = text.trim();
    if blocks.is_empty() && trimmed.starts_with('<') && is_markup(&trimmed.to_ascii_lowercase()) {
        let (kind, label) = (Kind::Fragment, String::new());
        blocks.push(Block { text: trimmed, kind, label, closed: true, bare: true });
    }
    if blocks.is_empty() && is_server(trimmed, "") {
        let (kind, label) = (Kind::Server, String::new());
        blocks.push(Block { text: trimmed, kind, label, closed: true, bare: true });
    }
    blocks
}

/// Whether it is a document, and not a word about one.
fn has_content(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["<head", "<body", "<script", "<style", "<canvas", "<meta"]
        .iter()
        .any(|tag| lower.contains(tag))
}

fn kind(text: &str, info: &str) -> Kind {
    let first = info.split([' ', ',', ':', '{', '=']).next().unwrap_or_default();
    let language = first.to_ascii_lowercase();
    if is_server(text, &language) {
        return Kind::Server;
    }
    if begins_document(text) {
        return Kind::Document;
    }
    let lower = text.to_ascii_lowercase();
    match language.as_str() {
        "html" | "htm" | "xhtml" | "xml" | "svg" | "vue" => Kind::Fragment,
        "css" | "scss" => Kind::Style,
        "js" | "javascript" | "mjs" | "jsx" | "ecmascript" => Kind::Script,
        "" | "text" | "txt" | "code" if is_markup(&lower) => Kind::Fragment,
        "" if lower.contains("document.") => Kind::Script,
        _ => Kind::Other,
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

/// Whether a document begins here, after comments at most.
fn begins_document(text: &str) -> bool {
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->").map_or("", |(_, rest)| rest).trim_start();
    }
    starts(rest)
}

fn starts(text: &str) -> bool {
    let is = |word: &str| {
        text.as_bytes().get(..word.len()).is_some_and(|s| s.eq_ignore_ascii_case(word.as_bytes()))
    };
    is("<!doctype html") || is("<html>") || is("<html ") || is("<html\n")
}

/// Where a document begins: at the start of a line if one does, else anywhere.
pub(super) fn find_start(text: &str) -> Option<usize> {
    let all = text.match_indices('<').map(|(at, _)| at);
    let mut starting = all.filter(|at| text.get(*at..).is_some_and(starts)).peekable();
    let first = *starting.peek()?;
    let is_at_line = |at: &usize| {
        let before = text.get(..*at).unwrap_or_default().trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with('\n')
    };
    let Some(at_line) = starting.find(is_at_line) else { return Some(first) };
    // A doctype in the middle of a line, and its `<html>` on the next one.
    let between = text.get(first..at_line).unwrap_or_default();
    let belongs = between.trim_end().ends_with('>') && between.matches('<').count() == 1;
    Some(if belongs { first } else { at_line })
}

/// Where the next document begins; `<html>` after a doctype is the same one.
fn next_document(text: &str) -> Option<usize> {
    let lower_is = |at: usize| {
        let word = text.as_bytes().get(at..at + 9).unwrap_or_default();
        word.eq_ignore_ascii_case(b"<!doctype")
    };
    let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    lines.into_iter().skip(1).find(|at| lower_is(*at))
}

/// Where a document ends: behind the last `</html>`.
pub(super) fn find_end(text: &str) -> Option<usize> {
    let at = text.match_indices("</").map(|(at, _)| at).filter(|at| {
        let word = text.as_bytes().get(*at..*at + 6).unwrap_or_default();
        word.eq_ignore_ascii_case(b"</html")
    });
    let last = at.last()?;
    let rest = text.get(last..)?;
    Some(last + rest.find('>').map_or(rest.len(), |at| at + 1))
}
