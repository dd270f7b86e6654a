//! Reads files in tags: `<boltAction filePath="…">`, `<antArtifact>`, `<file path="…">` and the
//! like.
//!
//! Each program that has models write files uses its own tags. They are no HTML tags, and an
//! attribute or an inner tag names the file or its kind.

use std::borrow::Cow;

use super::code_block::{BlockKind, CodeBlock, CodePiece, fenced_blocks};
use super::document::{find_start, starts_with_ignore_case};

/// Attributes that name a file.
const NAME_ATTRIBUTES: &[&str] = &[
    "filepath",
    "file_path",
    "path",
    "filename",
    "file_name",
    "file",
    "name",
    "identifier",
    "title",
];

/// Tags that contain a file, whatever their attributes; compared without case, `-` and `_`.
const FILE_TAGS: &[&str] = &[
    "boltaction",
    "antartifact",
    "artifact",
    "xaiartifact",
    "file",
    "codefile",
    "createfile",
    "writefile",
    "writetofile",
    "fullfile",
    "lovwrite",
    "dyadwrite",
    "toolcall",
    "functioncall",
    "content",
    "filecontent",
    "filecontents",
    "answer",
    "createdfile",
    "artifactfile",
];

/// Nesting depth of such tags.
const MAX_DEPTH: usize = 3;
/// Most bytes before an inner tag that contains the file.
const MAX_INNER_OFFSET: usize = 400;

/// Most files read of one answer.
const MAX_FILES: usize = 64;

/// The files of a part of an answer that starts at `at`; empty if a page of its own starts before
/// them.
pub(super) fn tagged_files(at: usize, text: &str) -> Vec<CodeBlock<'_>> {
    files_in(at, text, MAX_DEPTH)
}

fn files_in(at: usize, text: &str, depth: usize) -> Vec<CodeBlock<'_>> {
    let mut files = Vec::new();
    let mut from = 0;
    let page = find_start(text).unwrap_or(text.len());
    while let Some(tag) = next_file_tag(text, from) {
        let is_in_page = files.is_empty() && tag.start > page;
        if is_in_page || files.len() >= MAX_FILES {
            break;
        }
        let body = text.get(tag.body..tag.end).unwrap_or_default();
        files.extend(blocks_from_body(at + tag.body, body, &tag, depth));
        from = tag.next;
    }
    let is_game =
        |block: &CodeBlock<'_>| matches!(block.kind, BlockKind::Document | BlockKind::Fragment);
    if files.iter().any(is_game) { files } else { Vec::new() }
}

/// A tag that contains a file.
struct FileTag {
    start: usize,
    body: usize,
    end: usize,
    next: usize,
    name: String,
    closed: bool,
}

fn next_file_tag(text: &str, from: usize) -> Option<FileTag> {
    let places = text.get(from..)?.match_indices('<').map(|(at, _)| at + from);
    places.into_iter().find_map(|at| parse_file_tag(text, at))
}

fn parse_file_tag(text: &str, at: usize) -> Option<FileTag> {
    let rest = text.get(at + 1..)?;
    let word = rest.split(|c: char| !c.is_alphanumeric() && !"_-:".contains(c)).next()?;
    let plain: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
    if !FILE_TAGS.contains(&plain.to_ascii_lowercase().as_str()) {
        return None;
    }
    let tag = rest.get(word.len()..rest.find('>')?)?;
    let body = at + 1 + rest.find('>')? + 1;
    let close = format!("</{word}");
    let inside = text.get(body..)?;
    let mut closing = inside.match_indices("</").map(|(at, _)| at);
    let end = closing
        .find(|at| inside.get(*at..).is_some_and(|rest| starts_with_ignore_case(rest, &close)));
    let closed = end.is_some();
    let end = end.map_or(text.len(), |end| end + body);
    let next = (end + close.len()).min(text.len());
    let next = text.ceil_char_boundary(next);
    Some(FileTag { start: at, body, end, next, name: file_name(tag), closed })
}

/// The file name in the attributes of a tag; empty if there is none.
fn file_name(tag: &str) -> String {
    let value = |name: &&str| {
        let lower = tag.to_ascii_lowercase();
        let at = lower.find(&format!(" {name}="))? + name.len() + 2;
        let value = tag.get(at..)?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        value.get(1..)?.split(quote).next().map(str::to_owned)
    };
    NAME_ATTRIBUTES.iter().find_map(value).unwrap_or_default()
}

/// The content of a tag: a file, or fences or tags around one.
fn blocks_from_body<'r>(
    at: usize,
    body: &'r str,
    tag: &FileTag,
    depth: usize,
) -> Vec<CodeBlock<'r>> {
    let text = body.trim();
    let text = text.strip_prefix("<![CDATA[").unwrap_or(text);
    let text = text.strip_suffix("]]>").unwrap_or(text).trim();
    let name = if tag.name.is_empty() {
        element_text(text, "path").unwrap_or_default()
    } else {
        &tag.name
    };
    let page = find_start(text).unwrap_or(text.len());
    let is_holder =
        next_file_tag(text, 0).is_some_and(|inner| inner.start < page.min(MAX_INNER_OFFSET));
    let inner = if text.starts_with("```") || text.starts_with("~~~") {
        fenced_blocks(text).0
    } else if is_holder && depth > 0 {
        files_in(at, text, depth - 1)
    } else {
        Vec::new()
    };
    if !inner.is_empty() {
        let inner = inner.into_iter();
        return inner.map(|block| CodeBlock { start: at, ..add_label(block, name) }).collect();
    }
    let piece = CodePiece { text: Cow::Borrowed(text), label: name.to_owned(), closed: tag.closed };
    vec![CodeBlock { start: at, ..piece.into_block(file_extension(name)) }]
}

/// The text of the first element with this name near the start. `None` if there is none.
fn element_text<'r>(text: &'r str, name: &str) -> Option<&'r str> {
    let head = text.get(..text.floor_char_boundary(MAX_INNER_OFFSET))?;
    let (_, rest) = head.split_once(&format!("<{name}>"))?;
    rest.split('<').next().map(str::trim)
}

/// Adds the name of a file to the block's label.
pub(super) fn add_label<'r>(block: CodeBlock<'r>, name: &str) -> CodeBlock<'r> {
    let label = format!("{}\n{name}", block.label);
    CodeBlock { label, ..block }
}

/// The file extension; empty if there is none.
pub(super) fn file_extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
