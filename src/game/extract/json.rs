//! Files in JSON: `{"html": "…"}`, `{"files": [{"path": …, "content": …}]}`, the call of a tool.
//!
//! It is read as models write it, which is not always JSON: with line breaks in
//! strings, a comma too many, or cut off. So this reads strings and the names
//! before them, and takes no notice of the rest.

use std::borrow::Cow;

use super::blocks::{Block, Kind, Piece, split};
use super::document::find_start;
use super::fences::{fence, fenced, lines};
use super::wrapped::{language, relabelled};

/// Keys whose value names a file.
const NAMES: &[&str] =
    &["path", "file", "filename", "file_name", "filepath", "file_path", "name", "target_file"];
/// Keys whose value is the text of one.
const TEXTS: &[&str] = &[
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
/// Keys that are a language.
const LANGUAGES: &[&str] = &["html", "css", "js", "javascript"];

/// Strings in strings, as the arguments of a call are, are read this deep.
const DEEPEST: usize = 3;
/// The longest escape, a pair of `\\u` with four digits each, but one character.
const CUT: usize = 11;
/// The most files of one answer that are looked at.
const MOST_FILES: usize = 64;

/// The files in the JSON of an answer; nothing where there is no page among them.
pub(super) fn files(answer: &str) -> Vec<Block<'static>> {
    let mut files = Vec::new();
    for text in places(answer) {
        read(text, DEEPEST, &mut files);
    }
    let has_page = files.iter().any(|block| matches!(block.kind, Kind::Document | Kind::Fragment));
    if has_page { files } else { Vec::new() }
}

/// Where an answer may hold JSON: all of it, its fences, or from a line on that begins it.
fn places(answer: &str) -> Vec<&str> {
    let begins = |text: &str| text.starts_with(['{', '[']);
    let whole = answer.trim();
    if begins(whole) {
        return vec![whole];
    }
    let lines = lines(answer);
    let fenced = fenced(answer, &lines);
    let code = fenced.iter().filter_map(|piece| answer.get(piece.code.clone()));
    let mut places: Vec<_> = code.map(str::trim).filter(|code| begins(code)).collect();
    if fenced.is_empty() {
        let is_json = |text: &str| {
            let mut rest = text.chars().filter(|c| !c.is_whitespace()).skip(1);
            rest.next().is_some_and(|c| "\"{[".contains(c))
        };
        let bare = lines.iter().map(|line| answer.get(line.start..).unwrap_or_default());
        // Behind a tag such as `<tool_call>` as well.
        let mut bare =
            bare.map(|text| text.trim_start_matches(|c| c != '{' && c != '[' && c != '\n'));
        places.extend(bare.find(|text| begins(text) && is_json(text)));
    }
    places
}

/// A string of JSON.
struct Text {
    text: String,
    closed: bool,
}

/// What is known of the object that is read.
#[derive(Default)]
struct Object {
    name: String,
    texts: Vec<(String, Text)>,
}

/// Reads the strings of a text, and the files that they are.
fn read(json: &str, depth: usize, files: &mut Vec<Block<'static>>) {
    let mut objects = vec![Object::default()];
    let mut key = String::new();
    let mut rest = json;
    while let Some(at) = rest.find(['"', '{', '}']) {
        let sign = rest.as_bytes().get(at).copied().unwrap_or_default();
        rest = rest.get(at + 1..).unwrap_or_default();
        match sign {
            b'{' if objects.len() < MOST_FILES => objects.push(Object::default()),
            // What is outside of all objects stays.
            b'}' if objects.len() > 1 => end(&mut objects, depth, files),
            b'"' => {
                let (string, length) = string(rest);
                rest = rest.get(length..).unwrap_or_default();
                let is_key = string.closed && rest.trim_start().starts_with(':');
                let Some(object) = objects.last_mut() else { return };
                if is_key {
                    key = string.text;
                } else {
                    object.take(std::mem::take(&mut key), string);
                }
            }
            _ => {}
        }
    }
    while !objects.is_empty() && files.len() < MOST_FILES {
        end(&mut objects, depth, files);
    }
}

impl Object {
    fn take(&mut self, key: String, string: Text) {
        let lower = key.to_ascii_lowercase();
        if NAMES.contains(&lower.as_str()) && string.text.len() < 200 {
            self.name = string.text;
        } else {
            self.texts.push((key, string));
        }
    }
}

/// The object that was begun last is over.
fn end(objects: &mut Vec<Object>, depth: usize, files: &mut Vec<Block<'static>>) {
    let Some(Object { name, texts }) = objects.pop() else { return };
    for (key, string) in texts {
        if files.len() < MOST_FILES {
            files.extend(of_string(&name, &key, &string, depth));
        }
    }
}

/// The file that a string is, if it is one.
fn of_string(name: &str, key: &str, string: &Text, depth: usize) -> Vec<Block<'static>> {
    let text = string.text.trim();
    let lower = key.to_ascii_lowercase();
    if depth > 0 && text.starts_with(['{', '[']) && text.contains('"') {
        let mut files = Vec::new();
        read(text, depth - 1, &mut files);
        return files;
    }
    let info = match language(key) {
        "" if LANGUAGES.contains(&lower.as_str()) => lower.as_str(),
        "" => language(name),
        extension => extension,
    };
    let is_file = TEXTS.contains(&lower.as_str()) || !info.is_empty();
    if !is_file && find_start(text).is_none() {
        return Vec::new();
    }
    let name = if language(key).is_empty() { name } else { key };
    if text.lines().any(|line| fence(line).is_some()) && find_start(text) != Some(0) {
        let blocks = split(text).into_iter();
        return blocks.map(|block| relabelled(block, name).into_owned()).collect();
    }
    let piece = Piece { text: Cow::Borrowed(text), label: name.to_owned(), closed: string.closed };
    vec![piece.named(info).into_owned()]
}

/// The string that begins here, and how long it is with its quote.
fn string(text: &str) -> (Text, usize) {
    let mut is_escaped = false;
    let ends = |(_, c): &(usize, char)| {
        let ends = *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        ends
    };
    let end = text.char_indices().find(ends).map(|(at, _)| at);
    let raw = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    let length = end.map_or(text.len(), |end| end + 1);
    (Text { text: unescaped(raw), closed: end.is_some() }, length)
}

/// What a string says. Line breaks and tabs may stand in it as they are.
fn unescaped(raw: &str) -> String {
    let line = raw.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
    let read = |text: &str| serde_json::from_str::<String>(&format!("\"{text}\"")).ok();
    // Cut off, it may end within an escape.
    let cut = || line.char_indices().rev().take(CUT).find_map(|(at, _)| read(line.get(..at)?));
    read(&line).or_else(cut).unwrap_or_else(|| raw.replace("\\n", "\n").replace("\\\"", "\""))
}
