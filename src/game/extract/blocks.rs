//! Splits an answer into the blocks of code it shows.

/// A piece of code in a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block<'r> {
    pub text: &'r str,
    /// Where it begins in the answer, in bytes.
    pub start: usize,
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
    let last_end = find_end(answer).unwrap_or_default();
    let mut blocks = Vec::new();
    let mut outside = Vec::new();
    let mut free = 0;
    let mut i = 0;
    while let Some(line) = lines.get(i) {
        let Some(fence) = fence(line.text) else {
            i += 1;
            continue;
        };
        outside.push((free, answer.get(free..line.start).unwrap_or_default()));
        let label = label(&lines, i, fence.info);
        let close = closing(answer.get(..last_end).unwrap_or_default(), &lines, i, &fence);
        let start = lines.get(i + 1).map_or(answer.len(), |line| line.start);
        let end = close.and_then(|close| lines.get(close)).map_or(answer.len(), |line| line.start);
        let text = answer.get(start..end).unwrap_or_default();
        blocks.push(Block { closed: close.is_some(), ..fenced(start, text, fence.info, label) });
        i = close.map_or(lines.len(), |close| close + 1);
        free = lines.get(i).map_or(answer.len(), |line| line.start);
    }
    outside.push((free, answer.get(free..).unwrap_or_default()));
    if !blocks.iter().any(|block| block.kind == Kind::Document) {
        blocks.extend(outside.into_iter().flat_map(|(at, text)| bare(at, text)));
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
/// ended at a fence goes on to a later one, if it ends before that. `ended` is
/// the answer up to its last end of a document: behind it none can end.
fn closing(ended: &str, lines: &[Line<'_>], open: usize, fence: &Fence<'_>) -> Option<usize> {
    let start = lines.get(open + 1)?.start;
    let mut closers = (open + 1..lines.len())
        .filter(|i| lines.get(*i).is_some_and(|line| closes(line.text, fence)));
    let first = closers.next()?;
    let rest = lines.get(first)?.start;
    let until = ended.get(start..rest).unwrap_or_default();
    if !begins_document(until) || find_end(until).is_some() {
        return Some(first);
    }
    let Some(ends) = ended.get(rest..).and_then(first_end).map(|end| end + rest) else {
        return Some(first);
    };
    let between = ended.get(rest..ends).unwrap_or_default();
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

fn fenced<'r>(start: usize, text: &'r str, info: &str, label: String) -> Block<'r> {
    let kind = kind(text, info);
    let (before, text) = match kind {
        Kind::Document => document(text),
        _ => (0, text.trim_end()),
    };
    Block { text, start: start + before, kind, label, closed: true, bare: false }
}

/// Where a document begins, and from there to where it ends, if it does.
fn document(text: &str) -> (usize, &str) {
    let start = find_start(text).unwrap_or_default();
    let text = text.get(start..).unwrap_or_default();
    let end = find_end(text).unwrap_or(text.trim_end().len());
    (start, text.get(..end).unwrap_or_default())
}

/// Documents and fragments that stand in the text itself.
fn bare(at: usize, text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut done = 0;
    let of = |text, start, kind| {
        let closed = kind != Kind::Document;
        Block { text, start: at + start, kind, label: String::new(), closed, bare: true }
    };
    while let Some(start) = text.get(done..).and_then(find_start).map(|start| start + done) {
        let after = start + 1;
        let next = text.get(after..).and_then(next_document).map_or(text.len(), |at| at + after);
        let (_, document) = document(text.get(start..next).unwrap_or_default());
        if has_content(document) {
            blocks.push(of(document, start, Kind::Document));
        }
        done = next;
    }
    let trimmed = text.trim();
    if blocks.is_empty() && trimmed.starts_with('<') && is_markup(&trimmed.to_ascii_lowercase()) {
        blocks.push(of(trimmed, 0, Kind::Fragment));
    }
    if blocks.is_empty() && is_server(trimmed, "") {
        blocks.push(of(trimmed, 0, Kind::Server));
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
    ends(text).next_back()
}

fn first_end(text: &str) -> Option<usize> {
    ends(text).next()
}

/// Behind each `</html>`.
fn ends(text: &str) -> impl DoubleEndedIterator<Item = usize> {
    let closes = |at: &usize| {
        let word = text.as_bytes().get(*at..*at + 6).unwrap_or_default();
        word.eq_ignore_ascii_case(b"</html")
    };
    let behind = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        at + rest.find('>').map_or(rest.len(), |at| at + 1)
    };
    text.match_indices('<').map(|(at, _)| at).filter(closes).map(behind)
}
