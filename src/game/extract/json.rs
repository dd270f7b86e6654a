//! Reads files in JSON: `{"html": "…"}`, `{"files": [{"path": …, "content": …}]}`, or a tool call.
//!
//! Models do not always write valid JSON: strings contain line breaks, there is a comma too many,
//! or the end is cut off. So this reads only strings and the keys before them.

use std::borrow::Cow;

use super::blocks::split_blocks;
use super::code_block::{BlockKind, CodeBlock, CodePiece};
use super::document::find_start;
use super::fences::{find_fenced, parse_fence, split_lines};
use super::file_tags::{add_label, file_extension};

/// Keys whose value is a file's text.
const NAME_KEYS: &[&str] =
    &["path", "file", "filename", "file_name", "filepath", "file_path", "name", "target_file"];
/// Keys whose value is the text of one.
const TEXT_KEYS: &[&str] = &[
    "content",
    "contents",
    "code",
    "text",
    "source",
    "body",
    "data",
    "file_text",
    "file_content",
    "filecontent",
    "code_edit",
    "value",
    "output",
    "answer",
    "game",
    "page",
    "document",
    "arguments",
    "input",
    "parameters",
    "response",
    "result",
];
/// Keys that name a language.
const LANGUAGE_KEYS: &[&str] = &["html", "css", "js", "javascript"];

/// Nesting depth of JSON in strings, as in the arguments of a call.
const MAX_DEPTH: usize = 3;
/// Length of the longest escape, a pair of `\\u` with four digits each, minus one character.
const MAX_ESCAPE_CHARS: usize = 11;
/// Most files read of one answer.
const MAX_FILES: usize = 64;

/// The files in the JSON of an answer; empty if none is a page.
pub(super) fn json_files(answer: &str) -> Vec<CodeBlock<'static>> {
    let mut files = Vec::new();
    for text in json_candidates(answer) {
        read_strings(text, MAX_DEPTH, &mut files);
    }
    let has_page =
        files.iter().any(|block| matches!(block.kind, BlockKind::Document | BlockKind::Fragment));
    if has_page { files } else { Vec::new() }
}

/// The parts of an answer that may be JSON: all of it, its fences, or from the line that starts it.
fn json_candidates(answer: &str) -> Vec<&str> {
    let begins = |text: &str| text.starts_with(['{', '[']);
    let whole = answer.trim();
    if begins(whole) {
        return vec![whole];
    }
    let lines = split_lines(answer);
    let fenced = find_fenced(answer, &lines);
    let code = fenced.iter().filter_map(|piece| answer.get(piece.code.clone()));
    let mut places: Vec<_> = code.map(str::trim).filter(|code| begins(code)).collect();
    if fenced.is_empty() {
        let is_json = |text: &str| {
            let mut rest = text.chars().filter(|c| !c.is_whitespace()).skip(1);
            rest.next().is_some_and(|c| "\"{[".contains(c))
        };
        let bare = lines.iter().map(|line| answer.get(line.start..).unwrap_or_default());
        // After a tag such as `<tool_call>` too.
        let mut bare =
            bare.map(|text| text.trim_start_matches(|c| c != '{' && c != '[' && c != '\n'));
        places.extend(bare.find(|text| begins(text) && is_json(text)));
    }
    places
}

/// A JSON string.
struct JsonString {
    text: String,
    closed: bool,
}

/// The object being read.
#[derive(Default)]
struct JsonObject {
    name: String,
    texts: Vec<(String, JsonString)>,
}

/// Reads the strings of a text and the files they contain.
fn read_strings(json: &str, depth: usize, files: &mut Vec<CodeBlock<'static>>) {
    let mut objects = vec![JsonObject::default()];
    let mut key = String::new();
    let mut rest = json;
    while let Some(at) = rest.find(['"', '{', '}']) {
        let sign = rest.as_bytes().get(at).copied().unwrap_or_default();
        rest = rest.get(at + 1..).unwrap_or_default();
        match sign {
            b'{' if objects.len() < MAX_FILES => objects.push(JsonObject::default()),
            // The outermost level is never closed.
            b'}' if objects.len() > 1 => finish_object(&mut objects, depth, files),
            b'"' => {
                let (string, length) = read_string(rest);
                rest = rest.get(length..).unwrap_or_default();
                let is_key = string.closed && rest.trim_start().starts_with(':');
                let Some(object) = objects.last_mut() else { return };
                if is_key {
                    key = string.text;
                } else {
                    object.add_string(std::mem::take(&mut key), string);
                }
            }
            _ => {}
        }
    }
    while !objects.is_empty() && files.len() < MAX_FILES {
        finish_object(&mut objects, depth, files);
    }
}

impl JsonObject {
    fn add_string(&mut self, key: String, string: JsonString) {
        let lower = key.to_ascii_lowercase();
        if NAME_KEYS.contains(&lower.as_str()) && string.text.len() < 200 {
            self.name = string.text;
        } else {
            self.texts.push((key, string));
        }
    }
}

/// Finishes the innermost object.
fn finish_object(objects: &mut Vec<JsonObject>, depth: usize, files: &mut Vec<CodeBlock<'static>>) {
    let Some(JsonObject { name, texts }) = objects.pop() else { return };
    for (key, string) in texts {
        if files.len() < MAX_FILES {
            files.extend(blocks_from_string(&name, &key, &string, depth));
        }
    }
}

/// The files in a string, if it is one.
fn blocks_from_string(
    name: &str,
    key: &str,
    string: &JsonString,
    depth: usize,
) -> Vec<CodeBlock<'static>> {
    let text = string.text.trim();
    let lower = key.to_ascii_lowercase();
    if depth > 0 && text.starts_with(['{', '[']) && text.contains('"') {
        let mut files = Vec::new();
        read_strings(text, depth - 1, &mut files);
        return files;
    }
    let info = match file_extension(key) {
        "" if LANGUAGE_KEYS.contains(&lower.as_str()) => lower.as_str(),
        "" => file_extension(name),
        extension => extension,
    };
    let is_file = TEXT_KEYS.contains(&lower.as_str()) || !info.is_empty();
    if !is_file && find_start(text).is_none() {
        return Vec::new();
    }
    let name = if file_extension(key).is_empty() { name } else { key };
    if text.lines().any(|line| parse_fence(line).is_some()) && find_start(text) != Some(0) {
        let blocks = split_blocks(text).into_iter();
        return blocks.map(|block| add_label(block, name).into_owned()).collect();
    }
    let piece =
        CodePiece { text: Cow::Borrowed(text), label: name.to_owned(), closed: string.closed };
    vec![piece.into_block(info).into_owned()]
}

/// The string that starts here, and its length with the closing quote.
fn read_string(text: &str) -> (JsonString, usize) {
    let mut is_escaped = false;
    let ends = |(_, c): &(usize, char)| {
        let ends = *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        ends
    };
    let end = text.char_indices().find(ends).map(|(at, _)| at);
    let raw = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    let length = end.map_or(text.len(), |end| end + 1);
    (JsonString { text: unescape(raw), closed: end.is_some() }, length)
}

/// Decodes a string, which may contain raw line breaks and tabs.
fn unescape(raw: &str) -> String {
    let line = raw.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
    let read = |text: &str| serde_json::from_str::<String>(&format!("\"{text}\"")).ok();
    // A cut-off string may end within an escape.
    let cut = || {
        line.char_indices().rev().take(MAX_ESCAPE_CHARS).find_map(|(at, _)| read(line.get(..at)?))
    };
    read(&line).or_else(cut).unwrap_or_else(|| raw.replace("\\n", "\n").replace("\\\"", "\""))
}
