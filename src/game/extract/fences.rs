//! Parses code fences, and the prefixes of lists and quotations.

use std::borrow::Cow;
use std::ops::Range;

use super::document::{begins_document, find_end, find_start, first_end};

/// A line that can open or close a fenced block.
#[derive(Debug, Clone, Copy)]
pub(super) struct CodeFence<'r> {
    mark: u8,
    length: usize,
    pub info: &'r str,
    /// Its indentation in columns, list markers included.
    indent: usize,
    /// Quotation marks (`>`) before it.
    quotes: usize,
}

/// A line with its offset.
#[derive(Debug, Clone, Copy)]
pub(super) struct FenceLine<'r> {
    pub start: usize,
    pub text: &'r str,
}

/// A fenced block.
#[derive(Debug, Clone)]
pub(super) struct FencedCode<'r> {
    pub fence: CodeFence<'r>,
    /// Index of the opening line.
    pub line: usize,
    /// The range of the code, without the fences.
    pub code: Range<usize>,
    /// The range with the fences.
    pub whole: Range<usize>,
    pub closed: bool,
}

/// The lines of the text with their offsets, without their line ends.
pub(super) fn split_lines(text: &str) -> Vec<FenceLine<'_>> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|text| {
            let line = FenceLine { start, text: text.trim_end_matches(['\n', '\r']) };
            start += text.len();
            line
        })
        .collect()
}

/// All fenced blocks of a text, in order.
pub(super) fn find_fenced<'r>(text: &'r str, lines: &[FenceLine<'r>]) -> Vec<FencedCode<'r>> {
    let last_end = find_end(text).unwrap_or_default();
    let ended = text.get(..last_end).unwrap_or_default();
    let start_of = |line: usize| lines.get(line).map_or(text.len(), |line| line.start);
    let mut all = Vec::new();
    let mut i = 0;
    while let Some(line) = lines.get(i) {
        let Some(fence) = parse_fence(line.text) else {
            i += 1;
            continue;
        };
        let close = find_closing(ended, lines, i, &fence);
        let code = start_of(i + 1)..close.map_or(text.len(), start_of);
        let after = close.map_or(lines.len(), |close| close + 1);
        let whole = line.start..start_of(after);
        all.push(FencedCode { fence, line: i, code, whole, closed: close.is_some() });
        i = after;
    }
    all
}

/// Parses a fence, also in a list or quotation. `None` if the line is none.
pub(super) fn parse_fence(line: &str) -> Option<CodeFence<'_>> {
    let (rest, indent, quotes) = strip_container(line);
    let mark = rest.bytes().next().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = rest.bytes().take_while(|byte| *byte == mark).count();
    let info = rest.get(length..)?.trim();
    let is_fence = length >= 3 && !info.contains('`');
    is_fence.then_some(CodeFence { mark, length, info, indent, quotes })
}

/// The line after its list or quotation prefix, its indentation, and the number of `>`.
fn strip_container(line: &str) -> (&str, usize, usize) {
    let (mut rest, mut indent, mut quotes) = (line, 0, 0);
    loop {
        let text = rest.trim_start();
        indent += column_width(rest.get(..rest.len() - text.len()).unwrap_or_default());
        rest = text;
        if let Some(quoted) = rest.strip_prefix('>') {
            (rest, indent, quotes) = (quoted.strip_prefix(' ').unwrap_or(quoted), 0, quotes + 1);
            continue;
        }
        let Some(length) = bullet_length(rest) else { return (rest, indent, quotes) };
        indent += length;
        rest = rest.get(length..).unwrap_or_default();
    }
}

/// The length of a list marker with its space. `None` if there is none.
fn bullet_length(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = text.as_bytes().get(digits)?;
    let is_bullet = match digits {
        0 => b"-*+".contains(mark),
        1..=3 => b".)".contains(mark),
        _ => false,
    };
    (is_bullet && text.as_bytes().get(digits + 1) == Some(&b' ')).then_some(digits + 2)
}

/// The width of white space; a tab is four columns.
fn column_width(space: &str) -> usize {
    space.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

fn closes_fence(line: &str, open: &CodeFence<'_>) -> bool {
    parse_fence(line).is_some_and(|close| {
        close.mark == open.mark && close.length >= open.length && close.info.is_empty()
    })
}

/// The index of the line that closes a block.
///
/// A game can contain fences in a string. So a document that has not ended at a fence continues to
/// a later one, if it ends before that. `ended` is the answer up to the last end of a document.
fn find_closing(
    ended: &str,
    lines: &[FenceLine<'_>],
    open: usize,
    fence: &CodeFence<'_>,
) -> Option<usize> {
    let start = lines.get(open + 1)?.start;
    let mut closers = (open + 1..lines.len())
        .filter(|i| lines.get(*i).is_some_and(|line| closes_fence(line.text, fence)));
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
    // Another document starts in between: the first one was cut off.
    if find_start(between).is_some() {
        return Some(first);
    }
    closers.find(|i| lines.get(*i).is_some_and(|line| line.start >= ends)).or(Some(first))
}

/// Strips the prefix of the list or quotation from each line of the code. A list removes only the
/// indentation that all lines share: a line further out shows that only the fence is indented.
pub(super) fn strip_container_prefix<'r>(code: &'r str, fence: &CodeFence<'_>) -> Cow<'r, str> {
    if fence.indent == 0 && fence.quotes == 0 {
        return Cow::Borrowed(code);
    }
    let lines: Vec<_> = code.split('\n').map(|line| strip_quotes(line, fence.quotes)).collect();
    let indent =
        |line: &&str| column_width(line.get(..line.len() - line.trim_start().len())?).into();
    let filled = lines.iter().filter(|line| !line.trim().is_empty());
    let least = filled.filter_map(indent).min().unwrap_or(0).min(fence.indent);
    let lines: Vec<_> = lines.into_iter().map(|line| strip_indent(line, least)).collect();
    Cow::Owned(lines.join("\n"))
}

fn strip_quotes(line: &str, quotes: usize) -> &str {
    let unquote = |line: &'_ str, _| line.trim_start().strip_prefix('>').map(str::len);
    let mut rest = line;
    for number in 0..quotes {
        let Some(length) = unquote(rest, number) else { return rest };
        rest = rest.get(rest.len() - length..).unwrap_or_default();
        rest = rest.strip_prefix(' ').unwrap_or(rest);
    }
    rest
}

fn strip_indent(line: &str, max: usize) -> &str {
    let mut rest = line;
    let mut taken = 0;
    while let Some(c) = rest.chars().next().filter(|c| matches!(c, ' ' | '\t')) {
        taken += if c == '\t' { 4 } else { 1 };
        if taken > max {
            break;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    rest
}
